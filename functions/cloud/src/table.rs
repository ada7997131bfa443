//! The one table: facts are put if absent, heads are saved if unchanged, everything may be repeated.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Dropped, Facts, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use domain::triage::Gist;
use flow::ports::{
    About, Clock, Cursor, Fault, Followed, List, Listed, Metric, PersonState, Put, Raw, Saved, Stored,
    Telemetry, Todo, Unreachable, Waiting, chain,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::fault::fault;
use crate::keys::{self, Key};
use crate::start::Cloud;

mod item;
mod raw;
mod todo;

/// How long notices, mails and heads are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(120 * 24);

/// A table and the client that speaks to it.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

/// An item as DynamoDB gives and takes it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl std::fmt::Display + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Whether a condition of ours failed: somebody was there first.
fn is_refused<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ConditionalCheckFailedException")
}

impl Table {
    /// Puts an item if nothing is there yet.
    pub(crate) async fn put_new(&self, doing: &str, item: Item) -> Result<Put, Fault> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(Put::New),
            Err(error) if is_refused(&error) => Ok(Put::Known),
            Err(error) => Err(fault(doing, error)),
        }
    }

    /// Puts an item in place of the one with `version`, 0 meaning that there is none. The item itself bears
    /// the next version.
    pub(crate) async fn put_version(&self, doing: &str, item: Item, version: u64) -> Result<Saved, Fault> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let put = if version == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("#version = :seen")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":seen", n(version))
        };
        match put.send().await {
            Ok(_) => Ok(Saved::Done),
            Err(error) if is_refused(&error) => Ok(Saved::Lost),
            Err(error) => Err(fault(doing, error)),
        }
    }

    /// Reads one item consistently.
    pub(crate) async fn get(&self, doing: &str, key: &Key) -> Result<Option<Item>, Fault> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let get = get.key("pk", s(&key.pk)).key("sk", s(&key.sk));
        let answer = get.send().await.map_err(|error| fault(doing, error))?;
        Ok(answer.item)
    }

    /// Reads every item of a partition with a sort key between the two, all pages, consistently.
    async fn query(&self, doing: &str, pk: &str, from: &str, to: &str) -> Result<Vec<Item>, Fault> {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(to));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(|error| fault(doing, error))?);
        }
        Ok(items)
    }

    /// Saves a lease in place of the one with the state's version, 0 meaning that there is none; the stored version is
    /// then one higher.
    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        let unseen = "attribute_not_exists(version)";
        let mut change = Change::new("", if state.version == 0 { unseen } else { "version = :seen" })
            .value(":version", n(state.version + 1))
            .value(":v", n(1));
        if state.version > 0 {
            change = change.value(":seen", n(state.version));
        }
        let (mut set, mut remove) = ("SET version = :version, v = :v".to_owned(), Vec::new());
        let mails = state.mails.iter().map(|at| s(at.to_string())).collect::<Vec<_>>();
        let mails = Some(mails).filter(|mails| !mails.is_empty()).map(AttributeValue::L);
        let leased_until = state.leased_until.map(|at| s(at.to_string()));
        let failing = state.failing.as_ref().map(item::value).transpose()?;
        for (name, value) in [("leased_until", leased_until), ("mails", mails), ("failing", failing)] {
            let Some(value) = value else {
                remove.push(name);
                continue;
            };
            set.extend([", ", name, " = :", name]);
            change = change.value(&format!(":{name}"), value);
        }
        if !remove.is_empty() {
            set.extend([" REMOVE ", &remove.join(", ")]);
        }
        change.update = set;
        self.update("leasing a person", &keys::person(person), change).await
    }

    /// Changes an item on a condition; whether it held.
    async fn update(&self, doing: &str, key: &Key, change: Change) -> Result<Saved, Fault> {
        let update = self.client.update_item().table_name(&self.name);
        let update = update
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .set_expression_attribute_names(Some(change.names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(change.values).filter(|values| !values.is_empty()));
        match update.send().await {
            Ok(_) => Ok(Saved::Done),
            Err(error) if is_refused(&error) => Ok(Saved::Lost),
            Err(error) => Err(fault(doing, error)),
        }
    }
}

