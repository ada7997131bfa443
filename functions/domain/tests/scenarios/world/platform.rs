//! What a platform would tell of something said: the event that the fold sees.

use domain::event::{Attachment, Author, Event, Side, Verb, occurred};
use domain::id::{Platform, digest};
use domain::policy::Config;
use jiff::Timestamp;

use crate::script::{Dated, Speech, Who};
use crate::tell::title;

/// Returns the event that a delivery at `received_at` of what was said at `at` becomes.
pub(super) fn event(speech: &Speech, at: Timestamp, received_at: Timestamp, config: &Config) -> Event {
    let voices = config.voices(speech.platform);
    let said_at = match speech.dated {
        Dated::Rightly => Some(at),
        Dated::Wrongly(at) => Some(at),
        Dated::Not => None,
    };
    let (occurred_at, time_from) = occurred(said_at, None, received_at);
    let (author, app) = match &speech.who {
        Who::Somebody => (None, None),
        Who::Person(name) | Who::Account(name) => (Some(name.as_str()), None),
        Who::Machine(app) => (Some(speech.account.as_str()), Some(app.as_str())),
    };
    let side = voices.side(&speech.account, author, app);
    let is_add = speech.verb == Verb::Add;
    let removed = speech.verb == Verb::Remove;
    // X says of a removed post who wrote it, not whom it addressed.
    let is_bare = removed && speech.platform == Platform::X && side != Side::Customer;
    Event {
        platform: speech.platform,
        account: speech.account.clone(),
        object: speech.object.clone(),
        verb: speech.verb,
        version: match speech.verb {
            Verb::Add | Verb::Remove => "-".to_owned(),
            Verb::Edit => {
                let text = speech.text.as_deref().unwrap_or_default();
                speech.edit.clone().unwrap_or_else(|| digest(text))
            }
            Verb::Hide | Verb::Unhide => at.as_millisecond().to_string(),
        },
        kind: speech.kind,
        visibility: speech.visibility,
        side,
        author: author.map(|name| Author {
            id: Some(name.to_owned()),
            name: Some(title(name)).filter(|_| !removed),
            handle: Some(name.to_owned()).filter(|_| speech.platform == Platform::X && !removed),
            ..Author::default()
        }),
        counterpart: speech.counterpart.clone().filter(|_| !is_bare),
        thread: speech.thread.clone().filter(|_| !is_bare),
        parent: speech.parent.clone().filter(|_| !is_bare),
        mentions: if is_bare { Vec::new() } else { speech.mentions.clone() },
        text: speech.text.clone(),
        attachments: Some(Attachment { kind: "image".to_owned(), url: None })
            .filter(|_| speech.picture)
            .into_iter()
            .collect(),
        permalink: Some(format!("https://{}.example/{}", speech.platform, speech.object)).filter(|_| is_add),
        occurred_at,
        time_from,
    }
}
