//! What Meta's platforms share: the signature and the handshake.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Answer, Proof, Rejected, Scheme, query, token};

pub(super) mod direct;
mod envelope;

pub(super) use envelope::{Entry, Product, person};

/// The header that carries the signature.
pub const SIGNATURE: &str = "X-Hub-Signature-256";

/// What sets the proofs of Meta's platforms apart from those of others.
pub const SCHEME: Scheme = Scheme { handshake: Proof::Token, signs: &[], oauth2: None, in_path: false };

/// Longest challenge that is answered, in bytes; Meta's have about ten digits.
const CHALLENGE_LIMIT: usize = 256;

/// Checks that the holder of `secret` signed `body`, exactly as it came.
///
/// Meta signs the body with its non-ASCII characters escaped, and sends that very form: nothing may be
/// parsed and written again before this check.
///
/// Digits are lower-case, as documented: a signature has one spelling, so that no changed byte passes.
///
/// # Errors
///
/// [`Rejected::NoSignature`] unless `header` is `sha256=` and 64 lower-case hexadecimal digits, and
/// [`Rejected::Mismatch`] if they are not those of `body`.
///
/// **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications>
pub fn verify(secret: &[u8], body: &[u8], header: Option<&str>) -> Result<(), Rejected> {
    let digits = header.and_then(|header| header.strip_prefix("sha256=")).ok_or(Rejected::NoSignature)?;
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(Rejected::NoSignature);
    }
    let mut claimed = [0; 32];
    hex::decode_to_slice(digits, &mut claimed).map_err(|_| Rejected::NoSignature)?;
    mac(secret, body).verify_slice(&claimed).map_err(|_| Rejected::Mismatch)
}

/// Returns the value of the header [`SIGNATURE`] with which the holder of `secret` sends `body`.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(secret, body).finalize().into_bytes()))
}

/// Answers Meta's question whether this address is ours.
///
/// `raw_query` is the query as it stands in the request, undecoded; of a repeated parameter the first value
/// counts. Any of `tokens` is right, except an empty one, which would match an empty parameter.
///
/// Status 200 with the challenge and nothing else; 403 if mode or token is wrong; 400 if then the challenge is
/// missing or holds anything but letters, digits, `-` and `_`: it is echoed, and must not become a page.
///
/// **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>
#[must_use]
pub fn handshake(tokens: &[impl AsRef<[u8]>], raw_query: &str) -> Answer {
    let value = |name| query::first(raw_query, name).map(query::decoded_form).unwrap_or_default();

    let named = value("hub.verify_token");
    // Every token is compared, so that the time does not tell which of them is nearly right.
    let known = tokens.iter().map(AsRef::as_ref).fold(false, |known, ours| known | token::same(ours, &named));
    if !known || value("hub.mode") != b"subscribe" {
        return answer(403, String::new());
    }
    match String::from_utf8(value("hub.challenge")) {
        Ok(challenge) if is_plain(&challenge) => answer(200, challenge),
        Ok(_) | Err(_) => answer(400, String::new()),
    }
}

fn answer(status: u16, body: String) -> Answer {
    Answer { status, content_type: "text/plain", body }
}

