//! One AWS endpoint for all services a function calls.
//!
//! The service is read from the signature's credential scope and the calling function from the access key
//! id, which the runtime sets to its logical id: so every call can be counted, and broken, by function. The
//! session token names the sandbox.

mod calls;
mod fault;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub use calls::{Bytes as BodyBytes, Call, Calls};
use fault::Faults;
pub use fault::{Fault, Matching, Outage};

use super::answer::Answer;
use super::dynamo::Dynamo;
use super::kill::{Kill, Sandboxes};
use super::mailbox::Mailbox;
use super::queue::Queues;
use super::secrets::Secrets;

/// DynamoDB takes the largest bodies: a batch of 16 MB.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The services behind the endpoint, and what tests want to know and to break.
pub(crate) struct Gateway {
    pub(crate) dynamo: Dynamo,
    pub(crate) queues: Arc<Queues>,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) secrets: Secrets,
    sandboxes: Arc<Sandboxes>,
    calls: Calls,
    faults: Faults,
    forward: Client<HttpConnector, Full<Bytes>>,
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped on purpose")]
struct Dropped;

type Outcome = Result<Response<Full<Bytes>>, Dropped>;

impl Gateway {
    pub(crate) fn new(
        dynamo: Dynamo,
        queues: Arc<Queues>,
        mailbox: Arc<Mailbox>,
        secrets: Secrets,
        sandboxes: Arc<Sandboxes>,
    ) -> Self {
        let (calls, faults) = (Calls::default(), Faults::default());
        let forward = Client::builder(TokioExecutor::new()).build_http();
        Self { dynamo, queues, mailbox, secrets, sandboxes, calls, faults, forward }
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls.clone()
    }

    pub(crate) fn fail(&self, matching: Matching, fault: Fault, times: u32) {
        self.faults.add(matching, fault, times);
    }

    pub(crate) fn outage(&self, matching: Matching, fault: Fault, length: Duration) -> Outage {
        self.faults.begin(matching, fault, length)
    }

    /// Serves until the future is dropped.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(Arc::clone(&self).connection(stream));
                    }
                    // Out of file handles; what is open will be closed.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        // A call is a small request and a small answer: waiting to fill packets would cost 40 ms each.
        stream.set_nodelay(true).ok(); // a slower connection is still one
        let service = service_fn(|request| self.handle(request));
        // A client that goes away, or a call dropped on purpose, is no failure of ours.
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
    }

    async fn handle(&self, request: Request<Incoming>) -> Outcome {
        let (parts, body) = request.into_parts();
        let Some((function, service)) = caller(&parts.headers) else {
            let problem = "the local stack reads the service from the signature's credential scope";
            return Ok(Answer::error(403, "MissingAuthenticationToken", problem).into_response());
        };
        let operation = operation(&service, &parts.method, &parts.uri, &parts.headers);
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return Ok(Answer::error(413, "RequestEntityTooLarge", "the body is too large").into_response());
        };
        let (call, body) = (Call { function, service, operation }, body.to_bytes());
        self.calls.called(&call, body.len());
        let token = session_token(&parts.headers);
        let ending = self.sandboxes.called(token, &call);
        if let Some(ending) = ending {
            if ending.kill == Kill::After {
                self.outcome(&call, token, &parts, body).await.ok(); // nobody is left to hear of it
            }
            ending.carry_out().await;
            return Err(Dropped);
        }
        let answer = self.outcome(&call, token, &parts, body).await?;
        let received = answer.body().size_hint().lower();
        self.calls.answered(&call, usize::try_from(received).unwrap_or(usize::MAX));
        Ok(answer)
    }

    /// What becomes of a call: a planned fault, or its answer.
    async fn outcome(&self, call: &Call, token: &str, parts: &Parts, body: Bytes) -> Outcome {
        match self.faults.take(call, self.sandboxes.knows(token)) {
            None => Ok(self.carry_out(call, parts, body).await),
            Some(Fault::Throttle) => Ok(fault::throttled(&call.service).into_response()),
            Some(Fault::ServerError) => Ok(fault::server_error(&call.service).into_response()),
            Some(Fault::Drop) => Err(Dropped),
            Some(Fault::LoseAnswer) => {
                drop(self.carry_out(call, parts, body).await);
                Err(Dropped)
            }
        }
    }

    async fn carry_out(&self, call: &Call, parts: &Parts, body: Bytes) -> Response<Full<Bytes>> {
        let operation = call.operation.as_str();
        let answer = match call.service.as_str() {
            "dynamodb" => return self.dynamodb(operation, &parts.headers, body).await,
            "sqs" => self.queues.answer(operation, &body).await,
            "ses" if operation == "SendEmail" => self.mailbox.answer(&body),
            "ses" => {
                let problem = format!("the local stack does not know {}", parts.uri);
                let kind = "NotFoundException";
                Answer::error(404, kind, &problem).header("x-amzn-errortype", kind.to_owned())
            }
            "secretsmanager" => self.secrets.answer(operation, &body),
            other => {
                let problem = format!("the local stack has no service {other}");
                Answer::error(400, "UnknownOperationException", &problem)
            }
        };
        answer.into_response()
    }

    /// Hands a call on to dynoxide as it came.
    async fn dynamodb(&self, operation: &str, headers: &HeaderMap, body: Bytes) -> Response<Full<Bytes>> {
        let uri = format!("http://{}/", self.dynamo.address());
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.parse().expect("an address is a URI's authority");
        *request.headers_mut() = headers.clone();
        let unavailable =
            || Answer::error(500, "InternalServerError", "the embedded database did not answer");
        let Ok(response) = self.forward.request(request).await else {
            return unavailable().into_response();
        };
        let (parts, body) = response.into_parts();
        let Ok(body) = body.collect().await else {
            return unavailable().into_response();
        };
        if parts.status.is_success() && is_write(operation) {
            self.dynamo.wake();
        }
        Response::from_parts(parts, Full::new(body.to_bytes()))
    }
}

fn is_write(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "BatchWriteItem"
            | "TransactWriteItems"
            | "ExecuteStatement"
    )
}

/// The access key id and the service of `Credential=ID/DATE/REGION/SERVICE/aws4_request`.
fn caller(headers: &HeaderMap) -> Option<(String, String)> {
    let authorization = headers.get("authorization")?.to_str().ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    let mut parts = credential.split([',', ' ']).next()?.split('/');
    let function = parts.next()?;
    let service = parts.nth(2)?;
    Some((function.to_owned(), service.to_owned()))
}

/// The session token, which the runtime makes each sandbox's own; empty for anybody else without one.
fn session_token(headers: &HeaderMap) -> &str {
    headers.get("x-amz-security-token").and_then(|token| token.to_str().ok()).unwrap_or_default()
}

/// The operation's name; SES is a REST service and has it in method and path.
fn operation(service: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> String {
    if service == "ses" {
        return match (method, uri.path()) {
            (&Method::POST, "/v2/email/outbound-emails") => "SendEmail".to_owned(),
            (method, path) => format!("{method} {path}"),
        };
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    #[test]
    fn the_signature_names_caller_and_service() {
        let mut headers = HeaderMap::new();
        let value = "AWS4-HMAC-SHA256 Credential=CheckFunction/20261122/us-east-1/sqs/aws4_request, SignedHeaders=host";
        headers.insert("authorization", value.parse().unwrap());
        let expected = ("CheckFunction".to_owned(), "sqs".to_owned());
        assert_eq!(super::caller(&headers), Some(expected));
        assert_eq!(super::caller(&HeaderMap::new()), None);
    }
}
