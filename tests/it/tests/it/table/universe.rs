//! All that there is: so little that most of what is drawn meets what was drawn before.
//!
//! Everything lies a human life ahead, so that nothing expires while a test reads it.

use domain::decide::Listing;
use domain::event::{Attachment, Author, Event, Kind, Side, TimeFrom, Verb, Visibility};
use domain::fact::{Channel, Notice, NoticeKey, Purpose, Recipient, Said, date};
use domain::head::{FORM, Head, Open};
use domain::history::Kept;
use domain::id::{BrandId, ConversationId, PersonId, Platform, Step, TurnId};
use domain::policy::{Class, Style};
use jiff::Timestamp;
use jiff::civil::Date;

/// The first two stand in one shard of the lists, the third in another.
pub(super) const CONVERSATIONS: [&str; 3] =
    ["AAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAI", "AAAAAAAAAAAAAAAAAAAAAAAAAB"];
pub(super) const BRANDS: [&str; 2] = ["acme", "zeta"];
pub(super) const OBJECTS: [&str; 2] = ["555666777_1", "urn:li:comment:(activity#1,2)"];
/// The second cannot stand in a key as it is.
pub(super) const VERSIONS: [&str; 2] = ["-", "2100-03-01 07:00:00, by hand"];
pub(super) const VERBS: [Verb; 2] = [Verb::Add, Verb::Remove];
/// What the configuration calls somebody may hold what separates the parts of keys.
pub(super) const PEOPLE: [&str; 2] = ["dana", "dana#email"];
pub(super) const MAILS: [&str; 2] = ["first", "second"];
/// Since when facts are read: ever, and around the dates of [`MOMENTS`].
pub(super) const DAYS: [Date; 4] =
    [Date::MIN, Date::constant(2100, 3, 1), Date::constant(2100, 3, 2), Date::constant(2100, 3, 3)];

/// Around midnight: all but the last within two milliseconds, of which three within one.
const MOMENTS: [&str; 6] = [
    "2100-03-01T23:59:59.998Z",
    "2100-03-01T23:59:59.9991Z",
    "2100-03-01T23:59:59.9994Z",
    "2100-03-01T23:59:59.9999Z",
    "2100-03-02T00:00:00Z",
    "2100-03-02T07:00:00Z",
];
pub(super) const MOMENT_COUNT: usize = MOMENTS.len();

/// Conversation, day, turn, step, purpose and person: every part of a key by itself tells two of them apart.
const NOTICES: [(usize, &str, &str, &str, Purpose, usize); 12] = [
    (0, "2100-03-01", "T", "0.0.0", Purpose::Step, 0),
    (0, "2100-03-01", "T", "0.0.1", Purpose::Step, 0),
    (0, "2100-03-01", "T", "0.0.0", Purpose::Removed, 0),
    (0, "2100-03-01", "T", "0.0.0", Purpose::Step, 1),
    (0, "2100-03-01", "U", "0.0.0", Purpose::Step, 0),
    (0, "2100-03-02", "T", "0.0.0", Purpose::Step, 0),
    (1, "2100-03-01", "T", "0.0.0", Purpose::Step, 0),
    (1, "2100-03-02", "U", "1.10.0", Purpose::Passed, 1),
    (1, "2100-03-02", "U", "1.10.0", Purpose::Taken, 1),
    (2, "2100-03-01", "T", "0.0.0", Purpose::Correction, 0),
    (2, "2100-03-01", "T", "0.0.0", Purpose::Clear, 0),
    (2, "2100-03-01", "T", "0.0.0", Purpose::Unreachable, 0),
];
pub(super) const NOTICE_COUNT: usize = NOTICES.len();

/// Something said.
#[derive(Clone, Copy, Debug)]
pub(super) struct SaidIs {
    pub(super) object: usize,
    pub(super) brand: usize,
    pub(super) verb: usize,
    pub(super) version: usize,
    pub(super) at: usize,
    /// What stands in it besides: a second delivery may say it differently.
    pub(super) take: bool,
}

/// A notice to claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoticeIs {
    pub(super) notice: usize,
    pub(super) send_after: usize,
    pub(super) take: bool,
}

/// A head to save.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadIs {
    pub(super) conversation: usize,
    pub(super) brand: usize,
    pub(super) version: u64,
    pub(super) next_at: Option<usize>,
    /// Since when somebody waits.
    pub(super) open: Option<usize>,
    /// Which push it was planned by.
    pub(super) planned_by: Option<usize>,
    /// Code of the next form saves it.
    pub(super) is_newer: bool,
}

