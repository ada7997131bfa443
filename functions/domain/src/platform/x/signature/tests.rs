use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Secret, body, signature. The first three are published in <https://github.com/zammad/zammad>, file
/// `spec/requests/integration/twitter_webhook_spec.rb`.
const SIGNED: [(&[u8], &[u8], &str); 4] = [
    (b"DDD", br#"{"for_user_id":123,"key":"value"}"#, "sha256=JjEmBe1lVKT8XldrYUKibF+D5ehp8f0jDk3PXZSHEWI="),
    (b"DDD", br#"{"key":"value"}"#, "sha256=EERHBy/k17v+SuT+K0OXuwhJtKnPtxi0n/Y4Wye4kVU="),
    (
        b"DDD",
        br#"{"for_user_id":"not_existing","key":"value"}"#,
        "sha256=QaJiQl/4WRp/GF37b+eAdF6kPgptjDCLOgAIIbB1s0I=",
    ),
    (
        b"test-consumer-secret",
        br#"{"for_user_id":"2244994945","tweet_create_events":[]}"#,
        "sha256=ZDeJuJXkQK97/vxoaM61RQVVMBhiS+LjbtVJsV7PhW4=",
    ),
];

const HEADERS: [&str; 2] = [SIGNATURE, SIGNATURE_OAUTH2];

/// Finds what stands in `headers`.
fn among<'h>(headers: &'h [(&'h str, &'h str)]) -> impl Fn(&str) -> Option<&'h str> {
    |name| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
}

#[test]
fn signatures_of_others_are_believed_in_either_header() {
    for (secret, body, signature) in SIGNED {
        assert_eq!(sign(secret, body), signature);
        for header in HEADERS {
            let headers = [(header, signature)];
            assert_eq!(verify(secret, body, among(&headers)), Ok(()), "{header}: {signature}");
            assert_eq!(verify(b"another", body, among(&headers)), Err(Rejected::Mismatch), "{header}");
        }
    }
}

#[test]
fn the_newer_header_alone_decides() {
    let (secret, body, right) = SIGNED[0];
    let wrong = SIGNED[1].2;
    // the newer header, the older one, outcome
    let table = [
        (Some(right), Some(right), Ok(())),
        (Some(right), Some(wrong), Ok(())),
        (Some(right), Some("nonsense"), Ok(())),
        (Some(wrong), Some(right), Err(Rejected::Mismatch)), // no falling back
        (Some("nonsense"), Some(right), Err(Rejected::NoSignature)),
        (Some(""), Some(right), Err(Rejected::NoSignature)),
        (None, Some(right), Ok(())),
        (None, Some(wrong), Err(Rejected::Mismatch)),
        (None, None, Err(Rejected::NoSignature)),
    ];
    for (newer, older, outcome) in table {
        let headers = [newer.map(|value| (SIGNATURE_OAUTH2, value)), older.map(|value| (SIGNATURE, value))];
        let headers: Vec<_> = headers.into_iter().flatten().collect();
        assert_eq!(verify(secret, body, among(&headers)), outcome, "{headers:?}");
    }
}

#[test]
fn no_byte_can_be_changed() {
    for (header, (secret, body, signature)) in
        HEADERS.into_iter().flat_map(|header| SIGNED.map(|signed| (header, signed)))
    {
        for at in 0..body.len() {
            for flip in [1, 0x20, 0x80] {
                let mut body = body.to_vec();
                body[at] ^= flip;
                assert!(
                    verify(secret, &body, among(&[(header, signature)])).is_err(),
                    "byte {at} of the body"
                );
            }
        }
        for at in 0..signature.len() {
            for flip in 1..=0x7f {
                let mut changed = signature.as_bytes().to_vec();
                changed[at] ^= flip;
                let changed = String::from_utf8(changed).unwrap();
                assert!(verify(secret, body, among(&[(header, &changed)])).is_err(), "{changed:?}");
            }
        }
    }
}

#[test]
fn what_is_no_signature_is_not_compared() {
    let (secret, body, signature) = SIGNED[0];
    let digits = &signature[7..];
    let table = [
        String::new(),
        "sha256=".to_owned(),
        digits.to_owned(),                                    // no name of the method
        format!("sha1={digits}"),                             // another method
        format!("SHA256={digits}"),                           // not as documented
        format!("sha256={}", digits.trim_end_matches('=')),   // not padded
        format!("sha256={}", digits.replace("EWI=", "EWJ=")), // unused bits that are not zero
        format!("sha256={}", digits.replace('+', "-")),       // the alphabet of addresses
        format!("sha256={}", &digits[4..]),                   // three bytes short
        format!("sha256={}", BASE64.encode(&[0; 33])),        // a byte long
        format!("sha256={}", hex::encode([0; 32])),           // the digits that Meta writes
        format!(" {signature}"),                              // the HTTP layer strips spaces
        format!("{signature},{signature}"),                   // two headers, joined by a gateway
        "sha256=ä".to_owned(),
    ];
    for value in table {
        for header in HEADERS {
            let outcome = verify(secret, body, among(&[(header, &value)]));
            assert_eq!(outcome, Err(Rejected::NoSignature), "{header}: {value:?}");
        }
    }
}

/// Returns the answer's body that proves `token` under `secret`.
fn response(secret: &[u8], token: &[u8]) -> String {
    json!({"response_token": sign(secret, token)}).to_string()
}

