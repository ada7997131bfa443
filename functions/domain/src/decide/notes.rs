//! What people are told besides the steps of a ladder: that somebody has it, that a mail was wrong, that all is
//! well.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fire::{addressed, by_channels, named, role, unused};
use super::{reachable, taken_back_at};
use crate::clock::later;
use crate::fact::{Channel, Notice, NoticeKey, Purpose, Recipient};
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
        let now_too = || same.iter().copied().filter(|notice| notice.step_at == at);
        let theirs: Vec<&Notice> = now_too().filter(|notice| notice.key.person == person).collect();
        let recipients = match theirs.first() {
            // A crash may have left one of their channels without its claim; a push in between adds none.
            Some(known) => known.recipients.clone(),
            None => addressees((&person, role.name()), run.config, turn.class, manner, at),
        };
        let is_claimed =
            |recipient: &Recipient| theirs.iter().any(|known| known.key.channel == recipient.channel);
        let left: Vec<Recipient> =
            recipients.iter().filter(|recipient| !is_claimed(recipient)).cloned().collect();
        // Two checks at the same time name it alike, even if one sees only some of what the other claims.
        let known = now_too().next().map(|notice| notice.key.step);
        let first = Step { round: run.round(at), index: 0, repeat: 0 };
        let step = known.unwrap_or_else(|| unused(&same, first));
        let notice = named(conversation, turn, run, step, purpose);
        let notice = Notice { step_at: at, style: manner.style, recipients, ..notice };
        let claim = left.iter().map(|recipient| addressed(notice.clone(), recipient, now));
        let claim: Vec<Notice> = claim.collect();
        noted.claim.extend(claim);
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
                noted.claim.extend(note(about(last, Purpose::Taken), run.config, BATCHED, (ack.from, now)));
            }
        }
    }
    noted
}

/// Tells everybody who got a mail that the answer proves wrong, and everybody above who answers that it is
/// answered; every webhook that it is over.
pub(super) fn of_ended(turn: &Turn, config: &Config, mine: &[&Notice], now: Timestamp) -> Vec<Notice> {
    let (answered_at, is_told_of) = match &turn.end {
        Some(End::Answered { at, .. }) => (Some(*at), true),
        Some(End::Excluded { .. }) => (None, true),
        Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. }) => (None, false),
        None => return Vec::new(),
    };
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
            claim.extend(note(about(notice, Purpose::Correction), config, manner, (now, now)));
        }
    }
    let is_same = |other: &Notice, last: &Notice| {
        other.key.person == last.key.person && other.key.channel == last.key.channel
    };
    let is_theirs =
        |other: &Notice, last: &Notice| other.key.purpose == Purpose::Clear && is_same(other, last);
    for last in last_told(mine, |_| true) {
        let knows = match last.key.channel {
            Channel::Email => {
                !is_told_of || matches!(role(&last.role), Role::Owner | Role::Backup | Role::Duty)
            }
            // Behind it there may be an alarm that goes on until it is told that it is over, whoever ended it and how.
            Channel::Webhook => false,
        };
        let is_told = |notice: &Notice| {
            let tells = matches!(notice.key.purpose, Purpose::Correction | Purpose::Clear);
            let holds = notice.dropped.is_none() && notice.step_at >= since;
            tells && holds && is_same(notice, last)
        };
        if !knows && !mine.iter().any(|notice| is_told(notice)) && !claim.iter().any(is_told) {
            let mut notice = about(last, Purpose::Clear);
            let step = Step { round: notice.key.step.round.max(round), ..notice.key.step };
            let said: Vec<&Notice> = mine.iter().copied().filter(|other| is_theirs(other, last)).collect();
            notice.key.step = unused(&said, step);
            claim.extend(note(notice, config, BATCHED, (now, now)));
        }
    }
    claim
}

/// Returns the last step that each person was sent by each channel, of those that `counts` holds for: what is said of it
/// later goes the same ways.
fn last_told<'a>(mine: &[&'a Notice], counts: impl Fn(&Notice) -> bool) -> Vec<&'a Notice> {
    let mut last: BTreeMap<(&PersonId, Channel), &Notice> = BTreeMap::new();
    let sent = mine.iter().filter(|notice| notice.key.purpose == Purpose::Step && notice.is_told());
    for notice in sent.filter(|notice| counts(notice)) {
        let known = last.entry((&notice.key.person, notice.key.channel)).or_insert(notice);
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

/// Addresses a notice to whom it named before, by the same channel, `at` being when its cause happened; nobody where the
/// person is gone.
fn note(
    notice: Notice,
    config: &Config,
    manner: Manner,
    (at, now): (Timestamp, Timestamp),
) -> Option<Notice> {
    let NoticeKey { person, channel, .. } = &notice.key;
    let send_after = ladder::send_after(at, at, config.people.get(person)?, manner);
    let recipient =
        Recipient { person: person.clone(), role: notice.role.clone(), channel: *channel, send_after };
    let notice = Notice { step_at: at, recipients: vec![recipient.clone()], style: manner.style, ..notice };
    Some(addressed(notice, &recipient, now))
}

/// Returns a person as recipients of something that happened at `at`, once for each channel; nobody where the person is
/// gone.
fn addressees(
    (person, role): (&PersonId, &str),
    config: &Config,
    class: Class,
    manner: Manner,
    at: Timestamp,
) -> Vec<Recipient> {
    let person = config.people.get(person);
    person.map_or_else(Vec::new, |person| {
        by_channels(person, role, class, ladder::send_after(at, at, person, manner))
    })
}
