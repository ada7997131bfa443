//! `heard secrets check`: says everything that is wrong with the secrets, and never what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use domain::id::Account;
use domain::platform::Protocol;
use domain::policy::{Config, Format, Person, Problem, Webhook};
use flow::secrets::{Examined, HookSecret, examine};
use serde::Serialize;

use super::{input, output};

/// Check a file of secrets, without printing any
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    Check(Check),
}

/// Check a file of secrets completely, without printing any
///
/// Every problem is printed to stderr as `FILE:LINE:COL: id: problem; write …`, and the exit code is 1. What can
/// be used and is probably not meant is printed too, as a warning, and leaves the exit code 0.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  heard secrets check infra/config/secrets.example.toml --config infra/config/example.toml")]
pub(crate) struct Check {
    /// The secrets, a TOML file such as infra/config/secrets.example.toml
    file: PathBuf,
    /// Also check that every account and webhook of this configuration has a secret, and every secret an account
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON list of {file, line, column, path, problem, fix, level} to stdout
    #[arg(long)]
    json: bool,
}

/// Whether the secrets can be used in spite of it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
}

/// A problem of one of the two files.
#[derive(Serialize)]
struct Remark<'a> {
    file: &'a Path,
    #[serde(flatten)]
    problem: Problem,
    level: Level,
}

/// Runs the command.
///
/// # Errors
///
/// A file cannot be read, the configuration has problems of its own, or stdout cannot be written.
pub(crate) fn run(action: Action) -> anyhow::Result<ExitCode> {
    let Action::Check(Check { file, config, json }) = action;
    let text = input::text(&file)?;
    let configured = match &config {
        Some(path) => {
            let text = input::text(path)?;
            Some((path.as_path(), input::config(path, &text)?, text))
        }
        None => None,
    };
    if is_open_to_others(&file)? {
        eprintln!("heard: others on this machine can read {}; write `chmod 600 FILE`", file.display());
    }
    let accounts = configured.as_ref().map(|(_, config, _)| accounts(config));
    let Examined { problems, doubts, accounts, hooks } = examine(&text, accounts.as_ref());
    let mut remarks: Vec<Remark> = Vec::new();
    for (level, problems) in [(Level::Error, problems), (Level::Warning, doubts)] {
        remarks.extend(problems.into_iter().map(|problem| Remark { file: &file, problem, level }));
    }
    remarks.sort_by(|a, b| a.problem.cmp(&b.problem));
    if let Some((path, config, text)) = &configured {
        remarks.extend(unheard(path, config, text, &accounts));
        remarks.extend(untold(path, config, text, &hooks));
    }
    let refused = remarks.iter().any(|remark| remark.level == Level::Error);
    if json {
        output::json(&remarks)?;
    } else {
        for Remark { file, problem, level } in &remarks {
            let Problem { line, column, path, problem, fix } = problem;
            let warning = if *level == Level::Warning { "warning: " } else { "" };
            eprintln!("{}:{line}:{column}: {path}: {warning}{problem}; {fix}", file.display());
        }
        if !refused {
            let speak =
                if accounts.len() == 1 { "1 account" } else { &format!("{} accounts", accounts.len()) };
            eprintln!("{}: ok, speaking for {speak}", file.display());
        }
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// All accounts of all brands.
fn accounts(config: &Config) -> BTreeSet<Account> {
    config.brands.values().flat_map(|brand| brand.accounts.iter().cloned()).collect()
}

/// Returns the accounts of the configuration that no secret may speak for: whatever is sent to them is refused.
/// Of a platform that is not built, nothing comes anyway.
fn unheard<'a>(
    file: &'a Path,
    config: &Config,
    text: &str,
    spoken_for: &BTreeSet<Account>,
) -> Vec<Remark<'a>> {
    let all =
        config.brands.values().flat_map(|brand| brand.accounts.iter().map(move |account| (brand, account)));
    let unheard = all.filter(|(_, account)| !spoken_for.contains(account));
    let remarks = unheard.map(|(brand, account)| {
        let (line, column) = place(text, account);
        let level = if Protocol::of(account.platform).is_some() { Level::Error } else { Level::Warning };
        let problem = Problem {
            line,
            column,
            path: format!("brand.{}.accounts", brand.id),
            problem: format!("no secret may speak for {account}, so nothing sent to it is taken"),
            fix: "write it into the accounts of the secret that signs for it".to_owned(),
        };
        Remark { file, problem, level }
    });
    remarks.collect()
}

/// Returns the people whose webhook names a secret that is not there, or that is of no use to it: what they are to be told
/// waits for it.
fn untold<'a>(
    file: &'a Path,
    config: &Config,
    text: &str,
    hooks: &BTreeMap<String, HookSecret>,
) -> Vec<Remark<'a>> {
    let remark = |person: &Person, problem: String, fix: String| {
        let before = text.find(&format!("[person.{}]", person.id)).map_or("", |at| &text[..at]);
        let (line, path) = (before.matches('\n').count() + 1, format!("person.{}.webhook.secret", person.id));
        Remark { file, problem: Problem { line, column: 1, path, problem, fix }, level: Level::Error }
    };
    let remarks = config.people.values().filter_map(|person| {
        let Webhook { format, secret, .. } = person.webhook.as_ref()?;
        let secret = secret.as_ref()?;
        let wanted = match format {
            Format::Standard | Format::Slack | Format::Teams => HookSecret::Signs,
            Format::Pagerduty => HookSecret::Names,
        };
        let form = match wanted {
            HookSecret::Signs => "whsec_ and the base64 of 24 to 64 bytes",
            HookSecret::Names => "the 32 letters and digits of an integration",
        };
        match hooks.get(secret) {
            Some(found) if *found == wanted => None,
            Some(_) => {
                let problem = format!("the secret {secret:?} is of no use to a webhook of {}", format.name());
                Some(remark(person, problem, format!("write {form} as its value")))
            }
            None => {
                let problem =
                    format!("no secret of kind \"hook\" is called {secret:?}, so nothing is posted");
                let fix =
                    format!("write [[secret]] with id = {secret:?}, kind = \"hook\" and {form} as value");
                Some(remark(person, problem, fix))
            }
        }
    });
    remarks.collect()
}

/// Where an account stands in the text: line and column from 1.
fn place(text: &str, account: &Account) -> (usize, usize) {
    let before = text.find(&format!("\"{account}\"")).map_or("", |at| &text[..at]);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Whether somebody else than the file's owner may read it.
#[cfg(unix)]
fn is_open_to_others(file: &Path) -> anyhow::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(metadata.permissions().mode() & 0o077 != 0)
}

/// Whether somebody else than the file's owner may read it: that cannot be told here.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> anyhow::Result<bool> {
    Ok(false)
}
