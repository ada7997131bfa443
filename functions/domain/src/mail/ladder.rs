//! Who was told, who is next, and why the reader is told.

use super::clean::own;
use super::{Letter, NAME_LIMIT, times};
use crate::clock::Unit;
use crate::decide::{MAILS_A_TURN, reachable};
use crate::fact::{Channel, Notice, Purpose};
use crate::id::PersonId;
use crate::ladder;
use crate::language::{Language, say};
use crate::policy::{Anchor, At, Style};
use crate::run::{Planned, Reminder, Run, Source};

/// So many people who were told before are named; the first are counted.
const TOLD_SHOWN: usize = 8;

/// Who was told before, in the order of time.
pub(super) fn told(letter: &Letter<'_>) -> Vec<String> {
    let language = letter.language();
    let is_told = |notice: &&&Notice| notice.sent.is_some() || notice.failed.is_some();
    let steps = letter.told.iter().filter(|notice| notice.key.purpose == Purpose::Step);
    let mut told: Vec<&&Notice> = steps.filter(is_told).collect();
    let at = |notice: &Notice| {
        let failed_at = notice.failed.as_ref().map(|failed| failed.at);
        notice.sent.as_ref().map(|sent| sent.at).or(failed_at)
    };
    told.sort_by_key(|notice| (at(notice), &notice.key));
    let hidden = told.len().saturating_sub(TOLD_SHOWN);
    let line = |notice: &&&Notice| {
        let (name, role) = (name(letter, &notice.key.person), role(language, &notice.role));
        if notice.failed.is_some() {
            return Some(say!(language, "told.failed", name = name, role = role));
        }
        let sent = notice.sent.as_ref()?;
        let age = times::rough(language, letter.now.duration_since(sent.at));
        let (way, time) = (way(letter, notice), times::instant(sent.at, letter.person.reader()));
        Some(say!(language, "told.line", name = name, role = role, way = way, time = time, age = age))
    };
    let counted = (hidden > 0).then(|| say!(language, "told.more", count = hidden));
    counted.into_iter().chain(told[hidden..].iter().filter_map(line)).collect()
}

/// By which way somebody is told; whoever has no address but a webhook is told everything by that.
pub(super) fn way(letter: &Letter<'_>, notice: &Notice) -> String {
    let channel = notice.key.channel;
    let known = letter.run.config.people.get(&notice.key.person);
    if channel == Channel::Webhook || known.is_some_and(|person| person.webhook_for(channel).is_some()) {
        say!(letter.language(), "way.webhook")
    } else {
        say!(letter.language(), "way.email")
    }
}

/// Who is told next, should nobody answer; whoever is away by then is passed over when it comes.
pub(super) fn next(letter: &Letter<'_>) -> Vec<String> {
    let language = letter.language();
    let is_capped = letter.notices.iter().any(|notice| notice.capped);
    let last = letter.notices.iter().map(|notice| notice.key.step.index).max().unwrap_or(0);
    let steps = letter.run.steps.iter().filter(|step| step.index > last && step.at > letter.now);
    let line = |step: &Planned| {
        let people = people(letter, step);
        let time = times::instant(step.at, letter.person.reader());
        match (step.source, step.style) {
            _ if people.is_empty() => say!(language, "next.empty", time = time),
            _ if is_capped => say!(language, "next.daily", time = time, people = people),
            (Source::Reminder(Reminder::Daily), _) | (_, Style::Digest) => {
                say!(language, "next.daily", time = time, people = people)
            }
            (Source::Reminder(Reminder::Opening(_)), Style::Single | Style::Batch) => {
                say!(language, "next.reminder", time = time, people = people)
            }
            (Source::Step(_), Style::Single | Style::Batch) => {
                say!(language, "next.step", time = time, people = people)
            }
        }
    };
    steps.map(line).collect()
}

/// Who a step tells, as of today; empty if nobody is there.
fn people(letter: &Letter<'_>, step: &Planned) -> String {
    let Run { brand, config, .. } = letter.run;
    let is_reachable = reachable(letter.told, config);
    let people = ladder::resolve(&step.to, brand, config, step.at, &[], &is_reachable);
    let people = people.iter().map(|told| {
        let role = role(letter.language(), told.role.name());
        format!("{} ({role})", name(letter, &told.person))
    });
    people.collect::<Vec<_>>().join(", ")
}

/// Why this person gets this mail.
pub(super) fn reasons(letter: &Letter<'_>) -> Vec<String> {
    letter.notices.iter().map(|notice| reason(letter, notice)).collect()
}

fn reason(letter: &Letter<'_>, notice: &Notice) -> String {
    let language = letter.language();
    let step = usize::from(notice.key.step.index) + 1;
    let role = role(language, &notice.role);
    let mut line = match notice.key.purpose {
        Purpose::Removed => say!(language, "why.removed", role = role),
        Purpose::Passed => say!(language, "why.passed"),
        Purpose::Step | Purpose::Taken | Purpose::Correction | Purpose::Clear | Purpose::Unreachable => {
            match letter.run.step(notice.key.step.index).map(|step| step.source) {
                Some(Source::Step(_)) if !letter.turn.is_response() => {
                    say!(language, "why.promise", role = role)
                }
                Some(Source::Step(at)) => {
                    let (count, moment) = (letter.run.length, moment(language, at));
                    say!(language, "why.step", role = role, step = step, count = count, moment = moment)
                }
                Some(Source::Reminder(Reminder::Opening(nth))) => {
                    say!(language, "why.reminder", role = role, nth = nth)
                }
                Some(Source::Reminder(Reminder::Daily)) => say!(language, "why.daily", role = role),
                None => say!(language, "why.other_ladder", role = role, step = step),
            }
        }
    };
    let mut add = |more: String| line.extend([" ", &more]);
    for skipped in &notice.skipped {
        add(say!(language, "why.skipped", step = skipped + 1));
    }
    for held in &notice.held {
        add(say!(language, "why.held", step = held + 1));
    }
    if notice.capped {
        add(say!(language, "why.capped", count = MAILS_A_TURN));
    }
    line
}

/// Says when a step fires, such as `20 min after the question`.
fn moment(language: Language, at: At) -> String {
    let length = crate::clock::duration_in_words(at.offset);
    match (at.anchor, at.unit) {
        (Anchor::Due, _) if at.offset.is_zero() => say!(language, "moment.due"),
        (Anchor::Start, Unit::Open) => say!(language, "moment.start", length = length),
        (Anchor::Start, Unit::Elapsed) => say!(language, "moment.start_elapsed", length = length),
        (Anchor::Due, Unit::Open) => say!(language, "moment.after_due", length = length),
        (Anchor::Due, Unit::Elapsed) => say!(language, "moment.after_due_elapsed", length = length),
    }
}

/// A role in the reader's language; a person's own name stays.
pub(super) fn role(language: Language, role: &str) -> String {
    match role {
        "owner" => say!(language, "role.owner"),
        "backup" => say!(language, "role.backup"),
        "lead" => say!(language, "role.lead"),
        "manager" => say!(language, "role.manager"),
        "duty" => say!(language, "role.duty"),
        "admin" => say!(language, "role.admin"),
        named => named.to_owned(),
    }
}

/// What a person is called; who left is called by their id.
pub(super) fn name(letter: &Letter<'_>, person: &PersonId) -> String {
    let known = letter.run.config.people.get(person);
    known.map_or_else(|| person.to_string(), |person| own(&person.name, NAME_LIMIT))
}
