//! An HTTP request → the event API Gateway sends, payload format 2.0.
//!
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::{Value, json};

use super::super::clock::Clock;
use super::super::template::ACCOUNT;
use super::super::unique::uuid;
use super::routes::Found;

pub(super) fn write(parts: &Parts, found: &Found<'_>, body: &[u8], peer: SocketAddr) -> String {
    let now = Timestamp::from_millisecond(Clock::system().now_ms()).unwrap_or_default();
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let headers = headers(&parts.headers, peer);
    let mut event = json!({
        "version": "2.0",
        "routeKey": found.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host"),
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.ip().to_string(),
                "userAgent": headers.get("user-agent").map_or("", String::as_str),
            },
            "requestId": uuid(),
            "routeKey": found.key,
            "stage": "$default",
            "time": strtime::format("%d/%b/%Y:%H:%M:%S +0000", now).unwrap_or_default(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    let cookies: Vec<_> = cookies(&parts.headers).collect();
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    let parameters = parameters(query);
    if !parameters.is_empty() {
        event["queryStringParameters"] = json!(parameters);
    }
    if !found.parameters.is_empty() {
        let decoded: BTreeMap<_, _> =
            found.parameters.iter().map(|(name, value)| (*name, decode(value, false))).collect();
        event["pathParameters"] = json!(decoded);
    }
    if !body.is_empty() {
        let (text, encoded) = text(&parts.headers, body);
        event["body"] = Value::String(text);
        event["isBase64Encoded"] = Value::Bool(encoded);
    }
    event.to_string()
}

/// The body as text where API Gateway sees text, else in base64.
///
/// AWS does not say which types are text. Tried on AWS by others, it is these and no more: a form, a
/// `+json` type and a body without a type arrive in base64.
///
/// Source: <https://github.com/ministackorg/ministack/pull/766>
fn text(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_text = kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str());
    match str::from_utf8(body) {
        Ok(text) if is_text => (text.to_owned(), false),
        _ => (STANDARD.encode(body), true),
    }
}

/// Lower-case names, repeated ones joined by a comma; cookies have a place of their own.
fn headers(headers: &HeaderMap, peer: SocketAddr) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        if name == "cookie" {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        match joined.get_mut(name.as_str()) {
            Some(before) => *before = format!("{before},{value}"),
            None => {
                joined.insert(name.as_str().to_owned(), value.into_owned());
            }
        }
    }
    joined.insert("x-forwarded-for".to_owned(), peer.ip().to_string());
    joined.insert("x-forwarded-proto".to_owned(), "https".to_owned());
    joined.insert("x-forwarded-port".to_owned(), "443".to_owned());
    joined
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = String> + '_ {
    let lines = headers.get_all("cookie").iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).map(|cookie| cookie.trim().to_owned())
}

/// Decoded, repeated names joined by a comma.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name, true), decode(value, true));
        joined.entry(name).and_modify(|before| *before = format!("{before},{value}")).or_insert(value);
    }
    joined
}

/// Undoes percent encoding; in a query `+` is a space too.
fn decode(text: &str, is_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|two| str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &behind[2..];
                continue;
            }
            (b'+', _) if is_query => bytes.push(b' '),
            _ => bytes.push(*first),
        }
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
