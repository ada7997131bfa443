//! The ports: everything the flows ask of the world outside.
//!
//! Two worlds implement them, `cloud` on AWS and the simulation. Futures need not be `Send`: a function
//! handles one invocation at a time on one thread.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Cause, Dropped, Facts, Failed, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::hook::Post;
use domain::id::{BrandId, ConversationId, PersonId, Platform};
use domain::mail::Mail;
use domain::policy::Config;
use domain::versions::Push;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::message::{Check, Spread, Tell};
use crate::secrets::Secrets;

pub use crate::metric::{About, Metric};

/// Something outside failed: what was being done, and whether the same call may succeed later.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    /// What was being done, with the ids that name it.
    pub doing: String,
    /// Throttled, timed out, unreachable: worth another try. A refusal is not.
    pub is_transient: bool,
    /// What the other side reported.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Writes an error and all that caused it on one line, outermost first.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a put under "if absent" found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Nothing was there; it is now.
    New,
    /// It was there before: a second delivery.
    Known,
}

/// What a save on condition found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The condition held.
    Done,
    /// Somebody else was first; nothing was written.
    Lost,
}

/// What stands in a head's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The version to name when saving; 0 if there is no head yet.
    pub version: u64,
    /// The head; absent if there is none, or one of another form, which the facts replace.
    pub head: Option<Head>,
}

/// What stands under the name of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The conversations that hold it.
    pub conversations: Vec<ConversationId>,
    /// Its removal, if that is known.
    pub removal: Option<Said>,
}

