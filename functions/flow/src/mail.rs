//! notice → message: a person's notices are read again, and what is still true is sent.
//!
//! Order: lease the person → read the notices → reload what they are about → drop what is no longer true →
//! name the message → send → mark → release. A crash between send and mark doubles one mail, which is
//! accepted; a crash anywhere else doubles nothing.

use std::collections::BTreeMap;
use std::future::pending;

use domain::decide::{Telling, tellings};
use domain::fact::{Dropped, Notice, NoticeKey, Purpose, Reason, Sent};
use domain::history::Turn;
use domain::id::{ConversationId, PersonId, digest};
use domain::mail::Letter;
use domain::policy::Person;
use domain::run::run;
use domain::versions::Configs;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::caught::caught;
use crate::check::{NEAR, facts, read};
use crate::message::{self, Check, Tell};
use crate::ports::{
    About, Clock, Fault, Mailer, Metric, PersonState, Queues, Saved, Settings, Table, Telemetry, Unsent,
    chain,
};

/// Longer than the function may run, so that two never write to one person at the same time.
const LEASE: SignedDuration = SignedDuration::from_secs(25);
/// Who finds somebody else writing to the person waits for them this long: they are usually done in a tenth of a
/// second, and several people who wait since the same second are all told about in time. It waits in its place,
/// since a message for each look would double with every fault between sending it and saying so.
const PATIENCE: SignedDuration = SignedDuration::from_secs(4);
/// So long after each look it looks again.
const LOOK: SignedDuration = SignedDuration::from_millis(100);
/// When the mailer asks to slow down, a notice is looked at again after this time.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// While nobody is to be told, a notice is looked at again after this time at the latest: what stops a ladder
/// may end sooner than was planned.
const HELD: SignedDuration = SignedDuration::from_mins(5);

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

/// Tells one person what the named notices are about, as far as it is still true.
///
/// On the second delivery the notices are found sent or dropped and nothing happens.
///
/// # Errors
///
/// [`MailError`]; the message may then be repeated from the start.
pub async fn mail<W>(world: &W, tell: &Tell) -> Result<(), MailError>
where
    W: Clock + Mailer + Queues + Settings + Table + Telemetry,
{
    if tell.v > message::FORM {
        return Err(MailError::Newer(tell.v));
    }
    let mut ours = match lease(world, &tell.person).await? {
        Lease::Taken(ours) => ours,
        Lease::Busy(until) => {
            // A crowd, or a crash left the lease behind.
            return Ok(world.send_mails(&[(tell.clone(), until)]).await?);
        }
    };
    let now = world.now();
    let outcome = deliver(world, tell, now, &mut ours).await;
    ours.leased_until = None;
    // Lost means that the lease ran out and somebody else holds it now: nothing of ours to give back.
    let released = world.save_person(&tell.person, &ours).await;
    outcome?;
    released?;
    Ok(())
}

/// Whether somebody may write to a person.
enum Lease {
    /// They may; this is the person's state as they saved it.
    Taken(PersonState),
    /// Somebody else does, until then at the latest.
    Busy(Timestamp),
}

/// Leases a person, in its turn behind whoever writes to them already.
///
/// The second time waits for the first like for anybody else, if a crash left its lease behind.
async fn lease<W: Clock + Table>(world: &W, person: &PersonId) -> Result<Lease, Fault> {
    let begun = world.now();
    loop {
        let now = world.now();
        let state = world.person(person).await?;
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
    }
}

