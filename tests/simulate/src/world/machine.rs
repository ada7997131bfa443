//! A machine on which functions run: what its clock shows and what it remembers of the configuration.

use domain::versions::Push;
use flow::remembered::Remembered;
use jiff::{SignedDuration, Timestamp};

use crate::time::{Ms, instant, length};

/// A machine read the first push this long before the story begins, so that its functions read it again.
const LONG_AGO: SignedDuration = SignedDuration::from_mins(1);

/// One environment of a function.
#[derive(Clone, Debug)]
pub struct Machine {
    /// By how much its clock is ahead, in ms.
    ahead: Ms,
    /// The pushes that it read.
    pub pushes: Remembered,
    /// The versions that it loaded, one bit each.
    loaded: u64,
}

impl Machine {
    /// Returns a machine that has read the first push long ago. An odd `skew` is how many ms its clock is behind,
    /// an even one how many it is ahead, both halved.
    #[must_use]
    pub fn new(skew: u32, push: Push) -> Machine {
        let off = Ms::from(skew / 2);
        let ahead = if skew % 2 == 1 { -off } else { off };
        let mut pushes = Remembered::default();
        pushes.remember(&[push], instant(ahead) - LONG_AGO);
        Machine { ahead, pushes, loaded: 1 << push.number }
    }

    /// Returns what its clock shows at the true time `now`.
    #[must_use]
    pub fn clock(&self, now: Ms) -> Timestamp {
        instant(now) + length(self.ahead)
    }

    /// Whether a version is loaded.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.loaded & (1 << number) != 0
    }

    /// Keeps a version that was loaded.
    pub fn keep(&mut self, number: u32) {
        self.loaded |= 1 << number;
    }

    /// Forgets everything, as a crash does.
    pub fn forget(&mut self) {
        (self.pushes, self.loaded) = (Remembered::default(), 0);
    }
}
