//! `heard config check`: says everything that is wrong with a configuration, and what to write instead.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use domain::policy::{Config, Examined, Problem};

use super::output;

/// Check a configuration completely, without running anything
///
/// Every problem is printed on its own line as `FILE:LINE:COL: key.path: problem; write …`, and the exit
/// code is 1. If there is none, the exit code is 0, and what is probably not meant as written is printed as a
/// warning, then a summary.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard config check infra/config/example.toml
  heard config check infra/config/example.toml --json")]
pub(crate) struct Args {
    /// The configuration, a TOML file such as infra/config/example.toml
    file: PathBuf,
    /// Print the problems to stdout as one JSON list of {line, column, path, problem, fix}
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
///
/// The file cannot be read, or stdout cannot be written.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { file, json } = args;
    let Examined { config, doubts } = load(&file)?;
    let problems = config.as_ref().err().map_or(&[][..], Vec::as_slice);
    if json {
        output::json(&problems)?;
    } else {
        print(&file, problems);
    }
    let Ok(config) = config else { return Ok(ExitCode::FAILURE) };
    if !json {
        print_doubts(&file, &doubts);
        eprintln!("{}: {}", file.display(), summary(&config));
    }
    Ok(ExitCode::SUCCESS)
}

/// Examines the configuration in `file`.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn load(file: &Path) -> anyhow::Result<Examined> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(match str::from_utf8(&bytes) {
        Ok(text) => Config::examine(text),
        Err(error) => {
            Examined { config: Err(vec![not_utf8(&bytes[..error.valid_up_to()])]), doubts: Vec::new() }
        }
    })
}

/// Prints problems to stderr, one a line.
pub(crate) fn print(file: &Path, problems: &[Problem]) {
    for problem in problems {
        eprintln!("{}:{problem}", file.display());
    }
}

/// Prints to stderr what may be used and is probably not what was meant, one a line.
pub(crate) fn print_doubts(file: &Path, doubts: &[Problem]) {
    for Problem { line, column, path, problem, fix } in doubts {
        eprintln!("{}:{line}:{column}: {path}: warning: {problem}; {fix}", file.display());
    }
}

/// The problem of bytes that are no text after `good`.
pub(super) fn not_utf8(good: &[u8]) -> Problem {
    let good = String::from_utf8_lossy(good);
    let last = good.rsplit('\n').next().unwrap_or_default();
    Problem {
        line: good.matches('\n').count() + 1,
        column: last.chars().count() + 1,
        path: "file".to_owned(),
        problem: "not UTF-8 from here on".to_owned(),
        fix: "write the file as UTF-8".to_owned(),
    }
}

/// `ok: 1 brand, 9 accounts, 5 people, 3 calendars, 1 policy`
fn summary(config: &Config) -> String {
    let accounts = config.brands.values().map(|brand| brand.accounts.len()).sum();
    let count =
        |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let counts = [
        count(config.brands.len(), "brand", "brands"),
        count(accounts, "account", "accounts"),
        count(config.people.len(), "person", "people"),
        count(config.calendars.len(), "calendar", "calendars"),
        count(config.policies.len(), "policy", "policies"),
    ];
    format!("ok: {}", counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_have_a_place() {
        let problem = not_utf8("[a]\nname = \"é".as_bytes());
        assert_eq!((problem.line, problem.column), (2, 10));
    }

    #[test]
    fn the_summary_counts() {
        let text = include_str!("../../../config/example.toml");
        let config = Config::parse(text).unwrap();
        assert_eq!(summary(&config), "ok: 1 brand, 9 accounts, 5 people, 3 calendars, 1 policy");
    }
}
