//! Which version of the configuration a turn runs on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::policy::Config;

/// One push of a configuration, without its text. The same content may be pushed again and keeps its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The number of the version that it brought into force, from 1.
    pub number: u32,
    /// When.
    pub pushed_at: Timestamp,
    /// Whether turns that were open at the push run on it too.
    #[serde(default)]
    pub apply_to_open: bool,
}

/// Returns the number of the version that a turn runs on whose opener was received at `received_at`: the
/// newest one pushed before, or pushed later with "apply to open". `pushes` stand in their order.
///
/// A turn older than every push runs on the first. `None` only if nothing was ever pushed.
#[must_use]
pub fn of_turn(pushes: &[Push], received_at: Timestamp) -> Option<u32> {
    push_of_turn(pushes, received_at).map(|push| push.number)
}

fn push_of_turn(pushes: &[Push], received_at: Timestamp) -> Option<&Push> {
    let applies = |push: &&Push| push.pushed_at <= received_at || push.apply_to_open;
    pushes.iter().rfind(applies).or(pushes.first())
}

/// Returns the push that was in force at `received_at`, whatever was applied to open turns since; the first for a
/// turn older than every push.
#[must_use]
pub fn asked_under(pushes: &[Push], received_at: Timestamp) -> Option<&Push> {
    pushes.iter().rfind(|push| push.pushed_at <= received_at).or(pushes.first())
}

/// Returns the number of the version in force.
#[must_use]
pub fn current(pushes: &[Push]) -> Option<u32> {
    pushes.last().map(|push| push.number)
}

/// The configurations that a check needs.
#[derive(Clone, Debug)]
pub struct Configs {
    /// Every push that is still known, in its order.
    pub pushes: Vec<Push>,
    /// The version in force, those that open turns run on or were asked under, and those that people were told
    /// under.
    pub loaded: BTreeMap<u32, Arc<Config>>,
}

impl Configs {
    /// Returns the only configuration there ever was, as if it had been pushed before everything.
    #[must_use]
    pub fn only(config: Config) -> Configs {
        let push = Push { number: 1, pushed_at: Timestamp::MIN, apply_to_open: false };
        Configs { pushes: vec![push], loaded: BTreeMap::from([(1, Arc::new(config))]) }
    }

    /// Returns the configuration in force: calendars and people always come from it.
    #[must_use]
    pub fn current(&self) -> Option<&Config> {
        self.loaded.get(&current(&self.pushes)?).map(AsRef::as_ref)
    }

    /// Returns the push that a turn runs on whose opener was received at `received_at`.
    #[must_use]
    pub fn push_of_turn(&self, received_at: Timestamp) -> Option<&Push> {
        push_of_turn(&self.pushes, received_at)
    }

    /// Returns the push that was in force at `received_at`.
    #[must_use]
    pub fn asked_under(&self, received_at: Timestamp) -> Option<&Push> {
        asked_under(&self.pushes, received_at)
    }

    /// Returns the configuration a turn runs on, and its number: the one in force where the turn's own could
    /// not be loaded.
    #[must_use]
    pub fn of_turn(&self, received_at: Timestamp) -> Option<(u32, &Config)> {
        let own = of_turn(&self.pushes, received_at)?;
        let number = if self.loaded.contains_key(&own) { own } else { current(&self.pushes)? };
        self.loaded.get(&number).map(|config| (number, config.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_runs_on_the_newest_version_pushed_before_its_opener_was_received() {
        let push = |number, second, apply_to_open| Push {
            number,
            pushed_at: Timestamp::from_second(second).unwrap(),
            apply_to_open,
        };
        let plain = [push(1, 10, false), push(2, 20, false)];
        let applied = [push(1, 10, false), push(2, 20, true), push(3, 30, false)];
        let back = [push(1, 10, false), push(2, 20, false), push(1, 30, false)];
        // pushes, received, runs on
        let table = [
            (&plain[..], 15, Some(1)),
            (&plain[..], 20, Some(2)), // pushed in the same instant: already in force
            (&plain[..], 5, Some(1)),  // older than every push
            (&applied[..], 15, Some(2)),
            (&applied[..], 35, Some(3)),
            (&back[..], 25, Some(2)),
            (&back[..], 35, Some(1)), // rolled back
            (&[][..], 15, None),
        ];
        for (pushes, received, number) in table {
            let at = Timestamp::from_second(received).unwrap();
            assert_eq!(of_turn(pushes, at), number, "{pushes:?} at {received}");
        }
    }
}
