//! `heard config`: check a configuration, push it, see what was pushed, go back.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use cloud::Cloud;
use cloud::settings::PushError;
use serde_json::json;

use super::table::Table;
use super::{config_check, config_versions, input};

/// Check a configuration, push it, list what was pushed, go back
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Check(config_check::Args),
    Push(Push),
    List(config_versions::List),
    Rollback(config_versions::Rollback),
}

/// Push a configuration; the functions read it within a minute
///
/// The text becomes a version that never changes: people who wait keep the ladder they began with. Prints
/// `version N`. The same text keeps its number, so a second push changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard config push my.toml                                      to the running local stack
  heard config push my.toml --table TABLE_NAME --region REGION   to AWS; the stack's outputs name the table")]
struct Push {
    /// The configuration, a TOML file
    file: PathBuf,
    /// Go back to an older version without asking
    #[arg(long)]
    yes: bool,
    /// Print {"version": N}
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    table: Table,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Check(args) => config_check::run(args),
        Action::Push(args) => push(args).await,
        Action::List(args) => config_versions::list(args).await,
        Action::Rollback(args) => config_versions::rollback(args).await,
    }
}

async fn push(args: Push) -> anyhow::Result<ExitCode> {
    let text = input::text(&args.file)?;
    // Checked before anything is connected: the problems of a file need no table.
    input::config(&args.file, &text)?;
    let cloud = args.table.connect().await?;
    let number = match cloud.push(&text, args.yes).await {
        Ok(number) => number,
        Err(PushError::Older(number)) => {
            let question =
                format!("This is the text of version {number}, which a newer one replaced. Go back to it?");
            if !agreed(&question)? {
                bail!("nothing was pushed: this is the text of version {number}; --yes goes back to it");
            }
            cloud.push(&text, true).await?
        }
        Err(error) => return Err(error.into()),
    };
    in_force(number, args.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints which version is in force now.
pub(super) fn in_force(number: u32, json: bool) -> anyhow::Result<()> {
    if json {
        writeln!(stdout(), "{}", json!({ "version": number }))?;
    } else {
        writeln!(stdout(), "version {number}")?;
    }
    Ok(())
}

/// Asks, if there is somebody to ask.
pub(super) fn agreed(question: &str) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        return Ok(false);
    }
    write!(stderr(), "{question} [y/N] ")?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Pushes the text to a stack that was just started.
pub(super) async fn push_to(cloud: &Cloud, text: &str) -> anyhow::Result<u32> {
    Ok(cloud.push(text, true).await?)
}
