//! The platforms' protocols: one file each, with the same few items.
//!
//! `verify` proves who sent a body, `handshake` answers the platform's question whether this address is
//! ours, `parse` turns a body into [`Event`]s. Bytes are never parsed before they are verified. `SCHEME` says
//! what sets the platform's proofs apart from the others'.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::event::{Event, Side};
use crate::id::Platform;

#[cfg(test)]
mod damage;
pub mod facebook;
pub mod generic;
pub mod instagram;
pub mod json;
pub mod linkedin;
pub mod meta;
#[cfg(test)]
mod payloads;
#[cfg(test)]
mod proofs;
mod query;
mod scheme;
#[cfg(test)]
mod speakers;
pub mod telegram;
pub mod threads;
mod token;
pub mod whatsapp;
pub mod x;

pub use scheme::{Beside, Proof, Scheme, Sign};

/// The protocols that are built; whoever adds one is led by the compiler to everything it must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Facebook Pages and Messenger.
    Facebook,
    /// Every other tool, by Standard Webhooks.
    Generic,
    /// Instagram: comments and private messages.
    Instagram,
    /// LinkedIn: comments, shares and mentions of organizations.
    Linkedin,
    /// Telegram: messages to bots and to accounts that connected one, groups, channels.
    Telegram,
    /// Threads: replies, mentions, the brand's posts.
    Threads,
    /// WhatsApp: messages to and from a business's number.
    Whatsapp,
    /// X: the Account Activity API and the X Activity API.
    X,
}

impl Protocol {
    /// Every protocol, in the order of their names.
    pub const ALL: [Protocol; 8] = [
        Protocol::Facebook,
        Protocol::Generic,
        Protocol::Instagram,
        Protocol::Linkedin,
        Protocol::Telegram,
        Protocol::Threads,
        Protocol::Whatsapp,
        Protocol::X,
    ];

    /// Returns the protocol of a platform; absent for one that is not built yet.
    #[must_use]
    pub fn of(platform: Platform) -> Option<Protocol> {
        match platform {
            Platform::Facebook => Some(Protocol::Facebook),
            Platform::Generic => Some(Protocol::Generic),
            Platform::Instagram => Some(Protocol::Instagram),
            Platform::Linkedin => Some(Protocol::Linkedin),
            Platform::Telegram => Some(Protocol::Telegram),
            Platform::Threads => Some(Protocol::Threads),
            Platform::Whatsapp => Some(Protocol::Whatsapp),
            Platform::X => Some(Protocol::X),
            Platform::Tiktok | Platform::Youtube | Platform::Google => None,
        }
    }

    /// Returns the platform that speaks it.
    #[must_use]
    pub fn platform(self) -> Platform {
        match self {
            Protocol::Facebook => Platform::Facebook,
            Protocol::Generic => Platform::Generic,
            Protocol::Instagram => Platform::Instagram,
            Protocol::Linkedin => Platform::Linkedin,
            Protocol::Telegram => Platform::Telegram,
            Protocol::Threads => Platform::Threads,
            Protocol::Whatsapp => Platform::Whatsapp,
            Protocol::X => Platform::X,
        }
    }

