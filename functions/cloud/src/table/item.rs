//! What stands in the items: domain types and the attributes that indexes and expiry want.

use std::error::Error as StdError;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::action::Action;
use domain::decide::{Authored, Listing};
use domain::fact::{EVENT_KEPT, Notice, NoticeKey, Said};
use domain::head::{FORM as HEAD_FORM, Head};
use domain::id::{BrandId, ConversationId};
use flow::ports::{Fault, PersonState, Stored};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Item, KEPT, n, s};
use crate::fault::flaw;
use crate::keys::{self, Key};

/// The form of facts that this code writes.
const FACT_FORM: u64 = 1;

/// That somebody asked in public is worth knowing for a week, and a platform may tell of either side a week late.
const AUTHOR_KEPT: SignedDuration = SignedDuration::from_hours(16 * 24);

/// One fact as it was read.
pub(super) enum Fact {
    Said(Box<Said>),
    Action(Box<Action>),
    Notice(Box<Notice>),
    /// Expired; the table has not removed it yet.
    Past,
    /// Written by newer code.
    Newer(u64),
    Unreadable(Box<dyn StdError + Send + Sync>),
}

pub(super) fn said(conversation: &ConversationId, said: &Said) -> Result<Item, Fault> {
    let item = body(said, &keys::event(conversation, &said.event), "event")?;
    Ok(kept(item, said.received_at, EVENT_KEPT))
}

/// A removal that says nothing of where it belongs, under its object's name.
pub(super) fn removal(said: &Said) -> Result<Item, Fault> {
    let item = body(said, &keys::removal(&Listing::of(&said.event), &said.brand), "removal")?;
    Ok(kept(item, said.received_at, EVENT_KEPT))
}

pub(super) fn listing(listing: &Listing, brand: &BrandId, cid: &ConversationId, now: Timestamp) -> Item {
    let Key { pk, sk } = keys::listing(listing, brand, cid);
    let item = Item::from([
        ("pk".to_owned(), s(pk)),
        ("sk".to_owned(), s(sk)),
        ("kind".to_owned(), s("object")),
        ("v".to_owned(), n(FACT_FORM)),
        ("object".to_owned(), s(&listing.object)),
        ("conversation".to_owned(), s(cid.as_str())),
    ]);
    kept(item, now, EVENT_KEPT)
}

pub(super) fn author(authored: &Authored, cid: &ConversationId, now: Timestamp) -> Item {
    let Key { pk, sk } = keys::author(authored, cid);
    let item = Item::from([
        ("pk".to_owned(), s(pk)),
        ("sk".to_owned(), s(sk)),
        ("kind".to_owned(), s("author")),
        ("v".to_owned(), n(FACT_FORM)),
        ("conversation".to_owned(), s(cid.as_str())),
    ]);
    kept(item, now, AUTHOR_KEPT)
}

pub(super) fn notice(notice: &Notice) -> Result<Item, Fault> {
    let mut item = body(notice, &keys::notice(&notice.key), "notice")?;
    item.insert("todo_pk".to_owned(), s(keys::out_of(&notice.key.person)));
    // What is claimed long after its time is late only since then: the sweep asks ever more seldom for what is later.
    let at = notice.send_after.max(notice.claimed_at);
    item.insert("todo_sk".to_owned(), s(out_moment(&notice.key, at)));
    Ok(kept(item, notice.claimed_at, KEPT))
}

/// Returns the sort key of a notice in the list of what is to send.
pub(super) fn out_moment(key: &NoticeKey, send_after: Timestamp) -> String {
    keys::moment(send_after, &format!("{}#{}#{}", key.person, key.conversation, key.step))
}

pub(super) fn head(head: &Head) -> Result<Item, Fault> {
    let next = Head { version: head.version + 1, ..head.clone() };
    let mut item = body(&next, &keys::head(&head.conversation), "head")?;
    item.insert("v".to_owned(), n(head.v));
    if let Some(next_at) = head.next_at {
        item.insert("todo_pk".to_owned(), s(keys::due_of(&head.conversation)));
        item.insert("todo_sk".to_owned(), s(keys::moment(next_at, head.conversation.as_str())));
    }
    if let Some(oldest) = head.open.first() {
        item.insert("open_pk".to_owned(), s(keys::open(&head.brand)));
        item.insert("open_sk".to_owned(), s(keys::moment(oldest.start, head.conversation.as_str())));
        item.insert("class".to_owned(), s(oldest.class.name()));
        item.insert("account".to_owned(), s(&oldest.account));
        item.insert("due".to_owned(), s(oldest.due.to_string()));
    }
    Ok(kept(item, head.folded_at, KEPT))
}

