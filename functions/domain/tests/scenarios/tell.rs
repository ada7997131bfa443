//! The tale of a story: what Heard did and why, minute by minute, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::clock::instant_in_words;
use domain::decide::MAILS_A_TURN;
use domain::event::{Event, TimeFrom};
use domain::fact::{Notice, Purpose, Reason};
use domain::figures::Figures;
use domain::id::PersonId;
use domain::ladder;
use domain::mail::Letter;
use domain::policy::{Config, Style};
use domain::run::{Reminder, Source};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

mod seen;

use crate::script::{Line, when};
use seen::who;
pub(crate) use seen::{Seen, cases_in_words};

/// A tale under way.
pub(crate) struct Tale {
    zone: TimeZone,
    text: String,
    today: Option<Date>,
    /// How many mails each person got.
    mails: BTreeMap<String, u32>,
    unheard_at: Option<Timestamp>,
}

impl Tale {
    pub(crate) fn new(title: &str, zone: &TimeZone) -> Tale {
        Tale {
            zone: zone.clone(),
            text: format!("{title}\n"),
            today: None,
            mails: BTreeMap::new(),
            unheard_at: None,
        }
    }

    /// Tells something that happens, under its day.
    pub(crate) fn line(&mut self, at: Timestamp, words: &str) {
        let date = self.zone.to_datetime(at).date();
        if self.today != Some(date) {
            self.today = Some(date);
            write!(self.text, "\n{}\n", when::date_in_words(date)).expect("a string takes all text");
        }
        let clock = self.clock(at);
        writeln!(self.text, "{clock}  {words}").expect("a string takes all text");
    }

    /// `09:20`, or `01:30 (UTC-4)` where the clocks show it twice.
    fn clock(&self, at: Timestamp) -> String {
        let words = instant_in_words(at, at, &self.zone);
        words.split_once(' ').map_or(words.clone(), |(_, time)| time.to_owned())
    }

    /// Tells what came of it.
    pub(crate) fn effects(&mut self, effects: Vec<String>) {
        for effect in effects {
            writeln!(self.text, "         {effect}").expect("a string takes all text");
        }
    }

    /// Tells that something arrives.
    pub(crate) fn arrival(&mut self, now: Timestamp, line: &Line, delivery: usize, event: &Event) {
        let mut words = line.words.clone();
        if delivery > 0 {
            words.push_str(" (delivered again)");
        } else if line.at != now {
            let at = instant_in_words(line.at, now, &self.zone);
            write!(words, " (said {at}, delivered now)").expect("a string takes all text");
        }
        self.line(now, &words);
        if event.time_from == TimeFrom::Delivery {
            let at = instant_in_words(event.occurred_at, now, &self.zone);
            self.effects(vec![format!("the platform gives no time that can be: it counts as said {at}")]);
        }
    }

    /// Tells what is other than before, or says `otherwise`.
    pub(crate) fn changes(&mut self, before: &[Seen], after: &[Seen], otherwise: &str) {
        let mut changes = Vec::new();
        for seen in after {
            match before.iter().find(|before| before.is_same(seen)) {
                None => changes.extend(seen.begins()),
                Some(before) if before == seen => {}
                Some(before) => changes.extend(seen.goes_on(before, &self.zone)),
            }
        }
        if changes.is_empty() {
            changes.push(otherwise.to_owned());
        }
        self.effects(changes);
    }

    /// Tells that a mail leaves, and why.
    pub(crate) fn mail(&mut self, now: Timestamp, letter: &Letter<'_>) {
        let Letter { person, turn, .. } = letter;
        *self.mails.entry(person.name.clone()).or_default() += 1;
        for (place, notice) in letter.notices.iter().enumerate() {
            let (role, why) = (&notice.role, why(notice, letter, &self.zone));
            if place == 0 {
                self.line(now, &format!("mail to {} ({role}) about {}: {why}", person.name, who(turn)));
            } else {
                self.effects(vec![format!("in the same mail ({role}): {why}")]);
            }
        }
    }

    /// Tells that a mail has to wait, because nobody is told now.
    pub(crate) fn waits(&mut self, now: Timestamp, name: &str, until: Timestamp) {
        let until = instant_in_words(until, now, &self.zone);
        self.line(now, &format!("the mail to {name} waits until {until}: nobody is told before"));
    }

    /// Tells that a mail is not sent, because its address is known to be bad.
    pub(crate) fn not_sent(&mut self, now: Timestamp, name: &str) {
        self.line(now, &format!("no mail to {name}: it is known not to arrive"));
    }

    /// Tells a mail word for word.
    pub(crate) fn text(&mut self, subject: &str, text: &str) {
        let lines = std::iter::once(subject).chain([""]).chain(text.trim().lines());
        let lines: Vec<String> = lines.map(|line| format!("| {line}").trim_end().to_owned()).collect();
        self.effects(lines);
    }

