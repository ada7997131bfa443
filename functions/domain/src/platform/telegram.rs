//! Telegram: what is said to a bot, in the groups and channels it is in, and to the accounts that connected it.
//!
//! One body is one update and does not say for which bot: each bot has an address of its own. Nothing of a body is
//! signed: a token in a header proves who sent it, and the connection that nobody changed it on the way.
//!
//! What a bot itself sends is not delivered to it.
//!
//! **Source:** <https://core.telegram.org/bots/api#update>

use jiff::Timestamp;

use super::json::{self, Flaw};
use super::{Answer, Item, Parsed, Proof, Rejected, Scheme, Unreadable, Unusable, Voices, token};

mod chat;
mod content;
mod update;

/// The header that carries the token.
pub const SIGNATURE: &str = "X-Telegram-Bot-Api-Secret-Token";

/// What sets Telegram's proofs apart from those of others.
pub const SCHEME: Scheme = Scheme { handshake: Proof::Nothing, signs: &[], oauth2: None, in_path: true };

/// Longest token, in bytes.
const TOKEN_LIMIT: usize = 256;

/// Checks that the sender knows `secret`, the token that was given to `setWebhook`.
///
/// The comparison takes the same time wherever the first difference is.
///
/// # Errors
///
/// [`Rejected::NoSignature`] unless `header` is of a token's form, and [`Rejected::Mismatch`] if it is another.
///
/// **Source:** <https://core.telegram.org/bots/api#setwebhook>
pub fn verify(secret: &[u8], header: Option<&str>) -> Result<(), Rejected> {
    let named = header.filter(|header| is_token(header.as_bytes())).ok_or(Rejected::NoSignature)?;
    if token::same(secret, named.as_bytes()) { Ok(()) } else { Err(Rejected::Mismatch) }
}

/// Returns the value of the header [`SIGNATURE`] with which Telegram sends any body: the token itself.
///
/// # Errors
///
/// [`Unusable`] if Telegram would not take `secret` as a token.
pub fn sign(secret: &[u8]) -> Result<String, Unusable> {
    let token = std::str::from_utf8(secret).ok().filter(|_| is_token(secret));
    token.map(str::to_owned).ok_or(Unusable("a token has 1 to 256 letters, digits, _ and -"))
}

/// Refuses every handshake: Telegram asks nothing.
#[must_use]
pub fn handshake() -> Answer {
    Answer::NO_HANDSHAKE
}

/// Reads a body that was verified before.
///
/// `account` is the bot's id, which only the address of the delivery says; `received_at` is when it came, `voices` who
/// speaks for the brands. Reactions, polls, members and payments leave no item; what is unknown, and the word that an
/// account no longer lets the bot read along, is [`Item::Unknown`].
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(
    body: &[u8],
    account: Option<&str>,
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let Some(account) = account.filter(|account| (1..=json::ID_LIMIT).contains(&account.len())) else {
        return Ok(Parsed { items: vec![Flaw::broken("", "the address names no bot").item(None)] });
    };
    let bot = Bot { account, received_at, voices };
    let items = bot.read(&body).into_iter().map(|said| match said {
        Ok(event) => Item::Event(Box::new(event)),
        Err(flaw) => flaw.item(Some(account)),
    });
    Ok(Parsed { items: items.collect() })
}

/// The bot that an update was delivered to.
struct Bot<'a> {
    account: &'a str,
    received_at: Timestamp,
    voices: &'a Voices,
}

fn is_token(token: &[u8]) -> bool {
    (1..=TOKEN_LIMIT).contains(&token.len())
        && token.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"S3cret_token-1";

    #[test]
    fn the_token_is_known_to_its_last_byte() {
        let long = "a".repeat(TOKEN_LIMIT + 1);
        // header, outcome
        let table = [
            (Some("S3cret_token-1"), Ok(())),
            (Some("S3cret_token-2"), Err(Rejected::Mismatch)),
            (Some("s3cret_token-1"), Err(Rejected::Mismatch)),
            (Some("S3cret_token-"), Err(Rejected::Mismatch)),
            (Some("S3cret_token-1,S3cret_token-1"), Err(Rejected::NoSignature)), // two headers, joined by a gateway
            (Some("S3cret token"), Err(Rejected::NoSignature)),
            (Some(long.as_str()), Err(Rejected::NoSignature)),
            (Some(""), Err(Rejected::NoSignature)),
            (None, Err(Rejected::NoSignature)),
        ];
        for (header, outcome) in table {
            assert_eq!(verify(SECRET, header), outcome, "{header:?}");
        }
        assert_eq!(verify(b"", Some("a")), Err(Rejected::Mismatch));
        assert_eq!(sign(SECRET).unwrap(), "S3cret_token-1");
        for unusable in ["", "with space", "ä", long.as_str()] {
            assert!(sign(unusable.as_bytes()).is_err(), "{unusable:?}");
        }
    }

    #[test]
    fn no_byte_of_the_token_can_be_changed() {
        let right = sign(SECRET).unwrap();
        for at in 0..right.len() {
            for flip in 1..=0x7f {
                let mut header = right.clone().into_bytes();
                header[at] ^= flip;
                let header = String::from_utf8(header).unwrap();
                assert!(verify(SECRET, Some(&header)).is_err(), "{header:?}");
            }
        }
    }

    #[test]
    fn without_a_bot_in_the_address_nothing_is_read() {
        let body =
            br#"{"update_id":1,"message":{"message_id":1,"chat":{"id":7,"type":"private"},"text":"x"}}"#;
        for account in [None, Some("")] {
            let parsed = parse(body, account, Timestamp::UNIX_EPOCH, &Voices::default()).unwrap();
            assert_eq!(
                parsed.items,
                [Flaw::broken("", "the address names no bot").item(None)],
                "{account:?}"
            );
        }
    }
}
