//! Whom to tell and when: a turn's steps as instants, and a step's roles as people.

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
use crate::clock::{self, Deadline, Span, Unit};
use crate::id::PersonId;
use crate::policy::{Anchor, At, Brand, Config, Person, Role, Rules, Rung};

#[cfg(test)]
mod tests;

/// How long after a late receipt the second step waits: time to answer.
pub const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// For how long somebody who was told in one role is not told again in another.
pub const TOLD_LATELY: SignedDuration = SignedDuration::from_mins(30);

/// When everything about one turn is to happen, if nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Until when an answer is in time.
    pub due: Deadline,
    /// The turn was over due before we heard of it.
    pub late: bool,
    /// The ladder's steps, in its order.
    pub steps: Vec<Planned>,
}

/// One step of a ladder as an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The step's place in the ladder, from 0.
    pub index: u16,
    /// When it fires: never before the receipt.
    pub at: Timestamp,
    /// When it would have fired had we heard of the turn at once.
    pub asked: Timestamp,
}

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

/// Plans the steps of a turn that started at `start` and that we heard of at `received_at`.
///
/// Every time is a sum forward from the start, or from the due time, never back from it. No step comes
/// before the receipt. If the turn was over due by then, the first step fires at once and the others at
/// their time, [`GRACE`] after the receipt at the earliest: the whole ladder never fires in one go.
#[must_use]
pub fn schedule(
    rules: &Rules,
    calendar: Option<&Calendar>,
    start: Timestamp,
    received_at: Timestamp,
) -> Schedule {
    let due = clock::due(calendar, start, rules.target);
    let late = due.at < received_at;
    let steps = (0_u16..).zip(&rules.steps).map(|(index, rung)| {
        let asked = asked(rung.at, calendar, start, rules.target, due.at);
        let earliest = if late && index > 0 { clock::later(received_at, GRACE) } else { received_at };
        Planned { index, at: asked.max(earliest), asked }
    });
    let steps = steps.collect();
    Schedule { due, late, steps }
}

/// When a step falls due by the sum alone.
fn asked(at: At, calendar: Option<&Calendar>, start: Timestamp, target: Span, due: Timestamp) -> Timestamp {
    let after = |from, length| clock::due_at(calendar, from, Span { length, unit: at.unit });
    match (at.anchor, at.unit, target.unit) {
        (Anchor::Start, _, _) => after(start, at.offset),
        // One sum over both, so that a target of no open time still counts from the same instant.
        (Anchor::Due, Unit::Open, Unit::Open) => {
            after(start, target.length.checked_add(at.offset).unwrap_or(SignedDuration::MAX))
        }
        (Anchor::Due, Unit::Open | Unit::Elapsed, Unit::Open | Unit::Elapsed) => after(due, at.offset),
    }
}

/// Chooses whom a step tells that fires at `at`, in the order of its roles.
///
/// A role's candidates are the owner, then the backup; the backup alone; the leads or managers in their
/// order; the person named. The first is taken who is not away, whom `reachable` holds to be so, who was not
/// taken for another role of this step, and who was not told in *another* role less than [`TOLD_LATELY`] ago
/// in this run: `told` holds who was told in it. Nobody may be left; then the step reaches nobody.
#[must_use]
pub fn resolve(
    rung: &Rung,
    brand: &Brand,
    config: &Config,
    at: Timestamp,
    told: &[Told],
    reachable: &dyn Fn(&PersonId) -> bool,
) -> Vec<Recipient> {
    let mut recipients: Vec<Recipient> = Vec::new();
    for role in &rung.to {
        let lately = |person: &PersonId| {
            told.iter().any(|told| {
                told.person == *person && told.role != *role && at.duration_since(told.at) < TOLD_LATELY
            })
        };
        let chosen = candidates(role, brand).find(|person| {
            let here = config.people.get(*person).is_some_and(|person| !person.is_away(at));
            let taken = recipients.iter().any(|recipient| recipient.person == **person);
            here && !taken && !lately(person) && reachable(person)
        });
        recipients.extend(chosen.map(|person| Recipient { person: person.clone(), role: role.clone() }));
    }
    recipients
}

/// Returns everybody who can stand for `role`, first choice first.
pub fn candidates<'a>(role: &'a Role, brand: &'a Brand) -> impl Iterator<Item = &'a PersonId> {
    let (one, many) = match role {
        Role::Owner => ([brand.owner.as_ref(), brand.backup.as_ref()], &[][..]),
        Role::Backup => ([brand.backup.as_ref(), None], &[][..]),
        Role::Lead => ([None, None], brand.lead.as_slice()),
        Role::Manager => ([None, None], brand.manager.as_slice()),
        Role::Named(person) => ([Some(person), None], &[][..]),
    };
    one.into_iter().flatten().chain(many)
}

/// Returns when a message to `person` may leave: not before its step, nor before we heard of the turn, nor
/// outside the person's hours.
///
/// Hours that do not open within [`LONGEST_CLOSED`](crate::calendar::LONGEST_CLOSED) are not waited for.
#[must_use]
pub fn send_after(step_at: Timestamp, received_at: Timestamp, person: &Person) -> Timestamp {
    let at = step_at.max(received_at);
    person.hours.as_ref().and_then(|hours| hours.next_opening(at)).unwrap_or(at)
}
