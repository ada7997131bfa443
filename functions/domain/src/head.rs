//! The head of a conversation: the fold's result as a cache, and what is due next.
//!
//! A head can always be thrown away: the facts lead to the same one. It is read before the facts and saved
//! after everything else, on the condition that nobody saved it in between.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::Verb;
use crate::fact::{Facts, date};
use crate::history::{DEEPEST_THREAD, DOUBLED, End, History, Kept, Turn, settled};
use crate::id::{BrandId, ConversationId, TurnId};
use crate::policy::Class;

/// The form of heads that this code writes; a head of another form is recomputed.
pub const FORM: u16 = 3;
/// More open turns than this are counted, not listed.
pub const TURNS_LISTED: usize = 500;

/// What is known of a conversation without reading its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORM`] when it was written.
    pub v: u16,
    /// The conversation.
    pub conversation: ConversationId,
    /// Whose conversation it is.
    pub brand: BrandId,
    /// Rises with every save; 0 was never saved.
    pub version: u64,
    /// When the fold it comes from began to read.
    pub folded_at: Timestamp,
    /// The push of the newest configuration that it was planned by, by its time; absent if none was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_by: Option<Timestamp>,
    /// Facts before this date are no longer read: every turn of theirs ended long ago.
    pub sealed: Date,
    /// What later folds need from before `sealed`.
    #[serde(default)]
    pub kept: Kept,
    /// Objects under whose names this conversation is listed, so that their removals find it; digests.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub listed: BTreeSet<String>,
    /// Who waits, oldest first, at most [`TURNS_LISTED`].
    pub open: Vec<Open>,
    /// How many more wait than are listed.
    #[serde(default)]
    pub more: u32,
    /// When the next step of any open turn falls due; absent when nothing is left to wait for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
}

/// An open turn, as much of it as a list of waiting people shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Which.
    pub turn: TurnId,
    /// The brand's account it was asked at, as `facebook:100200300400`.
    pub account: String,
    /// What sort of matter it is.
    #[serde(default = "question")]
    pub class: Class,
    /// Since when.
    pub start: Timestamp,
    /// Until when the brand should answer.
    pub due: Timestamp,
}

fn question() -> Class {
    Class::Question
}

impl Head {
    /// Whether the head would tell the same if it were saved as `other`.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Head) -> bool {
        let told = |head: &Head| Head { version: 0, folded_at: Timestamp::UNIX_EPOCH, ..head.clone() };
        told(self) == told(other)
    }
}

/// Returns the date before which no later fold needs a fact.
///
/// Everything that an open turn speaks of, or one that ended so lately that its platform may still repeat a
/// delivery or a new message reopen its case, is younger;
/// so are the notices of those turns, whatever date their keys bear. What younger facts need of older ones is
/// in [`Kept`].
#[must_use]
pub fn sealed(history: &History, facts: &Facts, reopen: SignedDuration, now: Timestamp) -> Date {
    let settled = settled(reopen, now);
    let objects = dates(facts);
    let by_turn = history.by_turn(&facts.notices);
    let turns = history.turns.iter().zip(&by_turn);
    let alive = turns.filter(|(turn, _)| turn.end.as_ref().is_none_or(|end| end.at() >= settled));
    let dates = alive.flat_map(|(turn, notices)| {
        let notices = notices.iter().map(|notice| notice.key.date);
        let names = turn.names.iter().map(|(_, said_at)| date(*said_at));
        notices.chain(names).chain(spoken(turn, &objects).map(|spoken| spoken.date))
    });
    let oldest = dates.chain([date(settled)]).min().unwrap_or(Date::MIN);
    let mut sealed = oldest.yesterday().unwrap_or(Date::MIN);
    loop {
        let is_torn = |object: &&Dated<'_>| object.first < sealed && sealed <= object.counts(&objects);
        let torn = objects.values().find(is_torn).map(|object| object.first);
        let needed = || history.turns.iter().find_map(|turn| needed_before(sealed, turn, &objects));
        // What is read of a turn must not open it again without its end.
        match torn.or_else(needed) {
            Some(date) => sealed = date,
            None => return sealed,
        }
    }
}

/// Returns the date before `sealed` from which on `turn` is needed, because something of it that is younger means
/// nothing without: an answer can bear an earlier date than what it answers and counts with that, by a platform's
/// clock; the same message once more is known by the first; and somebody who was taken for no matter waits by all
/// that they said once a person knows better.
fn needed_before(sealed: Date, turn: &Turn, objects: &BTreeMap<&str, Dated<'_>>) -> Option<Date> {
    let last = turn.waiting.last().unwrap_or(turn.opener());
    let counts_after = || spoken(turn, objects).any(|spoken| spoken.date < sealed && sealed <= spoken.counts);
    let is_doubled_after = || date(last.at) < sealed && date(last.at + DOUBLED) >= sealed;
    let waits_after =
        || turn.taken_for.is_some() && spoken(turn, objects).any(|spoken| spoken.date >= sealed);
    if !counts_after() && !is_doubled_after() && !waits_after() {
        return None;
    }
    spoken(turn, objects).map(|spoken| spoken.date).filter(|date| *date < sealed).min()
}

/// The dates of one object in a turn.
struct Spoken {
    /// Which it bears.
    date: Date,
    /// From which it counts: never before what it answers.
    counts: Date,
}

/// Returns the dates of what waits in `turn` and of what answered it.
fn spoken(turn: &Turn, objects: &BTreeMap<&str, Dated<'_>>) -> impl Iterator<Item = Spoken> {
    let waiting = turn.waiting.iter();
    let said = waiting.map(|waiting| (date(waiting.event.occurred_at), waiting.at));
    let last = match &turn.end {
        Some(End::Answered { object, at, .. }) => object.as_deref().map(|object| (object, *at)),
        Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Excluded { .. } | End::Expired { .. })
        | None => None,
    };
    let returned = turn.returned.iter().map(|returned| (returned.object.as_str(), returned.answered_at));
    let begun = |(object, at)| objects.get(object).map(|dated| (dated.begun, at));
    let answered = last.into_iter().chain(returned).filter_map(begun);
    said.chain(answered).map(|(borne, counts)| Spoken { date: borne, counts: date(counts) })
}

/// The dates of what is known of one object.
struct Dated<'a> {
    /// When it appeared.
    begun: Date,
    /// The earliest: a platform may date a removal before what was removed.
    first: Date,
    /// The object that it answers.
    parent: Option<&'a str>,
}

impl<'a> Dated<'a> {
    /// Returns the date from which it counts: never before what it answers.
    fn counts(&self, objects: &BTreeMap<&'a str, Dated<'a>>) -> Date {
        let above = |object: &&Dated<'a>| object.parent.and_then(|parent| objects.get(parent));
        let known = iter::successors(Some(self), above).take(DEEPEST_THREAD);
        known.map(|object| object.begun).max().unwrap_or(self.begun)
    }
}

/// Returns the dates of every object that appeared.
fn dates(facts: &Facts) -> BTreeMap<&str, Dated<'_>> {
    let mut dates: BTreeMap<&str, Dated<'_>> = BTreeMap::new();
    for said in facts.said.iter().filter(|said| said.event.verb == Verb::Add) {
        let (begun, parent) = (said.date(), said.event.parent.as_deref());
        let known = dates.entry(&said.event.object).or_insert(Dated { begun, first: begun, parent });
        known.begun = known.begun.min(begun);
    }
    for said in &facts.said {
        if let Some(known) = dates.get_mut(said.event.object.as_str()) {
            known.first = known.first.min(said.date());
        }
    }
    dates
}

#[cfg(test)]
mod tests;
