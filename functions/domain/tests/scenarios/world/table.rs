//! The one table, in memory: put if absent, read from a date on, the head saved last.

use std::collections::{BTreeMap, BTreeSet};

use domain::action::Action;
use domain::decide::Listing;
use domain::event::{Event, Verb};
use domain::fact::{Facts, Notice, NoticeKey, Said, date};
use domain::head::Head;
use domain::history::is_partial;
use domain::id::ConversationId;
use jiff::civil::Date;

/// Everything that is kept.
#[derive(Default)]
pub(super) struct Table {
    pub(super) conversations: BTreeMap<ConversationId, Conversation>,
    pub(super) objects: BTreeMap<Listing, Listed>,
    /// Where the reader of a private dialogue asked in public.
    pub(super) authors: BTreeMap<ConversationId, BTreeSet<(Date, ConversationId)>>,
}

/// The items under one conversation.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) head: Option<Head>,
    said: BTreeMap<SaidKey, Said>,
    actions: BTreeMap<String, Action>,
    notices: BTreeMap<NoticeKey, Notice>,
}

/// What is kept under an object's name.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) conversations: BTreeSet<ConversationId>,
    pub(super) removal: Option<Said>,
}

type SaidKey = (Date, String, Verb, String);

fn key(said: &Said) -> SaidKey {
    (said.date(), said.event.object.clone(), said.event.verb, said.event.version.clone())
}

impl Conversation {
    /// Puts a fact; `false` if it was known. The first stays.
    pub(super) fn put(&mut self, said: Said) -> bool {
        let key = key(&said);
        let is_new = !self.said.contains_key(&key);
        self.said.entry(key).or_insert(said);
        is_new
    }

    /// Puts what somebody did on a page; `false` if it was known.
    pub(super) fn put_action(&mut self, action: Action) -> bool {
        let is_new = !self.actions.contains_key(&action.nonce);
        self.actions.entry(action.nonce.clone()).or_insert(action);
        is_new
    }

    /// Claims a notice; `false` if it was known.
    pub(super) fn claim(&mut self, notice: Notice) -> bool {
        let is_new = !self.notices.contains_key(&notice.key);
        self.notices.entry(notice.key.clone()).or_insert(notice);
        is_new
    }

    pub(super) fn notice(&mut self, key: &NoticeKey) -> Option<&mut Notice> {
        self.notices.get_mut(key)
    }

    pub(super) fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.values()
    }

    /// Returns every fact, as far back as they go.
    pub(super) fn facts(&self) -> Facts {
        self.facts_since(Date::MIN)
    }

    /// Reads the facts of keys from a date on; all of them if they speak of something that began before.
    pub(super) fn facts_as_read(&self, since: Date) -> Facts {
        let facts = self.facts_since(since);
        if is_partial(&facts) { self.facts() } else { facts }
    }

    fn facts_since(&self, since: Date) -> Facts {
        let said = self.said.values().filter(|said| said.date() >= since);
        let notices = self.notices.values().filter(|notice| notice.key.date >= since);
        let actions = self.actions.values().filter(|action| date(action.at) >= since);
        Facts {
            said: said.cloned().collect(),
            actions: actions.cloned().collect(),
            notices: notices.cloned().collect(),
            unreadable: 0,
        }
    }

    /// Takes out what tells who said what; `false` if that was gone before.
    pub(super) fn blank(&mut self, event: &Event) -> bool {
        let mut blanked = false;
        for said in self.said.values_mut().filter(|said| said.event == *event) {
            said.blank();
            blanked |= said.event != *event;
        }
        blanked
    }
}
