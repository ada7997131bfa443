//! What the table holds of a conversation: everything else is a fold over it.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::event::{Event, Visibility};
use crate::id::{BrandId, ConversationId, HashKey, PersonId, Step, TurnId, digest};
use crate::policy::{Class, Style};
use crate::triage::Gist;

/// The facts of one conversation since its sealed date, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What was said, edited, removed.
    pub said: Vec<Said>,
    /// What people of the brand did about it.
    pub actions: Vec<Action>,
    /// Who was to be told.
    pub notices: Vec<Notice>,
    /// How many more could not be read; what is missing may be anything.
    pub unreadable: u32,
}

/// An event as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The brand group of the account at the time of receipt.
    pub brand: BrandId,
    /// What the platform told.
    pub event: Event,
    /// When the request reached us, by the clock of the API in front.
    pub received_at: Timestamp,
    /// Where its author would be answered in private, if they may be; of a link, where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialogue: Option<ConversationId>,
    /// What sort of matter it is; absent until somebody or something told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// What its text was to the clock; only once that is blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gist: Option<Gist>,
}

impl Said {
    /// Returns an event of `brand` as it is kept when it is received at `received_at`.
    #[must_use]
    pub fn heard(brand: BrandId, event: Event, received_at: Timestamp, key: &HashKey) -> Said {
        let dialogue = event.dialogue(&brand, key);
        Said { brand, event, received_at, dialogue, class: None, gist: None }
    }

    /// Returns what the public conversation with the same person on X is to know of a private message of the brand
    /// (see [`Event::bridged`]).
    #[must_use]
    pub fn bridged(&self, key: &HashKey) -> Option<(ConversationId, Said)> {
        let (conversation, event) = self.event.bridged(&self.brand, key)?;
        Some((conversation, Said::heard(self.brand.clone(), event, self.received_at, key)))
    }

    /// Returns what other conversations of the same person are to know of a private message in `dialogue`: that there
    /// was one.
    #[must_use]
    pub fn linked(&self, dialogue: &ConversationId) -> Said {
        let (event, dialogue) = (self.event.without_words(), Some(dialogue.clone()));
        Said { event, dialogue, class: None, gist: None, ..self.clone() }
    }

    /// Whether it was said in another conversation.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.event.visibility == Visibility::Private && self.dialogue.is_some()
    }

    /// Returns the UTC date that the fact's key begins with: that of the event itself.
    #[must_use]
    pub fn date(&self) -> Date {
        date(self.event.occurred_at)
    }

    /// Takes out what somebody wrote, and what they are called; what the text was to the clock stays.
    ///
    /// The second time changes nothing.
    pub fn blank(&mut self) {
        let Event { author, text, attachments, permalink, .. } = &mut self.event;
        self.gist = text.take().map(|text| Gist::of(&text)).or(self.gist);
        attachments.clear();
        *permalink = None;
        if let Some(author) = author {
            (author.name, author.handle) = (None, None);
        }
    }
}

/// Names one notice. Claiming it is putting it if absent, so each key is told at most once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoticeKey {
    /// The conversation it is about.
    pub conversation: ConversationId,
    /// UTC date of the turn's start when the step fired.
    pub date: Date,
    /// The turn it is about.
    pub turn: TurnId,
    /// The step that fired, or that the notice speaks of.
    pub step: Step,
    /// What the person is told about the step.
    #[serde(default)]
    pub purpose: Purpose,
    /// Who is told.
    pub person: PersonId,
    /// How.
    pub channel: Channel,
}

impl NoticeKey {
    /// Whether the two tell the same person the same, by the same channel or by two.
    #[must_use]
    pub fn is_of_same(&self, other: &NoticeKey) -> bool {
        let one = (&self.conversation, &self.turn, self.step, self.purpose, &self.person);
        one == (&other.conversation, &other.turn, other.step, other.purpose, &other.person)
    }
}

/// What a notice is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A step of the ladder fired: somebody waits.
    #[default]
    Step,
    /// An answer that counts was taken back: somebody waits again.
    Removed,
    /// Somebody else passed it to the person.
    Passed,
    /// Somebody else has it.
    Taken,
    /// A step's mail was wrong: the answer was there before, and was told to us later.
    Correction,
    /// What the person was told about is answered.
    Clear,
    /// Mail does not reach somebody who should have been told.
    Unreachable,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Purpose; 7] = [
        Purpose::Step,
        Purpose::Removed,
        Purpose::Passed,
        Purpose::Taken,
        Purpose::Correction,
        Purpose::Clear,
        Purpose::Unreachable,
    ];

    /// Whether the notice asks its reader to see to an answer.
    #[must_use]
    pub fn asks(self) -> bool {
        match self {
            Purpose::Step | Purpose::Removed | Purpose::Passed => true,
            Purpose::Taken | Purpose::Correction | Purpose::Clear | Purpose::Unreachable => false,
        }
    }

    /// Whether the two are told in one mail if they are about one turn: all that ask for an answer, each other
    /// purpose by itself.
    #[must_use]
    pub fn goes_with(self, other: Purpose) -> bool {
        self == other || (self.asks() && other.asks())
    }

    /// Whether what it tells is so only while somebody waits, or only while nobody does; absent for what is so
    /// either way.
    #[must_use]
    pub fn is_of_open_turn(self) -> Option<bool> {
        match self {
            Purpose::Step | Purpose::Removed | Purpose::Passed | Purpose::Taken => Some(true),
            Purpose::Correction | Purpose::Clear => Some(false),
            Purpose::Unreachable => None,
        }
    }

    /// Returns the purpose as it stands in keys and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Step => "step",
            Purpose::Removed => "removed",
            Purpose::Passed => "passed",
            Purpose::Taken => "taken",
            Purpose::Correction => "correction",
            Purpose::Clear => "clear",
            Purpose::Unreachable => "unreachable",
        }
    }
}

