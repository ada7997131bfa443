//! Where requests to people's webhooks end: each is kept, to be looked at, and answered as one wishes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// More than a person reads; the oldest go first.
const KEPT: usize = 1000;

/// All requests, oldest first, and what the next ones are answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sink(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    posts: VecDeque<Post>,
    status: u16,
}

impl Default for Kept {
    fn default() -> Self {
        Self { posts: VecDeque::new(), status: 200 }
    }
}

/// One request to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    /// The address that it was for.
    pub url: String,
    /// When it came, such as `2025-10-09T08:53:24.123Z`.
    pub at: String,
    /// Its headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
    /// The status that it was answered with.
    pub answered: u16,
}

impl Post {
    /// The body as it is read best: JSON over several lines.
    #[must_use]
    pub fn shown(&self) -> String {
        let value = serde_json::from_str::<serde_json::Value>(&self.body);
        value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| self.body.clone())
    }
}

impl Sink {
    /// Keeps a request, and returns what it is answered.
    pub(crate) fn take(&self, mut post: Post) -> u16 {
        let mut kept = self.lock();
        post.answered = kept.status;
        kept.posts.push_back(post);
        if kept.posts.len() > KEPT {
            kept.posts.pop_front();
        }
        kept.status
    }

    /// From now on every request is answered with `status`.
    pub(crate) fn answer(&self, status: u16) {
        self.lock().status = status;
    }

    pub(crate) fn all(&self) -> Vec<Post> {
        self.lock().posts.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
