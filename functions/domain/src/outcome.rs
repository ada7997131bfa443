//! How a turn came out: in time or not, and how long the customer waited.
//!
//! Two waits are told: what the customer felt, from when they wrote, and ours, from when we could have known.
//! Met or missed is judged by ours, so that a platform that is slow to tell us is neither a lie nor an excuse.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::{End, Turn};
use crate::run::Run;

#[cfg(test)]
mod tests;

/// A platform that tells us within this time told us at once.
const TOLD_AT_ONCE: SignedDuration = SignedDuration::from_mins(2);
/// Waits that differ by more than this are both told.
const DIFFERENT: SignedDuration = SignedDuration::from_mins(5);

/// How a turn came out, as it stands at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the promise was kept.
    pub result: Result,
    /// What the customer felt.
    pub felt: Wait,
    /// What was in our hands.
    pub ours: Wait,
    /// Until when an answer counts as in time: [`Run::due`], later where the platform told us late.
    pub due: Timestamp,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Result {
    /// Open, and there is time left.
    Waiting,
    /// Answered in time.
    Met,
    /// Answered, and late.
    MissedAnsweredLate,
    /// The time was over without an answer, and it still was when the turn ended.
    MissedOpen,
    /// The customer took it back in time.
    Withdrawn,
    /// Somebody said in time that it needs no answer.
    Dismissed,
    /// It was settled in time, where we cannot see it.
    Excluded,
}

impl Result {
    /// Returns the result as it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Result::Waiting => "waiting",
            Result::Met => "met",
            Result::MissedAnsweredLate => "missed_answered_late",
            Result::MissedOpen => "missed_open",
            Result::Withdrawn => "withdrawn",
            Result::Dismissed => "dismissed",
            Result::Excluded => "excluded",
        }
    }
}

/// How long somebody waited; never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Day and night.
    pub elapsed: SignedDuration,
    /// While the brand was open and the clock ran.
    pub open: SignedDuration,
}

impl Outcome {
    /// Whether the two waits differ so much that both are to be told.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.felt.elapsed - self.ours.elapsed > DIFFERENT
    }
}

/// Returns how `turn` came out, as it stands at `now`.
///
/// What was missed stays missed, whatever happens later: taken back, dismissed, settled elsewhere. Only an answer
/// that turns out to have been in time makes it good. An answer at the very due time is in time. A promise is
/// shown to people when its time is over: that it was none they can only say then.
#[must_use]
pub fn outcome(turn: &Turn, run: &Run<'_>, now: Timestamp) -> Outcome {
    let start = turn.start();
    let told = turn.received_at().checked_sub(TOLD_AT_ONCE).unwrap_or(Timestamp::MIN);
    let ours = start.max(told);
    let due = if ours == start { run.due.at } else { run.clock.due_at(ours, run.target).max(run.due.at) };
    let until = turn.end.as_ref().map_or(now, End::at);
    let in_time = until <= due;
    let result = match &turn.end {
        None if in_time => Result::Waiting,
        Some(End::Answered { .. }) if in_time => Result::Met,
        Some(End::Answered { .. }) => Result::MissedAnsweredLate,
        Some(End::Withdrawn { .. }) if in_time => Result::Withdrawn,
        Some(End::Dismissed { .. }) if in_time || !turn.is_response() => Result::Dismissed,
        Some(End::Excluded { .. }) if in_time || !turn.is_response() => Result::Excluded,
        None
        | Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Excluded { .. } | End::Expired { .. }) => {
            Result::MissedOpen
        }
    };
    let wait = |from: Timestamp| Wait {
        elapsed: until.duration_since(from).max(SignedDuration::ZERO),
        open: run.clock.elapsed(from, until),
    };
    Outcome { result, felt: wait(start), ours: wait(ours), due }
}
