//! What the demo prints: one line per thing that happened.

use std::io::{Write, stdout};

use anyhow::Result;
use domain::clock::duration_in_words;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Lines since a beginning.
pub(super) struct Timeline {
    json: bool,
    begin: Timestamp,
}

/// One thing that happened.
pub(super) enum Entry<'a> {
    CameIn { who: &'a str, how: &'a str, text: &'a str },
    Repeated { who: &'a str, how: &'a str },
    Deadline { who: &'a str, due: Timestamp },
    Mailed { to: &'a str, subject: &'a str, who: &'a str },
    Cleared { to: &'a str, subject: &'a str, who: &'a str },
    Replied { to: &'a str, how: &'a str, text: &'a str },
    Stopped { who: &'a str, waited: SignedDuration, spare: SignedDuration, mails: usize },
}

impl Timeline {
    pub(super) fn new(json: bool, begin: Timestamp) -> Timeline {
        Timeline { json, begin }
    }

    pub(super) fn tell(&self, at: Timestamp, entry: &Entry<'_>) -> Result<()> {
        let mut out = stdout().lock();
        if self.json {
            let mut line = entry.as_json();
            line["at"] = json!(at);
            writeln!(out, "{line}")?;
        } else {
            let (what, text) = entry.in_words(self.begin);
            writeln!(out, "{}  {what:<9} {text}", self.offset(at))?;
        }
        Ok(out.flush()?)
    }

    /// Sums up.
    pub(super) fn end(&self, customers: usize, mails: usize) -> Result<()> {
        if !self.json {
            writeln!(
                stdout(),
                "\n{customers} people asked, {customers} were answered, {mails} mails went out."
            )?;
        }
        Ok(())
    }

    fn offset(&self, at: Timestamp) -> String {
        offset(self.begin, at)
    }
}

/// Minutes and seconds since the story began.
fn offset(begin: Timestamp, at: Timestamp) -> String {
    let seconds = at.duration_since(begin).as_secs().max(0);
    format!("{:>2}:{:02}", seconds / 60, seconds % 60)
}

impl Entry<'_> {
    fn in_words(&self, begin: Timestamp) -> (&'static str, String) {
        match self {
            Entry::CameIn { who, how, text } => ("came in", format!("{who}, {how}: \"{text}\"")),
            Entry::Repeated { who, how } => ("came in", format!("{who}, {how}: known, nothing changes")),
            Entry::Deadline { who, due } => {
                ("deadline", format!("{who} is to be answered by {}", offset(begin, *due)))
            }
            Entry::Mailed { to, subject, .. } => ("mail", format!("to {to}: {subject}")),
            Entry::Cleared { to, who, .. } => {
                ("all clear", format!("to {to}, who was told: {who} was answered"))
            }
            Entry::Replied { to, how, text } => ("answer", format!("Acme to {to}, {how}: \"{text}\"")),
            Entry::Stopped { who, waited, spare, mails } => {
                let waited = duration_in_words(*waited);
                let judged = if spare.is_negative() {
                    format!("{} late", duration_in_words(spare.abs()))
                } else {
                    format!("{} to spare", duration_in_words(*spare))
                };
                let told = match mails {
                    0 => "nobody had to be told".to_owned(),
                    1 => "1 person was told, nobody else will be".to_owned(),
                    more => format!("{more} people were told, nobody else will be"),
                };
                ("stopped", format!("{who} waited {waited}, {judged}; {told}"))
            }
        }
    }

    fn as_json(&self) -> Value {
        match self {
            Entry::CameIn { who, how, text } => {
                json!({ "what": "event", "who": who, "how": how, "text": text, "known": false })
            }
            Entry::Repeated { who, how } => {
                json!({ "what": "event", "who": who, "how": how, "known": true })
            }
            Entry::Deadline { who, due } => json!({ "what": "deadline", "who": who, "due": due }),
            Entry::Mailed { to, subject, who } => {
                json!({ "what": "mail", "purpose": "step", "who": who, "to": to, "subject": subject })
            }
            Entry::Cleared { to, subject, who } => {
                json!({ "what": "mail", "purpose": "clear", "who": who, "to": to, "subject": subject })
            }
            Entry::Replied { to, how, text } => {
                json!({ "what": "event", "who": "Acme", "to": to, "how": how, "text": text, "known": false })
            }
            Entry::Stopped { who, waited, spare, mails } => json!({
                "what": "answer", "who": who, "waited_seconds": waited.as_secs(),
                "in_time": !spare.is_negative(), "mails": mails,
            }),
        }
    }
}
