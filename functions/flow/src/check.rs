//! fact or moment → plan: the conversation is read, decided on, and the plan carried out.
//!
//! Order: head, facts, decide, look for answers given in private, claim, ask for messages, ask for the next check,
//! blank, list, link, save the head. The head is read before the facts and saved last, on the condition that nobody
//! saved it in between: so a stale head can never hide a fact, and whatever fails on the way is found again by the
//! next check, which the unchanged head still waits for.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::{Plan, decide, reopen};
use domain::fact::{Dropped, Facts};
use domain::head::Head;
use domain::history::{History, Kept, REOPEN, fold, is_partial};
use domain::id::ConversationId;
use domain::versions::{self, Configs};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::caught::caught;
use crate::link;
use crate::message::{self, Check, FactSeen, Tell};
use crate::ports::{About, Clock, Fault, Metric, Put, Queues, Saved, Settings, Table, Telemetry, chain};
use crate::removal;

/// A moment so near is sent to the queue by the check itself; the sweep sees to later ones in time.
pub const NEAR: SignedDuration = SignedDuration::from_secs(480);
/// How much the clocks of two machines and the table may differ.
const SKEW: SignedDuration = SignedDuration::from_secs(10);
/// Who waits by a configuration that may be out of date is looked at again after this time.
const STALE_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// So much of an invocation is kept back for handing on what it was asked for.
const KEPT_BACK: SignedDuration = SignedDuration::from_millis(1500);
/// So often a check starts again when somebody else saved the head first, before the queue has its turn.
const RACES: usize = 5;

/// A check could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A call failed; the check may be repeated from the start.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The message was written by newer code; it waits for it.
    #[error("check has form {0}, newer than this code")]
    Newer(u16),
    /// Others saved the head first, again and again.
    #[error("head of {0} changed under every try")]
    Raced(ConversationId),
}

/// Checks one conversation.
///
/// On the second delivery everything the plan asks for is there already: claims are refused as known, marks
/// stay as they are, and a message to a person finds its notices sent.
///
/// # Errors
///
/// [`CheckError`]; the check may then be repeated from the start.
pub async fn check<W>(world: &W, check: &Check) -> Result<(), CheckError>
where
    W: Clock + Queues + Settings + Table + Telemetry,
{
    if check.v > message::FORM {
        return Err(CheckError::Newer(check.v));
    }
    for _ in 0..RACES {
        let doing = format!("checking {}", check.conversation);
        match caught(doing, Box::pin(attempt(world, check))).await? {
            Saved::Done => return Ok(()),
            Saved::Lost => {
                tracing::debug!(conversation = %check.conversation, "something changed; once more");
            }
        }
    }
    Err(CheckError::Raced(check.conversation.clone()))
}

async fn attempt<W>(world: &W, check: &Check) -> Result<Saved, Fault>
where
    W: Clock + Queues + Settings + Table + Telemetry,
{
    let conversation = &check.conversation;
    let now = world.now();
    if let Some(pushed_at) = check.pushed_at
        && world.pushes().await?.iter().all(|push| push.pushed_at != pushed_at)
    {
        // What this function remembers is older than the push that the check is for.
        world.pushed().await?;
    }
    let stored = world.head(conversation).await?;
    let head = stored.head.as_ref();
    if head.is_none() && stored.version > 0 {
        // It was thrown away so that somebody looks again, and with it by which push it was planned.
        world.pushed().await?;
    }
    if let (Some(head), Some(fact)) = (head, check.fact)
        && head.folded_at.duration_since(fact.at) > SKEW
        && fact.date >= head.sealed
    {
        // The fold behind this head began after the fact was there, and read that far back: it was seen.
        return Ok(Saved::Done);
    }
    let sealed = head.map_or(Date::MIN, |head| head.sealed);
    let since = check.fact.map_or(sealed, |fact| fact.date.min(sealed));
    let facts = facts(world, conversation, since).await?;
    let (history, configs) = read(world, head, &facts, now).await?;
    let Some(mut plan) = decide(conversation, head, &facts, &history, &configs, now) else {
        return Ok(Saved::Done);
    };
    plan.head.version = stored.version;
    if world.is_stale() && !plan.head.open.is_empty() {
        // Nobody follows a push that this function does not know of, if the others did.
        plan.head.next_at = plan.head.next_at.into_iter().chain([now + STALE_AGAIN]).min();
    }
    carry_out(world, check, head, plan, now).await
}

