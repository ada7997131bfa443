//! The table of mutants: each call is the true one, or one that goes wrong in its own way.

use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Dropped, Facts, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use flow::ports::{
    Cursor, Fault, Followed, List, Listed, PersonState, Put, Raw, Saved, Stored, Table, Todo, Unreachable,
    Waiting,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Mutant, Mutated};
use crate::call::Function;
use crate::world::table::{Entry, Write};

/// What a check takes the clocks of two machines to differ by at most.
const ALLOWANCE: SignedDuration = SignedDuration::from_secs(10);
/// How far beyond what it read the sweep of [`Mutant::CursorTooFar`] believes to have come.
const TOO_FAR: SignedDuration = SignedDuration::from_mins(10);
/// For how long the flows lease a person.
const LEASE: SignedDuration = SignedDuration::from_secs(25);
/// For how long [`Mutant::LeaseTooShort`] does.
const TOO_SHORT: SignedDuration = SignedDuration::from_millis(50);

impl Table for Mutated {
    async fn put_said(&self, conversation: &ConversationId, said: &Said) -> Result<Put, Fault> {
        if self.function() != Function::Webhook {
            return self.port.put_said(conversation, said).await;
        }
        if self.is(Mutant::AnswerFirst) {
            self.leave_unwritten(Write::Said(conversation.clone(), said.clone()));
            return Ok(Put::New);
        }
        let put = self.port.put_said(conversation, said).await;
        if self.is(Mutant::SecondOverwrites) && matches!(put, Ok(Put::Known)) {
            self.overwrite_said(conversation, said);
        }
        self.answered(put)
    }

    async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> Result<(), Fault> {
        match self.mutant {
            Mutant::Unlisted => return Ok(()),
            Mutant::TellBeforeClaim => self.release().await?,
            _ => {}
        }
        self.port.list(listing, brand, conversation).await
    }

    async fn put_removal(&self, removal: &Said) -> Result<Put, Fault> {
        if self.is(Mutant::AnswerFirst) {
            self.leave_unwritten(Write::Removal(removal.clone()));
            return Ok(Put::New);
        }
        self.answered(self.port.put_removal(removal).await)
    }

