//! `heard handshake`: what a platform is answered that asks whether this address is ours.

use std::io::Write;
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use domain::platform::{AppSecret, Keys, Proof, Protocol};

use super::input;

/// Answer the question with which a platform confirms a webhook's address
///
/// Prints the status and the content type, then the body, as the webhook would answer them. The exit code is
/// 0 if the answer is 200, and 1 if the question is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard handshake facebook --token T 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=T'
  heard handshake x --secret S 'crc_token=MzQ3NWE1'
  heard handshake linkedin --secret S 'challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0'

facebook, instagram, whatsapp and threads ask for a token; x and linkedin for a proof of the app's secret;
telegram and generic for nothing.")]
pub(crate) struct Args {
    /// Which platform asks
    #[arg(value_name = "PLATFORM", value_parser = input::protocol())]
    protocol: Protocol,
    /// The secret of the app; repeated, the first is the one in force
    #[arg(long, value_name = "S", value_parser = NonEmptyStringValueParser::new())]
    secret: Vec<String>,
    /// The verify token that was typed into the platform's dashboard; repeated, any of them counts
    #[arg(long, value_name = "T", value_parser = NonEmptyStringValueParser::new())]
    token: Vec<String>,
    /// What stands behind the question mark of the address, as it came
    #[arg(value_name = "RAW QUERY")]
    raw_query: String,
}

/// Prints the answer.
///
/// # Errors
///
/// What the platform's handshake is proved with is missing, or stdout breaks.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Args { protocol, secret, token, raw_query } = args;
    let platform = protocol.platform();
    let missing = match protocol.scheme().handshake {
        Proof::Token => token.is_empty().then_some("names a verify token: give it with --token T"),
        Proof::Secret => {
            secret.is_empty().then_some("wants a proof of the app's secret: give it with --secret S")
        }
        Proof::Nothing => {
            eprintln!("note: {platform} asks nothing before it delivers: there is no handshake");
            None
        }
    };
    if let Some(missing) = missing {
        return Err(input::wrong_use(format!("{platform} {missing}")));
    }
    let tokens: Vec<&str> = token.iter().map(String::as_str).collect();
    let secrets: Vec<_> = secret.iter().map(|secret| AppSecret::from(secret.as_bytes())).collect();
    let raw_query = raw_query.strip_prefix('?').unwrap_or(raw_query);
    let answer = protocol.handshake(&Keys { tokens: &tokens, secrets: &secrets }, raw_query);
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{} {}", answer.status, answer.content_type)?;
    if !answer.body.is_empty() {
        writeln!(stdout, "{}", answer.body)?;
    }
    Ok(if answer.status == 200 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
