//! What must always be true, held against one history when it is over.

use std::collections::HashMap;

use domain::decide::{decide, reopen};
use domain::fact::{Facts, Notice, NoticeKey};
use domain::history::{Kept, fold};
use domain::pace::Pacing;
use domain::versions::Configs;

use crate::always::{look_back, once};
use crate::call::{Call, Function};
use crate::fault::{Kind, QUIET, Trouble};
use crate::letters::{Letters, times};
use crate::log::{Accepted, Violation};
use crate::reference::reference;
use crate::story::What;
use crate::story::people::ADMIN;
use crate::time::{Ms, SECOND, instant, ms, words};
use crate::world::World;
use crate::world::queue::Body;
use crate::world::table::{Conversation, Entry, Fact, facts_of};

mod told;

use told::Told;
pub(crate) use told::{failed_in_a_storm, has_failed_lately};

/// Without faults, and after a sweep that crashed or was missed, a message is asked for within this time.
const PROMPT: Ms = 2 * SECOND;
/// After any other single fault, within this time.
pub(crate) const PROMISED: Ms = 150 * SECOND;
/// How long what is asked for takes to leave, when nothing is in its way.
pub(crate) const SENDING: Ms = SECOND;

/// The mails that each notice left in.
type Mails<'a> = HashMap<&'a NoticeKey, Vec<&'a Accepted>>;

/// What was seen in one history.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What should never be.
    pub violations: Vec<Violation>,
    /// How late each message left that nothing new put off.
    pub lateness: Vec<Late>,
}

/// How late a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Whether it concerned the first brand.
    pub is_first_brand: bool,
    /// By how much, in ms; never negative.
    pub by: Ms,
}

/// Looks at a history that is over.
#[must_use]
pub fn verify(world: &mut World) -> Seen {
    world.index.catch_up(Ms::MAX);
    let mut seen = Seen { violations: std::mem::take(&mut world.log.violations), lateness: Vec::new() };
    let mut accepted = Mails::new();
    for mail in &world.log.accepted {
        for key in &mail.keys {
            accepted.entry(key).or_default().push(mail);
        }
    }
    let configs = configs(world);
    let letters = Letters::of(world);
    for conversation in world.table.conversations() {
        let facts = facts_of(conversation.items.iter().map(|(_, fact)| fact));
        in_any_order(world, conversation, &facts, &mut seen);
        answers_are_known(world, conversation, &mut seen);
        nothing_is_left(world, conversation, (&facts, &accepted), &configs, &mut seen);
        let reference = reference(world, &letters, &conversation.id, world.ends_at());
        let told = Told::new(world, conversation, &reference, &accepted);
        told.in_time(&mut seen);
        told.not_for_nothing(&mut seen);
        look_back(world, conversation, &reference, told.parted, &mut seen);
    }
    not_twice(world, &accepted, &mut seen);
    not_too_often(world, &letters, &mut seen);
    nothing_waits(world, &mut seen);
    everything_is_counted(world, &mut seen);
    few_calls(world, &mut seen);
    reports_are_taken(world, &mut seen);
    once(world, &mut seen);
    // By time: what went wrong first often is why the rest did. By words: maps are in no order.
    let order = |violation: &Violation| (violation.at, violation.invariant);
    seen.violations.sort_by(|one, other| order(one).cmp(&order(other)).then(one.words.cmp(&other.words)));
    seen
}

impl Seen {
    pub(crate) fn violate(&mut self, invariant: u8, at: Ms, words: String) {
        self.violations.push(Violation { invariant, at, words });
    }
}

fn configs(world: &World) -> Configs {
    let loaded = world.pushes.iter().map(|push| (push.number, World::config(push.number))).collect();
    Configs { pushes: world.pushes.clone(), loaded }
}

/// Returns within what time a message of that conversation has to leave; `None` where so much went wrong that
/// only the end counts.
#[must_use]
pub fn bound(world: &World, is_first_brand: bool) -> Option<Ms> {
    let changes =
        world.story.inputs.iter().any(|input| matches!(input.what, What::Push { .. } | What::Deploy));
    promise(world.faults.trouble, changes, is_first_brand)
}

/// Returns [`bound`] for one notice.
fn bound_of(world: &World, key: &NoticeKey) -> Option<Ms> {
    // Who looks after both brands is one person: what goes wrong while one of them writes to them holds up the other.
    let is_shared = world.faults.trouble == Trouble::Neighbour && key.person.as_str() == ADMIN;
    bound(world, world.is_first_brand(&key.conversation)).filter(|_| !is_shared)
}

