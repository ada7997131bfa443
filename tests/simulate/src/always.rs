//! What must be true at every moment, whatever dies in the next: a history that ends well can hide that it was luck.
//!
//! Everything that waits stands in a list or is asked for by a message; so each call may only come when what it relies
//! on is done. These are held where it happens, while the function that is at fault still runs.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::event::Verb;
use domain::fact::{Notice, NoticeKey, Purpose, Said};
use domain::head::Head;
use domain::id::{ConversationId, TurnId};
use flow::ports::{Cursor, Errand, Put, Saved, Todo};
use jiff::Timestamp;

use crate::call::Function;
use crate::reference::Reference;
use crate::time::{Ms, SECOND, instant, ms, words};
use crate::verify::{Seen, ahead, bound};
use crate::world::queue::Body;
use crate::world::table::{Conversation, Fact, Write, Written};
use crate::world::{Cause, Invocation, World};

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
            Body::Spread(_) => {}
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
            Body::Check(_) | Body::Spread(_) | Body::Tell(_) => None,
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
            Body::Check(_) | Body::Spread(_) => &[],
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

/// Looks back at what was done to one conversation.
pub(crate) fn look_back(world: &World, conversation: &Conversation, reference: &Reference, seen: &mut Seen) {
    let heads: Vec<&Planned> =
        world.log.done.heads.iter().filter(|planned| planned.conversation == conversation.id).collect();
    claimed_first(world, conversation, reference, &heads, seen);
    tells_who_waits(world, conversation, reference, &heads, seen);
    planned_by_the_newest(world, conversation, seen);
    marks_stay(world, conversation, seen);
    first_stays(world, conversation, seen);
}

/// I9: no head is saved that waits for what comes next while a step before that is not claimed.
fn claimed_first(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    heads: &[&Planned],
    seen: &mut Seen,
) {
    for (_, notice) in reference.told.iter().filter(|(_, notice)| notice.key.purpose == Purpose::Step) {
        let Some(claimed) = world.log.done.claims.get(&notice.key) else { continue };
        let due = ms(notice.claimed_at);
        let passed = heads.iter().find(|head| ms(head.folded_at) > due + ahead(world) && head.at < *claimed);
        // What became known meanwhile, or a push that not everybody knows of, can put a step off.
        let Some(head) = passed.filter(|head| !reference.has_news(due - unknown(world), head.at)) else {
            continue;
        };
        let words = format!(
            "step {} of {}, due at {}, was claimed at {}, behind the head of {}",
            notice.key.step,
            conversation.id,
            words(due),
            words(*claimed),
            words(head.at)
        );
        seen.violate(9, *claimed, words);
    }
}

/// I9: a head tells who waits, not much later than it became known.
fn tells_who_waits(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    heads: &[&Planned],
    seen: &mut Seen,
) {
    let Some(bound) = bound(world, world.is_first_brand(&conversation.id)) else { return };
    for (place, (since, open)) in reference.open.iter().enumerate() {
        let until = reference.open.get(place + 1).map_or(world.ends_at(), |(next, _)| *next);
        if until - since <= bound {
            continue;
        }
        let head = heads.iter().rev().find(|head| head.at <= since + bound);
        let told = head.map(|head| &head.open);
        if told.is_none_or(|told| told != open) {
            let words = format!(
                "the head of {} at {} does not tell who waits since {}",
                conversation.id,
                words(since + bound),
                words(*since)
            );
            seen.violate(9, since + bound, words);
        }
    }
}

/// I9: whoever waits does so by the newest configuration.
fn planned_by_the_newest(world: &World, conversation: &Conversation, seen: &mut Seen) {
    let (Some((_, head)), Some(push)) = (&conversation.head, world.pushes.last()) else { return };
    if !head.open.is_empty() && head.planned_by != Some(push.pushed_at) {
        let words = format!("{} waits by an older configuration than the newest", conversation.id);
        seen.violate(9, world.ends_at(), words);
    }
}

/// I6: what was marked sent or dropped stays so.
fn marks_stay(world: &World, conversation: &Conversation, seen: &mut Seen) {
    for notice in conversation.notices() {
        let marks = [(Mark::Sent, notice.sent.is_some()), (Mark::Dropped, notice.dropped.is_some())];
        for (mark, _) in marks.into_iter().filter(|(_, is_there)| !is_there) {
            if world.log.done.marks.contains(&(notice.key.clone(), mark)) {
                let NoticeKey { step, person, .. } = &notice.key;
                seen.violate(
                    6,
                    world.ends_at(),
                    format!("step {step} to {person} was marked {mark:?} and is not"),
                );
            }
        }
    }
}

/// I1: of several deliveries the first is the one that is stored.
fn first_stays(world: &World, conversation: &Conversation, seen: &mut Seen) {
    for commit in world.log.commits.iter().filter(|commit| commit.conversation == conversation.id) {
        let stored = conversation.items.iter().map(|(_, fact)| fact);
        let stored = stored.filter(|fact| fact.is_named_as(&commit.fact));
        let received_at = |fact: &Fact| match fact {
            Fact::Said(said) => Some(said.received_at),
            Fact::Acted(_) | Fact::Notice(_) => None,
        };
        if stored.map(received_at).any(|at| at != received_at(&commit.fact)) {
            let words = format!("an event of {} is stored anew, over itself", conversation.id);
            seen.violate(1, world.ends_at(), words);
        }
    }
}

/// I1: nothing is counted twice, and what was removed is gone from every conversation that it was said in.
pub(crate) fn once(world: &World, seen: &mut Seen) {
    let end = world.ends_at();
    let committed = world.log.commits.iter().filter_map(|commit| match &commit.fact {
        Fact::Said(said) => Some(said),
        Fact::Acted(_) | Fact::Notice(_) => None,
    });
    let name = |said: &Said| {
        let event = &said.event;
        (said.brand.clone(), event.object.clone(), event.verb.name(), event.version.clone())
    };
    let removals: Vec<&Said> = world.table.removals().collect();
    let events: BTreeSet<_> = committed.chain(removals.iter().copied()).map(name).collect();
    if world.log.counted as usize > events.len() {
        let words = format!("{} events are stored and {} were counted", events.len(), world.log.counted);
        seen.violate(1, end, words);
    }
    if world.log.counted_claims as usize > world.log.done.claims.len() {
        let (claims, counted) = (world.log.done.claims.len(), world.log.counted_claims);
        seen.violate(6, end, format!("{claims} notices were claimed and {counted} counted"));
    }
    for removal in removals {
        let is_it = |fact: &Fact, verb| match fact {
            Fact::Said(said) => {
                said.brand == removal.brand
                    && said.event.object == removal.event.object
                    && said.event.verb == verb
            }
            Fact::Acted(_) | Fact::Notice(_) => false,
        };
        let lacks = |conversation: &&Conversation| {
            let knows = |verb| conversation.items.iter().any(|(_, fact)| is_it(fact, verb));
            knows(Verb::Add) && !knows(Verb::Remove)
        };
        if let Some(conversation) = world.table.conversations().iter().find(lacks) {
            let words = format!("{} does not know that {} is gone", conversation.id, removal.event.object);
            seen.violate(1, end, words);
        }
    }
}

/// Returns for how long not every function knows of a push, where there is one.
fn unknown(world: &World) -> Ms {
    if world.pushes.len() > 1 { 150 * SECOND } else { 0 }
}
