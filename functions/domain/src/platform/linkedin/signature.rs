//! LinkedIn's signature, and its question every two hours whether we hold the client secret.
//!
//! **Source:** <https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation>

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::super::{Answer, AppSecret, Proof, Rejected, Scheme, query};

/// The header that carries the signature.
pub const SIGNATURE: &str = "X-LI-Signature";

/// What sets LinkedIn's proofs apart from those of others.
pub const SCHEME: Scheme = Scheme { handshake: Proof::Secret, signs: &[], oauth2: None, in_path: false };

/// What is signed in front of a body, so that no answered challenge is the signature of one.
const PREFIX: &[u8] = b"hmacsha256=";

/// Longest challenge that is signed, in bytes; LinkedIn's are UUIDs.
const CHALLENGE_LIMIT: usize = 256;

/// Checks that the holder of `secret` signed `body`, exactly as it came.
///
/// A signature has one spelling, so that no changed byte passes: 64 lower-case hexadecimal digits, before which some
/// senders repeat the prefix that they sign.
///
/// # Errors
///
/// [`Rejected::NoSignature`] unless `header` is of that form, and [`Rejected::Mismatch`] if it is not that of `body`.
pub fn verify(secret: &[u8], body: &[u8], header: Option<&str>) -> Result<(), Rejected> {
    let header = header.ok_or(Rejected::NoSignature)?;
    let digits = header.strip_prefix("hmacsha256=").unwrap_or(header);
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(Rejected::NoSignature);
    }
    let mut claimed = [0; 32];
    hex::decode_to_slice(digits, &mut claimed).map_err(|_| Rejected::NoSignature)?;
    mac(secret, &[PREFIX, body]).verify_slice(&claimed).map_err(|_| Rejected::Mismatch)
}

/// Returns the value of the header [`SIGNATURE`] with which the holder of `secret` sends `body`.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    hex::encode(mac(secret, &[PREFIX, body]).finalize().into_bytes())
}