/// Returns within what time a message has to leave in that much trouble; `changes` is whether anything was pushed or
/// deployed.
#[must_use]
pub fn promise(trouble: Trouble, changes: bool, is_first_brand: bool) -> Option<Ms> {
    let is_prompt = match trouble {
        Trouble::Calm | Trouble::One(Kind::SweepMissed) => true,
        Trouble::One(_) => false,
        Trouble::Neighbour if !is_first_brand => true,
        Trouble::Neighbour | Trouble::Storm => return None,
    };
    match (is_prompt, changes) {
        (true, false) => Some(PROMPT + SENDING),
        (false, false) => Some(PROMISED + SENDING),
        // A push or new code is a fault of its own.
        (true, true) if trouble != Trouble::One(Kind::SweepMissed) => Some(PROMISED + SENDING),
        _ => None,
    }
}

/// Returns by how much a clock can be ahead, so that a message leaves early.
pub(crate) fn ahead(world: &World) -> Ms {
    if world.faults.reigns(Kind::Clocks) { 2500 } else { 25 }
}

/// I7: in whatever order facts come, the same turns come of them; and what is blanked counts as before.
fn in_any_order(world: &World, conversation: &Conversation, facts: &Facts, seen: &mut Seen) {
    let commits = world.log.commits.iter().rev().filter(|commit| commit.conversation == conversation.id);
    let backwards = facts_of(commits.map(|commit| &commit.fact));
    let now = instant(world.ends_at());
    let turns = |facts: &Facts| {
        let turns = fold(facts, &Kept::default(), domain::history::REOPEN, now).turns.into_iter();
        let turns = turns.map(|turn| {
            let objects: Vec<String> = turn.objects().map(str::to_owned).collect();
            (turn.start(), turn.end.as_ref().map(domain::history::End::at), turn.id, turn.class, objects)
        });
        turns.collect::<Vec<_>>()
    };
    let (stored, told) = (turns(facts), turns(&backwards));
    if stored != told {
        let words = format!("the facts of {} make {stored:?}, as they came {told:?}", conversation.id);
        seen.violate(7, world.ends_at(), words);
    }
}

/// I4: what the brand wrote to somebody in private is known wherever they asked in public lately.
fn answers_are_known(world: &World, conversation: &Conversation, seen: &mut Seen) {
    let said = |conversation: &Conversation| {
        let said = conversation.items.iter().filter_map(|(_, fact)| match fact {
            Fact::Said(said) => Some(said.clone()),
            Fact::Acted(_) | Fact::Notice(_) => None,
        });
        said.collect::<Vec<_>>()
    };
    let here = said(conversation);
    for asked in here.iter().filter(|said| !said.is_link()) {
        let there = asked.dialogue.as_ref().and_then(|id| world.table.conversation(id));
        for answer in there.into_iter().flat_map(said).filter(|said| said.event.is_heard_in_public()) {
            let is_known =
                here.iter().any(|link| link.is_link() && link.event == answer.event.without_words());
            if answer.event.occurred_at >= asked.event.occurred_at && !is_known {
                let words = format!("{} knows nothing of {}", conversation.id, answer.event.object);
                seen.violate(4, world.ends_at(), words);
            }
        }
    }
}

