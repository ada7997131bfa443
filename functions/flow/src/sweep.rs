//! clock → checks: once a minute, what is due soon goes to the queues, and what got lost is found again.
//!
//! Order: read every shard of both lists → send → move the cursor → follow a new push. The cursor moves only
//! after everything was sent; a sweep that fails or never runs leaves the same work to the next.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::decide::NOTICES_A_MESSAGE;
use domain::fact::NoticeKey;
use domain::id::PersonId;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};

use crate::message::{self, Check, Tell};
use crate::ports::{
    Clock, Cursor, Errand, Fault, List, Queues, SHARDS, Saved, Settings, Table, Telemetry, Todo,
};

mod push;

/// So far ahead a sweep sends: several sweeps may be missed before anything is late.
const HORIZON: SignedDuration = SignedDuration::from_secs(300);
/// What is late by this much was lost on its way; sent again when its lateness passes each of these, then
/// at every doubling: a fault that lasts must not fill the queues.
const FIRST_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// The lateness from which on it doubles.
const THEN_FROM: SignedDuration = SignedDuration::from_secs(60);
/// So many shards are read at the same time.
const READS_AT_ONCE: usize = 8;

/// Sends on everything due soon, and again what is overdue.
///
/// Run twice, it sends some messages twice, which their consumers see through.
///
/// # Errors
///
/// [`Fault`]; what was not finished, moments or a push, the next sweep does again.
pub async fn sweep<W>(world: &W) -> Result<(), Fault>
where
    W: Clock + Queues + Settings + Table + Telemetry,
{
    let now = world.now();
    let cursor = world.cursor().await?;
    moments(world, cursor.as_ref(), now).await?;
    // Behind the moments, which must not wait for it.
    push::follow(world, cursor.and_then(|cursor| cursor.followed), now).await
}

async fn moments<W>(world: &W, cursor: Option<&Cursor>, now: Timestamp) -> Result<(), Fault>
where
    W: Queues + Table + Telemetry,
{
    let until = now + HORIZON;
    let shards =
        [List::Due, List::Out].into_iter().flat_map(|list| (0..SHARDS).map(move |shard| (list, shard)));
    let found: Vec<Vec<Todo>> = stream::iter(shards)
        .map(async |(list, shard)| world.todo(list, shard, until).await)
        .buffer_unordered(READS_AT_ONCE)
        .try_collect()
        .await?;
    let mut checks: Vec<(Check, Timestamp)> = Vec::new();
    let mut mails: BTreeMap<(PersonId, Timestamp), Vec<NoticeKey>> = BTreeMap::new();
    let mut oldest = SignedDuration::ZERO;
    for todo in found.into_iter().flatten() {
        let late = now.duration_since(todo.at);
        oldest = oldest.max(late);
        if !wants_sending(todo.at, now, cursor) {
            continue;
        }
        match todo.what {
            Errand::Check(conversation) => checks.push((Check::at(conversation, None, todo.at), todo.at)),
            Errand::Send(key) => {
                // What is overdue goes to a person together, what is to come each at its time.
                let at = todo.at.max(now);
                mails.entry((key.person.clone(), at)).or_default().push(key);
            }
        }
    }
    world.lateness(Duration::try_from(oldest).unwrap_or_default());
    // What is overdue first: should the time run out, the next sweep sends the rest.
    checks.sort_by_key(|(_, at)| *at);
    let mut mails: Vec<(Tell, Timestamp)> = mails
        .into_iter()
        .flat_map(|((person, at), keys)| {
            let tell = move |notices: &[NoticeKey]| Tell {
                v: message::FORM,
                person: person.clone(),
                brand: None,
                notices: notices.to_vec(),
                moment: Some(at),
            };
            keys.chunks(NOTICES_A_MESSAGE).map(|keys| (tell(keys), at)).collect::<Vec<_>>()
        })
        .collect();
    mails.sort_by_key(|(_, at)| *at);
    // Both are tried: a queue that refuses must not hold up the other.
    let sent = [
        if checks.is_empty() { Ok(()) } else { world.send_checks(&checks).await },
        if mails.is_empty() { Ok(()) } else { world.send_mails(&mails).await },
    ];
    sent.into_iter().collect::<Result<(), Fault>>()?;
    tracing::debug!(checks = checks.len(), mails = mails.len(), "swept");
    let followed = cursor.and_then(|cursor| cursor.followed);
    match world.move_cursor(&Cursor { until, swept_at: now, followed }).await? {
        Saved::Done => {}
        // Another sweep came further; it sent the same.
        Saved::Lost => tracing::debug!("cursor was moved by another sweep"),
    }
    Ok(())
}

/// Whether an entry for the moment `at` was not sent by the last sweep, or is late enough to be sent again.
#[must_use]
pub fn wants_sending(at: Timestamp, now: Timestamp, cursor: Option<&Cursor>) -> bool {
    let Some(cursor) = cursor else {
        return true;
    };
    if at > cursor.until {
        return true;
    }
    let (before, late) = (cursor.swept_at.duration_since(at), now.duration_since(at));
    let doublings = std::iter::successors(Some(THEN_FROM), |last| last.checked_mul(2));
    std::iter::once(FIRST_AGAIN)
        .chain(doublings)
        .take_while(|threshold| *threshold <= late)
        .any(|threshold| before < threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_is_sent_again_at_ten_seconds_and_then_at_every_doubled_minute() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let at = second(1_000_000);
        let mut again = Vec::new();
        for minute in 0..20 {
            let now = at + SignedDuration::from_secs(5 + 60 * minute);
            let before = now - SignedDuration::from_secs(60);
            let cursor = Cursor { until: before + HORIZON, swept_at: before, followed: None };
            if wants_sending(at, now, Some(&cursor)) {
                again.push(minute);
            }
        }
        // Late by 65 s, 125 s, 245 s, 485 s, 965 s.
        assert_eq!(again, [1, 2, 4, 8, 16]);
    }

    #[test]
    fn what_comes_is_sent_once() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let swept_at = now - SignedDuration::from_secs(60);
        let cursor = Cursor { until: swept_at + HORIZON, swept_at, followed: None };
        // from now, sent: the last sweep reached 240 s from now
        for (seconds, sent) in [(1, false), (240, false), (241, true), (300, true), (-5, false), (-11, true)]
        {
            let at = now + SignedDuration::from_secs(seconds);
            assert_eq!(wants_sending(at, now, Some(&cursor)), sent, "{seconds}");
            assert!(wants_sending(at, now, None), "without a cursor everything is sent");
        }
    }
}
