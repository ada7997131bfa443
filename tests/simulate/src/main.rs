//! `simulate`: runs histories and says whether anybody was ever missed.

mod cli;

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use simulate::history::Script;
use simulate::report::{Verdict, report};
use simulate::run::run;
use simulate::shrink::{Shrunk, Unshrunk, shrink};
use simulate::tell::tell;

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
    for (seed, first) in totals.first.iter().take(TOLD) {
        match first.invariant {
            0 => writeln!(out, "Seed {seed}: {}; --replay {seed} does it again.\n", first.words)?,
            _ => writeln!(out, "{}", told(*seed)?.0)?,
        }
    }
    for (seed, first) in totals.first.iter().skip(TOLD).filter(|(_, first)| first.invariant > 0) {
        writeln!(out, "Seed {seed}: I{}: {}; --replay {seed} tells it.\n", first.invariant, first.words)?;
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

/// Returns the history of a seed in words, cut down to what is wrong in it; and whether nothing is.
fn told(seed: u64) -> Result<(String, bool)> {
    let script = Script::draw(seed);
    let trouble = script.faults.trouble.words();
    match shrink(&script) {
        Ok(Shrunk { script, inputs, choices, tried }) => {
            let (inputs, choices) = (count(inputs, "input"), count(choices, "choice"));
            let cut = format!("cut down to {inputs} and {choices} of chance in {tried} tries");
            Ok((format!("Seed {seed}: {trouble}; {cut}.\n\n{}", tell(&script)), false))
        }
        Err(Unshrunk::Right) => Ok((format!("Seed {seed}: {trouble}.\n\n{}", tell(&script)), true)),
        Err(error @ Unshrunk::NotReplayed) => {
            Err(error).with_context(|| format!("the history of seed {seed} cannot be shortened"))
        }
    }
}

fn count(number: usize, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}
