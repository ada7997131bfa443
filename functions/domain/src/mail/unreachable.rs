//! The mail to an administrator: whom mail does not reach, why, and what to do about it.

use askama::Template;
use jiff::Timestamp;

use super::{Letter, Mail, NAME_LIMIT, SUBJECT_LIMIT, clean, cut, headers, name, next, reference, time, who};
use crate::fact::{Cause, Failed, Notice, Purpose};

#[derive(Template)]
#[template(path = "mail/unreachable.txt")]
struct Text<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "mail/unreachable.html")]
struct Html<'a> {
    view: &'a View,
}

/// What both parts say, in words.
struct View {
    subject: String,
    preheader: &'static str,
    headline: String,
    lines: Vec<String>,
    deeds: Vec<&'static str>,
    reference: String,
}

/// Writes the mail of a notice that says that somebody is not reached.
pub(super) fn unreachable(letter: &Letter<'_>) -> Mail {
    let view = view(letter);
    Mail {
        to: letter.person.email.clone().unwrap_or_default(),
        subject: view.subject.clone(),
        text: Text { view: &view }.render().expect("a template over strings cannot fail"),
        html: Html { view: &view }.render().expect("a template over strings cannot fail"),
        headers: headers(letter),
    }
}

fn view(letter: &Letter<'_>) -> View {
    let Letter { turn, run, person, told, .. } = *letter;
    let at = |at| time(at, &person.zone);
    let reference = reference(letter.conversation);
    // Several that came together name the first; each failure is a notice of its own.
    let subjects = letter.notices.iter().filter_map(|notice| {
        let about = notice.recipients.first()?;
        let is_it = |other: &&&Notice| {
            other.key.person == about.person
                && other.failed.as_ref().is_some_and(|failed| failed.at == notice.step_at)
        };
        Some((about, told.iter().find(is_it).and_then(|failed| failed.failed.as_ref())))
    });
    let mut names: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    let mut causes: Vec<Cause> = Vec::new();
    let mut since = Timestamp::MAX;
    for (about, failed) in subjects {
        let name = name(letter, about.person.as_str());
        lines.push(match failed {
            Some(Failed { at: when, cause, .. }) => {
                causes.push(*cause);
                since = since.min(*when);
                format!("{name} ({}), known since {}: {}.", about.role, at(*when), why(*cause))
            }
            None => format!("{name} ({}).", about.role),
        });
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let brand = clean(&run.brand.name, NAME_LIMIT);
    let who = format!("{} on {}", who(turn), turn.opener().event.platform.title());
    lines.push(format!("It was about {who}, who wrote to {brand}."));
    let instead = told.iter().filter(|notice| notice.key.purpose == Purpose::Step && !notice.is_untold());
    let instead = instead.filter_map(|notice| {
        let when = match &notice.sent {
            Some(sent) if sent.at >= since => format!("mail {}", at(sent.at)),
            // Claimed since, and perhaps put off until their hours begin.
            None => format!("mail from {}", at(notice.send_after.max(notice.claimed_at))),
            Some(_) => return None,
        };
        Some(format!("{} ({}), {when}", name(letter, notice.key.person.as_str()), notice.role))
    });
    let mut instead: Vec<String> = instead.collect();
    instead.sort_unstable();
    instead.dedup();
    if !turn.is_open() {
        lines.push("Nobody waits for that answer any more.".to_owned());
    } else if instead.is_empty() {
        lines.extend(next(letter).into_iter().take(1).map(|line| format!("Told next: {line}.")));
    } else {
        lines.push(format!("Told instead: {}.", instead.join("; ")));
    }
    let names = names.join(", ");
    View {
        subject: format!("Not reached by mail: {} [{reference}]", cut(&names, room(&reference))),
        preheader: "They are passed over until their address is corrected.",
        headline: format!("Mail does not reach {names}."),
        lines,
        deeds: deeds(&causes),
        reference,
    }
}

/// Returns how many characters of a subject are left for names.
fn room(reference: &str) -> usize {
    SUBJECT_LIMIT.saturating_sub(format!("Not reached by mail:  [{reference}]").chars().count())
}

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::Bounced => "the mail came back, the address is refused for good",
        Cause::Complained => "the mail was marked as spam",
        Cause::Suppressed => "the mail was not sent, the address is on the suppression list",
        Cause::Rejected => "the mailer refused to send the mail",
    }
}

/// Returns what to do, without what does not help here.
fn deeds(causes: &[Cause]) -> Vec<&'static str> {
    let any = |cause| causes.contains(&cause);
    let mut deeds = Vec::new();
    if any(Cause::Complained) {
        deeds
            .push("Ask them whether they want these mails. They are not written to again before you say so.");
    }
    if any(Cause::Bounced) || any(Cause::Suppressed) || causes.is_empty() {
        deeds.push("Correct the address in the configuration and push it. A new address counts at once.");
    }
    if causes.is_empty() || causes.iter().any(|cause| cause.is_of_address()) {
        deeds.push(
            "If the address is right and works again, take it from the suppression list of SES and clear the mark of \
             the person, as the runbook on bounces says.",
        );
    }
    if any(Cause::Rejected) {
        deeds.push(
            "Look for the refused mail in the log of the mail function; the address itself may be good.",
        );
    }
    deeds
}
