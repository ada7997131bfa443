//! The HTTP API at the stack's own address, with the stack's own pages beside it.

mod event;
mod pages;
mod reply;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Body as _;
use tokio::net::TcpListener;

pub(crate) use routes::Routes;

use super::aws::Gateway;
use super::logs::Logs;
use super::metrics::Metrics;
use super::runtime::Runtime;
use super::sink::Sink;
use super::sources::chain;

/// What API Gateway takes at most.
const MAX_BODY: usize = 10 * 1024 * 1024;
/// What Lambda takes at most, the request written as an event.
const MAX_EVENT: usize = 6 * 1024 * 1024;

/// What the pages and the API need.
pub(crate) struct Front {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) routes: Routes,
    pub(crate) logs: Logs,
    pub(crate) metrics: Metrics,
    pub(crate) sink: Sink,
    pub(crate) aws_endpoint: String,
    pub(crate) table: String,
}

impl Front {
    /// Serves until the future is dropped.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let front = Arc::new(self);
        let router = Router::new().merge(pages::router()).fallback(api).with_state(Arc::clone(&front));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, service).await {
            front.logs.line("http", &chain(&error));
        }
    }
}

/// Everything that is not a page of the stack goes the way of API Gateway.
async fn api(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(found) = front.routes.find(parts.method.as_str(), parts.uri.path()) else {
        return reply::message(404, "Not Found");
    };
    let Some(body) = read(body).await else {
        return reply::message(413, "Request Entity Too Large");
    };
    let payload = event::write(&parts, &found, &body, peer);
    if payload.len() > MAX_EVENT {
        return reply::message(413, "Request Entity Too Large");
    }
    // A task of its own: a client that hangs up must not kill a function that has begun.
    let (runtime, function) = (Arc::clone(&front.runtime), found.function.to_owned());
    let invocation = tokio::spawn(async move { runtime.invoke(&function, Bytes::from(payload)).await });
    let problem = match invocation.await {
        Ok(Ok(answer)) => match reply::read(&answer) {
            Ok(response) => return response,
            Err(problem) => problem,
        },
        Ok(Err(error)) => chain(&error),
        Err(error) => chain(&error),
    };
    front.logs.line(found.function, &problem);
    reply::message(500, "Internal Server Error")
}

/// The whole body, or nothing if it is too long; an announced length is believed at once.
async fn read(body: Body) -> Option<Bytes> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return None;
    }
    Some(Limited::new(body, MAX_BODY).collect().await.ok()?.to_bytes())
}
