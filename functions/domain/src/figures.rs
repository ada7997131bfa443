//! What turns add up to: how many were answered in time, and how long people waited.
//!
//! A cohort holds the turns *asked* in a span of days, whenever they were answered. What is open and over due
//! counts as missed now, and its wait as longer than it has been so far.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::history::{End, Turn, TurnKind};
use crate::id::{Platform, TurnId};
use crate::outcome::{Outcome, Result, Wait};
use crate::policy::Class;

mod spread;
#[cfg(test)]
mod tests;
mod words;

pub use spread::{LEAST, Percentile, Spread, Waited};

/// An answer later than this no longer counts for the response rate; who still waits then is ignored.
pub const IGNORED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the figures need of one turn: no text, no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnFigure {
    /// The turn.
    pub turn: TurnId,
    /// What was waited for.
    pub kind: Kind,
    /// What sort of matter it is, as far as is known today.
    pub class: Class,
    /// Where the account is that was asked.
    pub platform: Platform,
    /// The platform's id of that account.
    pub account: String,
    /// The brand's date on which the wait began.
    pub asked_on: Date,
    /// The hour of the brand's clock in which it began, 0 to 23.
    pub hour: i8,
    /// Whether the promise was kept.
    pub result: Result,
    /// What the customer felt.
    pub felt: Wait,
    /// What was in our hands.
    pub ours: Wait,
    /// When it ended; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// It was answered before midnight of the day it began on, by the brand's clock.
    pub same_day: bool,
    /// For how long of the wait the clock was stopped.
    pub paused: SignedDuration,
}

/// What a turn waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The brand's first answer in a case.
    FirstResponse,
    /// A further answer in the same case.
    NextResponse,
    /// What the brand promised in an answer.
    FollowUp,
}

impl TurnFigure {
    /// Takes what counts from a turn and how it came out; `zone` is whose dates and hours the brand's are.
    #[must_use]
    pub fn of(turn: &Turn, outcome: &Outcome, zone: &TimeZone) -> TurnFigure {
        let start = turn.start();
        let asked = zone.to_datetime(start);
        let until = clock::later(start, outcome.felt.elapsed);
        let stops = clock::joined(turn.pauses.iter().map(|pause| pause.time)).into_iter();
        let stopped = stops.map(|stop| stop.to.min(until).duration_since(stop.from.max(start)));
        let event = &turn.opener().event;
        let ended_at = turn.end.as_ref().map(End::at);
        TurnFigure {
            turn: turn.id.clone(),
            kind: match turn.kind {
                TurnKind::FirstResponse => Kind::FirstResponse,
                TurnKind::NextResponse => Kind::NextResponse,
                TurnKind::FollowUp(_) => Kind::FollowUp,
            },
            class: turn.class,
            platform: event.platform,
            account: event.account.clone(),
            asked_on: asked.date(),
            hour: asked.hour(),
            result: outcome.result,
            felt: outcome.felt,
            ours: outcome.ours,
            ended_at,
            same_day: is_answered(outcome.result)
                && ended_at.is_some_and(|at| zone.to_datetime(at).date() == asked.date()),
            paused: stopped.map(|length| length.max(SignedDuration::ZERO)).sum(),
        }
    }

    /// Whether a person of the brand answered; what a machine sends ends no turn.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        is_answered(self.result)
    }
}

/// What a cohort adds up to. The order of its turns makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// How those who wait or waited for an answer came out.
    pub results: Results,
    /// Of those that count, how many were answered within [`IGNORED`].
    pub answered_in_a_week: usize,
    /// Of those that count, how many were answered on the brand's day they were asked.
    pub same_day: usize,
    /// How many were never answered, and waited for longer than [`IGNORED`].
    pub ignored: usize,
    /// How long the first answer of a case took.
    pub first_response: Waited,
    /// How long further answers took.
    pub next_response: Waited,
    /// What the brand promised in answers.
    pub promises: Promises,
    /// What was done to the clock.
    pub pauses: Pauses,
}

/// How many turns came out in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Results {
    /// Open, with time left.
    pub waiting: usize,
    /// Answered in time.
    pub met: usize,
    /// Answered, and late.
    pub missed_answered_late: usize,
    /// Over due without an answer.
    pub missed_open: usize,
    /// Taken back in time: outside of every share.
    pub withdrawn: usize,
    /// Needed no answer: outside of every share.
    pub dismissed: usize,
    /// Settled where we cannot see it: outside of every share.
    pub excluded: usize,
}

/// How many promises came out in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Promises {
    /// In time.
    pub kept: usize,
    /// Too late, or over due.
    pub late: usize,
    /// There is time left.
    pub open: usize,
    /// Taken back, or none after all.
    pub outside: usize,
}

