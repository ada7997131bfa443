//! What time it is for the queues.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

/// A clock in milliseconds since 1970: the system's, or one that a test moves.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    Manual { now: AtomicI64, moved: Notify },
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(now_ms: i64) -> Self {
        Self(Arc::new(Kind::Manual { now: AtomicI64::new(now_ms), moved: Notify::new() }))
    }

    /// Moves a manual clock; the system's clock is not ours to move.
    ///
    /// # Panics
    ///
    /// On the system's clock.
    pub fn advance(&self, by: Duration) {
        match &*self.0 {
            Kind::System => panic!("only a manual clock can be moved"),
            Kind::Manual { now, moved } => {
                now.fetch_add(millis(by), Ordering::SeqCst);
                moved.notify_waiters();
            }
        }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &*self.0 {
            Kind::System => millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            Kind::Manual { now, .. } => now.load(Ordering::SeqCst),
        }
    }

    /// Returns at that moment, or at once if it has passed.
    pub async fn sleep_until(&self, at_ms: i64) {
        loop {
            // Listening starts before the clock is read, or a move between the two would be missed.
            let moved = match &*self.0 {
                Kind::System => None,
                Kind::Manual { moved, .. } => Some(moved.notified()),
            };
            let left = u64::try_from(at_ms - self.now_ms()).unwrap_or(0);
            if left == 0 {
                return;
            }
            match moved {
                Some(moved) => moved.await,
                None => tokio::time::sleep(Duration::from_millis(left)).await,
            }
        }
    }
}

/// Whole milliseconds; a span too long for them is as good as for ever.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4)
}
