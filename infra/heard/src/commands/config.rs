//! `heard config`: check a configuration, and push it.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use cloud::Cloud;
use cloud::settings::PushError;

use super::table::Table;
use super::{config_check, input};

/// Check a configuration, and push it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Check(config_check::Args),
    Push(Push),
}

/// Push a configuration; the functions read it within a minute
///
/// The text becomes a version that never changes: people who wait keep the ladder they began with. The same
/// text keeps its number, so a second push changes nothing.
#[derive(Debug, clap::Args)]
struct Push {
    /// The TOML file
    file: PathBuf,
    /// Go back to an older version without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    table: Table,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Check(args) => config_check::run(args),
        Action::Push(args) => push(args).await,
    }
}

async fn push(args: Push) -> anyhow::Result<ExitCode> {
    let text = input::text(&args.file)?;
    // Checked before anything is connected: the problems of a file need no table.
    input::config(&args.file)?;
    let cloud = args.table.connect().await?;
    let number = match cloud.push(&text, args.yes).await {
        Ok(number) => number,
        Err(PushError::Older(number)) => {
            if !agreed(number)? {
                bail!("nothing was pushed: this is the text of version {number}; --yes goes back to it");
            }
            cloud.push(&text, true).await?
        }
        Err(error) => return Err(error.into()),
    };
    writeln!(stdout(), "version {number}")?;
    Ok(ExitCode::SUCCESS)
}

/// Asks, if there is somebody to ask.
fn agreed(number: u32) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        return Ok(false);
    }
    write!(
        stderr(),
        "This is the text of version {number}, which a newer one replaced. Go back to it? [y/N] "
    )?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Pushes the text to a stack that was just started.
pub(super) async fn push_to(cloud: &Cloud, text: &str) -> anyhow::Result<u32> {
    Ok(cloud.push(text, true).await?)
}
