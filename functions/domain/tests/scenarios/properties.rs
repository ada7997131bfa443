//! What holds for every conversation, whatever is said, done and delivered in which order.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{Side, Verb};
use domain::fact::{Notice, Purpose};
use domain::history::{End, Turn};
use domain::outcome::Result as Came;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::script::{self, Script};
use crate::world::replay::{Ended, Fact, Logged, in_order, replayed};

mod written;

use written::{any_story, plain_story};

fn read(text: &str) -> Script {
    script::read(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
}

/// Delays of up to ten hours, most of them none; as many as there are facts at most.
fn delays() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![2 => Just(0), 1 => 1..15_i64, 2 => 1..600_i64], 40)
}

/// Lets each fact be kept later than it was received.
fn delayed(log: &[Logged], delays: &[i64]) -> Vec<Logged> {
    let late = |(logged, delay): (&Logged, &i64)| Logged {
        at: logged.at + SignedDuration::from_mins(*delay),
        fact: logged.fact.clone(),
    };
    log.iter().zip(delays.iter().cycle()).map(late).collect()
}

/// The steps that were told, each as often as it was: the turn, the place in the ladder, the person.
fn steps(ended: &Ended) -> Vec<(&Timestamp, &Notice)> {
    let all = ended.sent.iter().flat_map(|(at, notices)| notices.iter().map(move |notice| (at, notice)));
    all.filter(|(_, notice)| notice.key.purpose == Purpose::Step).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is kept when, the turns, the cases and how they came out are the same in the end; and when
    /// everything is told a second time, nobody hears of it.
    #[test]
    fn any_order_of_arrival_ends_alike(text in any_story(), delays in delays()) {
        let script = read(&text);
        let (log, told) = in_order(&script).unwrap();
        let late = replayed(&script, delayed(&log, &delays)).unwrap();
        prop_assert_eq!(&late.turns, &told.turns, "{}", text);
        prop_assert_eq!(&late.cases, &told.cases, "{}", text);
    }

    /// A platform that tells late changes neither who waited from when until when, nor by what it was ended; and
    /// makes nothing worse for the brand.
    #[test]
    fn what_platforms_tell_late_is_the_same_to_the_customer(text in any_story(), delays in delays()) {
        let script = read(&text);
        let (log, told) = in_order(&script).unwrap();
        let mut late = log.clone();
        let mut of: BTreeMap<String, i64> = BTreeMap::new();
        for logged in &mut late {
            let Fact::Said(said) = &mut logged.fact else { continue };
            // All that is told of one object is late by as much: what came first stays first.
            let next = delays[of.len() % delays.len()];
            let delay = *of.entry(said.event.object.clone()).or_insert(next);
            said.received_at += SignedDuration::from_mins(delay);
            logged.at = said.received_at;
        }
        let late = replayed(&script, late).unwrap();
        let felt = |ended: &Ended| ended.turns.iter().map(|(turn, _)| as_felt(turn)).collect::<Vec<_>>();
        prop_assert_eq!(felt(&late), felt(&told), "{}", text);
        prop_assert_eq!(&late.cases, &told.cases, "{}", text);
        for ((turn, late), (_, told)) in late.turns.iter().zip(&told.turns) {
            prop_assert!(told.result != Came::Met || late.result == Came::Met, "{:?}\n{}", turn, text);
            prop_assert!(late.ours.elapsed <= late.felt.elapsed, "{:?}\n{}", turn, text);
        }
    }

    /// Of one ladder nobody hears a step twice; one that began once more is another.
    #[test]
    fn each_step_is_told_once(text in any_story(), delays in delays()) {
        let script = read(&text);
        let (log, told) = in_order(&script).unwrap();
        let late = replayed(&script, delayed(&log, &delays)).unwrap();
        for ended in [told, late] {
            let mut known = BTreeSet::new();
            for (at, notice) in steps(&ended) {
                let key = &notice.key;
                let ladder = (key.turn.clone(), notice.class, notice.renewed_at);
                let step = (ladder, key.step.index, key.person.clone());
                prop_assert!(known.insert(step), "told again at {}: {:?}\n{}", at, notice, text);
            }
        }
    }

    /// Where everybody asks once: who is told more than if everything had come in order is told of a question
    /// that was answered by then, and gets a correction; nobody is told of a question whose answer was there.
    #[test]
    fn more_is_told_only_where_an_answer_was_late_and_it_is_corrected(
        text in plain_story(), delays in delays(),
    ) {
        let script = read(&text);
        let (log, told) = in_order(&script).unwrap();
        let log = delayed(&log, &delays);
        let late = replayed(&script, log.clone()).unwrap();
        let step = |(_, notice): &(&Timestamp, &Notice)| {
            (notice.key.turn.clone(), notice.key.step.index, notice.key.person.clone())
        };
        let in_order: BTreeSet<_> = steps(&told).iter().map(step).collect();
        let corrected = |notice: &Notice| {
            late.sent.iter().flat_map(|(_, notices)| notices).any(|other| {
                let (key, other_key) = (&notice.key, &other.key);
                let same = key.turn == other_key.turn && key.person == other_key.person;
                same && other_key.purpose == Purpose::Correction && other_key.step >= key.step
            })
        };
        for told in steps(&late) {
            let (at, notice) = told;
            prop_assert!(in_order.contains(&step(&told)) || corrected(notice), "{:?}\n{}", notice, text);
            let answered_at = known_answer(&log, &notice.objects[0]);
            prop_assert!(answered_at.is_none_or(|answered_at| answered_at > *at), "{:?}\n{}", notice, text);
        }
    }
}

/// A turn without the times at which we heard of things.
fn as_felt(turn: &Turn) -> Turn {
    let mut turn = turn.clone();
    for waiting in &mut turn.waiting {
        waiting.received_at = Timestamp::UNIX_EPOCH;
    }
    if let Some(End::Answered { received_at, .. }) = &mut turn.end {
        *received_at = Timestamp::UNIX_EPOCH;
    }
    turn
}

/// Returns since when it could be known that the author of `object` was answered: when both an answer and what it
/// answers were kept. Whoever began a thread is answered by what is said to others in it, too.
fn known_answer(log: &[Logged], object: &str) -> Option<Timestamp> {
    let said = || {
        log.iter().filter_map(|logged| match &logged.fact {
            Fact::Said(said) if said.event.verb == Verb::Add => Some((logged.at, &said.event)),
            Fact::Said(_) | Fact::Done(..) => None,
        })
    };
    let kept = |name: &str| said().find(|(_, event)| event.object == name).map(|(at, _)| at);
    let answers = said().filter(|(_, event)| event.side == Side::Brand);
    let reaching = answers.filter_map(|(at, event)| {
        let parent = event.parent.as_deref()?;
        let is_root = event.thread.as_deref() == Some(object);
        let asked = said().find(|(_, event)| event.object == object)?.1;
        let reaches = (parent == object || is_root) && event.occurred_at >= asked.occurred_at;
        reaches.then_some(at.max(kept(parent)?))
    });
    reaching.min()
}
