//! What changed under an open turn: the rules it runs on, the calendar, its class.

use jiff::{SignedDuration, Timestamp};

use super::{due, ladder};
use crate::clock::{Clock, later};
use crate::history::Turn;
use crate::id::BrandId;
use crate::ladder::{GRACE, TOLD_LATELY, Timed, times};
use crate::policy::{Brand, Class};
use crate::versions::{Configs, Push};

/// After a change that lets a turn be over due at once, people have this time before they are told.
const CHANGE_GRACE: SignedDuration = SignedDuration::from_mins(5);

/// The turn as it ran before the configuration changed under it.
pub(super) struct Change {
    /// When it changed.
    at: Timestamp,
    /// Until when the turn was to be answered.
    due_before: Timestamp,
    /// The ladder stayed the same; then only the calendar changed.
    same_rules: bool,
    /// When each step would have fired.
    steps_before: Vec<Timestamp>,
}

impl Change {
    /// Returns how the turn ran under the version it was asked under, if anything that counts changed since.
    pub(super) fn of(turn: &Turn, brand: &BrandId, configs: &Configs, today: &Brand) -> Option<Change> {
        let received_at = turn.received_at();
        let asked_under = configs.asked_under(received_at)?;
        let runs_on = configs.push_of_turn(received_at)?;
        let latest = configs.pushes.last()?;
        let before = configs.loaded.get(&asked_under.number)?.brands.get(brand)?;
        let now = configs.loaded.get(&runs_on.number)?.brands.get(brand).unwrap_or(before);
        let rules = before.policy.rules(turn.class);
        let same_rules = rules == now.policy.rules(turn.class);
        let at = match (same_rules, before.calendar == today.calendar) {
            (true, true) => return None,
            (false, _) => runs_on.pushed_at,
            (true, false) => latest.pushed_at,
        };
        let clock = Clock::new(before.calendar.as_deref(), turn.pauses.iter().map(|pause| pause.time));
        let (due, target) = due(turn, before, &clock);
        let timed = times(&ladder(turn, rules), &clock, turn.start(), target, due.at, received_at);
        let steps_before = timed.into_iter().map(|step| step.at).collect();
        Some(Change { at, due_before: due.at, same_rules, steps_before })
    }

    /// Returns until when the turn is to be answered that would be due at `due` by what holds now.
    pub(super) fn due(&self, due: Timestamp) -> Timestamp {
        self.graced(self.due_before, due)
    }

    /// Returns when a step fires by what holds now.
    pub(super) fn step(&self, step: &Timed) -> Timestamp {
        let before = self.steps_before.get(usize::from(step.index)).filter(|_| self.same_rules);
        before.map_or(step.at, |before| self.graced(*before, step.at))
    }

    /// What was still to come, and lies in the past by the change, comes a little later: nobody is told of a
    /// sudden.
    fn graced(&self, before: Timestamp, now: Timestamp) -> Timestamp {
        let is_sudden = before > self.at && now <= self.at;
        if is_sudden { before.min(later(self.at, CHANGE_GRACE)) } else { now }
    }
}

/// The ladder was exchanged for another while the turn was open.
pub(super) struct Exchange {
    /// When.
    pub(super) at: Timestamp,
    cause: Cause,
}

/// Why a ladder was exchanged.
enum Cause {
    /// The matter turned out more severe; a threat, or not.
    Worse { is_threat: bool },
    /// The matter turned out less severe.
    Milder,
    /// A configuration was pushed for open turns too.
    Applied,
}

impl Exchange {
    /// Returns when and why the turn came to the ladder it runs on; absent if it is its first.
    ///
    /// A configuration that was applied counts even if its ladder is that of the question's own version: others
    /// may have been applied in between.
    pub(super) fn of(turn: &Turn, configs: &Configs) -> Option<Exchange> {
        let class = turn.classes_before.last().map(|(class, at)| {
            let is_threat = turn.class == Class::Threat;
            let cause = if turn.class < *class { Cause::Worse { is_threat } } else { Cause::Milder };
            Exchange { at: *at, cause }
        });
        let received_at = turn.received_at();
        let since = |push: &&Push| push.apply_to_open && push.pushed_at > received_at;
        let applied = configs.pushes.iter().rfind(since);
        let applied = applied.map(|push| Exchange { at: push.pushed_at, cause: Cause::Applied });
        class.into_iter().chain(applied).max_by_key(|exchange| exchange.at)
    }

    /// Returns when a step of the new ladder fires that lay before the exchange, and since when its roles must
    /// have been told for it to be done; `renewed_at` is when the ladder began once more.
    ///
    /// The first comes at once, or a little later where nobody knew that the ladder would change; the others give
    /// it time: the whole ladder never fires in one go. That a matter is a threat is told in any case, that it is
    /// worse to everybody who did not hear of it just before.
    pub(super) fn step(
        &self,
        is_first: bool,
        renewed_at: Option<Timestamp>,
    ) -> (Timestamp, Option<Timestamp>) {
        let first = match self.cause {
            Cause::Worse { .. } | Cause::Milder => self.at,
            Cause::Applied => later(self.at, CHANGE_GRACE),
        };
        let at = if is_first { first } else { later(first, GRACE) };
        let since = match self.cause {
            Cause::Worse { is_threat: true } if is_first => None,
            Cause::Worse { .. } => self.at.checked_sub(TOLD_LATELY).ok(),
            Cause::Milder | Cause::Applied => Some(renewed_at.unwrap_or(Timestamp::MIN)),
        };
        (at, since)
    }
}
