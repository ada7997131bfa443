//! A client that sends exactly what it is told, and shows all that comes back.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Sends one request with these headers and no others but `Host` and `Content-Length`.
pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).expect("the test's request can be sent");
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.expect("the stack answers");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("the stack answers to the end").to_bytes();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}
