//! `heard verify`: does the signature in the headers belong to the body on stdin?

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use domain::id::Platform;
use domain::platform::{Rejected, facebook};
use jiff::Timestamp;

/// Check the signature of a body.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which platform sent the body.
    platform: Platform,
    /// The secret that it is signed with.
    #[arg(long, value_name = "S")]
    secret: String,
    /// A header that came with the body.
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// When it came, for platforms that sign the time; now when left out.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The public keys, for platforms that sign with a private one.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
}

/// Reads stdin and writes `ok`, or to stderr why not.
///
/// # Errors
///
/// A stream breaks.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).context("reading the body from stdin")?;
    match verify(&args, &body) {
        Some(Ok(())) => std::io::stdout().write_all(b"ok\n")?,
        Some(Err(rejected)) => {
            eprintln!("{rejected}");
            return Ok(ExitCode::FAILURE);
        }
        None => {
            eprintln!("verify {}: not built yet", args.platform);
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns whether the body is believed; absent for a platform that is not built yet.
fn verify(args: &Args, body: &[u8]) -> Option<Result<(), Rejected>> {
    match args.platform {
        Platform::Facebook => {
            let signature = value(&args.header, facebook::SIGNATURE);
            Some(facebook::verify(args.secret.as_bytes(), body, signature.as_deref()))
        }
        Platform::Instagram
        | Platform::X
        | Platform::Linkedin
        | Platform::Whatsapp
        | Platform::Threads
        | Platform::Telegram
        | Platform::Tiktok
        | Platform::Youtube
        | Platform::Google
        | Platform::Generic => None,
    }
}

/// Returns the value of the header `name`; repeated ones are joined by a comma, as API Gateway does.
fn value(headers: &[(String, String)], name: &str) -> Option<String> {
    let values = headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    values.map(|(_, value)| value.clone()).reduce(|all, value| all + "," + &value)
}

fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once(':').ok_or("not of the form 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn verified(line: &[&str], body: &[u8]) -> Option<Result<(), Rejected>> {
        let line: Line = clap::Parser::parse_from(["verify"].iter().chain(line));
        verify(&line.args, body)
    }

    #[test]
    fn the_body_counts_to_its_last_byte() {
        let header = format!("{}: {}", facebook::SIGNATURE, facebook::sign(b"s", b"{}\n"));
        let lower = header.to_lowercase();
        let other = "Content-Type: application/json";
        // headers, body, outcome
        let table: [(&[&str], &[u8], _); 6] = [
            (&[&header], b"{}\n", Ok(())),
            (&[other, &lower], b"{}\n", Ok(())),
            (&[&header], b"{}", Err(Rejected::Mismatch)),
            (&[&header, &header], b"{}\n", Err(Rejected::NoSignature)),
            (&[other], b"{}\n", Err(Rejected::NoSignature)),
            (&[], b"{}\n", Err(Rejected::NoSignature)),
        ];
        for (headers, body, outcome) in table {
            let mut line = vec!["facebook", "--secret", "s"];
            line.extend(headers.iter().flat_map(|header| ["--header", header]));
            assert_eq!(verified(&line, body), Some(outcome), "{line:?} {body:?}");
        }
        assert_eq!(verified(&["x", "--secret", "s"], b"{}"), None);
    }
}
