//! What somebody did under an organization's posts, or said of it elsewhere.

use jiff::Timestamp;
use serde_json::Value;

use super::super::Voices;
use super::super::json::{self, Flaw, Object};
use super::urn::{canonical, is_comment};
use crate::event::{self, Author, Event, Kind, Side, Verb, Visibility};
use crate::id::Platform;

/// Reads one notification; absent if nothing was said. A flaw comes with the account, if that could be read.
pub(super) fn read(
    notification: &Value,
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Option<Event>, (Option<String>, Flaw)> {
    let fields = json::object(notification).map_err(|flaw| (None, flaw))?;
    let account = json::id(fields, "organizationalEntity");
    let account =
        account.and_then(|id| json::need("organizationalEntity", id)).map_err(|flaw| (None, flaw))?;
    event(fields, &account, received_at, voices).map_err(|flaw| (Some(account.clone()), flaw))
}

fn event(
    fields: &Object,
    account: &str,
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Option<Event>, Flaw> {
    let action = json::need("action", json::text(fields, "action")?)?;
    let (verb, kind) = match action {
        "COMMENT" | "ADMIN_COMMENT" => (Verb::Add, Kind::Comment),
        "COMMENT_EDIT" => (Verb::Edit, Kind::Comment),
        "COMMENT_DELETE" => (Verb::Remove, Kind::Comment),
        "SHARE" => (Verb::Add, Kind::Post),
        "SHARE_MENTION" => (Verb::Add, Kind::Mention),
        "LIKE" => return Ok(None),
        _ => return Err(Flaw::unknown("/action", "unknown action")),
    };
    let object = json::need("generatedActivity", json::id(fields, "generatedActivity")?)?;
    let post = json::id(fields, "sourcePost")?;
    let said = said(fields, kind)?;
    let by_brand = action == "ADMIN_COMMENT";
    let author = if by_brand { Some(account.to_owned()) } else { said.owner };
    let side = voices.side(account, author.as_deref(), None);
    let text = said.text.filter(|_| verb != Verb::Remove);
    if action == "SHARE" && side == Side::Customer && text.is_none() {
        // Passed on without a word: nobody is asked anything.
        return Ok(None);
    }
    let object = canonical(&object).map_err(|flaw| flaw.under("/generatedActivity"))?;
    let thread = match (kind, &said.above, side) {
        (Kind::Comment, Some(above), _) => Some(above.clone()),
        // What is gone is told of without what it answered.
        (Kind::Comment, None, _) if verb == Verb::Remove => None,
        // To everybody under the post.
        (Kind::Comment, None, Side::Brand | Side::Automation) => post.clone().or(Some(object.clone())),
        _ => Some(object.clone()),
    };
    let modified_at = json::milliseconds(fields, "lastModifiedAt");
    let (occurred_at, time_from) = event::occurred(modified_at, None, received_at);
    Ok(Some(Event {
        platform: Platform::Linkedin,
        account: account.to_owned(),
        verb,
        version: match verb {
            Verb::Edit => json::need("lastModifiedAt", json::id(fields, "lastModifiedAt")?)?,
            _ => "-".to_owned(),
        },
        kind,
        visibility: Visibility::Public,
        side,
        author: author.map(|id| Author { id: Some(id), ..Author::default() }),
        counterpart: None,
        thread,
        permalink: permalink(post.as_deref().filter(|_| kind == Kind::Comment).unwrap_or(&object)),
        parent: said.above.or(post),
        mentions: if kind == Kind::Mention { vec![account.to_owned()] } else { Vec::new() },
        text: text.as_deref().and_then(event::text),
        attachments: Vec::new(),
        occurred_at,
        time_from,
        object,
    }))
}

/// What the notification tells of what was written.
#[derive(Default)]
struct Said {
    owner: Option<String>,
    text: Option<String>,
    /// The comment that it answers.
    above: Option<String>,
}

fn said(fields: &Object, kind: Kind) -> Result<Said, Flaw> {
    let name = if kind == Kind::Comment { "comment" } else { "share" };
    let Some(decorated) = json::member(fields, "decoratedGeneratedActivity")? else {
        return Ok(Said::default());
    };
    let under = |flaw: Flaw| flaw.under("/decoratedGeneratedActivity");
    let Some(written) = json::member(decorated, name).map_err(under)? else { return Ok(Said::default()) };
    written_in(written).map_err(|flaw| under(flaw.under(&format!("/{name}"))))
}

fn written_in(written: &Object) -> Result<Said, Flaw> {
    let above = match json::id(written, "parentComment")? {
        Some(parent) => Some(("/parentComment", parent)),
        None => {
            let object = json::id(written, "object")?.filter(|object| is_comment(object));
            object.map(|object| ("/object", object))
        }
    };
    let above =
        above.map(|(place, above)| canonical(&above).map_err(|flaw| flaw.under(place))).transpose()?;
    let text = match json::text(written, "text")? {
        Some(text) => Some(text),
        // Some notifications have the text as the posts' own interface writes it.
        None => match json::member(written, "message")? {
            Some(message) => json::text(message, "text").map_err(|flaw| flaw.under("/message"))?,
            None => None,
        },
    };
    Ok(Said { owner: json::id(written, "owner")?, text: text.map(str::to_owned), above })
}

/// Returns where a person can see a post: the address made of its name.
fn permalink(post: &str) -> Option<String> {
    let plain = post.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
    plain.then(|| format!("https://www.linkedin.com/feed/update/{post}"))
}