/// I2, I8, I9, I11: when the world was left alone for a while, everything due is done, and everything that waits
/// stands in the lists, and nothing else.
fn nothing_is_left(
    world: &World,
    conversation: &Conversation,
    (facts, accepted): (&Facts, &Mails<'_>),
    configs: &Configs,
    seen: &mut Seen,
) {
    if has_failed_lately(world, conversation) {
        return;
    }
    let end = world.ends_at();
    let now = instant(end);
    let id = &conversation.id;
    let reopen = facts.said.first().map_or(domain::history::REOPEN, |said| reopen(&said.brand, configs));
    let history = fold(facts, &Kept::default(), reopen, now);
    let Some(plan) = decide(id, None, facts, &history, configs, now) else { return };
    // What fell due a moment ago is still under way.
    let lately = instant(end - 5 * SECOND);
    let (head, next_at) = match &conversation.head {
        Some((_, head)) => (Some(head), head.next_at),
        None => (None, None),
    };
    // Whoever looks at what fell due a moment ago has not saved the head yet.
    let is_looking = next_at.is_some_and(|at| (lately..=now).contains(&at));
    // A note that somebody has it, or that all is well, can be missing: whom it is for was being told of the step when
    // the news came.
    let due =
        plan.claim.iter().filter(|claim| claim.step_at < lately && claim.key.purpose.asks() && !is_looking);
    for claim in due {
        let words =
            format!("step {} of {id} is due since {} and nobody was told", claim.key.step, claim.step_at);
        seen.violate(2, end, words);
    }
    let is_calm = !matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour);
    // What left in a storm that swallowed every mark and every message about it stands in the list, late: the sweep asks
    // for it at the next doubling of its lateness, and whom it is for has heard of it.
    let is_told = |notice: &Notice| !is_calm && accepted.contains_key(&notice.key);
    let overdue = conversation.notices().filter(|notice| notice.is_pending() && notice.send_after < lately);
    for notice in overdue.filter(|notice| !is_told(notice)) {
        let words = format!("notice {} to {} of {id} was never sent", notice.key.step, notice.key.person);
        seen.violate(2, end, words);
    }
    // A claim that was given up can still happen, behind every check. Whoever is about to send it drops it.
    let waits =
        |key: &NoticeKey| conversation.notices().any(|notice| notice.key == *key && notice.send_after > now);
    for (key, _) in plan.drop.iter().filter(|(key, _)| is_calm || !waits(key)) {
        seen.violate(
            8,
            end,
            format!("notice {} to {} of {id} has nothing left to tell", key.step, key.person),
        );
    }
    let is_unheard = !plan.unheard.is_empty();
    if next_at != plan.head.next_at && !is_unheard && !is_looking && plan.claim.is_empty() {
        let invariant = if plan.head.next_at.is_none() { 8 } else { 9 };
        let words = format!("{id} waits for {next_at:?} instead of {:?}", plan.head.next_at);
        seen.violate(invariant, end, words);
    }
    if head.is_some_and(|head| head.open != plan.head.open) {
        seen.violate(9, end, format!("{id} has other turns open than its head says"));
    }
    let mut wanted: Vec<(Entry, _)> = conversation
        .notices()
        .filter(|notice| notice.is_pending())
        .map(|notice| (Entry::Out(notice.key.clone()), notice.send_after.max(notice.claimed_at)))
        .collect();
    wanted.extend(next_at.map(|at| (Entry::Due(id.clone()), at)));
    let is_ours = |entry: &Entry| match entry {
        Entry::Due(other) | Entry::Open(_, other) => other == id,
        Entry::Out(key) => key.conversation == *id,
    };
    let listed: Vec<(Entry, _)> = world
        .index
        .moments()
        .filter(|(entry, _)| is_ours(entry))
        .map(|(entry, at)| (entry.clone(), at))
        .collect();
    for missing in wanted.iter().filter(|entry| !listed.contains(entry)) {
        seen.violate(9, end, format!("{:?} stands in no list", missing.0));
    }
    for extra in listed.iter().filter(|entry| !wanted.contains(entry)) {
        seen.violate(8, end, format!("{:?} still stands in a list", extra.0));
    }
}

/// I6: a mail is doubled only where something went wrong between send and mark.
fn not_twice(world: &World, accepted: &Mails<'_>, seen: &mut Seen) {
    for (key, mails) in accepted {
        let allowed = world.log.doubles.get(key).copied().unwrap_or(0) as usize;
        if mails.len() > 1 + allowed {
            let words = format!(
                "notice {} to {} of {} left {} times; {allowed} more than once are explained",
                key.step,
                key.person,
                key.conversation,
                mails.len()
            );
            seen.violate(6, mails[mails.len() - 1].at, words);
        }
    }
}

/// I13: who was just written to is not written to again, but together with what else comes.
fn not_too_often(world: &World, letters: &Letters<'_>, seen: &mut Seen) {
    for (person, mails) in letters.of_each() {
        for (place, mail) in mails.iter().enumerate().skip(1) {
            let before = &mails[..place];
            // Who died before saying so, or gave up, is not known to have written.
            if before.iter().any(|before| world.invocations[before.who].is_tripped) {
                continue;
            }
            let last = world.pushes.iter().rfind(|push| ms(push.pushed_at) <= mail.at);
            let pacing = last.map_or_else(Pacing::default, |push| World::config(push.number).pacing);
            let now = instant(mail.at + 2 * ahead(world));
            let notices = mail.keys.iter().filter_map(|key| world.table.notice(key));
            let mut waits = notices.map(|notice| pacing.waits_until(notice, &times(before), now).is_some());
            if waits.all(|waits| waits) {
                let words = format!("{person} is written to, and was at {}", words(before[place - 1].at));
                seen.violate(13, mail.at, words);
            }
        }
    }
}

