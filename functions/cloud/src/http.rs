//! API Gateway's payload 2.0 and back.

use std::collections::BTreeMap;

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::receive::{Request, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::start::now;

/// As much of the payload as a request needs.
///
/// Header values are plain text here: a type that takes only some of what the API passes on would refuse the
/// whole event, before anybody sees the signature.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    request_context: Context,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Method,
    #[serde(default)]
    time_epoch: i64,
}

#[derive(Debug, Deserialize)]
struct Method {
    method: String,
}

/// Reads a request as the API passed it on.
///
/// Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
#[must_use]
pub fn request(event: Event) -> Request {
    // The API's clock, not ours: it stood still before this machine saw the request.
    let received_at = Timestamp::from_millisecond(event.request_context.time_epoch).ok();
    let received_at = received_at.filter(|at| *at > Timestamp::UNIX_EPOCH).unwrap_or_else(now);
    let text = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded { STANDARD.decode(text).ok() } else { Some(text.into_bytes()) };
    let headers = event.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Request {
        method: event.request_context.http.method.to_ascii_uppercase(),
        path: event.raw_path.unwrap_or_default(),
        raw_query: event.raw_query_string.unwrap_or_default(),
        headers: headers.collect(),
        body,
        received_at,
    }
}

/// Writes an answer as the API wants it.
#[must_use]
pub fn response(response: Response) -> ApiGatewayV2httpResponse {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    // A challenge is text from outside: no browser may take it for a page.
    let nosniff = HeaderName::from_static("x-content-type-options");
    headers.insert(nosniff, HeaderValue::from_static("nosniff"));
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(response.status);
    answer.headers = headers;
    answer.body = Some(response.body.into());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Event {
        serde_json::from_str(include_str!("../../../infra/events/webhook.json")).unwrap()
    }

    #[test]
    fn a_request_keeps_its_bytes_its_headers_and_the_time_of_the_api() {
        let request = request(sample());
        assert_eq!(request.body.as_deref(), Some(br#"{"object":"page","entry":[]}"#.as_slice()));
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook/facebook"));
        assert!(request.headers.iter().any(|(name, _)| name == "x-hub-signature-256"));
        assert_eq!(request.received_at, "2025-10-09T08:53:24.123Z".parse().unwrap());
    }

    #[test]
    fn a_header_of_any_text_costs_no_request() {
        let mut event: serde_json::Value =
            serde_json::from_str(include_str!("../../../infra/events/webhook.json")).unwrap();
        event["headers"]["x-city"] = "Zürich\u{7}".into();
        let request = request(serde_json::from_value(event).unwrap());
        assert!(request.headers.contains(&("x-city".to_owned(), "Zürich\u{7}".to_owned())));
    }

    #[test]
    fn a_body_that_is_not_the_base64_it_claims_to_be_has_no_bytes() {
        let mut event = sample();
        event.body = Some("%%%".to_owned());
        assert_eq!(request(event).body, None);
    }

    #[test]
    fn no_browser_may_take_a_challenge_for_a_page() {
        let response = Response { status: 200, content_type: "text/plain", body: "1158201444".to_owned() };
        let answer = serde_json::to_value(super::response(response)).unwrap();
        assert_eq!(answer["headers"]["x-content-type-options"], "nosniff");
        assert_eq!((&answer["statusCode"], &answer["body"]), (&200.into(), &"1158201444".into()));
    }
}