pub(super) fn moment(number: usize) -> Timestamp {
    MOMENTS[number].parse().unwrap()
}

/// The number of a moment of the universe.
pub(super) fn number(at: Timestamp) -> usize {
    (0..MOMENTS.len()).find(|number| moment(*number) == at).unwrap()
}

pub(super) fn conversation(number: usize) -> ConversationId {
    ConversationId::from(CONVERSATIONS[number])
}

pub(super) fn brand(number: usize) -> BrandId {
    BrandId::from(BRANDS[number])
}

pub(super) fn person(number: usize) -> PersonId {
    PersonId::from(PEOPLE[number])
}

pub(super) fn listing(object: usize) -> Listing {
    Listing { platform: Platform::X, object: OBJECTS[object].to_owned() }
}

pub(super) fn notice_key(number: usize) -> NoticeKey {
    let (held_by, date, turn, step, purpose, who) = NOTICES[number];
    NoticeKey {
        conversation: conversation(held_by),
        date: date.parse().unwrap(),
        turn: TurnId::from(turn),
        step: step.parse::<Step>().unwrap(),
        purpose,
        person: person(who),
        channel: Channel::Email,
    }
}

impl SaidIs {
    /// An object has an author or none, whatever else is said of it: a platform says so always or never.
    pub(super) fn said(self) -> Said {
        let text = |text: &str| Some(text.to_owned());
        let author = Author { id: text("42"), name: text("Jo"), handle: text("jo"), followers: Some(7) };
        let picture = Attachment { kind: "image".to_owned(), url: None };
        let event = Event {
            platform: Platform::X,
            account: "2244994945".to_owned(),
            object: OBJECTS[self.object].to_owned(),
            verb: VERBS[self.verb],
            version: VERSIONS[self.version].to_owned(),
            kind: Kind::Comment,
            visibility: Visibility::Public,
            side: Side::Customer,
            author: (self.object == 0).then_some(author),
            counterpart: None,
            thread: None,
            parent: None,
            mentions: Vec::new(),
            text: if self.take { text("Where is it?") } else { None },
            attachments: if self.take { vec![picture] } else { Vec::new() },
            permalink: if self.take { None } else { text("https://example.com/1") },
            occurred_at: moment(self.at),
            time_from: TimeFrom::Event,
        };
        let class = self.take.then_some(Class::Question);
        Said {
            brand: brand(self.brand),
            event,
            received_at: moment(self.at),
            dialogue: None,
            class,
            gist: None,
        }
    }
}

impl NoticeIs {
    pub(super) fn notice(self) -> Notice {
        let key = notice_key(self.notice);
        let send_after = moment(self.send_after);
        let recipient = Recipient {
            person: key.person.clone(),
            role: "lead".to_owned(),
            channel: key.channel,
            send_after,
        };
        Notice {
            key,
            brand: brand(0),
            objects: vec![OBJECTS[0].to_owned()],
            role: "lead".to_owned(),
            recipients: vec![recipient],
            skipped: if self.take { vec![0, 1] } else { Vec::new() },
            step_at: moment(0),
            send_after,
            claimed_at: moment(0),
            config_version: 1,
            class: Class::Question,
            renewed_at: if self.take { Some(moment(0)) } else { None },
            style: if self.take { Style::Digest } else { Style::Single },
            held: if self.take { Vec::new() } else { vec![2] },
            capped: self.take,
            sent: None,
            dropped: None,
            failed: None,
        }
    }
}

impl HeadIs {
    pub(super) fn head(self) -> Head {
        let open = self.open.map(|start| Open {
            turn: TurnId::from("T"),
            account: "x:2244994945".to_owned(),
            class: Class::Question,
            start: moment(start),
            due: moment(MOMENT_COUNT - 1),
        });
        Head {
            v: FORM + u16::from(self.is_newer),
            conversation: conversation(self.conversation),
            brand: brand(self.brand),
            version: self.version,
            folded_at: moment(0),
            planned_by: self.planned_by.map(moment),
            sealed: date(moment(0)),
            kept: Kept::default(),
            listed: [domain::id::digest(OBJECTS[0])].into(),
            open: open.into_iter().collect(),
            more: 0,
            next_at: self.next_at.map(moment),
        }
    }
}
