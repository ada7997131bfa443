//! The stack's own pages: health, the mails that were "sent", what was "posted", and what was measured.

mod mailbox;
mod metrics;
mod sink;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::super::template::REGION;
use super::Front;

/// A page runs one script of its own; nothing of a mail ever runs.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

pub(super) fn router() -> Router<Arc<Front>> {
    Router::new()
        .route("/health", get(health))
        .route("/pages/{name}", get(file))
        .merge(mailbox::router())
        .merge(metrics::router())
        .merge(sink::router())
}

/// What other `heard` processes ask to find the running stack.
async fn health(State(front): State<Arc<Front>>) -> Response {
    let queues = &front.gateway.queues;
    let queues = queues.names().into_iter().map(|name| (name.clone(), json!(queues.url(&name))));
    Json(json!({
        "status": "ok",
        "aws": front.aws_endpoint,
        "region": REGION,
        "table": front.table,
        "queues": queues.collect::<serde_json::Map<_, _>>(),
    }))
    .into_response()
}

/// What the pages are made of beside their HTML.
async fn file(Path(name): Path<String>) -> Response {
    const CSS: &str = "text/css; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let (kind, content) = match name.as_str() {
        "stack.css" => (CSS, include_str!("../../../templates/stack.css")),
        "mailbox.css" => (CSS, include_str!("../../../templates/mailbox.css")),
        "mailbox.js" => (SCRIPT, include_str!("../../../templates/mailbox.js")),
        "sink.css" => (CSS, include_str!("../../../templates/sink.css")),
        "metrics.css" => (CSS, include_str!("../../../templates/metrics.css")),
        "metrics.js" => (SCRIPT, include_str!("../../../templates/metrics.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    typed(kind, PAGE_POLICY, content)
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => typed("text/html; charset=utf-8", PAGE_POLICY, html),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn typed(kind: &'static str, policy: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}
