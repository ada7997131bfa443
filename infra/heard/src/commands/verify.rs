//! `heard verify`: does the signature in the headers belong to the body on stdin?

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::platform::{Beside, Protocol, Rejected, Scheme};
use jiff::Timestamp;

use super::{idle, input};

/// Check the signature of a body
///
/// Reads the body from stdin, to its last byte. Prints `ok` with the exit code 0, or to stderr why not, with 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  printf '{}' | heard verify facebook --secret S --header \"$(printf '{}' | heard sign facebook --secret S)\"
  printf '{}' | heard verify linkedin --secret S --header \"$(printf '{}' | heard sign linkedin --secret S)\"")]
pub(crate) struct Args {
    /// Which platform sent the body
    #[arg(value_name = "PLATFORM", value_parser = input::protocol())]
    protocol: Protocol,
    /// The secret that it is signed with
    #[arg(long, value_name = "S")]
    secret: String,
    /// A header that came with the body; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// When it came, for platforms that sign the time; now when left out
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    at: Option<Timestamp>,
    /// The public keys, for platforms that sign with a private one
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
}

/// Reads stdin and writes `ok`, or to stderr why not.
///
/// # Errors
///
/// A flag means nothing for the platform, or a stream breaks.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { protocol, secret, header, at, jwks } = args;
    let (platform, Scheme { signs, .. }) = (protocol.platform(), protocol.scheme());
    idle::note("--at", at.is_some() && !signs.contains(&Beside::Time), platform, "signs no time");
    let is_idle = jwks.is_some() && !signs.contains(&Beside::PrivateKey);
    idle::refuse("--jwks", is_idle, platform, "signs with a shared secret")?;
    match verify(protocol, &secret, &header, &input::body()?, at.unwrap_or_else(input::now)) {
        Ok(()) => {
            writeln!(std::io::stdout(), "ok")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(rejected) => {
            eprintln!("{rejected}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn verify(
    protocol: Protocol,
    secret: &str,
    headers: &[(String, String)],
    body: &[u8],
    received_at: Timestamp,
) -> Result<(), Rejected> {
    let joined = joined(headers);
    let header = |name: &str| joined.get(&name.to_ascii_lowercase()).map(String::as_str);
    protocol.verify(secret.as_bytes(), body, header, received_at)
}

/// Gathers headers by their lower-case name; repeated ones are joined by a comma, as API Gateway does.
fn joined(headers: &[(String, String)]) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let all = joined.entry(name.to_ascii_lowercase());
        all.and_modify(|all| all.extend([",", value])).or_insert_with(|| value.clone());
    }
    joined
}

fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once(':').ok_or("not of the form 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use domain::platform::facebook;

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
            assert_eq!(
                verify(Protocol::Facebook, "s", &headers, body, Timestamp::UNIX_EPOCH),
                outcome,
                "{headers:?}"
            );
        }
    }
}
