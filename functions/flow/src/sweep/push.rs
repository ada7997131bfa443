//! push → checks: a new configuration may move the next moment of everybody who waits, so all are checked.
//!
//! Told apart by what was followed last, not by clocks: a push is missed by no sweep, however late it runs and
//! whatever time whoever pushed believes it is. Checked are those who wait at once, and again when no function
//! can remember the configuration before: until then a check could still plan by it.

use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use crate::message::Check;
use crate::ports::{Fault, Followed, Pushed, Queues, Settings, Table};

/// A function remembers the configuration for a minute; half a minute more if it cannot be read.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(90);
/// So many brands are read at the same time.
const READS_AT_ONCE: usize = 8;
/// So many checks are asked for in one call, which is the most that a queue takes.
const BATCH: usize = 10;
/// So many calls ask for checks at the same time.
const SENDS_AT_ONCE: usize = 16;

/// Asks for a check of everybody who waits, if there is a push that they were not all checked for.
///
/// The second time asks for them twice, which changes nothing.
///
/// # Errors
///
/// [`Fault`] if one of the calls failed. What could be asked for was, and the next sweep asks for all again.
pub(super) async fn follow<W>(world: &W, before: Option<Followed>, now: Timestamp) -> Result<(), Fault>
where
    W: Queues + Settings + Table,
{
    let Some(push) = world.pushed().await? else {
        return Ok(());
    };
    let Some(followed) = step(push.at, before, now) else {
        return Ok(());
    };
    let checks = ask(world, &push, now).await?;
    world.follow(&followed).await?;
    tracing::info!(pushed_at = %push.at, checks, "everybody who waits is checked for a push");
    Ok(())
}

/// Returns what is to be remembered once everybody who waits was checked; absent if that is not due.
fn step(pushed_at: Timestamp, before: Option<Followed>, now: Timestamp) -> Option<Followed> {
    match before.filter(|before| before.pushed_at == pushed_at) {
        None => Some(Followed { pushed_at, first_at: now, is_over: false }),
        Some(before) if !before.is_over && now >= before.first_at + REMEMBERED => {
            Some(Followed { is_over: true, ..before })
        }
        Some(_) => None,
    }
}

/// Asks for a check of everybody who waits for any brand; returns of how many. One brand's fault leaves out no
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
            Ok(waiting) => checks.extend(
                waiting.into_iter().map(|waiting| (Check::for_push(waiting, brand.clone(), push.at), now)),
            ),
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
    fn a_push_is_followed_when_it_is_seen_and_when_it_is_known_everywhere() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let (pushed_at, older) = (second(1_000_000), second(2_000_000));
        let first = Followed { pushed_at, first_at: second(1_000_030), is_over: false };
        let over = Followed { is_over: true, ..first };
        let again = Followed { first_at: second(1_000_300), ..first };
        // remembered, seconds after the push, to be remembered
        let table = [
            (None, 30, Some(first)),
            (Some(first), 90, None), // some function may still remember what was before
            (Some(first), 120, Some(over)),
            (Some(over), 300, None),
            // Another push was followed: that its time is later only tells of a clock.
            (Some(Followed { pushed_at: older, ..over }), 300, Some(again)),
            // A sweep with a clock behind: nothing is over yet.
            (Some(first), -500, None),
        ];
        for (before, seconds, after) in table {
            let now = pushed_at + SignedDuration::from_secs(seconds);
            assert_eq!(step(pushed_at, before, now), after, "{before:?}, {seconds} s after the push");
        }
    }
}
