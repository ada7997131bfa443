//! `heard`: the local stack, configuration, explanations.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    // Wrong use ends in here with 2, as everywhere on the command line.
    let cli = cli::Cli::parse();
    match commands::run(cli.command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("heard: {error:#}");
            ExitCode::FAILURE
        }
    }
}
