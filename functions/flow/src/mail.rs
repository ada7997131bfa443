//! notice → message: a person's notices are read again, and what is still true is sent.
//!
//! Order: look whether anything may leave → lease the person → gather what goes along → reload what it is about →
//! drop what is no longer true → name the message → send → mark → release. A crash between send and mark doubles one
//! mail, which is accepted; a crash anywhere else doubles nothing.
//!
//! A mail takes along everything that its reader is to be told by then, and what comes within the window after it
//! waits for the next ([`domain::pace`]). What is severe goes by itself and at once.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;

use domain::decide::NOTICES_A_MESSAGE;
use domain::fact::{Notice, NoticeKey};
use domain::id::PersonId;
use domain::pace::{Pacing, goes_alone, may_leave_at};
use domain::policy::Config;
use domain::versions;
use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use crate::check::NEAR;
use crate::feedback;
use crate::message::{self, Tell};
use crate::ports::{
    Clock, Fault, Hooks, Mailer, PersonState, Queues, Saved, Settings, Table, Telemetry, Vault, chain,
};

mod case;
mod gather;
mod hook;
mod send;

use case::Loaded;
use gather::{Gathered, gather};

/// Longer than the function may run, so that two never write to one person at the same time.
const LEASE: SignedDuration = SignedDuration::from_secs(25);
/// Who finds somebody else writing to the person waits for them this long: they are usually done in a tenth of a
/// second, and several people who wait since the same second are all told about in time. It waits in its place,
/// since a message for each look would double with every fault between sending it and saying so.
const PATIENCE: SignedDuration = SignedDuration::from_secs(4);
/// So long after each look it looks again.
const LOOK: SignedDuration = SignedDuration::from_millis(100);
/// After this time nothing more is read for a mail: all that is in it has to be marked before the function is ended from
/// outside, or it would be sent again.
const READING: SignedDuration = SignedDuration::from_secs(3);
/// So many calls to the table are made at the same time.
pub(crate) const AT_ONCE: usize = 16;

/// A message could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A call failed; the message may be repeated from the start.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The message was written by newer code; it waits for it.
    #[error("message has form {0}, newer than this code")]
    Newer(u16),
}

/// Tells one person what the named notices are about, as far as it is still true, and whatever else they are to be
/// told by now.
///
/// On the second delivery the notices are found sent, dropped or failed, and nothing happens.
///
/// # Errors
///
/// [`MailError`]; the message may then be repeated from the start.
pub async fn mail<W>(world: &W, tell: &Tell) -> Result<(), MailError>
where
    W: Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault,
{
    if tell.v > message::FORM {
        return Err(MailError::Newer(tell.v));
    }
    let terms = Terms::of(world, &tell.person).await?;
    let state = world.person(&tell.person).await?;
    let (due, failed) = due(world, tell, &terms, &state).await?;
    if !due.is_empty() {
        let (ready, waiting) = terms.by_window(due, &state, world.now());
        if ready.is_empty() {
            // Everything waits for the window: that needs no lease, and most of what a storm brings ends here.
            put_off_each(world, tell, waiting).await?;
        } else {
            let named = ready.into_iter().chain(waiting.into_iter().map(|(notice, _)| notice)).collect();
            leased(world, tell, named, state, &terms).await?;
        }
    }
    Ok(failed.map_or(Ok(()), Err)?)
}

/// Reads the named notices and returns those that are due; asks again for those that came early. A notice that cannot
/// be read keeps no other from being told: the last failure is returned beside them.
async fn due<W>(
    world: &W,
    tell: &Tell,
    terms: &Terms,
    state: &PersonState,
) -> Result<(Vec<Notice>, Option<Fault>), Fault>
where
    W: Clock + Queues + Table,
{
    let now = world.now();
    let mut failed = None;
    let mut due = Vec::new();
    let mut later: Vec<(Tell, Timestamp)> = Vec::new();
    let mut given_up: Vec<NoticeKey> = Vec::new();
    for key in tell.notices.iter().filter(|key| key.person == tell.person) {
        match world.notice(key).await {
            Ok(Some(notice)) if terms.is_due(&notice, state, now) => due.push(notice),
            Ok(Some(notice)) if notice.is_pending() => {
                let at = notice.send_after;
                if tell.moment.is_some_and(|moment| moment < at) {
                    // Whoever put it off asked for a message of its own: with this one there would be two, and
                    // twice as many each time that it is put off again.
                    tracing::debug!(conversation = %key.conversation, "notice was put off");
                    continue;
                }
                // The message came early, by a clock that runs behind: it is used up.
                let early = Tell { notices: vec![key.clone()], moment: Some(at), ..tell.clone() };
                later.push((early, at));
            }
            Ok(Some(notice)) if feedback::was_given_up(&notice) => given_up.push(key.clone()),
            Ok(Some(_)) => tracing::debug!(conversation = %key.conversation, "notice is done with"),
            Ok(None) => tracing::warn!(conversation = %key.conversation, "notice does not exist"),
            Err(fault) => failed = Some(fault),
        }
    }
    if !later.is_empty() {
        world.send_mails(&later).await?;
    }
    if !given_up.is_empty() {
        feedback::look_again(world, &given_up).await?;
    }
    Ok((due, failed))
}

