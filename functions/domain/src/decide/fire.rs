//! What the ladder of one turn leads to at one moment.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{nobody_again, reachable};
use crate::clock::later;
use crate::fact::{Channel, Notice, NoticeKey, OBJECTS_LISTED, Purpose, Recipient, date};
use crate::history::Turn;
use crate::id::{ConversationId, PersonId, Step};
use crate::ladder::{self, Choice, Manner, Obstacle, TOLD_LATELY, Told};
use crate::policy::{Class, Person, Role, Style};
use crate::run::{Planned, Run};

/// So many mails are sent about one turn; what comes then only stands in the daily list, unless it is a threat.
pub const MAILS_A_TURN: usize = 12;

/// What comes so late was not delivered but caught up on: after an outage, with everything else of that time.
const CAUGHT_UP: SignedDuration = SignedDuration::from_hours(1);
/// For so long nobody is told of what is caught up on: the answers come with the questions.
const SETTLING: SignedDuration = SignedDuration::from_mins(2);

/// What a turn's ladder asks for.
pub(super) struct Fired {
    pub(super) claim: Vec<Notice>,
    pub(super) next_at: Option<Timestamp>,
    pub(super) unheard: bool,
}

impl Fired {
    /// Has somebody look at each of these moments, too.
    fn look(&mut self, moments: impl IntoIterator<Item = Timestamp>) {
        self.next_at = self.next_at.into_iter().chain(moments).min();
    }
}

/// Fires every step of `turn` that is due at `now` and did not fire before.
///
/// A step that reaches nobody hands its time on to the next one, which then fires early and says so; if
/// the ladder ends there, the administrators are told. A step whose mails all failed reached nobody: it fires again at
/// once, for whoever is next.
pub(super) fn fire(
    conversation: &ConversationId,
    turn: &Turn,
    run: &Run<'_>,
    notices: &[&Notice],
    now: Timestamp,
) -> Fired {
    let steps = notices.iter().copied().filter(|notice| notice.key.purpose == Purpose::Step);
    let mine: Vec<&Notice> = steps.collect();
    let mut told: Vec<Told> = mine
        .iter()
        .filter(|notice| !notice.is_untold())
        .map(|notice| Told {
            person: notice.key.person.clone(),
            role: role(&notice.role),
            // The planned time: a step exactly half an hour later must not find it too near by a claim's delay.
            at: notice.step_at,
        })
        .collect();
    let mut mails = mails_asked_for(notices);
    let mut fired = Fired { claim: Vec::new(), next_at: None, unheard: false };
    let is_reachable = reachable(notices, run.config);
    let mut fallen: Option<Timestamp> = None;
    // When the last mail failed of those that the step about to fire stands for.
    let mut failed_at: Option<Timestamp> = None;
    // When somebody is free again who is passed over only because they were told just before.
    let mut lately: Option<Timestamp> = None;
    let mut skipped: Vec<u16> = Vec::new();
    for planned in &run.steps {
        let before: Vec<&Notice> =
            mine.iter().copied().filter(|notice| is_of(notice, planned, run)).collect();
        let told_nobody = before.iter().all(|notice| notice.is_untold());
        if !told_nobody {
            let (left, again) = left_out(&before, run, &told, &is_reachable, now);
            fired.claim.extend(left);
            // A step that failed, with the next one told already, stands for nothing but itself: it waits for them.
            fired.look(lately.take().into_iter().chain(again));
            (fallen, failed_at, skipped) = (None, None, Vec::new());
            continue;
        }
        let is_done = mine.iter().any(|notice| {
            let stood_for = notice.skipped.contains(&planned.index) || notice.held.contains(&planned.index);
            stood_for && !notice.is_untold() && run.told(notice)
        });
        let was_told = |since| was_told(&mine, &fired.claim, planned, since);
        if is_done || planned.done_if_told_since.is_some_and(was_told) {
            continue;
        }
        let at = fallen.map_or(planned.at, |fallen| fallen.min(planned.at));
        if at > now {
            fired.look([at]);
            continue;
        }
        // Behind the last step there are only reminders of it.
        let is_last = usize::from(planned.index) + 1 >= run.length;
        if is_last && is_told_over_due(planned, run, &told, &is_reachable) {
            // They know. What comes next is a reminder.
            continue;
        }
        let choices = ladder::choose(&planned.to, &run.brand, run.config, now, &told, &is_reachable);
        let again = again(&choices, &told, &|_| false, now);
        let mut reached: Vec<ladder::Recipient> = choices.into_iter().filter_map(Choice::recipient).collect();
        if reached.is_empty() && is_last && again.is_none() {
            // Nobody of the ladder is left. Somebody has to hear of it.
            let admins = run.config.admin.iter().filter(|admin| is_reachable(admin)).cloned();
            reached = admins.map(|person| ladder::Recipient { person, role: role(ADMIN) }).collect();
        }
        let is_severe = turn.class == Class::Threat;
        let capped = mails >= MAILS_A_TURN && planned.style != Style::Digest && !is_severe;
        let style = if capped { Style::Digest } else { planned.style };
        let manner = Manner { style, is_severe };
        let failures = before.iter().filter_map(|notice| notice.failed.as_ref());
        failed_at = failed_at.max(failures.map(|failed| failed.at).max());
        // Whoever takes over is written to by their own hours as they are now, not as they were when the step fell due.
        let earliest = settled_at(turn).max(failed_at.unwrap_or(Timestamp::MIN));
        let recipients: Vec<Recipient> = reached
            .iter()
            .filter_map(|reached| Some((run.config.people.get(&reached.person)?, reached)))
            .flat_map(|(person, reached)| {
                let send_after = ladder::send_after(at, earliest, person, manner);
                by_channels(person, &reached.role.to_string(), turn.class, send_after)
            })
            .collect();
        if recipients.is_empty() {
            if is_last {
                fired.unheard = again.is_none();
                fired.look(lately.into_iter().chain([again.unwrap_or_else(|| nobody_again(at, now))]));
                break;
            }
            lately = lately.into_iter().chain(again.filter(|_| failed_at.is_some())).min();
            skipped.push(planned.index);
            fallen = Some(at);
            continue;
        }
        let step = unused(&mine, Step { round: run.round(at), index: planned.index, repeat: 0 });
        let mut notice = named(conversation, turn, run, step, Purpose::Step);
        notice.recipients.clone_from(&recipients);
        notice.skipped = std::mem::take(&mut skipped);
        notice.held.clone_from(&planned.held);
        (notice.step_at, notice.claimed_at) = (at, now);
        (notice.style, notice.capped) = (style, capped);
        (fallen, failed_at, lately) = (None, None, None);
        if style != Style::Digest {
            mails += reached.len();
        }
        told.extend(reached.into_iter().map(|reached| Told {
            person: reached.person,
            role: reached.role,
            at,
        }));
        fired.claim.extend(recipients.iter().map(|recipient| addressed(notice.clone(), recipient, now)));
    }
    // A changed calendar can put behind now what was told before: it is not told again, but what comes after it is
    // planned once its time is there.
    let last = run.steps.last().map(|planned| planned.at).filter(|at| *at > now);
    fired.next_at = fired.next_at.or(last);
    fired
}

