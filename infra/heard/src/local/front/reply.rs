//! A function's answer → the HTTP answer, as API Gateway reads payload format 2.0.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Full {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// Reads an answer; without `statusCode` it is itself the body of a 200.
///
/// # Errors
///
/// What is wrong with it: API Gateway then answers 500.
pub(super) fn read(answer: &[u8]) -> Result<Response<Body>, String> {
    let value: Value =
        serde_json::from_slice(answer).map_err(|error| format!("the answer is not JSON: {error}"))?;
    if value.get("statusCode").is_none() {
        let body = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        return Ok(with_type(200, "application/json", body.into_bytes()));
    }
    let full: Full =
        serde_json::from_value(value).map_err(|error| format!("the answer is malformed: {error}"))?;
    let status = StatusCode::from_u16(full.status_code).map_err(|_| "the status code is none".to_owned())?;
    let body = full.body.unwrap_or_default();
    let body = if full.is_base64_encoded == Some(true) {
        STANDARD.decode(body).map_err(|error| format!("the body is not base64: {error}"))?
    } else {
        body.into_bytes()
    };
    let mut response = with_type(200, "text/plain;charset=utf-8", body);
    *response.status_mut() = status;
    let single = full.headers.unwrap_or_default().into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Null => None,
        other => Some((name, other.to_string())),
    });
    let several = full.multi_value_headers.unwrap_or_default().into_iter();
    let several = several.map(|(name, values)| (name, values.join(",")));
    for (name, value) in single.chain(several) {
        response.headers_mut().insert(header_name(&name)?, header_value(&value)?);
    }
    for cookie in full.cookies.unwrap_or_default() {
        response.headers_mut().append("set-cookie", header_value(&cookie)?);
    }
    Ok(response)
}

/// API Gateway's own answers.
pub(super) fn message(status: u16, text: &str) -> Response<Body> {
    with_type(status, "application/json", json!({"message": text}).to_string().into_bytes())
}

fn with_type(status: u16, kind: &'static str, body: Vec<u8>) -> Response<Body> {
    let response = Response::builder().status(status).header("content-type", kind).body(Body::from(body));
    response.expect("our own status and header are valid")
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    name.parse().map_err(|_| format!("{name:?} is no header name"))
}

fn header_value(value: &str) -> Result<HeaderValue, String> {
    value.parse().map_err(|_| format!("{value:?} is no header value"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn answers_are_read_as_api_gateway_reads_them() {
        // answer, status, content type
        let table = [
            (r#"{"statusCode":202}"#, 202, "text/plain;charset=utf-8"),
            (r#"{"statusCode":200,"headers":{"Content-Type":"text/xml"},"body":"<a/>"}"#, 200, "text/xml"),
            (r#"{"statusCode":200,"body":"AAE=","isBase64Encoded":true}"#, 200, "text/plain;charset=utf-8"),
            (r#"{"hello":1}"#, 200, "application/json"),
            (r#""hello""#, 200, "application/json"),
        ];
        for (answer, status, kind) in table {
            let response = read(answer.as_bytes()).unwrap();
            assert_eq!(response.status(), status, "{answer}");
            assert_eq!(response.headers()["content-type"], kind, "{answer}");
        }
        for answer in
            ["", "x", r#"{"statusCode":"x"}"#, r#"{"statusCode":200,"body":"%","isBase64Encoded":true}"#]
        {
            assert!(read(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