/// The time.
pub trait Clock {
    /// Returns the present instant, possibly some seconds off.
    fn now(&self) -> Timestamp;
    /// Returns what `work` came to, or `None` if that takes longer than `limit`; it is then given up where it
    /// stands.
    fn within<T>(
        &self,
        limit: SignedDuration,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = Option<T>>;
}

/// The one table.
pub trait Table {
    /// Puts a fact if absent. May be repeated: the second put changes nothing and says so.
    fn put_said(
        &self,
        conversation: &ConversationId,
        said: &Said,
    ) -> impl Future<Output = Result<Put, Fault>>;
    /// Lists a conversation under an object that it holds. May be repeated.
    fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<(), Fault>>;
    /// Keeps a removal under its object, for conversations that are listed there later. May be repeated: the
    /// first one stays.
    fn put_removal(&self, removal: &Said) -> impl Future<Output = Result<Put, Fault>>;
    /// Reads consistently what one brand has under an object. A removal that cannot be read is counted and left
    /// out.
    fn listed(&self, listing: &Listing, brand: &BrandId) -> impl Future<Output = Result<Listed, Fault>>;
    /// Lists a conversation under somebody who asked there in public. May be repeated: it only says that it is so.
    fn put_author(
        &self,
        authored: &Authored,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<(), Fault>>;
    /// Reads consistently in which conversations the reader of a private dialogue asked in public since a date, in the
    /// order of the dates; each once.
    fn authored(
        &self,
        dialogue: &ConversationId,
        since: Date,
    ) -> impl Future<Output = Result<Vec<ConversationId>, Fault>>;
    /// Keeps a body that was signed but not understood. May be repeated: the same body is the same item.
    fn put_raw(&self, raw: &Raw<'_>) -> impl Future<Output = Result<(), Fault>>;
    /// Reads a head consistently.
    fn head(&self, conversation: &ConversationId) -> impl Future<Output = Result<Stored, Fault>>;
    /// Reads all facts of a conversation since a date, consistently, all pages.
    fn facts(&self, conversation: &ConversationId, since: Date)
    -> impl Future<Output = Result<Facts, Fault>>;
    /// Blanks text and names of a stored event, as [`Said::blank`] does. May be repeated.
    fn blank(&self, conversation: &ConversationId, event: &Event) -> impl Future<Output = Result<(), Fault>>;
    /// Claims a notice by putting it if absent.
    fn claim(&self, notice: &Notice) -> impl Future<Output = Result<Put, Fault>>;
    /// Reads a notice consistently.
    fn notice(&self, key: &NoticeKey) -> impl Future<Output = Result<Option<Notice>, Fault>>;
    /// Marks a notice sent and takes it from the list of what is to do. The first mark stays.
    fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> impl Future<Output = Result<(), Fault>>;
    /// Marks a notice dropped, unless it was sent, and takes it from the list of what is to do.
    fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> impl Future<Output = Result<(), Fault>>;
    /// Returns which notices to a person are neither sent nor dropped and stand in the list of what is to do up to
    /// `until`, all pages. The list may lag behind the table by seconds.
    fn outstanding(
        &self,
        person: &PersonId,
        until: Timestamp,
    ) -> impl Future<Output = Result<Vec<NoticeKey>, Fault>>;
    /// Marks a notice failed, whether it was sent or not, and takes it from the list of what is to do. The first mark
    /// stays.
    fn mark_failed(&self, key: &NoticeKey, failed: &Failed) -> impl Future<Output = Result<Saved, Fault>>;
    /// Moves the moment at which an unsent notice is looked at again, if that is still `from`: of several who put
    /// it off one goes on with it.
    fn postpone(
        &self,
        key: &NoticeKey,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Saved, Fault>>;
    /// Saves a head if the stored version is still `head.version`; the stored one is then one higher.
    fn save_head(&self, head: &Head) -> impl Future<Output = Result<Saved, Fault>>;
    /// Throws a conversation's head away and lists the conversation as due at `at`: whoever checks it next reads all
    /// of it and saves a head anew. May be repeated: the last moment stays.
    fn wake(&self, conversation: &ConversationId, at: Timestamp) -> impl Future<Output = Result<(), Fault>>;
    /// Reads a person's state consistently.
    fn person(&self, person: &PersonId) -> impl Future<Output = Result<PersonState, Fault>>;
    /// Takes or gives back a lease: saves the state if the stored version is still `state.version`. Whether the person
    /// is unreachable stays as it is.
    fn save_person(
        &self,
        person: &PersonId,
        state: &PersonState,
    ) -> impl Future<Output = Result<Saved, Fault>>;
    /// Marks a person unreachable at an address, past every lease. May be repeated: the last mark stays.
    fn mark_unreachable(
        &self,
        person: &PersonId,
        unreachable: &Unreachable,
    ) -> impl Future<Output = Result<(), Fault>>;
    /// Puts the list of the notices that one message tells about, under the message's own name.
    fn put_mail(
        &self,
        mail: &str,
        notices: &[NoticeKey],
        at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>>;
    /// Reads consistently which notices a message tells about; none if nothing is known of it.
    fn mail(&self, mail: &str) -> impl Future<Output = Result<Vec<NoticeKey>, Fault>>;
    /// Returns the entries of one shard of the list of what is to do with a moment up to `until`, earliest
    /// first, all pages. The list may lag behind the table by seconds, and tells moments in whole milliseconds,
    /// rounded up.
    fn todo(&self, list: List, shard: u8, until: Timestamp)
    -> impl Future<Output = Result<Vec<Todo>, Fault>>;
    /// Reads how far the sweep came.
    fn cursor(&self) -> impl Future<Output = Result<Option<Cursor>, Fault>>;
    /// Moves the sweep's cursor, only ever forward; how far a push was followed stays.
    fn move_cursor(&self, cursor: &Cursor) -> impl Future<Output = Result<Saved, Fault>>;
    /// Remembers beside the cursor how far a push was followed. May be repeated: the last one stays.
    fn follow(&self, followed: &Followed) -> impl Future<Output = Result<(), Fault>>;
    /// Returns the conversations of a brand in which somebody waits, all pages, the longest wait first. The list
    /// may lag behind the table by seconds.
    fn waiting(&self, brand: &BrandId) -> impl Future<Output = Result<Vec<Waiting>, Fault>>;
}

/// A conversation in which somebody waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub conversation: ConversationId,
    /// The push that its head was planned by, by its time; absent if it was planned before there was any, or by
    /// code that did not say so.
    pub planned_by: Option<Timestamp>,
}

/// How many shards each list of what is to do has.
pub const SHARDS: u8 = 8;

/// The two lists of what is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Heads that wait for a moment.
    Due,
    /// Notices not yet sent.
    Out,
}

/// One entry of a list of what is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// When it wants to be looked at.
    pub at: Timestamp,
    /// What it is.
    pub what: Errand,
}

/// What an entry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Check this conversation.
    Check(ConversationId),
    /// Send this notice.
    Send(NoticeKey),
}

/// How far the sweep came, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Everything due up to here was sent on.
    pub until: Timestamp,
    /// When that sweep ran.
    pub swept_at: Timestamp,
    /// The push that everybody who waits was last checked for.
    pub followed: Option<Followed>,
}

/// How far a push was followed: whether everybody who waits is planned by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Which push, by its time: no two have the same.
    pub pushed_at: Timestamp,
    /// When they were checked first, by the sweep's clock.
    pub first_at: Timestamp,
    /// All of them are planned by it, and no function remembers anything older.
    pub is_over: bool,
}

/// A person as the mailer sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonState {
    /// Rises with every save; 0 was never saved.
    pub version: u64,
    /// While this is in the future somebody is writing to the person.
    pub leased_until: Option<Timestamp>,
    /// When the latest mails went out that others wait for, oldest first.
    pub mails: Vec<Timestamp>,
    /// Mail does not reach the person at this address.
    pub unreachable: Option<Unreachable>,
    /// Their webhook takes nothing at present.
    pub failing: Option<Failing>,
}

