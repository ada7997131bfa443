//! What came before a message: it may go with it, go on with its case, or begin another.

use jiff::{SignedDuration, Timestamp};

use super::kept::{Ended, hash};
use super::object::Object;
use super::{DOUBLED, End, Fold, Past, QUIET, Turn};
use crate::id::TurnId;
use crate::triage::{self, Answer};

/// The last turn in which an author waited for an answer, as far as their next message goes by it.
pub(super) struct Before {
    /// Its case, and when that ended.
    pub(super) past: Past,
    /// It ended with an answer that asked nothing.
    settles: bool,
    /// The message is the last one of that turn once more.
    is_doubled: bool,
}

impl Before {
    pub(super) fn is_reopened_at(&self, at: Timestamp, reopen: SignedDuration) -> bool {
        at <= self.past.ended_at + QUIET + reopen
    }

    /// Whether `object` goes with what was answered: sent twice, or without a word after an answer that asked
    /// nothing.
    pub(super) fn takes(&self, object: &Object<'_>, at: Timestamp, reopen: SignedDuration) -> bool {
        self.is_doubled || (self.settles && self.is_reopened_at(at, reopen) && object.is_wordless())
    }
}

impl Fold<'_> {
    /// Returns the last turn before `at` in which `author` waited for an answer, as far as `object` goes by it.
    pub(super) fn before(&self, object: &Object<'_>, author: Option<&str>, at: Timestamp) -> Option<Before> {
        let past = |case: &TurnId| Past {
            author: hash(author),
            case: case.clone(),
            ended_at: self.case_ended(case, at),
        };
        let theirs = |turn: &&Turn| turn.author.as_deref() == author && turn.is_response();
        if let Some(turn) = self.turns.iter().rev().find(theirs) {
            let is_doubled = self.is_doubled(object, turn, at);
            return Some(Before { past: past(&turn.case), settles: self.settles(turn), is_doubled });
        }
        let whose = self.unread_hash(author)?;
        let theirs = |ended: &&&Ended| ended.author == whose && !ended.is_promise && ended.ended_at <= at;
        let last = self.unread.iter().filter(theirs).max_by_key(|ended| ended.ended_at)?;
        Some(Before { past: past(&last.case), settles: last.settles, is_doubled: false })
    }

    /// Whether `author` waited at `at` in a turn whose beginning is no longer read: then all that they said
    /// meanwhile ended with it.
    pub(super) fn waited_in_ended(&self, author: Option<&str>, at: Timestamp) -> bool {
        let whose = self.unread_hash(author);
        whose
            .is_some_and(|whose| self.unread.iter().any(|ended| ended.author == whose && ended.waited_at(at)))
    }

    /// Returns what `author` is remembered by, if anybody is.
    fn unread_hash(&self, author: Option<&str>) -> Option<String> {
        (!self.unread.is_empty()).then(|| hash(author))
    }

    /// Whether `turn` ended with an answer that asked nothing.
    pub(super) fn settles(&self, turn: &Turn) -> bool {
        let Some(End::Answered { object: answer, says, .. }) = &turn.end else {
            return false;
        };
        let answer = answer.as_deref().and_then(|answer| self.objects.get(answer));
        let asks = answer.and_then(|answer| answer.text).is_some_and(triage::asks);
        !asks && !matches!(says, Answer::AsksPrivate { .. })
    }

    /// Returns when the last turn of a case ended before `at`; for an open one, when the newest object came.
    fn case_ended(&self, case: &TurnId, at: Timestamp) -> Timestamp {
        let turns = self.turns.iter().filter(|turn| turn.case == *case);
        let moments = turns.flat_map(|turn| {
            let last = turn.waiting.last().map(|waiting| waiting.at);
            last.into_iter().chain(turn.end.as_ref().map(End::at))
        });
        let unread = self.unread.iter().filter(|ended| ended.case == *case && ended.ended_at <= at);
        moments.chain(unread.map(|ended| ended.ended_at)).max().unwrap_or(Timestamp::MIN)
    }

    /// Whether `object` says once more what was said last in `turn`, which was answered meanwhile.
    fn is_doubled(&self, object: &Object<'_>, turn: &Turn, at: Timestamp) -> bool {
        let last = turn.waiting.last().unwrap_or(turn.opener());
        let said = self.objects.get(last.event.object.as_str());
        matches!(turn.end, Some(End::Answered { .. }))
            && at.duration_since(last.at) < DOUBLED
            && said.is_some_and(|said| object.says_the_same_as(said))
    }
}
