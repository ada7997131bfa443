//! A turn on its ladder: until when it is to be answered, and who is told when, should nobody answer.
//!
//! The rules are those of the turn's own version of the configuration, calendars and people always the current
//! ones. All that people did about the turn is in it: what stops the clock moves the deadline, what stops the
//! ladder holds its steps back.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Stretch;
use crate::clock::{Clock, Deadline, Span};
use crate::fact::Notice;
use crate::history::{Turn, TurnKind};
use crate::id::BrandId;
use crate::ladder::{self, Timed};
use crate::policy::{At, Brand, Class, Config, Role, Rules, Rung, Style};
use crate::versions::Configs;

mod change;
mod hold;
mod tail;

use change::{Change, Exchange};
use hold::{Holds, held_back};
pub use tail::Reminder;
use tail::reminders;

/// Who writes again after so long a silence, when everybody was told, begins the ladder once more.
const RENEWED: SignedDuration = SignedDuration::from_hours(24);

/// A turn with the ladder it runs on.
#[derive(Debug)]
pub struct Run<'a> {
    /// The configuration version of the turn.
    pub version: u32,
    /// What sort of matter the turn is.
    pub class: Class,
    /// What is promised, of that version and of that class.
    pub rules: &'a Rules,
    /// The brand as it is today: calendar, roles. Its owner is whom the turn was passed to.
    pub brand: Cow<'a, Brand>,
    /// Today's people.
    pub config: &'a Config,
    /// How long the answer may take.
    pub target: Span,
    /// By what time it is counted.
    pub clock: Clock<'a>,
    /// Until when an answer is in time.
    pub due: Deadline,
    /// When it would have been due, had the configuration not changed so that it was over due at once.
    pub summed_at: Timestamp,
    /// The turn was over due before we heard of it.
    pub late: bool,
    /// What happens if nobody answers, in the order of time; after the ladder at least the next reminder.
    pub steps: Vec<Planned>,
    /// How many steps the policy's ladder has; what is planned behind them are reminders.
    pub length: usize,
    /// Times in which nobody is told, sorted and apart from each other.
    pub holds: Vec<Stretch>,
    /// When the rounds after the first began or begin, sorted.
    rounds: Vec<Timestamp>,
    /// The versions whose ladder is this one.
    versions: Vec<u32>,
    /// Since when the ladder counts if it began once more: the time of the message that it began for.
    pub renewed_at: Option<Timestamp>,
}

/// A moment at which people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The place in the ladder, from 0; reminders count on behind it.
    pub index: u16,
    /// When.
    pub at: Timestamp,
    /// What it comes from.
    pub source: Source,
    /// Who.
    pub to: Vec<Role>,
    /// In which form.
    pub style: Style,
    /// Steps before it that fell due while the ladder was stopped: this one stands for them.
    pub held: Vec<u16>,
    /// It lay before the ladder was exchanged for this one: done if each of its roles was told since then.
    pub done_if_told_since: Option<Timestamp>,
}

/// What a planned moment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A step of the policy's ladder.
    Step(At),
    /// The ladder's end was reached.
    Reminder(Reminder),
}

impl Run<'_> {
    /// Returns the round that a step at `at` belongs to: how often the ladder went on after it was stopped or
    /// was exchanged for another.
    #[must_use]
    pub fn round(&self, at: Timestamp) -> u16 {
        let begun = self.rounds.iter().filter(|begin| **begin <= at).count();
        u16::try_from(begun).unwrap_or(u16::MAX)
    }

    /// Returns until when nobody is told, if that is so at `now`.
    #[must_use]
    pub fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.holds.iter().find(|hold| hold.from <= now && now < hold.to).map(|hold| hold.to)
    }

    /// Whether `notice` was told by the very ladder that the turn runs on, and since it last began.
    ///
    /// By what the notice says of its ladder, not by when its step fell due: until the message came to light for which
    /// the ladder began once more, the reminders of the one before went on.
    #[must_use]
    pub fn told(&self, notice: &Notice) -> bool {
        notice.class == self.class
            && self.versions.contains(&notice.config_version)
            && notice.renewed_at >= self.renewed_at
    }

    /// Returns the planned moment of that index.
    #[must_use]
    pub fn step(&self, index: u16) -> Option<&Planned> {
        self.steps.iter().find(|step| step.index == index)
    }
}

