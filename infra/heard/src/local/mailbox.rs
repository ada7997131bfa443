//! SES that sends nothing: every mail is kept, to be looked at, and what becomes of it is reported.

mod report;
mod request;

use std::sync::Arc;

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::raw::Raw;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::Answer;
use super::clock::Clock;
use super::store::Store;
use super::unique::uuid;
pub(crate) use report::Reports;

/// More than a person reads; the oldest go first.
const KEPT: u32 = 10_000;

/// All mails, oldest first.
#[derive(Debug)]
pub(crate) struct Mailbox {
    store: Arc<Store>,
    clock: Clock,
    reports: Reports,
}

/// One mail as it was handed to SES.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The message id SES answered with.
    pub id: String,
    /// The address it is from, with its name.
    pub from: String,
    /// Everybody it went to, separated by a comma and a space.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was handed over, such as `2025-10-09T08:53:24.123Z`.
    pub sent_at: String,
    /// The headers given beside the ones SES writes itself, in their order by name.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The plain text part, empty if there is none.
    pub text: String,
    /// The HTML part, empty if there is none.
    pub html: String,
    /// The tags given for events.
    pub tags: std::collections::BTreeMap<String, String>,
}

impl Mailbox {
    pub(crate) fn new(store: Arc<Store>, clock: Clock, reports: Reports) -> Self {
        Self { store, clock, reports }
    }

    /// Answers one `SendEmail` call.
    pub(crate) fn answer(&self, body: &[u8]) -> Answer {
        let refused = |status, kind: &str, problem: &str| {
            Answer::error(status, kind, problem).header("x-amzn-errortype", kind.to_owned())
        };
        let request::Sent { mail, configuration_set } = match request::read(body) {
            Ok(sent) => sent,
            Err(problem) => return refused(400, "BadRequestException", &problem),
        };
        let set = configuration_set.as_deref();
        if let Some(set) = set.filter(|set| !self.reports.knows(set)) {
            return refused(404, "NotFoundException", &format!("Configuration set <{set}> does not exist."));
        }
        match self.keep(mail) {
            Ok(mail) => {
                self.reports.raise(&mail, set);
                Answer::ok(&json!({"MessageId": mail.id}))
            }
            Err(error) => Answer::error(500, "InternalFailure", &error.to_string())
                .header("x-amzn-errortype", "InternalFailure".to_owned()),
        }
    }

    fn keep(&self, mut mail: Mail) -> rusqlite::Result<Mail> {
        // SES's ids look like this: a time, a UUID, six zeros.
        let now = self.clock.now_ms();
        mail.id = format!("0100{now:012x}-{}-000000", uuid());
        mail.sent_at = Timestamp::from_millisecond(now).unwrap_or_default().to_string();
        let connection = self.store.lock();
        let content = serde_json::to_string(&mail).expect("texts are JSON");
        connection.execute("INSERT INTO mail (id, content) VALUES (?1, ?2)", params![mail.id, content])?;
        connection
            .execute("DELETE FROM mail WHERE seq <= (SELECT max(seq) FROM mail) - ?1", params![KEPT])?;
        Ok(mail)
    }

    /// All mails, oldest first.
    pub(crate) fn all(&self) -> rusqlite::Result<Vec<Mail>> {
        let connection = self.store.lock();
        let mut statement = connection.prepare_cached("SELECT content FROM mail ORDER BY seq")?;
        let rows = statement.query_map([], |row| Ok(parse(&row.get::<_, String>(0)?)))?;
        rows.collect()
    }

    /// The mail with that id.
    pub(crate) fn find(&self, id: &str) -> rusqlite::Result<Option<Mail>> {
        let connection = self.store.lock();
        let read = |row: &rusqlite::Row<'_>| Ok(parse(&row.get::<_, String>(0)?));
        connection.query_row("SELECT content FROM mail WHERE id = ?1", params![id], read).optional()
    }
}

impl Mail {
    /// The mail as a file that a mail program opens.
    #[must_use]
    pub fn to_eml(&self) -> Vec<u8> {
        let mut message = MessageBuilder::new()
            .header("From", Raw::new(self.from.as_str()))
            .header("To", Raw::new(self.to.as_str()))
            .message_id(format!("{}@email.amazonses.com", self.id))
            .subject(self.subject.as_str());
        if let Ok(at) = self.sent_at.parse::<Timestamp>() {
            message = message.date(at.as_second());
        }
        for (name, value) in &self.headers {
            message = message.header(name.as_str(), Raw::new(value.as_str()));
        }
        if !self.text.is_empty() {
            message = message.text_body(self.text.as_str());
        }
        if !self.html.is_empty() {
            message = message.html_body(self.html.as_str());
        }
        message.write_to_vec().unwrap_or_default()
    }
}

fn parse(content: &str) -> Mail {
    serde_json::from_str(content).expect("only this module writes the column")
}

#[cfg(test)]
mod tests;
