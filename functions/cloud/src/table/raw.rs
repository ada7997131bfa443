//! Bodies that were signed but not understood: kept for 14 days, so that they can be replayed.

use std::io::Write;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::write::GzEncoder;
use flow::ports::{Fault, Raw};
use jiff::SignedDuration;

use super::{Item, Table, n, s};
use crate::keys::{self, Key};

const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// An item holds 400 KB with everything else in it.
const PART: usize = 300 * 1024;

impl Table {
    /// Keeps a body. The same body of the same day is the same items: the second put changes nothing.
    pub(super) async fn put_raw(&self, raw: &Raw<'_>) -> Result<(), Fault> {
        let packed = gzip(raw.body).map_err(|error| Fault {
            doing: "packing a body".to_owned(),
            is_transient: false,
            source: Box::new(error),
        })?;
        let name = domain::id::digest_bytes(raw.body);
        let parts: Vec<&[u8]> = packed.chunks(PART).collect();
        for (part, bytes) in parts.iter().enumerate() {
            let Key { pk, sk } = keys::raw(raw.received_at, &name, part);
            let item = Item::from([
                ("pk".to_owned(), s(pk)),
                ("sk".to_owned(), s(sk)),
                ("kind".to_owned(), s("raw")),
                ("v".to_owned(), n(1)),
                ("platform".to_owned(), s(raw.platform.name())),
                ("secret".to_owned(), s(raw.secret)),
                ("received_at".to_owned(), s(raw.received_at.to_string())),
                ("parts".to_owned(), n(parts.len())),
                ("body".to_owned(), AttributeValue::B(Blob::new(*bytes))),
                ("expires_at".to_owned(), n(keys::expiry(raw.received_at, KEPT))),
            ]);
            self.put_new("keeping a body", item).await?;
        }
        Ok(())
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
