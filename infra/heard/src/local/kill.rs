//! Sandboxes that end in the middle of their work, because a test wants to see what comes of it.
//!
//! The gateway sees every call, and by the session token which sandbox makes it. Here stands how many calls
//! each has made in its invocation, and whom to tell that it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::mpsc;

use super::aws::Call;
use super::unique::uuid;

/// On which side of a call a sandbox ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// The process ends and the call is not carried out.
    Before,
    /// The call is carried out and the process ends before it hears of it.
    After,
}

/// A kill that was asked for; it happens once.
#[derive(Debug, Clone, Default)]
pub struct Killing(Arc<OnceLock<Vec<Call>>>);

impl Killing {
    /// Returns the calls of the invocation that was ended, in their order; the last is the one it was ended
    /// at. `None` as long as no invocation came so far.
    #[must_use]
    pub fn hit(&self) -> Option<&[Call]> {
        self.0.get().map(Vec::as_slice)
    }
}

/// The sandboxes that run, by session token, and the kills to come.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    living: HashMap<String, Living>,
    planned: Vec<Planned>,
}

#[derive(Debug)]
struct Living {
    /// Calls of the invocation so far; what is called before the first invocation belongs to none.
    calls: Option<Vec<Call>>,
    end: mpsc::Sender<()>,
}

#[derive(Debug)]
struct Planned {
    function: String,
    nth: usize,
    kill: Kill,
    killing: Killing,
}

/// The entry of one sandbox; dropped with it.
#[derive(Debug)]
pub(crate) struct Entry {
    sandboxes: Arc<Sandboxes>,
    token: String,
    end: mpsc::Receiver<()>,
}

/// A sandbox that has to end at this very call.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) kill: Kill,
    end: mpsc::Sender<()>,
}

impl Sandboxes {
    /// Enters a sandbox that is about to start.
    pub(crate) fn enter(self: &Arc<Self>) -> Entry {
        let (token, (sender, end)) = (uuid(), mpsc::channel(1));
        self.lock().living.insert(token.clone(), Living { calls: None, end: sender });
        Entry { sandboxes: Arc::clone(self), token, end }
    }

    /// Plans the end of the sandbox of `function` that comes to the `nth` call of an invocation first.
    pub(crate) fn plan(&self, function: &str, nth: usize, kill: Kill) -> Killing {
        let killing = Killing::default();
        let planned = Planned { function: function.to_owned(), nth, kill, killing: killing.clone() };
        self.lock().planned.push(planned);
        killing
    }

    /// Whether a sandbox bears this session token.
    pub(crate) fn knows(&self, token: &str) -> bool {
        self.lock().living.contains_key(token)
    }

    /// Counts a call; returns the end that is planned for it, which is used up by it.
    pub(crate) fn called(&self, token: &str, call: &Call) -> Option<Ending> {
        let mut state = self.lock();
        let State { living, planned } = &mut *state;
        let sandbox = living.get_mut(token)?;
        let calls = sandbox.calls.as_mut()?;
        calls.push(call.clone());
        let is_planned = |planned: &Planned| planned.function == call.function && planned.nth == calls.len();
        let planned = planned.swap_remove(planned.iter().position(is_planned)?);
        planned.killing.0.set(calls.clone()).expect("a planned kill is used up by its first call");
        Some(Ending { kill: planned.kill, end: sandbox.end.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// The `AWS_SESSION_TOKEN` that tells this sandbox from others of its function.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Counts calls anew, because an invocation begins.
    pub(crate) fn begin(&self) {
        if let Some(living) = self.sandboxes.lock().living.get_mut(&self.token) {
            living.calls = Some(Vec::new());
        }
    }

    /// Returns when the sandbox has to end, which may be never.
    pub(crate) async fn ends(&mut self) {
        if self.end.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.sandboxes.lock().living.remove(&self.token);
    }
}

impl Ending {
    /// Ends the sandbox and returns when its process is gone.
    pub(crate) async fn carry_out(self) {
        self.end.send(()).await.ok(); // it may have ended by itself
        self.end.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(function: &str, operation: &str) -> Call {
        Call { function: function.to_owned(), service: "sqs".to_owned(), operation: operation.to_owned() }
    }

    #[test]
    fn calls_are_counted_by_sandbox_and_invocation() {
        let sandboxes = Arc::new(Sandboxes::default());
        let (one, other) = (sandboxes.enter(), sandboxes.enter());
        let killing = sandboxes.plan("Work", 2, Kill::After);
        let hits = |entry: &Entry, operation| sandboxes.called(entry.token(), &call("Work", operation));
        assert!(hits(&one, "Init").is_none() && hits(&one, "Init").is_none(), "before any invocation");
        one.begin();
        other.begin();
        assert!(hits(&one, "First").is_none() && hits(&other, "First").is_none(), "each has made one");
        one.begin();
        assert!(hits(&one, "First").is_none(), "the first of its next invocation");
        assert!(sandboxes.called("somebody's", &call("Work", "Second")).is_none());
        assert_eq!(killing.hit(), None);

        assert_eq!(hits(&other, "Second").map(|ending| ending.kill), Some(Kill::After));
        let made = [call("Work", "First"), call("Work", "Second")];
        assert_eq!(killing.hit(), Some(made.as_slice()));
        assert!(hits(&one, "Second").is_none(), "it happens once");
    }

    #[test]
    fn a_kill_is_for_one_function_and_a_sandbox_that_is_gone_is_not_known() {
        let sandboxes = Arc::new(Sandboxes::default());
        let entry = sandboxes.enter();
        entry.begin();
        let killing = sandboxes.plan("Work", 1, Kill::Before);
        assert!(sandboxes.called(entry.token(), &call("Rest", "First")).is_none());
        assert_eq!(killing.hit(), None);
        let token = entry.token().to_owned();
        assert!(sandboxes.knows(&token));
        drop(entry);
        assert!(!sandboxes.knows(&token));
    }
}
