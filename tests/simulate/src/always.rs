//! What must be true at every moment, whatever dies in the next: a history that ends well can hide that it was luck.
//!
//! Everything that waits stands in a list or is asked for by a message; so each call may only come when what it relies
//! on is done. These are held where it happens, while the function that is at fault still runs.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::fact::{Notice, NoticeKey};
use domain::head::Head;
use domain::id::{ConversationId, TurnId};
use flow::ports::{Cursor, Errand, Put, Saved, Todo};
use jiff::Timestamp;

use crate::call::Function;
use crate::time::{Ms, SECOND, instant, words};
use crate::world::queue::Body;
use crate::world::table::{Conversation, Write, Written};
use crate::world::{Cause, Invocation, World};

mod back;

pub(crate) use back::{look_back, once};

/// By how much the clock of a machine is behind at most.
const BEHIND: Ms = 5 * SECOND;

/// What was done so far, as far as what comes next relies on it.
#[derive(Debug, Default)]
pub struct Done {
    /// Heads, in the order in which they were saved.
    pub heads: Vec<Planned>,
    /// When each notice was claimed.
    pub claims: HashMap<NoticeKey, Ms>,
    /// Notices that were marked sent, or dropped.
    pub marks: HashSet<(NoticeKey, Mark)>,
    /// For which moments checks were asked for.
    checks: HashSet<(ConversationId, Timestamp)>,
    /// About which notices somebody was to be told, and when that was asked for last.
    tells: HashMap<NoticeKey, Ms>,
}

/// A head that was saved.
#[derive(Debug)]
pub struct Planned {
    /// When.
    pub at: Ms,
    /// Of what.
    pub conversation: ConversationId,
    /// By what time.
    pub folded_at: Timestamp,
    /// Who waits, by it.
    pub open: BTreeSet<TurnId>,
}

/// What a notice is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The mailer took it.
    Sent,
    /// There was nothing left to tell.
    Dropped,
    /// It did not reach its reader.
    Failed,
}

/// A write that others rely on.
pub(crate) enum Act {
    Plan(Planned),
    Claim(NoticeKey),
    Mark(NoticeKey, Mark),
}

impl Act {
    /// Returns what a write at `now` does, if it does.
    pub(crate) fn of(write: &Write, now: Ms) -> Option<Act> {
        match write {
            Write::Head(head) => {
                let Head { conversation, folded_at, open, .. } = &**head;
                Some(Act::Plan(Planned {
                    at: now,
                    conversation: conversation.clone(),
                    folded_at: *folded_at,
                    open: open.iter().map(|open| open.turn.clone()).collect(),
                }))
            }
            Write::Claim(notice) => Some(Act::Claim(notice.key.clone())),
            Write::Sent(key, _) => Some(Act::Mark(key.clone(), Mark::Sent)),
            Write::Dropped(key, _) => Some(Act::Mark(key.clone(), Mark::Dropped)),
            Write::Failed(key, _) => Some(Act::Mark(key.clone(), Mark::Failed)),
            _ => None,
        }
    }
}

impl Done {
    /// Notes what was written at `now`.
    pub(crate) fn note(&mut self, act: Act, written: Written, now: Ms) {
        match (act, written) {
            (Act::Plan(planned), Written::Saved(Saved::Done)) => self.heads.push(planned),
            (Act::Claim(key), Written::Put(Put::New)) => _ = self.claims.insert(key, now),
            (Act::Mark(key, mark), Written::Saved(Saved::Done)) => _ = self.marks.insert((key, mark)),
            _ => {}
        }
    }

    /// Notes what a message asks for that is sent at `now`, be it lost on its way or not.
    pub(crate) fn ask(&mut self, body: &Body, now: Ms) {
        match body {
            Body::Check(check) => {
                self.checks.extend(check.moment.map(|moment| (check.conversation.clone(), moment)));
            }
            Body::Tell(tell) => self.tells.extend(tell.notices.iter().map(|key| (key.clone(), now))),
            Body::Spread(_) | Body::Report(..) => {}
        }
    }

    fn is_asked_for(&self, todo: &Todo) -> bool {
        match &todo.what {
            Errand::Check(id) => self.checks.contains(&(id.clone(), todo.at)),
            Errand::Send(key) => self.tells.contains_key(key),
        }
    }
}

impl World {
    /// I2: nobody is to be told of what is not claimed: they would find nothing to tell.
    pub(crate) fn is_claimed(&mut self, body: &Body) {
        let Body::Tell(tell) = body else { return };
        for key in tell.notices.iter().filter(|key| self.table.notice(key).is_none()) {
            let words = format!("{} is to be told of what is not claimed yet: step {}", key.person, key.step);
            self.log.violate(2, self.now, words);
        }
    }

    /// I2: notices under one name of a turn are about the same people who wait: who bears the name of another is told
    /// of with them, or not at all.
    pub(crate) fn is_of_one_turn(&mut self, notice: &Notice) {
        let key = &notice.key;
        let Some(conversation) = self.table.conversation(&key.conversation) else { return };
        let namesakes = conversation.notices().filter(|other| other.key.turn == key.turn);
        let is_other = |other: &&Notice| other.objects.iter().all(|object| !notice.objects.contains(object));
        let Some(other) = namesakes.into_iter().find(is_other) else { return };
        let words = format!(
            "step {} to {} is about {:?}, under the name of what is about {:?}",
            key.step, key.person, notice.objects, other.objects
        );
        self.log.violate(2, self.now, words);
    }

