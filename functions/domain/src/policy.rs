//! The configuration: brands, people, calendars, and what is promised to whom.
//!
//! [`Config::parse`] is the only way in. It reads the whole text, reports every problem at once with its
//! place and what to write instead, and hands out a configuration in which every name stands for something.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Stretch};
use crate::clock::{Span, Unit};
use crate::id::{Account, BrandId, PersonId, Platform};
use crate::language::{Language, Reader};
use crate::pace::Pacing;
use crate::platform::{Group, Voices};

mod defaults;
mod reach;
mod read;
mod rota;
#[cfg(test)]
mod tests;

pub use self::reach::{Format, Webhook};
pub use self::rota::Rota;
pub use crate::document::Problem;

/// The largest configuration, in bytes; what it is stored in holds 400 KB.
pub const SIZE_LIMIT: usize = 350 * 1024;

/// A complete configuration without problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The brand groups.
    pub brands: BTreeMap<BrandId, Brand>,
    /// Everybody who can be told.
    pub people: BTreeMap<PersonId, Person>,
    /// Opening hours, by name.
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    /// Policies, by name, as they hold where nobody is on duty; the one that holds when a brand names none is
    /// not among them.
    pub policies: BTreeMap<String, Arc<Policy>>,
    /// Who is told when Heard itself is in trouble.
    pub admin: Vec<PersonId>,
    /// How mails to one person are spaced.
    pub pacing: Pacing,
    /// Every account of every brand; an account belongs to exactly one.
    accounts: BTreeMap<Account, BrandId>,
}

/// What there is to say about the text of a configuration.
#[derive(Debug)]
pub struct Examined {
    /// The configuration, or every problem of the text in the order of their places.
    pub config: Result<Config, Vec<Problem>>,
    /// What may be used and is probably not what was meant, in the same order.
    pub doubts: Vec<Problem>,
}

/// A brand group: a reply by any of its accounts counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The `acme` of `[brand.acme]`.
    pub id: BrandId,
    /// What people call it; the id if the configuration does not say.
    pub name: String,
    /// The accounts it speaks from; never empty.
    pub accounts: Vec<Account>,
    /// When it is open; absent: always.
    pub calendar: Option<Arc<Calendar>>,
    /// The name of `calendar`.
    pub calendar_name: Option<String>,
    /// What it promises; nothing is left out any more.
    pub policy: Arc<Policy>,
    /// Who answers.
    pub owner: Option<PersonId>,
    /// Who answers when the owner cannot.
    pub backup: Option<PersonId>,
    /// Who is told when nobody answered, first choice first.
    pub lead: Vec<PersonId>,
    /// Who is told when that did not help, first choice first.
    pub manager: Vec<PersonId>,
    /// Who is told by day and by night, in turns.
    pub duty: Option<Arc<Rota>>,
    /// App ids, and accounts only a machine writes with: their posts are not answers.
    pub automation: Vec<Account>,
    /// For how long after a case was closed a new message opens it again, day and night: at most 30 days; zero
    /// for never.
    pub reopen: SignedDuration,
    /// When nobody is told: sorted, apart from each other.
    pub maintenance: Vec<Stretch>,
}

/// Somebody who can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The `dana` of `[person.dana]`.
    pub id: PersonId,
    /// What people call them; the id if the configuration does not say.
    pub name: String,
    /// Where mail reaches them; absent only where a webhook does.
    pub email: Option<String>,
    /// Where they take notices by HTTP.
    pub webhook: Option<Webhook>,
    /// When messages that are not severe may arrive; absent: always.
    pub hours: Option<Arc<Calendar>>,
    /// The zone of their clock: as configured, else that of `hours`, else UTC.
    pub zone: TimeZone,
    /// The language of their mails.
    pub language: Language,
    /// Days on which they are away.
    pub away: Vec<Away>,
}

/// Days on which a person is away, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away {
    /// The first day.
    pub first: Date,
    /// The last day; not before `first`.
    pub last: Date,
}

impl Person {
    /// Returns the person as a reader: their language, their clocks.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader { language: self.language, zone: &self.zone }
    }

    /// Whether the person is away at `at`, by the dates of their own zone.
    #[must_use]
    pub fn is_away(&self, at: Timestamp) -> bool {
        if self.away.is_empty() {
            return false;
        }
        let today = self.zone.to_datetime(at).date();
        self.away.iter().any(|away| (away.first..=away.last).contains(&today))
    }
}

/// What a step of a ladder calls the people it tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Who answers.
    Owner,
    /// Who answers when the owner cannot.
    Backup,
    /// Who leads those who answer.
    Lead,
    /// Who answers for the lead.
    Manager,
    /// Whoever is on duty at that time.
    Duty,
    /// One person, whatever the brand.
    Named(PersonId),
}

impl Role {
    /// The roles that a brand fills.
    pub const OF_A_BRAND: [Role; 5] = [Role::Owner, Role::Backup, Role::Lead, Role::Manager, Role::Duty];

