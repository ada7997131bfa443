//! An explanation for people, at most 80 columns wide.

use std::fmt::Write;

use domain::clock::{Unit, duration_in_words, in_words, instant_in_words};
use domain::policy::Style;
use jiff::Timestamp;

use super::{Explanation, Step, passed_over};

const WIDTH: usize = 80;
const INDENT: &str = "   ";

/// Writes an explanation down.
pub(super) fn render(explanation: &Explanation) -> String {
    let Explanation { brand, zone, class, run, steps } = explanation;
    let due = &run.due;
    let calendar = match &brand.calendar_name {
        Some(name) => format!("calendar {name}, {}", zone.iana_name().unwrap_or("UTC")),
        None => "day and night, UTC".to_owned(),
    };
    let target = run.target;
    let time = match (target.unit, &brand.calendar) {
        (Unit::Open, Some(_)) => " of open time",
        (Unit::Open | Unit::Elapsed, _) => "",
    };
    let target = format!("{}{time}", duration_in_words(target.length));
    let sum = in_words(due, "asked", brand.calendar.as_deref(), zone, []);
    let parts = sum.split(" · ").map(str::to_owned).collect::<Vec<_>>();
    let mut text = String::new();
    let mut line = |label: &str, parts: &[String]| {
        let lines = wrapped(parts, " ·", WIDTH - 8);
        for (label, line) in std::iter::once(label).chain(std::iter::repeat("")).zip(lines) {
            writeln!(text, "{label:<7} {line}").expect("a string takes all text");
        }
    };
    line("brand", &[brand.name.clone(), class.to_string(), calendar]);
    line("target", &[format!("{target} from {}", dated(explanation, due.start))]);
    line("due", &[dated(explanation, due.at)]);
    line("sum", &parts);
    for (number, step) in (1..).zip(steps) {
        text.push('\n');
        text.push_str(&render_step(explanation, number, step));
    }
    if steps.is_empty() {
        text.push_str("\nNobody is ever told.\n");
    }
    text
}

fn render_step(explanation: &Explanation, number: usize, step: &Step) -> String {
    let at = |at| instant_in_words(at, explanation.run.due.start, &explanation.zone);
    let told = step
        .choices
        .iter()
        .filter_map(|choice| choice.person.as_ref().map(|person| format!("{person} as {}", choice.role)));
    let told: Vec<String> = told.collect();
    let admins: Vec<String> =
        step.mails.iter().map(|mail| format!("{} as administrator", mail.person)).collect();
    let told = match (told.as_slice(), step.admin) {
        ([], false) => "nobody".to_owned(),
        ([], true) => admins.join(", "),
        ([_, ..], _) => told.join(", "),
    };
    let style = match step.planned.style {
        Style::Single => "",
        Style::Batch => ", in a mail with others",
        Style::Digest => ", in the digest",
    };
    let mut notes = vec![step.why(explanation.brand)];
    notes.extend(step.skipped());
    if !step.mails.is_empty() && !step.admin {
        let passed = step.choices.iter().filter(|choice| !choice.passed_over.is_empty());
        notes.extend(passed.map(|choice| format!("passed over: {}", passed_over(&choice.passed_over))));
    }
    let waiting = step.mails.iter().filter(|mail| mail.at > step.at);
    notes.extend(
        waiting.map(|mail| format!("mail to {} waits for their hours: {}", mail.person, at(mail.at))),
    );
    let mut text = String::new();
    let head = words(&format!("{}  {told}{style}", at(step.at)));
    let lines = wrapped(&head, "", WIDTH - INDENT.len());
    let labels = std::iter::once(format!("{number:<2} ")).chain(std::iter::repeat(INDENT.to_owned()));
    for (label, line) in labels.zip(lines) {
        writeln!(text, "{label}{line}").expect("a string takes all text");
    }
    for note in notes {
        for line in wrapped(&words(&note), "", WIDTH - INDENT.len()) {
            writeln!(text, "{INDENT}{line}").expect("a string takes all text");
        }
    }
    text
}

/// `Thu 30 Apr 2026 17:40 CEST`
fn dated(explanation: &Explanation, at: Timestamp) -> String {
    let at = at.to_zoned(explanation.zone.clone());
    let time = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    at.strftime(&format!("%a %-d %b %Y {time} %Z")).to_string()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
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
