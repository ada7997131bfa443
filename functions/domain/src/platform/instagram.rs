//! Instagram: what is said in public under a professional account's media, and in private.
//!
//! The envelope is that of Facebook, and so are the private messages. Of comments only the adding is told: neither
//! edits nor removals are, and no comment says when it was written.
//!
//! **Source:** <https://developers.facebook.com/docs/instagram-platform/webhooks>

use jiff::Timestamp;

use super::meta::{Product, direct};
use super::{Parsed, Unreadable, Voices};
use crate::id::Platform;

pub use super::meta::{SCHEME, SIGNATURE, handshake, sign, verify};

mod comment;

/// A webhook set up with Instagram's own login has been documented to send an update as the entry itself.
const ACCOUNTS: Product = Product {
    platform: Platform::Instagram,
    object: "instagram",
    other: "not about an Instagram account",
    lists: &[("changes", comment::read), ("messaging", direct::read), ("standby", direct::read)],
    bare: Some(comment::read),
};

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Reactions, receipts and figures about stories
/// leave no item; a body for another product, an unknown field, or a list of changed fields without their values is
/// [`Item::Unknown`](super::Item::Unknown).
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    ACCOUNTS.parse(body, received_at, voices)
}
