//! What comes after the ladder, in words: reminders at openings, then the daily list.

use domain::policy::Style;
use domain::run::{Reminder, Source};
use jiff::Timestamp;

use super::super::play::{Explanation, Outcome, Step, Telling};
use super::super::reasons::and;
use super::people;

/// Says who is told after the ladder's end, until when; one sentence per sort of reminder.
pub(super) fn in_words(explanation: &Explanation) -> Vec<String> {
    let Explanation { steps, reminders, turn, .. } = explanation;
    if steps.is_empty() {
        let class = turn.class;
        return vec![format!("Nobody is told: the policy has no ladder for the class {class}.")];
    }
    if steps.iter().chain(reminders).any(|step| matches!(step.outcome, Outcome::Unheard)) {
        return vec![unheard(explanation)];
    }
    let told: Vec<(&Step, &Telling)> = reminders.iter().filter_map(telling).collect();
    let same = |a: &(&Step, &Telling), b: &(&Step, &Telling)| {
        people(a.0, a.1) == people(b.0, b.1) && a.0.style == b.0.style && is_daily(a.0) == is_daily(b.0)
    };
    let mut sentences: Vec<String> = told.chunk_by(same).map(|told| reminded(explanation, told)).collect();
    if !told.last().is_some_and(|(step, _)| is_daily(step)) {
        sentences.push(if turn.is_response() {
            "Then nobody any more: a message that waited for 30 days counts as missed.".to_owned()
        } else {
            "Then nobody any more; the promise stays open.".to_owned()
        });
    }
    sentences
}

fn telling(step: &Step) -> Option<(&Step, &Telling)> {
    match &step.outcome {
        Outcome::Told(telling) => Some((step, telling)),
        Outcome::FallsThrough | Outcome::Held(_) | Outcome::Known | Outcome::Unheard | Outcome::Expired => {
            None
        }
    }
}

fn is_daily(step: &Step) -> bool {
    step.source == Source::Reminder(Reminder::Daily)
}

/// What happens where nobody can be told.
fn unheard(explanation: &Explanation) -> String {
    let reminder = explanation.reminders.iter().find(|step| matches!(step.outcome, Outcome::Unheard));
    let reason = reminder.and_then(|step| Some((explanation.time(step.at), explanation.skipped(step)?)));
    let when = reason.map(|(at, reason)| format!("At {at} {reason}. ")).unwrap_or_default();
    format!(
        "{when}Then Heard looks every few minutes for somebody to tell, and counts that as NobodyReachable."
    )
}

/// `Then ash as manager again at each opening: Fri 09:00, Sat 09:00.`
fn reminded(explanation: &Explanation, told: &[(&Step, &Telling)]) -> String {
    let Some((first, telling)) = told.first() else { return String::new() };
    if is_daily(first) {
        let lists: Vec<&str> = telling.mails.iter().map(|mail| mail.person.as_str()).collect();
        let from = times(explanation, first, telling);
        return format!(
            "Then it stands in the daily list of {} from {from} on, until somebody answers or 30 days are over.",
            and(&lists)
        );
    }
    let people = people(first, telling);
    let when = match (&explanation.brand.calendar, told.len()) {
        (Some(_), 1) => "at the next opening",
        (Some(_), _) => "at each opening",
        (None, 1) => "24 h later",
        (None, _) => "every 24 h",
    };
    let form = match first.style {
        Style::Single => "",
        Style::Batch => ", in a mail with others",
        Style::Digest => ", in the daily list",
    };
    let times: Vec<String> = told.iter().map(|(step, telling)| times(explanation, step, telling)).collect();
    // A list holds two lines about the same message if it leaves after two openings.
    let times = times.chunk_by(|a, b| a == b).map(|same| match same {
        [time] => time.clone(),
        [time, _] => format!("{time} (twice)"),
        [time, ..] => format!("{time} ({} times)", same.len()),
        [] => String::new(),
    });
    format!("Then {people} again {when}{form}: {}.", times.collect::<Vec<_>>().join(", "))
}

/// `Sat 09:00`, `Sat 09:00 (mail Mon 08:30)`; of a digest when the lists leave.
fn times(explanation: &Explanation, step: &Step, telling: &Telling) -> String {
    let mails = &telling.mails;
    let base = match (step.style, mails.first()) {
        (Style::Digest, Some(mail)) => mail.at,
        (Style::Single | Style::Batch | Style::Digest, _) => step.at,
    };
    let mut later: Vec<Timestamp> = mails.iter().map(|mail| mail.at).filter(|at| *at != base).collect();
    later.sort_unstable();
    later.dedup();
    let everybody = mails.iter().all(|mail| later.contains(&mail.at));
    let waits: Vec<String> = if everybody {
        later.into_iter().map(|at| format!("mail {}", explanation.time(at))).collect()
    } else {
        let waiting = mails.iter().filter(|mail| mail.at != base);
        waiting.map(|mail| format!("{} {}", mail.person, explanation.time(mail.at))).collect()
    };
    let base = explanation.time(base);
    if waits.is_empty() { base } else { format!("{base} ({})", waits.join(", ")) }
}