/// Answers LinkedIn's challenge: proves that we hold the client secret.
///
/// The first of `secrets` signs, or if the query names an `applicationId` (apps that share an address, parent and
/// child), that app's, and else the first that is of no app in particular. `raw_query` is the query as it stands in the
/// request, undecoded; of a repeated parameter the first counts.
///
/// Status 200 with the challenge and its signature; 403 if there is no secret for the app; 400 if the challenge is missing or holds
/// anything but letters, digits, `-` and `_`: nothing that could be a body in front of which the prefix stands.
#[must_use]
pub fn handshake(secrets: &[AppSecret<'_>], raw_query: &str) -> Answer {
    let refused = |status| Answer { status, content_type: "text/plain", body: String::new() };
    let application = query::first(raw_query, "applicationId").map(query::decoded);
    let of =
        |wanted: Option<&[u8]>| secrets.iter().find(|secret| secret.application.map(str::as_bytes) == wanted);
    let secret = match application.as_deref() {
        Some(application) => of(Some(application)).or_else(|| of(None)),
        None => secrets.first(),
    };
    let Some(secret) = secret else {
        return refused(403);
    };
    let challenge = query::first(raw_query, "challengeCode").map(query::decoded).unwrap_or_default();
    let Some(challenge) = String::from_utf8(challenge).ok().filter(|challenge| is_plain(challenge)) else {
        return refused(400);
    };
    let response = hex::encode(mac(secret.value, &[challenge.as_bytes()]).finalize().into_bytes());
    let body = format!(r#"{{"challengeCode":"{challenge}","challengeResponse":"{response}"}}"#);
    Answer { status: 200, content_type: "application/json", body }
}

fn is_plain(challenge: &str) -> bool {
    (1..=CHALLENGE_LIMIT).contains(&challenge.len())
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn mac(secret: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"test-client-secret";
    const BODY: &[u8] = br#"{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[]}"#;
    const RIGHT: &str = "341cf5778654a2e246e6fc68fb6ec196f21f44f3bc76346a8896e2de2f4857a7";
    /// The signature of the body without the prefix.
    const BARE: &str = "6c11b6cd44c0e90ba9dd987634d8f902a19a6119e861a052d81352cee856e48a";

    #[test]
    fn the_prefix_is_signed_and_may_be_said() {
        let told = format!("hmacsha256={RIGHT}");
        let twice = format!("hmacsha256={told}");
        let upper = RIGHT.to_uppercase();
        // header, outcome
        let table = [
            (Some(RIGHT), Ok(())),
            (Some(told.as_str()), Ok(())),
            (Some(BARE), Err(Rejected::Mismatch)),
            (Some(twice.as_str()), Err(Rejected::NoSignature)),
            (Some(upper.as_str()), Err(Rejected::NoSignature)),
            (Some(&RIGHT[2..]), Err(Rejected::NoSignature)),
            (Some(""), Err(Rejected::NoSignature)),
            (None, Err(Rejected::NoSignature)),
        ];
        for (header, outcome) in table {
            assert_eq!(verify(SECRET, BODY, header), outcome, "{header:?}");
        }
        assert_eq!(sign(SECRET, BODY), RIGHT);
        assert_eq!(verify(b"another", BODY, Some(RIGHT)), Err(Rejected::Mismatch));
    }

    #[test]
    fn no_byte_can_be_changed() {
        for at in 0..BODY.len() {
            for flip in [1, 0x20, 0x80] {
                let mut body = BODY.to_vec();
                body[at] ^= flip;
                assert!(verify(SECRET, &body, Some(RIGHT)).is_err(), "byte {at} of the body");
            }
        }
        for at in 0..RIGHT.len() {
            for flip in 1..=0x7f {
                let mut header = RIGHT.as_bytes().to_vec();
                header[at] ^= flip;
                let header = String::from_utf8(header).unwrap();
                assert!(verify(SECRET, BODY, Some(&header)).is_err(), "{header:?}");
            }
        }
    }

    #[test]
    fn a_challenge_is_answered_with_its_signature() {
        let code = "890e4665-4dfe-4ab1-b689-ed553bceeed0";
        let right = format!(
            r#"{{"challengeCode":"{code}","challengeResponse":"{}"}}"#,
            "05f7c3a9fc0fd9476f5fa3a0f318d460b83aba7b241196a57cc44868a392fc57"
        );
        let long = format!("challengeCode={}", "a".repeat(257));
        let body = String::from_utf8_lossy(BODY);
        let oracle = format!("challengeCode=hmacsha256%3D{body}");
        // raw query, status, body
        let table = [
            (format!("challengeCode={code}"), 200, right.as_str()),
            (format!("applicationId=78abc&challengeCode={code}"), 200, &right),
            (format!("challengeCode={code}&challengeCode=2"), 200, &right), // first wins
            (String::new(), 400, ""),
            ("challengeCode=".to_owned(), 400, ""),
            ("challengeCode=a%3Db".to_owned(), 400, ""),
            ("challengeCode=%22%7D".to_owned(), 400, ""),
            ("challengeCode=%ff".to_owned(), 400, ""),
            (long, 400, ""),
            (oracle, 400, ""), // nobody can have a body signed here
        ];
        for (query, status, body) in table {
            let answer = handshake(&[SECRET.into(), b"another".as_slice().into()], &query);
            assert_eq!((answer.status, answer.body.as_str()), (status, body), "{query}");
        }
        assert_eq!(handshake(&[], &format!("challengeCode={code}")).status, 403);
    }

    type Row<'a> = (&'a [AppSecret<'a>], &'a str, Option<&'a [u8]>);

    #[test]
    fn the_app_that_is_named_says_whose_secret_signs() {
        let of = |application, value: &'static [u8]| AppSecret { application, value };
        let (parent, child, any) = (of(Some("78abc"), b"p"), of(Some("78def"), b"c"), of(None, b"a"));
        let signed = |secret: &[u8]| hex::encode(mac(secret, &[b"1"]).finalize().into_bytes());
        // secrets, what is asked beside the challenge, whose secret signs
        let table: [Row<'_>; 7] = [
            (&[parent, child], "&applicationId=78def", Some(b"c")),
            (&[child, parent], "&applicationId=78abc", Some(b"p")),
            (&[parent, child], "&applicationId=78xyz", None),
            (&[parent, any], "&applicationId=78xyz", Some(b"a")),
            (&[any, parent], "&applicationId=78abc", Some(b"p")), // the named one before any
            (&[any], "&applicationId=78abc&applicationId=2", Some(b"a")),
            (&[child, parent], "", Some(b"c")),
        ];
        for (secrets, asked, signs) in table {
            let answer = handshake(secrets, &format!("challengeCode=1{asked}"));
            assert_eq!(answer.status, if signs.is_some() { 200 } else { 403 }, "{secrets:?} {asked}");
            assert!(signs.is_none_or(|secret| answer.body.contains(&signed(secret))), "{secrets:?} {asked}");
        }
    }
}