/// Returns the claims that a step which fired still lacks: a crash may have left some of its recipients without
/// theirs, and whose notice was dropped while others were told is told now. For who is no longer in the
/// configuration, or is not reached, somebody else of the same role is, if there is anybody; returned with when there
/// will be, if whoever is left was told just before.
fn left_out(
    before: &[&Notice],
    run: &Run<'_>,
    told: &[Told],
    is_reachable: &dyn Fn(&PersonId) -> bool,
    now: Timestamp,
) -> (Vec<Notice>, Option<Timestamp>) {
    // What was dropped before the step fired again was for whom it was to be told then.
    let fired_at = before.iter().filter(|notice| !notice.is_untold()).map(|notice| notice.step_at).max();
    let last = before.iter().copied().filter(|notice| fired_at.is_none_or(|at| notice.step_at >= at));
    let last: Vec<&Notice> = last.collect();
    let is_known = |person: &PersonId| run.config.people.contains_key(person);
    let mut left: Vec<Notice> = Vec::new();
    for notice in &last {
        let missing = notice.recipients.iter().filter(|recipient| {
            let claimed = last.iter().copied().chain(&left).any(|other| is_to(other, recipient));
            !claimed && is_known(&recipient.person)
        });
        let missing: Vec<Notice> =
            missing.map(|recipient| addressed((*notice).clone(), recipient, now)).collect();
        left.extend(missing);
    }
    let mut next_at: Option<Timestamp> = None;
    let is_told = |person: &PersonId| {
        let theirs = last.iter().filter(|notice| notice.key.person == *person);
        theirs.into_iter().any(|notice| !notice.is_untold())
    };
    for notice in last.iter().filter(|notice| !is_told(&notice.key.person)) {
        let Some(recipient) = notice.recipients.iter().find(|recipient| is_to(notice, recipient)) else {
            continue;
        };
        let recipients = if is_known(&recipient.person) && is_reachable(&recipient.person) {
            vec![recipient.clone()]
        } else {
            let (recipients, again) = replaced(recipient, run, told, is_reachable, &is_told, now);
            next_at = next_at.into_iter().chain(again).min();
            recipients
        };
        let later = |next| match &notice.failed {
            Some(failed) => put_off(next, notice, failed.at, run),
            None => next,
        };
        let recipients: Vec<Recipient> = recipients.into_iter().map(later).collect();
        let step = unused(before, notice.key.step);
        for recipient in &recipients {
            if is_told(&recipient.person) || left.iter().any(|added| is_to(added, recipient)) {
                continue;
            }
            let again = addressed((*notice).clone(), recipient, now);
            let key = NoticeKey { step, ..again.key };
            left.push(Notice { key, recipients: recipients.clone(), ..again });
        }
    }
    (left, next_at)
}