/// How often and for how long clocks were stopped, of all that waited for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pauses {
    /// How many turns were paused.
    pub turns: Share,
    /// For how long the clocks stood still.
    pub paused: SignedDuration,
    /// For how long people waited, day and night.
    pub waited: SignedDuration,
}

/// A part of a whole; the whole may be nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many.
    pub part: usize,
    /// Of how many.
    pub of: usize,
}

impl Figures {
    /// Adds turns up, each of which comes once.
    #[must_use]
    pub fn of<'a>(turns: impl Iterator<Item = &'a TurnFigure>) -> Figures {
        let mut figures = Figures::default();
        let (mut first, mut next) = (Vec::new(), Vec::new());
        for turn in turns {
            match turn.kind {
                Kind::FirstResponse => first.push(turn),
                Kind::NextResponse => next.push(turn),
                Kind::FollowUp => {
                    figures.promises.add(turn.result);
                    continue;
                }
            }
            figures.results.add(turn.result);
            figures.pauses.add(turn);
            figures.same_day += usize::from(turn.same_day && turn.is_answered());
            let in_a_week = turn.felt.elapsed <= IGNORED;
            figures.answered_in_a_week += usize::from(turn.is_answered() && in_a_week);
            figures.ignored += usize::from(is_unanswered(turn.result) && !in_a_week);
        }
        figures.first_response = Waited::of(&first);
        figures.next_response = Waited::of(&next);
        figures
    }

    /// Returns how many of those whose time is over or who were answered were answered in time.
    #[must_use]
    pub fn attainment(&self) -> Share {
        let Results { met, missed_answered_late, missed_open, .. } = self.results;
        Share { part: met, of: met + missed_answered_late + missed_open }
    }

    /// Returns how many of those that count were answered by a person within [`IGNORED`].
    #[must_use]
    pub fn response_rate(&self) -> Share {
        Share { part: self.answered_in_a_week, of: self.results.worthy() }
    }

    /// Returns how many of those that count were answered on the day they were asked.
    #[must_use]
    pub fn same_day_rate(&self) -> Share {
        Share { part: self.same_day, of: self.results.worthy() }
    }
}

impl Results {
    /// Returns how many count: all but those taken back, dismissed or excluded.
    #[must_use]
    pub fn worthy(&self) -> usize {
        self.waiting + self.met + self.missed_answered_late + self.missed_open
    }

    fn add(&mut self, result: Result) {
        *match result {
            Result::Waiting => &mut self.waiting,
            Result::Met => &mut self.met,
            Result::MissedAnsweredLate => &mut self.missed_answered_late,
            Result::MissedOpen => &mut self.missed_open,
            Result::Withdrawn => &mut self.withdrawn,
            Result::Dismissed => &mut self.dismissed,
            Result::Excluded => &mut self.excluded,
        } += 1;
    }
}

impl Promises {
    fn add(&mut self, result: Result) {
        *match result {
            Result::Waiting => &mut self.open,
            Result::Met => &mut self.kept,
            Result::MissedAnsweredLate | Result::MissedOpen => &mut self.late,
            Result::Withdrawn | Result::Dismissed | Result::Excluded => &mut self.outside,
        } += 1;
    }
}

impl Pauses {
    /// Whether more than one turn in ten was paused, which somebody should look at.
    #[must_use]
    pub fn are_many(&self) -> bool {
        self.turns.part * 10 > self.turns.of
    }

    /// Returns how many percent of the time that people waited the clocks stood still; zero if nobody waited.
    #[must_use]
    pub fn percent_of_time(&self) -> i64 {
        (self.paused.as_secs() * 100).checked_div(self.waited.as_secs()).unwrap_or(0)
    }

    fn add(&mut self, turn: &TurnFigure) {
        self.turns.part += usize::from(turn.paused > SignedDuration::ZERO);
        self.turns.of += 1;
        self.paused += turn.paused;
        self.waited += turn.felt.elapsed;
    }
}

impl Share {
    /// Returns the share in whole percent, rounded down so that only all are 100; absent if there is no whole.
    #[must_use]
    pub fn percent(&self) -> Option<usize> {
        (self.part * 100).checked_div(self.of)
    }
}

fn is_answered(result: Result) -> bool {
    matches!(result, Result::Met | Result::MissedAnsweredLate)
}

fn is_unanswered(result: Result) -> bool {
    matches!(result, Result::Waiting | Result::MissedOpen)
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent() {
            Some(percent) => write!(f, "{percent} % ({} of {})", self.part, self.of),
            None => f.write_str("none to count"),
        }
    }
}
