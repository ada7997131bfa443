//! What stands in a request, one format after the other.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::event::{Kind, Visibility};
use crate::fact::Purpose;
use crate::history::End;
use crate::mail::clean::{cut, is_web_address, own};
use crate::mail::{Letter, case, subject};
use crate::policy::Class;

/// Longest name shown, in characters.
const NAME: usize = 80;
/// Longest text for a chat, in characters: Slack cuts at 40,000 and Teams refuses more than 28 KB.
const TEXT: usize = 4000;
/// Longest line of a chat, in characters.
const LINE: usize = 1000;
/// Longest summary that PagerDuty takes, in characters.
const SUMMARY: usize = 1024;

/// The document of the format `standard`.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

/// What a notice tells, as data.
#[derive(Serialize)]
struct Data<'a> {
    reference: String,
    conversation: &'a str,
    turn: &'a str,
    brand: Brand<'a>,
    platform: &'static str,
    account: String,
    kind: Kind,
    visibility: Visibility,
    class: Class,
    /// What the customer is called there; a person's words, never what they wrote.
    who: String,
    waiting: usize,
    since: Timestamp,
    due: Timestamp,
    is_overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<Timestamp>,
    person: &'a str,
    notices: Vec<Told<'a>>,
    link: Option<&'a str>,
    subject: String,
    text: String,
}

#[derive(Serialize)]
struct Brand<'a> {
    id: &'a str,
    name: String,
}

#[derive(Serialize)]
struct Told<'a> {
    purpose: Purpose,
    step: String,
    role: &'a str,
    at: Timestamp,
}

/// Writes everything, for tools of one's own.
pub(super) fn standard(letter: &Letter<'_>) -> String {
    let kind = match purpose(letter) {
        Purpose::Step | Purpose::Removed | Purpose::Passed => "case.waiting",
        Purpose::Taken => "case.taken",
        Purpose::Correction => "case.corrected",
        Purpose::Clear => "case.cleared",
        Purpose::Unreachable => "person.unreachable",
    };
    let at = letter.notices.iter().map(|notice| notice.step_at).max().unwrap_or(letter.now);
    text(&Document { kind, timestamp: at, data: data(letter) })
}

/// Writes a message of an incoming webhook: one text, in which nothing is a link or a mention but what Slack makes of
/// bare addresses.
///
/// **Source:** <https://docs.slack.dev/messaging/formatting-message-text#escaping>
pub(super) fn slack(letter: &Letter<'_>) -> String {
    let said = lines(letter).join("\n");
    let said = cut(&said, TEXT).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text(&json!({"text": said}))
}

/// Writes an adaptive card. Its texts are runs: those know no Markdown, so that nothing foreign becomes a link.
///
/// **Source:** <https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook>,
/// <https://adaptivecards.io/explorer/TextRun.html>
pub(super) fn teams(letter: &Letter<'_>) -> String {
    let lines = lines(letter);
    let mut room = TEXT;
    let mut body = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let line = cut(line, LINE.min(room));
        room = room.saturating_sub(line.chars().count());
        if line.is_empty() || room == 0 {
            break;
        }
        let run = match number {
            0 => json!({"type": "TextRun", "text": line, "weight": "Bolder", "size": "Medium"}),
            _ => json!({"type": "TextRun", "text": line}),
        };
        body.push(json!({"type": "RichTextBlock", "inlines": [run]}));
    }
    let open = link(letter).map(|link| json!({"type": "Action.OpenUrl", "title": "Open", "url": link}));
    text(&json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": open.as_slice(),
            },
        }],
    }))
}

