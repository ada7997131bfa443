//! What folds that no longer read the oldest facts of a conversation still need of them.
//!
//! Facts are sealed when every turn of theirs ended long ago. Younger facts go on to speak of them: they answer an
//! object, go on with a case, or were said while a turn waited whose beginning is no longer read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::object::{Object, Objects};
use super::thread::Edits;
use super::{QUIET, Turn};
use crate::event::{Side, Visibility};
use crate::id::{TurnId, digest};

/// The longest time after which a platform still repeats a delivery, with a day to spare.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(8 * 24);
/// So many ended turns are remembered beyond their facts, the newest.
const PAST_KEPT: usize = 500;
/// So many objects are remembered beyond their facts, the newest.
const TRACES_KEPT: usize = 500;
/// Facts are sealed by whole days, and one day later than they could be.
const SLACK: SignedDuration = SignedDuration::from_hours(2 * 24);

/// What a fold needs from before the facts it reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The object the thread hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Trace>,
    /// Turns that ended, the latest first: of each author the last, and those that facts still read may lie in;
    /// at most five hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Ended>,
    /// Public objects that younger ones may answer, the newest first, at most five hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Trace>,
}

/// What is left of an object whose facts are no longer read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The object.
    pub object: String,
    /// Its author; absent where the platform does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Who spoke.
    pub side: Side,
    /// The object that it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What is left of a turn whose facts are no longer read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The hash of its author.
    pub author: String,
    /// The name of the oldest object that waited: a fold that reads it knows the turn itself.
    pub opener: TurnId,
    /// The first turn of the same case.
    pub case: TurnId,
    /// Since when the author waited.
    pub start: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// It waited for what an answer had promised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_promise: bool,
    /// It ended with an answer that asked nothing: a message without words goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settles: bool,
}

/// Returns what an author is remembered by.
pub(super) fn hash(author: Option<&str>) -> String {
    digest(author.unwrap_or_default())
}

/// Returns the instant after which whatever ended may still be told anew by its platform, or be gone on with by
/// its author. What ended before is settled.
#[must_use]
pub fn settled(reopen: SignedDuration, now: Timestamp) -> Timestamp {
    now - LONGEST_RETRY.max(QUIET + reopen)
}

impl Trace {
    pub(super) fn of(object: &Object<'_>) -> Trace {
        let Object { first, parent, .. } = object;
        let [author, parent] = [object.author(), *parent].map(|name| name.map(str::to_owned));
        Trace { object: first.object.clone(), author, side: first.side, parent }
    }
}

impl Ended {
    /// Returns what is left of `turn`; `None` while it is open. `settles` is whether its answer asked nothing.
    pub(super) fn of(turn: &Turn, settles: bool) -> Option<Ended> {
        Some(Ended {
            author: hash(turn.author.as_deref()),
            opener: if turn.is_response() {
                turn.id.clone()
            } else {
                TurnId::of(&turn.opener().event.object)
            },
            case: turn.case.clone(),
            start: turn.start(),
            ended_at: turn.end.as_ref()?.at(),
            is_promise: !turn.is_response(),
            settles,
        })
    }

    /// Whether its author waited for an answer at `at`; in the instant of its end no more, so that what is said in
    /// answer to that end opens a turn.
    pub(super) fn waited_at(&self, at: Timestamp) -> bool {
        !self.is_promise && self.start <= at && at < self.ended_at
    }
}

/// Returns the ended turns of `kept` whose facts are not among those that were read.
pub(super) fn unread<'a>(kept: &'a Kept, objects: &Objects<'_>) -> Vec<&'a Ended> {
    if kept.past.is_empty() {
        return Vec::new();
    }
    let asked = objects.iter().filter(|object| object.first.side == Side::Customer);
    let read: BTreeSet<TurnId> = asked.map(|object| TurnId::of(&object.first.object)).collect();
    kept.past.iter().filter(|ended| !read.contains(&ended.opener)).collect()
}

/// Returns the ended turns to remember: those that the fold saw `ended` before `settled`, and those still `unread`.
///
/// What ended after the oldest fact that may be read again can have facts of others within it, or of its own
/// author; of what ended before, only the last of each author matters.
pub(super) fn past(
    settled: Timestamp,
    ended: Vec<Ended>,
    unread: &[&Ended],
    objects: &Objects<'_>,
) -> Vec<Ended> {
    let mut past = ended;
    past.extend(unread.iter().map(|ended| (*ended).clone()));
    if past.is_empty() {
        return past;
    }
    past.sort_by(|a, b| b.ended_at.cmp(&a.ended_at).then_with(|| a.opener.cmp(&b.opener)));
    let oldest = objects.iter().map(|object| object.first.occurred_at).min();
    let read_from = oldest.map_or(settled, |oldest| oldest.min(settled)) - SLACK;
    let mut seen = BTreeSet::new();
    past.retain(|ended| ended.ended_at >= read_from || seen.insert((ended.author.clone(), ended.is_promise)));
    past.truncate(PAST_KEPT);
    past
}

/// Returns the objects to remember: those that the fold saw and a later one may no longer, and those it knew of.
pub(super) fn traces(
    settled: Timestamp,
    kept: &Kept,
    edits: &Edits<'_>,
    objects: &Objects<'_>,
) -> Vec<Trace> {
    let day = |at: Timestamp| at.as_second().div_euclid(24 * 60 * 60);
    let is_old = |object: &&Object<'_>| {
        object.first.visibility == Visibility::Public && day(object.first.occurred_at) < day(settled)
    };
    let mut old: Vec<&Object<'_>> = objects.iter().filter(is_old).collect();
    if old.is_empty() {
        return kept.traces.clone();
    }
    old.sort_by(|a, b| {
        let key = |object: &Object<'_>| object.first.occurred_at;
        key(b).cmp(&key(a)).then_with(|| a.first.object.cmp(&b.first.object))
    });
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, object) in edits.all() {
        names.entry(object).or_default().push(name);
    }
    let mut traces: Vec<Trace> = Vec::with_capacity(old.len());
    for object in old {
        let trace = Trace::of(object);
        let by_edits = names.get(trace.object.as_str()).into_iter().flatten();
        let also = |name: &&str| Trace { object: (*name).to_owned(), ..trace.clone() };
        traces.extend(by_edits.map(also));
        traces.push(trace);
    }
    if !kept.traces.is_empty() {
        let known: BTreeSet<&str> = traces.iter().map(|trace| trace.object.as_str()).collect();
        let is_unread = |trace: &&Trace| !known.contains(trace.object.as_str());
        let unread: Vec<Trace> = kept.traces.iter().filter(is_unread).cloned().collect();
        traces.extend(unread);
    }
    traces.truncate(TRACES_KEPT);
    traces
}
