//! Mails as their reader gets them: when each person was written to, and what for.

use std::collections::BTreeMap;

use domain::fact::Notice;
use domain::id::PersonId;
use domain::pace::{KNOWN_BY, Pacing, goes_alone};
use jiff::Timestamp;

use crate::log::{Accepted, Way};
use crate::time::{Ms, instant, ms};
use crate::verify::{PROMISED, SENDING, ahead};
use crate::world::World;

/// The mails to each person that others wait for, in the order in which they left.
#[derive(Debug)]
pub(crate) struct Letters<'w> {
    world: &'w World,
    mails: BTreeMap<&'w PersonId, Vec<&'w Accepted>>,
}

impl<'w> Letters<'w> {
    pub(crate) fn of(world: &'w World) -> Letters<'w> {
        let mut mails: BTreeMap<&PersonId, Vec<&Accepted>> = BTreeMap::new();
        for mail in &world.log.accepted {
            let makes_wait =
                mail.keys.iter().all(|key| world.table.notice(key).is_some_and(|notice| !goes_alone(notice)));
            let makes_wait = makes_wait && mail.way == Way::Mailed;
            if let Some(key) = mail.keys.first().filter(|_| makes_wait) {
                mails.entry(&key.person).or_default().push(mail);
            }
        }
        Letters { world, mails }
    }

    /// Returns every person with their mails.
    pub(crate) fn of_each(&self) -> impl Iterator<Item = (&PersonId, &[&'w Accepted])> {
        self.mails.iter().map(|(person, mails)| (*person, mails.as_slice()))
    }

    fn to(&self, person: &PersonId) -> &[&'w Accepted] {
        self.mails.get(person).map_or(&[], Vec::as_slice)
    }

    /// Returns until when `notice`, which may leave at `now`, waits to be told with others; absent if it is to leave
    /// now.
    ///
    /// Whom a mail leaves for meanwhile is told with it.
    pub(crate) fn wait_until(&self, notice: &Notice, pacing: &Pacing, now: Ms) -> Option<Ms> {
        let mails = self.to(&notice.key.person);
        let (before, behind) = mails.split_at(mails.partition_point(|mail| mail.at <= now));
        let known = self.world.table.notice(&notice.key);
        let has_failed = known.is_some_and(|known| known.failed.is_some());
        if has_failed && mails.iter().all(|mail| !mail.keys.contains(&notice.key)) {
            // Their reader was known not to be reached: nobody waits for that.
            return None;
        }
        if before.iter().any(|mail| mail.keys.contains(&notice.key)) {
            return None;
        }
        let next = behind.first().filter(|mail| !goes_alone(notice) && !mail.keys.contains(&notice.key));
        let until = match pacing.waits_until(notice, &times(before), instant(now)) {
            Some(until) => behind.first().map_or(ms(until), |mail| mail.at.min(ms(until))),
            // What was claimed in the moment of a mail waits for the next.
            None => next.filter(|mail| self.just_missed(notice, mail, now)).map(|mail| mail.at)?,
        };
        Some(until.max(now + 1))
    }

    /// Whether `notice`, which was to leave at `now`, was claimed so shortly before `mail` that nobody need have known.
    fn just_missed(&self, notice: &Notice, mail: &Accepted, now: Ms) -> bool {
        let claimed_at = self.world.table.notice(&notice.key).map(|notice| ms(notice.claimed_at));
        let is_soon = mail.at <= now + PROMISED + SENDING;
        is_soon
            && claimed_at.is_some_and(|at| {
                at + Ms::try_from(KNOWN_BY.as_millis()).unwrap_or(Ms::MAX) + ahead(self.world) > mail.at
            })
    }
}

/// Returns when mails left.
pub(crate) fn times(mails: &[&Accepted]) -> Vec<Timestamp> {
    mails.iter().map(|mail| instant(mail.at)).collect()
}
