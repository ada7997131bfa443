//! The Runtime API of one sandbox: the four calls a function's process makes.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};

use super::super::clock::{Clock, millis};
use super::super::unique::uuid;

/// The largest answer Lambda takes, in bytes.
const MAX_ANSWER: usize = 6 * 1024 * 1024;

/// An invocation on its way to the function.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) payload: Bytes,
    pub(super) answer: oneshot::Sender<Result<Bytes, Reported>>,
}

/// An error in the function's own words.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reported {
    pub(super) error_type: String,
    pub(super) error_message: String,
}

impl Default for Reported {
    fn default() -> Self {
        Self { error_type: "Runtime.Unknown".to_owned(), error_message: "no reason was given".to_owned() }
    }
}

/// The invocation the process works on.
struct Running {
    id: String,
    answer: oneshot::Sender<Result<Bytes, Reported>>,
}

/// What the process and the stack share.
pub(super) struct Api {
    work: tokio::sync::Mutex<mpsc::Receiver<Work>>,
    running: Mutex<Option<Running>>,
    /// Told when the process first asks for work, or says why it cannot.
    ready: Mutex<Option<oneshot::Sender<Result<(), Reported>>>>,
    arn: String,
    timeout: Duration,
}

impl Api {
    pub(super) fn new(
        work: mpsc::Receiver<Work>,
        ready: oneshot::Sender<Result<(), Reported>>,
        arn: String,
        timeout: Duration,
    ) -> Self {
        let ready = Mutex::new(Some(ready));
        Self { work: tokio::sync::Mutex::new(work), running: Mutex::default(), ready, arn, timeout }
    }

    pub(super) fn router(self) -> Router {
        const INVOCATION: &str = "/2018-06-01/runtime/invocation";
        Router::new()
            .route(&format!("{INVOCATION}/next"), get(next))
            .route(&format!("{INVOCATION}/{{id}}/response"), post(response))
            .route(&format!("{INVOCATION}/{{id}}/error"), post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::max(MAX_ANSWER))
            .with_state(Arc::new(self))
    }

    fn tell_ready(&self, outcome: Result<(), Reported>) {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ready) = ready {
            // The stack may have given up waiting; then nobody is left to tell.
            ready.send(outcome).ok();
        }
    }

    fn finish(&self, id: &str, outcome: Result<Bytes, Reported>) -> StatusCode {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.take_if(|running| running.id == id) {
            Some(Running { answer, .. }) => {
                answer.send(outcome).ok(); // a caller that no longer waits has killed the sandbox anyway
                StatusCode::ACCEPTED
            }
            None => StatusCode::BAD_REQUEST,
        }
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    api.tell_ready(Ok(()));
    let Some(work) = api.work.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = uuid();
    *api.running.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(Running { id: id.clone(), answer: work.answer });
    let deadline = Clock::system().now_ms() + millis(api.timeout);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", api.arn.clone()),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    (headers.map(|(name, value)| (HeaderName::from_static(name), value)), work.payload).into_response()
}

async fn response(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.finish(&id, Ok(body))
}

async fn error(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.finish(&id, Err(serde_json::from_slice(&body).unwrap_or_default()))
}

async fn init_error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    api.tell_ready(Err(serde_json::from_slice(&body).unwrap_or_default()));
    StatusCode::ACCEPTED
}