/// What the configuration of today says of mails to one person.
struct Terms {
    pacing: Pacing,
    config: Option<Arc<Config>>,
    person: PersonId,
}

impl Terms {
    async fn of<W: Settings>(world: &W, person: &PersonId) -> Result<Terms, Fault> {
        let pushes = world.pushes().await?;
        let config = match versions::current(&pushes) {
            Some(number) => Some(world.config(number).await?),
            None => None,
        };
        let pacing = config.as_ref().map_or_else(Pacing::default, |config| config.pacing);
        Ok(Terms { pacing, config, person: person.clone() })
    }

    /// Whether mail does not reach the person: then there is no window to wait for, since whoever is told instead would
    /// wait for it, too.
    fn is_passed_over(&self, state: &PersonState) -> bool {
        let person = self.config.as_ref().and_then(|config| config.people.get(&self.person));
        person.is_some_and(|person| feedback::known(state, person).is_some())
    }

    /// Whether a notice is to be looked at now.
    fn is_due(&self, notice: &Notice, state: &PersonState, now: Timestamp) -> bool {
        let is_time = notice.send_after <= now || (self.is_passed_over(state) && may_leave_at(notice) <= now);
        notice.is_pending() && is_time
    }

    /// Parts what may leave from what waits for the window after the last mail, and until when that is.
    fn by_window(
        &self,
        notices: Vec<Notice>,
        state: &PersonState,
        now: Timestamp,
    ) -> (Vec<Notice>, Vec<(Notice, Timestamp)>) {
        let mut ready = Vec::new();
        let mut waiting = Vec::new();
        let mails = if self.is_passed_over(state) { &[] } else { state.mails.as_slice() };
        for notice in notices {
            match self.pacing.waits_until(&notice, mails, now) {
                Some(until) => waiting.push((notice, until)),
                None => ready.push(notice),
            }
        }
        (ready, waiting)
    }
}

/// Does the rest under the person's lease: tells what is named, which was read after `state`.
async fn leased<W>(
    world: &W,
    tell: &Tell,
    mut named: Vec<Notice>,
    state: PersonState,
    terms: &Terms,
) -> Result<(), Fault>
where
    W: Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault,
{
    let seen = state.version;
    let mut ours = match lease(world, &tell.person, state).await? {
        Lease::Taken(ours) => ours,
        Lease::Busy(until) => {
            // A crowd, or a crash left the lease behind.
            return world.send_mails(&[(tell.clone(), until)]).await;
        }
    };
    let mut failed = None;
    if ours.version != seen + 1 {
        // Somebody wrote to the person since: what is named may be told by now.
        let keys: Vec<NoticeKey> = named.into_iter().map(|notice| notice.key).collect();
        named = gather::read(world, &keys, &mut failed).await;
        named.retain(|notice| terms.is_due(notice, &ours, world.now()));
    }
    let outcome = deliver(world, tell, named, terms, &mut ours).await;
    ours.leased_until = None;
    // Lost means that the lease ran out and somebody else holds it now: nothing of ours to give back.
    let released = world.save_person(&tell.person, &ours).await;
    outcome?;
    released?;
    failed.map_or(Ok(()), Err)
}

/// Whether somebody may write to a person.
enum Lease {
    /// They may; this is the person's state as they saved it.
    Taken(PersonState),
    /// Somebody else does, until then at the latest.
    Busy(Timestamp),
}

