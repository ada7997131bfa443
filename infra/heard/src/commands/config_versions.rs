//! `heard config list` and `heard config rollback`: what was pushed when, and back to it.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::bail;
use cloud::settings::{PushError, Terms};
use domain::versions::{Push, current};
use flow::ports::Settings;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::output;
use super::table::Table;
use super::version::{Flags, agreed, in_force};

/// List every push of a configuration, oldest first
///
/// One line per push: number, time, size, the first 12 digits of the text's SHA-256, and which one is in force.
/// A version that was gone back to stands there twice.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard config list
  heard config list --json --table TABLE_NAME --region REGION")]
pub(crate) struct List {
    /// Print one JSON list of `{version, pushed_at, apply_to_open, in_force, size_bytes, sha256}`
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    table: Table,
}

/// Bring an older version back into force
///
/// Its text is pushed again, under the number that it has. Prints `version N`. People who wait keep the ladder
/// they began with, unless --apply-to-open.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  heard config rollback 1 --yes")]
pub(crate) struct Rollback {
    /// The version, as `heard config list` names it
    #[arg(value_name = "N")]
    version: u32,
    #[command(flatten)]
    flags: Flags,
}

/// A push, as `--json` shows it.
#[derive(Serialize)]
struct Row {
    version: u32,
    pushed_at: Timestamp,
    apply_to_open: bool,
    in_force: bool,
    size_bytes: usize,
    sha256: String,
}

/// Prints every push.
///
/// # Errors
///
/// No table answers, or stdout breaks.
pub(crate) async fn list(args: List) -> anyhow::Result<ExitCode> {
    let cloud = args.table.connect().await?;
    let pushes = cloud.pushes().await?;
    let mut texts = BTreeMap::new();
    for Push { number, .. } in &pushes {
        if !texts.contains_key(number) {
            texts.insert(*number, cloud.text(*number).await?);
        }
    }
    let last = pushes.len().saturating_sub(1);
    let rows = pushes.iter().enumerate().map(|(place, push)| {
        let text = texts.get(&push.number).map(String::as_str).unwrap_or_default();
        Row {
            version: push.number,
            // Finer than anybody wants to read.
            pushed_at: Timestamp::from_millisecond(push.pushed_at.as_millisecond()).unwrap_or(push.pushed_at),
            apply_to_open: push.apply_to_open,
            in_force: place == last,
            size_bytes: text.len(),
            sha256: hex::encode(Sha256::digest(text)),
        }
    });
    let rows: Vec<Row> = rows.collect();
    if args.json {
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut stdout = stdout().lock();
    for Row { version, pushed_at, apply_to_open, in_force, size_bytes, sha256 } in &rows {
        let pushed_at = pushed_at.strftime("%Y-%m-%dT%H:%M:%SZ");
        let open = if *apply_to_open { "  applied to open" } else { "" };
        let current = if *in_force { "  in force" } else { "" };
        writeln!(
            stdout,
            "{version:>4}  {pushed_at}  {size_bytes:>6} bytes  {}{open}{current}",
            &sha256[..12]
        )?;
    }
    if rows.is_empty() {
        eprintln!("no configuration was pushed yet");
    }
    Ok(ExitCode::SUCCESS)
}

/// Pushes the text of an older version again.
///
/// # Errors
///
/// There is no such version, nobody agreed, the push is refused, or no table answers.
pub(crate) async fn rollback(args: Rollback) -> anyhow::Result<ExitCode> {
    let Rollback { version, flags } = args;
    let Flags { yes, apply_to_open, json, table } = flags;
    let cloud = table.connect().await?;
    let pushes = cloud.pushes().await?;
    if !pushes.iter().any(|push| push.number == version) {
        bail!("there is no version {version}; `heard config list` names all there are");
    }
    let is_in_force = current(&pushes) == Some(version);
    if is_in_force && !apply_to_open {
        eprintln!("version {version} is in force already");
        in_force(version, json)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !yes && !is_in_force && !agreed(&format!("Go back to version {version}?"))? {
        bail!("nothing was pushed: --yes goes back to version {version}");
    }
    let text = cloud.text(version).await?;
    match cloud.push(&text, Terms { go_back: true, apply_to_open }).await {
        Ok(number) => in_force(number, json)?,
        Err(PushError::Problems(problems)) => {
            // Older code pushed it.
            for problem in problems {
                eprintln!("version {version}:{problem}");
            }
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}