async fn carry_out<W>(
    world: &W,
    check: &Check,
    before: Option<&Head>,
    plan: Plan,
    now: Timestamp,
) -> Result<Saved, Fault>
where
    W: Clock + Queues + Settings + Table + Telemetry,
{
    let conversation = &check.conversation;
    let about = About::brand(&plan.head.brand);
    // An answer that came before its question: nobody is told. What cannot be looked for now keeps nobody from being
    // told, and is looked for again.
    let looked = link::list(world, &plan.authors, conversation).await;
    if matches!(looked, Ok(true)) {
        return Ok(Saved::Lost);
    }
    for (key, reason) in &plan.drop {
        world.mark_dropped(key, &Dropped { at: now, reason: *reason }).await?;
        world.count(Metric::NoticeDropped, about);
    }
    for brand in &plan.unheard {
        world.count(Metric::NobodyReachable, About::brand(brand));
        tracing::error!(%conversation, %brand, "a step is due and nobody can be told");
    }
    for notice in &plan.claim {
        // Put if absent: of two checks one claims, the other finds it known. Both ask for the message.
        if world.claim(notice).await? == Put::New {
            world.count(Metric::NoticeClaimed, about);
            let delay = world.now().duration_since(notice.step_at);
            tracing::info!(%conversation, step = %notice.key.step, delay_ms = %delay.as_millis(), "claimed");
        }
    }
    let brand = &plan.head.brand;
    let near = |at: &Timestamp| at.duration_since(now) <= NEAR;
    let mails: Vec<(Tell, Timestamp)> = plan
        .tell
        .into_iter()
        .filter(|tell| near(&tell.at))
        .map(|tell| {
            let message = Tell {
                v: message::FORM,
                person: tell.person,
                brand: Some(brand.clone()),
                notices: tell.notices,
                moment: Some(tell.at),
            };
            (message, tell.at)
        })
        .collect();
    if !mails.is_empty() {
        world.send_mails(&mails).await?;
    }
    if let Some(next_at) = plan.head.next_at.filter(near) {
        let changed = before.and_then(|head| head.next_at) != Some(next_at);
        // The message for this very moment came early, by a clock that runs behind: it is used up.
        let early = check.moment.is_some_and(|moment| moment >= next_at);
        if changed || early {
            let next = Check::at(conversation.clone(), Some(brand.clone()), next_at);
            world.send_checks(&[(next, next_at)]).await?;
        }
    }
    for event in &plan.blank {
        world.blank(conversation, event).await?;
    }
    // Behind what tells people, which must not wait for it; before the head, which remembers it.
    if removal::list(world, &plan.list, &plan.head.brand, conversation).await? {
        // A removal came before what it removes: what was decided without it is not so.
        return Ok(Saved::Lost);
    }
    link::spread(world, &plan.links, conversation).await?;
    looked?;
    if before.is_some_and(|before| before.says_the_same_as(&plan.head)) {
        return Ok(Saved::Done);
    }
    world.save_head(&plan.head).await
}

/// Reads the facts since a date, or all of them if something is said of an object that began before.
///
/// Without its beginning an edit would stand for a new object, and a removal would blank nothing.
pub(crate) async fn facts<W: Table>(
    world: &W,
    conversation: &ConversationId,
    since: Date,
) -> Result<Facts, Fault> {
    let facts = world.facts(conversation, since).await?;
    if since > Date::MIN && is_partial(&facts) {
        return world.facts(conversation, Date::MIN).await;
    }
    Ok(facts)
}

