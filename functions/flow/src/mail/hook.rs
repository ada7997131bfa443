//! notice → webhook: a request in place of a mail.
//!
//! A webhook takes what it is told or it does not; then everything that waits for it is put off together, ever longer
//! up to five minutes, and nothing is dropped while it is true. Since when that goes on stands in the person's state,
//! which nobody else changes while they are leased.

use domain::fact::{Notice, NoticeKey, Reason, Sent};
use domain::hook::{Post, Unwritable};
use domain::id::PersonId;
use domain::mail::Letter;
use domain::policy::Webhook;
use jiff::{SignedDuration, Timestamp};

use super::case::forget;
use super::put_off;
use crate::message::Tell;
use crate::ports::{
    About, Clock, Failing, Fault, Hooks, Metric, PersonState, Queues, Table, Telemetry, Unposted, Vault,
    chain,
};
use crate::secrets::Secrets;

/// After the first failure it is tried again this soon.
const SOONEST: SignedDuration = SignedDuration::from_secs(10);
/// Nobody waits longer than this for another try.
const LATEST: SignedDuration = SignedDuration::from_mins(5);
/// A webhook that has taken nothing for so long is reported.
const REPORTED: SignedDuration = SignedDuration::from_mins(5);
/// So long after the last try was due nothing is known any more: the next failure is the first of a new outage.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);
/// That somebody no longer waits is worth telling for a day.
const WORTH_TELLING: SignedDuration = SignedDuration::from_hours(24);

