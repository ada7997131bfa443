//! What travels through the queues. A consumer never trusts it: it reads again and decides again.

use domain::decide::Listing;
use domain::fact::NoticeKey;
use domain::id::{BrandId, ConversationId, PersonId, Platform};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The form of messages that this code writes; a newer one goes back to the queue.
pub const FORM: u16 = 1;

/// "Check this conversation."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// [`FORM`] when it was written.
    pub v: u16,
    /// Which.
    pub conversation: ConversationId,
    /// For fairness between brands; absent where the sender does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// The fact it was sent for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactSeen>,
    /// The moment it was sent for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Timestamp>,
    /// The push of a configuration it was sent for, by its time: it must not be made with an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_at: Option<Timestamp>,
}

/// "Tell the conversations that hold this object that it is gone." It waits where checks wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// [`FORM`] when it was written.
    pub v: u16,
    /// Whose conversations; also for fairness between brands.
    pub brand: BrandId,
    /// Where the object was.
    pub platform: Platform,
    /// The platform's name for it.
    pub object: String,
}

/// When a fact was added, and the date in its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSeen {
    /// When the table took it.
    pub at: Timestamp,
    /// The date its key begins with.
    pub date: Date,
}

/// "Tell this person."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tell {
    /// [`FORM`] when it was written.
    pub v: u16,
    /// Who.
    pub person: PersonId,
    /// For fairness between brands; absent where the sender does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// About what.
    pub notices: Vec<NoticeKey>,
    /// The moment it was sent for: what is to be told later was put off since, and has a message of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Timestamp>,
}

impl Check {
    /// Returns a check for a moment.
    #[must_use]
    pub fn at(conversation: ConversationId, brand: Option<BrandId>, moment: Timestamp) -> Check {
        Check { v: FORM, conversation, brand, fact: None, moment: Some(moment), pushed_at: None }
    }

    /// Returns a check for the push of a configuration.
    #[must_use]
    pub fn for_push(conversation: ConversationId, brand: BrandId, pushed_at: Timestamp) -> Check {
        let (brand, pushed_at) = (Some(brand), Some(pushed_at));
        Check { v: FORM, conversation, brand, fact: None, moment: None, pushed_at }
    }
}

impl Spread {
    /// Returns the object that is gone.
    #[must_use]
    pub fn listing(&self) -> Listing {
        Listing { platform: self.platform, object: self.object.clone() }
    }
}