/// An update of one item.
struct Change {
    update: String,
    condition: &'static str,
    names: HashMap<String, String>,
    values: Item,
}

impl Change {
    fn new(update: impl Into<String>, condition: &'static str) -> Change {
        Change { update: update.into(), condition, names: HashMap::new(), values: Item::new() }
    }

    fn name(mut self, placeholder: &str, name: &str) -> Change {
        self.names.insert(placeholder.to_owned(), name.to_owned());
        self
    }

    fn value(mut self, placeholder: &str, value: AttributeValue) -> Change {
        self.values.insert(placeholder.to_owned(), value);
        self
    }
}

/// Newer code wrote what was read. Deciding without it could tell people what is not so.
fn newer(doing: &str, form: u64) -> Fault {
    let source = format!("form {form} is newer than this code").into();
    Fault { doing: doing.to_owned(), is_transient: true, source }
}

impl flow::ports::Table for Cloud {
    /// The second delivery finds the key and changes nothing.
    async fn put_said(&self, conversation: &ConversationId, said: &Said) -> Result<Put, Fault> {
        self.table.put_new("storing an event", item::said(conversation, said)?).await
    }

    /// The second listing finds the first: that it is there is all it says.
    async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> Result<(), Fault> {
        let item = item::listing(listing, brand, conversation, self.now());
        self.table.put_new("listing a conversation", item).await?;
        Ok(())
    }

    /// The first removal stays: an object goes only once.
    async fn put_removal(&self, removal: &Said) -> Result<Put, Fault> {
        self.table.put_new("keeping a removal", item::removal(removal)?).await
    }

