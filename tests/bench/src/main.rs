//! `bench`: sizes, cold start, CPU per event and instruction counts of the release binaries.
//!
//! The function under measurement is the deployed binary, as a process of its own. Everything it talks to is
//! the null [`backend`] in this process, which answers at once and remembers nothing; for `load` it is the local stack.

mod backend;
mod build;
mod callgrind;
mod cpu;
mod event;
mod function;
mod load;
mod recorded;
mod sizes;
mod webhook;

use std::process::ExitCode;

use clap::Parser;

/// Measures the release binaries of Heard's functions.
///
/// Numbers go to stdout, everything else to stderr. What can be compared between machines (bytes, instructions)
/// is held against tests/bench/recorded.toml, and growth by more than 3 % ends with 1; `--record` writes that
/// file anew. Times are this machine's own and are only shown beside their budgets.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
enum Cli {
    Sizes(sizes::Args),
    Webhook(webhook::Args),
    Instructions(callgrind::Args),
    Load(load::Args),
}

// One thread: what measures takes as little from the measured as can be.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Cli::parse() {
        Cli::Sizes(args) => sizes::run(&args),
        Cli::Webhook(args) => webhook::run(&args).await,
        Cli::Instructions(args) => callgrind::run(&args).await,
        Cli::Load(args) => load::run(&args).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("bench: {error:#}");
        ExitCode::FAILURE
    })
}
