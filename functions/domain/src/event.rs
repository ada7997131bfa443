//! What a platform told us, in one shape for all platforms.

use std::collections::BTreeSet;

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
    /// The person who is not the brand: in a private dialogue, and on X, whose conversations are with persons.
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
    ///
    /// On X, whose classic payloads carry no thread, what is public is (brand, counterpart): a post of the
    /// brand belongs to everybody whom it addresses.
    ///
    /// Empty for an event that does not say where it belongs: the removal of a post that the brand wrote on X
    /// names nobody, and that of a comment on LinkedIn or Threads not what it answered. It belongs wherever the object
    /// is (see [`is_listed`](Self::is_listed)).
    #[must_use]
    pub fn conversations(&self, brand: &BrandId, key: &HashKey) -> Vec<ConversationId> {
        let of = |what, whose: &str| self.conversation(brand, key, what, whose);
        match (self.platform, self.visibility, &self.counterpart) {
            (_, Visibility::Private, Some(counterpart)) => vec![of("private", counterpart)],
            (Platform::X, Visibility::Public, _) => {
                let people = self.addressed();
                if people.is_empty() && self.verb == Verb::Remove {
                    return Vec::new();
                }
                if people.is_empty() {
                    return vec![of("thread", &self.object)];
                }
                people.into_iter().map(|person| of("public", person)).collect()
            }
            (Platform::Linkedin | Platform::Threads, ..)
                if self.verb == Verb::Remove && self.thread.is_none() =>
            {
                Vec::new()
            }
            _ => vec![of("thread", self.thread.as_ref().unwrap_or(&self.object))],
        }
    }

    /// Returns what the public conversation with the same person is to know of a private message of the brand on
    /// X: that there was one, not what it says. Absent for anything else.
    ///
    /// Elsewhere a person can have many public conversations, which their [`dialogue`](Self::dialogue) finds.
    #[must_use]
    pub fn bridged(&self, brand: &BrandId, key: &HashKey) -> Option<(ConversationId, Event)> {
        let is_private = self.platform == Platform::X && self.visibility == Visibility::Private;
        let counterpart = self.counterpart.as_ref().filter(|_| is_private && self.side == Side::Brand)?;
        Some((self.conversation(brand, key, "public", counterpart), self.without_words()))
    }

    /// Returns the conversation in which the brand would write to the author of a public event in private: what it
    /// says there answers what they asked in public. Absent where the platform does not call a person the same in
    /// both, and on X, where [`bridged`](Self::bridged) does without.
    #[must_use]
    pub fn dialogue(&self, brand: &BrandId, key: &HashKey) -> Option<ConversationId> {
        let is_asked = self.visibility == Visibility::Public && self.side == Side::Customer;
        let author = self.author.as_ref()?.id.as_deref()?;
        let is_same = is_asked && is_one_person(self.platform);
        is_same.then(|| self.conversation(brand, key, "private", author))
    }

    /// Whether it is a private message of the brand that may answer what the person asked in public.
    #[must_use]
    pub fn is_heard_in_public(&self) -> bool {
        self.visibility == Visibility::Private
            && self.side == Side::Brand
            && self.counterpart.is_some()
            && is_one_person(self.platform)
    }

    /// Returns what other conversations are to know of a private message: that there was one, not what it says.
    #[must_use]
    pub fn without_words(&self) -> Event {
        Event { text: None, attachments: Vec::new(), ..self.clone() }
    }

    fn conversation(&self, brand: &BrandId, key: &HashKey, what: &str, whose: &str) -> ConversationId {
        ConversationId(key.name(&[brand.as_str(), self.platform.name(), what, whose]))
    }

    /// Returns everybody whom a public event on X is about: its author if that is a customer, else all whom
    /// the brand answers or mentions.
    fn addressed(&self) -> BTreeSet<&str> {
        let author = self.author.as_ref().and_then(|author| author.id.as_deref());
        match self.side {
            Side::Customer => author.or(self.counterpart.as_deref()).into_iter().collect(),
            Side::Brand | Side::Automation => self
                .counterpart
                .as_deref()
                .into_iter()
                .chain(self.mentions.iter().map(String::as_str))
                .collect(),
        }
    }

    /// Whether the conversations that hold the object are to be listed under it, because its removal will not
    /// say which they are.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        let appears = matches!(self.verb, Verb::Add | Verb::Edit);
        let is_nameless = match self.platform {
            Platform::X => self.side != Side::Customer,
            Platform::Linkedin | Platform::Threads => true,
            _ => false,
        };
        appears && self.visibility == Visibility::Public && is_nameless
    }

    /// Whether the brand is spoken of and not to. What platforms deliver as a mention was addressed to the brand by
    /// a tag; only other tools report where its name merely stands.
    #[must_use]
    pub fn is_untagged(&self) -> bool {
        let is_tagged = self.mentions.contains(&self.account);
        self.kind == Kind::Mention && self.platform == Platform::Generic && !is_tagged
    }

    /// Returns the second name under which the platform may later speak of the object: on X an edit is a post
    /// with an id of its own.
    #[must_use]
    pub fn edit_name(&self) -> Option<&str> {
        let is_named = self.platform == Platform::X && self.verb == Verb::Edit && self.version != self.object;
        is_named.then_some(self.version.as_str())
    }
}

