//! The table's port.

use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Dropped, Facts, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use flow::ports::{
    Cursor, Fault, Followed, List, Listed, PersonState, Put, Raw, Saved, Stored, Todo, Unreachable, Waiting,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Port, fault};
use crate::call::Call;
use crate::choice::{What, name};
use crate::tally::Race;
use crate::world::World;
use crate::world::table::{Write, Written};

impl flow::ports::Table for Port {
    async fn put_said(&self, conversation: &ConversationId, said: &Said) -> Result<Put, Fault> {
        let write = Write::Said(conversation.clone(), said.clone());
        Ok(self.write(Call::PutSaid, write).await?.put())
    }

    async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> Result<(), Fault> {
        let write = Write::List(listing.clone(), brand.clone(), conversation.clone());
        self.write(Call::List, write).await?;
        Ok(())
    }

    async fn put_removal(&self, removal: &Said) -> Result<Put, Fault> {
        Ok(self.write(Call::PutRemoval, Write::Removal(removal.clone())).await?.put())
    }

    async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        let listed = self.read(Call::Listed, |world| world.table.listed(listing, brand, self.form)).await?;
        listed.ok_or_else(|| fault(Call::Listed, true, "form is newer than this code"))
    }

    async fn put_author(&self, authored: &Authored, conversation: &ConversationId) -> Result<(), Fault> {
        self.write(Call::PutAuthor, Write::Author(authored.clone(), conversation.clone())).await?;
        Ok(())
    }

    async fn authored(&self, dialogue: &ConversationId, since: Date) -> Result<Vec<ConversationId>, Fault> {
        self.read(Call::Authored, |world| world.table.authored(dialogue, since)).await
    }

    async fn put_raw(&self, _: &Raw<'_>) -> Result<(), Fault> {
        self.write(Call::PutRaw, Write::Raw).await?;
        Ok(())
    }

    async fn head(&self, conversation: &ConversationId) -> Result<Stored, Fault> {
        self.read(Call::Head, |world| {
            world.invocations[self.who].head_at = world.now;
            let stored = world.table.head(conversation, self.form);
            if stored.version > 0 && stored.head.is_none() {
                world.tally.raced(Race::HeadOther);
            }
            stored
        })
        .await
    }

    /// Reads one page after the other; what is written in between behind them is seen, before them is not.
    async fn facts(&self, conversation: &ConversationId, since: Date) -> Result<Facts, Fault> {
        let mut facts = Facts::default();
        let mut after = None;
        {
            let mut world = self.world.borrow_mut();
            let now = world.now;
            world.invocations[self.who].reads(conversation, now);
        }
        loop {
            let subject = {
                let world = self.world.borrow();
                name(world.invocations[self.who].label, crate::world::hash(conversation.as_str()))
            };
            let size = self.world.borrow().table.size(conversation);
            let limit = self.world.borrow_mut().choices.choose(What::Page, subject, |rng| {
                let most = u32::try_from(size).unwrap_or(u32::MAX).min(6);
                if most > 1 && rng.u32(0..3) == 0 { rng.u32(1..most) } else { 0 }
            });
            let limit = if limit == 0 { usize::MAX } else { limit as usize };
            let page = self
                .read(Call::Facts, |world| {
                    let page = world.table.page(conversation, since, after.as_ref(), limit, self.form);
                    if world.table.size(conversation) != size {
                        world.tally.raced(Race::TornRead);
                    }
                    if page.is_newer {
                        world.tally.raced(Race::FactNewer);
                    }
                    page
                })
                .await?;
            if page.is_newer {
                return Err(fault(Call::Facts, true, "form is newer than this code"));
            }
            match page.add_to(&mut facts) {
                Some(mark) => after = Some(mark),
                None => return Ok(facts),
            }
        }
    }

    async fn blank(&self, conversation: &ConversationId, event: &Event) -> Result<(), Fault> {
        self.write(Call::Blank, Write::Blank(conversation.clone(), event.clone())).await?;
        Ok(())
    }

    async fn claim(&self, notice: &Notice) -> Result<Put, Fault> {
        let put = self.write(Call::Claim, Write::Claim(Box::new(notice.clone()))).await?.put();
        self.world.borrow_mut().is_of_one_turn(notice);
        Ok(put)
    }

    async fn notice(&self, key: &NoticeKey) -> Result<Option<Notice>, Fault> {
        self.read(Call::Notice, |world| world.table.notice(key).cloned()).await
    }

    async fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> Result<(), Fault> {
        self.world.borrow_mut().is_sent(self.who, key);
        self.write(Call::MarkSent, Write::Sent(key.clone(), sent.clone())).await?;
        let mut world = self.world.borrow_mut();
        world.invocations[self.who].unmarked.retain(|unmarked| unmarked != key);
        Ok(())
    }

    async fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> Result<(), Fault> {
        self.write(Call::MarkDropped, Write::Dropped(key.clone(), dropped.clone())).await?;
        Ok(())
    }

    async fn outstanding(&self, person: &PersonId, until: Timestamp) -> Result<Vec<NoticeKey>, Fault> {
        self.read(Call::Outstanding, |world| {
            if world.index.catch_up(world.now) > 0 {
                world.tally.raced(Race::IndexStale);
            }
            world.index.outstanding(person, until)
        })
        .await
    }

    async fn mark_failed(&self, key: &NoticeKey, failed: &Failed) -> Result<Saved, Fault> {
        let saved = self.write(Call::MarkFailed, Write::Failed(key.clone(), failed.clone())).await?.saved();
        let world = &mut *self.world.borrow_mut();
        let is_sent = world.table.notice(key).is_some_and(|notice| notice.sent.is_some());
        if saved == Saved::Done && !is_sent {
            world.tally.raced(if failed.known { Race::GivenUp } else { Race::ReportFirst });
        }
        Ok(saved)
    }

    async fn postpone(&self, key: &NoticeKey, from: Timestamp, until: Timestamp) -> Result<Saved, Fault> {
        Ok(self.write(Call::Postpone, Write::Postpone(key.clone(), from, until)).await?.saved())
    }

    async fn save_head(&self, head: &Head) -> Result<Saved, Fault> {
        let saved = self.write(Call::SaveHead, Write::Head(Box::new(head.clone()))).await?.saved();
        if saved == Saved::Done {
            self.world.borrow_mut().knows_no_less(self.who, head);
        }
        Ok(saved)
    }

    async fn wake(&self, conversation: &ConversationId, at: Timestamp) -> Result<(), Fault> {
        self.write(Call::Wake, Write::Wake(conversation.clone(), at)).await?;
        Ok(())
    }

    async fn person(&self, person: &PersonId) -> Result<PersonState, Fault> {
        let now = self.now();
        self.read(Call::Person, |world| {
            let state = world.table.person(person);
            if state.leased_until.is_some_and(|until| until > now) {
                world.tally.raced(Race::PersonBusy);
            }
            state
        })
        .await
    }

    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        if state.leased_until.is_none() {
            self.world.borrow_mut().invocations[self.who].writes_to = None;
        }
        let saved = self.write(Call::SavePerson, Write::Person(person.clone(), state.clone())).await?.saved();
        if state.leased_until.is_some() && saved == Saved::Done {
            self.world.borrow_mut().invocations[self.who].writes_to = Some(person.clone());
        }
        Ok(saved)
    }

    async fn mark_unreachable(&self, person: &PersonId, unreachable: &Unreachable) -> Result<(), Fault> {
        self.write(Call::MarkUnreachable, Write::Unreachable(person.clone(), unreachable.clone())).await?;
        Ok(())
    }

    async fn put_mail(&self, mail: &str, notices: &[NoticeKey], _: Timestamp) -> Result<(), Fault> {
        let person = notices.first().map(|key| key.person.clone());
        self.world.borrow_mut().invocations[self.who].writes_to = person;
        self.write(Call::PutMail, Write::Mail(mail.to_owned(), notices.to_vec())).await?;
        Ok(())
    }

    async fn mail(&self, mail: &str) -> Result<Vec<NoticeKey>, Fault> {
        self.read(Call::Mail, |world| world.table.mail(mail).to_vec()).await
    }

    async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        self.read(Call::Todo, |world| {
            if world.index.catch_up(world.now) > 0 {
                world.tally.raced(Race::IndexStale);
            }
            let todo = world.index.todo(list, shard, until);
            world.invocations[self.who].found.extend_from_slice(&todo);
            todo
        })
        .await
    }

    async fn cursor(&self) -> Result<Option<Cursor>, Fault> {
        self.read(Call::Cursor, |world| world.table.cursor()).await
    }

    async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        let before = self.world.borrow().table.cursor();
        let saved = self.write(Call::MoveCursor, Write::Cursor(*cursor)).await?.saved();
        if saved == Saved::Done {
            self.world.borrow_mut().passes_nothing(self.who, before, cursor);
        }
        Ok(saved)
    }

    async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        self.write(Call::Follow, Write::Follow(*followed)).await?;
        Ok(())
    }

    async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        self.read(Call::Waiting, |world| {
            world.index.catch_up(world.now);
            world.index.waiting(brand)
        })
        .await
    }
}

/// Notes what was in the way of a write.
pub(super) fn note(world: &mut World, who: usize, call: Call, written: Written) {
    let begins_anew = matches!(
        (call, written),
        (Call::SaveHead, Written::Saved(Saved::Lost)) | (Call::PutSaid, Written::Put(Put::New))
    );
    world.invocations[who].overtaken += usize::from(begins_anew);
    let race = match (call, written) {
        (Call::SaveHead, Written::Saved(Saved::Lost)) => Race::HeadLost,
        (Call::SavePerson, Written::Saved(Saved::Lost)) => Race::LeaseLost,
        (Call::MoveCursor, Written::Saved(Saved::Lost)) => Race::CursorLost,
        (Call::MarkDropped | Call::Postpone, Written::Saved(Saved::Lost)) => Race::MarkLost,
        (Call::Claim, Written::Put(Put::Known)) => Race::ClaimKnown,
        (Call::PutSaid, Written::Put(Put::Known)) => Race::EventKnown,
        (Call::PutRemoval, Written::Put(Put::Known)) => Race::RemovalKnown,
        _ => return,
    };
    world.tally.raced(race);
}