    pub(crate) fn dropped(
        &mut self,
        now: Timestamp,
        config: Option<&Config>,
        notice: &Notice,
        reason: Reason,
    ) {
        let why = match reason {
            Reason::Answered => "there is an answer",
            Reason::Withdrawn => "what was asked was taken back",
            Reason::Settled => "it is settled",
            Reason::Reopened => "the answer was taken back",
            Reason::Expired => "it is too long ago",
            Reason::Gone => "there is nothing left of it",
            Reason::Told => "it was told before",
        };
        let name = name(config, &notice.key.person);
        self.line(now, &format!("no mail to {name} ({}) after all: {why}", notice.role));
    }

    pub(crate) fn unheard(&mut self, now: Timestamp) {
        if self.unheard_at != Some(now) {
            self.unheard_at = Some(now);
            self.line(now, "a step is due and there is nobody to tell");
        }
    }

    pub(crate) fn blanked(&mut self, objects: &BTreeSet<&str>) {
        self.effects(objects.iter().map(|object| format!("the text of {object} is purged")).collect());
    }

    /// Tells how it stands when the story ends.
    pub(crate) fn end(
        mut self,
        end: Timestamp,
        seen: &[Seen],
        cases: Vec<String>,
        next_at: Option<Timestamp>,
        figures: Option<Figures>,
    ) -> String {
        self.line(end, "end");
        self.text.push('\n');
        for line in seen.iter().map(|seen| seen.at_end(end, &self.zone)).chain(cases) {
            writeln!(self.text, "{line}").expect("a string takes all text");
        }
        if seen.is_empty() {
            self.text.push_str("Nobody asked anything.\n");
        }
        if let Some(next_at) = next_at {
            let at = instant_in_words(next_at, end, &self.zone);
            writeln!(self.text, "Next: {at}").expect("a string takes all text");
        }
        let mails: Vec<String> =
            self.mails.iter().map(|(name, count)| format!("{count} to {name}")).collect();
        let mails = if mails.is_empty() { "none".to_owned() } else { mails.join(", ") };
        writeln!(self.text, "Mails: {mails}").expect("a string takes all text");
        if let Some(figures) = figures {
            writeln!(self.text, "\n{figures}").expect("a string takes all text");
        }
        self.text
    }
}

/// Says what a notice is for: `30 min of open time after the question`.
fn why(notice: &Notice, letter: &Letter<'_>, zone: &TimeZone) -> String {
    let Letter { run, turn, now, .. } = letter;
    let step = run.step(notice.key.step.index);
    let has = turn.rests.iter().rfind(|rest| rest.is_ack);
    let mut why = match (notice.key.purpose, step.map(|step| step.source)) {
        (Purpose::Removed, _) => "an answer was taken back".to_owned(),
        (Purpose::Passed, _) => "it was passed on".to_owned(),
        (Purpose::Taken, _) => {
            format!("{} has it", has.map_or("somebody".to_owned(), |ack| name(Some(run.config), &ack.person)))
        }
        (Purpose::Correction, _) => {
            let at = turn.end.as_ref().map(|end| instant_in_words(end.at(), *now, zone));
            format!("correction, it was answered {}", at.unwrap_or_default())
        }
        (Purpose::Clear, _) => "all clear".to_owned(),
        (Purpose::Unreachable, _) => {
            let about = notice.recipients.first().map(|about| name(Some(run.config), &about.person));
            format!("{} is not reached by mail", about.unwrap_or_default())
        }
        (Purpose::Step, None) => format!("step {}", notice.key.step.index + 1),
        (Purpose::Step, Some(Source::Step(at))) => ladder::why(at, run.brand.calendar.as_deref()),
        (Purpose::Step, Some(Source::Reminder(Reminder::Opening(nth)))) => format!("reminder {nth}"),
        (Purpose::Step, Some(Source::Reminder(Reminder::Daily))) => "still open".to_owned(),
    };
    let numbers = |places: &[u16]| {
        let numbers: Vec<String> = places.iter().map(|index| (index + 1).to_string()).collect();
        let steps = if numbers.len() == 1 { "step" } else { "steps" };
        format!("{steps} {}", numbers.join(" and "))
    };
    if notice.key.purpose == Purpose::Step && step.is_some_and(|step| notice.step_at < step.at) {
        why = format!("before it is time ({why})");
    }
    if !notice.skipped.is_empty() {
        why = format!("{why}; {} reached nobody", numbers(&notice.skipped));
    }
    if !notice.held.is_empty() {
        why = format!("{why}; held back: {}", numbers(&notice.held));
    }
    match notice.style {
        _ if notice.capped => format!("{why}; after {MAILS_A_TURN} mails only in the daily list"),
        Style::Digest => format!("{why}, in the daily list"),
        Style::Single | Style::Batch => why,
    }
}

/// Returns what people call a person.
fn name(config: Option<&Config>, person: &PersonId) -> String {
    let known = config.and_then(|config| config.people.get(person));
    known.map_or_else(|| person.to_string(), |person| person.name.clone())
}

/// `ann-keller` is shown as `Ann Keller`.
pub(crate) fn title(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('-').map(word).collect::<Vec<_>>().join(" ")
}
