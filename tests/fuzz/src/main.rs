//! `fuzz`: changes the bodies of `tests/payloads` at random and looks for one that breaks what reads it.
//!
//! A target is one function of one platform, such as `parse-facebook`; `target.rs` says what must hold of it. An input
//! that comes to something no input came to before is kept, and changed further. The same seed tries the same inputs,
//! as many as the time allows; one that breaks something is written to a file, and `--replay` tries it alone.

mod change;
mod corpus;
mod input;
mod run;
mod target;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;

use corpus::Corpus;
use input::Input;
use run::{Broken, Tried, run, try_one};
use target::Target;

/// Look for inputs that break the platforms' parsers, signatures and handshakes
#[derive(Parser)]
#[command(after_help = "\
Examples:
  fuzz --seconds 3
  fuzz --seconds 60 --target parse-x --seed 7
  fuzz --replay target/fuzz/parse-x.json")]
struct Cli {
    /// How long each target is tried, in seconds
    #[arg(long, value_name = "N", default_value_t = 3)]
    seconds: u64,
    /// Only this target; may be repeated
    #[arg(long, value_name = "NAME", value_parser = Target::parse)]
    target: Vec<Target>,
    /// What decides every change; a fresh one when left out
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Try the input in this file and nothing else
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Where an input that breaks something is written
    #[arg(long, value_name = "DIR", default_value = "target/fuzz")]
    keep: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    run::be_quiet();
    let is_fine = match &cli.replay {
        Some(file) => replay(file),
        None => all(&cli),
    };
    match is_fine {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fuzz: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Tries every target, as many at once as there are cores.
fn all(cli: &Cli) -> Result<bool> {
    let seed = cli.seed.unwrap_or_else(|| fastrand::u64(..));
    writeln!(stdout(), "--seed {seed} tries the same again")?;
    let targets = if cli.target.is_empty() { Target::all() } else { cli.target.clone() };
    let waiting = Mutex::new(targets.into_iter());
    let next = || waiting.lock().ok()?.next();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<bool> {
        let mut is_fine = true;
        while let Some(target) = next() {
            is_fine &= one(cli, target, seed)?;
        }
        Ok(is_fine)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let outcomes = workers.into_iter().map(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(_) => bail!("a worker of the fuzzer itself broke"),
        });
        outcomes.collect::<Result<Vec<bool>>>().map(|outcomes| outcomes.into_iter().all(|is_fine| is_fine))
    })
}

/// Tries one target; whether nothing broke.
fn one(cli: &Cli, target: Target, seed: u64) -> Result<bool> {
    let corpus = Corpus::read(target)?;
    let Tried { inputs, outcomes, broken } =
        run(&corpus, seed, Duration::from_secs(cli.seconds), &|input| target.check(&corpus, input));
    let name = target.to_string();
    writeln!(stdout(), "{name:<20} {inputs:>9} inputs, {outcomes:>5} different outcomes")?;
    let Some(Broken { input, why }) = broken else { return Ok(true) };
    let file = cli.keep.join(format!("{name}.json"));
    input.write(target, &file)?;
    writeln!(stdout(), "{name} BROKE: {why}\n  --replay {} tries it again", file.display())?;
    Ok(false)
}

/// Tries one input from a file; whether nothing broke.
fn replay(file: &Path) -> Result<bool> {
    let (target, input) = Input::read(file).with_context(|| format!("reading {}", file.display()))?;
    let corpus = Corpus::read(target)?;
    match try_one(&input, &|input| target.check(&corpus, input)) {
        Ok(_) => writeln!(stdout(), "{target}: nothing broke")?,
        Err(why) => {
            writeln!(stdout(), "{target} BROKE: {why}")?;
            return Ok(false);
        }
    }
    Ok(true)
}
