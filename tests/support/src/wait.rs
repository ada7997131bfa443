//! Waiting with an end.

use std::fmt;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// How often is looked.
const GLANCE: Duration = Duration::from_millis(20);

/// Looks again and again until there is something to return.
///
/// # Panics
///
/// There is nothing `within` so long; the message says `what` was waited for.
pub async fn eventually<T>(
    within: Duration,
    what: impl fmt::Display,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits until an instant has come.
pub async fn until(at: Timestamp) {
    let left = at.duration_since(cloud::start::now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
}
