//! One file per command: its arguments, and what it does.

use std::process::ExitCode;

use crate::cli::Command;

mod input;
pub(crate) mod local;
pub(crate) mod normalize;
pub(crate) mod sign;
pub(crate) mod verify;

/// Runs a command; an error is the exit code 1 and its chain on stderr.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Local(args) => args.run().await.map(|()| ExitCode::SUCCESS),
        Command::Normalize(args) => normalize::run(args),
        Command::Sign(args) => sign::run(args),
        Command::Verify(args) => verify::run(args),
    }
}
