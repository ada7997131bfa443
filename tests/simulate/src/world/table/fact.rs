//! Facts, in the order of their keys.

use domain::action::Action;
use domain::event::Event;
use domain::fact::{Channel, Facts, Notice, NoticeKey, Purpose, Said};
use jiff::civil::Date;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// What was said.
    Said(Said),
    /// What somebody of the brand did.
    Acted(Action),
    /// Who is to be told.
    Notice(Notice),
}

/// The order of the facts in a partition: date, kind, name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'a>(pub(super) Date, Name<'a>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'a> {
    Act(&'a str),
    Event(&'a str, &'static str, &'a str),
    Notice(&'a str, (u16, u16, u16), Purpose, &'a str, Channel),
}

/// The place of a fact in its partition, which outlives the read it stands for.
#[derive(Clone, Debug)]
pub struct Mark(pub(super) Fact);

impl Fact {
    /// Adds it to others.
    fn add_to(&self, facts: &mut Facts) {
        match self {
            Fact::Said(said) => facts.said.push(said.clone()),
            Fact::Acted(action) => facts.actions.push(action.clone()),
            Fact::Notice(notice) => facts.notices.push(notice.clone()),
        }
    }

    /// Whether the two are one item.
    pub(crate) fn is_named_as(&self, other: &Fact) -> bool {
        self.key() == other.key()
    }

    pub(super) fn key(&self) -> Key<'_> {
        match self {
            Fact::Said(said) => event_key(&said.event),
            Fact::Acted(action) => Key(domain::fact::date(action.at), Name::Act(&action.nonce)),
            Fact::Notice(notice) => notice_key(&notice.key),
        }
    }
}

pub(super) fn event_key(event: &Event) -> Key<'_> {
    let name = Name::Event(&event.object, event.verb.name(), &event.version);
    Key(domain::fact::date(event.occurred_at), name)
}

pub(super) fn notice_key(key: &NoticeKey) -> Key<'_> {
    let step = (key.step.round, key.step.index, key.step.repeat);
    let name = Name::Notice(key.turn.as_str(), step, key.purpose, key.person.as_str(), key.channel);
    Key(key.date, name)
}

/// Returns facts as a fold takes them.
pub(crate) fn facts_of<'a>(items: impl IntoIterator<Item = &'a Fact>) -> Facts {
    let mut facts = Facts::default();
    for fact in items {
        fact.add_to(&mut facts);
    }
    facts
}