/// Returns the ladder that `turn` runs on, with everything planned until the first reminder after `now`; absent
/// if no known configuration has the brand.
///
/// A brand that left the configuration while somebody waits keeps what the turn's version says.
#[must_use]
pub fn run<'a>(turn: &Turn, brand: &BrandId, configs: &'a Configs, now: Timestamp) -> Option<Run<'a>> {
    let received_at = turn.received_at();
    let (version, own) = configs.of_turn(received_at)?;
    let config = configs.current().filter(|config| config.brands.contains_key(brand)).unwrap_or(own);
    let today = config.brands.get(brand)?;
    let promised = own.brands.get(brand).unwrap_or(today);
    let rules = promised.policy.rules(turn.class);
    let clock = Clock::new(today.calendar.as_deref(), turn.pauses.iter().map(|pause| pause.time));
    let (summed, target) = due(turn, promised, &clock);
    let change = Change::of(turn, brand, configs, today);
    let summed_at = summed.at;
    let at = change.as_ref().map_or(summed_at, |change| change.due(summed_at));
    let due = Deadline { at, ..summed };
    let ladder = ladder(turn, rules);
    let (timed, renewed_at) = timed(turn, &ladder, &clock, target, due.at);
    let exchange = Exchange::of(turn, configs);
    let mut steps = Vec::new();
    let mut is_first = true;
    for (timed, rung) in timed.iter().zip(ladder.iter()) {
        let at = change.as_ref().map_or(timed.at, |change| change.step(timed));
        let (at, done_if_told_since) = match exchange.as_ref().filter(|exchange| at <= exchange.at) {
            Some(exchange) => exchange.step(std::mem::take(&mut is_first), renewed_at),
            None => (at, None),
        };
        steps.push(Planned {
            index: timed.index,
            at,
            source: Source::Step(rung.at),
            to: rung.to.clone(),
            style: rung.style,
            held: Vec::new(),
            done_if_told_since,
        });
    }
    let brand = brand_of(turn, today);
    if let (Some(last), Some(timed)) = (ladder.last(), timed.last()) {
        let reminders = reminders(turn, &brand, last, timed, now).into_iter();
        // Those of another ladder were told by that.
        steps.extend(reminders.filter(|step| exchange.as_ref().is_none_or(|exchange| step.at > exchange.at)));
    }
    let holds = Holds::of(turn, &brand, &clock, target.unit, due.at);
    let mut rounds = holds.ends;
    rounds.extend(exchange.map(|exchange| exchange.at).into_iter().chain(renewed_at));
    rounds.sort_unstable();
    let same = configs.loaded.iter().filter(|(_, config)| {
        let known = config.brands.get(&today.id);
        known.is_some_and(|known| known.policy.rules(turn.class) == rules)
    });
    let versions = same.map(|(number, _)| *number).chain([version]).collect();
    Some(Run {
        version,
        class: turn.class,
        rules,
        brand,
        config,
        target,
        clock,
        late: due.at < received_at,
        due,
        summed_at,
        steps: held_back(steps, &holds.times),
        length: ladder.len(),
        holds: holds.times,
        rounds,
        versions,
        renewed_at,
    })
}

/// Times the steps of a ladder, and says since when they count from a later message: from the last one that
/// came after a day of silence, when everybody had been told.
fn timed(
    turn: &Turn,
    ladder: &[Rung],
    clock: &Clock<'_>,
    target: Span,
    due: Timestamp,
) -> (Vec<Timed>, Option<Timestamp>) {
    // What was not held for a matter to answer until then is as if it had come then.
    let received_at = turn.not_before.map_or(turn.received_at(), |at| at.max(turn.received_at()));
    let mut timed = ladder::times(ladder, clock, turn.start(), target, due, received_at);
    let mut renewed_at = None;
    for (last, next) in turn.waiting.iter().zip(turn.waiting.iter().skip(1)).filter(|_| turn.is_response()) {
        let told_all = timed.last().is_some_and(|last| last.at < next.at.max(next.received_at));
        if told_all && next.at.duration_since(last.at) >= RENEWED {
            let due = clock.due_at(next.at, target);
            timed = ladder::times(ladder, clock, next.at, target, due, next.received_at);
            renewed_at = Some(next.at);
        }
    }
    (timed, renewed_at)
}

/// Returns the brand with the person as its owner whom the turn was passed to, and the owner behind them.
fn brand_of<'a>(turn: &Turn, today: &'a Brand) -> Cow<'a, Brand> {
    let to = turn.passed_to.as_ref().map(|(to, _)| to).filter(|to| today.owner.as_ref() != Some(*to));
    let Some(to) = to else { return Cow::Borrowed(today) };
    let backup = today.owner.clone().or_else(|| today.backup.clone());
    Cow::Owned(Brand { owner: Some(to.clone()), backup, ..today.clone() })
}

/// Returns until when the turn is to be answered by the rules of `brand`, and in how long.
///
/// Of all classes that the turn had the earliest due time counts: what becomes more severe may shorten it, and
/// nothing lengthens it.
fn due(turn: &Turn, brand: &Brand, clock: &Clock<'_>) -> (Deadline, Span) {
    let target = |class: Class| target(turn, brand.policy.rules(class));
    let had = turn.classes_before.iter().map(|(class, _)| *class);
    let mut classes: Vec<Class> = had.chain([turn.class]).collect();
    // Of two that are due at once the more severe counts.
    classes.sort_unstable();
    classes.dedup();
    let due = |class: Class| (clock.due(turn.start(), target(class)), target(class));
    let dues = classes.into_iter().map(due);
    dues.min_by_key(|(due, _)| due.at).expect("a turn has a class")
}

fn target(turn: &Turn, rules: &Rules) -> Span {
    match turn.kind {
        TurnKind::FirstResponse => rules.targets.first_response,
        TurnKind::NextResponse => rules.targets.next_response,
        TurnKind::FollowUp(_) => rules.targets.follow_up,
    }
}

/// Returns the ladder of a turn: a promise only stands in the list of whoever made it.
fn ladder<'a>(turn: &Turn, rules: &'a Rules) -> Cow<'a, [Rung]> {
    if turn.is_response() {
        return Cow::Borrowed(&rules.steps);
    }
    Cow::Owned(vec![Rung { at: At::DUE, to: vec![Role::Owner], style: Style::Digest }])
}

#[cfg(test)]
mod tests;
