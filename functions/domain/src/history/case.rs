//! A case: what one author and the brand have to do with each other, until it is quiet for long.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{End, PAST_KEPT, Past, QUIET, Turn, TurnKind, hash};
use crate::id::TurnId;
use crate::triage::Answer;

/// The turns of one case, as they stand at some instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// The name of its first turn.
    pub id: &'a TurnId,
    /// Its turns, oldest first; never empty.
    pub turns: Vec<&'a Turn>,
    /// How it stands.
    pub state: State,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The customer waits for an answer.
    Waiting,
    /// The customer waits, and the clock stands still until then.
    Paused {
        /// When it goes on at the latest.
        until: Timestamp,
    },
    /// The brand answered, and promised more.
    Promised,
    /// The brand answered.
    Answered,
    /// The brand answered and asked for a private message.
    AskedToWrite,
    /// Somebody at the brand settled it.
    Settled,
    /// The customer took everything back.
    Withdrawn,
    /// It waited for longer than anybody is told about.
    Expired,
    /// It has been quiet since then plus [`QUIET`].
    Closed {
        /// When it closed.
        at: Timestamp,
    },
}

impl<'a> Case<'a> {
    /// Returns the cases that `turns` belong to, as they stand at `now`, in the order of their first turns.
    #[must_use]
    pub fn of(turns: &'a [Turn], now: Timestamp) -> Vec<Case<'a>> {
        let mut cases: Vec<(&TurnId, Vec<&Turn>)> = Vec::new();
        for turn in turns {
            match cases.iter_mut().find(|(id, _)| **id == turn.case) {
                Some((_, turns)) => turns.push(turn),
                None => cases.push((&turn.case, vec![turn])),
            }
        }
        let case = |(id, turns): (&'a TurnId, Vec<&'a Turn>)| Case { id, state: state(&turns, now), turns };
        cases.into_iter().map(case).collect()
    }
}

fn state(turns: &[&Turn], now: Timestamp) -> State {
    if let Some(open) = turns.iter().find(|turn| turn.is_open() && turn.is_response()) {
        let pause = open.pauses.iter().find(|pause| pause.time.from <= now && now < pause.time.to);
        return pause.map_or(State::Waiting, |pause| State::Paused { until: pause.time.to });
    }
    if turns.iter().any(|turn| turn.is_open()) {
        return State::Promised;
    }
    let ended = turns.iter().filter_map(|turn| turn.end.as_ref());
    let last = ended.max_by_key(|end| end.at()).expect("a turn is open or has ended");
    let closes = last.at() + QUIET;
    match last {
        _ if closes <= now => State::Closed { at: closes },
        End::Answered { says: Answer::AsksPrivate { .. }, .. } => State::AskedToWrite,
        End::Answered { .. } => State::Answered,
        End::Dismissed { .. } | End::Excluded { .. } => State::Settled,
        End::Withdrawn { .. } => State::Withdrawn,
        End::Expired { .. } => State::Expired,
    }
}

/// Returns each author's last case that has ended, the latest first: those of `turns`, and those `before`.
pub(super) fn past(turns: &[Turn], before: &[Past]) -> Vec<Past> {
    let mut by_author: BTreeMap<String, Past> =
        before.iter().map(|past| (past.author.clone(), past.clone())).collect();
    for turn in turns {
        let Some(end) = &turn.end else { continue };
        if let TurnKind::FollowUp(_) = turn.kind {
            continue;
        }
        let author = hash(turn.author.as_deref());
        let past = Past { author: author.clone(), case: turn.case.clone(), ended_at: end.at() };
        let known = by_author.entry(author).or_insert_with(|| past.clone());
        if known.ended_at <= past.ended_at {
            *known = past;
        }
    }
    let mut past: Vec<Past> = by_author.into_values().collect();
    past.sort_by(|a, b| b.ended_at.cmp(&a.ended_at).then_with(|| a.author.cmp(&b.author)));
    past.truncate(PAST_KEPT);
    past
}
