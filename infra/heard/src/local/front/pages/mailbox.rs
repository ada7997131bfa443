//! The mails that were "sent": the page, the list for scripts, and each mail as it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::super::super::mailbox::Mail;
use super::{Front, page, typed};

/// A mail as mail programs treat it: styles and pictures, no scripts, no forms; links open outside.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'";

pub(super) fn router() -> Router<Arc<Front>> {
    Router::new()
        .route("/mailbox", get(mailbox))
        .route("/mailbox/", get(|| async { Redirect::permanent("/mailbox") }))
        .route("/mailbox.json", get(list))
        .route("/mailbox/{name}", get(file))
}

async fn list(State(front): State<Arc<Front>>) -> Response {
    match front.gateway.mailbox.all() {
        Ok(mails) => Json(mails).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    id: String,
    #[serde(default)]
    view: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Page<'a> {
    /// Newest first: on the screen the last mail is the one that is waited for.
    mails: Vec<&'a Mail>,
    /// The mail asked for, else the newest.
    chosen: Option<&'a Mail>,
    /// A mail was asked for: a narrow screen then shows it instead of the list.
    reading: bool,
    view: &'a str,
}

impl Page<'_> {
    fn is_chosen(&self, mail: &Mail) -> bool {
        self.chosen.is_some_and(|chosen| chosen.id == mail.id)
    }
}

async fn mailbox(State(front): State<Arc<Front>>, Query(choice): Query<Choice>) -> Response {
    let mails = match front.gateway.mailbox.all() {
        Ok(mails) => mails,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    let asked = mails.iter().find(|mail| mail.id == choice.id);
    let view = match choice.view.as_str() {
        "text" => "text",
        "headers" => "headers",
        _ => "html",
    };
    let chosen = asked.or(mails.last());
    page(&Page { mails: mails.iter().rev().collect(), chosen, reading: asked.is_some(), view })
}

/// `ID.eml` and `ID.html`.
async fn file(State(front): State<Arc<Front>>, Path(name): Path<String>) -> Response {
    let (id, kind) = name.rsplit_once('.').unwrap_or((&name, ""));
    match (front.gateway.mailbox.find(id), kind) {
        (Ok(Some(mail)), "eml") => typed("message/rfc822", MAIL_POLICY, mail.to_eml()),
        (Ok(Some(mail)), "html") => {
            typed("text/html; charset=utf-8", MAIL_POLICY, with_outside_links(&mail.html))
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Links of a mail open beside the mailbox, as in a mail program, instead of inside its frame.
fn with_outside_links(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    let head = html.to_ascii_lowercase().find("<head>").map(|at| at + "<head>".len());
    match head {
        Some(at) => format!("{}{BASE}{}", &html[..at], &html[at..]),
        None => format!("{BASE}{html}"),
    }
}
