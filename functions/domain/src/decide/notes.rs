//! What people are told besides the steps of a ladder: that somebody has it, that a mail was wrong, that all is
//! well.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fire::{addressed, named, role, unused};
use super::{reachable, taken_back_at};
use crate::clock::later;
use crate::fact::{Notice, NoticeKey, Purpose, Recipient};
use crate::history::{End, Turn};
use crate::id::{ConversationId, PersonId, Step};
use crate::ladder::{self, GRACE, Manner};
use crate::policy::{Class, Config, Role, Style};
use crate::run::Run;

/// What may wait for other mails to the same person.
const BATCHED: Manner = Manner { style: Style::Batch, is_severe: false };

/// What an open turn asks for besides its ladder.
pub(super) struct Noted {
    pub(super) claim: Vec<Notice>,
    pub(super) next_at: Option<Timestamp>,
}

/// Tells leads and owner that an answer was taken back, a person that it was passed to them, and everybody else
/// who was told that somebody has it.
pub(super) fn of_open(
    conversation: &ConversationId,
    turn: &Turn,
    run: &Run<'_>,
    mine: &[&Notice],
    now: Timestamp,
) -> Noted {
    let manner = Manner { style: Style::Single, is_severe: turn.class == Class::Threat };
    let mut noted = Noted { claim: Vec::new(), next_at: None };
    let mut tell = |purpose: Purpose, person: PersonId, role: &Role, at: Timestamp| {
        let same = mine.iter().copied().chain(&noted.claim).filter(|notice| notice.key.purpose == purpose);
        let same: Vec<&Notice> = same.collect();
        // By its time, not its number: what happened before may come to light later.
        let now_too = || same.iter().filter(|notice| notice.step_at == at);
        if now_too().any(|notice| notice.key.person == person) {
            return;
        }
        // Two checks at the same time name it alike, even if one sees only some of what the other claims.
        let known = now_too().next().map(|notice| notice.key.step);
        let first = Step { round: run.round(at), index: 0, repeat: 0 };
        let step = known.unwrap_or_else(|| unused(&same, first));
        let notice = named(conversation, turn, run, step, purpose);
        noted.claim.extend(note(notice, (person, role.to_string()), run.config, manner, (at, now)));
    };
    for at in turn.returned.iter().filter(|_| turn.is_response()).map(|returned| later(returned.at, GRACE)) {
        if at > now {
            noted.next_at = noted.next_at.into_iter().chain([at]).min();
            continue;
        }
        let roles = [Role::Lead, Role::Owner];
        for told in ladder::resolve(&roles, &run.brand, run.config, now, &[], &reachable(mine, run.config)) {
            tell(Purpose::Removed, told.person, &told.role, at);
        }
    }
    if let Some((to, at)) = turn.passed_to.as_ref().filter(|(_, at)| *at >= turn.start()) {
        tell(Purpose::Passed, to.clone(), &Role::Owner, *at);
    }
    let ack = turn.rests.iter().rfind(|rest| rest.is_ack);
    // Whoever says so may have a clock that is ahead of ours, and nobody looks again for it.
    if let Some(ack) = ack.filter(|ack| run.held_until(now.max(ack.from)).is_some()) {
        for last in last_told(mine, |notice| notice.claimed_at <= ack.from) {
            let key = NoticeKey { purpose: Purpose::Taken, ..last.key.clone() };
            if last.key.person != ack.person && mine.iter().all(|notice| notice.key != key) {
                let to = (last.key.person.clone(), last.role.clone());
                let notice = about(last, Purpose::Taken);
                noted.claim.extend(note(notice, to, run.config, BATCHED, (ack.from, now)));
            }
        }
    }
    noted
}

