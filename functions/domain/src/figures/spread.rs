//! How long people waited: the middle and the worst tenth, honest about those who still wait.

use jiff::SignedDuration;
use serde::Serialize;

use super::TurnFigure;
use crate::outcome::{Result, Wait};

/// Of fewer waits no percentile is told.
pub const LEAST: usize = 5;

/// How long turns of one kind waited, by both counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waited {
    /// What was in our hands, while the brand was open and the clock ran.
    pub open: Spread,
    /// What was in our hands, day and night.
    pub elapsed: Spread,
    /// What customers felt, while the brand was open and the clock ran.
    pub felt_open: Spread,
    /// What customers felt, day and night.
    pub felt_elapsed: Spread,
}

/// The middle and the worst tenth of waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many waits there are.
    pub n: usize,
    /// Half of them are not longer; absent for fewer than [`LEAST`].
    pub median: Option<Percentile>,
    /// Nine of ten are not longer; absent for fewer than [`LEAST`].
    pub p90: Option<Percentile>,
}

/// A percentile of waits of which some may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Percentile {
    /// This long.
    Exactly(SignedDuration),
    /// No shorter than this: some who have waited for less still wait.
    AtLeast(SignedDuration),
    /// Longer than this: who stands at the percentile still waits, or was never answered.
    Over(SignedDuration),
}

impl Percentile {
    /// Returns the wait that it speaks of, which is one of those it was made of.
    #[must_use]
    pub fn wait(self) -> SignedDuration {
        match self {
            Percentile::Exactly(wait) | Percentile::AtLeast(wait) | Percentile::Over(wait) => wait,
        }
    }
}

impl Waited {
    /// Measures turns of one kind; those that have time left or are outside say nothing yet.
    pub(super) fn of(turns: &[&TurnFigure]) -> Waited {
        let spread = |of: fn(&TurnFigure) -> Wait, count: fn(Wait) -> SignedDuration| {
            let wait = |turn: &&TurnFigure| {
                let wait = count(of(turn));
                match turn.result {
                    Result::Met | Result::MissedAnsweredLate => Some((wait, false)),
                    Result::MissedOpen => Some((wait, true)),
                    Result::Waiting | Result::Withdrawn | Result::Dismissed | Result::Excluded => None,
                }
            };
            Spread::of(turns.iter().filter_map(wait))
        };
        Waited {
            open: spread(|turn| turn.ours, |wait| wait.open),
            elapsed: spread(|turn| turn.ours, |wait| wait.elapsed),
            felt_open: spread(|turn| turn.felt, |wait| wait.open),
            felt_elapsed: spread(|turn| turn.felt, |wait| wait.elapsed),
        }
    }
}

impl Spread {
    /// Measures waits, each with whether it went on without an answer when it was measured.
    ///
    /// A percentile is the wait of the nearest rank, the `⌈p·n⌉`th in order of length. Of those that go on only
    /// the length so far is known, so that the true percentile is that or longer.
    #[must_use]
    pub fn of(waits: impl Iterator<Item = (SignedDuration, bool)>) -> Spread {
        let mut waits: Vec<(SignedDuration, bool)> = waits.collect();
        waits.sort_unstable();
        let percentile = |percent: usize| {
            let rank = (waits.len() * percent).div_ceil(100);
            let upto = waits.get(..rank).filter(|_| waits.len() >= LEAST)?;
            let (wait, goes_on) = *upto.last()?;
            Some(match goes_on {
                true => Percentile::Over(wait),
                false if upto.iter().any(|(_, goes_on)| *goes_on) => Percentile::AtLeast(wait),
                false => Percentile::Exactly(wait),
            })
        };
        Spread { n: waits.len(), median: percentile(50), p90: percentile(90) }
    }
}
