//! A turn on its ladder: until when it is to be answered, and who is told when, should nobody answer.
//!
//! The rules are those of the turn's own version of the configuration, calendars and people always the current
//! ones. All that people did about the turn is in it: what stops the clock moves the deadline, what stops the
//! ladder holds its steps back.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Stretch;
use crate::clock::{self, Clock, Deadline, Span};
use crate::fact::Notice;
use crate::history::{Turn, TurnKind};
use crate::id::BrandId;
use crate::ladder::{self, GRACE};
use crate::policy::{At, Brand, Class, Config, Role, Rules, Rung, Style};
use crate::versions::Configs;

mod tail;

pub use tail::Reminder;

/// How long an ack holds the ladder back at least; half of it for a threat.
const ACK_HOLDS: SignedDuration = SignedDuration::from_mins(30);
/// After a change that lets a turn be over due at once, people have this time before they are told.
const CHANGE_GRACE: SignedDuration = SignedDuration::from_mins(5);

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
    /// When the ladder began once more, counted from a new message.
    renewed_at: Option<Timestamp>,
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
    /// It lay before the ladder was exchanged for this one: done if its roles were told by then.
    pub before_change: bool,
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
    #[must_use]
    pub fn told(&self, notice: &Notice) -> bool {
        notice.class == self.class
            && self.versions.contains(&notice.config_version)
            && self.renewed_at.is_none_or(|at| notice.step_at >= at)
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
    let rules = own.brands.get(brand).unwrap_or(today).policy.rules(turn.class);
    let clock = Clock::new(today.calendar.as_deref(), turn.pauses.iter().map(|pause| pause.time));
    let start = turn.start();
    let (mut due, target) = due(turn, own.brands.get(brand).unwrap_or(today), &clock);
    let summed_at = due.at;
    let before = Before::of(turn, brand, configs, today);
    if let Some(before) = &before
        && before.due > before.changed_at
        && due.at <= before.changed_at
    {
        // It was in time until the change: nobody is told of a sudden.
        due.at = before.due.min(before.changed_at + CHANGE_GRACE);
    }
    let late = due.at < received_at;
    let ladder = ladder(turn, rules);
    let exchanged = exchanged(turn, before.as_ref());
    let mut timed = ladder::times(&ladder, &clock, start, target, due.at, received_at);
    let mut renewed_at = None;
    for (last, next) in turn.waiting.iter().zip(turn.waiting.iter().skip(1)).filter(|_| turn.is_response()) {
        let told_all = timed.last().is_some_and(|last| last.at < next.at.max(next.received_at));
        if told_all && next.at.duration_since(last.at) >= RENEWED {
            let due = clock.due_at(next.at, target);
            timed = ladder::times(&ladder, &clock, next.at, target, due, next.received_at);
            renewed_at = Some(next.at);
        }
    }
    let mut steps: Vec<Planned> = Vec::new();
    for (timed, rung) in timed.iter().zip(ladder.iter()) {
        let mut at = timed.at;
        if let Some(before) = before.as_ref().filter(|before| before.same_rules) {
            at = before.moved(usize::from(timed.index), at);
        }
        let before_change = exchanged.as_ref().is_some_and(|exchange| at <= exchange.at);
        if before_change {
            match exchanged.as_ref().map(|exchange| exchange.cause) {
                Some(Cause::Worse) => at = at.max(exchanged.as_ref().map_or(at, |exchange| exchange.at)),
                // Warnings whose time went by under the other ladder were for then.
                Some(Cause::Milder | Cause::Applied) => continue,
                None => {}
            }
        }
        steps.push(Planned {
            index: timed.index,
            at,
            source: Source::Step(rung.at),
            to: rung.to.clone(),
            style: rung.style,
            held: Vec::new(),
            before_change,
        });
    }
    let brand = brand_of(turn, today);
    if let Some(last) = ladder.last() {
        let from = timed.last().map_or(due.at, |last| last.at);
        steps.extend(tail::reminders(turn, &brand, last, ladder.len(), from, now));
    }
    let (holds, mut rounds) = holds(turn, &brand, &clock, due.at);
    rounds.extend(exchanged.map(|exchange| exchange.at));
    rounds.extend(renewed_at);
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
        due,
        summed_at,
        late,
        steps: held_back(steps, &holds),
        length: ladder.len(),
        holds,
        rounds,
        versions,
        renewed_at,
        clock,
    })
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
    let targets: BTreeSet<Class> = had.chain([turn.class]).collect();
    let start = turn.start();
    let earliest = targets.into_iter().map(target).min_by_key(|target| clock.due_at(start, *target));
    let target = earliest.unwrap_or_else(|| target(turn.class));
    (clock.due(start, target), target)
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

/// The turn as it ran before the configuration changed under it.
struct Before {
    /// When it changed.
    changed_at: Timestamp,
    /// Until when it was to be answered.
    due: Timestamp,
    /// The ladder was the same; then only the calendar changed.
    same_rules: bool,
    /// When each step would have fired.
    steps: Vec<Timestamp>,
}

