//! X's signatures: two headers of one form, and the challenge-response check.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::super::{Answer, Proof, Rejected, Scheme, query};

/// The header that carries the signature under the consumer secret.
pub const SIGNATURE: &str = "x-twitter-webhooks-signature";

/// The newer header, which carries the signature under the OAuth 2.0 client secret.
pub const SIGNATURE_OAUTH2: &str = "X-Twitter-Webhooks-Signature-OAuth2";

/// What sets X's proofs apart from those of others.
pub const SCHEME: Scheme =
    Scheme { handshake: Proof::Secret, signs: &[], oauth2: Some(sign_oauth2), in_path: false };

/// Longest token that is signed, in bytes; X's have about fifty.
const TOKEN_LIMIT: usize = 1024;

/// Checks that the holder of `secret` signed `body`, exactly as it came; `header` finds a header's value.
///
/// Where [`SIGNATURE_OAUTH2`] came, it alone decides: whoever can forge one of the headers must not be free to
/// choose which. [`SIGNATURE`] is read only in its absence.
///
/// What [`handshake`] would sign is never believed: the key is the same.
///
/// A signature has one spelling, so that no changed byte passes: padded base64 whose unused bits are zero.
///
/// # Errors
///
/// [`Rejected::NoSignature`] unless the header is `sha256=` and 32 bytes in base64, and
/// [`Rejected::Mismatch`] if they are not those of `body`.
///
/// **Source:** <https://docs.x.com/x-api/webhooks/introduction>
pub fn verify<'h>(
    secret: &[u8],
    body: &[u8],
    header: impl Fn(&str) -> Option<&'h str>,
) -> Result<(), Rejected> {
    if is_token(body) {
        // Anybody can have such bytes signed by the handshake; a body of X is JSON and never looks like them.
        return Err(Rejected::Mismatch);
    }
    let header = header(SIGNATURE_OAUTH2).or_else(|| header(SIGNATURE));
    let digits = header.and_then(|header| header.strip_prefix("sha256=")).ok_or(Rejected::NoSignature)?;
    let claimed = BASE64.decode(digits.as_bytes()).map_err(|_| Rejected::NoSignature)?;
    if claimed.len() != 32 {
        return Err(Rejected::NoSignature);
    }
    mac(secret, body).verify_slice(&claimed).map_err(|_| Rejected::Mismatch)
}

/// Returns the value of [`SIGNATURE`] or [`SIGNATURE_OAUTH2`] with which the holder of `secret` sends `body`.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    format!("sha256={}", BASE64.encode(&mac(secret, body).finalize().into_bytes()))
}

fn sign_oauth2(secret: &[u8], body: &[u8]) -> (&'static str, String) {
    (SIGNATURE_OAUTH2, sign(secret, body))
}

/// Answers X's challenge-response check: proves that we hold the app's secret.
///
/// The first of `secrets` signs, in the order of the secrets file: an app that has an OAuth 2.0 client secret
/// lists it before its consumer secret. `raw_query` is the query as it stands in the request, undecoded; `+`
/// is itself, since no token has a space, and of a repeated `crc_token` the first counts.
///
/// Status 200 with the signature of the token; 403 if there is no secret; 400 if the token is missing or holds
/// anything but letters, digits, `+`, `/`, `=`, `_` and `-`. Token and bodies are signed alike: whoever could
/// have a body signed here could send it to us as X does.
///
/// **Source:** <https://docs.x.com/x-api/webhooks/introduction>
#[must_use]
pub fn handshake(secrets: &[impl AsRef<[u8]>], raw_query: &str) -> Answer {
    let Some(secret) = secrets.first() else {
        return refused(403);
    };
    let token = query::first(raw_query, "crc_token").map(query::decoded).unwrap_or_default();
    if !is_token(&token) {
        return refused(400);
    }
    let body = format!(r#"{{"response_token":"{}"}}"#, sign(secret.as_ref(), &token));
    Answer { status: 200, content_type: "application/json", body }
}

fn refused(status: u16) -> Answer {
    Answer { status, content_type: "text/plain", body: String::new() }
}

fn is_token(token: &[u8]) -> bool {
    (1..=TOKEN_LIMIT).contains(&token.len())
        && token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte))
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests;
