//! What can be typed after `heard`.

use clap::{Parser, Subcommand};

use crate::commands;

/// Makes sure that nobody who writes to a brand goes unheard.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Args),
    Local(commands::local::Local),
    Config(commands::config::Args),
    Explain(commands::explain::Args),
    Normalize(commands::normalize::Args),
    Sign(commands::sign::Args),
    Verify(commands::verify::Args),
}
