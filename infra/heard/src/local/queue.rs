//! Standard SQS queues on `SQLite`: delays, visibility, long polls, dead letters.
//!
//! What a message may look like and what a call answers is in `queue::api`; here is what happens to messages.
//! Nothing is in memory but the queues' settings, so that a delayed check survives a restart with `--data`.

mod api;
mod attributes;
mod checksum;
mod error;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::Notify;

pub(crate) use api::{Content, MessageAttribute};
pub(crate) use attributes::{MAX_RECEIVES, Setting};
pub use error::QueueError;

use super::clock::{Clock, millis};
use super::store::Store;
use super::template::{ACCOUNT, Queue, REGION};
use super::unique::uuid;

/// All queues of the stack.
#[derive(Debug)]
pub struct Queues {
    /// By name, with what is set for each at the moment; the template's settings hold again after a restart.
    known: Mutex<BTreeMap<String, Queue>>,
    endpoint: String,
    store: Arc<Store>,
    clock: Clock,
    /// Told whenever a message may have become visible.
    changed: Notify,
    /// Queues whose sent messages are thrown away.
    discarding: Mutex<HashSet<String>>,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Ready to be received.
    pub visible: u64,
    /// Received and not yet deleted.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

impl Depth {
    /// Everything in the queue.
    #[must_use]
    pub fn total(self) -> u64 {
        self.visible + self.in_flight + self.delayed
    }
}

/// A received message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) receipt: String,
    pub(crate) content: Content,
    pub(crate) sent_at: i64,
    pub(crate) receives: u32,
    pub(crate) first_received_at: i64,
    /// The queue it was a dead letter of.
    pub(crate) source: Option<String>,
    seq: i64,
}

impl Queues {
    /// The template's queues, with the messages that the store holds for them.
    pub(crate) fn new(queues: Vec<Queue>, endpoint: String, store: Arc<Store>, clock: Clock) -> Self {
        let known = queues.into_iter().map(|queue| (queue.name.clone(), queue)).collect();
        let known = Mutex::new(known);
        Self { known, endpoint, store, clock, changed: Notify::new(), discarding: Mutex::default() }
    }