fn is_plain(challenge: &str) -> bool {
    (1..=CHALLENGE_LIMIT).contains(&challenge.len())
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    // secret, body, signature: the first is a published one, the second is escaped as Meta escapes.
    const SIGNED: [(&[u8], &[u8], &str); 2] = [
        (
            b"60efff025951cddde78c8d03de52cc90",
            br#"{"object":"page","entry":[{"id":"1717527131834678","time":1475942721780,"messaging":[{"sender":{"id":"1256217357730577"},"recipient":{"id":"1717527131834678"},"timestamp":1475942721741,"message":{"mid":"mid.1475942721728:3b9e3646712f9bed52","seq":123,"text":"34wrr3wr"}}]}]}"#,
            "sha256=2c28be6e4b8c62b732b3487f445dbec6624868db6844b347567ebc86d7da3ad4",
        ),
        (
            b"test-app-secret",
            br#"{"object":"page","entry":[{"id":"100200300","time":1760000000,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"555_777","post_id":"100200300_555","parent_id":"100200300_555","from":{"id":"42","name":"J\u00f6rg"},"created_time":1760000000,"message":"\u00e4\u00f6\u00e5 50\u0025 a\u0040b.se \u003C3 https:\/\/x.y"}}]}]}"#,
            "sha256=5758dbf254f2af3420e8df1ed30039384641264613ad59523204a8fe259ea00a",
        ),
    ];

    #[test]
    fn signatures_of_others_are_believed() {
        for (secret, body, signature) in SIGNED {
            assert_eq!(verify(secret, body, Some(signature)), Ok(()), "{signature}");
            assert_eq!(sign(secret, body), signature);
            assert_eq!(verify(b"another", body, Some(signature)), Err(Rejected::Mismatch), "{signature}");
        }
        assert_eq!(SIGNED[1].1.len(), 348, "the backslashes are bytes of the body");
    }

    #[test]
    fn a_body_parsed_and_written_again_is_not_believed() {
        let (secret, body, signature) = SIGNED[1];
        let text = String::from_utf8(body.to_vec()).unwrap();
        let again = [("\\u00f6", "ö"), ("\\u00e4", "ä"), ("\\u00e5", "å"), ("\\u0025", "%")]
            .into_iter()
            .chain([("\\u0040", "@"), ("\\u003C", "<"), ("\\/", "/")])
            .fold(text, |text, (escaped, plain)| text.replace(escaped, plain));
        assert_eq!(again.len(), 315);
        assert_eq!(
            sign(secret, again.as_bytes()),
            "sha256=ee9719f8c4ce4a56c47e44e5f39e6864fdab57b98146a2e5790d247f212a9260"
        );
        assert_eq!(verify(secret, again.as_bytes(), Some(signature)), Err(Rejected::Mismatch));
    }

    #[test]
    fn no_byte_can_be_changed() {
        for (secret, body, signature) in SIGNED {
            for at in 0..body.len() {
                for flip in [1, 0x20, 0x80] {
                    let mut body = body.to_vec();
                    body[at] ^= flip;
                    assert!(verify(secret, &body, Some(signature)).is_err(), "byte {at} of the body");
                }
            }
            for at in 0..signature.len() {
                for flip in 1..=0x7f {
                    let mut header = signature.as_bytes().to_vec();
                    header[at] ^= flip;
                    let header = String::from_utf8(header).unwrap();
                    assert!(verify(secret, body, Some(&header)).is_err(), "{header:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_signature_is_not_compared() {
        let (secret, body, signature) = SIGNED[0];
        let digits = &signature[7..];
        let table = [
            None,
            Some(String::new()),
            Some("sha256=".to_owned()),
            Some(digits.to_owned()),                           // no name of the method
            Some(format!("sha1={digits}")),                    // the older header's
            Some(format!("SHA256={digits}")),                  // not as documented
            Some(format!("sha256={}", digits.to_uppercase())), // not as documented
            Some(format!("sha256={}", &digits[1..])),          // a digit short
            Some(format!("sha256={}", &digits[2..])),          // a byte short
            Some(format!("{signature}00")),                    // a byte long
            Some(format!(" {signature}")),                     // the HTTP layer strips spaces
            Some(format!("{signature},{signature}")),          // two headers, joined by a gateway
            Some("sha256=ä".to_owned()),
        ];
        for header in table {
            assert_eq!(verify(secret, body, header.as_deref()), Err(Rejected::NoSignature), "{header:?}");
        }
    }

    #[test]
    fn a_handshake_is_answered_with_the_challenge_only() {
        let long = format!("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge={}", "7".repeat(257));
        // raw query, status, body
        let table = [
            ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meaty", 200, "1158201444"),
            ("hub.verify_token=meaty&hub.mode=subscribe&hub.challenge=a_B-9", 200, "a_B-9"), // any order
            ("hub%2Emode=subscribe&hub.challenge=1&hub.verify_token=me%61ty", 200, "1"),     // encoded
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=s+p%2Bc%26%3D%C3%A9", 200, "1"), // all of it
            ("hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=meaty", 200, "1"), // first wins
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=no&hub.verify_token=meaty", 403, ""),
            ("&&x&=y&hub.mode=subscribe&hub.challenge=1&hub.verify_token=meaty&", 200, "1"), // odd, readable
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=Meaty", 403, ""),
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=meat", 403, ""),
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=meaty%00", 403, ""),
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", 403, ""), // an empty token of ours is none
            ("hub.mode=subscribe&hub.challenge=1", 403, ""),
            ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=meaty", 403, ""),
            ("hub.challenge=1&hub.verify_token=meaty", 403, ""),
            ("hub_mode=subscribe&hub_challenge=1&hub_verify_token=meaty", 403, ""),
            ("", 403, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=<b>1</b>", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=%3Cb%3E1", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=1%0d%0aX:y", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=%ff", 400, ""),
            ("hub.mode=subscribe&hub.verify_token=meaty&hub.challenge=1%2", 400, ""), // no such escape
            ("hub.mode=subscribe&hub.verify_token=no&hub.challenge=<b>", 403, ""), // strangers learn nothing
            (long.as_str(), 400, ""),
        ];
        let tokens = ["", "other", "meaty", "s p+c&=é"];
        for (query, status, body) in table {
            let expected = Answer { status, content_type: "text/plain", body: body.to_owned() };
            assert_eq!(handshake(&tokens, query), expected, "{query}");
        }
        let right = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=meaty";
        assert_eq!(handshake(&[] as &[&str], right).status, 403, "no token is configured");
    }
}
