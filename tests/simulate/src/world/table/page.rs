//! Reads of a conversation: one page after the other, with writes in between.

use domain::fact::Facts;
use domain::id::ConversationId;
use jiff::civil::Date;

use super::fact::facts_of;
use super::{Mark, Table};

/// One page of a conversation's facts.
#[derive(Debug, Default)]
pub struct Page {
    /// What was read.
    pub facts: Facts,
    /// Where to go on; absent if this was all.
    pub next: Option<Mark>,
    /// Something was written by newer code than the reader's.
    pub is_newer: bool,
}

impl Page {
    /// Adds what was read to the pages before; returns where to go on.
    pub fn add_to(self, facts: &mut Facts) -> Option<Mark> {
        facts.said.extend(self.facts.said);
        facts.actions.extend(self.facts.actions);
        facts.notices.extend(self.facts.notices);
        self.next
    }
}

impl Table {
    /// Reads the facts since a date, behind `after`, at most `limit` of them.
    #[must_use]
    pub fn page(
        &self,
        id: &ConversationId,
        since: Date,
        after: Option<&Mark>,
        limit: usize,
        form: u16,
    ) -> Page {
        let Some(conversation) = self.conversation(id) else { return Page::default() };
        let from = match after {
            Some(Mark(fact)) => conversation.place(fact.key()).map_or_else(|place| place, |place| place + 1),
            None => conversation.items.partition_point(|(_, fact)| fact.key().0 < since),
        };
        let rest = &conversation.items[from..];
        let read = &rest[..limit.min(rest.len())];
        let last = read.last().filter(|_| rest.len() > limit);
        Page {
            facts: facts_of(read.iter().map(|(_, fact)| fact)),
            next: last.map(|(_, fact)| Mark(fact.clone())),
            is_newer: read.iter().any(|(written, _)| *written > form),
        }
    }
}