    /// Returns what sets its proofs apart from those of the others.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        match self {
            Protocol::Facebook => facebook::SCHEME,
            Protocol::Generic => generic::SCHEME,
            Protocol::Instagram => instagram::SCHEME,
            Protocol::Linkedin => linkedin::SCHEME,
            Protocol::Telegram => telegram::SCHEME,
            Protocol::Threads => threads::SCHEME,
            Protocol::Whatsapp => whatsapp::SCHEME,
            Protocol::X => x::SCHEME,
        }
    }

    /// Whether its handshake may name one of several apps that share an address.
    #[must_use]
    pub fn names_an_application(self) -> bool {
        self == Protocol::Linkedin
    }

    /// Answers the platform's question whether this address is ours.
    #[must_use]
    pub fn handshake(self, keys: &Keys<'_>, raw_query: &str) -> Answer {
        match self {
            Protocol::Facebook => facebook::handshake(keys.tokens, raw_query),
            Protocol::Generic => generic::handshake(),
            Protocol::Instagram => instagram::handshake(keys.tokens, raw_query),
            Protocol::Linkedin => linkedin::handshake(keys.secrets, raw_query),
            Protocol::Telegram => telegram::handshake(),
            Protocol::Threads => threads::handshake(keys.tokens, raw_query),
            Protocol::Whatsapp => whatsapp::handshake(keys.tokens, raw_query),
            Protocol::X => x::handshake(keys.secrets, raw_query),
        }
    }

    /// Checks that the holder of `secret` sent `body`; `header` finds a header's value, whatever its case.
    ///
    /// `received_at` is when the body came. It counts where the time of sending is signed ([`Beside::Time`]).
    ///
    /// # Errors
    ///
    /// [`Rejected`] says which half failed.
    pub fn verify<'h>(
        self,
        secret: &[u8],
        body: &[u8],
        header: impl Fn(&str) -> Option<&'h str>,
        received_at: Timestamp,
    ) -> Result<(), Rejected> {
        match self {
            Protocol::Facebook => facebook::verify(secret, body, header(facebook::SIGNATURE)),
            Protocol::Generic => generic::verify(secret, body, header, received_at),
            Protocol::Instagram => instagram::verify(secret, body, header(instagram::SIGNATURE)),
            Protocol::Linkedin => linkedin::verify(secret, body, header(linkedin::SIGNATURE)),
            Protocol::Telegram => telegram::verify(secret, header(telegram::SIGNATURE)),
            Protocol::Threads => threads::verify(secret, body, header(threads::SIGNATURE)),
            Protocol::Whatsapp => whatsapp::verify(secret, body, header(whatsapp::SIGNATURE)),
            Protocol::X => x::verify(secret, body, header),
        }
    }

    /// Returns the headers with which the holder of `secret` sends `body`: on X a consumer secret's, since
    /// [`Scheme::oauth2`] signs under another secret. `sending` counts where [`Scheme::signs`] names it.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if nothing can be signed with `secret`, or the id is none.
    pub fn sign(
        self,
        secret: &[u8],
        body: &[u8],
        sending: &Sending<'_>,
    ) -> Result<Vec<(&'static str, String)>, Unusable> {
        Ok(match self {
            Protocol::Facebook => vec![(facebook::SIGNATURE, facebook::sign(secret, body))],
            Protocol::Generic => generic::sign(secret, body, sending)?,
            Protocol::Instagram => vec![(instagram::SIGNATURE, instagram::sign(secret, body))],
            Protocol::Linkedin => vec![(linkedin::SIGNATURE, linkedin::sign(secret, body))],
            Protocol::Telegram => vec![(telegram::SIGNATURE, telegram::sign(secret)?)],
            Protocol::Threads => vec![(threads::SIGNATURE, threads::sign(secret, body))],
            Protocol::Whatsapp => vec![(whatsapp::SIGNATURE, whatsapp::sign(secret, body))],
            Protocol::X => vec![(x::SIGNATURE, x::sign(secret, body))],
        })
    }

    /// Checks that `secret` is of the form in which the platform gives out secrets, as far as it has one.
    ///
    /// # Errors
    ///
    /// [`Unusable`] says what it should be.
    pub fn usable(self, secret: &[u8]) -> Result<(), Unusable> {
        match self {
            Protocol::Generic => generic::usable(secret),
            Protocol::Telegram => telegram::sign(secret).map(|_| ()),
            Protocol::Facebook
            | Protocol::Instagram
            | Protocol::Linkedin
            | Protocol::Threads
            | Protocol::Whatsapp
            | Protocol::X => Ok(()),
        }
    }

    /// Reads a body that was verified before.
    ///
    /// `account` is the account that the delivery's address names, where [`Scheme::in_path`] says that it names one;
    /// elsewhere it is not looked at. `received_at` is when the body came, `voices` who speaks for the brands.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is not of the platform's format at all.
    pub fn parse(
        self,
        body: &[u8],
        account: Option<&str>,
        received_at: Timestamp,
        voices: &Voices,
    ) -> Result<Parsed, Unreadable> {
        match self {
            Protocol::Facebook => facebook::parse(body, received_at, voices),
            Protocol::Generic => generic::parse(body, received_at, voices),
            Protocol::Instagram => instagram::parse(body, received_at, voices),
            Protocol::Linkedin => linkedin::parse(body, received_at, voices),
            Protocol::Telegram => telegram::parse(body, account, received_at, voices),
            Protocol::Threads => threads::parse(body, received_at, voices),
            Protocol::Whatsapp => whatsapp::parse(body, received_at, voices),
            Protocol::X => x::parse(body, received_at, voices),
        }
    }
}

/// What a handshake proves to be ours with.
#[derive(Clone, Copy, Default)]
pub struct Keys<'a> {
    /// The verify tokens that the platform may name, current and previous.
    pub tokens: &'a [&'a str],
    /// The current secrets of the platform's apps, in the order of the secrets file.
    pub secrets: &'a [AppSecret<'a>],
}

/// The secret of one of the apps that share an address.
#[derive(Clone, Copy)]
pub struct AppSecret<'a> {
    /// The platform's id of the app, for those that name it in their handshake; absent: whichever it is.
    pub application: Option<&'a str>,
    /// What signs.
    pub value: &'a [u8],
}

impl AsRef<[u8]> for AppSecret<'_> {
    fn as_ref(&self) -> &[u8] {
        self.value
    }
}

