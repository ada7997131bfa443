//! The requests that were "posted" to people's webhooks: the place they come to, the page, the list for scripts.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;

use super::super::super::clock::Clock;
use super::super::super::sink::Post;
use super::{Front, page};

/// Receivers take no more than this either.
const LARGEST: usize = 256 * 1024;

pub(super) fn router() -> Router<Arc<Front>> {
    Router::new()
        .route("/sink", get(sink))
        .route("/sink/", get(|| async { Redirect::permanent("/sink") }))
        .route("/sink.json", get(list))
        .route("/sink/{*address}", post(take).layer(DefaultBodyLimit::max(LARGEST)))
}

async fn list(State(front): State<Arc<Front>>) -> Json<Vec<Post>> {
    Json(front.sink.all())
}

/// `/sink/HOST/PATH` stands for `https://HOST/PATH`.
async fn take(
    State(front): State<Arc<Front>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = uri.path_and_query().map_or(uri.path(), |both| both.as_str());
    let url = format!("https:/{}", asked.trim_start_matches("/sink"));
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())));
    let at = Timestamp::from_millisecond(Clock::system().now_ms()).unwrap_or_default().to_string();
    let post = Post { url, at, headers: headers.collect(), body: text(&body), answered: 0 };
    let status = StatusCode::from_u16(front.sink.take(post)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_redirection() {
        // Whoever follows it is seen by it.
        return (status, [(header::LOCATION, "/sink/elsewhere.example/followed")]).into_response();
    }
    status.into_response()
}

#[derive(Template)]
#[template(path = "sink.html")]
struct Page<'a> {
    /// Newest first.
    posts: Vec<&'a Post>,
}

async fn sink(State(front): State<Arc<Front>>) -> Response {
    let posts = front.sink.all();
    page(&Page { posts: posts.iter().rev().collect() })
}