/// Reads a head; one of another form or unreadable is worth its version only.
pub(super) fn stored_head(item: Item) -> Stored {
    let version = number(&item, "version").unwrap_or(0);
    let is_ours = number(&item, "v") == Some(u64::from(HEAD_FORM));
    let head = is_ours.then(|| serde_dynamo::from_item(item));
    match head {
        Some(Ok(head)) => Stored { version, head: Some(head) },
        Some(Err(error)) => {
            tracing::warn!(error = flaw(&error), "head is unreadable; the facts replace it");
            Stored { version, head: None }
        }
        None => Stored { version, head: None },
    }
}

/// Tells a fact by its sort key and reads it.
pub(super) fn fact(item: Item, now: Timestamp) -> Fact {
    let key = Key { pk: text(&item, "pk"), sk: text(&item, "sk") };
    if number(&item, "expires_at").is_some_and(|at| i128::from(at) < i128::from(now.as_second())) {
        return Fact::Past;
    }
    if let Some(form) = number(&item, "v").filter(|form| *form > FACT_FORM) {
        return Fact::Newer(form);
    }
    let read = match key.sk.split('#').nth(1) {
        Some("EVENT" | keys::REMOVAL) => serde_dynamo::from_item(item).map(|said| Fact::Said(Box::new(said))),
        Some("ACT") => serde_dynamo::from_item(item).map(|action| Fact::Action(Box::new(action))),
        Some("NOTICE") => serde_dynamo::from_item(item).map(|notice| Fact::Notice(Box::new(notice))),
        _ => return Fact::Unreadable(format!("{} is no known kind of fact", key.sk).into()),
    };
    read.unwrap_or_else(|error| Fact::Unreadable(format!("{}: {}", key.sk, flaw(&error)).into()))
}

pub(super) fn read_notice(item: Item) -> Result<Notice, Fault> {
    serde_dynamo::from_item(item).map_err(|error| Fault {
        doing: "reading a notice".to_owned(),
        is_transient: false,
        source: flaw(&error).into(),
    })
}

pub(super) fn person_state(item: &Item) -> PersonState {
    let mails = item.get("mails").and_then(|mails| mails.as_l().ok()).into_iter().flatten();
    PersonState {
        version: number(item, "version").unwrap_or(0),
        leased_until: text(item, "leased_until").parse().ok(),
        mails: mails.filter_map(|at| at.as_s().ok()?.parse().ok()).collect(),
        // One that cannot be read is as good as none: they are written to, and it is reported again.
        unreachable: item
            .get("unreachable")
            .cloned()
            .and_then(|it| serde_dynamo::from_attribute_value(it).ok()),
        // The same: it is tried again.
        failing: item.get("failing").cloned().and_then(|it| serde_dynamo::from_attribute_value(it).ok()),
    }
}

pub(super) fn mail(name: &str, notices: &[NoticeKey], at: Timestamp) -> Result<Item, Fault> {
    let Key { pk, sk } = keys::mail(name);
    let item = Item::from([
        ("pk".to_owned(), s(pk)),
        ("sk".to_owned(), s(sk)),
        ("kind".to_owned(), s("mail")),
        ("v".to_owned(), n(1)),
        ("notices".to_owned(), value(&notices)?),
        ("at".to_owned(), s(at.to_string())),
    ]);
    Ok(kept(item, at, KEPT))
}

pub(super) fn read_mail(mut item: Item) -> Result<Vec<NoticeKey>, Fault> {
    let notices = item.remove("notices").unwrap_or(AttributeValue::L(Vec::new()));
    serde_dynamo::from_attribute_value(notices).map_err(|error| Fault {
        doing: "reading what a mail told".to_owned(),
        is_transient: false,
        source: flaw(&error).into(),
    })
}

/// Writes a value as an attribute.
pub(super) fn value<T: Serialize>(value: &T) -> Result<AttributeValue, Fault> {
    serde_dynamo::to_attribute_value(value).map_err(unwritable)
}

fn body<T: Serialize>(value: &T, key: &Key, kind: &str) -> Result<Item, Fault> {
    let mut item: Item = serde_dynamo::to_item(value).map_err(unwritable)?;
    item.insert("pk".to_owned(), s(&key.pk));
    item.insert("sk".to_owned(), s(&key.sk));
    item.insert("kind".to_owned(), s(kind));
    item.insert("v".to_owned(), n(FACT_FORM));
    Ok(item)
}

fn unwritable(error: serde_dynamo::Error) -> Fault {
    Fault { doing: "writing an item".to_owned(), is_transient: false, source: Box::new(error) }
}

fn kept(mut item: Item, from: Timestamp, kept: SignedDuration) -> Item {
    item.insert("expires_at".to_owned(), n(keys::expiry(from, kept)));
    item
}

pub(super) fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn number(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}