    /// The names of the queues.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.known().keys().cloned().collect()
    }

    /// The queue's address, as functions get it in their environment.
    #[must_use]
    pub fn url(&self, queue: &str) -> String {
        format!("{}/{ACCOUNT}/{queue}", self.endpoint)
    }

    pub(crate) fn arn(queue: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    }

    /// From now on messages sent to the queue are accepted and lost, or are kept again.
    pub fn discard(&self, queue: &str, discard: bool) {
        let mut discarding = self.discarding.lock().unwrap_or_else(PoisonError::into_inner);
        if discard {
            discarding.insert(queue.to_owned());
        } else {
            discarding.remove(queue);
        }
    }

    /// How many messages the queue holds.
    ///
    /// # Errors
    ///
    /// [`QueueError::NoSuchQueue`], or the store's error.
    pub fn depth(&self, queue: &str) -> Result<Depth, QueueError> {
        let found = self.queue(queue)?;
        let now = self.clock.now_ms();
        let connection = self.store.lock();
        let depth = connection.query_row(
            "SELECT count(*) FILTER (WHERE visible_at <= ?2),
                    count(*) FILTER (WHERE visible_at > ?2 AND receipt IS NOT NULL),
                    count(*) FILTER (WHERE visible_at > ?2 AND receipt IS NULL)
             FROM message WHERE queue = ?1 AND sent_at > ?3",
            params![queue, now, now - millis(found.retention)],
            |row| Ok(Depth { visible: row.get(0)?, in_flight: row.get(1)?, delayed: row.get(2)? }),
        )?;
        Ok(depth)
    }

    /// The queue as it is set at this moment.
    fn queue(&self, name: &str) -> Result<Queue, QueueError> {
        self.known().get(name).cloned().ok_or(QueueError::NoSuchQueue)
    }

    /// Changes what is set for a queue.
    fn replace(&self, queue: Queue) {
        self.known().insert(queue.name.clone(), queue);
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message and returns its id; `delay` is the queue's own if left out.
    pub(crate) fn send(
        &self,
        queue: &str,
        content: &Content,
        delay: Option<Duration>,
    ) -> Result<String, QueueError> {
        let delay = delay.unwrap_or(self.queue(queue)?.delay);
        let id = uuid();
        if self.discarding.lock().unwrap_or_else(PoisonError::into_inner).contains(queue) {
            return Ok(id);
        }
        let now = self.clock.now_ms();
        self.store.lock().execute(
            "INSERT INTO message (queue, id, content, sent_at, visible_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![queue, id, content.to_json(), now, now + millis(delay)],
        )?;
        self.changed.notify_waiters();
        Ok(id)
    }

    /// Receives up to `max` messages; waits up to `wait` for the first.
    ///
    /// The wait ends at the very moment a message arrives or becomes visible. `visibility` is the queue's
    /// own at that moment if left out.
    pub(crate) async fn receive(
        &self,
        queue: &str,
        max: usize,
        wait: Duration,
        visibility: Option<Duration>,
    ) -> Result<Vec<Message>, QueueError> {
        let until = self.clock.now_ms() + millis(wait);
        loop {
            // Listening starts before the look, or a message that arrives between the two would wait.
            let changed = self.changed.notified();
            let messages = self.take(queue, max, visibility)?;
            let now = self.clock.now_ms();
            if !messages.is_empty() || now >= until {
                return Ok(messages);
            }
            let next = self.next_visible(queue, now)?.map_or(until, |next| next.min(until));
            tokio::select! {
                () = changed => {}
                () = self.clock.sleep_until(next) => {}
            }
        }
    }

    fn next_visible(&self, queue: &str, now: i64) -> Result<Option<i64>, QueueError> {
        let next = self.store.lock().query_row(
            "SELECT min(visible_at) FROM message WHERE queue = ?1 AND visible_at > ?2",
            params![queue, now],
            |row| row.get(0),
        )?;
        Ok(next)
    }

    /// Takes what is visible now; what was received too often goes to the dead letters on the way.
    fn take(
        &self,
        queue: &str,
        max: usize,
        visibility: Option<Duration>,
    ) -> Result<Vec<Message>, QueueError> {
        let found = self.queue(queue)?;
        let visibility = visibility.unwrap_or(found.visibility);
        let now = self.clock.now_ms();
        let mut connection = self.store.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM message WHERE queue = ?1 AND sent_at <= ?2",
            params![queue, now - millis(found.retention)],
        )?;
        if let Some(redrive) = &found.redrive {
            // The time it was sent stays: retention in the dead letters counts from there.
            let moved = transaction.execute(
                "UPDATE message SET queue = ?1, source = ?2, receives = 0, receipt = NULL, first_received_at = NULL
                 WHERE queue = ?2 AND visible_at <= ?3 AND receives >= ?4",
                params![redrive.dead_letters, queue, now, redrive.max_receives],
            )?;
            if moved > 0 {
                self.changed.notify_waiters();
            }
        }
        let mut messages = visible(&transaction, queue, now, max)?;
        for message in &mut messages {
            message.receives += 1;
            message.receipt = format!("{}.{}", message.seq, uuid());
            transaction.execute(
                "UPDATE message SET visible_at = ?1, receives = ?2, first_received_at = ?3, receipt = ?4 WHERE seq = ?5",
                params![
                    now + millis(visibility),
                    message.receives,
                    message.first_received_at,
                    message.receipt,
                    message.seq
                ],
            )?;
        }
        transaction.commit()?;
        Ok(messages)
    }

    /// Deletes by receipt handle; one that is no longer the message's last deletes nothing and is no error.
    pub(crate) fn delete(&self, queue: &str, receipt: &str) -> Result<(), QueueError> {
        self.queue(queue)?;
        let seq = sequence(receipt)?;
        self.store.lock().execute(
            "DELETE FROM message WHERE seq = ?1 AND queue = ?2 AND receipt = ?3",
            params![seq, queue, receipt],
        )?;
        Ok(())
    }

    /// Hides a message in flight for `visibility` from now on.
    fn change_visibility(&self, queue: &str, receipt: &str, visibility: Duration) -> Result<(), QueueError> {
        self.queue(queue)?;
        let seq = sequence(receipt)?;
        let now = self.clock.now_ms();
        let connection = self.store.lock();
        let visible_at: Option<i64> = connection
            .query_row(
                "SELECT visible_at FROM message WHERE seq = ?1 AND queue = ?2 AND receipt = ?3",
                params![seq, queue, receipt],
                |row| row.get(0),
            )
            .optional()?;
        match visible_at {
            None => Err(QueueError::Gone),
            Some(visible_at) if visible_at <= now => Err(QueueError::NotInFlight),
            Some(_) => {
                connection.execute(
                    "UPDATE message SET visible_at = ?1 WHERE seq = ?2",
                    params![now + millis(visibility), seq],
                )?;
                self.changed.notify_waiters();
                Ok(())
            }
        }
    }
}

fn visible(
    transaction: &Transaction<'_>,
    queue: &str,
    now: i64,
    max: usize,
) -> rusqlite::Result<Vec<Message>> {
    let mut statement = transaction.prepare_cached(
        "SELECT seq, id, content, sent_at, receives, coalesce(first_received_at, ?2), source
         FROM message WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, seq LIMIT ?3",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Message {
            seq: row.get(0)?,
            id: row.get(1)?,
            receipt: String::new(),
            content: Content::from_json(&row.get::<_, String>(2)?),
            sent_at: row.get(3)?,
            receives: row.get(4)?,
            first_received_at: row.get(5)?,
            source: row.get(6)?,
        })
    };
    let max = i64::try_from(max).unwrap_or(10);
    statement.query_map(params![queue, now, max], read)?.collect()
}

/// The row a receipt handle belongs to.
fn sequence(receipt: &str) -> Result<i64, QueueError> {
    let seq = receipt.split_once('.').and_then(|(seq, _)| seq.parse().ok());
    seq.ok_or_else(|| QueueError::BadReceipt(receipt.to_owned()))
}

#[cfg(test)]
mod tests;
