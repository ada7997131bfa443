//! What holds for a post, whichever product tells of it.

use jiff::Timestamp;

use super::value::Mentioned;
use super::{Delivery, MANY};
use crate::event::{Attachment, Author, Event, Kind, Side, Verb, Visibility};
use crate::id::Platform;

/// A post as it was told, before it is known what it is to the brand.
pub(super) struct Post {
    pub(super) id: String,
    /// The first id of its history, where that is told. An edit is a post with an id of its own.
    pub(super) first: Option<String>,
    pub(super) author: Author,
    /// What the thread hangs on, where that is said.
    pub(super) thread: Option<String>,
    /// The post that it answers, and who wrote that one.
    pub(super) parent: Option<String>,
    pub(super) answered: Option<String>,
    pub(super) mentioned: Mentioned,
    pub(super) text: Option<String>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) at: Option<Timestamp>,
}

impl Post {
    /// Returns the event that the post is to the brand it was delivered for.
    pub(super) fn event(self, delivery: &Delivery<'_>) -> Event {
        let Post { id, first, author, thread, parent, answered, mentioned, text, attachments, at } = self;
        let side = delivery.side(author.id.as_deref(), None);
        let mentions = mentions(delivery, side, answered, mentioned);
        let counterpart = match side {
            Side::Customer => author.id.clone(),
            Side::Brand | Side::Automation => mentions.first().cloned(),
        };
        let permalink = permalink(author.handle.as_deref(), &id);
        let object = first.unwrap_or_else(|| id.clone());
        let edited = object != id;
        let (occurred_at, time_from) = delivery.occurred(at);
        Event {
            platform: Platform::X,
            account: delivery.account.clone(),
            verb: if edited { Verb::Edit } else { Verb::Add },
            kind: match (&parent, side) {
                (Some(_), _) => Kind::Comment,
                (None, Side::Customer) => Kind::Mention,
                (None, Side::Brand | Side::Automation) => Kind::Post,
            },
            visibility: Visibility::Public,
            side,
            author: Some(author),
            counterpart,
            // What answers nothing is the first of its thread, under the name that it had first.
            thread: thread
                .filter(|thread| *thread != id)
                .or_else(|| parent.is_none().then(|| object.clone())),
            parent,
            mentions,
            text,
            attachments,
            permalink,
            occurred_at,
            time_from,
            version: if edited { id } else { "-".to_owned() },
            object,
        }
    }
}

/// Returns whom a post speaks to: the author of what it answers, then those it mentions.
///
/// What the brand says speaks to nobody of the brand's own group, though X lists every handle in it. Nor does an
/// answer to a customer speak to those whom X put in front of it; one to a post of the brand's own does, since
/// it goes on with what that said.
fn mentions(
    delivery: &Delivery<'_>,
    side: Side,
    answered: Option<String>,
    mentioned: Mentioned,
) -> Vec<String> {
    let Mentioned { named, prefixed } = mentioned;
    let is_to_one = answered.as_ref().is_some_and(|answered| !delivery.is_ours(answered));
    let prefixed = prefixed.into_iter().filter(|_| side == Side::Customer || !is_to_one);
    let mut mentions: Vec<String> = Vec::new();
    for id in answered.into_iter().chain(named).chain(prefixed) {
        let speaks_to = side == Side::Customer || !delivery.is_ours(&id);
        if speaks_to && mentions.len() < MANY && !mentions.contains(&id) {
            mentions.push(id);
        }
    }
    mentions
}

/// Returns where a person can see a post.
fn permalink(handle: Option<&str>, id: &str) -> Option<String> {
    let place = handle.unwrap_or("i/web");
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| format!("https://x.com/{place}/status/{id}"))
}

/// Returns the removal of the post `id` by its `author`: whom it spoke to is not told.
pub(super) fn removed(delivery: &Delivery<'_>, id: String, author: String, at: Option<Timestamp>) -> Event {
    let side = delivery.side(Some(&author), None);
    let (occurred_at, time_from) = delivery.occurred(at);
    Event {
        platform: Platform::X,
        account: delivery.account.clone(),
        object: id,
        verb: Verb::Remove,
        version: "-".to_owned(),
        kind: Kind::Post,
        visibility: Visibility::Public,
        side,
        counterpart: Some(author.clone()).filter(|_| side == Side::Customer),
        author: Some(Author { id: Some(author), ..Author::default() }),
        thread: None,
        parent: None,
        mentions: Vec::new(),
        text: None,
        attachments: Vec::new(),
        permalink: None,
        occurred_at,
        time_from,
    }
}
