//! The lists of what is to do: the index `todo`, and how far the sweep came in it; who waits: the index `open`.

use domain::fact::NoticeKey;
use domain::id::{BrandId, PersonId};
use flow::ports::{Cursor, Errand, Fault, Followed, List, Saved, Todo, Waiting};
use jiff::Timestamp;

use super::{Change, Item, Table, item, s};
use crate::fault::fault;
use crate::keys::{self, Key};

impl Table {
    /// Reads one shard of a list. The index lags behind the table; the sweep allows for that.
    pub(super) async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        self.entries(list, keys::todo(list, shard), until).await
    }

    async fn entries(&self, list: List, shard: String, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("todo")
            .key_condition_expression("todo_pk = :pk AND todo_sk <= :until")
            .expression_attribute_values(":pk", s(shard))
            .expression_attribute_values(":until", s(keys::moments_until(until)));
        let mut pages = query.into_paginator().items().send();
        let mut entries = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| fault("reading what is to do", error))?;
            match entry(list, &item) {
                Some(entry) => entries.push(entry),
                None => tracing::error!(key = item::text(&item, "todo_sk"), "entry is unreadable"),
            }
        }
        Ok(entries)
    }

    /// Reads what stands in the list for one person; what is for others of the same shard is passed over.
    pub(super) async fn outstanding(
        &self,
        person: &PersonId,
        until: Timestamp,
    ) -> Result<Vec<NoticeKey>, Fault> {
        let entries = self.entries(List::Out, keys::out_of(person), until).await?.into_iter();
        let keys = entries.filter_map(|entry| match entry.what {
            Errand::Send(key) => Some(key),
            Errand::Check(_) => None,
        });
        Ok(keys.filter(|key| key.person == *person).collect())
    }

    /// Whether the index `open` names a conversation of the brand in which somebody waits.
    pub(crate) async fn is_anybody_waiting(&self, brand: &BrandId) -> Result<bool, Fault> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("open")
            .key_condition_expression("open_pk = :pk")
            .expression_attribute_values(":pk", s(keys::open(brand)))
            .limit(1);
        let answer = query.send().await.map_err(|error| fault("looking who waits", error))?;
        Ok(!answer.items().is_empty())
    }

    /// Reads the brand's part of the index `open`. It lags behind the table; a push is followed for longer.
    pub(super) async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("open")
            .key_condition_expression("open_pk = :pk")
            .expression_attribute_values(":pk", s(keys::open(brand)))
            .projection_expression("pk, planned_by");
        let mut pages = query.into_paginator().items().send();
        let mut waiting = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| fault("reading who waits", error))?;
            let planned_by = item::text(&item, "planned_by").parse().ok();
            let conversation = keys::conversation_of(&item::text(&item, "pk"));
            waiting.extend(conversation.map(|conversation| Waiting { conversation, planned_by }));
        }
        Ok(waiting)
    }

    /// Only ever forward: of two sweeps the one that came further stays.
    pub(super) async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        let change = Change::new(
            "SET #until = :until, swept_at = :swept_at, v = :v",
            "attribute_not_exists(#until) OR #until < :until",
        )
        .name("#until", "until")
        .value(":until", super::n(cursor.until.as_millisecond()))
        .value(":swept_at", super::n(cursor.swept_at.as_millisecond()))
        .value(":v", super::n(1));
        self.update("moving the sweep's cursor", &keys::cursor(), change).await
    }

    /// Of two sweeps the last stays: should it be the older, the next one follows the push once more.
    pub(super) async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        let change = Change::new("SET followed = :followed, v = :v", "attribute_exists(pk)")
            .value(":followed", item::value(followed)?)
            .value(":v", super::n(1));
        // Lost means that somebody took the cursor away: the next sweep does all its work again anyhow.
        self.update("remembering a push", &keys::cursor(), change).await?;
        Ok(())
    }
}

fn entry(list: List, item: &Item) -> Option<Todo> {
    let key = Key { pk: item::text(item, "pk"), sk: item::text(item, "sk") };
    let at = keys::moment_of(&item::text(item, "todo_sk"))?;
    let what = match list {
        List::Due => Errand::Check(keys::conversation_of(&key.pk)?),
        List::Out => Errand::Send(keys::notice_of(&key)?),
    };
    Some(Todo { at, what })
}

pub(super) fn cursor(item: &Item) -> Option<Cursor> {
    let time = |name: &str| {
        let number = item.get(name)?.as_n().ok()?.parse().ok()?;
        Timestamp::from_millisecond(number).ok()
    };
    // Unreadable is as good as absent: the push is followed once more.
    let followed = item.get("followed").cloned();
    let followed = followed.and_then(|followed| serde_dynamo::from_attribute_value(followed).ok());
    Some(Cursor { until: time("until")?, swept_at: time("swept_at")?, followed })
}
