//! `heard sign`: the headers that a platform would send with the body on stdin.

use std::io::Write;
use std::process::ExitCode;

use domain::id::digest;
use domain::platform::{Beside, Protocol, Scheme, Sending};
use jiff::Timestamp;

use super::{idle, input};

/// Sign a body as a platform does
///
/// Reads the body from stdin, to its last byte, and prints one `Name: value` line per header.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  printf '{}' | heard sign facebook --secret S
  printf '{}' | heard sign x --secret S --oauth2")]
pub(crate) struct Args {
    /// Which platform is to have sent the body
    #[arg(value_name = "PLATFORM", value_parser = input::protocol())]
    protocol: Protocol,
    /// The secret to sign with
    #[arg(long, value_name = "S")]
    secret: String,
    /// When it is sent, for platforms that sign the time; now when left out
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    at: Option<Timestamp>,
    /// The message's id, for platforms that sign it; one of the body's own when left out
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Sign with the OAuth 2 client secret, for X, which has another header for it
    #[arg(long)]
    oauth2: bool,
}

/// Reads stdin and writes `Name: value` for each header.
///
/// # Errors
///
/// A flag means nothing for the platform, or a stream breaks.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { protocol, secret, at, id, oauth2 } = args;
    let (platform, Scheme { signs, oauth2: sign_oauth2, .. }) = (protocol.platform(), protocol.scheme());
    idle::note("--at", at.is_some() && !signs.contains(&Beside::Time), platform, "signs no time");
    idle::note("--id", id.is_some() && !signs.contains(&Beside::Id), platform, "signs no message id");
    let is_idle = oauth2 && sign_oauth2.is_none();
    idle::refuse("--oauth2", is_idle, platform, "has one header for all its secrets")?;
    let (secret, body) = (secret.as_bytes(), input::body()?);
    let headers = match sign_oauth2.filter(|_| oauth2) {
        Some(sign) => vec![sign(secret, &body)],
        None => {
            let id = id.unwrap_or_else(|| message_id(&body));
            protocol.sign(secret, &body, &Sending { id: &id, at: at.unwrap_or_else(input::now) })?
        }
    };
    for (name, value) in headers {
        writeln!(std::io::stdout(), "{name}: {value}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns an id that the same body has again: a message that is sent again is the same message.
fn message_id(body: &[u8]) -> String {
    format!("msg_{}", digest(&String::from_utf8_lossy(body)))
}