#[test]
fn a_handshake_is_answered_with_the_signature_of_the_token() {
    // secret, token, response: the first is a published one
    let table: [(&[u8], &str, &str); 2] = [
        (b"DDD", "some_random", "sha256=VE19eUk6krbdSqWPdvH71xtFhApBAU81uPW3UT65vOs="),
        (b"test-consumer-secret", "crc-token-123", "sha256=m3yscIcSwL62BbDuWy/k/ml4+4Yfj3c0hep3IWko1Ws="),
    ];
    for (secret, token, response_token) in table {
        let answer = handshake(&[secret, b"another"], &format!("crc_token={token}"));
        let body = format!(r#"{{"response_token":"{response_token}"}}"#);
        assert_eq!(answer, Answer { status: 200, content_type: "application/json", body });
    }
}

#[test]
fn a_handshake_takes_the_first_token_of_the_alphabet_and_nothing_else() {
    let limit = "7".repeat(TOKEN_LIMIT);
    let (longest, longer) = (format!("crc_token={limit}"), format!("crc_token={limit}7"));
    // raw query, token that is signed or the status
    let table = [
        ("crc_token=MzQ3NWE1&nonce=abc", Ok("MzQ3NWE1")),
        ("nonce=%7B%7D&crc_token=MzQ3NWE1", Ok("MzQ3NWE1")), // what else stands there is not signed
        ("crc%5Ftoken=a", Ok("a")),
        ("crc_token=a%2Bb%2Fc%3D%3D", Ok("a+b/c==")),
        ("crc_token=a+b/c==", Ok("a+b/c==")), // a plus stays one
        ("crc_token=aZ09_-", Ok("aZ09_-")),
        ("crc_token=a&crc_token=b", Ok("a")),
        ("&&=&crc_token=a&", Ok("a")),
        (longest.as_str(), Ok(limit.as_str())),
        (longer.as_str(), Err(400)),
        ("crc_token=a%20b", Err(400)),
        ("crc_token=%7B%22data%22%3A%7B%7D%7D", Err(400)),
        ("crc_token={}", Err(400)),
        ("crc_token=%257B", Err(400)), // decoded once, and then it holds a percent sign
        ("crc_token=%5B%5D&crc_token=a", Err(400)),
        ("crc_token=a%00", Err(400)),
        ("crc_token=%ff", Err(400)),
        ("crc_token=a.b", Err(400)),
        ("crc_token=", Err(400)),
        ("crc_token", Err(400)),
        ("CRC_TOKEN=a", Err(400)),
        ("", Err(400)),
    ];
    for (query, expected) in table {
        let expected = match expected {
            Ok(token) => Answer {
                status: 200,
                content_type: "application/json",
                body: response(b"first", token.as_bytes()),
            },
            Err(status) => refused(status),
        };
        assert_eq!(handshake(&["first", "second"], query), expected, "{query}");
    }
    for query in ["crc_token=a", "crc_token={}", ""] {
        assert_eq!(handshake(&[] as &[&[u8]], query), refused(403), "no secret is configured");
    }
}

/// Writes `bytes` into a query: escaped where `escapes` says so or where they could not stand as they are.
fn escaped(bytes: &[u8], escapes: &[bool]) -> String {
    let mut query = "crc_token=".to_owned();
    for (number, byte) in bytes.iter().enumerate() {
        let escape = escapes.get(number % escapes.len().max(1)).copied().unwrap_or_default();
        if escape || !byte.is_ascii() || b"%&".contains(byte) {
            write!(query, "%{byte:02X}").unwrap();
        } else {
            query.push(char::from(*byte));
        }
    }
    query
}

/// Any object or array, as a body of X or of anybody else could be.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z0-9+/=_{}\\[\\]\" -]{0,12}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{0,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    inner.prop_map(|value| match value {
        Value::Array(_) | Value::Object(_) => value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json!([value]),
    })
}

proptest! {
    #[test]
    fn no_body_can_be_had_signed_by_the_handshake(
        document in document(),
        pretty in any::<bool>(),
        escapes in proptest::collection::vec(any::<bool>(), 0..5),
    ) {
        let body = if pretty { format!("{document:#}") } else { document.to_string() };
        let answer = handshake(&[b"secret"], &escaped(body.as_bytes(), &escapes));
        prop_assert_eq!(answer, refused(400));
    }

    #[test]
    fn nothing_outside_the_alphabet_is_signed(
        token in proptest::collection::vec(any::<u8>(), 0..40),
        escapes in proptest::collection::vec(any::<bool>(), 0..5),
    ) {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
        let answer = handshake(&[b"secret"], &escaped(&token, &escapes));
        if !token.is_empty() && token.iter().all(plain) {
            prop_assert_eq!(answer.body, response(b"secret", &token));
        } else {
            prop_assert_eq!(answer, refused(400));
        }
    }

    #[test]
    fn what_is_signed_is_no_object_and_no_array(token in "[A-Za-z0-9+/=_-]{1,40}") {
        let answer = handshake(&[b"secret"], &format!("crc_token={token}"));
        prop_assert_eq!(answer.body, response(b"secret", token.as_bytes()));
        let parsed = serde_json::from_str::<Value>(&token).unwrap_or_default();
        prop_assert!(!parsed.is_object() && !parsed.is_array());
        // Nor is it believed as a body, which `12345` would be as JSON.
        let signature = sign(b"secret", token.as_bytes());
        for name in [SIGNATURE, SIGNATURE_OAUTH2] {
            let verified = verify(b"secret", token.as_bytes(), |asked| (asked == name).then_some(&signature));
            prop_assert_eq!(verified, Err(Rejected::Mismatch));
        }
    }
}
