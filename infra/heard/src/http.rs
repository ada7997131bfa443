//! A small HTTP client for addresses on this machine.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Bytes,
}

/// Gets an address.
///
/// # Errors
///
/// Nobody answers, or breaks off.
pub async fn get(url: &str) -> Result<Answer> {
    request(Method::GET, url, &[], Bytes::new()).await
}

/// Posts a JSON body with further headers.
///
/// # Errors
///
/// Nobody answers, or breaks off.
pub async fn post(url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Result<Answer> {
    request(Method::POST, url, headers, body.into()).await
}

async fn request(method: Method, url: &str, headers: &[(&str, &str)], body: Bytes) -> Result<Answer> {
    let mut request = Request::builder().method(method).uri(url);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body)).with_context(|| format!("asking {url}"))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.with_context(|| format!("asking {url}"))?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.with_context(|| format!("reading from {url}"))?;
    Ok(Answer { status, body: body.to_bytes() })
}
