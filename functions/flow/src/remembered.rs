//! What a running function remembers of the list of pushes, and for how long.
//!
//! A list that is fresh is used without looking; one that cannot be read again is held on to, since an old
//! configuration tells people and none tells nobody.

use domain::versions::Push;
use jiff::{SignedDuration, Timestamp};

/// So long a list of pushes is used without looking.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// An account that is not known makes us look at most so often.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// After a read that failed the old list holds for so long: no request waits for each try.
const STALE: SignedDuration = SignedDuration::from_secs(30);

/// The list of pushes as last read; at first nothing is.
///
/// Every time is by the clock of the machine that remembers.
#[derive(Clone, Debug, Default)]
pub struct Remembered(Option<List>);

#[derive(Clone, Debug)]
struct List {
    pushes: Vec<Push>,
    /// From when on it counts as fresh.
    since: Timestamp,
    /// The last read failed.
    is_stale: bool,
}

impl Remembered {
    /// Returns the pushes if they need not be read again at `now`. An empty list is never fresh: the first push is
    /// waited for.
    #[must_use]
    pub fn fresh(&self, now: Timestamp) -> Option<&[Push]> {
        let list = self.0.as_ref()?;
        let is_fresh = !list.pushes.is_empty() && now.duration_since(list.since) < FRESH;
        is_fresh.then_some(&list.pushes)
    }

    /// Whether the pushes were read less than ten seconds before `now`, so that even an unknown account is no reason
    /// to read them again.
    #[must_use]
    pub fn looked_just_now(&self, now: Timestamp) -> bool {
        self.0.as_ref().is_some_and(|list| now.duration_since(list.since) < AGAIN)
    }

    /// Remembers pushes that were read at `now`; returns whether they are others than before.
    pub fn remember(&mut self, pushes: &[Push], now: Timestamp) -> bool {
        let is_new = self.0.as_ref().is_none_or(|before| before.pushes != pushes);
        self.0 = Some(List { pushes: pushes.to_vec(), since: now, is_stale: false });
        is_new
    }

    /// Goes on with what was read before, for thirty seconds from `now`, because it cannot be read; `None` if there
    /// is nothing.
    pub fn hold(&mut self, now: Timestamp) -> Option<Vec<Push>> {
        let list = self.0.as_mut()?;
        (list.since, list.is_stale) = (now - FRESH + STALE, true);
        Some(list.pushes.clone())
    }

    /// Whether the pushes are held though a read failed: newer ones may be in force.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.0.as_ref().is_some_and(|list| list.is_stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUSH: Push = Push { number: 1, pushed_at: Timestamp::UNIX_EPOCH, apply_to_open: false };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn what_was_read_is_fresh_for_a_minute() {
        let mut remembered = Remembered::default();
        assert_eq!((remembered.fresh(at(0)), remembered.looked_just_now(at(0))), (None, false));
        assert!(remembered.remember(&[PUSH], at(0)));
        assert!(!remembered.remember(&[PUSH], at(100)), "the same list is nothing new");
        assert_eq!(remembered.fresh(at(159)), Some(&[PUSH][..]));
        assert_eq!(remembered.fresh(at(160)), None);
        assert!(remembered.looked_just_now(at(109)) && !remembered.looked_just_now(at(110)));
    }

    #[test]
    fn an_empty_list_is_read_again_each_time() {
        let mut remembered = Remembered::default();
        remembered.remember(&[], at(0));
        assert_eq!(remembered.fresh(at(1)), None);
    }

    #[test]
    fn a_list_that_cannot_be_read_again_is_held_and_known_to_be_old() {
        let mut remembered = Remembered::default();
        assert_eq!(remembered.hold(at(0)), None);
        remembered.remember(&[PUSH], at(0));
        assert_eq!(remembered.hold(at(60)), Some(vec![PUSH]));
        assert!(remembered.is_stale());
        assert_eq!(remembered.fresh(at(89)), Some(&[PUSH][..]));
        assert_eq!(remembered.fresh(at(90)), None);
        remembered.remember(&[PUSH], at(91));
        assert!(!remembered.is_stale());
    }
}
