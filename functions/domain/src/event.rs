//! What a platform told us, in one shape for all platforms.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{Account, BrandId, ConversationId, HashKey, Platform};

/// Longest text that is kept, in bytes; the rest is cut off at a character's border.
pub const TEXT_LIMIT: usize = 4096;

/// One normalised event: somebody added, edited, removed, hid or showed one object.
///
/// Ids are the platform's own, as text. What the platform did not say is absent, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Where it happened.
    pub platform: Platform,
    /// The brand's account that the platform delivered it for.
    pub account: String,
    /// The post, comment or message it is about.
    pub object: String,
    /// What happened to the object.
    pub verb: Verb,
    /// Tells repeated verbs on one object apart; `-` where a verb can happen only once.
    pub version: String,
    /// What sort of object it is.
    pub kind: Kind,
    /// Who can read it.
    pub visibility: Visibility,
    /// Who speaks.
    pub side: Side,
    /// The person or account that speaks; platforms leave it out for some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// In a private dialogue: the person who is not the brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<String>,
    /// In public: the top-level comment or post that the thread hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The object that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Ids of the persons whom the platform says the text mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// What was said, at most [`TEXT_LIMIT`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Pictures, films, files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Where a person can see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Where `occurred_at` comes from.
    pub time_from: TimeFrom,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// It appeared.
    Add,
    /// Its text changed.
    Edit,
    /// It was deleted.
    Remove,
    /// It was hidden from the public.
    Hide,
    /// It is shown again.
    Unhide,
}

impl Verb {
    /// Returns the verb as it stands in keys and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verb::Add => "add",
            Verb::Edit => "edit",
            Verb::Remove => "remove",
            Verb::Hide => "hide",
            Verb::Unhide => "unhide",
        }
    }
}

/// What sort of object an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A post of its own.
    Post,
    /// A comment under something.
    Comment,
    /// A private message.
    Message,
    /// A review or recommendation.
    Review,
    /// The brand was named somewhere.
    Mention,
}

/// Who can read an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The two who write to each other.
    Private,
}

/// Who speaks, as far as one event can tell; third parties are told apart by the fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Anybody who is not the brand.
    Customer,
    /// An account of the brand group, whatever tool wrote it.
    Brand,
    /// The brand's machine: recorded, but no answer.
    Automation,
}

/// The person or account that speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The platform's id of the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The displayed name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The handle without `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// How many follow the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
}

/// A picture, film or file; its address may expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The platform's word for it, such as `image`.
    pub kind: String,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Where an event's time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeFrom {
    /// The platform said when it happened.
    Event,
    /// The platform said only when it told us, or we took the time of receipt.
    Delivery,
}

impl Event {
    /// Returns the account that the platform delivered the event for.
    #[must_use]
    pub fn account(&self) -> Account {
        Account { platform: self.platform, id: self.account.clone() }
    }

    /// Returns the conversations the event belongs to: a pure function of the event and its brand.
    ///
    /// A private dialogue is (brand, platform, counterpart), a public thread (brand, platform, top-level
    /// object). An event that says neither stands alone, under its own object.
    #[must_use]
    pub fn conversations(&self, brand: &BrandId, key: &HashKey) -> Vec<ConversationId> {
        let platform = self.platform.name();
        let (what, whose) = match (self.visibility, &self.counterpart, &self.thread) {
            (Visibility::Private, Some(counterpart), _) => ("private", counterpart),
            (_, _, Some(thread)) => ("thread", thread),
            (_, _, None) => ("thread", &self.object),
        };
        vec![ConversationId(key.name(&[brand.as_str(), platform, what, whose]))]
    }
}

/// Returns the time an event happened at, and where it comes from, out of what the platform said.
///
/// `said` is the event's own time, `sent` the time the platform gives its notification, each absent where
/// missing or unreadable. A time before 2010 is a wrong unit or nonsense, one more than two minutes ahead of
/// `received_at` a wrong clock: both count as missing. What is left is `received_at`.
#[must_use]
pub fn occurred(
    said: Option<Timestamp>,
    sent: Option<Timestamp>,
    received_at: Timestamp,
) -> (Timestamp, TimeFrom) {
    let plausible = |time: &Timestamp| {
        *time >= EARLIEST && time.duration_since(received_at) <= SignedDuration::from_mins(2)
    };
    if let Some(time) = said.filter(plausible) {
        return (time, TimeFrom::Event);
    }
    (sent.filter(plausible).unwrap_or(received_at).min(received_at), TimeFrom::Delivery)
}

/// 2010-01-01T00:00:00Z: no webhook of today's platforms speaks of anything older.
const EARLIEST: Timestamp = Timestamp::constant(1_262_304_000, 0);

/// Cuts `text` to [`TEXT_LIMIT`] bytes at a character's border; absent if nothing is left.
#[must_use]
pub fn text(text: &str) -> Option<String> {
    let mut end = text.len().min(TEXT_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Some(text[..end].to_owned()).filter(|text| !text.is_empty())
}