/// Whether the notice is the one that `recipient` stands for.
fn is_to(notice: &Notice, recipient: &Recipient) -> bool {
    notice.key.person == recipient.person && notice.key.channel == recipient.channel
}

/// Returns who is told in place of `gone`, in the same role and at the same time, once for each of their channels; if
/// that is nobody, when somebody is free again who was told just before. `is_told` is who was told by the same step.
fn replaced(
    gone: &Recipient,
    run: &Run<'_>,
    told: &[Told],
    is_reachable: &dyn Fn(&PersonId) -> bool,
    is_told: &dyn Fn(&PersonId) -> bool,
    now: Timestamp,
) -> (Vec<Recipient>, Option<Timestamp>) {
    let choices = ladder::choose(&[role(&gone.role)], &run.brand, run.config, now, told, is_reachable);
    let again = again(&choices, told, &is_told, now);
    let person = choices.into_iter().find_map(|choice| choice.person);
    match person.and_then(|person| run.config.people.get(&person)) {
        Some(person) => (by_channels(person, &gone.role, run.class, gone.send_after), None),
        None => (Vec::new(), again),
    }
}

/// Returns a person as recipients of a notice, once for each channel.
pub(super) fn by_channels(
    person: &Person,
    role: &str,
    class: Class,
    send_after: Timestamp,
) -> Vec<Recipient> {
    let (id, role) = (&person.id, role.to_owned());
    let by = |channel: &Channel| Recipient {
        person: id.clone(),
        role: role.clone(),
        channel: *channel,
        send_after,
    };
    person.channels(class).iter().map(by).collect()
}

/// Returns `next` with when they may be told, who are told since the mail of `notice` failed at `failed_at`.
fn put_off(next: Recipient, notice: &Notice, failed_at: Timestamp, run: &Run<'_>) -> Recipient {
    let manner = Manner { style: notice.style, is_severe: run.class == Class::Threat };
    let person = run.config.people.get(&next.person);
    let at = |person| ladder::send_after(notice.step_at, failed_at, person, manner);
    Recipient { send_after: person.map_or(next.send_after, at), ..next }
}

/// Returns `step` with a repeat that none of `notices` has: what was told under another ladder has its own name.
pub(super) fn unused(notices: &[&Notice], step: Step) -> Step {
    let same = |other: &Step| (other.round, other.index) == (step.round, step.index);
    let used = notices.iter().map(|notice| notice.key.step).filter(same).map(|step| step.repeat);
    Step { repeat: used.max().map_or(0, |repeat| repeat.saturating_add(1)), ..step }
}

/// Returns before when no message about `turn` leaves: when we heard of it, and somewhat later where the platform
/// caught up on it.
fn settled_at(turn: &Turn) -> Timestamp {
    let received_at = turn.received_at();
    let lag = received_at.duration_since(turn.opener().at);
    if turn.is_response() && lag >= CAUGHT_UP { later(received_at, SETTLING) } else { received_at }
}

/// Returns when the first of those is free again who are only passed over because they were told just before; `knows`
/// is who needs not be waited for.
fn again(
    choices: &[Choice],
    told: &[Told],
    knows: &dyn Fn(&PersonId) -> bool,
    now: Timestamp,
) -> Option<Timestamp> {
    let passed_over = choices.iter().flat_map(|choice| &choice.passed_over);
    let lately = passed_over
        .filter(|(person, obstacle)| matches!(obstacle, Obstacle::ToldLately(_)) && !knows(person));
    let last = lately.filter_map(|(person, _)| {
        let told = told.iter().filter(|told| told.person == *person).map(|told| told.at);
        told.max().map(|at| later(at, TOLD_LATELY))
    });
    last.filter(|at| *at > now).min()
}