    async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        let (from, now) = (keys::listings(brand), self.now());
        let (object, to) = (keys::object(listing), format!("{from}~"));
        let items = self.table.query("reading an object's conversations", &object, &from, &to).await?;
        let mut listed = Listed::default();
        let removal = keys::removal(listing, brand).sk;
        for item in items {
            if item::text(&item, "sk") != removal {
                listed.conversations.push(ConversationId(item::text(&item, "conversation")));
                continue;
            }
            match item::fact(item, now) {
                item::Fact::Said(removal) => listed.removal = Some(*removal),
                item::Fact::Newer(form) => return Err(newer("reading a removal", form)),
                item::Fact::Unreadable(error) => {
                    self.count(Metric::FactUnreadable, About::default());
                    tracing::error!(error = chain(&*error), "removal is unreadable; passed over");
                }
                item::Fact::Past | item::Fact::Action(_) | item::Fact::Notice(_) => {}
            }
        }
        Ok(listed)
    }

    /// The second one finds the first: that it is there is all it says.
    async fn put_author(&self, authored: &Authored, conversation: &ConversationId) -> Result<(), Fault> {
        let item = item::author(authored, conversation, self.now());
        self.table.put_new("listing an author", item).await?;
        Ok(())
    }

    async fn authored(&self, dialogue: &ConversationId, since: Date) -> Result<Vec<ConversationId>, Fault> {
        let (from, to) = (keys::day(since), "99991231~");
        let doing = "reading an author's conversations";
        let items = self.table.query(doing, &keys::authored(dialogue), &from, to).await?;
        let mut known = BTreeSet::new();
        // The last day counts.
        let latest = items.iter().rev().map(|item| ConversationId(item::text(item, "conversation")));
        let mut authored: Vec<_> = latest.filter(|conversation| known.insert(conversation.clone())).collect();
        authored.reverse();
        Ok(authored)
    }

    async fn put_raw(&self, raw: &Raw<'_>) -> Result<(), Fault> {
        self.table.put_raw(raw).await
    }

    async fn head(&self, conversation: &ConversationId) -> Result<Stored, Fault> {
        let item = self.table.get("reading a head", &keys::head(conversation)).await?;
        Ok(item.map_or_else(Stored::default, item::stored_head))
    }

    async fn facts(&self, conversation: &ConversationId, since: Date) -> Result<Facts, Fault> {
        let (from, to) = (keys::day(since), "99991231~");
        let items = self.table.query("reading facts", &keys::conversation(conversation), &from, to).await?;
        let mut facts = Facts::default();
        for item in items {
            match item::fact(item, self.now()) {
                item::Fact::Said(said) => facts.said.push(*said),
                item::Fact::Action(action) => facts.actions.push(*action),
                item::Fact::Notice(notice) => facts.notices.push(*notice),
                item::Fact::Past => {}
                item::Fact::Newer(form) => return Err(newer("reading facts", form)),
                item::Fact::Unreadable(error) => {
                    facts.unreadable += 1;
                    self.count(Metric::FactUnreadable, About::default());
                    tracing::error!(%conversation, error = chain(&*error), "fact is unreadable; passed over");
                }
            }
        }
        Ok(facts)
    }

    /// The second time removes what is gone already.
    async fn blank(&self, conversation: &ConversationId, event: &Event) -> Result<(), Fault> {
        let mut update = "REMOVE #event.#text, #event.attachments, #event.permalink".to_owned();
        let mut change =
            Change::new("", "attribute_exists(pk)").name("#event", "event").name("#text", "text");
        if event.author.is_some() {
            update.push_str(", #event.author.#name, #event.author.handle");
            change = change.name("#name", "name");
        }
        // The same text has the same gist: the second time writes nothing new.
        if let Some(text) = &event.text {
            update.insert_str(0, "SET gist = :gist ");
            change = change.value(":gist", item::value(&Gist::of(text))?);
        }
        change.update = update;
        // Lost means that the item expired in between: nothing is left to blank.
        self.table.update("blanking an event", &keys::event(conversation, event), change).await?;
        Ok(())
    }

    /// Of two that claim the same notice one finds it known; both may go on.
    async fn claim(&self, notice: &Notice) -> Result<Put, Fault> {
        self.table.put_new("claiming a notice", item::notice(notice)?).await
    }

    async fn notice(&self, key: &NoticeKey) -> Result<Option<Notice>, Fault> {
        let item = self.table.get("reading a notice", &keys::notice(key)).await?;
        item.map(item::read_notice).transpose()
    }

    /// The first mark stays: a second mail would be the fault, not its missing mark.
    async fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> Result<(), Fault> {
        let update = "SET sent = if_not_exists(sent, :sent) REMOVE todo_pk, todo_sk";
        let change = Change::new(update, "attribute_exists(pk)").value(":sent", item::value(sent)?);
        self.table.update("marking a notice sent", &keys::notice(key), change).await?;
        Ok(())
    }

    /// The first mark stays: the second report of a mail comes later and knows no more.
    async fn mark_failed(&self, key: &NoticeKey, failed: &Failed) -> Result<Saved, Fault> {
        let unset = "attribute_exists(pk) AND attribute_not_exists(failed)";
        let change = Change::new("SET failed = :failed REMOVE todo_pk, todo_sk", unset)
            .value(":failed", item::value(failed)?);
        self.table.update("marking a notice failed", &keys::notice(key), change).await
    }

    /// Never after it was sent: of a race between the two, the mail that went out is the truth.
    async fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> Result<(), Fault> {
        let update = "SET dropped = :dropped REMOVE todo_pk, todo_sk";
        let unset = "attribute_exists(pk) AND attribute_not_exists(sent) AND attribute_not_exists(dropped) \
                     AND attribute_not_exists(failed)";
        let change = Change::new(update, unset).value(":dropped", item::value(dropped)?);
        self.table.update("marking a notice dropped", &keys::notice(key), change).await?;
        Ok(())
    }

    async fn outstanding(&self, person: &PersonId, until: Timestamp) -> Result<Vec<NoticeKey>, Fault> {
        self.table.outstanding(person, until).await
    }

    /// Only while it is still to do at `from`: a notice sent in between must not come back, and of two that put it
    /// off one asks for the next message.
    async fn postpone(&self, key: &NoticeKey, from: Timestamp, until: Timestamp) -> Result<Saved, Fault> {
        let pending = "attribute_exists(todo_sk) AND send_after = :from";
        let change = Change::new("SET todo_sk = :sk, send_after = :until", pending)
            .value(":from", s(from.to_string()))
            .value(":sk", s(item::out_moment(key, until)))
            .value(":until", s(until.to_string()));
        self.table.update("postponing a notice", &keys::notice(key), change).await
    }

    /// Conditional on the version that was read: a check that was overtaken starts again.
    async fn save_head(&self, head: &Head) -> Result<Saved, Fault> {
        self.table.put_version("saving a head", item::head(head)?, head.version).await
    }

    /// A head without a form is read by nobody, and a new version lets nobody save what they made of the old one.
    async fn wake(&self, conversation: &ConversationId, at: Timestamp) -> Result<(), Fault> {
        let update = "SET todo_pk = :pk, todo_sk = :sk, v = :none, version = if_not_exists(version, :none) + :one, \
                      expires_at = if_not_exists(expires_at, :expires)";
        // Whether there was a head or not.
        let change = Change::new(update, "attribute_not_exists(pk) OR attribute_exists(pk)")
            .value(":pk", s(keys::due_of(conversation)))
            .value(":sk", s(keys::moment(at, conversation.as_str())))
            .value(":none", n(0))
            .value(":one", n(1))
            .value(":expires", n(keys::expiry(at, KEPT)));
        self.table.update("listing a conversation as due", &keys::head(conversation), change).await?;
        Ok(())
    }

    async fn person(&self, person: &PersonId) -> Result<PersonState, Fault> {
        let item = self.table.get("reading a person", &keys::person(person)).await?;
        Ok(item.map_or_else(PersonState::default, |item| item::person_state(&item)))
    }

    /// Conditional on the version that was read: only one writes to a person at a time. What a report says of the
    /// person in between is no part of the lease, and stays.
    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        self.table.save_person(person, state).await
    }

    /// The last mark stays: whoever is unreachable at two addresses has only one of them.
    async fn mark_unreachable(&self, person: &PersonId, unreachable: &Unreachable) -> Result<(), Fault> {
        // Whether there was an item or not.
        let change = Change::new(
            "SET unreachable = :unreachable, v = :v",
            "attribute_not_exists(pk) OR attribute_exists(pk)",
        )
        .value(":unreachable", item::value(unreachable)?)
        .value(":v", n(1));
        self.table.update("marking a person unreachable", &keys::person(person), change).await?;
        Ok(())
    }

    /// Put without a condition: the name is made of what it holds.
    async fn put_mail(&self, mail: &str, notices: &[NoticeKey], at: Timestamp) -> Result<(), Fault> {
        let item = item::mail(mail, notices, at)?;
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        put.send().await.map_err(|error| fault("naming a mail", error))?;
        Ok(())
    }

    async fn mail(&self, mail: &str) -> Result<Vec<NoticeKey>, Fault> {
        let item = self.table.get("reading what a mail told", &keys::mail(mail)).await?;
        item.map_or(Ok(Vec::new()), item::read_mail)
    }

    async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        self.table.todo(list, shard, until).await
    }

    async fn cursor(&self) -> Result<Option<Cursor>, Fault> {
        let item = self.table.get("reading the sweep's cursor", &keys::cursor()).await?;
        Ok(item.and_then(|item| todo::cursor(&item)))
    }

    async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        self.table.move_cursor(cursor).await
    }

    async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        self.table.follow(followed).await
    }

    async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        self.table.waiting(brand).await
    }
}
