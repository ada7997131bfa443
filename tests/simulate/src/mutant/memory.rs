//! What mutants remember that the flows would never.

use std::collections::{HashMap, HashSet};

use domain::fact::{Facts, Notice, NoticeKey};
use domain::id::{ConversationId, TurnId};
use domain::versions::Push;
use flow::message::{Check, Tell};
use jiff::Timestamp;

use crate::world::table::Write;

/// What outlives a run.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What each machine answered for and did not write; its next run does.
    pub(super) unwritten: HashMap<usize, Vec<Write>>,
    /// The first pushes that each machine read.
    pub(super) pushes: HashMap<usize, Vec<Push>>,
    /// The facts on which notices were claimed.
    pub(super) believed: HashMap<NoticeKey, Facts>,
    /// The name of the turn that had a place first.
    pub(super) places: HashMap<(ConversationId, usize), TurnId>,
}

/// What ends with a run.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Claims that are made later than they should.
    pub(super) claims: Vec<Notice>,
    /// Messages to people that are asked for later than they should.
    pub(super) mails: Vec<(Tell, Timestamp)>,
    /// Checks that are asked for later than they should.
    pub(super) checks: Vec<(Check, Timestamp)>,
    /// Notices that this run claimed.
    pub(super) claimed: HashSet<NoticeKey>,
    /// The facts as they were read last.
    pub(super) facts: Facts,
    /// Notices that were read by their names.
    pub(super) notices: HashMap<NoticeKey, Notice>,
    /// What a notice is named instead.
    pub(super) renamed: HashMap<NoticeKey, NoticeKey>,
    /// Until when the sweep before this one sent.
    pub(super) swept_until: Option<Timestamp>,
    /// Whoever was listed last is looked for next.
    pub(super) is_looking: bool,
    /// The cursor was moved.
    pub(super) is_moved: bool,
    /// The facts as they were before the head was read.
    pub(super) before_head: Option<Facts>,
}