/// Whether everybody who could be told by `planned` was told in another role, within half an hour before it, that
/// the turn is over due.
fn is_told_over_due(
    planned: &Planned,
    run: &Run<'_>,
    told: &[Told],
    is_reachable: &dyn Fn(&PersonId) -> bool,
) -> bool {
    let knows = |person: &PersonId| {
        let before = told.iter().filter(|told| told.person == *person && told.at <= planned.at);
        // A repeat in the same role is meant.
        let mut others = before.filter(|told| !planned.to.contains(&told.role));
        others.any(|told| told.at >= run.due.at && planned.at.duration_since(told.at) < TOLD_LATELY)
    };
    let is_there =
        |person: &&PersonId| run.config.people.get(*person).is_some_and(|person| !person.is_away(planned.at));
    let candidates = planned.to.iter().flat_map(|role| ladder::candidates(role, &run.brand, planned.at));
    let there: Vec<&PersonId> = candidates.filter(is_there).filter(|person| is_reachable(person)).collect();
    !there.is_empty() && there.into_iter().all(knows)
}

/// Whether `notice` was told by `planned`: the same place of the same ladder.
fn is_of(notice: &Notice, planned: &Planned, run: &Run<'_>) -> bool {
    notice.key.step.index == planned.index && run.told(notice)
}

/// Whether each role of `planned` was told since then, under the ladder that this one took the place of, or by what is
/// claimed just now: that the check is late must not make two mails of one.
fn was_told(mine: &[&Notice], claimed: &[Notice], planned: &Planned, since: Timestamp) -> bool {
    planned.to.iter().all(|role| {
        mine.iter().copied().chain(claimed).any(|notice| {
            let is_told = !notice.is_untold() && notice.role == role.name();
            is_told && (since..=planned.at).contains(&notice.step_at)
        })
    })
}

/// Returns how many mails of a turn ask for an answer.
fn mails_asked_for(notices: &[&Notice]) -> usize {
    let counts = |notice: &Notice| {
        let is_asked = notice.key.purpose.asks() && notice.style != Style::Digest;
        is_asked && notice.dropped.is_none() && notice.failed.is_none()
    };
    // Whoever is told by two channels is told once.
    let told = notices.iter().filter(|notice| counts(notice)).map(|notice| {
        let NoticeKey { turn, step, purpose, person, .. } = &notice.key;
        (turn, step, purpose, person)
    });
    told.collect::<BTreeSet<_>>().len()
}

/// Returns a notice about `turn` to nobody yet.
pub(super) fn named(
    conversation: &ConversationId,
    turn: &Turn,
    run: &Run<'_>,
    step: Step,
    purpose: Purpose,
) -> Notice {
    Notice {
        key: NoticeKey {
            conversation: conversation.clone(),
            date: date(turn.start()),
            turn: turn.id.clone(),
            step,
            purpose,
            person: PersonId::from(""),
            channel: Channel::Email,
        },
        brand: run.brand.id.clone(),
        objects: turn.objects().take(OBJECTS_LISTED).map(str::to_owned).collect(),
        role: String::new(),
        recipients: Vec::new(),
        skipped: Vec::new(),
        held: Vec::new(),
        step_at: turn.start(),
        send_after: turn.start(),
        claimed_at: turn.start(),
        config_version: run.version,
        class: turn.class,
        renewed_at: run.renewed_at,
        style: Style::Single,
        capped: false,
        sent: None,
        dropped: None,
        failed: None,
    }
}

/// The role in which somebody is told whom no step names.
pub(super) const ADMIN: &str = "admin";

/// Reads a role as a notice stores it.
pub(super) fn role(text: &str) -> Role {
    let named = || Role::Named(PersonId::from(text));
    Role::OF_A_BRAND.into_iter().find(|role| role.name() == text).unwrap_or_else(named)
}

/// Returns `notice` for another of the people its step tells.
pub(super) fn addressed(notice: Notice, recipient: &Recipient, now: Timestamp) -> Notice {
    Notice {
        key: NoticeKey { person: recipient.person.clone(), channel: recipient.channel, ..notice.key },
        role: recipient.role.clone(),
        send_after: recipient.send_after,
        claimed_at: now,
        sent: None,
        dropped: None,
        failed: None,
        ..notice
    }
}