/// Folds the facts of a conversation, and loads the configurations that its turns run on.
///
/// Nobody goes by an older configuration than the head was planned by: a step that was told under the newer one would
/// be told again, and whom only the newer one knows would not be found.
pub(crate) async fn read<W: Settings>(
    world: &W,
    head: Option<&Head>,
    facts: &Facts,
    now: Timestamp,
) -> Result<(History, Configs), Fault> {
    let mut pushes = world.pushes().await?;
    let planned_by = head.and_then(|head| head.planned_by);
    if planned_by.is_some_and(|at| pushes.last().is_none_or(|last| last.pushed_at < at)) {
        world.pushed().await?;
        pushes = world.pushes().await?;
    }
    let mut configs = Configs { pushes, loaded: BTreeMap::new() };
    let current = versions::current(&configs.pushes);
    load(world, &mut configs, current.into_iter().collect()).await?;
    let brand = facts.said.first().map(|said| &said.brand).or(head.map(|head| &head.brand));
    let reopen = brand.map_or(REOPEN, |brand| reopen(brand, &configs));
    let nothing = Kept::default();
    let history = fold(facts, head.map_or(&nothing, |head| &head.kept), reopen, now);
    let open = history.turns.iter().filter(|turn| turn.is_open());
    let needed = open.flat_map(|turn| {
        let received_at = turn.received_at();
        let asked_under = versions::asked_under(&configs.pushes, received_at).map(|push| push.number);
        [versions::of_turn(&configs.pushes, received_at), asked_under]
    });
    // And those that people were told under: who was told by the same ladder of another version is not told again.
    let told = facts.notices.iter().map(|notice| notice.config_version);
    let needed = needed.flatten().chain(told).collect();
    load(world, &mut configs, needed).await?;
    Ok((history, configs))
}

/// Loads versions of the configuration that are not loaded yet.
async fn load<W: Settings>(world: &W, configs: &mut Configs, numbers: BTreeSet<u32>) -> Result<(), Fault> {
    for number in
        numbers.into_iter().filter(|number| !configs.loaded.contains_key(number)).collect::<Vec<_>>()
    {
        match world.config(number).await {
            Ok(config) => _ = configs.loaded.insert(number, config),
            // Newer code may refuse what older code took: the turn then runs on the version in force.
            Err(fault) if !fault.is_transient && versions::current(&configs.pushes) != Some(number) => {
                tracing::error!(number, error = chain(&fault), "version of the configuration is unreadable");
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Checks a conversation that the table's stream speaks of; if that fails or takes too long, sees to it that
/// somebody else does.
///
/// A record of the stream that keeps failing would hold up all others behind it. But once it is taken as done, only
/// what stands in the table still knows of the fact: the conversation is listed as due first, where every sweep finds
/// it until it is checked, and the queue is asked for speed. `deadline` is when the invocation ends: so much of it is
/// kept back that this can still be done.
///
/// # Errors
///
/// [`Fault`] if the table does not take the conversation either: then the stream has to repeat the record.
pub async fn check_or_wake<W>(world: &W, request: &Check, deadline: Timestamp) -> Result<(), Fault>
where
    W: Clock + Queues + Settings + Table + Telemetry,
{
    let conversation = &request.conversation;
    match in_time(world, deadline, check(world, request)).await {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) => {
            tracing::warn!(%conversation, error = chain(&error), "check failed; somebody else repeats it");
        }
        None => tracing::warn!(%conversation, "check takes too long; somebody else repeats it"),
    }
    let now = world.now();
    world.wake(conversation, now).await?;
    if let Err(fault) = world.send_checks(&[(request.clone(), now)]).await {
        tracing::warn!(%conversation, error = chain(&fault), "queue takes no check; the sweep finds it");
    }
    Ok(())
}

/// Returns what `work` came to, unless it takes so long that the queue could no longer be asked instead.
pub(crate) async fn in_time<W: Clock, T>(
    world: &W,
    deadline: Timestamp,
    work: impl Future<Output = T>,
) -> Option<T> {
    world.within(deadline.duration_since(world.now()) - KEPT_BACK, work).await
}

/// Reduces a batch to one check per conversation, each with the messages it stands for.
///
/// The merged check looks as far back, and is dropped as seen only as late, as the most demanding of them.
pub fn distinct<I>(batch: impl IntoIterator<Item = (I, Check)>) -> Vec<(Vec<I>, Check)> {
    let mut distinct: Vec<(Vec<I>, Check)> = Vec::new();
    for (id, check) in batch {
        let same = |entry: &&mut (Vec<I>, Check)| entry.1.conversation == check.conversation;
        let Some((ids, merged)) = distinct.iter_mut().find(same) else {
            distinct.push((vec![id], check));
            continue;
        };
        ids.push(id);
        merged.v = merged.v.max(check.v);
        merged.moment = merged.moment.max(check.moment);
        merged.pushed_at = merged.pushed_at.max(check.pushed_at);
        merged.fact = match (merged.fact, check.fact) {
            (Some(a), Some(b)) => Some(FactSeen { at: a.at.max(b.at), date: a.date.min(b.date) }),
            // A check for a moment or a push is never dropped as seen.
            (None, _) | (_, None) => None,
        };
    }
    distinct
}