    /// I2: only what left is marked sent: it is never told again.
    pub(crate) fn is_sent(&mut self, who: usize, key: &NoticeKey) {
        if !self.invocations[who].unmarked.contains(key) {
            let words = format!("step {} to {} is marked sent, and no mail left", key.step, key.person);
            self.log.violate(2, self.now, words);
        }
    }

    /// I9: what a head knew, the one that takes its place knows too: it comes of facts that were read later than the
    /// head.
    pub(crate) fn knows_no_less(&mut self, who: usize, head: &Head) {
        let Invocation { facts_at, head_at, .. } = self.invocations[who];
        if facts_at < head_at {
            let words = format!(
                "the head of {} was read at {} and comes of facts read at {}",
                head.conversation,
                words(head_at),
                words(facts_at)
            );
            return self.log.violate(9, self.now, words);
        }
        let mut heads = self.log.done.heads.iter().rev();
        let mut heads = heads.by_ref().filter(|other| other.conversation == head.conversation).skip(1);
        let Some(before) = heads.next().filter(|before| before.at > facts_at) else { return };
        let words = format!(
            "the head of {} comes of facts read at {}, and that of {} is lost",
            head.conversation,
            words(facts_at),
            words(before.at)
        );
        self.log.violate(9, self.now, words);
    }

    /// I9: a sweep moves the cursor past nothing that it found and did not ask for.
    pub(crate) fn passes_nothing(&mut self, who: usize, before: Option<Cursor>, cursor: &Cursor) {
        let is_passed = |at: Timestamp| at <= cursor.until && before.is_none_or(|before| at > before.until);
        let found = std::mem::take(&mut self.invocations[who].found);
        for todo in found.iter().filter(|todo| is_passed(todo.at)) {
            if !self.log.done.is_asked_for(todo) {
                let words = format!("the cursor passed {:?}, which nobody was asked for", todo.what);
                self.log.violate(9, self.now, words);
            }
        }
    }

    /// I2: a check for a moment that ended well left nothing due that nobody was asked to tell.
    pub(crate) fn leaves_nothing(&mut self, who: usize, failed: &[usize]) {
        let invocation = &self.invocations[who];
        let Cause::Messages(taken) = &invocation.cause else { return };
        if invocation.function != Function::Check {
            return;
        }
        let (began, due) = (invocation.began, instant(invocation.began - BEHIND));
        let done = taken.iter().enumerate().filter(|(place, _)| !failed.contains(place));
        let checks = done.filter_map(|(_, number)| match &self.messages[*number].body {
            // What it is for may have been seen before: then it does nothing.
            Body::Check(check) if check.fact.is_none() => Some(&check.conversation),
            Body::Check(_) | Body::Spread(_) | Body::Tell(_) | Body::Report(..) => None,
        });
        let checked = checks.filter_map(|id| self.table.conversation(id));
        let Done { claims, tells, .. } = &self.log.done;
        let notices = checked.flat_map(Conversation::notices);
        let left = notices.filter(|notice| {
            let is_due = notice.is_pending() && notice.send_after <= due;
            is_due
                && claims.get(&notice.key).is_some_and(|at| *at < began)
                && !tells.contains_key(&notice.key)
        });
        let left: Vec<String> = left
            .map(|notice| format!("a check left step {} to {} untold", notice.key.step, notice.key.person))
            .collect();
        for words in left {
            self.log.violate(2, self.now, words);
        }
    }

    /// I6: no two write to one person at the same time: what the one tells the other would tell too.
    pub(crate) fn writes_alone(&mut self, who: usize) {
        let Some(person) = &self.invocations[who].writes_to else { return };
        let others = self.invocations.iter().enumerate().filter(|(other, _)| *other != who);
        let mut alive = others.map(|(_, invocation)| invocation).filter(|invocation| invocation.is_alive);
        if alive.any(|invocation| invocation.writes_to.as_ref() == Some(person)) {
            let words = format!("two write to {person} at the same time");
            self.log.violate(6, self.now, words);
        }
    }

    /// I3: who wrote to a person lets others do so: they would wait for the lease to run out.
    pub(crate) fn lets_go(&mut self, who: usize, failed: &[usize]) {
        if let Some(person) = self.invocations[who].writes_to.as_ref().filter(|_| failed.is_empty()) {
            let words = format!("the lease of {person} was not given back");
            self.log.violate(3, self.now, words);
        }
    }

    /// I2: a message to a person is gone only once what it tells is sent or dropped, or another asks for it.
    pub(crate) fn is_told(&mut self, who: usize) {
        let Invocation { began, cause: Cause::Messages(taken), .. } = &self.invocations[who] else { return };
        let due = instant(began - BEHIND);
        let done = taken.iter().map(|number| &self.messages[*number]).filter(|message| message.is_done);
        let keys = done.flat_map(|message| match &message.body {
            Body::Tell(tell) => tell.notices.as_slice(),
            Body::Check(_) | Body::Spread(_) | Body::Report(..) => &[],
        });
        let left = keys.filter(|key| {
            let notice = self.table.notice(key);
            let waits = notice.is_some_and(|notice| notice.is_pending() && notice.send_after <= due);
            waits && self.log.done.tells.get(key).is_none_or(|asked_at| asked_at < began)
        });
        let left: Vec<String> = left
            .map(|key| {
                format!("the message about step {} to {} is gone and was not told", key.step, key.person)
            })
            .collect();
        for words in left {
            self.log.violate(2, self.now, words);
        }
    }
}
