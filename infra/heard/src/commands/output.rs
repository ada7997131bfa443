//! What goes to stdout for scripts.

use std::io::{Write, stdout};

use anyhow::Context;
use serde::Serialize;

/// Prints one JSON document on a line of its own.
pub(super) fn json(document: &impl Serialize) -> anyhow::Result<()> {
    let mut stdout = stdout().lock();
    serde_json::to_writer(&mut stdout, document).context("writing to stdout")?;
    writeln!(stdout).context("writing to stdout")
}
