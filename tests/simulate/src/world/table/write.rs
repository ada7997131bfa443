//! What is written to the table, and what that finds.

use domain::action::Action;
use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Dropped, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use flow::ports::{Cursor, Followed, PersonState, Put, Saved, Unreachable};
use jiff::Timestamp;

/// One write, complete in itself, so that it can also take effect long after its caller gave it up.
#[derive(Clone, Debug)]
pub enum Write {
    /// Puts a fact if absent.
    Said(ConversationId, Said),
    /// Puts an action if absent, as a page would.
    Acted(ConversationId, Action),
    /// Lists a conversation under an object.
    List(Listing, BrandId, ConversationId),
    /// Lists a conversation under who asked there.
    Author(Authored, ConversationId),
    /// Keeps a removal under its object, if absent.
    Removal(Said),
    /// Keeps a body.
    Raw,
    /// Blanks text and names of an event.
    Blank(ConversationId, Event),
    /// Claims a notice by putting it if absent.
    Claim(Box<Notice>),
    /// Marks a notice sent; the first mark stays.
    Sent(NoticeKey, Sent),
    /// Marks a notice dropped, unless it was sent or dropped.
    Dropped(NoticeKey, Dropped),
    /// Marks a notice failed; the first mark stays.
    Failed(NoticeKey, Failed),
    /// Moves the moment of a notice, if it is still to do at the first.
    Postpone(NoticeKey, Timestamp, Timestamp),
    /// Saves a head if the stored version is still its own.
    Head(Box<Head>),
    /// Throws a head away and lists its conversation as due.
    Wake(ConversationId, Timestamp),
    /// Saves a person's state if the stored version is still its own.
    Person(PersonId, PersonState),
    /// Marks a person unreachable; the last mark stays.
    Unreachable(PersonId, Unreachable),
    /// Names a mail.
    Mail(String, Vec<NoticeKey>),
    /// Moves the sweep's cursor, only forward.
    Cursor(Cursor),
    /// Remembers a push as followed.
    Follow(Followed),
}

/// What a write found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// For what is put if absent.
    Put(Put),
    /// For what is saved on a condition.
    Saved(Saved),
}

impl Written {
    pub(crate) fn put(self) -> Put {
        match self {
            Written::Put(put) => put,
            Written::Saved(Saved::Done) => Put::New,
            Written::Saved(Saved::Lost) => Put::Known,
        }
    }

    pub(crate) fn saved(self) -> Saved {
        match self {
            Written::Saved(saved) => saved,
            Written::Put(Put::New) => Saved::Done,
            Written::Put(Put::Known) => Saved::Lost,
        }
    }
}