/// A request did not get through.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("writing to a webhook")]
    Unwritten(#[source] Unwritable),
    #[error("writing to a webhook")]
    NoSecrets(#[source] Fault),
    #[error("posting to a webhook")]
    Unposted(#[source] Unposted),
}

/// Tells a letter to a webhook; what it does not take is put off.
///
/// The second time the notices are found sent, or the receiver gets the same id, by which it knows that it has it
/// already.
///
/// # Errors
///
/// [`Fault`] if the table or a queue could not be reached; the message then comes back for the rest.
pub(super) async fn send<W>(
    world: &W,
    tell: &Tell,
    letter: &Letter<'_>,
    webhook: &Webhook,
    ours: &mut PersonState,
) -> Result<(), Fault>
where
    W: Clock + Hooks + Queues + Table + Telemetry + Vault,
{
    let notices = letter.notices;
    if let Some(failing) = ours.failing.filter(|failing| failing.again_at > world.now()) {
        // One try at a time: each of them may take three seconds, and this run of the function has few.
        return later(world, tell, notices, failing.again_at).await;
    }
    let keys: Vec<NoticeKey> = notices.iter().map(|notice| notice.key.clone()).collect();
    let id = domain::hook::id(notices);
    world.put_mail(&id, &keys, world.now()).await?;
    let person = &letter.person.id;
    if let Err(cause) = attempt(world, letter, webhook, &id).await {
        let now = world.now();
        let failing = failed(ours.failing, now);
        let seconds = now.duration_since(failing.since).as_secs();
        tracing::warn!(%person, error = chain(&cause), seconds, "webhook takes nothing; notices wait");
        if failing.is_reported && ours.failing.is_none_or(|before| !before.is_reported) {
            report_once(world, person);
        }
        ours.failing = Some(failing);
        return later(world, tell, notices, failing.again_at).await;
    }
    if ours.failing.take().is_some() {
        tracing::info!(%person, "webhook takes notices again");
    }
    let sent = Sent { at: world.now(), mail: id };
    let mut failed = None;
    for key in &keys {
        // Each mark that fails would be a doubled request; the others must not suffer for it.
        failed = world.mark_sent(key, &sent).await.err().or(failed);
    }
    world.count(Metric::WebhookTold, About::brand(&notices[0].brand));
    tracing::info!(conversation = %letter.conversation, %person, notices = keys.len(), "webhook told");
    failed.map_or(Ok(()), Err)
}

/// Puts off what a webhook did not take, and gives up what is no longer worth telling.
async fn later<W>(world: &W, tell: &Tell, notices: &[Notice], again_at: Timestamp) -> Result<(), Fault>
where
    W: Clock + Queues + Table + Telemetry,
{
    let now = world.now();
    let (stale, waiting): (Vec<Notice>, Vec<Notice>) =
        notices.iter().cloned().partition(|notice| is_stale(notice, now));
    for notice in &stale {
        forget(world, notice, now, Reason::Expired).await?;
    }
    put_off(world, tell, &waiting, again_at).await
}

/// Returns what is known of a webhook that failed at `now`, `before` being what was known.
fn failed(before: Option<Failing>, now: Timestamp) -> Failing {
    let known = before.filter(|before| now.duration_since(before.again_at) < FORGOTTEN);
    let since = known.map_or(now, |known| known.since);
    let lasts = now.duration_since(since);
    let is_reported = known.is_some_and(|known| known.is_reported) || lasts >= REPORTED;
    Failing { since, again_at: now + lasts.clamp(SOONEST, LATEST), is_reported }
}

/// Whether a notice that does not get through is given up: that nobody waits any more is old, and whoever waits is told
/// of as long as they do.
fn is_stale(notice: &Notice, now: Timestamp) -> bool {
    notice.key.purpose.is_of_open_turn() != Some(true)
        && now.duration_since(notice.claimed_at) >= WORTH_TELLING
}

/// Tells that a webhook has taken nothing for five minutes. Once for each outage: the person's state remembers it. A crash
/// before that is saved reports it a second time.
fn report_once<W: Telemetry>(world: &W, person: &PersonId) {
    tracing::error!(%person, "webhook has taken nothing for five minutes; see the runbook webhook-channel");
    world.count(Metric::WebhookFailing, About::default());
}

async fn attempt<W>(world: &W, letter: &Letter<'_>, webhook: &Webhook, id: &str) -> Result<(), Untold>
where
    W: Hooks + Vault,
{
    let post = match &webhook.secret {
        None => Post::write(letter, webhook, id, &[]),
        Some(secret) => {
            let written = |secrets: &Secrets| Post::write(letter, webhook, id, &secrets.hook(secret));
            let secrets = world.secrets().await.map_err(Untold::NoSecrets)?;
            match written(&secrets) {
                // Somebody may just have written it.
                Err(Unwritable::NoSecret) => match world.secrets_anew().await.map_err(Untold::NoSecrets)? {
                    Some(secrets) => written(&secrets),
                    None => Err(Unwritable::NoSecret),
                },
                written => written,
            }
        }
    };
    world.post(&post.map_err(Untold::Unwritten)?).await.map_err(Untold::Unposted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_ever_more_seldom_and_reported_once_it_lasts() {
        let begun: Timestamp = "2026-03-25T09:00:00Z".parse().unwrap();
        let (mut state, mut now) = (None, begun);
        let mut tries = Vec::new();
        for _ in 0..10 {
            let failing = failed(state, now);
            tries.push((now.duration_since(begun).as_secs(), failing.is_reported));
            (state, now) = (Some(failing), failing.again_at);
        }
        // seconds since it began, reported
        let table = [
            (0, false),
            (10, false),
            (20, false),
            (40, false),
            (80, false),
            (160, false),
            (320, true),
            (620, true),
            (920, true),
            (1220, true),
        ];
        assert_eq!(tries, table);
        // A try that comes early or late changes nothing of it.
        let failing = failed(state, now + SignedDuration::from_mins(30));
        assert!(failing.is_reported && failing.since == begun, "{failing:?}");
        // When nobody tried for an hour, nothing is known of it.
        let later = now + FORGOTTEN;
        let anew = Failing { since: later, again_at: later + SOONEST, is_reported: false };
        assert_eq!(failed(state, later), anew);
        // A clock that was set back makes no wait of ages.
        let back = failed(state, begun - SignedDuration::from_hours(2));
        assert_eq!(back.again_at.duration_since(begun - SignedDuration::from_hours(2)), SOONEST);
    }
}
