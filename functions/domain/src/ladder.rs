//! Whom to tell and when: a turn's steps as instants, and a step's roles as people.

use std::fmt;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
use crate::clock::{self, Clock, Span, Unit};
use crate::id::PersonId;
use crate::policy::{Anchor, At, Brand, Config, Person, Role, Rung, Style};

#[cfg(test)]
mod tests;

/// How long after a late receipt the second step waits: time to answer.
pub const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// For how long somebody who was told in one role is not told again in another.
pub const TOLD_LATELY: SignedDuration = SignedDuration::from_mins(30);

/// Somebody who was told in this run of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// When the step was planned.
    pub at: Timestamp,
}

/// Somebody to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
}

/// How a role of a step became a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The role.
    pub role: Role,
    /// Who stands for it; absent if nobody is left.
    pub person: Option<PersonId>,
    /// The candidates before, and why they were not taken.
    pub passed_over: Vec<(PersonId, Obstacle)>,
}

impl Choice {
    /// Returns whom to tell, if anybody.
    #[must_use]
    pub fn recipient(self) -> Option<Recipient> {
        Some(Recipient { person: self.person?, role: self.role })
    }
}

/// Why a candidate is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// No longer in the configuration.
    Unknown,
    /// Away on that day.
    Away,
    /// Mail does not reach the person.
    Unreachable,
    /// Told by this very step in another role.
    Taken,
    /// Told in this other role less than [`TOLD_LATELY`] ago.
    ToldLately(Role),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::Unknown => f.write_str("no longer in the configuration"),
            Obstacle::Away => f.write_str("away"),
            Obstacle::Unreachable => f.write_str("not reached by mail"),
            Obstacle::Taken => f.write_str("told by this step already"),
            Obstacle::ToldLately(role) => write!(f, "told shortly before as {role}"),
        }
    }
}

/// When a step of a ladder fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    /// The step's place in the ladder, from 0.
    pub index: u16,
    /// When it fires: never before the receipt.
    pub at: Timestamp,
    /// When it would have fired had we heard of the turn at once.
    pub asked: Timestamp,
}

/// Times the steps of a turn that started at `start`, is due at `due` and that we heard of at `received_at`.
///
/// No step comes before the receipt. If the turn was over due by then, the first step fires at once and the
/// others at their time, [`GRACE`] after the receipt at the earliest: the whole ladder never fires in one go.
#[must_use]
pub fn times(
    ladder: &[Rung],
    clock: &Clock<'_>,
    start: Timestamp,
    target: Span,
    due: Timestamp,
    received_at: Timestamp,
) -> Vec<Timed> {
    let late = due < received_at;
    // Else a change of the configuration moved it.
    let is_sum = due == clock.due_at(start, target);
    let time = |(index, rung): (u16, &Rung)| {
        let At { anchor, offset, unit } = rung.at;
        let (from, length) = match (anchor, unit, target.unit) {
            (Anchor::Start, _, _) => (start, offset),
            // One sum over both, so that a target of no open time still counts from the same instant.
            (Anchor::Due, Unit::Open, Unit::Open) if is_sum => {
                (start, target.length.checked_add(offset).unwrap_or(SignedDuration::MAX))
            }
            (Anchor::Due, Unit::Open | Unit::Elapsed, Unit::Open | Unit::Elapsed) => (due, offset),
        };
        // By the sum alone: forward from the start, or from the due time, never back from it.
        let asked = clock.due_at(from, Span { length, unit });
        let earliest = if late && index > 0 { clock::later(received_at, GRACE) } else { received_at };
        Timed { index, at: asked.max(earliest), asked }
    };
    (0_u16..).zip(ladder).map(time).collect()
}

/// Chooses whom a step tells that fires at `at`, in the order of its roles.
///
/// Nobody may be left; then the step reaches nobody. [`choose`] says by which rules, and who was passed over.
#[must_use]
pub fn resolve(
    roles: &[Role],
    brand: &Brand,
    config: &Config,
    at: Timestamp,
    told: &[Told],
    reachable: &dyn Fn(&PersonId) -> bool,
) -> Vec<Recipient> {
    let choices = choose(roles, brand, config, at, told, reachable).into_iter();
    choices.filter_map(Choice::recipient).collect()
}

/// Chooses a person for each role of a step that fires at `at`, and says who was passed over.
///
/// A role's candidates are the owner, then the backup; the backup alone; the leads or managers in their
/// order; who is on duty, then the others of the rota in theirs; the person named. The first is taken who is not away, whom `reachable` holds to be so, who was not
/// taken for another role of this step, and who was not told in *another* role less than [`TOLD_LATELY`] ago
/// in this run: `told` holds who was told in it.
#[must_use]
pub fn choose(
    roles: &[Role],
    brand: &Brand,
    config: &Config,
    at: Timestamp,
    told: &[Told],
    reachable: &dyn Fn(&PersonId) -> bool,
) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for role in roles {
        let obstacle = |person: &PersonId| {
            let taken = choices.iter().any(|choice| choice.person.as_ref() == Some(person));
            let lately = |told: &&Told| {
                told.person == *person && told.role != *role && at.duration_since(told.at) < TOLD_LATELY
            };
            match config.people.get(person) {
                None => Some(Obstacle::Unknown),
                Some(known) if known.is_away(at) => Some(Obstacle::Away),
                Some(_) if !reachable(person) => Some(Obstacle::Unreachable),
                Some(_) if taken => Some(Obstacle::Taken),
                Some(_) => told.iter().find(lately).map(|told| Obstacle::ToldLately(told.role.clone())),
            }
        };
        let mut passed_over = Vec::new();
        let person = candidates(role, brand, at).find(|person| {
            let obstacle = obstacle(person);
            let free = obstacle.is_none();
            passed_over.extend(obstacle.map(|obstacle| ((*person).clone(), obstacle)));
            free
        });
        let person = person.cloned();
        choices.push(Choice { role: role.clone(), person, passed_over });
    }
    choices
}

