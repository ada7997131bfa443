//! The head of a conversation: the fold's result as a cache, and what is due next.
//!
//! A head can always be thrown away: the facts lead to the same one. It is read before the facts and saved
//! after everything else, on the condition that nobody saved it in between.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fact::{Facts, date};
use crate::history::{History, Kept, QUIET, Turn};
use crate::id::{BrandId, ConversationId, TurnId};
use crate::policy::Class;

/// The form of heads that this code writes; a head of another form is recomputed.
pub const FORM: u16 = 2;
/// More open turns than this are counted, not listed.
pub const TURNS_LISTED: usize = 500;
/// The longest time after which a platform still repeats a delivery, with a day to spare.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(8 * 24);

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
/// A case lives that has an open turn, or one that ended so lately that its platform may still repeat a delivery or
/// a new message reopen it. All that its turns speak of is younger than the date, from the first on, so that no fold
/// takes a later turn for the first; so are their notices, whatever date their keys bear.
#[must_use]
pub fn sealed(history: &History, facts: &Facts, reopen: SignedDuration, now: Timestamp) -> Date {
    let retried = now - LONGEST_RETRY.max(QUIET + reopen);
    let is_alive = |turn: &&Turn| turn.end.as_ref().is_none_or(|end| end.at() >= retried);
    let alive: BTreeSet<&TurnId> = history.turns.iter().filter(is_alive).map(|turn| &turn.case).collect();
    let turns = history.turns.iter().filter(|turn| alive.contains(&turn.case));
    let dates = turns.flat_map(|turn| {
        let notices = facts.notices.iter().filter(|notice| turn.holds(notice)).map(|notice| notice.key.date);
        let said = turn.waiting.iter().map(|waiting| date(waiting.event.occurred_at));
        notices.chain(said)
    });
    let oldest = dates.chain([date(retried)]).min().unwrap_or(Date::MIN);
    // One more day: an answer can bear an earlier date than its question, by a platform's clock.
    oldest.yesterday().unwrap_or(Date::MIN)
}
