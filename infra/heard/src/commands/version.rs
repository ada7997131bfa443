//! What `heard config push` and `heard config rollback` share: their flags, the question, the outcome.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin, stdout};

use serde_json::json;

use super::output;
use super::table::Table;

/// How a version is brought into force.
#[derive(Debug, clap::Args)]
pub(super) struct Flags {
    /// Go back to an older version without asking
    #[arg(long)]
    pub(super) yes: bool,
    /// Let the people who wait already run on it too, from now on
    #[arg(long)]
    pub(super) apply_to_open: bool,
    /// Print {"version": N}
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) table: Table,
}

/// Prints which version is in force now.
pub(super) fn in_force(number: u32, json: bool) -> anyhow::Result<()> {
    if json {
        output::json(&json!({ "version": number }))
    } else {
        Ok(writeln!(stdout(), "version {number}")?)
    }
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
