//! What comes after the ladder: never silence, and never without end.

use jiff::{SignedDuration, Timestamp};

use super::{Planned, Source};
use crate::history::Turn;
use crate::ladder::{Timed, next_opening};
use crate::policy::{Brand, Role, Rung, Style};

/// So often the last step of the ladder is repeated, before only the daily list goes on.
const REPEATS: u16 = 5;
/// A turn is open for thirty days at most: so many days can have a reminder.
const MOST: u16 = 31;

/// A reminder after the last step of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The last step once more, at an opening: the first to the fifth.
    Opening(u16),
    /// A line in the list of what is still open.
    Daily,
}

/// Returns the reminders that follow the last step of a ladder: at each opening of the
/// brand, the last step five times and then the daily list. Without a calendar a day has 24
/// hours. They go on until the first that lies after `now`.
///
/// The daily list goes to the leads, who can see to it that somebody answers; a brand without any sends it to
/// whom the last step went. A promise is not listed longer than it is repeated.
pub(super) fn reminders(
    turn: &Turn,
    brand: &Brand,
    last: &Rung,
    timed: &Timed,
    now: Timestamp,
) -> Vec<Planned> {
    let mut reminders = Vec::new();
    let mut at = timed.at;
    let most = if turn.is_response() { MOST } else { REPEATS };
    for nth in 1..=most {
        let day = at.checked_add(SignedDuration::from_hours(24)).ok();
        let opening = match &brand.calendar {
            Some(calendar) => next_opening(calendar, at).or(day),
            None => day,
        };
        let Some(opening) = opening else { break };
        at = opening;
        let reminder = if nth <= REPEATS { Reminder::Opening(nth) } else { Reminder::Daily };
        let (to, style) = match reminder {
            Reminder::Opening(_) => (last.to.clone(), last.style),
            Reminder::Daily if brand.lead.is_empty() => (last.to.clone(), Style::Digest),
            Reminder::Daily => (vec![Role::Lead], Style::Digest),
        };
        reminders.push(Planned {
            index: timed.index.saturating_add(nth),
            at,
            source: Source::Reminder(reminder),
            to,
            style,
            held: Vec::new(),
            done_if_told_since: None,
        });
        if at > now {
            break;
        }
    }
    reminders
}
