//! What sets one platform's proofs apart from another's, for whoever has to name a secret or a flag.

/// How a platform proves itself to us and has us prove ourselves, beside the functions that do it.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// What the handshake is proved with.
    pub handshake: Proof,
    /// What a signature needs beside the body and a secret that both sides hold.
    pub signs: &'static [Beside],
    /// Signs as the holder of an OAuth 2.0 client secret; absent where one header serves all secrets.
    pub oauth2: Option<Sign>,
    /// Bodies do not say which account they are for: each account has an address of its own, such as
    /// `/hook/telegram/BOT`.
    pub in_path: bool,
}

/// Returns the header, name and value, with which the holder of a secret sends a body.
pub type Sign = fn(secret: &[u8], body: &[u8]) -> (&'static str, String);

/// What proves in a handshake that an address is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The platform names a token that was agreed on before: a secret of the kind `verify`.
    Token,
    /// We sign with the app's secret: one of the kind `app`.
    Secret,
    /// The platform asks nothing, so there is no handshake to answer.
    Nothing,
}

/// Something that a signature may need beside the body and a secret that both sides hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The time of sending is signed, and held against the clock.
    Time,
    /// The message's id is signed.
    Id,
    /// A private key signs, so that public ones are needed to check it.
    PrivateKey,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::*;
    use crate::platform::{AppSecret, Keys, Protocol, Sending, generic};

    /// A secret that every platform could have given.
    const SECRET: &[u8] = b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_handshake_is_proved_with_what_the_scheme_names() {
        // The question of every platform at once; each reads its own part.
        let query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=t&crc_token=1&challengeCode=1";
        for protocol in Protocol::ALL {
            let with_a_token = protocol.handshake(&Keys { tokens: &["t"], secrets: &[] }, query).status;
            let secret = AppSecret::from(b"s".as_slice());
            let with_a_secret = protocol.handshake(&Keys { tokens: &[], secrets: &[secret] }, query).status;
            let expected = match protocol.scheme().handshake {
                Proof::Token => (200, 403),
                Proof::Secret => (403, 200),
                Proof::Nothing => (405, 405),
            };
            assert_eq!((with_a_token, with_a_secret), expected, "{protocol:?}");
        }
    }

    #[test]
    fn what_is_signed_is_verified_by_its_own_header_alone() {
        // What is no header of its own, but signed along.
        let aside = [generic::ID, generic::TIMESTAMP];
        for protocol in Protocol::ALL {
            let sending = Sending { id: "msg_1", at: Timestamp::UNIX_EPOCH };
            let mut headers = protocol.sign(SECRET, b"{}", &sending).unwrap();
            headers.extend(protocol.scheme().oauth2.map(|sign| sign(SECRET, b"{}")));
            for (name, _) in headers.iter().filter(|(name, _)| !aside.contains(name)) {
                let known = |known: &str| known == *name || aside.contains(&known);
                let header = |asked: &str| {
                    let found =
                        headers.iter().find(|(name, _)| asked.eq_ignore_ascii_case(name) && known(name));
                    found.map(|(_, value)| value.as_str())
                };
                let outcome = protocol.verify(SECRET, b"{}", header, sending.at);
                assert_eq!(outcome, Ok(()), "{protocol:?} {name}");
            }
            let names: BTreeSet<_> = headers.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), headers.len(), "{protocol:?}");
        }
    }
}