/// Tells everybody who got a mail that the answer proves wrong, and everybody above who answers that it is
/// answered.
pub(super) fn of_ended(turn: &Turn, config: &Config, mine: &[&Notice], now: Timestamp) -> Vec<Notice> {
    let (answered_at, is_told_of) = match &turn.end {
        Some(End::Answered { at, .. }) => (Some(*at), true),
        Some(End::Excluded { .. }) => (None, true),
        Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. }) | None => (None, false),
    };
    if !is_told_of {
        return Vec::new();
    }
    let since = taken_back_at(turn);
    let round = u16::try_from(turn.returned.len()).unwrap_or(u16::MAX);
    let mut claim: Vec<Notice> = Vec::new();
    let manner = Manner { style: Style::Single, is_severe: false };
    let is_wrong = |notice: &Notice| {
        // What a mail says holds for when its step fell due, or for when it was allowed to leave.
        answered_at.is_some_and(|at| at <= notice.step_at.max(notice.send_after))
    };
    let mut wrong: BTreeMap<(&PersonId, &str), &Notice> = BTreeMap::new();
    for notice in mine
        .iter()
        .filter(|notice| notice.key.purpose == Purpose::Step && notice.is_told() && is_wrong(notice))
    {
        let Some(sent) = &notice.sent else { continue };
        let known = wrong.entry((&notice.key.person, &sent.mail)).or_insert(notice);
        if known.key.step < notice.key.step {
            *known = notice;
        }
    }
    for notice in wrong.into_values() {
        let key = NoticeKey { purpose: Purpose::Correction, ..notice.key.clone() };
        if mine.iter().all(|other| other.key != key) {
            let to = (notice.key.person.clone(), notice.role.clone());
            claim.extend(note(about(notice, Purpose::Correction), to, config, manner, (now, now)));
        }
    }
    let is_theirs = |other: &Notice, last: &Notice| {
        other.key.purpose == Purpose::Clear && other.key.person == last.key.person
    };
    for last in last_told(mine, |_| true) {
        let answers = matches!(role(&last.role), Role::Owner | Role::Backup | Role::Duty);
        let is_told = |notice: &Notice| {
            let tells = matches!(notice.key.purpose, Purpose::Correction | Purpose::Clear);
            let holds = notice.dropped.is_none() && notice.step_at >= since;
            tells && holds && notice.key.person == last.key.person
        };
        if !answers && !mine.iter().any(|notice| is_told(notice)) && !claim.iter().any(is_told) {
            let to = (last.key.person.clone(), last.role.clone());
            let mut notice = about(last, Purpose::Clear);
            let step = Step { round: notice.key.step.round.max(round), ..notice.key.step };
            let said: Vec<&Notice> = mine.iter().copied().filter(|other| is_theirs(other, last)).collect();
            notice.key.step = unused(&said, step);
            claim.extend(note(notice, to, config, BATCHED, (now, now)));
        }
    }
    claim
}

/// Returns the last step that each person was told, of those that `counts` holds for.
fn last_told<'a>(mine: &[&'a Notice], counts: impl Fn(&Notice) -> bool) -> Vec<&'a Notice> {
    let mut last: BTreeMap<&PersonId, &Notice> = BTreeMap::new();
    let sent = mine.iter().filter(|notice| notice.key.purpose == Purpose::Step && notice.is_told());
    for notice in sent.filter(|notice| counts(notice)) {
        let known = last.entry(&notice.key.person).or_insert(notice);
        if (known.step_at, known.key.step) < (notice.step_at, notice.key.step) {
            *known = notice;
        }
    }
    last.into_values().collect()
}

/// Returns a notice that speaks of what `step` told.
fn about(step: &Notice, purpose: Purpose) -> Notice {
    Notice {
        key: NoticeKey { purpose, ..step.key.clone() },
        skipped: Vec::new(),
        held: Vec::new(),
        capped: false,
        ..step.clone()
    }
}

/// Addresses a notice to one person, `at` being when its cause happened; nobody where the person is gone.
fn note(
    notice: Notice,
    (person, role): (PersonId, String),
    config: &Config,
    manner: Manner,
    (at, now): (Timestamp, Timestamp),
) -> Option<Notice> {
    let send_after = ladder::send_after(at, at, config.people.get(&person)?, manner);
    let recipient = Recipient { person, role, send_after };
    let notice = Notice { step_at: at, recipients: vec![recipient.clone()], style: manner.style, ..notice };
    Some(addressed(notice, &recipient, now))
}
