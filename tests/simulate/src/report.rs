//! What many histories came to, in words.

use std::fmt::{self, Write};
use std::num::NonZero;
use std::time::Duration;

use crate::lateness::seconds;
use crate::run::Totals;

/// A run of fewer seeds than this proves nothing, whatever comes out.
pub const PROOF: u64 = 100_000;
/// In a proof everything that can happen happened so often at least.
pub const OFTEN: u64 = 1000;

/// What a run is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything happened often enough, and every invariant held.
    Proof,
    /// Every invariant held in too few histories.
    TooFew,
    /// Every invariant held, but what is named here happened too seldom to say anything.
    Void(Vec<String>),
    /// Something was wrong.
    Violated,
}

impl Verdict {
    /// Returns what a run is worth.
    #[must_use]
    pub fn of(totals: &Totals) -> Verdict {
        if totals.wrong > 0 {
            return Verdict::Violated;
        }
        if totals.histories < PROOF {
            return Verdict::TooFew;
        }
        let counts = totals.tally.counts().into_iter();
        let seldom: Vec<String> = counts.filter(|(_, count)| *count < OFTEN).map(|(what, _)| what).collect();
        if seldom.is_empty() { Verdict::Proof } else { Verdict::Void(seldom) }
    }

    /// Whether the run is to count as passed: a short one is, so that one may look at a few seeds.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        matches!(self, Verdict::Proof | Verdict::TooFew)
    }
}

/// Returns what a run on `jobs` threads came to; the last line says it in short.
#[must_use]
pub fn report(totals: &Totals, took: Duration, jobs: NonZero<usize>) -> String {
    let mut out = String::new();
    write(&mut out, totals, took, jobs).expect("a string takes whatever is written");
    out
}

fn write(out: &mut String, totals: &Totals, took: Duration, jobs: NonZero<usize>) -> fmt::Result {
    let mut counts: Vec<(String, u64)> = totals.tally.counts().into_iter().collect();
    counts.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    writeln!(out, "What happened how often, the rarest first:\n")?;
    for (what, count) in &counts {
        writeln!(out, "{count:>12}  {what}")?;
    }
    writeln!(out, "\nHow late messages left, in seconds:\n\n{}", totals.lateness)?;
    let Totals { histories, sweeps, skipped, .. } = totals;
    writeln!(out, "{sweeps} sweeps, and {skipped} more that had nothing to do and were left out")?;
    let each = u128::from(*histories) * 1_000_000 / (took.as_micros() * jobs.get() as u128).max(1);
    writeln!(out, "{each} histories a second and core")?;
    for (invariant, count) in &totals.violations {
        match invariant {
            0 => writeln!(out, "{count} histories panicked")?,
            _ => writeln!(out, "I{invariant} did not hold {count} times")?,
        }
    }
    match Verdict::of(totals) {
        Verdict::Proof => writeln!(out, "everything that can happen happened at least {OFTEN} times")?,
        Verdict::TooFew => writeln!(out, "too few seeds to be a proof: that takes {PROOF}")?,
        Verdict::Void(seldom) => {
            writeln!(out, "void: less than {OFTEN} times happened: {}", seldom.join("; "))?;
        }
        Verdict::Violated => {
            writeln!(out, "{} histories went wrong", totals.wrong)?;
            // Once more at the end: of a long output often only that is kept.
            for (seed, first) in &totals.first {
                writeln!(out, "--replay {seed} tells of I{}: {}", first.invariant, first.words)?;
            }
        }
    }
    let violations: u64 = totals.violations.values().sum();
    let (prompt, promised) = (seconds(totals.lateness.prompt()), seconds(totals.lateness.promised()));
    writeln!(out, "{histories} seeds, {violations} violations, prompt ≤ {prompt} s, promised ≤ {promised} s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kind;
    use crate::lateness::Row;
    use crate::log::Violation;
    use crate::tally::Tally;

    fn totals(histories: u64) -> Totals {
        Totals { histories, ..Totals::default() }
    }

    fn last_line(totals: &Totals) -> String {
        let report = report(totals, Duration::from_secs(10), NonZero::<usize>::MIN);
        report.lines().last().unwrap().to_owned()
    }

    #[test]
    fn few_seeds_are_no_proof_and_many_are_one_only_if_everything_happened() {
        assert_eq!(Verdict::of(&totals(PROOF - 1)), Verdict::TooFew);
        assert!(Verdict::TooFew.is_fine());
        let all: Vec<String> = Tally::default().counts().into_keys().collect();
        let verdict = Verdict::of(&totals(PROOF));
        assert_eq!(verdict, Verdict::Void(all), "nothing ever happened");
        assert!(!verdict.is_fine());
    }

    #[test]
    fn one_history_that_went_wrong_is_one_too_many() {
        let mut totals = totals(7);
        totals.wrong = 1;
        totals.violations.insert(2, 3);
        totals.first.insert(5, Violation { invariant: 2, at: 0, words: "nobody was told".to_owned() });
        assert_eq!(Verdict::of(&totals), Verdict::Violated);
        assert!(!Verdict::Violated.is_fine());
        assert_eq!(last_line(&totals), "7 seeds, 3 violations, prompt ≤ – s, promised ≤ – s");
        let report = report(&totals, Duration::from_secs(10), NonZero::<usize>::MIN);
        assert!(report.contains("--replay 5 tells of I2: nobody was told\n"), "{report}");
    }

    #[test]
    fn the_last_line_says_it_in_short() {
        let mut totals = totals(1_000_000);
        totals.lateness.message(Row::Calm, 1894);
        totals.lateness.message(Row::One(Kind::Crash), 120_850);
        let line = "1000000 seeds, 0 violations, prompt ≤ 1.90 s, promised ≤ 120.85 s";
        assert_eq!(last_line(&totals), line);
    }
}
