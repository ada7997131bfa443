//! The conversations of an object: where the removal of a post goes that does not say whom it addressed.

use domain::decide::Listing;
use domain::fact::{EVENT_KEPT, Said};
use domain::id::{BrandId, ConversationId};
use flow::ports::{Fault, Listed};
use jiff::Timestamp;

use super::{Item, Table, item, n, s};
use crate::keys::{self, Key};

impl Table {
    /// The second listing finds the first: that it is there is all it says.
    pub(super) async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        cid: &ConversationId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Key { pk, sk } = keys::listing(listing, brand, cid);
        let item = Item::from([
            ("pk".to_owned(), s(pk)),
            ("sk".to_owned(), s(sk)),
            ("kind".to_owned(), s("object")),
            ("v".to_owned(), n(1)),
            ("object".to_owned(), s(&listing.object)),
            ("conversation".to_owned(), s(cid.as_str())),
            ("expires_at".to_owned(), n(keys::expiry(now, EVENT_KEPT))),
        ]);
        self.put_new("listing a conversation", item).await?;
        Ok(())
    }

    /// The first removal stays: an object goes only once.
    pub(super) async fn put_removal(&self, removal: &Said) -> Result<(), Fault> {
        self.put_new("keeping a removal", item::removal(removal)?).await?;
        Ok(())
    }

    pub(super) async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        let from = keys::listings(brand);
        let to = format!("{from}~");
        let removal = keys::removal(listing, brand).sk;
        let mut listed = Listed::default();
        for found in
            self.query("reading an object's conversations", &keys::object(listing), &from, &to).await?
        {
            if item::text(&found, "sk") == removal {
                listed.removal = Some(item::read_removal(found)?);
            } else {
                listed.conversations.push(ConversationId(item::text(&found, "conversation")));
            }
        }
        Ok(listed)
    }
}
