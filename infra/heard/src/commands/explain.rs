//! `heard explain`: until when a message must be answered, who is told when, and why.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use clap::ValueEnum;
use domain::id::Account;
use domain::policy::{Brand, Class};
use domain::versions::Configs;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{input, output};

mod document;
#[cfg(test)]
mod oracle;
mod play;
mod reasons;
#[cfg(test)]
mod tests;
mod text;

use play::{Message, explain};

/// Explain a deadline: the sum, then who is told when if nobody ever answers, and why
///
/// Everybody is taken to be reachable by mail, and nobody to do anything about it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard explain --config infra/config/example.toml --account facebook:100200300400 --at 2026-03-27T17:45
  heard explain --config infra/config/example.toml --account x:2244994945 --at 2026-03-27T16:45Z --class upset --json
  heard explain --config infra/config/example.toml --account x:2244994945 --at 2026-03-27T10:00 --received 2026-03-27T12:30
  heard explain --config infra/config/example.toml --account x:2244994945 --at 2026-03-27T10:00 --turn follow_up")]
pub(crate) struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The brand's account that the message is written to
    #[arg(long, value_name = "PLATFORM:ID")]
    account: Account,
    /// When it is written: an instant such as 2026-03-25T16:30:00Z or 2026-03-25T17:30+01:00, or a time
    /// without an offset such as 2026-03-25T17:30, by the clocks of the brand's calendar (UTC without one).
    /// Of a time that these clocks show twice, it is the first. With `--turn follow_up`, when the brand
    /// promised something.
    #[arg(long, value_name = "TIME")]
    at: When,
    /// When Heard hears of it; left out, at once. Not before `--at`.
    #[arg(long, value_name = "TIME")]
    received: Option<When>,
    /// What sort of matter it is: threat, upset, question, praise, mention, offensive, spam, thanks, other.
    #[arg(long, value_name = "CLASS", default_value_t = Class::Question)]
    class: Class,
    /// What is waited for
    #[arg(long, value_name = "TURN", value_enum, default_value_t = Kind::FirstResponse)]
    turn: Kind,
    /// Print one JSON document. `config_version` is null: a file has none. A step for several roles names
    /// them in one `role`, joined with `+`. `skipped` says why a step tells nobody; `mails` when each mail may
    /// leave. `opens` is false for spam and thanks: nobody waits, and `due` is what would hold should somebody
    /// at the brand say that it is another matter.
    #[arg(long)]
    json: bool,
}

/// What the customer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    /// The brand's first answer in a case
    FirstResponse,
    /// A further answer in the same case
    NextResponse,
    /// What the brand promised in an answer
    FollowUp,
}

/// A time as people write it.
#[derive(Clone, Copy, Debug)]
enum When {
    /// With an offset or zone.
    Instant(Timestamp),
    /// By a wall clock.
    Local(DateTime),
}

/// Text that is no time.
#[derive(Debug, thiserror::Error)]
#[error("not a time such as 2026-03-25T16:30:00Z or 2026-03-25T17:30")]
struct BadTime;

impl FromStr for When {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<When, BadTime> {
        let instant = text.parse().map(When::Instant).ok();
        instant.or_else(|| text.parse().map(When::Local).ok()).ok_or(BadTime)
    }
}

impl When {
    /// Returns the instant, of a wall time that which the clocks of `zone` show first.
    fn by(self, zone: &TimeZone) -> anyhow::Result<Timestamp> {
        match self {
            When::Instant(at) => Ok(at),
            When::Local(wall) => zone.to_timestamp(wall).map_err(|error| anyhow!("{wall}: {error}")),
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// The configuration cannot be read, the account is no brand's, the receipt is before the question, or stdout
/// cannot be written.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { config: file, account, at, received, class, turn, json } = args;
    let configs = Configs::only(input::config(&file, &input::text(&file)?)?);
    let brand = configs.current().and_then(|config| config.brand_of(&account));
    let brand = brand.with_context(|| format!("{account} belongs to no brand"))?;
    let zone = zone_of(brand);
    let at = at.by(&zone)?;
    let received_at = received.map_or(Ok(at), |received| received.by(&zone))?;
    if received_at < at {
        return Err(input::wrong_use(format!(
            "--received is before --at: {received_at} is earlier than {at}; nobody hears of what is not said yet"
        )));
    }
    let explanation = explain(&configs, brand, &Message { account, class, kind: turn, at, received_at });
    if json {
        output::json(&explanation.document())?;
    } else {
        write!(io::stdout().lock(), "{}", text::render(&explanation)).context("writing to stdout")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the zone by whose clocks a brand lives.
fn zone_of(brand: &Brand) -> TimeZone {
    brand.calendar.as_ref().map_or(TimeZone::UTC, |calendar| calendar.zone().clone())
}
