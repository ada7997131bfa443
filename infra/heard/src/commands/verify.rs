//! `heard verify`: does the signature in the headers belong to the body on stdin?

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::id::Platform;
use domain::platform::{Rejected, facebook};
use jiff::Timestamp;

use super::input;

/// Check the signature of a body.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which platform sent the body.
    platform: Platform,
    /// The secret that it is signed with.
    #[arg(long, value_name = "S")]
    secret: String,
    /// A header that came with the body.
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// When it came, for platforms that sign the time; now when left out.
    #[arg(long, value_name = "TIME", value_parser = input::time)]
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
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { platform, secret, header, at: _, jwks: _ } = args;
    match verify(platform, &secret, &header, &input::body()?) {
        Some(Ok(())) => {
            std::io::stdout().write_all(b"ok\n")?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Err(rejected)) => {
            eprintln!("{rejected}");
            Ok(ExitCode::FAILURE)
        }
        None => {
            eprintln!("verify {platform}: not built yet");
            Ok(ExitCode::from(2))
        }
    }
}

/// Returns whether the body is believed; absent for a platform that is not built yet.
fn verify(
    platform: Platform,
    secret: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Option<Result<(), Rejected>> {
    match platform {
        Platform::Facebook => {
            let signature = value(headers, facebook::SIGNATURE);
            Some(facebook::verify(secret.as_bytes(), body, signature.as_deref()))
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

    #[test]
    fn the_body_counts_to_its_last_byte() {
        let right = format!("{}: {}", facebook::SIGNATURE, facebook::sign(b"s", b"{}\n"));
        let lower = right.to_lowercase();
        let other = "Content-Type: application/json";
        // headers, body, outcome
        let table: [(&[&str], &[u8], _); 6] = [
            (&[&right], b"{}\n", Ok(())),
            (&[other, &lower], b"{}\n", Ok(())),
            (&[&right], b"{}", Err(Rejected::Mismatch)),
            (&[&right, &right], b"{}\n", Err(Rejected::NoSignature)),
            (&[other], b"{}\n", Err(Rejected::NoSignature)),
            (&[], b"{}\n", Err(Rejected::NoSignature)),
        ];
        for (headers, body, outcome) in table {
            let headers = headers.iter().map(|text| header(text)).collect::<Result<Vec<_>, _>>();
            let headers = headers.expect("every header has a colon");
            assert_eq!(verify(Platform::Facebook, "s", &headers, body), Some(outcome), "{headers:?}");
        }
        assert_eq!(verify(Platform::X, "s", &[], b"{}"), None);
    }
}
