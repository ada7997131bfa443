//! Figures as people read them, each with how many it is made of.

use std::fmt;

use super::{Figures, Percentile, Spread, Waited};
use crate::clock::duration_in_words;

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self {
            Percentile::Exactly(_) => "",
            Percentile::AtLeast(_) => "≥ ",
            Percentile::Over(_) => "> ",
        };
        write!(f, "{sign}{}", duration_in_words(self.wait()))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.median, self.p90) {
            (Some(median), Some(p90)) => write!(f, "median {median}, p90 {p90} (n = {})", self.n),
            _ => write!(f, "too few to tell (n = {})", self.n),
        }
    }
}

impl fmt::Display for Waited {
    /// Writes open and calendar time, and what customers felt where that is another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Waited { open, elapsed, felt_open, felt_elapsed } = self;
        let pair = |f: &mut fmt::Formatter<'_>, open: &Spread, elapsed: &Spread| match elapsed.median {
            None => write!(f, "{elapsed}"),
            Some(_) if open == elapsed => write!(f, "{elapsed}"),
            Some(_) => write!(f, "{open} of open time; {elapsed} day and night"),
        };
        pair(f, open, elapsed)?;
        if (felt_open, felt_elapsed) != (open, elapsed) && felt_elapsed.median.is_some() {
            f.write_str("; felt by customers: ")?;
            pair(f, felt_open, felt_elapsed)?;
        }
        Ok(())
    }
}

impl fmt::Display for Figures {
    /// Writes one figure a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { results, promises, pauses, .. } = self;
        writeln!(f, "In time: {}", self.attainment())?;
        writeln!(f, "Answered within 7 days: {}", self.response_rate())?;
        writeln!(f, "Answered on the same day: {}", self.same_day_rate())?;
        writeln!(f, "Ignored: {}", self.ignored)?;
        writeln!(
            f,
            "Without an answer: {} with time left, {} over due",
            results.waiting, results.missed_open
        )?;
        writeln!(f, "First answer: {}", self.first_response)?;
        writeln!(f, "Further answers: {}", self.next_response)?;
        writeln!(
            f,
            "Not counted: {} withdrawn, {} dismissed, {} excluded",
            results.withdrawn, results.dismissed, results.excluded
        )?;
        write!(f, "Promises: {} kept, {} late, {} open", promises.kept, promises.late, promises.open)?;
        if promises.outside > 0 {
            write!(f, ", {} not counted", promises.outside)?;
        }
        writeln!(f)?;
        write!(f, "Turns that were paused: {}, {} % of the time", pauses.turns, pauses.percent_of_time())?;
        if pauses.are_many() {
            f.write_str("; more than one in ten, somebody should look why")?;
        }
        Ok(())
    }
}
