//! Who is on duty: people who relieve each other at a time of the week.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::wall::{self, Twice};
use crate::id::PersonId;

/// People who hand the duty over to each other every week, or every few weeks, at a time by the wall clock.
///
/// A hand-over that the spring change skips is at the first instant after the gap; one that comes twice in
/// autumn is at the first. The weeks around are as long as they really were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rota {
    /// Whose wall clock the hand-overs follow.
    pub(super) zone: TimeZone,
    /// When the first of the people takes over.
    pub(super) first: DateTime,
    /// From one hand-over to the next; at least one.
    pub(super) weeks: i64,
    /// In the order in which they take over; never empty.
    pub(super) people: Vec<PersonId>,
}

impl Rota {
    /// Returns who is on duty at `at`; in the second of a hand-over that is the next person.
    ///
    /// The order goes round without end, also back from the first hand-over: before it, the last of the
    /// people is on duty.
    #[must_use]
    pub fn on_duty(&self, at: Timestamp) -> &PersonId {
        &self.people[self.place(at)]
    }

    /// Returns everybody once, first who is on duty at `at`, then the others in the order of their turns.
    pub fn in_turn(&self, at: Timestamp) -> impl Iterator<Item = &PersonId> {
        let (before, from) = self.people.split_at(self.place(at));
        from.iter().chain(before)
    }

    /// The place among the people of who is on duty.
    fn place(&self, at: Timestamp) -> usize {
        let turn_hours = self.weeks * 7 * 24;
        let since_first = self.zone.to_datetime(at).date().duration_since(self.first.date());
        let turn = since_first.as_hours().div_euclid(turn_hours);
        let has_begun = |turn: &i64| {
            let wall = self.first.checked_add(SignedDuration::from_hours(turn * turn_hours)).ok();
            let begins = wall.and_then(|wall| wall::instant(&self.zone, wall, Twice::First));
            begins.is_some_and(|begins| begins <= at)
        };
        // On the day of a hand-over its hour counts. Where the clocks go back over midnight, the date is again
        // that of the day before.
        let turn = [turn + 1, turn].into_iter().find(has_begun).unwrap_or(turn - 1);
        let people = i64::try_from(self.people.len()).expect("a length fits into 64 bits");
        usize::try_from(turn.rem_euclid(people)).expect("a remainder is less than a length")
    }
}
