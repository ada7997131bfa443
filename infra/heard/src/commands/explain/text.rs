//! An explanation for people, at most 80 columns wide.

use std::fmt::Write;

use domain::clock::{Unit, duration_in_words, in_words};
use domain::history::TurnKind;
use domain::ladder::GRACE;
use domain::policy::{Class, Role, Style};
use jiff::Timestamp;

use super::play::{Explanation, Outcome, Step, Telling};
use super::reasons::passed_over;

mod reminders;

const WIDTH: usize = 80;
const INDENT: &str = "   ";

/// Writes an explanation down.
pub(super) fn render(explanation: &Explanation) -> String {
    let Explanation { brand, zone, turn, run, .. } = explanation;
    let calendar = match &brand.calendar_name {
        Some(name) => format!("calendar {name}, {}", zone.iana_name().unwrap_or("UTC")),
        None => "day and night, UTC".to_owned(),
    };
    let mut text = String::new();
    let mut separated = |label: &str, parts: &[String], separator: &str| {
        let lines = wrapped(parts, separator, WIDTH - 8);
        for (label, line) in std::iter::once(label).chain(std::iter::repeat("")).zip(lines) {
            writeln!(text, "{label:<7} {line}").expect("a string takes all text");
        }
    };
    separated("brand", &[brand.name.clone(), turn.class.to_string(), calendar], " ·");
    let mut line = |label: &str, parts: &[String]| separated(label, parts, "");
    if !explanation.opens {
        line("asked", &[dated(explanation, turn.start())]);
        text.push('\n');
        text.push_str(&paragraph(&no_turn(turn.class)));
        return text;
    }
    line("target", &target(explanation));
    if turn.received_at() > turn.start() {
        line("heard", &words(&heard(explanation)));
    }
    line("due", &[dated(explanation, run.due.at)]);
    let began = match turn.kind {
        TurnKind::FirstResponse | TurnKind::NextResponse => "asked",
        TurnKind::FollowUp(_) => "promised",
    };
    let sum = in_words(&run.due, began, brand.calendar.as_deref(), zone, []);
    let sum: Vec<String> = sum.split(" · ").map(str::to_owned).collect();
    separated("sum", &sum, " ·");
    let mut line = |label: &str, parts: &[String]| separated(label, parts, "");
    for hold in explanation.holds() {
        line("quiet", &[format!("{}, maintenance: nobody is told", explanation.stretch(hold))]);
    }
    for step in &explanation.steps {
        text.push('\n');
        text.push_str(&render_step(explanation, step));
    }
    text.push('\n');
    for sentence in reminders::in_words(explanation) {
        text.push_str(&paragraph(&sentence));
    }
    text
}

/// `first answer within 60 min of open time`, `from Thu 30 Apr 2026 17:40 CEST`
fn target(explanation: &Explanation) -> [String; 2] {
    let what = match explanation.turn.kind {
        TurnKind::FirstResponse => "first answer",
        TurnKind::NextResponse => "next answer",
        TurnKind::FollowUp(_) => "what was promised",
    };
    let target = explanation.run.target;
    let time = match (target.unit, &explanation.brand.calendar) {
        (Unit::Open, Some(_)) => " of open time",
        (Unit::Elapsed, Some(_)) => ", day and night,",
        (Unit::Open | Unit::Elapsed, None) => "",
    };
    let within = format!("{what} within {}{time}", duration_in_words(target.length));
    [within, format!("from {}", dated(explanation, explanation.turn.start()))]
}

/// When Heard knew of the message, and what that means for its ladder.
fn heard(explanation: &Explanation) -> String {
    let (start, received_at) = (explanation.turn.start(), explanation.turn.received_at());
    let lag = duration_in_words(received_at.duration_since(start));
    let heard = format!("{}, {lag} later", dated(explanation, received_at));
    if explanation.run.late {
        let grace = duration_in_words(GRACE);
        return format!(
            "{heard}, when it was over due: the first step comes at once, no other within {grace}"
        );
    }
    heard
}

/// Why a message of `class` leads to nothing.
fn no_turn(class: Class) -> String {
    format!(
        "Nobody is told: a message of the class {class} needs no answer. It opens no turn and has no deadline. \
         Should somebody at the brand say that it is another matter, its time counts from when it was written."
    )
}

