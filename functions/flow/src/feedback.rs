//! delivery report → fact: what became of a mail is marked at its notices, and their conversations are checked.
//!
//! Order: read what the mail told → read whether it was known that its address is bad → mark the notices failed → mark
//! the person → find what waits to be sent there → list each conversation as due and ask for its check. The queue repeats a report until all of it is
//! done; each step may be repeated. The reports of one mail may come in any order, and before the mail is marked sent.

use std::collections::BTreeSet;

use domain::fact::{Cause, Channel, Failed, Notice, NoticeKey};
use domain::id::{ConversationId, PersonId};
use domain::pace::LONGEST;
use domain::policy::Person;
use domain::versions::Configs;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::mail::AT_ONCE;
use crate::message::Check;
use crate::ports::{About, Clock, Fault, Metric, PersonState, Queues, Saved, Table, Telemetry, Unreachable};

/// What the mailer says became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name under which the mail was sent; absent if the mailer does not give it back.
    pub mail: Option<String>,
    /// The address it was for, by [`domain::fact::address`].
    pub address: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does not reach its reader.
    Failed(Cause),
    /// It is late, or came back for a while only; an answer of a machine that somebody is away looks the same. The
    /// ladder goes on by itself, and who is slow to reach is not unreachable.
    Delayed,
    /// It was sent, delivered, or something that this code does not know.
    Other,
}

/// Keeps what became of a mail, and has the ladder move on if its reader is not reached.
///
/// On the second delivery the marks are there and stay; the checks are asked for again, and find nothing new.
///
/// # Errors
///
/// [`Fault`]; the report may then be repeated from the start.
pub async fn feedback<W>(world: &W, report: &Report) -> Result<(), Fault>
where
    W: Clock + Queues + Table + Telemetry,
{
    let cause = match report.outcome {
        Outcome::Failed(cause) => cause,
        Outcome::Delayed => {
            world.count(Metric::MailDelayed, About::default());
            return Ok(());
        }
        Outcome::Other => {
            world.count(Metric::ReportIgnored, About::default());
            return Ok(());
        }
    };
    let (Some(mail), Some(address)) = (&report.mail, &report.address) else {
        tracing::error!("a mail that bears no name of ours failed");
        world.count(Metric::ReportIgnored, About::default());
        return Ok(());
    };
    let mut notices = world.mail(mail).await?;
    let Some(person) = notices.first().map(|key| key.person.clone()) else {
        tracing::error!(mail, "a mail failed that nothing is known of");
        world.count(Metric::ReportIgnored, About::default());
        return Ok(());
    };
    let now = world.now();
    let before = world.person(&person).await?.unreachable;
    let known = before.is_some_and(|before| before.address == *address);
    let failed = Failed { at: now, cause, address: address.clone(), known };
    mark(world, &notices, &failed).await?;
    if cause.is_of_address() && !known {
        // A late report about an address that was corrected since hides a newer one. That one is reported again as
        // soon as it is written to.
        let unreachable = Unreachable { address: address.clone(), cause, since: now };
        world.mark_unreachable(&person, &unreachable).await?;
    }
    if cause.is_of_address() {
        // What waits for a window, too: whoever is told instead must not wait for it. Until they are told it stands in
        // the list, however often this fails.
        let waiting = world.outstanding(&person, now + LONGEST).await?.into_iter();
        notices.extend(waiting.filter(|key| key.channel == Channel::Email));
    }
    look_again(world, &notices).await
}

/// Gives up notices to somebody who is known to be unreachable at the address they have; whoever is next is told.
///
/// The second time finds them failed, and does [`look_again`].
pub(crate) async fn give_up<W>(world: &W, notices: &[Notice], known: &Unreachable) -> Result<(), Fault>
where
    W: Clock + Queues + Table + Telemetry,
{
    let keys: Vec<NoticeKey> = notices.iter().map(|notice| notice.key.clone()).collect();
    let Unreachable { address, cause, .. } = known.clone();
    mark(world, &keys, &Failed { at: world.now(), cause, address, known: true }).await?;
    look_again(world, &keys).await
}

/// Whether a notice was given up: that it is marked does not say that anybody was asked to look since.
#[must_use]
pub(crate) fn was_given_up(notice: &Notice) -> bool {
    notice.sent.is_none() && notice.failed.as_ref().is_some_and(|failed| failed.known)
}

/// Has the conversations of notices that failed checked at once.
///
/// The queue of checks is fast, and may lose one: the sweep finds what is listed as due. The second time does the
/// same, and the checks find nothing new.
pub(crate) async fn look_again<W>(world: &W, keys: &[NoticeKey]) -> Result<(), Fault>
where
    W: Clock + Queues + Table,
{
    let now = world.now();
    let conversations: BTreeSet<&ConversationId> = keys.iter().map(|key| &key.conversation).collect();
    let waking = stream::iter(&conversations);
    let waking = waking.map(async |conversation| world.wake(conversation, now).await);
    waking.buffered(AT_ONCE).try_for_each(async |()| Ok(())).await?;
    let check = |conversation: &ConversationId| (Check::at(conversation.clone(), None, now), now);
    let checks: Vec<(Check, Timestamp)> = conversations.into_iter().map(check).collect();
    world.send_checks(&checks).await
}

/// Returns what is known of somebody who is not to be written to at the address that they have.
#[must_use]
pub(crate) fn known<'a>(state: &'a PersonState, person: &Person) -> Option<&'a Unreachable> {
    let today = domain::fact::address(person.email.as_deref()?);
    state.unreachable.as_ref().filter(|known| known.address == today)
}

/// Whether a configuration is to be read again before anything is told to `person`: it does not know them, or only an
/// address that is known to be bad and may have been corrected since.
#[must_use]
pub(crate) fn is_outdated(configs: &Configs, person: &PersonId, state: &PersonState) -> bool {
    let known_person = configs.current().and_then(|config| config.people.get(person));
    known_person.is_none_or(|person| known(state, person).is_some())
}

/// Marks each notice failed. The first mark stays; whichever cannot be marked keeps no other from it.
async fn mark<W: Table + Telemetry>(world: &W, keys: &[NoticeKey], failed: &Failed) -> Result<(), Fault> {
    let mut fault = None;
    let mut is_new = false;
    let mut marking =
        stream::iter(keys).map(async |key| world.mark_failed(key, failed).await).buffered(AT_ONCE);
    while let Some(marked) = marking.next().await {
        match marked {
            Ok(saved) => is_new |= saved == Saved::Done,
            Err(error) => fault = Some(error),
        }
    }
    drop(marking);
    if is_new {
        world.count(Metric::MailFailed, About::default());
        let person = keys.first().map(|key| key.person.as_str()).unwrap_or_default();
        tracing::warn!(person, cause = ?failed.cause, known = failed.known, "not reached by mail");
    }
    fault.map_or(Ok(()), Err)
}