/// Leases a person, in its turn behind whoever writes to them already; `state` is as it was just read.
///
/// The second time waits for the first like for anybody else, if a crash left its lease behind.
async fn lease<W: Clock + Table>(
    world: &W,
    person: &PersonId,
    mut state: PersonState,
) -> Result<Lease, Fault> {
    let begun = world.now();
    loop {
        let now = world.now();
        let busy = state.leased_until.filter(|until| *until > now);
        if busy.is_none() {
            let lease = PersonState { leased_until: Some(now + LEASE), ..state };
            if world.save_person(person, &lease).await? == Saved::Done {
                return Ok(Lease::Taken(PersonState { version: lease.version + 1, ..lease }));
            }
        }
        if now.duration_since(begun) >= PATIENCE {
            return Ok(Lease::Busy(busy.unwrap_or(now)));
        }
        _ = world.within(LOOK, pending::<()>()).await;
        state = world.person(person).await?;
    }
}

/// Tells everything that is still true. What fails keeps nothing else from being told; the last failure is
/// returned, so that the message comes back for it.
async fn deliver<W>(
    world: &W,
    tell: &Tell,
    named: Vec<Notice>,
    terms: &Terms,
    ours: &mut PersonState,
) -> Result<(), Fault>
where
    W: Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault,
{
    let now = world.now();
    let Gathered { alone, ready, waiting, mut left, mut failed } =
        gather(world, &tell.person, named, terms, ours, now).await;
    put_off_each(world, tell, waiting).await?;
    let mut conversations = BTreeMap::new();
    for notice in alone.into_iter().chain(ready) {
        conversations.entry(notice.key.conversation.clone()).or_insert_with(Vec::new).push(notice);
    }
    let mut loaded: Vec<Loaded> = Vec::new();
    let mut loading = stream::iter(conversations)
        .map(async |(conversation, notices)| {
            if world.now().duration_since(now) > READING {
                return Ok(Err(notices));
            }
            case::load(world, tell, ours, conversation, notices, now).await.map(Ok)
        })
        .buffered(AT_ONCE);
    while let Some(one) = loading.next().await {
        match one {
            Ok(Ok(one)) => loaded.push(one),
            Ok(Err(notices)) => left.extend(notices.into_iter().map(|notice| notice.key)),
            Err(fault) => {
                tracing::warn!(error = chain(&fault), "not read yet; the message comes back");
                failed = Some(fault);
            }
        }
    }
    drop(loading);
    let errand = send::Errand { tell, pacing: &terms.pacing };
    if let Err(fault) = errand.run(world, &loaded, ours).await {
        tracing::warn!(error = chain(&fault), "not told yet; the message comes back");
        failed = Some(fault);
    }
    if !left.is_empty() {
        // More than one mail holds, or than can be read in time. Whoever comes for these finds the others, too.
        left.truncate(NOTICES_A_MESSAGE);
        let more = Tell { notices: left, moment: None, ..tell.clone() };
        world.send_mails(&[(more, now)]).await?;
    }
    failed.map_or(Ok(()), Err)
}

/// Puts off each notice until its own moment.
async fn put_off_each<W>(world: &W, tell: &Tell, waiting: Vec<(Notice, Timestamp)>) -> Result<(), Fault>
where
    W: Queues + Table + Clock,
{
    let mut moments: BTreeMap<Timestamp, Vec<Notice>> = BTreeMap::new();
    for (notice, until) in waiting {
        moments.entry(until).or_default().push(notice);
    }
    for (until, notices) in moments {
        put_off(world, tell, &notices, until).await?;
    }
    Ok(())
}

/// Asks for the same message again at `until`; a later one than the queue can wait for is the sweep's.
///
/// The second time finds the notices put off, and asks for nothing.
async fn put_off<W>(world: &W, tell: &Tell, notices: &[Notice], until: Timestamp) -> Result<(), Fault>
where
    W: Queues + Table + Clock,
{
    let mut moving = stream::iter(notices)
        .map(async |notice| (notice, world.postpone(&notice.key, notice.send_after, until).await))
        .buffered(AT_ONCE);
    let mut keys = Vec::new();
    let mut failed = None;
    while let Some((notice, moved)) = moving.next().await {
        match moved {
            Ok(Saved::Done) => keys.push(notice.key.clone()),
            Ok(Saved::Lost) => tracing::debug!("somebody else put it off, or sent it"),
            Err(fault) => failed = Some(fault),
        }
    }
    drop(moving);
    if !keys.is_empty() && until.duration_since(world.now()) <= NEAR {
        let messages = keys.chunks(NOTICES_A_MESSAGE).map(|keys| {
            let notices = keys.to_vec();
            (Tell { notices, moment: Some(until), ..tell.clone() }, until)
        });
        world.send_mails(&messages.collect::<Vec<_>>()).await?;
    }
    failed.map_or(Ok(()), Err)
}