impl Before {
    /// Returns how the turn ran under the version it was asked under, if anything that counts changed since.
    fn of(turn: &Turn, brand: &BrandId, configs: &Configs, today: &Brand) -> Option<Before> {
        let received_at = turn.received_at();
        let asked_under = configs.asked_under(received_at)?;
        let first = configs.loaded.get(&asked_under.number)?.brands.get(brand)?;
        let runs_on = configs.push_of_turn(received_at)?;
        let own = configs.loaded.get(&runs_on.number)?.brands.get(brand).unwrap_or(first);
        let same_rules = runs_on.number == asked_under.number
            || first.policy.rules(turn.class) == own.policy.rules(turn.class);
        let same_calendar = first.calendar == today.calendar;
        let latest = configs.pushes.last()?;
        let changed_at = match (same_rules, same_calendar) {
            (true, true) => return None,
            (false, _) => runs_on.pushed_at,
            (true, false) => latest.pushed_at,
        };
        let rules = first.policy.rules(turn.class);
        let pauses = turn.pauses.iter().map(|pause| pause.time);
        let clock = Clock::new(first.calendar.as_deref(), pauses);
        let (due, target) = due(turn, first, &clock);
        let ladder = ladder(turn, rules);
        let steps = ladder::times(&ladder, &clock, turn.start(), target, due.at, received_at);
        let steps = steps.into_iter().map(|step| step.at).collect();
        Some(Before { changed_at, due: due.at, same_rules, steps })
    }

    /// Returns when a step fires that falls due at `at` by today's calendar: not at once if the change brought
    /// it into the past.
    fn moved(&self, index: usize, at: Timestamp) -> Timestamp {
        match self.steps.get(index) {
            Some(planned) if *planned > self.changed_at && at <= self.changed_at => {
                (*planned).min(self.changed_at + CHANGE_GRACE)
            }
            Some(_) | None => at,
        }
    }
}

/// The ladder was exchanged for another while the turn was open.
struct Exchange {
    at: Timestamp,
    cause: Cause,
}

/// Why a ladder was exchanged.
#[derive(Clone, Copy)]
enum Cause {
    /// The matter turned out more severe.
    Worse,
    /// The matter turned out less severe.
    Milder,
    /// A configuration was pushed for open turns too.
    Applied,
}

/// Returns when and why the turn came to the ladder it runs on; absent if it is its first.
fn exchanged(turn: &Turn, before: Option<&Before>) -> Option<Exchange> {
    let class = turn.classes_before.last().map(|(class, at)| {
        let cause = if turn.class < *class { Cause::Worse } else { Cause::Milder };
        Exchange { at: *at, cause }
    });
    let applied = before.filter(|before| !before.same_rules);
    let applied = applied.map(|before| Exchange { at: before.changed_at, cause: Cause::Applied });
    class.into_iter().chain(applied).max_by_key(|exchange| exchange.at)
}

/// Returns when nobody is told, and when the ladder goes on after it was stopped.
fn holds(turn: &Turn, brand: &Brand, clock: &Clock<'_>, due: Timestamp) -> (Vec<Stretch>, Vec<Timestamp>) {
    let ack = if turn.class == Class::Threat { ACK_HOLDS / 2 } else { ACK_HOLDS };
    let rests = turn.rests.iter().map(|rest| {
        let to = rest.until.unwrap_or_else(|| clock.due_at(rest.from, Span::open(ack)).max(due));
        Stretch { from: rest.from, to }
    });
    let pauses = turn.pauses.iter().map(|pause| pause.time);
    // What fell due while an answer seemed to be there waits for its correction.
    let returned = turn
        .returned
        .iter()
        .map(|returned| Stretch { from: returned.answered_at, to: clock::later(returned.at, GRACE) });
    let not_before = turn.not_before.map(|at| Stretch { from: turn.start(), to: at });
    let stops: Vec<Stretch> = rests.chain(pauses).chain(returned).chain(not_before).collect();
    let rounds = stops.iter().filter(|stop| stop.to > stop.from).map(|stop| stop.to).collect();
    let all = stops.into_iter().chain(brand.maintenance.iter().copied());
    (clock::joined(all), rounds)
}

/// Moves what falls into a hold to its end: of several steps the last stands for all.
fn held_back(steps: Vec<Planned>, holds: &[Stretch]) -> Vec<Planned> {
    let mut kept: Vec<Planned> = Vec::new();
    let mut waiting: Vec<(usize, Planned)> = Vec::new();
    for step in steps {
        match holds.iter().position(|hold| hold.from <= step.at && step.at < hold.to) {
            None => kept.push(step),
            Some(hold) => waiting.push((hold, step)),
        }
    }
    for (place, hold) in holds.iter().enumerate() {
        let mut held = waiting.iter().filter(|(of, _)| *of == place).map(|(_, step)| step);
        let Some(last) = held.next_back() else { continue };
        let before = held.map(|step| step.index).collect();
        kept.push(Planned { at: hold.to, held: before, ..last.clone() });
    }
    kept.sort_by_key(|step| (step.at, step.index));
    kept
}

#[cfg(test)]
mod tests;
