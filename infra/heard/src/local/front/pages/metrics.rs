//! What the functions measured: the page, and one document for scripts.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::super::super::metrics::Metric;
use super::{Front, page};

pub(super) fn router() -> Router<Arc<Front>> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/metrics/", get(|| async { Redirect::permanent("/metrics") }))
        .route("/metrics.json", get(list))
}

async fn list(State(front): State<Arc<Front>>) -> Json<Vec<Metric>> {
    Json(front.metrics.all())
}

#[derive(Template)]
#[template(path = "metrics.html")]
struct Page<'a> {
    /// One group for each namespace, never an empty one.
    groups: Vec<&'a [Metric]>,
}

async fn metrics(State(front): State<Arc<Front>>) -> Response {
    let all = front.metrics.all();
    page(&Page { groups: all.chunk_by(|one, other| one.namespace == other.namespace).collect() })
}

/// Returns a number with at most three decimals, and none that say nothing.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, text) in
            [(0.0, "0"), (10.0, "10"), (0.5, "0.5"), (2.0 / 3.0, "0.667"), (1e9, "1000000000")]
        {
            assert_eq!(super::short(value), text);
        }
    }
}
