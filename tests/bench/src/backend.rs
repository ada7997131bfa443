//! The null backend: Lambda's Runtime API, DynamoDB and Secrets Manager at one address, doing nothing.
//!
//! It answers what `webhook` asks with ready-made bytes, so that what is measured is the function. It counts
//! the events put, because a function that answered without storing anything would be quick too.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// Where the secrets lie, as far as the function knows.
pub(crate) const SECRETS_ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:heard-bench";
/// When the configuration was pushed: before any event.
const PUSHED_AT: Timestamp = Timestamp::UNIX_EPOCH;

/// A running backend for one process of one function. It ends with the program.
pub(crate) struct Backend {
    /// Where it listens, for all three services.
    pub(crate) address: SocketAddr,
    work: mpsc::Sender<Bytes>,
    outcomes: mpsc::Receiver<Outcome>,
    state: Arc<State>,
}

/// What the function made of an invocation, or of its start.
enum Outcome {
    Answered(Bytes),
    Failed(Bytes),
}

struct State {
    work: Mutex<mpsc::Receiver<Bytes>>,
    outcomes: mpsc::Sender<Outcome>,
    is_known: AtomicBool,
    puts: AtomicU32,
    secret: Bytes,
    pushes: Bytes,
    config: Bytes,
}

impl Backend {
    /// Starts listening on a free port of this machine.
    pub(crate) async fn start() -> Result<Backend> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listening")?;
        let address = listener.local_addr().context("listening")?;
        let (work, receiver) = mpsc::channel(1);
        let (outcomes, outcome) = mpsc::channel(1);
        let state = Arc::new(State {
            work: Mutex::new(receiver),
            outcomes,
            is_known: AtomicBool::new(false),
            puts: AtomicU32::new(0),
            secret: secret(),
            pushes: pushes(),
            config: config(),
        });
        tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Backend { address, work, outcomes: outcome, state })
    }

    /// From now on the table says of each event that it was there before.
    pub(crate) fn know_all(&self) {
        self.state.is_known.store(true, Ordering::Relaxed);
    }

    /// Returns how many events were put, known ones included.
    pub(crate) fn puts(&self) -> u32 {
        self.state.puts.load(Ordering::Relaxed)
    }

    /// Hands one invocation to the function and returns its answer.
    ///
    /// # Errors
    ///
    /// The function reports that it failed.
    pub(crate) async fn invoke(&mut self, payload: Bytes) -> Result<Bytes> {
        self.work.send(payload).await.context("the backend has ended")?;
        match self.outcomes.recv().await.context("the backend has ended")? {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Failed(report) => bail!("the function failed: {}", String::from_utf8_lossy(&report)),
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    // An answer is one small packet that somebody waits for.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { state.answer(request).await }
    });
    // The function ends its connections by being killed; that is no failure.
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

type Answer = Response<Full<Bytes>>;

impl State {
    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, hyper::Error> {
        let path = request.uri().path().to_owned();
        if let Some(call) = path.strip_prefix("/2018-06-01/runtime/") {
            return self.runtime(call, request).await;
        }
        let operation = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation = operation.and_then(|target| target.rsplit_once('.')).map(|(_, name)| name.to_owned());
        let body = request.into_body().collect().await?.to_bytes();
        Ok(self.aws(operation.as_deref().unwrap_or_default(), &body))
    }

    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
    async fn runtime(&self, call: &str, request: Request<Incoming>) -> Result<Answer, hyper::Error> {
        if call == "invocation/next" {
            return Ok(match self.work.lock().await.recv().await {
                Some(payload) => invocation(payload),
                None => status(StatusCode::GONE),
            });
        }
        let body = request.into_body().collect().await?.to_bytes();
        let outcome =
            if call.ends_with("/response") { Outcome::Answered(body) } else { Outcome::Failed(body) };
        // Nobody waits any more: the measurement is over.
        self.outcomes.send(outcome).await.ok();
        Ok(status(StatusCode::ACCEPTED))
    }

    fn aws(&self, operation: &str, body: &[u8]) -> Answer {
        match operation {
            "PutItem" => {
                self.puts.fetch_add(1, Ordering::Relaxed);
                if self.is_known.load(Ordering::Relaxed) {
                    refused("ConditionalCheckFailedException")
                } else {
                    ok("{}")
                }
            }
            "GetItem" if holds(body, b"\"CURRENT\"") => ok(self.pushes.clone()),
            "GetItem" => ok(self.config.clone()),
            "GetSecretValue" => ok(self.secret.clone()),
            _ => refused("UnknownOperationException"),
        }
    }
}

fn holds(body: &[u8], what: &[u8]) -> bool {
    body.windows(what.len()).any(|window| window == what)
}

fn ok(body: impl Into<Bytes>) -> Answer {
    json_answer(StatusCode::OK, body.into())
}

fn refused(code: &str) -> Answer {
    let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "as told" });
    json_answer(StatusCode::BAD_REQUEST, body.to_string().into())
}

fn json_answer(status: StatusCode, body: Bytes) -> Answer {
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    let answer = answer.header("x-amzn-requestid", "00000000000000000000000000000000000000000000000000AA");
    answer.body(Full::new(body)).expect("these headers can be sent")
}

fn status(status: StatusCode) -> Answer {
    Response::builder().status(status).body(Full::default()).expect("an empty answer can be sent")
}

fn invocation(payload: Bytes) -> Answer {
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000000"),
        ("lambda-runtime-deadline-ms", "4102444800000"), // 2100: the function is never late
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:webhook"),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0"),
    ];
    let mut answer = Response::builder();
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    answer.body(Full::new(payload)).expect("these headers can be sent")
}

fn secret() -> Bytes {
    let answer = json!({
        "ARN": SECRETS_ARN,
        "Name": "heard-bench",
        "SecretString": include_str!("../secrets.toml"),
        "VersionId": "00000000-0000-4000-8000-000000000000",
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": 0,
    });
    answer.to_string().into()
}

fn pushes() -> Bytes {
    let push = json!({ "M": {
        "number": { "N": "1" },
        "pushed_at": { "S": PUSHED_AT.to_string() },
        "apply_to_open": { "BOOL": false },
    }});
    item(&json!({
        "pk": { "S": "CONFIG" }, "sk": { "S": "CURRENT" }, "kind": { "S": "config" },
        "v": { "N": "1" }, "version": { "N": "1" }, "pushes": { "L": [push] },
    }))
}

fn config() -> Bytes {
    item(&json!({
        "pk": { "S": "CONFIG" }, "sk": { "S": "V#1" }, "kind": { "S": "config" },
        "v": { "N": "1" }, "text": { "S": include_str!("../brand.toml") },
    }))
}

fn item(item: &serde_json::Value) -> Bytes {
    json!({ "Item": item }).to_string().into()
}
