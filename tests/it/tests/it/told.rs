//! What tests say about mails, and about who waits: who got them, when, and that none came.

use std::time::Duration;

use domain::id::ConversationId;
use heard::local::Mail;
use jiff::{SignedDuration, Timestamp};
use support::{World, eventually, until};

/// The promise without faults: so long after its moment the mail is on its way.
const PROMISED: SignedDuration = SignedDuration::from_secs(2);

/// After the last step of a ladder there is a reminder every day, where no calendar says otherwise.
pub(crate) const REMINDED: SignedDuration = SignedDuration::from_hours(24);

/// Returns the person of a mail: `kim` of `kim@acme.example`.
pub(crate) fn person(mail: &Mail) -> &str {
    mail.to.split('@').next().unwrap_or_default()
}

/// Waits for `count` mails.
pub(crate) async fn mails(world: &World, count: usize, within: Duration) -> Vec<Mail> {
    let mails = async || Some(world.mails()).filter(|mails| mails.len() >= count);
    let mails = eventually(within, format_args!("{count} mails"), mails).await;
    assert_eq!(mails.len(), count, "{:?}", recipients(&mails));
    mails
}

/// Everybody who got a mail, with what it was for, in the order of the mails.
pub(crate) fn purposes(mails: &[Mail]) -> Vec<String> {
    mails.iter().map(|mail| format!("{} {}", person(mail), mail.headers["X-Purpose"])).collect()
}

/// Everybody who got a mail, in the order of the mails.
pub(crate) fn recipients(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(person).collect()
}

/// Returns how long after its moment a mail went out.
pub(crate) fn delay(mail: &Mail, moment: Timestamp) -> SignedDuration {
    let sent_at: Timestamp = mail.sent_at.parse().unwrap();
    sent_at.duration_since(moment)
}

/// Asserts that a mail went out at its moment: never before, and within what is promised.
pub(crate) fn assert_in_time(mail: &Mail, moment: Timestamp) {
    let delay = delay(mail, moment);
    eprintln!("mail to {} went out {} ms after its moment", person(mail), delay.as_millis());
    assert!(!delay.is_negative(), "a mail to {} came {delay:?} early", person(mail));
    assert!(delay <= PROMISED, "a mail to {} came after {delay:?}", person(mail));
}

/// Waits until it is known that `count` wait in a conversation: a check saves that last.
pub(crate) async fn waiting(world: &World, conversation: &ConversationId, count: usize) {
    let waiting = async || world.head(conversation).await.filter(|head| head.open.len() == count).map(drop);
    eventually(Duration::from_secs(20), format_args!("{count} wait"), waiting).await;
}

/// Waits until nobody waits any more and nothing is left to look at.
pub(crate) async fn settled(world: &World, conversation: &ConversationId) {
    let settled = async || {
        let head = world.head(conversation).await?;
        (head.open.is_empty() && head.next_at.is_none()).then_some(())
    };
    eventually(Duration::from_secs(20), "nobody waits", settled).await;
}

/// Waits until a mail for `moment` would have gone out, and asserts that there are `count` mails and no more.
pub(crate) async fn still(world: &World, count: usize, moment: Timestamp) {
    until(moment + PROMISED + SignedDuration::from_millis(500)).await;
    let mails = world.mails();
    assert_eq!(mails.len(), count, "{:?}", recipients(&mails));
}
