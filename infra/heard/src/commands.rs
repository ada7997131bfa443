//! One file per command: its arguments, and what it does.

pub(crate) mod local;

use crate::cli::Command;

/// Runs a command; an error is the exit code 1 and its chain on stderr.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Local(local) => local.run().await,
    }
}
