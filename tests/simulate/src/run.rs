//! Many histories, spread over threads. What comes out depends on the seeds alone.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::history::Script;
use crate::lateness::{Lateness, Row};
use crate::log::Violation;
use crate::tally::Tally;

/// So many seeds are taken at once.
const CHUNK: u64 = 64;
/// So many seeds at which something is wrong are kept.
const KEPT: usize = 20;

/// What many histories came to.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How many there were.
    pub histories: u64,
    /// In how many of them something was wrong.
    pub wrong: u64,
    /// How often each invariant did not hold; 0 stands for a panic.
    pub violations: BTreeMap<u8, u64>,
    /// The first seeds at which something was wrong, with what was wrong first.
    pub first: BTreeMap<u64, Violation>,
    /// How late messages left.
    pub lateness: Lateness,
    /// What happened how often.
    pub tally: Tally,
    /// Sweeps that had something to do.
    pub sweeps: u64,
    /// Sweeps that were left out, because they had nothing to do.
    pub skipped: u64,
}

impl Totals {
    /// Lives through the history of a seed and counts what happens in it.
    fn live(&mut self, seed: u64) {
        let script = Script::draw(seed);
        self.histories += 1;
        // What panicked said so on stderr; here it gets its seed.
        let Ok(history) = catch_unwind(AssertUnwindSafe(|| script.live(false))) else {
            self.went_wrong(seed, &[Violation { invariant: 0, at: 0, words: "it panics".to_owned() }]);
            return;
        };
        let rows =
            [true, false].map(|is_first_brand| Row::of(history.trouble, &script.story, is_first_brand));
        self.lateness.history(rows[0]);
        if rows[1] != rows[0] {
            self.lateness.history(rows[1]);
        }
        for late in &history.seen.lateness {
            self.lateness.message(rows[usize::from(!late.is_first_brand)], late.by);
        }
        self.went_wrong(seed, &history.seen.violations);
        self.tally.add(&history.tally);
        self.sweeps += u64::from(history.sweeps.0);
        self.skipped += u64::from(history.sweeps.1);
    }

    fn went_wrong(&mut self, seed: u64, violations: &[Violation]) {
        let Some(first) = violations.first() else { return };
        self.wrong += 1;
        for violation in violations {
            *self.violations.entry(violation.invariant).or_default() += 1;
        }
        self.first.insert(seed, first.clone());
        self.forget();
    }

    fn add(&mut self, other: Totals) {
        self.histories += other.histories;
        self.wrong += other.wrong;
        for (invariant, count) in other.violations {
            *self.violations.entry(invariant).or_default() += count;
        }
        self.first.extend(other.first);
        self.forget();
        self.lateness.add(&other.lateness);
        self.tally.add(&other.tally);
        self.sweeps += other.sweeps;
        self.skipped += other.skipped;
    }

    fn forget(&mut self) {
        while self.first.len() > KEPT {
            self.first.pop_last();
        }
    }
}

/// Lives through the history of each seed on `jobs` threads; `progress` is told how many more are done.
#[must_use]
pub fn run(seeds: Range<u64>, jobs: NonZero<usize>, progress: &(dyn Fn(u64) + Sync)) -> Totals {
    let next = AtomicU64::new(0);
    let length = seeds.end.saturating_sub(seeds.start);
    let work = || {
        let mut totals = Totals::default();
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            if from >= length {
                return totals;
            }
            let to = length.min(from + CHUNK);
            for place in from..to {
                totals.live(seeds.start + place);
            }
            progress(to - from);
        }
    };
    let mut totals = Totals::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.get()).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            totals.add(worker.join().expect("a worker ends by itself"));
        }
    });
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let run = |jobs| {
            let done = AtomicU64::new(0);
            let progress = |more| _ = done.fetch_add(more, Ordering::Relaxed);
            let totals = run(1000..1150, NonZero::new(jobs).unwrap(), &progress);
            assert_eq!(done.into_inner(), 150, "{jobs} threads tell what they did");
            totals
        };
        let (one, three) = (run(1), run(3));
        assert_eq!(one.histories, 150);
        assert_eq!(format!("{one:?}"), format!("{three:?}"));
    }
}
