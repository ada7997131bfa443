//! push → checks: a new configuration may move the next moment of everybody who waits, so all are checked.
//!
//! Told apart by what was followed last, not by clocks: a push is missed by no sweep, however late it runs and
//! whatever time whoever pushed believes it is. A head says which push it was planned by, so each sweep asks for those
//! that were planned by an older one, until there are none and no function can remember the configuration before:
//! a check that got lost, or went by what its function remembered, is asked for again.

use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use crate::message::Check;
use crate::ports::{Fault, Followed, Pushed, Queues, Settings, Table, Waiting};

/// A function remembers the configuration for a minute, and what it then plans shows in the index some minutes later
/// at the latest. One that cannot read it remembers it for longer, and sees to it that somebody looks again.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(5);
/// So many brands are read at the same time.
const READS_AT_ONCE: usize = 8;
/// So many checks are asked for in one call, which is the most that a queue takes.
const BATCH: usize = 10;
/// So many calls ask for checks at the same time.
const SENDS_AT_ONCE: usize = 16;

/// Asks for a check of everybody who waits by an older push than the newest, until nobody does.
///
/// The second time asks for those who were not checked yet, which changes nothing for those who were.
///
/// # Errors
///
/// [`Fault`] if one of the calls failed. What could be asked for was, and the next sweep asks again.
pub(super) async fn follow<W>(world: &W, before: Option<Followed>, now: Timestamp) -> Result<(), Fault>
where
    W: Queues + Settings + Table,
{
    let Some(push) = world.pushed().await? else {
        return Ok(());
    };
    let before = before.filter(|before| before.pushed_at == push.at);
    if before.is_some_and(|before| before.is_over) {
        return Ok(());
    }
    let checks = ask(world, &push, now).await?;
    let followed = step(push.at, before, checks, now);
    if before != Some(followed) {
        world.follow(&followed).await?;
    }
    tracing::info!(pushed_at = %push.at, checks, "who waits is checked for a push");
    Ok(())
}

/// Returns what is to be remembered of a push after a sweep that asked for so many checks.
fn step(pushed_at: Timestamp, before: Option<Followed>, checks: usize, now: Timestamp) -> Followed {
    let first_at = before.map_or(now, |before| before.first_at);
    let is_over = checks == 0 && now.duration_since(first_at) >= REMEMBERED;
    Followed { pushed_at, first_at, is_over }
}

/// Asks for a check of everybody who waits by another push; returns of how many. One brand's fault leaves out no
/// other.
async fn ask<W>(world: &W, push: &Pushed, now: Timestamp) -> Result<usize, Fault>
where
    W: Queues + Table,
{
    let mut checks: Vec<(Check, Timestamp)> = Vec::new();
    let mut failed = None;
    let mut brands = stream::iter(&push.brands)
        .map(async |brand| (brand, world.waiting(brand).await))
        .buffer_unordered(READS_AT_ONCE);
    while let Some((brand, waiting)) = brands.next().await {
        match waiting {
            Ok(waiting) => {
                let others = waiting.into_iter().filter(|waiting| waiting.planned_by != Some(push.at));
                let check = |waiting: Waiting| Check::for_push(waiting.conversation, brand.clone(), push.at);
                checks.extend(others.map(|waiting| (check(waiting), now)));
            }
            Err(fault) => failed = Some(fault),
        }
    }
    let mut sends = stream::iter(checks.chunks(BATCH))
        .map(async |batch| world.send_checks(batch).await)
        .buffer_unordered(SENDS_AT_ONCE);
    while let Some(sent) = sends.next().await {
        failed = sent.err().or(failed);
    }
    failed.map_or(Ok(checks.len()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_followed_until_all_are_planned_by_it_and_none_can_be_planned_by_another() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let pushed_at = second(1_000_000);
        let first = Followed { pushed_at, first_at: second(1_000_030), is_over: false };
        let over = Followed { is_over: true, ..first };
        // remembered, checks asked for, seconds after the push, to be remembered
        let table = [
            (None, 7, 30, first),
            (None, 0, 30, first), // who asks within the next minute may still be planned by what was before
            (Some(first), 0, 90, first),
            (Some(first), 1, 330, first), // somebody's check was lost
            (Some(first), 0, 330, over),
            (Some(first), 0, -500, first), // a sweep with a clock behind: nothing is over yet
        ];
        for (before, checks, seconds, after) in table {
            let now = pushed_at + SignedDuration::from_secs(seconds);
            assert_eq!(step(pushed_at, before, checks, now), after, "{before:?}, {seconds} s after the push");
        }
    }
}
