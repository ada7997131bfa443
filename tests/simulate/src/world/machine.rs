//! A machine on which functions run: what its clock shows and what it remembers of the configuration.

use domain::versions::Push;
use jiff::{SignedDuration, Timestamp};

use crate::time::{Ms, instant, length};

/// So long a list of pushes is used without looking.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// An account that is not known makes us look at most so often.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// After a read that failed the old list holds for so long.
const STALE: SignedDuration = SignedDuration::from_secs(30);

/// One environment of a function.
#[derive(Clone, Debug)]
pub struct Machine {
    /// By how much its clock is ahead, in ms.
    ahead: Ms,
    /// What it remembers; nothing after a crash.
    pub remembered: Option<Remembered>,
}

/// The configuration as a machine remembers it.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// The pushes.
    pub pushes: Vec<Push>,
    /// When they were read, by its clock.
    pub at: Timestamp,
    /// The last read failed.
    pub is_stale: bool,
    /// The versions that it loaded, one bit each.
    pub loaded: u64,
}

impl Machine {
    /// Returns a machine that has read the first push long ago. An odd `skew` is how many ms its clock is behind,
    /// an even one how many it is ahead, both halved.
    #[must_use]
    pub fn new(skew: u32, push: Push) -> Machine {
        let off = Ms::from(skew / 2);
        let ahead = if skew % 2 == 1 { -off } else { off };
        let at = instant(ahead) - FRESH;
        Machine {
            ahead,
            remembered: Some(Remembered {
                pushes: vec![push],
                at,
                is_stale: false,
                loaded: 1 << push.number,
            }),
        }
    }

    /// Returns what its clock shows at the true time `now`.
    #[must_use]
    pub fn clock(&self, now: Ms) -> Timestamp {
        instant(now) + length(self.ahead)
    }

    /// Returns the pushes if they are fresh enough at `now` by its clock.
    #[must_use]
    pub fn fresh(&self, now: Timestamp) -> Option<&[Push]> {
        let remembered = self.remembered.as_ref()?;
        let is_fresh = !remembered.pushes.is_empty() && now.duration_since(remembered.at) < FRESH;
        is_fresh.then_some(&remembered.pushes)
    }

    /// Whether the pushes were read a moment ago.
    #[must_use]
    pub fn looked_just_now(&self, now: Timestamp) -> bool {
        self.remembered.as_ref().is_some_and(|remembered| now.duration_since(remembered.at) < AGAIN)
    }

    /// Remembers pushes that were read at `now`; returns whether they are others than before.
    pub fn remember(&mut self, pushes: &[Push], now: Timestamp) -> bool {
        let loaded = self.remembered.as_ref().map_or(0, |remembered| remembered.loaded);
        let is_new = self.remembered.as_ref().is_none_or(|before| before.pushes != pushes);
        self.remembered = Some(Remembered { pushes: pushes.to_vec(), at: now, is_stale: false, loaded });
        is_new
    }

    /// Goes on with what it remembers, because it cannot be read; `None` if there is nothing.
    pub fn hold(&mut self, now: Timestamp) -> Option<Vec<Push>> {
        let remembered = self.remembered.as_mut()?;
        (remembered.at, remembered.is_stale) = (now - FRESH + STALE, true);
        Some(remembered.pushes.clone())
    }

    /// Whether a version is loaded.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.remembered.as_ref().is_some_and(|remembered| remembered.loaded & (1 << number) != 0)
    }

    /// Keeps a version that was loaded.
    pub fn keep(&mut self, number: u32) {
        let nothing = || Remembered { pushes: Vec::new(), at: Timestamp::MIN, is_stale: false, loaded: 0 };
        self.remembered.get_or_insert_with(nothing).loaded |= 1 << number;
    }
}
