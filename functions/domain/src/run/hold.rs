//! When the ladder stands still, and what becomes of the steps that fall due meanwhile.

use jiff::{SignedDuration, Timestamp};

use super::{Planned, Source};
use crate::calendar::Stretch;
use crate::clock::{Clock, Span, Unit, joined, later};
use crate::history::Turn;
use crate::ladder::GRACE;
use crate::policy::{Brand, Class, Style};

/// How long an ack holds the ladder back at least; half of it for a threat.
const ACK_HOLDS: SignedDuration = SignedDuration::from_mins(30);

/// Times in which nobody is told.
pub(super) struct Holds {
    /// Sorted and apart from each other.
    pub(super) times: Vec<Stretch>,
    /// When each of the turn's own ended or ends.
    pub(super) ends: Vec<Timestamp>,
}

impl Holds {
    /// Gathers what holds the ladder of `turn` back: somebody has it, it was put off, the clock stands, an answer
    /// was taken back just now, or the brand is at maintenance.
    ///
    /// An ack lasts by the time that the target is counted in: what is urgent at night does not wait until morning.
    pub(super) fn of(turn: &Turn, brand: &Brand, clock: &Clock<'_>, unit: Unit, due: Timestamp) -> Holds {
        let length = if turn.class == Class::Threat { ACK_HOLDS / 2 } else { ACK_HOLDS };
        let ack = Span { length, unit };
        let rests = turn.rests.iter().map(|rest| {
            let to = rest.until.unwrap_or_else(|| clock.due_at(rest.from, ack).max(due));
            Stretch { from: rest.from, to: rest.woken_at.map_or(to, |woken_at| woken_at.min(to)) }
        });
        let pauses = turn.pauses.iter().map(|pause| pause.time);
        // What fell due while an answer seemed to be there waits for its correction.
        let returned = turn
            .returned
            .iter()
            .map(|returned| Stretch { from: returned.answered_at, to: later(returned.at, GRACE) });
        let own: Vec<Stretch> = rests.chain(pauses).chain(returned).collect();
        let ends = own.iter().filter(|hold| hold.to > hold.from).map(|hold| hold.to).collect();
        Holds { times: joined(own.into_iter().chain(brand.maintenance.iter().copied())), ends }
    }
}

/// Moves what falls into a hold to its end: of several steps the last stands for all, or a step whose own time is
/// that very end. A line of the daily list, which leaves another day, stands for other lines only, and a reminder
/// for no step.
pub(super) fn held_back(steps: Vec<Planned>, holds: &[Stretch]) -> Vec<Planned> {
    let mut kept: Vec<Planned> = Vec::new();
    let mut waiting: Vec<(usize, Planned)> = Vec::new();
    for step in steps {
        match holds.iter().position(|hold| hold.from <= step.at && step.at < hold.to) {
            None => kept.push(step),
            Some(hold) => waiting.push((hold, step)),
        }
    }
    for (place, hold) in holds.iter().enumerate() {
        let held: Vec<&Planned> =
            waiting.iter().filter(|(of, _)| *of == place).map(|(_, step)| step).collect();
        let is_step = |step: &Planned| matches!(step.source, Source::Step(_));
        let has_mails = held.iter().any(|step| is_step(step) && step.style != Style::Digest);
        // Behind a step that nobody was told of, reminders of it are lines like any other.
        let is_listed = |step: &Planned| step.style == Style::Digest || (has_mails && !is_step(step));
        let after_mails = held.iter().rposition(|step| !is_listed(step)).map_or(0, |last| last + 1);
        let at_end = kept.iter_mut().find(|step| step.at == hold.to);
        let (mails, mut lines) = held.split_at(after_mails);
        match at_end {
            Some(step) if !is_listed(step) => {
                step.held.extend(held.iter().map(|step| step.index));
                continue;
            }
            Some(step) => {
                step.held.extend(lines.iter().map(|step| step.index));
                lines = &[];
            }
            None => {}
        }
        let stand_ins = mails.split_last().into_iter().chain(lines.split_last());
        kept.extend(stand_ins.map(|(last, before)| {
            let held = before.iter().map(|step| step.index).collect();
            Planned { at: hold.to, held, ..(*last).clone() }
        }));
    }
    kept.sort_by_key(|step| (step.at, step.index));
    kept
}
