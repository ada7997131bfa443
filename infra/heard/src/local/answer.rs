//! An HTTP answer in the form of AWS's JSON protocols.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use serde_json::{Value, json};

use super::unique::uuid;

/// Status, headers and body, before anything is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn ok(body: &Value) -> Self {
        Self { status: 200, headers: Vec::new(), body: Bytes::from(body.to_string()) }
    }

    /// `kind` is the shape's name, with its namespace where the service sends one.
    pub(crate) fn error(status: u16, kind: &str, message: &str) -> Self {
        let body = json!({"__type": kind, "message": message}).to_string();
        Self { status, headers: Vec::new(), body: Bytes::from(body) }
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let mut builder = Response::builder()
            .status(self.status)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amzn-requestid", uuid());
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        builder.body(Full::new(self.body)).expect("names and values of our own headers are valid")
    }
}