/// Whether a person who writes in private bears the same id there as in public, and has more than one conversation in
/// public.
fn is_one_person(platform: Platform) -> bool {
    match platform {
        Platform::Facebook | Platform::Instagram | Platform::Telegram | Platform::Generic => true,
        // Only in private, only in public, or all that is public is one conversation.
        Platform::Whatsapp
        | Platform::Linkedin
        | Platform::Threads
        | Platform::Tiktok
        | Platform::Youtube
        | Platform::Google
        | Platform::X => false,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::story;

    #[test]
    fn on_x_a_conversation_is_with_a_person() {
        let key = HashKey::new(b"key");
        let acme = BrandId::from("acme");
        let of = |line: &str| {
            let event = &story(line)[0].event;
            let bridge = event.bridged(&acme, &key);
            assert!(bridge.iter().all(|(_, told)| told.text.is_none()), "{line}");
            let mut conversations = event.conversations(&acme, &key);
            conversations.extend(bridge.map(|(conversation, _)| conversation));
            conversations
        };
        let shares = |a: &str, b: &str| of(a).iter().any(|conversation| of(b).contains(conversation));
        let asked = "09:00 maria says p1 x: Where is my parcel?";
        // what else was said, how many conversations it belongs to, whether the question's is among them
        let table = [
            ("09:10 maria says p2 > p9 x: Hello?", 1, true), // whatever it answers
            ("09:10 paul says p2 > p1 x: Mine too", 1, false), // a conversation of his own
            ("09:10 brand says p3 > p1 x @maria: On its way", 1, true),
            ("09:10 brand says p3 x @paul @maria @ann: On their way", 3, true),
            ("09:10 bot says p3 x @maria: We got it", 1, true),
            ("09:10 brand says p3 x: A fine day", 1, false), // to nobody: alone
            ("09:10 brand edits p3 as p4 x @maria: On its way", 1, true),
            ("09:10 brand removes p3 x", 0, false), // wherever p3 is
            ("09:10 maria removes p1 x", 1, true),
            ("09:10 maria says m1 private x: Where is it?", 1, false),
            ("09:10 brand says m2 private x: On its way", 2, true), // answers what was asked in public, too
            ("09:10 bot says m2 private x: We got it", 1, false),
            ("09:10 maria says c1: Where is it?", 1, false), // elsewhere
        ];
        for (line, count, is_shared) in table {
            assert_eq!((of(line).len(), shares(asked, line)), (count, is_shared), "{line}");
        }
        let private = "09:10 maria says m1 private x: Where is it?";
        assert!(shares(private, "09:11 brand says m2 private x: On its way"));
        assert!(
            !shares(private, "09:11 brand says p3 x @maria: On its way"),
            "a public answer ends no private wait"
        );
        let zeta = BrandId::from("zeta");
        let event = &story(asked)[0].event;
        assert_ne!(event.conversations(&acme, &key), event.conversations(&zeta, &key));
    }

    #[test]
    fn where_removals_name_no_place_everything_is_listed() {
        let mut event = story("09:00 maria says c2 > c1: Where is my parcel?").remove(0).event;
        let (key, acme) = (HashKey::new(b"key"), BrandId::from("acme"));
        for (platform, is_nameless) in
            [(Platform::Linkedin, true), (Platform::Threads, true), (Platform::Facebook, false)]
        {
            event = Event { platform, verb: Verb::Add, thread: Some("c1".to_owned()), ..event };
            assert_eq!(event.is_listed(), is_nameless, "{platform}");
            event = Event { verb: Verb::Remove, thread: None, ..event };
            assert_eq!(event.conversations(&acme, &key).is_empty(), is_nameless, "{platform}");
            assert!(!event.is_listed());
        }
    }

    #[test]
    fn texts_are_cut_at_a_character() {
        assert_eq!(text(""), None);
        assert_eq!(text(&"ä".repeat(TEXT_LIMIT)).unwrap().len(), TEXT_LIMIT);
        assert_eq!(text(&format!("a{}", "ä".repeat(TEXT_LIMIT))).unwrap().len(), TEXT_LIMIT - 1);
    }
}