/// Somebody is not reached by mail at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// The address, by [`domain::fact::address`]: at another one they may be reached.
    pub address: String,
    /// Why.
    pub cause: Cause,
    /// Since when we know.
    pub since: Timestamp,
}

/// Since when a webhook takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When it was first found so.
    pub since: Timestamp,
    /// Before then nobody tries again.
    pub again_at: Timestamp,
    /// Somebody was told of it.
    pub is_reported: bool,
}

/// A body that was signed but not understood.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    /// Where it came in, such as `facebook`.
    pub platform: Platform,
    /// The id of the secret whose signature it bears.
    pub secret: &'a str,
    /// The bytes as they came.
    pub body: &'a [u8],
    /// When.
    pub received_at: Timestamp,
}

/// The newest push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// When, by the clock of whoever pushed.
    pub at: Timestamp,
    /// Every brand that a version ever had: people may wait for one that is gone from the configuration.
    pub brands: BTreeSet<BrandId>,
}

/// The configuration, cached for a minute, stale if it cannot be read.
pub trait Settings {
    /// Returns every push that is still known, in their order; empty if there was none.
    fn pushes(&self) -> impl Future<Output = Result<Vec<Push>, Fault>>;
    /// Whether what [`pushes`](Self::pushes) returned last may be out of date: it could not be read again.
    fn is_stale(&self) -> bool;
    /// Reads the pushes again because an account is not known, at most every ten seconds.
    ///
    /// Returns `None` if they were read a moment ago or are the same.
    fn pushes_anew(&self) -> impl Future<Output = Result<Option<Vec<Push>>, Fault>>;
    /// Reads the newest push past what is cached, and keeps all for [`pushes`](Settings::pushes); absent if there
    /// was none.
    fn pushed(&self) -> impl Future<Output = Result<Option<Pushed>, Fault>>;
    /// Returns one version. It never changes, so it is read once.
    fn config(&self, number: u32) -> impl Future<Output = Result<Arc<Config>, Fault>>;
}

/// The secrets, read before the first request and every few minutes.
pub trait Vault {
    /// Returns the secrets as last read.
    fn secrets(&self) -> impl Future<Output = Result<Arc<Secrets>, Fault>>;
    /// Reads them again because a signature failed, at most once a minute.
    ///
    /// Returns `None` if they were read a moment ago or are the same.
    fn secrets_anew(&self) -> impl Future<Output = Result<Option<Arc<Secrets>>, Fault>>;
}

/// The two queues. Each message may come twice, late, out of order, or never.
pub trait Queues {
    /// Asks for checks, each after its delay, which is rounded up to seconds and at most 15 minutes.
    ///
    /// An error means that at least one of them may not have been sent.
    fn send_checks(&self, checks: &[(Check, Timestamp)]) -> impl Future<Output = Result<(), Fault>>;
    /// Asks for a removal to be told of at once, where checks are asked for.
    fn send_spread(&self, spread: &Spread) -> impl Future<Output = Result<(), Fault>>;
    /// Asks for messages to people, each after its delay.
    fn send_mails(&self, mails: &[(Tell, Timestamp)]) -> impl Future<Output = Result<(), Fault>>;
}

/// The way out to people.
pub trait Mailer {
    /// Sends one mail to one person. The other side does not recognise a second attempt.
    fn send(&self, mail: &Mail, name: &str) -> impl Future<Output = Result<(), Unsent>>;
}

/// A mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum Unsent {
    /// Nothing is wrong with the mail, and it was not sent.
    #[error("mailer asks to wait: {0:?}")]
    Wait(Wait, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The call failed; the mail may or may not be on its way.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The way out to people's own addresses.
pub trait Hooks {
    /// Makes one request, which is over within seconds. It names its message, so that the other side can recognise a
    /// second attempt.
    fn post(&self, post: &Post) -> impl Future<Output = Result<(), Unposted>>;
}

/// A webhook did not take a request; it may have been seen there all the same.
#[derive(Debug, thiserror::Error)]
pub enum Unposted {
    /// It answered with a status that is no success; a redirect is none either.
    #[error("the receiver answered {0}")]
    Refused(u16),
    /// There was no answer in time, or nobody to ask.
    #[error("the receiver was not reached")]
    Unreached(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why the mailer takes no mail for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Too many at once; a moment later it takes them.
    Rate,
    /// As many as are allowed in a day have left.
    Quota,
    /// Somebody, or the provider, paused all sending: only people can end that.
    Paused,
}

/// What is counted: one name per business fact.
pub trait Telemetry {
    /// Counts a business fact once.
    fn count(&self, metric: Metric, about: About<'_>);
    /// Reports how late the oldest overdue entry is, in whole milliseconds.
    fn lateness(&self, oldest: std::time::Duration);
}
