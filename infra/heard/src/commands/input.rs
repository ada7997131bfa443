//! What comes from outside: the body on stdin, times, the clock.

use std::fmt::Display;
use std::io::Read;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use domain::platform::Protocol;
use domain::policy::{Config, Examined, Problem};
use flow::secrets::{Secrets, Unusable};
use jiff::Timestamp;

use super::config_check;

/// Reads stdin to its end, byte by byte as it is: a signature covers the last newline too.
pub(super) fn body() -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).context("reading the body from stdin")?;
    Ok(body)
}

/// Reads a time such as `2025-10-09T08:53:24Z`.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|error: jiff::Error| error.to_string())
}

/// Returns the time now.
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// Reads a text file; what is no text in it is told with its place.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        unusable(file, &[config_check::not_utf8(good)])
    })
}

/// Reads the configuration that the text of `file` is; every problem is told at once, each with its place.
pub(super) fn config(file: &Path, text: &str) -> anyhow::Result<Config> {
    Config::parse(text).map_err(|problems| unusable(file, &problems))
}

/// Reads a configuration as [`config`] does, and warns of what is probably not meant as written.
pub(super) fn config_with_warnings(file: &Path, text: &str) -> anyhow::Result<Config> {
    let Examined { config, doubts } = Config::examine(text);
    let config = config.map_err(|problems| unusable(file, &problems))?;
    config_check::print_doubts(file, &doubts);
    Ok(config)
}

/// Reads the secrets; every problem is told at once, each with its place and none with a value.
pub(super) fn secrets(file: &Path) -> anyhow::Result<String> {
    let text = text(file)?;
    Secrets::parse(&text).map_err(|Unusable(problems)| unusable(file, &problems))?;
    Ok(text)
}

/// A file has problems: one line each, that begins with its place. Nothing goes in front of them, so that an
/// editor finds the places.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct FileProblems(String);

fn unusable(file: &Path, problems: &[Problem]) -> anyhow::Error {
    let lines = problems.iter().map(|problem| format!("{}:{problem}", file.display()));
    FileProblems(lines.collect::<Vec<_>>().join("\n")).into()
}

/// Returns the error of a command line that parses and means nothing; it ends with the exit code 2.
pub(super) fn wrong_use(message: impl Display) -> anyhow::Error {
    clap::Error::raw(ErrorKind::ArgumentConflict, format!("{message}\n")).into()
}

/// Reads a platform's name; only those whose protocol is built are taken, and the help lists them.
pub(super) fn protocol() -> impl TypedValueParser<Value = Protocol> {
    let names = PossibleValuesParser::new(Protocol::ALL.map(|protocol| protocol.platform().name()));
    names.try_map(|name| name.parse().ok().and_then(Protocol::of).ok_or("is not built"))
}