/// Tells everything that is still true. What fails keeps nothing else from being told; the last failure is
/// returned, so that the message comes back for it.
async fn deliver<W>(world: &W, tell: &Tell, now: Timestamp, ours: &mut PersonState) -> Result<(), Fault>
where
    W: Clock + Mailer + Queues + Settings + Table + Telemetry,
{
    let mut failed = None;
    let mut pending: BTreeMap<ConversationId, Vec<Notice>> = BTreeMap::new();
    let mut later: Vec<(Tell, Timestamp)> = Vec::new();
    for key in tell.notices.iter().filter(|key| key.person == tell.person) {
        match world.notice(key).await {
            Ok(Some(notice)) if notice.is_pending() && notice.send_after > now => {
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
            Ok(Some(notice)) if notice.is_pending() => {
                pending.entry(key.conversation.clone()).or_default().push(notice);
            }
            Ok(Some(_)) => tracing::debug!(conversation = %key.conversation, "notice was sent or dropped"),
            Ok(None) => tracing::warn!(conversation = %key.conversation, "notice does not exist"),
            Err(fault) => failed = Some(fault),
        }
    }
    if !later.is_empty() {
        world.send_mails(&later).await?;
    }
    for (conversation, notices) in pending {
        let doing = format!("telling of {conversation}");
        let told = tell_of(world, tell, &conversation, notices, now, ours);
        let told = caught(doing, Box::pin(told)).await;
        if let Err(fault) = told {
            tracing::warn!(%conversation, error = chain(&fault), "not told yet; the message comes back");
            failed = Some(fault);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Tells what is still true of the notices of one conversation, one mail per turn.
async fn tell_of<W>(
    world: &W,
    tell: &Tell,
    conversation: &ConversationId,
    notices: Vec<Notice>,
    now: Timestamp,
    ours: &mut PersonState,
) -> Result<(), Fault>
where
    W: Clock + Mailer + Queues + Settings + Table + Telemetry,
{
    let head = world.head(conversation).await?.head;
    let sealed = head.as_ref().map_or(Date::MIN, |head| head.sealed);
    let since = notices.iter().map(|notice| notice.key.date).fold(sealed, Date::min);
    let facts = facts(world, conversation, since).await?;
    let (mut history, mut configs) = read(world, head.as_ref(), &facts, now).await?;
    if configs.current().is_none_or(|config| !config.people.contains_key(&tell.person)) {
        // The step may have fired by a push that is newer than what this function remembers.
        world.pushed().await?;
        (history, configs) = read(world, head.as_ref(), &facts, now).await?;
    }
    let (tellings, untold) = tellings(&history, &facts, notices);
    if facts.unreadable > 0 && !untold.is_empty() {
        // What could not be read may be the very question: nothing is given up.
        let source = "some of its facts are unreadable".into();
        return Err(Fault { doing: format!("telling of {conversation}"), is_transient: false, source });
    }
    for (notice, reason) in untold {
        forget(world, &notice, now, reason).await?;
    }
    let errand = Errand { tell, conversation, turns: &history.turns, configs: &configs };
    for telling in tellings {
        errand.send(world, telling, ours).await?;
    }
    Ok(())
}

async fn forget<W: Table + Telemetry>(
    world: &W,
    notice: &Notice,
    now: Timestamp,
    reason: Reason,
) -> Result<(), Fault> {
    world.mark_dropped(&notice.key, &Dropped { at: now, reason }).await?;
    world.count(Metric::NoticeDropped, About::brand(&notice.brand));
    Ok(())
}

/// What a person is to be told of one conversation.
struct Errand<'a> {
    tell: &'a Tell,
    conversation: &'a ConversationId,
    turns: &'a [Turn],
    configs: &'a Configs,
}

impl Errand<'_> {
    /// Sends one mail about one turn: several steps that came together are told in one.
    async fn send<W>(&self, world: &W, telling: Telling<'_>, ours: &mut PersonState) -> Result<(), Fault>
    where
        W: Clock + Mailer + Queues + Settings + Table + Telemetry,
    {
        let Telling { turn, notices, told } = telling;
        let Errand { tell, conversation, turns, configs } = *self;
        let brand = notices[0].brand.clone();
        let about = About::brand(&brand);
        let own = world.config(notices[0].config_version).await?;
        let person: Option<&Person> = find(configs, &own, &tell.person);
        let now = world.now();
        let (Some(run), Some(person)) = (run(turn, &brand, configs, now), person) else {
            // Neither today's configuration nor the turn's own knows them: there is no address.
            tracing::error!(%conversation, %brand, "brand or person is in no configuration; notice dropped");
            world.count(Metric::NobodyReachable, about);
            for notice in &notices {
                forget(world, notice, now, Reason::Gone).await?;
            }
            // The step told nobody: the next check fires it again, for whoever is there now. It must not go by an
            // older configuration than we do: it would choose the same person, again and again.
            let pushed_at = configs.pushes.last().map(|push| push.pushed_at);
            let again = Check { pushed_at, ..Check::at(conversation.clone(), Some(brand.clone()), now) };
            return world.send_checks(&[(again, now)]).await;
        };
        let held_until = run.held_until(now);
        let waits = |notice: &Notice| held_until.is_some() && notice.key.purpose == Purpose::Step;
        let (waiting, notices): (Vec<Notice>, Vec<Notice>) = notices.into_iter().partition(waits);
        if let Some(until) = held_until {
            // Somebody has it, or has put it off: what was claimed before waits with the ladder, even if there is
            // something to say that does not.
            put_off(world, tell, &waiting, until.min(now + HELD)).await?;
        }
        if notices.is_empty() {
            return Ok(());
        }
        let keys: Vec<NoticeKey> = notices.iter().map(|notice| notice.key.clone()).collect();
        let letter =
            Letter { conversation, turn, turns, run: &run, notices: &notices, told: &told, person, now };
        let mail = letter.write();
        let name = name(&tell.person, ours.version, &keys);
        world.put_mail(&name, &keys, now).await?;
        match world.send(&mail, &name).await {
            Ok(()) => {}
            Err(Unsent::Wait(cause)) => {
                // Nothing was sent and nothing is wrong. The sweep finds what this message loses.
                tracing::warn!(%conversation, error = chain(&*cause), "mailer asks to wait");
                return put_off(world, tell, &notices, now + PAUSE).await;
            }
            Err(Unsent::Fault(fault)) => return Err(fault),
        }
        let sent = Sent { at: world.now(), mail: name };
        ours.last_mail = Some(sent.at);
        let mut failed = None;
        for key in &keys {
            // Each mark that fails would be a doubled mail; the others must not suffer for it.
            failed = world.mark_sent(key, &sent).await.err().or(failed);
        }
        world.count(Metric::MailSent, about);
        tracing::info!(%conversation, person = %tell.person, notices = keys.len(), "mail sent");
        failed.map_or(Ok(()), Err)
    }
}

/// Asks for the same message again at `until`; a later one than the queue can wait for is the sweep's.
///
/// The second time finds the notices put off, and asks for nothing.
async fn put_off<W>(world: &W, tell: &Tell, notices: &[Notice], until: Timestamp) -> Result<(), Fault>
where
    W: Queues + Table + Clock,
{
    let mut keys = Vec::new();
    for notice in notices {
        match world.postpone(&notice.key, notice.send_after, until).await? {
            Saved::Done => keys.push(notice.key.clone()),
            Saved::Lost => tracing::debug!("somebody else put it off, or sent it"),
        }
    }
    if keys.is_empty() || until.duration_since(world.now()) > NEAR {
        return Ok(());
    }
    let later = Tell { notices: keys, moment: Some(until), ..tell.clone() };
    world.send_mails(&[(later, until)]).await
}

/// Returns a person as they are today; somebody who left since the step fired as they were then. Around a
/// push two people may be told, never nobody.
fn find<'a>(configs: &'a Configs, own: &'a domain::policy::Config, person: &PersonId) -> Option<&'a Person> {
    configs.current().and_then(|config| config.people.get(person)).or_else(|| own.people.get(person))
}

/// Returns the name of a message: made of what it tells and the lease it is sent under, so that it needs no
/// randomness and two attempts have two names.
fn name(person: &PersonId, lease: u64, keys: &[NoticeKey]) -> String {
    let mut text = format!("{person}\n{lease}");
    for NoticeKey { conversation, turn, step, purpose, channel, .. } in keys {
        let (purpose, channel) = (purpose.name(), channel.name());
        text.extend(["\n", conversation.as_str(), turn.as_str(), &step.to_string(), purpose, channel]);
    }
    digest(&text).to_lowercase()
}
