//! What can be typed after `simulate`.

use std::num::NonZero;
use std::ops::Range;
use std::str::FromStr;
use std::thread;

use clap::{Args, Parser};

/// Lives through histories in which everything breaks, and says whether anybody was ever missed.
///
/// The flows run unchanged over a world in memory. A seed is a history: who writes when, what the brand does, which
/// calls, messages, sweeps and machines fail. What came out goes to stdout, progress to stderr.
#[derive(Debug, Parser)]
#[command(name = "simulate", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) what: What,
    /// On how many threads; left out, on all cores. What comes out does not depend on it.
    #[arg(long, value_name = "N", conflicts_with = "replay")]
    jobs: Option<NonZero<usize>>,
}

/// Which histories.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct What {
    /// The histories of these seeds, the last left out.
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) seeds: Option<Seeds>,
    /// So many histories that were never run before: the first seed is drawn, and told first.
    #[arg(long, value_name = "N")]
    pub(crate) fresh: Option<NonZero<u32>>,
    /// One history, told line by line; if something is wrong in it, only what matters for that.
    #[arg(long, value_name = "SEED")]
    pub(crate) replay: Option<u64>,
}

const EXAMPLES: &str = "\
Examples:
  simulate --seeds 0..1000000      the proof
  simulate --fresh 100000          the same for seeds that nobody saw before
  simulate --replay 4711           what happens at one seed
Exit codes: 0 every invariant held; 1 one did not, or too little happened in a long run to say anything;
2 wrong use.";

impl Cli {
    /// Returns on how many threads histories run.
    pub(crate) fn jobs(&self) -> NonZero<usize> {
        let cores = || thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        self.jobs.unwrap_or_else(cores)
    }
}

/// Seeds one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Range<u64>);

impl Seeds {
    /// Draws where `count` seeds begin.
    pub(crate) fn fresh(count: NonZero<u32>) -> Seeds {
        // Short enough to be read aloud, and far from the end of all numbers.
        let from = u64::from(fastrand::u32(..)) << 16;
        Seeds(from..from + u64::from(count.get()))
    }
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Seeds, String> {
        let wanted = "two numbers with two dots between them are wanted, such as 0..1000000";
        let (from, to) = text.split_once("..").ok_or(wanted)?;
        let number =
            |text: &str| text.parse::<u64>().map_err(|error| format!("\"{text}\": {error}; {wanted}"));
        let seeds = number(from)?..number(to)?;
        if seeds.is_empty() {
            return Err(format!("no seed lies between {from} and {to}: the last one is left out"));
        }
        Ok(Seeds(seeds))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_as_clap_wants_them() {
        Cli::command().debug_assert();
    }

    #[test]
    fn seeds_are_two_numbers() {
        assert_eq!("0..1000000".parse(), Ok(Seeds(0..1_000_000)));
        for (text, problem) in [
            ("7", "two numbers with two dots"),
            ("a..7", "\"a\": invalid digit"),
            ("1..-7", "\"-7\": invalid digit"),
            ("..7", "\"\": cannot parse integer"),
            ("7..7", "no seed lies between 7 and 7"),
        ] {
            let error = text.parse::<Seeds>().unwrap_err();
            assert!(error.starts_with(problem), "{text}: {error}");
        }
    }

    #[test]
    fn one_of_three_is_wanted() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).map_err(|error| error.exit_code());
        assert!(parse("simulate --replay 4711").is_ok());
        assert!(parse("simulate --seeds 0..7 --jobs 3").is_ok());
        for wrong in [
            "simulate --jobs 3",
            "simulate --seeds 0..7 --fresh 3",
            "simulate --replay 7 --jobs 3",
            "simulate --fresh 0",
            "simulate --seeds 0..7 --jobs 0",
            "simulate --replay x",
        ] {
            assert_eq!(parse(wrong).unwrap_err(), 2, "{wrong}");
        }
    }

    #[test]
    fn fresh_seeds_are_as_many_as_were_asked_for() {
        let seeds = Seeds::fresh(NonZero::new(100_000).unwrap()).0;
        assert_eq!(seeds.end - seeds.start, 100_000);
    }
}