/// How a notice reaches a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By e-mail.
    #[default]
    Email,
    /// By a request to an address of their own.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 2] = [Channel::Email, Channel::Webhook];

    /// Returns the channel as it stands in keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Webhook => "webhook",
        }
    }
}

/// One person told about one step of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its name.
    #[serde(flatten)]
    pub key: NoticeKey,
    /// The brand that somebody waits for.
    pub brand: BrandId,
    /// The objects that waited when the step fired, oldest first, at most [`OBJECTS_LISTED`]. A turn whose opener is deleted changes
    /// its name; the notice stays with the turn that holds one of these.
    pub objects: Vec<String>,
    /// The role the person was told in, such as `lead`.
    pub role: String,
    /// Everybody this step told. After a crash in the middle of the claims the rest are claimed from here,
    /// so that a configuration pushed in between leaves nobody out. Of [`Purpose::Unreachable`]: who is not reached.
    pub recipients: Vec<Recipient>,
    /// Steps before this one that reached nobody; they are done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<u16>,
    /// When the step fell due.
    pub step_at: Timestamp,
    /// Not to be sent before.
    pub send_after: Timestamp,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// The configuration version the turn ran on.
    pub config_version: u32,
    /// The class of the turn, whose ladder the step is of.
    #[serde(default = "question")]
    pub class: Class,
    /// Since when that ladder counts, if it had begun once more for a later message; absent if it was the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// In which form it is told.
    #[serde(default)]
    pub style: Style,
    /// Steps before this one that fell due while the ladder was stopped: this one stands for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<u16>,
    /// So many mails were sent about the case that this one only stands in the daily list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capped: bool,
    /// Set once, when the mailer took the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// Set once, when there was nothing left to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
    /// Set once, when it came out that the message does not reach the person; whether it was sent or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
}

/// What everything was before there were classes.
fn question() -> Class {
    Class::Question
}

/// Somebody told by a step, in which role and how: whoever is told by two channels stands here twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: String,
    /// How.
    #[serde(default, skip_serializing_if = "is_email")]
    pub channel: Channel,
    /// Not to be sent before.
    pub send_after: Timestamp,
}

/// What every channel was before there were others.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_email(channel: &Channel) -> bool {
    *channel == Channel::Email
}

/// The mailer took the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// The `MAIL#` item that names all notices of the message.
    pub mail: String,
}

/// The message does not reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When we heard of it.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// [`address`] of where it was to go: at another address the person may be told again.
    pub address: String,
    /// It was known before, so that nobody has to hear of it once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
}

/// Why a message does not reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The other side refuses the address for good.
    Bounced,
    /// The reader, or their mail program, calls it spam: they are not to be written to again.
    Complained,
    /// The mailer itself no longer sends to the address, after a bounce or a complaint.
    Suppressed,
    /// The mailer refuses to send this very message; the address may be a good one.
    Rejected,
}

impl Cause {
    /// Whether every other message to the same address would fail too.
    #[must_use]
    pub fn is_of_address(self) -> bool {
        match self {
            Cause::Bounced | Cause::Complained | Cause::Suppressed => true,
            Cause::Rejected => false,
        }
    }
}

/// Returns the name under which an address is remembered: a hash, because it is only ever compared.
#[must_use]
pub fn address(email: &str) -> String {
    digest(&email.trim().to_lowercase())
}

/// There was nothing left to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// Why a notice was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The brand answered first.
    Answered,
    /// The customer deleted what was asked.
    Withdrawn,
    /// Somebody at the brand says that it needs no answer, or none any more.
    Settled,
    /// The answer that the notice speaks of was taken back.
    Reopened,
    /// The turn waited longer than anybody is told about, or somebody's webhook longer than it is worth telling.
    Expired,
    /// The turn is no longer in the history, or the person no longer in the configuration.
    Gone,
    /// The same step was told under the name of an opener that was deleted since.
    Told,
}

impl Notice {
    /// Whether nobody was told what it tells, or is to be: it does not reach the person, or it was dropped, and not
    /// because the person knows already.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        self.failed.is_some() || self.dropped.as_ref().is_some_and(|dropped| dropped.reason != Reason::Told)
    }

    /// Whether the person was sent it, and nothing says that it did not reach them.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.sent.is_some() && self.failed.is_none()
    }

    /// Whether the notice still wants to be sent.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.sent.is_none() && self.dropped.is_none() && self.failed.is_none()
    }
}

/// Returns the UTC date of an instant, as it stands in keys.
#[must_use]
pub fn date(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// A notice names no more objects than this: an item has a limit, and the oldest tell which turn it is.
pub const OBJECTS_LISTED: usize = 100;

/// How long events are kept whole.
pub const EVENT_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_asks_for_an_answer_or_tells_one_other_thing() {
        use Purpose::{Clear, Correction, Passed, Removed, Step, Taken, Unreachable};
        let mails: [&[Purpose]; 5] =
            [&[Step, Removed, Passed], &[Taken], &[Correction], &[Clear], &[Unreachable]];
        let mail_of = |purpose| mails.iter().position(|mail| mail.contains(&purpose)).unwrap();
        for one in Purpose::ALL {
            for other in Purpose::ALL {
                assert_eq!(one.goes_with(other), mail_of(one) == mail_of(other), "{one:?}, {other:?}");
            }
        }
    }
}
