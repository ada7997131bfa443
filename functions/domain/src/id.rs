//! Names of things: accounts, people, conversations, turns, steps.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod form;

/// A place where customers and brands speak to each other in public or in private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Facebook Pages, Messenger included.
    Facebook,
    /// Instagram professional accounts.
    Instagram,
    /// X, formerly Twitter.
    X,
    /// LinkedIn organizations.
    Linkedin,
    /// WhatsApp Cloud API.
    Whatsapp,
    /// Threads.
    Threads,
    /// Telegram bots and business accounts.
    Telegram,
    /// TikTok.
    Tiktok,
    /// YouTube.
    Youtube,
    /// Google Business Profile reviews.
    Google,
    /// Any other tool that speaks Standard Webhooks.
    Generic,
}

impl Platform {
    /// Every platform, in the order of the command line's help.
    pub const ALL: [Platform; 11] = [
        Platform::Facebook,
        Platform::Instagram,
        Platform::X,
        Platform::Linkedin,
        Platform::Whatsapp,
        Platform::Threads,
        Platform::Telegram,
        Platform::Tiktok,
        Platform::Youtube,
        Platform::Google,
        Platform::Generic,
    ];

    /// Returns the name used in paths, keys and configuration, such as `facebook`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Platform::Facebook => "facebook",
            Platform::Instagram => "instagram",
            Platform::X => "x",
            Platform::Linkedin => "linkedin",
            Platform::Whatsapp => "whatsapp",
            Platform::Threads => "threads",
            Platform::Telegram => "telegram",
            Platform::Tiktok => "tiktok",
            Platform::Youtube => "youtube",
            Platform::Google => "google",
            Platform::Generic => "generic",
        }
    }

    /// Returns the name that people read in a mail, such as `Facebook`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Platform::Facebook => "Facebook",
            Platform::Instagram => "Instagram",
            Platform::X => "X",
            Platform::Linkedin => "LinkedIn",
            Platform::Whatsapp => "WhatsApp",
            Platform::Threads => "Threads",
            Platform::Telegram => "Telegram",
            Platform::Tiktok => "TikTok",
            Platform::Youtube => "YouTube",
            Platform::Google => "Google",
            Platform::Generic => "another channel",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that stands for nothing Heard knows.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    /// Not one of [`Platform::ALL`].
    #[error("unknown platform {0:?}")]
    Platform(String),
    /// Not `PLATFORM:ID`.
    #[error("{0:?} is not of the form PLATFORM:ID")]
    Account(String),
    /// Not `ROUND.INDEX.REPEAT`.
    #[error("{0:?} is not of the form ROUND.INDEX.REPEAT")]
    Step(String),
}

impl FromStr for Platform {
    type Err = Unnamed;

    fn from_str(name: &str) -> Result<Platform, Unnamed> {
        let known = Platform::ALL.into_iter().find(|platform| platform.name() == name);
        known.ok_or_else(|| Unnamed::Platform(name.to_owned()))
    }
}

/// An account of a brand on a platform, written `facebook:100200300400`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// Where the account is.
    pub platform: Platform,
    /// The platform's own id, as it came: never shortened, never a number.
    pub id: String,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.id)
    }
}

impl FromStr for Account {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Account, Unnamed> {
        let (platform, id) = text.split_once(':').ok_or_else(|| Unnamed::Account(text.to_owned()))?;
        if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Unnamed::Account(text.to_owned()));
        }
        Ok(Account { platform: platform.parse()?, id: id.to_owned() })
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.to_owned())
            }
        }
    };
}

name! {
    /// A brand group: the `acme` of `[brand.acme]`.
    BrandId
}
name! {
    /// Somebody who can be told: the `dana` of `[person.dana]`.
    PersonId
}
name! {
    /// A conversation: 26 characters of base32 that say nothing about who takes part.
    ConversationId
}
name! {
    /// A stretch in which one author waits: the hash of the object that opened it.
    TurnId
}

impl TurnId {
    /// Returns the name of the turn that `object` opens.
    #[must_use]
    pub fn of(object: &str) -> TurnId {
        TurnId(digest(object))
    }
}

/// A step of the ladder as it fired: `<round>.<index>.<repeat>`.
///
/// The round rises when the ladder starts anew for the same turn, the repeat when a step fires again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Step {
    /// How often the ladder was started anew, from 0.
    pub round: u16,
    /// The step's place in the ladder, from 0.
    pub index: u16,
    /// How often this step fired before, from 0.
    pub repeat: u16,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.round, self.index, self.repeat)
    }
}

impl FromStr for Step {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Step, Unnamed> {
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(round)), Some(Ok(index)), Some(Ok(repeat)), None) => Ok(Step { round, index, repeat }),
            _ => Err(Unnamed::Step(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Step {
    type Error = Unnamed;

    fn try_from(text: String) -> Result<Step, Unnamed> {
        text.parse()
    }
}

impl From<Step> for String {
    fn from(step: Step) -> String {
        step.to_string()
    }
}

/// The key that turns names from outside into names of our own; it is never rotated.
#[derive(Clone)]
pub struct HashKey(
    // With the key's own blocks hashed, which would be half the work of each name.
    Hmac<Sha256>,
);

impl HashKey {
    /// Takes the bytes of the secret of kind `key`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> HashKey {
        HashKey(Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length"))
    }

    /// Returns 26 characters of base32 that only the holder of the key can compute from `parts`.
    ///
    /// Each part goes in with its length, so that no two lists of parts are the same bytes.
    #[must_use]
    pub fn name(&self, parts: &[&str]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        short(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

/// Returns 26 characters of base32 that stand for `text` inside keys.
///
/// Ids that came from outside can be long or hold any character; a key of the table holds this instead.
#[must_use]
pub fn digest(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

/// Returns 26 characters of base32 that stand for `bytes` inside keys.
#[must_use]
pub fn digest_bytes(bytes: &[u8]) -> String {
    short(&Sha256::digest(bytes))
}

/// 26 characters hold 130 bits, the first 17 bytes less six bits: enough never to meet twice.
fn short(hash: &[u8]) -> String {
    let mut text = BASE32.encode(&hash[..17]);
    text.truncate(26);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_read_what_they_print() {
        for text in ["facebook:100200300400", "x:2244994945", "linkedin:urn:li:organization:1"] {
            assert_eq!(text.parse::<Account>().unwrap().to_string(), text);
        }
        for text in ["facebook", "facebook:", "myspace:1", "x:1 2", ""] {
            assert!(text.parse::<Account>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn steps_read_what_they_print() {
        assert_eq!("0.3.1".parse(), Ok(Step { round: 0, index: 3, repeat: 1 }));
        for text in ["", "0.1", "0.1.2.3", "a.1.2", "-1.0.0"] {
            assert!(text.parse::<Step>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = HashKey::new(b"key");
        assert_ne!(key.name(&["ab", "c"]), key.name(&["a", "bc"]));
        assert_eq!(key.name(&["ab", "c"]).len(), 26);
        assert_ne!(key.name(&["ab", "c"]), HashKey::new(b"other").name(&["ab", "c"]));
    }
}