impl<'a> From<&'a [u8]> for AppSecret<'a> {
    fn from(value: &'a [u8]) -> AppSecret<'a> {
        AppSecret { application: None, value }
    }
}

impl fmt::Debug for AppSecret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppSecret({:?})", self.application)
    }
}

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Why a body is not believed. The caller is told nothing; the log says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// No signature came, or it is not of the platform's form.
    #[error("no readable signature")]
    NoSignature,
    /// The signature is not the one of this body under this secret.
    #[error("signature does not match")]
    Mismatch,
    /// The time that was signed is too far from that of receipt: the body is an old one, or a clock is wrong.
    #[error("sent at another time")]
    Untimely,
}

/// Something that no platform gives out or sends, so that nothing can be signed with it. Says what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot sign with this: {0}")]
pub struct Unusable(pub &'static str);

/// What some platforms sign beside a body.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    /// The message's id, the same whenever it is sent again.
    pub id: &'a str,
    /// When it is sent; whole seconds count.
    pub at: Timestamp,
}

/// The answer to a handshake: status, content type, body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// MIME type of the body.
    pub content_type: &'static str,
    /// What the platform wants to read; empty on a refusal.
    pub body: String,
}

impl Answer {
    /// What a platform that asks nothing is told: there is nothing to GET.
    pub(crate) const NO_HANDSHAKE: Answer =
        Answer { status: 405, content_type: "text/plain", body: String::new() };
}

/// What a body held, in its own order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Everything that was said, refused or not understood.
    pub items: Vec<Item>,
}

impl Parsed {
    /// Returns the events, in the body's order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.items.iter().filter_map(|item| match item {
            Item::Event(event) => Some(&**event),
            Item::Refused(_) | Item::Unknown(_) => None,
        })
    }
}

/// One thing a body held. Ignored kinds (likes, reads, typing …) leave no item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Something to keep.
    Event(Box<Event>),
    /// An item that is broken: it is not kept, its neighbours are.
    Refused(Refused),
    /// An item of a kind we do not know: kept raw, so that it can be replayed once we do.
    Unknown(Refused),
}

/// Where in the body something could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// JSON pointer (RFC 6901) to what is wrong.
    pub pointer: String,
    /// The delivering account, where it could be read.
    pub account: Option<String>,
    /// What is wrong, without any content of the body.
    pub reason: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.reason)
    }
}

/// The body is not of the platform's format at all.
#[derive(Debug, thiserror::Error)]
#[error("body is not {expected}")]
pub struct Unreadable {
    /// The format it should have, such as `JSON`.
    pub expected: &'static str,
    /// What the parser reported.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Who speaks for the brands on one platform.
///
/// An account outside this list is a brand of its own: it speaks for itself only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voices {
    /// For every account: all accounts of its brand group, and its automation.
    pub groups: BTreeMap<String, Group>,
}

/// The accounts and machines of one brand group on one platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The brand's own account ids.
    pub accounts: BTreeSet<String>,
    /// App ids, and accounts that only a machine writes with, whose posts are not answers.
    pub automation: BTreeSet<String>,
}

impl Voices {
    /// Returns who speaks in an event delivered for `account`, written by `author` with the app `app`.
    #[must_use]
    pub fn side(&self, account: &str, author: Option<&str>, app: Option<&str>) -> Side {
        let group = self.groups.get(account);
        let brand = author.is_some_and(|author| {
            author == account || group.is_some_and(|group| group.accounts.contains(author))
        });
        if !brand {
            return Side::Customer;
        }
        let is_machine = |name: Option<&str>| {
            name.is_some_and(|name| group.is_some_and(|group| group.automation.contains(name)))
        };
        if is_machine(app) || is_machine(author) { Side::Automation } else { Side::Brand }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_known_by_its_app_or_by_its_account() {
        let set = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
        let group = Group { accounts: set(&["1", "2"]), automation: set(&["app", "2"]) };
        let voices = Voices { groups: [("1".to_owned(), group)].into() };
        // delivered for, author, app, who speaks
        let table = [
            ("1", Some("1"), None, Side::Brand),
            ("1", Some("1"), Some("other"), Side::Brand),
            ("1", Some("1"), Some("app"), Side::Automation),
            ("1", Some("2"), None, Side::Automation), // where no app is told, as in public on X
            ("1", Some("3"), Some("app"), Side::Customer),
            ("1", None, Some("app"), Side::Customer),
            ("9", Some("9"), None, Side::Brand), // a brand of its own
            ("9", Some("1"), None, Side::Customer),
        ];
        for (account, author, app, side) in table {
            assert_eq!(voices.side(account, author, app), side, "{account} {author:?} {app:?}");
        }
    }
}
