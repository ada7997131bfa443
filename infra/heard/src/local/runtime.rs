//! Lambda: the functions' real binaries as child processes, each behind its own Runtime API.
//!
//! A sandbox takes one invocation at a time. A function gets as many sandboxes as it has invocations at the
//! same time, up to a limit; they stay warm until they fail or the stack stops.

mod api;
mod sandbox;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use super::kill::Sandboxes;
use super::logs::Logs;
use super::metrics::Metrics;
use super::template::Function;
use sandbox::Sandbox;

/// Sandboxes of one function at the same time; more invocations wait.
const SANDBOXES: usize = 4;

/// All functions of the stack.
pub(crate) struct Runtime {
    functions: BTreeMap<String, Pool>,
    surroundings: Surroundings,
    stopped: watch::Sender<bool>,
}

/// What every sandbox needs beside its function.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// The folder of the binaries.
    pub(crate) binaries: PathBuf,
    /// `AWS_ENDPOINT_URL`.
    pub(crate) aws_endpoint: String,
    /// `HOOK_SINK`: where requests to people's webhooks go instead. Only builds that are no release look at it.
    pub(crate) hook_sink: String,
    pub(crate) logs: Logs,
    pub(crate) metrics: Metrics,
    /// Every sandbox enters itself here.
    pub(crate) sandboxes: Arc<Sandboxes>,
}

struct Pool {
    function: Arc<Function>,
    idle: Mutex<Vec<Sandbox>>,
    places: Semaphore,
}

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The template has no such function.
    #[error("there is no function {0}")]
    NoSuchFunction(String),
    /// The binary is not there or not executable.
    #[error("cannot start {}", path.display())]
    Start {
        /// The binary.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The function did not ask for its first invocation in time.
    #[error("Runtime.InitTimeout: the function was not ready after {0:?}")]
    InitTimeout(Duration),
    /// The process ended during the invocation or before it.
    #[error("Runtime.ExitError: the function's process ended: {0}")]
    Exited(ExitStatus),
    /// The function took longer than its `Timeout`.
    #[error("Sandbox.Timedout: Task timed out after {0:?}")]
    TimedOut(Duration),
    /// The function reported an error, at start-up or for this invocation.
    #[error("{kind}: {message}")]
    Function {
        /// `errorType`.
        kind: String,
        /// `errorMessage`.
        message: String,
    },
    /// The stack is stopping.
    #[error("the local stack is stopping")]
    Stopping,
}

impl Runtime {
    pub(crate) fn new(functions: Vec<Function>, surroundings: Surroundings) -> Self {
        let pool = |function: Function| {
            let places = Semaphore::new(SANDBOXES);
            (function.id.clone(), Pool { function: Arc::new(function), idle: Mutex::default(), places })
        };
        let functions = functions.into_iter().map(pool).collect();
        Self { functions, surroundings, stopped: watch::Sender::new(false) }
    }

    /// Invokes a function and waits for its answer.
    ///
    /// Dropping the future kills the sandbox, as the function would otherwise answer nobody.
    pub(crate) async fn invoke(&self, function: &str, payload: Bytes) -> Result<Bytes, InvokeError> {
        let pool = self.functions.get(function);
        let pool = pool.ok_or_else(|| InvokeError::NoSuchFunction(function.to_owned()))?;
        let mut stopped = self.stopped.subscribe();
        tokio::select! {
            result = pool.invoke(&self.surroundings, payload) => result,
            _ = stopped.wait_for(|stopped| *stopped) => Err(InvokeError::Stopping),
        }
    }

    /// Ends every invocation and every process.
    pub(crate) async fn stop(&self) {
        self.stopped.send_replace(true);
        for pool in self.functions.values() {
            let idle = std::mem::take(&mut *pool.idle());
            for sandbox in idle {
                sandbox.kill().await;
            }
        }
    }
}

impl Pool {
    async fn invoke(&self, surroundings: &Surroundings, payload: Bytes) -> Result<Bytes, InvokeError> {
        let _place = self.places.acquire().await.map_err(|_| InvokeError::Stopping)?;
        let mut sandbox = match self.warm() {
            Some(sandbox) => sandbox,
            None => Sandbox::start(Arc::clone(&self.function), surroundings).await?,
        };
        let answer = sandbox.invoke(payload).await;
        // An error the function itself reported leaves it well; anything else ends the sandbox.
        if matches!(answer, Ok(_) | Err(InvokeError::Function { .. })) {
            self.idle().push(sandbox);
        }
        answer
    }

    /// The sandbox used last, unless its process ended while it was idle.
    fn warm(&self) -> Option<Sandbox> {
        let mut sandbox = self.idle().pop()?;
        sandbox.is_alive().then_some(sandbox)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Sandbox>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
