//! What can be typed after `heard`, and the help that teaches it.

use std::fmt::Write;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;

/// Makes sure that nobody who writes to a brand goes unheard.
#[derive(Debug, Parser)]
#[command(name = "heard", version, arg_required_else_help = true, after_help = SHORT, after_long_help = LONG)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Args),
    Local(commands::local::Local),
    #[command(subcommand)]
    Config(commands::config::Action),
    #[command(subcommand)]
    Secrets(commands::secrets::Action),
    Explain(commands::explain::Args),
    Normalize(commands::normalize::Args),
    Verify(commands::verify::Args),
    Sign(commands::sign::Args),
    Handshake(commands::handshake::Args),
}

/// The commands, in the order in which somebody needs them.
const GROUPS: [(&str, &[&str]); 4] = [
    ("See it work", &["demo", "local"]),
    ("Say what is promised", &["config", "explain"]),
    ("Connect a platform", &["secrets", "handshake", "verify", "sign"]),
    ("Look into a webhook", &["normalize"]),
];

const SHORT: &str = "\
Start here:
  heard demo --once                                             the whole way in 50 seconds
  heard config check infra/config/example.toml                  is a configuration complete?
  heard explain --config infra/config/example.toml \\
      --account facebook:100200300400 --at 2026-03-27T17:45     until when, and who is told when?

In a checkout, `cargo heard` is `heard`. `heard COMMAND --help` shows examples; `heard --help` also the exit
codes and the environment.";

const LONG: &str = "\
Start here:
  heard demo --once
      builds the functions, plays four customers on four platforms and a brand in real time, and ends
  heard config check infra/config/example.toml
      says everything that is wrong with a configuration, with its place and what to write instead
  heard explain --config infra/config/example.toml --account facebook:100200300400 --at 2026-03-27T17:45
      computes a deadline over closed hours and says who is told when, and why
  heard normalize facebook < tests/payloads/facebook/comment-add.json
      shows what a webhook's body says, one line of JSON per event
  In a checkout, `cargo heard` is `heard`.

Input and output:
  Bodies come from stdin, byte for byte; configurations and secrets from the files that are named.
  stdout carries results only, UTF-8; everything else goes to stderr. With --json a result is one document,
  or one object a line.

Exit codes:
  0  done
  1  refused or failed; stderr says why
  2  wrong use of the command line

Environment:
  HEARD_TABLE   the table in AWS that `config push|list|rollback` work on, as --table; region and credentials
                come from the usual AWS variables
  HEARD_LOCAL   where the local stack listens, if not at http://127.0.0.1:3000";

const TEMPLATE: &str = "\
{about}

{usage-heading} {usage}

";

/// Reads the command line. Help and wrong use end the process here, with 0 and 2.
pub(crate) fn parse() -> Cli {
    let matches = command().get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Returns the command with its subcommands listed by group.
fn command() -> clap::Command {
    let command = Cli::command();
    let mut text = TEMPLATE.to_owned();
    for (heading, names) in GROUPS {
        writeln!(text, "{heading}:").expect("a string takes all text");
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            writeln!(text, "  {name:<10} {about}").expect("a string takes all text");
        }
        text.push('\n');
    }
    text.push_str("Options:\n{options}{after-help}");
    command.help_template(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let mut listed: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Cli::command();
        let mut all: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
        listed.sort_unstable();
        all.sort_unstable();
        assert_eq!(listed, all);
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}
