//! The tale of a story: what Heard did and why, minute by minute, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::clock::{duration_in_words, elapsed, in_words, instant_in_words};
use domain::decide::Run;
use domain::event::{Event, TimeFrom};
use domain::fact::{Notice, Reason};
use domain::history::{End, Turn};
use domain::id::{PersonId, TurnId};
use domain::ladder;
use domain::mail::Letter;
use domain::policy::Config;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::script::{Line, when};

/// A tale under way.
pub(crate) struct Tale {
    zone: TimeZone,
    text: String,
    today: Option<Date>,
    /// How many mails each person got.
    mails: BTreeMap<String, u32>,
    unheard_at: Option<Timestamp>,
}

/// A turn as it stands at one moment, in words.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    id: TurnId,
    /// Who waits.
    pub(crate) who: String,
    /// Since when.
    pub(crate) start: Timestamp,
    objects: BTreeSet<String>,
    due: Timestamp,
    /// `Wed 10:00 (Wed 09:00–10:00 60 min)`
    deadline: String,
    late: bool,
    round: u16,
    /// How it ended; absent while it is open.
    end: Option<String>,
}

impl Seen {
    /// Looks at a turn by the clocks of `zone`.
    pub(crate) fn new(turn: &Turn, run: &Run<'_>, zone: &TimeZone) -> Seen {
        let calendar = run.brand.calendar.as_deref();
        let due = &run.schedule.due;
        let sum = in_words(due, calendar, zone);
        let deadline = match sum.rsplit_once(" = ") {
            Some((sum, at)) => format!("{at} ({sum})"),
            None => sum,
        };
        let waited = |until: Timestamp| {
            let all = until.duration_since(turn.start());
            let open = elapsed(calendar, turn.start(), until);
            let (waited, counted) = (duration_in_words(all), duration_in_words(open));
            match calendar {
                None => format!("waited {waited}"),
                Some(_) if open == all => format!("waited {waited} of open time"),
                Some(_) => format!("waited {waited}, {counted} of it open time"),
            }
        };
        let when = |at: Timestamp| instant_in_words(at, turn.start(), zone);
        let end = turn.end.as_ref().map(|end| match end {
            End::Answered { at, object, .. } => {
                let met = if *at <= due.at { "in time" } else { "too late" };
                format!("answered {} by {object}, {met}; {}", when(*at), waited(*at))
            }
            End::Withdrawn { at } if *at <= due.at => {
                format!("took it back {}, before an answer was due", when(*at))
            }
            End::Withdrawn { at } => format!("took it back {}, after an answer was due", when(*at)),
            End::Expired { at } => format!("given up {}: nobody answered for 30 days", when(*at)),
        });
        Seen {
            id: turn.id.clone(),
            who: who(turn),
            start: turn.start(),
            objects: turn.waiting.iter().map(|waiting| waiting.event.object.clone()).collect(),
            due: due.at,
            deadline,
            late: run.schedule.late,
            round: run.round,
            end,
        }
    }

    fn is_same(&self, other: &Seen) -> bool {
        self.id == other.id || !self.objects.is_disjoint(&other.objects)
    }

    fn name(&self) -> String {
        let objects: Vec<&str> = self.objects.iter().map(String::as_str).collect();
        format!("{} ({})", self.who, objects.join(", "))
    }
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
                None => changes.push(begins(seen)),
                Some(before) if before == seen => {}
                Some(before) => changes.extend(self.goes_on(before, seen)),
            }
        }
        if changes.is_empty() {
            changes.push(otherwise.to_owned());
        }
        self.effects(changes);
    }

    fn goes_on(&self, before: &Seen, seen: &Seen) -> Vec<String> {
        let Seen { who, deadline, .. } = seen;
        let mut changes = Vec::new();
        match (&before.end, &seen.end) {
            (None, None) if seen.objects.len() > before.objects.len() => {
                changes.push(format!("{who} waits already: it joins"));
            }
            (Some(_), None) => changes.push(format!("{who} waits again; an answer is due {deadline}")),
            (before, Some(end)) if before.as_ref() != Some(end) => changes.push(format!("{who}: {end}")),
            _ => {}
        }
        if seen.end.is_none()
            && before.end.is_none()
            && (before.due != seen.due || before.start != seen.start)
        {
            let since = instant_in_words(seen.start, seen.start, &self.zone);
            changes.push(format!("{who} waits since {since}; an answer is due {deadline}"));
        }
        if seen.end.is_none() && seen.round != before.round {
            changes.push("the ladder begins anew".to_owned());
        }
        changes
    }

    pub(crate) fn mail(&mut self, now: Timestamp, letter: &Letter<'_>) {
        let Letter { run, person, turn, .. } = letter;
        *self.mails.entry(person.name.clone()).or_default() += 1;
        let about = who(turn);
        let calendar = run.brand.calendar.as_deref();
        for (place, notice) in letter.notices.iter().enumerate() {
            let index = usize::from(notice.key.step.index);
            let mut why = ladder::why(run.rules.steps[index].at, calendar);
            let numbers: Vec<String> = notice.skipped.iter().map(|index| (index + 1).to_string()).collect();
            let steps = if numbers.len() == 1 { "step" } else { "steps" };
            if notice.step_at < run.schedule.steps[index].asked {
                why = format!("before it is time ({why})");
            }
            if !numbers.is_empty() {
                write!(why, "; {steps} {} reached nobody", numbers.join(" and "))
                    .expect("a string takes all text");
            }
            let role = &notice.role;
            if place == 0 {
                self.line(now, &format!("mail to {} ({role}) about {about}: {why}", person.name));
            } else {
                self.effects(vec![format!("in the same mail ({role}): {why}")]);
            }
        }
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
    pub(crate) fn end(mut self, end: Timestamp, seen: &[Seen], next_at: Option<Timestamp>) -> String {
        self.line(end, "end");
        self.text.push('\n');
        for seen in seen {
            let how = match &seen.end {
                Some(end) => end.clone(),
                None => {
                    let since = instant_in_words(seen.start, end, &self.zone);
                    let due = instant_in_words(seen.due, end, &self.zone);
                    let state = if seen.due < end { "was due" } else { "is due" };
                    format!("waits since {since}, {state} {due}")
                }
            };
            writeln!(self.text, "{}: {how}", seen.name()).expect("a string takes all text");
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
        self.text
    }
}

fn begins(seen: &Seen) -> String {
    let Seen { who, deadline, end, late, .. } = seen;
    match end {
        Some(end) => format!("{who}: {end}"),
        None if *late => format!("{who} waits; an answer was due {deadline}, over before we heard of it"),
        None => format!("{who} waits; an answer is due {deadline}"),
    }
}

fn who(turn: &Turn) -> String {
    turn.author.as_deref().map_or_else(|| "somebody".to_owned(), title)
}

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