    async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        self.port.listed(listing, brand).await
    }

    async fn put_author(&self, authored: &Authored, conversation: &ConversationId) -> Result<(), Fault> {
        match self.mutant {
            Mutant::AuthorUnlisted => return Ok(()),
            Mutant::NotLinked => self.held.borrow_mut().is_looking = true,
            Mutant::TellBeforeClaim => self.release().await?,
            _ => {}
        }
        self.port.put_author(authored, conversation).await
    }

    async fn authored(&self, dialogue: &ConversationId, since: Date) -> Result<Vec<ConversationId>, Fault> {
        self.port.authored(dialogue, since).await
    }

    async fn put_raw(&self, raw: &Raw<'_>) -> Result<(), Fault> {
        self.port.put_raw(raw).await
    }

    async fn head(&self, conversation: &ConversationId) -> Result<Stored, Fault> {
        if matches!(self.mutant, Mutant::TellBeforeClaim | Mutant::HeadBeforeNotices) {
            self.release().await?;
        }
        if self.is(Mutant::HeadAfterFacts) {
            let facts = self.port.facts(conversation, Date::MIN).await?;
            self.held.borrow_mut().before_head = Some(facts);
        }
        let mut stored = self.port.head(conversation).await?;
        if self.is(Mutant::SeenTooSoon)
            && let Some(head) = &mut stored.head
        {
            head.folded_at += ALLOWANCE;
        }
        Ok(stored)
    }

    async fn facts(&self, conversation: &ConversationId, since: Date) -> Result<Facts, Fault> {
        let facts = match self.mutant {
            Mutant::HeadAfterFacts => self.facts_before_head(since),
            Mutant::FirstPageOnly => self.first_page(conversation, since).await?,
            Mutant::FactsLag => self.facts_of_a_copy(conversation, since).await?,
            Mutant::NotLinked if std::mem::take(&mut self.held.borrow_mut().is_looking) => Facts::default(),
            Mutant::MessageTrusted => self.facts_believed(conversation, since).await?,
            _ => self.port.facts(conversation, since).await?,
        };
        let mut facts = facts;
        if self.is(Mutant::FailureIgnored) && self.function() == Function::Check {
            facts.notices.iter_mut().for_each(|notice| notice.failed = None);
        }
        self.held.borrow_mut().facts.clone_from(&facts);
        Ok(facts)
    }

    async fn blank(&self, conversation: &ConversationId, event: &Event) -> Result<(), Fault> {
        if self.is(Mutant::TellBeforeClaim) {
            self.release().await?;
        }
        self.port.blank(conversation, event).await
    }

    async fn claim(&self, notice: &Notice) -> Result<Put, Fault> {
        let mut notice = notice.clone();
        match self.mutant {
            Mutant::TellBeforeClaim | Mutant::HeadBeforeNotices => {
                self.held.borrow_mut().claims.push(notice);
                return Ok(Put::New);
            }
            Mutant::TurnByOrdinal => self.name_by_place(&mut notice.key),
            _ => {}
        }
        let claimed = self.port.claim(&notice).await;
        match (self.mutant, &claimed) {
            (Mutant::ClaimFaultIgnored, Err(_)) => return Ok(Put::Known),
            (Mutant::ClaimUnconditional, Ok(Put::Known)) => {
                self.overwrite_notice(notice);
                return Ok(Put::New);
            }
            (Mutant::OnlyNewTold, Ok(Put::New)) => _ = self.held.borrow_mut().claimed.insert(notice.key),
            (Mutant::MessageTrusted, Ok(Put::New)) => {
                let facts = self.held.borrow().facts.clone();
                self.memory.borrow_mut().believed.insert(notice.key, facts);
            }
            _ => {}
        }
        claimed
    }

    async fn notice(&self, key: &NoticeKey) -> Result<Option<Notice>, Fault> {
        let notice = self.port.notice(key).await?;
        if let Some(notice) = &notice {
            self.held.borrow_mut().notices.insert(key.clone(), notice.clone());
        }
        Ok(notice)
    }

    async fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> Result<(), Fault> {
        if matches!(self.mutant, Mutant::MarkBeforeSend | Mutant::NeverMarked) {
            return Ok(());
        }
        self.port.mark_sent(key, sent).await
    }

    async fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> Result<(), Fault> {
        self.port.mark_dropped(key, dropped).await
    }

    async fn outstanding(&self, person: &PersonId, until: Timestamp) -> Result<Vec<NoticeKey>, Fault> {
        self.port.outstanding(person, until).await
    }

    async fn mark_failed(&self, key: &NoticeKey, failed: &Failed) -> Result<Saved, Fault> {
        self.port.mark_failed(key, failed).await
    }

    async fn postpone(&self, key: &NoticeKey, from: Timestamp, until: Timestamp) -> Result<Saved, Fault> {
        self.port.postpone(key, from, until).await
    }

    async fn save_head(&self, head: &Head) -> Result<Saved, Fault> {
        if self.is(Mutant::TellBeforeClaim) {
            self.release().await?;
        }
        let mut saved = self.port.save_head(head).await?;
        match self.mutant {
            Mutant::HeadUnconditional => {
                let mut head = head.clone();
                while saved == Saved::Lost {
                    let world = &self.port.world;
                    head.version = world.borrow().table.head(&head.conversation, self.port.form).version;
                    saved = self.port.save_head(&head).await?;
                }
            }
            Mutant::HeadBeforeNotices if saved == Saved::Done => self.release().await?,
            Mutant::HeadBeforeNotices => self.forget_held(),
            Mutant::HeadUnlisted => self.unlist(Entry::Due(head.conversation.clone())),
            _ => {}
        }
        Ok(saved)
    }

    async fn wake(&self, conversation: &ConversationId, at: Timestamp) -> Result<(), Fault> {
        if self.is(Mutant::HandOverLost) || self.follows_no_report() {
            return Ok(());
        }
        self.port.wake(conversation, at).await
    }

    async fn person(&self, person: &PersonId) -> Result<PersonState, Fault> {
        let mut state = self.port.person(person).await?;
        let now = self.port.now();
        match self.mutant {
            Mutant::LeaseIgnored => state.leased_until = None,
            Mutant::LeaseForever => {
                state.leased_until = state.leased_until.map(|until| until.max(now + LEASE));
            }
            Mutant::BusyDropped if state.leased_until.is_some_and(|until| until > now) => {
                return Err(self.dropped());
            }
            _ => {}
        }
        Ok(state)
    }

    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        let mut state = state.clone();
        if self.is(Mutant::MailsForgotten) {
            state.mails.clear();
        }
        match (self.mutant, &mut state.leased_until) {
            (Mutant::LeaseKept, None) => return Ok(Saved::Done),
            (Mutant::LeaseTooShort, Some(until)) => *until = self.port.now() + TOO_SHORT,
            _ => {}
        }
        let saved = self.port.save_person(person, &state).await?;
        if self.is(Mutant::BusyDropped) && state.leased_until.is_some() && saved == Saved::Lost {
            return Err(self.dropped());
        }
        let is_done = matches!(self.mutant, Mutant::LeaseIgnored | Mutant::LeaseLostAsDone);
        Ok(if is_done { Saved::Done } else { saved })
    }

    async fn mark_unreachable(&self, person: &PersonId, unreachable: &Unreachable) -> Result<(), Fault> {
        self.port.mark_unreachable(person, unreachable).await
    }

    async fn put_mail(&self, mail: &str, notices: &[NoticeKey], at: Timestamp) -> Result<(), Fault> {
        self.port.put_mail(mail, notices, at).await?;
        if self.is(Mutant::MarkBeforeSend) {
            for key in notices {
                self.port.mark_sent(key, &Sent { at, mail: mail.to_owned() }).await?;
            }
        }
        Ok(())
    }

    async fn mail(&self, mail: &str) -> Result<Vec<NoticeKey>, Fault> {
        self.port.mail(mail).await
    }

    async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        let mut todo = self.port.todo(list, shard, until).await?;
        match self.mutant {
            Mutant::ShardLeftOut if shard + 1 == flow::ports::SHARDS => todo.clear(),
            Mutant::OverdueLeftOut => {
                let swept_until = self.held.borrow().swept_until;
                todo.retain(|todo| swept_until.is_none_or(|until| todo.at > until));
            }
            _ => {}
        }
        Ok(todo)
    }

    async fn cursor(&self) -> Result<Option<Cursor>, Fault> {
        let mut cursor = self.port.cursor().await?;
        if self.is(Mutant::CursorTooFar)
            && let Some(cursor) = &mut cursor
        {
            cursor.until += TOO_FAR;
        }
        self.held.borrow_mut().swept_until = cursor.map(|cursor| cursor.until);
        Ok(cursor)
    }

    async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        let saved = self.port.move_cursor(cursor).await?;
        self.held.borrow_mut().is_moved = true;
        self.release().await?;
        Ok(saved)
    }

    async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        self.port.follow(followed).await
    }

    async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        self.port.waiting(brand).await
    }
}
