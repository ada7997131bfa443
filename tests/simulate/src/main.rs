//! `simulate`: runs histories and says whether anybody was ever missed.

mod cli;

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use simulate::history::Script;
use simulate::report::{Verdict, report};
use simulate::run::run;
use simulate::shrink::{Unshrunk, shrink};

use cli::{Cli, Seeds};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many of the histories that went wrong are told.
const TOLD: usize = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.what.replay {
        Some(seed) => replay(seed),
        None => many(&cli),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("simulate: {error:#}");
        ExitCode::FAILURE
    })
}

/// Lives through many histories.
fn many(cli: &Cli) -> Result<ExitCode> {
    let mut out = stdout().lock();
    let (seeds, jobs) = (cli.what.seeds.clone(), cli.jobs());
    let Seeds(seeds) = match (seeds, cli.what.fresh) {
        (Some(seeds), _) => seeds,
        (None, Some(count)) => {
            let Seeds(fresh) = Seeds::fresh(count);
            writeln!(out, "--seeds {}..{} runs the same again\n", fresh.start, fresh.end)?;
            Seeds(fresh)
        }
        (None, None) => unreachable!("clap wants one of them"),
    };
    let style = "{bar:40} {pos} of {len} histories, {per_sec}, {eta} to go";
    let style = ProgressStyle::with_template(style).context("drawing progress")?;
    // It shows nothing where stderr is no terminal.
    let bar = ProgressBar::new(seeds.end - seeds.start).with_style(style);
    let begun = Instant::now();
    let totals = run(seeds, jobs, &|more| bar.inc(more));
    let took = begun.elapsed();
    bar.finish_and_clear();
    for seed in totals.first.keys().take(TOLD) {
        writeln!(out, "{}", told(*seed)?.0)?;
    }
    out.write_all(report(&totals, took, jobs).as_bytes())?;
    Ok(if Verdict::of(&totals).is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells one history.
fn replay(seed: u64) -> Result<ExitCode> {
    let (story, is_right) = told(seed)?;
    stdout().lock().write_all(story.as_bytes())?;
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns what is wrong at a seed when everything else is left out, in words; and whether nothing is.
fn told(seed: u64) -> Result<(String, bool)> {
    let shrunk = match shrink(&Script::draw(seed)) {
        Ok(shrunk) => shrunk,
        Err(Unshrunk::Right) => return Ok((format!("seed {seed}: nothing is wrong\n"), true)),
        Err(error) => return Err(error).with_context(|| format!("the history of seed {seed}")),
    };
    let (inputs, choices) = (shrunk.inputs, shrunk.choices);
    let mut words = format!("seed {seed}, cut down to {inputs} inputs and {choices} choices of chance:\n");
    for violation in shrunk.script.live(false).seen.violations {
        writeln!(words, "I{}: {}", violation.invariant, violation.words)?;
    }
    Ok((words, false))
}
