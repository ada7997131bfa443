//! The mail to an administrator: whom mail does not reach, why, and what to do about it.

use jiff::Timestamp;

use super::ladder::{name, next, role, way};
use super::view::{Kind, Section, Tone, View};
use super::{Letter, batch, case, subject, times};
use crate::fact::{Cause, Failed, Notice, Purpose};
use crate::language::{Language, say};

/// So many people are named in a sentence; of more the first is, and the others are counted.
const NAMED: usize = 3;

/// What is known of those whom a letter is about.
struct Failures {
    names: Vec<String>,
    /// A sentence about each.
    lines: Vec<String>,
    causes: Vec<Cause>,
    /// When the first of them became known; the end of time if of none it is known when.
    since: Timestamp,
}

/// Returns what the mail says of a notice that says that somebody is not reached.
pub(super) fn view(letter: &Letter<'_>) -> (Kind, View) {
    let (language, reader) = (letter.language(), letter.person.reader());
    let reference = subject::reference(letter.conversation);
    let failures = failures(letter);
    let subject = subject::fitted(&failures.names.join(", "), |names| {
        say!(language, "unreachable.subject", names = names, reference = reference)
    });
    let status = say!(language, "status.unreachable");
    let mut view = View::new(language, subject, Tone::Soon, status, headline(letter));
    view.preheader = say!(language, "unreachable.preheader");
    let (who, platform, brand) = (case::who(letter), letter.platform(), letter.brand());
    let instead = instead(letter, failures.since);
    view.lines = failures.lines;
    view.lines.push(say!(language, "unreachable.about", who = who, platform = platform, brand = brand));
    view.lines.extend(if !letter.turn.is_open() {
        Some(say!(language, "unreachable.over"))
    } else if instead.is_empty() {
        next(letter).first().map(|next| say!(language, "unreachable.next", next = next))
    } else {
        Some(say!(language, "unreachable.instead", people = instead.join("; ")))
    });
    view.sections.push(to_do(language, &failures.causes));
    let written = times::to_the_second(letter.now, reader);
    view.footer = vec![say!(language, "footer.note", reference = reference, time = written)];
    (Kind::Unreachable, view)
}

/// Says who is not reached, in one sentence.
pub(super) fn headline(letter: &Letter<'_>) -> String {
    let language = letter.language();
    say!(language, "unreachable.headline", names = in_words(language, &failures(letter).names))
}

/// Names once everybody who is not reached, as far as these letters say so.
pub(super) fn names(letters: &[Letter<'_>]) -> Option<String> {
    let language = letters.first()?.language();
    let mut names: Vec<String> = Vec::new();
    for name in reports(letters).flat_map(|letter| failures(letter).names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| in_words(language, &names))
}

/// Adds to a mail about several cases what it says of those who are not reached.
pub(super) fn sections(letters: &[Letter<'_>], view: &mut View) {
    let (mut lines, mut causes): (Vec<String>, Vec<Cause>) = (Vec::new(), Vec::new());
    for failures in reports(letters).map(failures) {
        causes.extend(failures.causes);
        // One mail that failed can have told of several cases.
        lines.extend(failures.lines.into_iter().filter(|line| !lines.contains(line)).collect::<Vec<_>>());
    }
    if lines.is_empty() {
        return;
    }
    let more = lines.len().saturating_sub(batch::LINES);
    lines.truncate(batch::LINES);
    lines.extend((more > 0).then(|| say!(view.language, "batch.more_lines", count = more)));
    view.section(say!(view.language, "section.unreachable"), lines);
    view.sections.push(to_do(view.language, &causes));
}

fn reports<'a, 'l>(letters: &'a [Letter<'l>]) -> impl Iterator<Item = &'a Letter<'l>> {
    letters.iter().filter(|letter| letter.purpose() == Purpose::Unreachable)
}

fn failures(letter: &Letter<'_>) -> Failures {
    let Letter { person, told, notices, .. } = *letter;
    let language = letter.language();
    let mut failures =
        Failures { names: Vec::new(), lines: Vec::new(), causes: Vec::new(), since: Timestamp::MAX };
    for notice in notices {
        // Each failure is a notice of its own, which names first whom it is about.
        let Some(about) = notice.recipients.first() else { continue };
        let is_it = |other: &&&Notice| {
            let failed_at = other.failed.as_ref().map(|failed| failed.at);
            other.key.person == about.person && failed_at == Some(notice.step_at)
        };
        let (name, role) = (name(letter, &about.person), role(language, &about.role));
        failures.lines.push(match told.iter().find(is_it).and_then(|other| other.failed.as_ref()) {
            Some(Failed { at, cause, .. }) => {
                failures.causes.push(*cause);
                failures.since = failures.since.min(*at);
                let (time, why) = (times::instant(*at, person.reader()), why(language, *cause));
                say!(language, "unreachable.line", name = name, role = role, time = time, why = why)
            }
            None => format!("{name} ({role})."),
        });
        if !failures.names.contains(&name) {
            failures.names.push(name);
        }
    }
    failures
}

/// Who was told since, or is about to be.
fn instead(letter: &Letter<'_>, since: Timestamp) -> Vec<String> {
    let language = letter.language();
    let steps = letter.told.iter().filter(|notice| notice.key.purpose == Purpose::Step);
    let line = |notice: &&Notice| {
        let time = |at| times::instant(at, letter.person.reader());
        let (name, role) = (name(letter, &notice.key.person), role(language, &notice.role));
        let way = way(letter, notice);
        match &notice.sent {
            Some(sent) if sent.at >= since => {
                let time = time(sent.at);
                Some(say!(language, "unreachable.sent", name = name, role = role, way = way, time = time))
            }
            Some(_) => None,
            None => {
                // Claimed since, and perhaps put off until their hours begin.
                let time = time(notice.send_after.max(notice.claimed_at));
                Some(say!(language, "unreachable.waits", name = name, role = role, way = way, time = time))
            }
        }
    };
    let mut instead: Vec<String> = steps.filter(|notice| !notice.is_untold()).filter_map(line).collect();
    instead.sort_unstable();
    instead.dedup();
    instead
}

fn in_words(language: Language, names: &[String]) -> String {
    if names.len() > NAMED { subject::brands(language, names) } else { names.join(", ") }
}

fn why(language: Language, cause: Cause) -> String {
    match cause {
        Cause::Bounced => say!(language, "unreachable.bounced"),
        Cause::Complained => say!(language, "unreachable.complained"),
        Cause::Suppressed => say!(language, "unreachable.suppressed"),
        Cause::Rejected => say!(language, "unreachable.rejected"),
    }
}

/// Returns what to do, without what does not help here.
fn to_do(language: Language, causes: &[Cause]) -> Section {
    let any = |cause| causes.contains(&cause);
    let mut steps = Vec::new();
    if any(Cause::Complained) {
        steps.push(say!(language, "unreachable.ask"));
    }
    if any(Cause::Bounced) || any(Cause::Suppressed) || causes.is_empty() {
        steps.push(say!(language, "unreachable.correct"));
    }
    if causes.is_empty() || causes.iter().any(|cause| cause.is_of_address()) {
        steps.push(say!(language, "unreachable.clear"));
    }
    if any(Cause::Rejected) {
        steps.push(say!(language, "unreachable.look"));
    }
    let lines = (1..).zip(steps).map(|(nth, step)| format!("{nth}. {step}")).collect();
    Section { heading: say!(language, "section.to_do"), lines }
}
