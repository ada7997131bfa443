//! How what goes wrong with a call of the table goes wrong.

use domain::fact::{Facts, Notice, NoticeKey, Said, date};
use domain::history::{Kept, REOPEN, fold};
use domain::id::ConversationId;
use flow::ports::{Fault, Put, Table};
use jiff::civil::Date;

use super::{Mutant, Mutated};
use crate::call::{Call, Function};
use crate::choice::{What, name};
use crate::time::Ms;
use crate::world::table::{Entry, Fact, Moved, Write};
use crate::world::{Cause, hash};

/// How far the copy of [`Mutant::FactsLag`] lags.
const LAG: Ms = 500;
/// After how long an index learns of what is done to it.
const INDEX_TAKES: Ms = 5;

impl Mutated {
    /// Leaves a write to the machine's next run.
    pub(super) fn leave_unwritten(&self, write: Write) {
        self.memory.borrow_mut().unwritten.entry(self.port.machine).or_default().push(write);
    }

    /// Returns what a webhook makes of the answer to a put.
    pub(super) fn answered(&self, put: Result<Put, Fault>) -> Result<Put, Fault> {
        match (self.mutant, put) {
            (Mutant::PutFaultIgnored, Err(_)) | (Mutant::KnownCounted, Ok(Put::Known)) => Ok(Put::New),
            (_, put) => put,
        }
    }

    pub(super) fn overwrite_said(&self, conversation: &ConversationId, said: &Said) {
        self.port.world.borrow_mut().table.overwrite(conversation, Fact::Said(said.clone()));
    }

    pub(super) fn overwrite_notice(&self, notice: Notice) {
        let world = &mut *self.port.world.borrow_mut();
        let conversation = notice.key.conversation.clone();
        if let Some(moved) = world.table.overwrite(&conversation, Fact::Notice(notice)) {
            world.index.expect(world.now + INDEX_TAKES, moved);
        }
    }

    /// Takes an entry from the lists.
    pub(super) fn unlist(&self, entry: Entry) {
        let world = &mut *self.port.world.borrow_mut();
        world.index.expect(world.now + INDEX_TAKES, Moved { entry, to: None });
    }

    pub(super) fn forget_held(&self) {
        let mut held = self.held.borrow_mut();
        held.claims.clear();
        held.mails.clear();
    }

    /// Drops the message that the run was made for.
    pub(super) fn dropped(&self) -> Fault {
        let world = &mut *self.port.world.borrow_mut();
        if let Cause::Messages(taken) = world.invocations[self.port.who].cause.clone() {
            for number in taken {
                world.messages[number].is_done = true;
            }
        }
        let source = "somebody else writes to them".into();
        Fault { doing: "leasing a person".to_owned(), is_transient: true, source }
    }

    /// Names the turn of a notice by its place among those that wait: whichever turn had the place first gave it its
    /// name.
    pub(super) fn name_by_place(&self, key: &mut NoticeKey) {
        let held = &mut *self.held.borrow_mut();
        let history = fold(&held.facts, &Kept::default(), REOPEN, self.port.now());
        let Some(place) =
            history.turns.iter().filter(|turn| turn.is_open()).position(|turn| turn.id == key.turn)
        else {
            return;
        };
        let places = &mut self.memory.borrow_mut().places;
        let turn = places.entry((key.conversation.clone(), place)).or_insert_with(|| key.turn.clone());
        let named = NoticeKey { turn: turn.clone(), ..key.clone() };
        let proper = std::mem::replace(key, named.clone());
        held.renamed.insert(proper, named);
    }

    /// Returns the facts as they were read before the head.
    pub(super) fn facts_before_head(&self, since: Date) -> Facts {
        let mut facts = self.held.borrow().before_head.clone().expect("the head is read first");
        facts.said.retain(|said| said.date() >= since);
        facts.actions.retain(|action| date(action.at) >= since);
        facts.notices.retain(|notice| notice.key.date >= since);
        facts
    }

    /// Reads one page, as large as chance has it, and no other.
    pub(super) async fn first_page(
        &self,
        conversation: &ConversationId,
        since: Date,
    ) -> Result<Facts, Fault> {
        self.begin_to_read();
        let limit = {
            let world = &mut *self.port.world.borrow_mut();
            let subject = name(self.port.who as u64, hash(conversation.as_str()) ^ world.now.unsigned_abs());
            world.choices.choose(
                What::Page,
                subject,
                |rng| if rng.u32(0..4) == 0 { rng.u32(1..6) } else { 0 },
            )
        };
        let limit = if limit == 0 { usize::MAX } else { limit as usize };
        let form = self.port.form;
        let read = self
            .port
            .read(Call::Facts, |world| world.table.page(conversation, since, None, limit, form).facts);
        read.await
    }

    /// Reads the facts that were there a while ago.
    pub(super) async fn facts_of_a_copy(
        &self,
        conversation: &ConversationId,
        since: Date,
    ) -> Result<Facts, Fault> {
        let mut facts = self.port.facts(conversation, since).await?;
        let world = self.port.world.borrow();
        let late = world.log.commits.iter().rev().take_while(|commit| commit.at > world.now - LAG);
        for commit in late.filter(|commit| commit.conversation == *conversation) {
            match &commit.fact {
                Fact::Said(late) => facts.said.retain(|said| said.event != late.event),
                Fact::Acted(late) => facts.actions.retain(|action| action.nonce != late.nonce),
                Fact::Notice(_) => {}
            }
        }
        Ok(facts)
    }

    /// Returns the facts that what is told was claimed on; reads them where nothing is.
    pub(super) async fn facts_believed(
        &self,
        conversation: &ConversationId,
        since: Date,
    ) -> Result<Facts, Fault> {
        let facts = self.port.facts(conversation, since).await?;
        if self.function() != Function::Mail {
            return Ok(facts);
        }
        let held = self.held.borrow();
        let about = held.notices.values().filter(|notice| notice.key.conversation == *conversation);
        let memory = self.memory.borrow();
        let last = about.max_by_key(|notice| (notice.claimed_at, &notice.key));
        Ok(last.and_then(|notice| memory.believed.get(&notice.key)).cloned().unwrap_or(facts))
    }

    fn begin_to_read(&self) {
        let world = &mut *self.port.world.borrow_mut();
        world.invocations[self.port.who].facts_at = world.now;
    }
}