/// I11: when nothing went wrong for a quarter of an hour, nothing waits on a queue that is due.
fn nothing_waits(world: &World, seen: &mut Seen) {
    let end = world.ends_at();
    for message in &world.messages {
        let body = match &message.body {
            Body::Check(check) => format!("a check of {}", check.conversation),
            Body::Tell(tell) => format!("a message to {}", tell.person),
            Body::Spread(spread) => format!("the removal of {}", spread.object),
            Body::Report(_, id) => format!("a report of a mail about {id}"),
        };
        // In a storm a message can fail more often than a queue hands it out. What it was for stands in the table, and
        // the sweep asks for it anew: that nobody is missed for it, the other checks see to.
        let is_calm = !matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour);
        if message.is_dead && is_calm {
            seen.violate(11, end, format!("{body} lies with the dead letters"));
        } else if !message.is_done && !message.is_dead && message.receives > 0 && message.due < end {
            seen.violate(11, end, format!("{body} was handed out {} times and waits", message.receives));
        }
    }
    for shard in world.shards.iter().filter(|shard| shard.records.len() > 1) {
        seen.violate(11, end, format!("{} records wait in the stream", shard.records.len()));
    }
    for (input, told) in world.story.happening() {
        if matches!(told.what, What::Post(_)) && !world.log.taken.contains_key(&input) {
            seen.violate(11, end, "a platform still tries to deliver".to_owned());
        }
    }
}

/// I1: each event is counted once, unless a function died over it.
fn everything_is_counted(world: &World, seen: &mut Seen) {
    let is_dull = matches!(world.faults.trouble, Trouble::Calm) && world.log.uncounted == 0;
    let mut stored: Vec<(&str, &str, &str)> = Vec::new();
    for commit in &world.log.commits {
        if let Fact::Said(said) = &commit.fact {
            stored.push((&said.event.object, said.event.verb.name(), &said.event.version));
        }
    }
    stored.sort_unstable();
    stored.dedup();
    if is_dull && (world.log.counted as usize) < stored.len() {
        let words = format!("{} events are stored and {} were counted", stored.len(), world.log.counted);
        seen.violate(1, world.ends_at(), words);
    }
}

/// I2: that a mail did not reach its reader is known in time, at every notice that it told.
fn reports_are_taken(world: &World, seen: &mut Seen) {
    for (reported_at, keys) in &world.log.bounced {
        for key in keys {
            // Where only the end counts, all is known a quarter of an hour after the last fault.
            let until = match bound_of(world, key) {
                Some(bound) => reported_at + bound,
                None => world.faults.until.max(*reported_at) + QUIET,
            };
            let mut known = world.log.failures.iter().filter(|(_, failed, _)| failed == key);
            let known_at = known.next().map(|(at, ..)| *at);
            if until < world.ends_at() && known_at.is_none_or(|at| at > until) {
                let NoticeKey { step, person, conversation, .. } = key;
                let words =
                    format!("step {step} to {person} about {conversation} did not arrive, and nobody knows");
                seen.violate(2, until, words);
            }
        }
    }
}

/// I12: no function makes more calls than it is allowed.
fn few_calls(world: &World, seen: &mut Seen) {
    if world.faults.trouble != Trouble::Calm {
        return;
    }
    for invocation in world.invocations.iter().filter(|invocation| !invocation.is_tripped) {
        let made = |call: Call| invocation.made(call);
        let words = match invocation.function {
            Function::Check if invocation.size() == 1 => {
                let once = [Call::Head, Call::SendMails, Call::SendChecks, Call::SaveHead];
                let most = 1 + invocation.overtaken;
                once.into_iter()
                    .find(|call| made(*call) > most)
                    .map(|call| format!("{} too often", call.words()))
            }
            _ => None,
        };
        if let Some(words) = words {
            seen.violate(12, invocation.began, format!("a check is {words}"));
        }
    }
}