/// Writes an event of PagerDuty's Events API v2. All events about one turn have one key: the first opens an incident, an
/// all clear resolves it.
///
/// **Source:** <https://developer.pagerduty.com/docs/events-api-v2-overview>
pub(super) fn pagerduty(letter: &Letter<'_>, routing_key: &str) -> String {
    let action = match purpose(letter) {
        Purpose::Step | Purpose::Removed | Purpose::Passed | Purpose::Unreachable => "trigger",
        Purpose::Taken => "acknowledge",
        Purpose::Correction | Purpose::Clear => "resolve",
    };
    // Whom mail does not reach is a matter of its own, which no answer resolves.
    let about = if purpose(letter) == Purpose::Unreachable { "-unreachable" } else { "" };
    let data = data(letter);
    let severity = match (data.class, data.is_overdue) {
        (Class::Threat, _) => "critical",
        (_, true) => "error",
        (_, false) => "warning",
    };
    let summary = lines(letter).into_iter().next().unwrap_or_else(|| data.subject.clone());
    let links: Vec<_> = data.link.iter().map(|link| json!({"href": link, "text": "Open"})).collect();
    text(&json!({
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": format!("heard-{}-{}{about}", letter.conversation, first_name(letter)),
        "client": "Heard",
        "links": links,
        "payload": {
            "summary": cut(&summary, SUMMARY),
            "source": data.account,
            "severity": severity,
            "timestamp": data.since,
            "component": data.brand.id,
            "class": data.class,
            "custom_details": data,
        },
    }))
}

fn data<'a>(letter: &'a Letter<'_>) -> Data<'a> {
    let Letter { conversation, turn, run, notices, person, now, .. } = *letter;
    let event = &turn.opener().event;
    let mail = letter.write();
    let told = notices.iter().map(|notice| Told {
        purpose: notice.key.purpose,
        step: notice.key.step.to_string(),
        role: &notice.role,
        at: notice.step_at,
    });
    Data {
        reference: subject::reference(conversation),
        conversation: conversation.as_str(),
        turn: turn.id.as_str(),
        brand: Brand { id: run.brand.id.as_str(), name: own(&run.brand.name, NAME) },
        platform: event.platform.name(),
        account: event.account().to_string(),
        kind: event.kind,
        visibility: event.visibility,
        class: turn.class,
        who: case::who(letter),
        waiting: turn.waiting.len(),
        since: turn.start(),
        due: run.due.at,
        is_overdue: run.due.at < now,
        answered_at: match &turn.end {
            Some(End::Answered { at, .. }) => Some(*at),
            Some(
                End::Withdrawn { .. } | End::Dismissed { .. } | End::Excluded { .. } | End::Expired { .. },
            )
            | None => None,
        },
        person: person.id.as_str(),
        notices: told.collect(),
        link: link(letter),
        subject: mail.subject,
        text: mail.text,
    }
}

/// What all notices of a message are for, as far as its form depends on it.
fn purpose(letter: &Letter<'_>) -> Purpose {
    letter.notices.first().map_or(Purpose::Clear, |notice| notice.key.purpose)
}

/// The mail's text without empty lines, how it stands and what it is about in the first; they were cleaned when it was
/// written.
fn lines(letter: &Letter<'_>) -> Vec<String> {
    let ([status, headline], text) = (letter.beginning(), letter.write().text);
    let said = ["", "--", &status, &headline];
    let rest = text.lines().map(str::trim_end).filter(|line| !said.contains(line)).map(str::to_owned);
    std::iter::once(format!("{status}: {headline}")).chain(rest).collect()
}

/// Where it can be seen: the answer, if there is one, else what was asked.
fn link<'a>(letter: &'a Letter<'_>) -> Option<&'a str> {
    let asked = letter.turn.opener().event.permalink.as_deref();
    let answered = match &letter.turn.end {
        Some(End::Answered { permalink, .. }) => permalink.as_deref(),
        Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Excluded { .. } | End::Expired { .. })
        | None => None,
    };
    answered.or(asked).filter(|link| is_web_address(link))
}

/// The name that the turn had first: it bears another once its opener was deleted, and an incident is found by the first.
fn first_name<'a>(letter: &'a Letter<'_>) -> &'a str {
    let first = letter.turn.names.iter().min_by_key(|(_, at)| *at);
    first.map_or(&letter.turn.id, |(name, _)| name).as_str()
}

fn text(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("texts, numbers and times are JSON")
}
