//! What happened in one history, as far as it counts.

use std::collections::HashMap;

use domain::event::Side;
use domain::fact::{Failed, NoticeKey};
use domain::id::ConversationId;

use crate::always::Done;
use crate::time::Ms;
use crate::world::table::Fact;

/// A fact that came into a conversation.
#[derive(Clone, Debug)]
pub struct Commit {
    /// When.
    pub at: Ms,
    /// Where.
    pub conversation: ConversationId,
    /// What.
    pub fact: Fact,
}

/// How somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By mail.
    Mailed,
    /// At their webhook, which has room for everything: whoever has no address any more is told there, too.
    Posted,
}

/// A mail that the mailer took, or what a webhook took.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// When.
    pub at: Ms,
    /// Who sent it.
    pub who: usize,
    /// How.
    pub way: Way,
    /// Since when the facts of each conversation were read on which it rests.
    pub read_at: Vec<(ConversationId, Ms)>,
    /// What it tells.
    pub keys: Vec<NoticeKey>,
}

impl Accepted {
    /// Returns since when the facts were read on which it rests what it tells of a conversation.
    #[must_use]
    pub fn facts_at(&self, conversation: &ConversationId) -> Ms {
        let read = self.read_at.iter().rfind(|(id, _)| id == conversation);
        read.map_or(self.at, |(_, at)| *at)
    }
}

/// One of the things that must always be true was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which, from 1 as in the list of invariants.
    pub invariant: u8,
    /// When it was seen.
    pub at: Ms,
    /// What was seen.
    pub words: String,
}

/// Everything that happened and counts.
#[derive(Debug, Default)]
pub struct Log {
    /// Facts, in the order in which they came.
    pub commits: Vec<Commit>,
    /// Mails, in the order in which they left.
    pub accepted: Vec<Accepted>,
    /// When which notices turned out not to reach anybody.
    pub failures: Vec<(Ms, NoticeKey, Failed)>,
    /// When it was first to be reported which mails did not reach their reader.
    pub bounced: Vec<(Ms, Vec<NoticeKey>)>,
    /// What was wrong the moment it happened.
    pub violations: Vec<Violation>,
    /// How often each notice may have been told twice: something went wrong between send and mark.
    pub doubles: HashMap<NoticeKey, u32>,
    /// Which posts were answered 200, with when.
    pub taken: HashMap<usize, Ms>,
    /// Events that the functions counted as stored.
    pub counted: u32,
    /// Functions that died or were ended while they stored something.
    pub uncounted: u32,
    /// What was done that others rely on.
    pub done: Done,
    /// Notices that the functions counted as claimed.
    pub counted_claims: u32,
    /// Objects whose removal was on a queue that lost it: nothing but the queue knew of it.
    pub forgotten: Vec<String>,
    /// Sweeps that found something to do.
    pub sweeps: u32,
    /// Sweeps that would have found nothing, and were left out.
    pub skipped: u32,
}

impl Log {
    /// Whether the brand said anything in a conversation at or after `since`.
    #[must_use]
    pub fn answered(&self, conversation: &ConversationId, since: Ms) -> bool {
        let lately = self.commits.iter().rev().take_while(|commit| commit.at >= since);
        let mut there = lately.filter(|commit| commit.conversation == *conversation);
        there.any(|commit| matches!(&commit.fact, Fact::Said(said) if said.event.side == Side::Brand))
    }

    /// Notes that something that must always be true is not.
    pub fn violate(&mut self, invariant: u8, at: Ms, words: String) {
        self.violations.push(Violation { invariant, at, words });
    }
}
