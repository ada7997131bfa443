//! What stays of a text that was taken back.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::aside::{Aside, aside};
use super::{is_wordless, shown};

/// What a text was to the clock, without what it said.
///
/// Who waited, and who spoke to whom meanwhile, is found anew from the facts each time; it must come out the same
/// after the text is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    /// Nothing in it could be read.
    pub is_wordless: bool,
    /// What it was as a comment to another customer.
    pub aside: Aside,
    /// Sixteen bits of its hash, equal where the same is said twice. Too many texts share them to tell which it was.
    pub mark: u16,
}

impl Gist {
    /// Returns the gist of a text; of texts that are the [same](super::same_text) it is the same.
    #[must_use]
    pub fn of(text: &str) -> Gist {
        let mut hash = Sha256::new();
        for word in shown(text).split_whitespace() {
            hash.update(word);
            hash.update(" ");
        }
        let hash = hash.finalize();
        let mark = u16::from_be_bytes([hash[0], hash[1]]);
        Gist { is_wordless: is_wordless(Some(text)), aside: aside(Some(text)), mark }
    }
}