/// Returns everybody who can stand for `role` at `at`, first choice first.
pub fn candidates<'a>(role: &'a Role, brand: &'a Brand, at: Timestamp) -> impl Iterator<Item = &'a PersonId> {
    let (one, many) = match role {
        Role::Owner => ([brand.owner.as_ref(), brand.backup.as_ref()], &[][..]),
        Role::Backup => ([brand.backup.as_ref(), None], &[][..]),
        Role::Lead => ([None, None], brand.lead.as_slice()),
        Role::Manager => ([None, None], brand.manager.as_slice()),
        Role::Duty => ([None, None], &[][..]),
        Role::Named(person) => ([Some(person), None], &[][..]),
    };
    let duty = brand.duty.iter().filter(|_| *role == Role::Duty).flat_map(move |rota| rota.in_turn(at));
    one.into_iter().flatten().chain(many).chain(duty)
}

/// How a message is to reach people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// In which form.
    pub style: Style,
    /// What is severe does not wait for anybody's hours.
    pub is_severe: bool,
}

/// Returns when a message to `person` may leave: not before its step, nor before we heard of the turn, nor
/// outside the person's hours. A line of the daily list leaves when the person's next day begins.
///
/// Hours that do not open within [`LONGEST_CLOSED`](crate::calendar::LONGEST_CLOSED) are not waited for.
#[must_use]
pub fn send_after(step_at: Timestamp, received_at: Timestamp, person: &Person, manner: Manner) -> Timestamp {
    let at = step_at.max(received_at);
    match (manner.style, manner.is_severe) {
        (Style::Digest, _) => next_day(person, at),
        (Style::Single | Style::Batch, true) => at,
        (Style::Single | Style::Batch, false) => {
            person.hours.as_ref().and_then(|hours| hours.next_opening(at)).unwrap_or(at)
        }
    }
}

/// When the daily list of somebody without hours leaves, by their own clock.
const MORNING: i8 = 9;

/// Returns when the first day after `at` begins for `person`: their next opening on a later date, else nine
/// o'clock in their zone.
fn next_day(person: &Person, at: Timestamp) -> Timestamp {
    if let Some(opening) = person.hours.as_ref().and_then(|hours| next_opening_day(hours, at)) {
        return opening;
    }
    let tomorrow = person.zone.to_datetime(at).date().tomorrow();
    let morning = tomorrow.map(|date| date.at(MORNING, 0, 0, 0));
    morning.and_then(|morning| person.zone.to_timestamp(morning)).unwrap_or(Timestamp::MAX)
}

/// An opening sooner than this is no new beginning, such as that after a break.
const SHORTEST_REST: SignedDuration = SignedDuration::from_hours(8);
/// Open for longer than this, a calendar begins anew at midnight.
const LONGEST_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Returns when `calendar` opens next, eight hours after `at` at the earliest; where it stays open for more than a
/// day, that is midnight. Absent if it does not open again.
#[must_use]
pub fn next_opening(calendar: &Calendar, at: Timestamp) -> Option<Timestamp> {
    opening(calendar, at, |_| true)
}

/// Returns [`next_opening`] on a later local date than that of `at`.
#[must_use]
pub fn next_opening_day(calendar: &Calendar, at: Timestamp) -> Option<Timestamp> {
    let date = |at| calendar.zone().to_datetime(at).date();
    let today = date(at);
    opening(calendar, at, |opening| date(opening) > today)
}

fn opening(calendar: &Calendar, at: Timestamp, counts: impl Fn(Timestamp) -> bool) -> Option<Timestamp> {
    let earliest = clock::later(at, SHORTEST_REST);
    let zone = calendar.zone();
    calendar.open_from(at).find_map(|stretch| {
        if stretch.from >= earliest && counts(stretch.from) {
            return Some(stretch.from);
        }
        if stretch.length() <= LONGEST_DAY {
            return None;
        }
        let mut midnights =
            std::iter::successors(Some(zone.to_datetime(stretch.from).date()), |date| date.tomorrow().ok())
                .filter_map(|date| zone.to_timestamp(date.to_datetime(Time::midnight())).ok())
                .take_while(|midnight| *midnight < stretch.to);
        midnights.find(|midnight| *midnight >= earliest && counts(*midnight))
    })
}

/// Says why a step falls due when it does: `20 min of open time after the question`.
///
/// Without a calendar all time is open, and only the amount is said.
#[must_use]
pub fn why(at: At, calendar: Option<&Calendar>) -> String {
    let length = clock::duration_in_words(at.offset);
    let time = match (at.unit, calendar) {
        (Unit::Open, Some(_)) => format!("{length} of open time"),
        (Unit::Open | Unit::Elapsed, _) => length,
    };
    match (at.anchor, at.offset.is_zero()) {
        (Anchor::Start, true) => "at once".to_owned(),
        (Anchor::Start, false) => format!("{time} after the question"),
        (Anchor::Due, true) => "when the time to answer is over".to_owned(),
        (Anchor::Due, false) => format!("{time} after the time to answer was over"),
    }
}
