//! One file per command: its arguments, and what it does.

use std::process::ExitCode;

use crate::cli::Command;

pub(crate) mod config;
mod config_check;
mod config_versions;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod handshake;
mod idle;
pub(crate) mod input;
pub(crate) mod local;
pub(crate) mod normalize;
mod output;
pub(crate) mod secrets;
pub(crate) mod sign;
mod table;
pub(crate) mod verify;
mod version;

/// Runs a command; an error is the exit code 1 and its chain on stderr.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Config(action) => config::run(action).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Explain(args) => explain::run(args),
        Command::Handshake(args) => handshake::run(&args),
        Command::Local(args) => args.run().await.map(|()| ExitCode::SUCCESS),
        Command::Normalize(args) => normalize::run(args),
        Command::Secrets(action) => secrets::run(action),
        Command::Sign(args) => sign::run(args),
        Command::Verify(args) => verify::run(args),
    }
}