fn render_step(explanation: &Explanation, step: &Step) -> String {
    let (head, mut notes) = match &step.outcome {
        Outcome::Told(telling) => {
            let told = told(explanation, step, telling);
            (format!("{}  {told}", explanation.time(step.at)), explanation.remarks(step, telling))
        }
        Outcome::Held(_) => (explanation.skipped(step).unwrap_or_default(), Vec::new()),
        Outcome::FallsThrough | Outcome::Known | Outcome::Unheard | Outcome::Expired => {
            (format!("{}  nobody", explanation.time(step.at)), Vec::new())
        }
    };
    let skipped = explanation.skipped(step).filter(|skipped| head != *skipped);
    notes.splice(0..0, std::iter::once(explanation.why(step)).chain(skipped));
    if let Outcome::Told(telling) = &step.outcome
        && !telling.admin
    {
        let passed = step.choices.iter().filter(|choice| !choice.passed_over.is_empty());
        notes.extend(passed.map(|choice| {
            let instead = if choice.person.is_some() { "" } else { ", and nobody is left" };
            format!("as {}: {}{instead}", choice.role, passed_over(&choice.passed_over))
        }));
        let none = step.choices.iter().filter(|choice| choice.person.is_none());
        let none = none.filter(|choice| choice.passed_over.is_empty());
        notes.extend(none.map(|choice| format!("the brand has no {}", choice.role)));
    }
    let mut text = String::new();
    let lines = wrapped(&words(&head), "", WIDTH - INDENT.len());
    let number = format!("{:<2} ", step.index + 1);
    for (label, line) in std::iter::once(number.as_str()).chain(std::iter::repeat(INDENT)).zip(lines) {
        writeln!(text, "{label}{line}").expect("a string takes all text");
    }
    for note in notes {
        for line in wrapped(&words(&note), "", WIDTH - INDENT.len()) {
            writeln!(text, "{INDENT}{line}").expect("a string takes all text");
        }
    }
    text
}

/// `dana as owner, kim as lead`, and in which form
fn told(explanation: &Explanation, step: &Step, telling: &Telling) -> String {
    let people = people(step, telling);
    match step.style {
        Style::Single => people,
        Style::Batch => format!("{people}, in a mail with others"),
        Style::Digest => {
            let leaves = |mail: &super::play::Mail| explanation.time(mail.at);
            let mails = &telling.mails;
            if mails.iter().all(|mail| Some(mail.at) == mails.first().map(|first| first.at)) {
                let at = mails.first().map(leaves).unwrap_or_default();
                return format!("{people}, in the daily list of {at}");
            }
            let lists: Vec<String> =
                mails.iter().map(|mail| format!("{} {}", mail.person, leaves(mail))).collect();
            format!("{people}, in their daily lists: {}", lists.join(", "))
        }
    }
}

/// `dana as owner, kim as lead`
fn people(step: &Step, telling: &Telling) -> String {
    let told: Vec<String> = if telling.admin {
        telling.mails.iter().map(|mail| format!("{} as administrator", mail.person)).collect()
    } else {
        let chosen = step.choices.iter();
        let chosen = chosen.filter_map(|choice| choice.person.as_ref().map(|person| (person, &choice.role)));
        chosen
            .map(|(person, role)| match role {
                Role::Owner | Role::Backup | Role::Lead | Role::Manager => format!("{person} as {role}"),
                Role::Duty => format!("{person} on duty"),
                Role::Named(_) => person.to_string(),
            })
            .collect()
    };
    told.join(", ")
}

/// A sentence in lines of the full width.
fn paragraph(text: &str) -> String {
    wrapped(&words(text), "", WIDTH).into_iter().map(|line| line + "\n").collect()
}

/// `Thu 30 Apr 2026 17:40 CEST`
fn dated(explanation: &Explanation, at: Timestamp) -> String {
    let at = at.to_zoned(explanation.zone.clone());
    let time = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    at.strftime(&format!("%a %-d %b %Y {time} %Z")).to_string()
}

/// The words of a sentence; a time such as `Thu 7 May 17:40` is one of them.
fn words(text: &str) -> Vec<String> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut words: Vec<String> = Vec::new();
    let mut rest: Vec<&str> = text.split(' ').collect();
    while !rest.is_empty() {
        let is_day = DAYS.iter().any(|day| rest[0].trim_start_matches('(') == *day);
        let time = rest.iter().take(4).position(|word| word.contains(':')).filter(|_| is_day);
        let word: Vec<&str> = rest.drain(..=time.unwrap_or(0)).collect();
        words.push(word.join(" "));
    }
    words
}

/// Joins parts with `separator` and a blank into lines of at most `width` characters, where they allow it.
///
/// A part that is longer than a line is broken between its words.
fn wrapped(parts: &[String], separator: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut add = |text: &str| match lines.last_mut() {
        Some(line) if line.chars().count() + 1 + text.chars().count() <= width => {
            line.push(' ');
            line.push_str(text);
        }
        Some(_) | None => lines.push(text.to_owned()),
    };
    for (place, part) in parts.iter().enumerate() {
        let end = if place + 1 < parts.len() { separator } else { "" };
        let fits = part.chars().count() + end.chars().count() <= width;
        let pieces: Vec<&str> = if fits { vec![part] } else { part.split(' ').collect() };
        let last = pieces.len() - 1;
        for (place, piece) in pieces.iter().enumerate() {
            add(&format!("{piece}{}", if place == last { end } else { "" }));
        }
    }
    lines
}
