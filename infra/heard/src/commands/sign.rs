//! `heard sign`: the headers that a platform would send with the body on stdin.

use std::io::Write;
use std::process::ExitCode;

use domain::id::Platform;
use domain::platform::facebook;
use jiff::Timestamp;

use super::input;

/// Sign a body as a platform does.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which platform is to have sent the body.
    platform: Platform,
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
    let Args { platform, secret, at: _, id: _, oauth2: _ } = args;
    let Some(headers) = sign(platform, &secret, &input::body()?) else {
        eprintln!("sign {platform}: not built yet");
        return Ok(ExitCode::from(2));
    };
    std::io::stdout().write_all(headers.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns a line per header; absent for a platform that is not built yet.
fn sign(platform: Platform, secret: &str, body: &[u8]) -> Option<String> {
    match platform {
        Platform::Facebook => {
            let signature = facebook::sign(secret.as_bytes(), body);
            Some(format!("{}: {signature}\n", facebook::SIGNATURE))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facebook_signs_in_one_header() {
        assert_eq!(
            sign(Platform::Facebook, "key", b"The quick brown fox jumps over the lazy dog").as_deref(),
            Some(
                "X-Hub-Signature-256: sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8\n"
            )
        );
        assert_eq!(sign(Platform::X, "key", b""), None);
    }
}
