//! `heard config`: check a configuration, push it, see what was pushed, go back.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use cloud::settings::{PushError, Terms};

use super::version::{Flags, agreed, in_force};
use super::{config_check, config_versions, input};

/// Check a configuration, push it, list what was pushed, go back
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    Check(config_check::Args),
    Push(Push),
    List(config_versions::List),
    Rollback(config_versions::Rollback),
}

/// Push a configuration; the functions read it within a minute
///
/// The text becomes a version that never changes: people who wait keep the ladder they began with, unless
/// --apply-to-open. Opening hours and people are those of the newest version for everybody. Prints `version N`.
/// The same text keeps its number, so a second push changes nothing. Warns of what `heard config check` warns of.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard config push my.toml                                      to the running local stack
  heard config push my.toml --table TABLE_NAME --region REGION   to AWS; the stack's outputs name the table")]
pub(crate) struct Push {
    /// The configuration, a TOML file
    file: PathBuf,
    #[command(flatten)]
    flags: Flags,
}

pub(crate) async fn run(action: Action) -> anyhow::Result<ExitCode> {
    match action {
        Action::Check(args) => config_check::run(args),
        Action::Push(args) => push(args).await,
        Action::List(args) => config_versions::list(args).await,
        Action::Rollback(args) => config_versions::rollback(args).await,
    }
}

async fn push(args: Push) -> anyhow::Result<ExitCode> {
    let Flags { yes, apply_to_open, json, table } = args.flags;
    let text = input::text(&args.file)?;
    // Checked before anything is connected: the problems of a file need no table.
    input::config_with_warnings(&args.file, &text)?;
    let cloud = table.connect().await?;
    let number = match cloud.push(&text, Terms { go_back: yes, apply_to_open }).await {
        Ok(number) => number,
        Err(PushError::Older(number)) => {
            let question =
                format!("This is the text of version {number}, which a newer one replaced. Go back to it?");
            if !agreed(&question)? {
                bail!("nothing was pushed: this is the text of version {number}; --yes goes back to it");
            }
            cloud.push(&text, Terms { go_back: true, apply_to_open }).await?
        }
        Err(error) => return Err(error.into()),
    };
    in_force(number, json)?;
    Ok(ExitCode::SUCCESS)
}
