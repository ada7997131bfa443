//! `heard normalize`: a raw body on stdin becomes one line of JSON per event.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::platform::{Item, Protocol, Voices};
use jiff::Timestamp;

use super::input;

/// Show the events that a body holds, one line of JSON each
///
/// Reads one raw body from stdin. Items that are ignored print nothing; one that is broken is told on stderr as
/// `refused POINTER: reason` and costs no other, with the exit code 0. Only a body that is not of the platform's
/// format at all is refused, with 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard normalize facebook < tests/payloads/facebook/comment-add.json
  heard normalize facebook --config infra/config/example.toml < tests/payloads/facebook/message.json
  heard normalize threads --account brand < tests/payloads/threads/reply-by-brand.json
  heard normalize telegram --account 7100000001 < tests/payloads/telegram/message.json")]
pub(crate) struct Args {
    /// Which platform sent the body
    #[arg(value_name = "PLATFORM", value_parser = input::protocol())]
    protocol: Protocol,
    /// One of the brand's own accounts, by its bare id; without any, the one it was delivered for, which only
    /// telegram has to be told: the first
    #[arg(long, value_name = "ID")]
    account: Vec<String>,
    /// Take the brands' accounts and automation from this configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Reads stdin, writes events to stdout, and what was refused or not understood to stderr.
///
/// # Errors
///
/// The body is not of the platform's format, the configuration cannot be used, or a stream breaks.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { protocol, account, config } = args;
    let voices = match config {
        Some(file) => input::config(&file, &input::text(&file)?)?.voices(protocol.platform()),
        None => Voices::default(),
    };
    if protocol.scheme().in_path && account.is_empty() {
        let missing = "bodies do not say for which account they are: give it with --account ID";
        return Err(input::wrong_use(format!("{}'s {missing}", protocol.platform())));
    }
    let body = input::body()?;
    let output = normalize(protocol, &body, input::now(), voices, &account)?;
    std::io::stderr().write_all(output.complaints.as_bytes())?;
    std::io::stdout().write_all(output.events.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What goes to stdout, and what to stderr.
#[derive(Debug, Default, PartialEq, Eq)]
struct Output {
    events: String,
    complaints: String,
}

/// Reads `body`; `accounts` speak for the brand, whichever account something was delivered for. The first of them is
/// the one that was addressed, where a body does not say.
fn normalize(
    protocol: Protocol,
    body: &[u8],
    received_at: Timestamp,
    voices: Voices,
    accounts: &[String],
) -> anyhow::Result<Output> {
    let addressed = accounts.first().map(String::as_str);
    let parsed = protocol.parse(body, addressed, received_at, &voices)?;
    let delivered = parsed.events().map(|event| event.account.clone()).collect();
    let parsed = protocol.parse(body, addressed, received_at, &joined(voices, delivered, accounts))?;

    let mut output = Output::default();
    for item in parsed.items {
        match item {
            Item::Event(event) => writeln!(output.events, "{}", serde_json::to_string(&event)?)?,
            Item::Refused(refused) => writeln!(output.complaints, "refused {refused}")?,
            Item::Unknown(unknown) => writeln!(output.complaints, "unknown {unknown}")?,
        }
    }
    Ok(output)
}

/// Lets `accounts` speak for all who were `delivered` something.
fn joined(mut voices: Voices, delivered: BTreeSet<String>, accounts: &[String]) -> Voices {
    for account in delivered {
        voices.groups.entry(account).or_default().accounts.extend(accounts.iter().cloned());
    }
    voices
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);
    const BODY: &str = r#"{"object":"page","entry":[{"id":"100200300400","time":1760000005,"changes":[
        {"field":"feed","value":{"item":"comment","verb":"add","comment_id":"5_1","from":{"id":"7"}}},
        {"field":"feed","value":{"item":"like","verb":"add","comment_id":"5_1","from":{"id":"7"}}},
        {"field":"feed","value":{"item":"comment","verb":"add","comment_id":1.0}},
        {"field":"feed","value":{"item":"comment","verb":"add","comment_id":"5_2","from":{"id":"100200300400"}}},
        {"field":"weather","value":{}}]}]}"#;

    fn sides(accounts: &[&str]) -> Vec<String> {
        let accounts: Vec<_> = accounts.iter().map(ToString::to_string).collect();
        let output = normalize(Protocol::Facebook, BODY.as_bytes(), RECEIVED, Voices::default(), &accounts);
        let lines = output.expect("the body is JSON").events;
        let side = |line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["side"].to_string();
        lines.lines().map(side).collect()
    }

    #[test]
    fn events_go_one_way_and_complaints_the_other() {
        let output = normalize(Protocol::Facebook, BODY.as_bytes(), RECEIVED, Voices::default(), &[]);
        let output = output.expect("the body is JSON");
        assert_eq!(output.events.lines().count(), 2);
        assert!(
            output.events.starts_with(r#"{"platform":"facebook","account":"100200300400","object":"5_1","#)
        );
        assert_eq!(
            output.complaints,
            "refused /entry/0/changes/2/value/comment_id: not a whole number\n\
             unknown /entry/0/changes/4/field: unknown field\n"
        );
    }

    #[test]
    fn named_accounts_speak_for_the_brand_too() {
        assert_eq!(sides(&[]), [r#""customer""#, r#""brand""#]);
        assert_eq!(sides(&["7"]), [r#""brand""#, r#""brand""#]);
        assert_eq!(sides(&["8"]), [r#""customer""#, r#""brand""#]);
    }

    #[test]
    fn a_body_that_is_not_json_is_an_error() {
        let refused = normalize(Protocol::Facebook, b"<feed/>", RECEIVED, Voices::default(), &[]);
        assert_eq!(refused.expect_err("XML is not JSON").to_string(), "body is not JSON");
    }
}