    /// Returns the role as ladders and notices name it: a person by their own name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Role::Owner => "owner",
            Role::Backup => "backup",
            Role::Lead => "lead",
            Role::Manager => "manager",
            Role::Duty => "duty",
            Role::Named(person) => person.as_str(),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What sort of matter a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Somebody threatens to go public or to law.
    Threat,
    /// Somebody is upset, or has no time to lose.
    Upset,
    /// Somebody wants to know something.
    Question,
    /// Somebody is pleased.
    Praise,
    /// The brand was named, and not addressed. The kind of event says so, never its text.
    Mention,
    /// Abuse.
    Offensive,
    /// Advertising and fraud.
    Spam,
    /// Nothing more is wanted.
    Thanks,
    /// None of the others.
    Other,
}

/// A name that is no [`Class`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown class {0:?}")]
pub struct UnknownClass(String);

impl Class {
    /// Every class, the most severe first.
    pub const ALL: [Class; 9] = [
        Class::Threat,
        Class::Upset,
        Class::Question,
        Class::Praise,
        Class::Mention,
        Class::Offensive,
        Class::Spam,
        Class::Thanks,
        Class::Other,
    ];

    /// Returns the name used in configuration, keys and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Threat => "threat",
            Class::Upset => "upset",
            Class::Question => "question",
            Class::Praise => "praise",
            Class::Mention => "mention",
            Class::Offensive => "offensive",
            Class::Spam => "spam",
            Class::Thanks => "thanks",
            Class::Other => "other",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Class {
    type Err = UnknownClass;

    fn from_str(name: &str) -> Result<Class, UnknownClass> {
        let known = Class::ALL.into_iter().find(|class| class.name() == name);
        known.ok_or_else(|| UnknownClass(name.to_owned()))
    }
}

/// What is promised for each class of matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The `social-60` of `[policy.social-60.upset]`.
    pub name: String,
    classes: BTreeMap<Class, Rules>,
    /// For the classes without rules of their own.
    question: Rules,
}

impl Policy {
    /// Returns the rules for `class`: its own, else those for questions, else the default ones for questions.
    #[must_use]
    pub fn rules(&self, class: Class) -> &Rules {
        self.classes.get(&class).unwrap_or(&self.question)
    }

    /// Returns the rules for questions, then those of every other class that has its own.
    pub fn all_rules(&self) -> impl Iterator<Item = (Class, &Rules)> {
        let others = self.classes.iter().filter(|(class, _)| **class != Class::Question);
        std::iter::once((Class::Question, &self.question)).chain(others.map(|(class, rules)| (*class, rules)))
    }
}

/// Until when to answer, and who is told before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long an answer may take.
    pub targets: Targets,
    /// The ladder, lowest step first; empty if nobody is ever told.
    pub steps: Vec<Rung>,
}

/// How long an answer may take, by what the customer waits for. None of them is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// The first answer of a case.
    pub first_response: Span,
    /// The answer to a later turn of the case.
    pub next_response: Span,
    /// What the brand said that it would come back with.
    pub follow_up: Span,
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// When.
    pub at: At,
    /// To whom; never empty, nobody twice.
    pub to: Vec<Role>,
    /// In which form.
    pub style: Style,
}

/// When a step of a ladder falls due: `20m`, `due` or `due+30m elapsed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct At {
    /// From where it is counted.
    pub anchor: Anchor,
    /// How much later; never below zero.
    pub offset: SignedDuration,
    /// Which time is counted.
    pub unit: Unit,
}

impl At {
    /// When the target is used up.
    pub const DUE: At = At { anchor: Anchor::Due, offset: SignedDuration::ZERO, unit: Unit::Open };
}

/// From where a step of a ladder is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Anchor {
    /// When the customer began to wait.
    Start,
    /// When the target was used up.
    Due,
}

/// In which form a step tells people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// A mail of its own, at once.
    #[default]
    Single,
    /// In one mail with all that falls into the recipient's window.
    Batch,
    /// A line in the recipient's next digest.
    Digest,
}

impl Style {
    /// Every style.
    pub const ALL: [Style; 3] = [Style::Single, Style::Batch, Style::Digest];

    /// Returns the name used in configuration, keys and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Single => "single",
            Style::Batch => "batch",
            Style::Digest => "digest",
        }
    }
}

impl Config {
    /// Reads a configuration from TOML.
    ///
    /// # Errors
    ///
    /// Every problem of the text, in the order of their places. While the text is not TOML, problems that
    /// may only come from that (something is missing, a name stands for nothing) are left out.
    pub fn parse(text: &str) -> Result<Config, Vec<Problem>> {
        Config::examine(text).config
    }

    /// Reads a configuration as [`parse`](Config::parse) does, and tells its doubts besides.
    #[must_use]
    pub fn examine(text: &str) -> Examined {
        read::config(text)
    }

    /// Returns the brand that `account` belongs to.
    #[must_use]
    pub fn brand_of(&self, account: &Account) -> Option<&Brand> {
        self.accounts.get(account).and_then(|brand| self.brands.get(brand))
    }

    /// Returns who speaks for the brands on `platform`.
    #[must_use]
    pub fn voices(&self, platform: Platform) -> Voices {
        let mut voices = Voices::default();
        for brand in self.brands.values() {
            let here = |accounts: &[Account]| {
                let here = accounts.iter().filter(|account| account.platform == platform);
                here.map(|account| account.id.clone()).collect()
            };
            let group = Group { accounts: here(&brand.accounts), automation: here(&brand.automation) };
            for account in &group.accounts {
                voices.groups.insert(account.clone(), group.clone());
            }
        }
        voices
    }
}
