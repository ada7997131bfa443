//! What is seen only by looking back at a history: what was done, held against what should have been.

use std::collections::BTreeSet;

use domain::event::Verb;
use domain::fact::{NoticeKey, Purpose, Said};

use super::{Mark, Planned};
use crate::call::Function;
use crate::fault::Trouble;
use crate::reference::Reference;
use crate::time::{Ms, SECOND, ms, words};
use crate::verify::{Seen, ahead, bound, failed_in_a_storm};
use crate::world::World;
use crate::world::table::{Conversation, Fact};

/// Looks back at what was done to one conversation.
///
/// `parted` is since when who was told by right is not who should have been.
pub(crate) fn look_back(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    parted: Option<Ms>,
    seen: &mut Seen,
) {
    let heads: Vec<&Planned> =
        world.log.done.heads.iter().filter(|planned| planned.conversation == conversation.id).collect();
    claimed_first(world, conversation, reference, parted, &heads, seen);
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
    parted: Option<Ms>,
    heads: &[&Planned],
    seen: &mut Seen,
) {
    if is_unsure(world) {
        return;
    }
    for (_, notice) in reference.told.iter().filter(|(_, notice)| notice.key.purpose == Purpose::Step) {
        let Some(claimed) = world.log.done.claims.get(&notice.key) else { continue };
        let due = ms(notice.claimed_at);
        if failed_in_a_storm(world, conversation, due) {
            continue;
        }
        if parted.is_some_and(|parted| parted < due) {
            continue;
        }
        let passed = heads.iter().find(|head| ms(head.folded_at) > due + ahead(world) && head.at < *claimed);
        // Who turns out meanwhile not to be reached brings the next step forward.
        let failed = world.log.failures.iter().any(|(at, key, _)| {
            key.conversation == conversation.id && (due - unknown(world)..=*claimed).contains(at)
        });
        if failed {
            continue;
        }
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

/// Whether who decides may go by an old configuration for long: in a storm the pushes can be unreadable again and again.
fn is_unsure(world: &World) -> bool {
    matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour) && world.pushes.len() > 1
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
    // Brands share a shard of the stream: checks of one can hold up that of another for as long as they may run.
    let shared = matches!(world.faults.trouble, Trouble::Neighbour);
    let bound = bound + if shared { 10 * Function::Check.limit() } else { 0 };
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

/// I6: what was marked sent, dropped or failed stays so.
fn marks_stay(world: &World, conversation: &Conversation, seen: &mut Seen) {
    for notice in conversation.notices() {
        let marks = [
            (Mark::Sent, notice.sent.is_some()),
            (Mark::Dropped, notice.dropped.is_some()),
            (Mark::Failed, notice.failed.is_some()),
        ];
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
    // What only a queue knew of is gone with it; queues lose nothing by their contract.
    let kept = removals.into_iter().filter(|removal| !world.log.forgotten.contains(&removal.event.object));
    for removal in kept {
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
