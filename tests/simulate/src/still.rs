//! The world's table by itself, where nothing goes wrong: what is held to the answers of a real one.

use std::cell::{Ref, RefCell};

use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Dropped, Facts, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::{FORM as HEAD_FORM, Head};
use domain::id::{BrandId, ConversationId, PersonId};
use flow::ports::{
    Cursor, Fault, Followed, List, Listed, PersonState, Put, Raw, Saved, Stored, Todo, Unreachable, Waiting,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::time::Ms;
use crate::world::index::Index;
use crate::world::table::{FORM, Table, Write, Written};

/// So many facts stand on a page: few, so that a conversation has several.
const PAGE: usize = 3;

/// The table and its indexes. No call of theirs waits, none fails, and no index lags behind.
#[derive(Clone, Debug, Default)]
pub struct Still {
    table: RefCell<Table>,
    index: RefCell<Index>,
}

impl Still {
    /// Returns the table, to look at.
    #[must_use]
    pub fn table(&self) -> Ref<'_, Table> {
        self.table.borrow()
    }

    fn write(&self, write: Write, form: u16) -> Written {
        let mut moved = Vec::new();
        let written = self.table.borrow_mut().write(write, form, &mut moved);
        let mut index = self.index.borrow_mut();
        for moved in moved {
            index.expect(0, moved);
        }
        index.catch_up(Ms::MAX);
        written
    }
}

impl flow::ports::Table for Still {
    async fn put_said(&self, conversation: &ConversationId, said: &Said) -> Result<Put, Fault> {
        Ok(self.write(Write::Said(conversation.clone(), said.clone()), FORM).put())
    }

    async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> Result<(), Fault> {
        self.write(Write::List(listing.clone(), brand.clone(), conversation.clone()), FORM);
        Ok(())
    }

    async fn put_removal(&self, removal: &Said) -> Result<Put, Fault> {
        Ok(self.write(Write::Removal(removal.clone()), FORM).put())
    }

    async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        let listed = self.table.borrow().listed(listing, brand, FORM);
        Ok(listed.expect("no newer code writes here"))
    }

    async fn put_author(&self, authored: &Authored, conversation: &ConversationId) -> Result<(), Fault> {
        self.write(Write::Author(authored.clone(), conversation.clone()), FORM);
        Ok(())
    }

    async fn authored(&self, dialogue: &ConversationId, since: Date) -> Result<Vec<ConversationId>, Fault> {
        Ok(self.table.borrow().authored(dialogue, since))
    }

    async fn put_raw(&self, _: &Raw<'_>) -> Result<(), Fault> {
        self.write(Write::Raw, FORM);
        Ok(())
    }

    async fn head(&self, conversation: &ConversationId) -> Result<Stored, Fault> {
        Ok(self.table.borrow().head(conversation, FORM))
    }

    async fn facts(&self, conversation: &ConversationId, since: Date) -> Result<Facts, Fault> {
        let table = self.table.borrow();
        let mut facts = Facts::default();
        let mut after = None;
        loop {
            let page = table.page(conversation, since, after.as_ref(), PAGE, FORM);
            match page.add_to(&mut facts) {
                Some(mark) => after = Some(mark),
                None => return Ok(facts),
            }
        }
    }

    async fn blank(&self, conversation: &ConversationId, event: &Event) -> Result<(), Fault> {
        self.write(Write::Blank(conversation.clone(), event.clone()), FORM);
        Ok(())
    }

    async fn claim(&self, notice: &Notice) -> Result<Put, Fault> {
        Ok(self.write(Write::Claim(Box::new(notice.clone())), FORM).put())
    }

    async fn notice(&self, key: &NoticeKey) -> Result<Option<Notice>, Fault> {
        Ok(self.table.borrow().notice(key).cloned())
    }

    async fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> Result<(), Fault> {
        self.write(Write::Sent(key.clone(), sent.clone()), FORM);
        Ok(())
    }

    async fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> Result<(), Fault> {
        self.write(Write::Dropped(key.clone(), dropped.clone()), FORM);
        Ok(())
    }

    async fn outstanding(&self, person: &PersonId, until: Timestamp) -> Result<Vec<NoticeKey>, Fault> {
        Ok(self.index.borrow().outstanding(person, until))
    }

    async fn mark_failed(&self, key: &NoticeKey, failed: &Failed) -> Result<Saved, Fault> {
        Ok(self.write(Write::Failed(key.clone(), failed.clone()), FORM).saved())
    }

    async fn postpone(&self, key: &NoticeKey, from: Timestamp, until: Timestamp) -> Result<Saved, Fault> {
        Ok(self.write(Write::Postpone(key.clone(), from, until), FORM).saved())
    }

    /// A head says in which form it is written; code of another form writes it.
    async fn save_head(&self, head: &Head) -> Result<Saved, Fault> {
        let form = FORM + head.v - HEAD_FORM;
        Ok(self.write(Write::Head(Box::new(head.clone())), form).saved())
    }

    async fn wake(&self, conversation: &ConversationId, at: Timestamp) -> Result<(), Fault> {
        self.write(Write::Wake(conversation.clone(), at), FORM);
        Ok(())
    }

    async fn person(&self, person: &PersonId) -> Result<PersonState, Fault> {
        Ok(self.table.borrow().person(person))
    }

    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        Ok(self.write(Write::Person(person.clone(), state.clone()), FORM).saved())
    }

    async fn mark_unreachable(&self, person: &PersonId, unreachable: &Unreachable) -> Result<(), Fault> {
        self.write(Write::Unreachable(person.clone(), unreachable.clone()), FORM);
        Ok(())
    }

    async fn put_mail(&self, mail: &str, notices: &[NoticeKey], _: Timestamp) -> Result<(), Fault> {
        self.write(Write::Mail(mail.to_owned(), notices.to_vec()), FORM);
        Ok(())
    }

    async fn mail(&self, mail: &str) -> Result<Vec<NoticeKey>, Fault> {
        Ok(self.table.borrow().mail(mail).to_vec())
    }

    async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        Ok(self.index.borrow().todo(list, shard, until))
    }

    async fn cursor(&self) -> Result<Option<Cursor>, Fault> {
        Ok(self.table.borrow().cursor())
    }

    async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        Ok(self.write(Write::Cursor(*cursor), FORM).saved())
    }

    async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        self.write(Write::Follow(*followed), FORM);
        Ok(())
    }

    async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        Ok(self.index.borrow().waiting(brand))
    }
}
