//! Proofs of every platform against those who have none: what goes wrong with webhooks in practice, as tests.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use super::payloads::{bodies, read};
use super::{Item, Keys, Proof, Protocol, Rejected, Sending};

/// Secrets that every platform could have given.
const SECRET: &[u8] = b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ANOTHER: &[u8] = b"C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// When everything here is sent.
const SENDING: Sending<'_> = Sending { id: "msg_1", at: Timestamp::constant(1_760_000_005, 0) };

type Headers = Vec<(&'static str, String)>;

/// Returns the headers of each way in which the platform signs.
fn signed(protocol: Protocol, secret: &[u8], body: &[u8]) -> Vec<Headers> {
    let oauth2 = protocol.scheme().oauth2.map(|sign| vec![sign(secret, body)]);
    protocol.sign(secret, body, &SENDING).ok().into_iter().chain(oauth2).collect()
}

fn check(protocol: Protocol, secret: &[u8], body: &[u8], headers: &Headers) -> Result<(), Rejected> {
    let header = |asked: &str| {
        let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
        found.map(|(_, value)| value.as_str())
    };
    protocol.verify(secret, body, header, SENDING.at)
}

/// Whether the body is part of what is signed: Telegram's token is the same for all.
fn signs_bodies(protocol: Protocol) -> bool {
    protocol != Protocol::Telegram
}

/// Returns `body` parsed and written again by another program: the same JSON, other bytes.
fn written_again(body: &[u8]) -> Option<Vec<u8>> {
    let again = serde_json::from_slice::<Value>(body).ok()?.to_string().into_bytes();
    (again != body).then_some(again)
}

#[test]
fn every_kept_body_is_believed_as_it_came() {
    for protocol in Protocol::ALL {
        for (file, body) in bodies(protocol) {
            for headers in signed(protocol, SECRET, &body) {
                assert_eq!(check(protocol, SECRET, &body, &headers), Ok(()), "{}", file.display());
            }
        }
    }
}

#[test]
fn a_body_parsed_and_written_again_is_not_believed() {
    for protocol in Protocol::ALL.into_iter().filter(|protocol| signs_bodies(*protocol)) {
        let mut count = 0;
        for (file, body) in bodies(protocol) {
            let Some(again) = written_again(&body) else { continue };
            count += 1;
            for headers in signed(protocol, SECRET, &body) {
                let outcome = check(protocol, SECRET, &again, &headers);
                assert_eq!(outcome, Err(Rejected::Mismatch), "{}", file.display());
            }
        }
        assert!(count > 0, "no body of {protocol:?} changes");
    }
}

#[test]
fn one_flipped_byte_is_refused() {
    for protocol in Protocol::ALL {
        let (_, body) = bodies(protocol).swap_remove(0);
        for headers in signed(protocol, SECRET, &body) {
            for at in (0..body.len()).filter(|_| signs_bodies(protocol)) {
                let mut body = body.clone();
                body[at] ^= 1;
                let outcome = check(protocol, SECRET, &body, &headers);
                assert_eq!(outcome, Err(Rejected::Mismatch), "{protocol:?}: byte {at} of the body");
            }
            for which in 0..headers.len() {
                for at in 0..headers[which].1.len() {
                    let mut headers = headers.clone();
                    let mut value = headers[which].1.clone().into_bytes();
                    value[at] ^= 1;
                    headers[which].1 = String::from_utf8(value).unwrap();
                    assert!(check(protocol, SECRET, &body, &headers).is_err(), "{protocol:?}: {headers:?}");
                }
            }
        }
    }
}

#[test]
fn another_secret_another_header_or_none_is_refused() {
    for protocol in Protocol::ALL {
        for headers in signed(protocol, SECRET, b"{}") {
            let outcome = check(protocol, ANOTHER, b"{}", &headers);
            assert_eq!(outcome, Err(Rejected::Mismatch), "{protocol:?}");
            assert!(check(protocol, b"", b"{}", &headers).is_err(), "{protocol:?}: an empty secret");
            let renamed = headers.iter().map(|(_, value)| ("Authorization", value.clone())).collect();
            assert_eq!(check(protocol, SECRET, b"{}", &renamed), Err(Rejected::NoSignature), "{protocol:?}");
            let emptied = headers.iter().map(|(name, _)| (*name, String::new())).collect();
            assert_eq!(check(protocol, SECRET, b"{}", &emptied), Err(Rejected::NoSignature), "{protocol:?}");
        }
        let outcome = check(protocol, SECRET, b"{}", &Headers::new());
        assert_eq!(outcome, Err(Rejected::NoSignature), "{protocol:?}");
    }
}

#[test]
fn while_a_secret_is_rotated_either_value_holds() {
    for protocol in Protocol::ALL {
        // The secrets of one entry, current and previous, before, while and after the platform changes its own.
        for (sender, held, is_believed) in [
            (SECRET, vec![SECRET], true),
            (SECRET, vec![ANOTHER, SECRET], true),
            (ANOTHER, vec![ANOTHER, SECRET], true),
            (ANOTHER, vec![ANOTHER], true),
            (SECRET, vec![ANOTHER], false), // the old one is over
        ] {
            for headers in signed(protocol, sender, b"{}") {
                let holds = |secret: &&&[u8]| check(protocol, secret, b"{}", &headers).is_ok();
                let holding: Vec<_> = held.iter().filter(holds).collect();
                assert_eq!(holding.len(), usize::from(is_believed), "{protocol:?}");
                assert!(holding.iter().all(|secret| **secret == sender), "{protocol:?}");
            }
        }
    }
}

#[test]
fn the_time_of_sending_counts_where_it_is_signed() {
    for protocol in Protocol::ALL {
        let headers = protocol.sign(SECRET, b"{}", &SENDING).unwrap();
        let header = |asked: &str| {
            let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
            found.map(|(_, value)| value.as_str())
        };
        let late = SENDING.at + SignedDuration::from_hours(1);
        let is_timed = protocol.scheme().signs.contains(&super::Beside::Time);
        let expected = if is_timed { Err(Rejected::Untimely) } else { Ok(()) };
        assert_eq!(protocol.verify(SECRET, b"{}", header, late), expected, "{protocol:?}");
    }
}

#[test]
fn no_platforms_proof_tells_another_anything() {
    // Where one secret is used for two platforms by mistake, or, as at Meta, on purpose.
    for (from, to) in Protocol::ALL.into_iter().flat_map(|from| Protocol::ALL.map(|to| (from, to))) {
        if from == to {
            continue;
        }
        for (file, body) in bodies(from) {
            for headers in signed(from, SECRET, &body) {
                if check(to, SECRET, &body, &headers).is_err() {
                    continue;
                }
                let parsed = read(to, &body).unwrap();
                let told = parsed.events().count();
                assert_eq!(told, 0, "{} is believed and read by {to:?}", file.display());
                assert!(parsed.items.len() <= 1, "{}", file.display());
            }
        }
    }
}

/// Returns `bytes` with every one of them escaped, as a query can carry anything.
fn escaped(bytes: &[u8]) -> String {
    hex::encode(bytes)
        .as_bytes()
        .chunks(2)
        .flat_map(|digits| ["%", std::str::from_utf8(digits).unwrap()])
        .collect()
}

/// Asks the handshake of every platform to sign `message`, as any parameter it may read.
fn asked_to_sign(message: &[u8]) -> impl Iterator<Item = (Protocol, super::Answer)> {
    let message = escaped(message);
    let query = format!("crc_token={message}&challengeCode={message}");
    let secrets = Protocol::ALL.into_iter().filter(|protocol| protocol.scheme().handshake == Proof::Secret);
    secrets.map(move |protocol| {
        (protocol, protocol.handshake(&Keys { tokens: &[], secrets: &[SECRET.into()] }, &query))
    })
}

#[test]
fn no_handshake_signs_what_a_platform_would_send() {
    for protocol in Protocol::ALL {
        for (file, body) in bodies(protocol) {
            // What the platforms sign: the body, with something before it on some.
            let before: [&[u8]; 3] = [b"", b"hmacsha256=", b"msg_1.1760000005."];
            for before in before {
                for (oracle, answer) in asked_to_sign(&[before, &body].concat()) {
                    assert_eq!(answer.status, 400, "{oracle:?} signs {}", file.display());
                    assert_eq!(answer.body, "", "{oracle:?} {}", file.display());
                }
            }
        }
    }
}

#[test]
fn a_handshake_proves_nothing_without_a_secret_of_its_own() {
    let query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=&crc_token=1&challengeCode=1";
    for protocol in Protocol::ALL {
        let keys = [
            Keys::default(),
            Keys { tokens: &[""], secrets: &[] }, // would match an empty parameter
        ];
        for keys in keys {
            let answer = protocol.handshake(&keys, query);
            let expected = if protocol.scheme().handshake == Proof::Nothing { 405 } else { 403 };
            assert_eq!((answer.status, answer.body.as_str()), (expected, ""), "{protocol:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_headers_and_any_bytes_are_believed_or_not(
        protocol in prop::sample::select(&Protocol::ALL),
        secret in proptest::collection::vec(any::<u8>(), 0..80),
        body in proptest::collection::vec(any::<u8>(), 0..80),
        value in "(sha256=|v1,|v1a,|hmacsha256=)?[ -~ä]{0,100}",
        second in any::<i64>(),
    ) {
        let received_at = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        let outcome = protocol.verify(&secret, &body, |_| Some(&value), received_at);
        let is_the_token =
            !signs_bodies(protocol) && value.as_bytes() == secret && protocol.usable(&secret).is_ok();
        prop_assert_eq!(outcome.is_ok(), is_the_token);
        // Nothing is signed with what could not be verified with.
        let sending = Sending { id: &value, at: received_at };
        if let Ok(headers) = protocol.sign(&secret, &body, &sending) {
            prop_assert_eq!(protocol.usable(&secret), Ok(()));
            prop_assert!(!headers.is_empty());
        }
    }

    #[test]
    fn any_query_is_answered_with_something_harmless(
        protocol in prop::sample::select(&Protocol::ALL),
        value in "[ -~ä]{0,60}",
        query in "(hub.mode=subscribe&hub.verify_token=t&hub.challenge=|crc_token=|challengeCode=)?[ -~ä]{0,60}",
    ) {
        let keys = Keys { tokens: &["t"], secrets: &[SECRET.into()] };
        for query in [query.clone(), format!("{query}{}", escaped(value.as_bytes())), value] {
            let answer = protocol.handshake(&keys, &query);
            prop_assert!([200, 400, 403, 405].contains(&answer.status));
            // Nothing that a browser would take for a page.
            prop_assert!(!answer.body.contains(['<', '>', '&', '\'']));
            prop_assert!(answer.status == 200 || answer.body.is_empty());
        }
    }

    #[test]
    fn no_handshake_signs_an_object(
        inside in "[ -~]{0,40}",
        before in "[a-z0-9=.]{0,20}",
    ) {
        for (_, answer) in asked_to_sign(format!("{before}{{{inside}}}").as_bytes()) {
            prop_assert_eq!(answer.status, 400);
        }
    }

    #[test]
    fn what_a_handshake_signs_tells_no_platform_anything(token in "[A-Za-z0-9+/=_-]{1,80}") {
        // Whoever has a token signed can send it as a body where the secret is the same: it is no object.
        for protocol in Protocol::ALL {
            for body in [token.as_str(), token.trim_start_matches("hmacsha256=")] {
                let Ok(parsed) = read(protocol, body.as_bytes()) else { continue };
                prop_assert!(parsed.items.iter().all(|item| matches!(item, Item::Refused(_))));
            }
        }
    }
}
