//! The queues and the stream: what waits to be handed to a function.

use std::collections::VecDeque;

use domain::id::ConversationId;
use flow::feedback::Report;
use flow::message::{Check, FactSeen, Spread, Tell};

use super::hash;
use crate::choice::name;
use crate::time::Ms;

/// What travels through a queue.
#[derive(Clone, Debug)]
pub enum Body {
    /// On the queue of checks.
    Check(Check),
    /// On the queue of checks.
    Spread(Spread),
    /// On the queue of mails.
    Tell(Tell),
    /// On the queue of reports; with the conversation of what the mail told first.
    Report(Report, ConversationId),
}

/// Which queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Checks, and removals to be told of.
    Checks,
    /// Messages to people.
    Mails,
    /// What becomes of mails.
    Reports,
}

impl Line {
    /// Returns for how many ms a message that was handed out is hidden from others.
    #[must_use]
    pub fn hides(self) -> Ms {
        match self {
            Line::Checks => 30_000,
            Line::Mails | Line::Reports => 60_000,
        }
    }

    /// Returns how many messages a function is handed at most.
    #[must_use]
    pub fn batch(self) -> usize {
        match self {
            Line::Checks | Line::Reports => 10,
            Line::Mails => 1,
        }
    }
}

/// So often a message is handed out before it goes to the dead letters.
pub const RECEIVES: u32 = 20;

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// What it says; its form is that of the code that sent it.
    pub body: Body,
    /// On which queue.
    pub line: Line,
    /// Names it in choices.
    pub label: u64,
    /// When it can be handed out next.
    pub due: Ms,
    /// How often it was handed out.
    pub receives: u32,
    /// It was handled, and is gone.
    pub is_done: bool,
    /// It was handed out too often.
    pub is_dead: bool,
    /// Whether it concerns the first brand.
    pub is_first_brand: bool,
}

impl Body {
    /// Returns which conversation it is about; that of the first notice, where it is about several.
    #[must_use]
    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Body::Check(check) => Some(&check.conversation),
            Body::Tell(tell) => tell.notices.first().map(|key| &key.conversation),
            Body::Report(_, conversation) => Some(conversation),
            Body::Spread(_) => None,
        }
    }

    /// Returns a number that stands for what it is about.
    #[must_use]
    pub fn subject(&self) -> u64 {
        match self {
            Body::Check(check) => hash(check.conversation.as_str()),
            Body::Tell(tell) => {
                name(hash(tell.person.as_str()), self.conversation().map_or(0, |id| hash(id.as_str())))
            }
            Body::Report(report, _) => hash(report.mail.as_deref().unwrap_or_default()),
            Body::Spread(spread) => hash(&spread.object),
        }
    }

    /// Returns the form in which it is written.
    #[must_use]
    pub fn form(&self) -> u16 {
        match self {
            Body::Check(check) => check.v,
            Body::Spread(spread) => spread.v,
            Body::Tell(tell) => tell.v,
            // Nobody here writes it.
            Body::Report(..) => flow::message::FORM,
        }
    }

    /// Changes the form by what the code of a machine is newer than the flows say.
    #[must_use]
    pub fn with_form(mut self, change: impl FnOnce(u16) -> u16) -> Body {
        let form = match &mut self {
            Body::Check(check) => &mut check.v,
            Body::Spread(spread) => &mut spread.v,
            Body::Tell(tell) => &mut tell.v,
            Body::Report(..) => return self,
        };
        *form = change(*form);
        self
    }
}

/// What a record of the table's stream asks for.
#[derive(Clone, Debug)]
pub enum Record {
    /// A fact was added to a conversation.
    Fact(ConversationId, FactSeen),
    /// A removal was kept under its object.
    Removal(Spread),
}

impl Record {
    /// Returns a number that stands for what it is about.
    #[must_use]
    pub fn subject(&self) -> u64 {
        match self {
            Record::Fact(conversation, _) => hash(conversation.as_str()),
            Record::Removal(spread) => hash(&spread.object),
        }
    }
}

/// One shard of the stream: its records are handed out in their order, and again until they succeed.
#[derive(Debug, Default)]
pub struct Shard {
    /// What was not handled yet, with whether it concerns the first brand.
    pub records: VecDeque<(Record, bool)>,
    /// A function has some of them, or will in a moment.
    pub is_busy: bool,
}
