//! What a mail is written from: conversations, read again.

use domain::fact::{Dropped, Facts, Notice, Reason};
use domain::history::History;
use domain::id::ConversationId;
use domain::versions::Configs;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::caught::caught;
use crate::check::{facts, read};
use crate::feedback;
use crate::message::Tell;
use crate::ports::{About, Fault, Metric, PersonState, Settings, Table, Telemetry};

/// A conversation that somebody is to be told of.
pub(super) struct Loaded {
    pub(super) conversation: ConversationId,
    pub(super) facts: Facts,
    pub(super) history: History,
    pub(super) configs: Configs,
    /// What is to be told.
    pub(super) notices: Vec<Notice>,
}

/// Reads a conversation, folds it and loads the configurations that its turns run on.
pub(super) async fn load<W: Settings + Table>(
    world: &W,
    tell: &Tell,
    state: &PersonState,
    conversation: ConversationId,
    notices: Vec<Notice>,
    now: Timestamp,
) -> Result<Loaded, Fault> {
    let doing = format!("telling of {conversation}");
    let reading = async {
        let head = world.head(&conversation).await?.head;
        let sealed = head.as_ref().map_or(Date::MIN, |head| head.sealed);
        let since = notices.iter().map(|notice| notice.key.date).fold(sealed, Date::min);
        let facts = facts(world, &conversation, since).await?;
        let (mut history, mut configs) = read(world, head.as_ref(), &facts, now).await?;
        if feedback::is_outdated(&configs, &tell.person, state) {
            // The step may have fired by a push that is newer than what this function remembers.
            world.pushed().await?;
            (history, configs) = read(world, head.as_ref(), &facts, now).await?;
        }
        Ok((facts, history, configs))
    };
    let (facts, history, configs) = caught(doing, Box::pin(reading)).await?;
    // They stand among the facts, which were read later: what became of one since is known there.
    let as_known = |notice: Notice| {
        let known = facts.notices.iter().find(|known| known.key == notice.key);
        known.cloned().unwrap_or(notice)
    };
    let notices = notices.into_iter().map(as_known).filter(Notice::is_pending).collect();
    Ok(Loaded { conversation, facts, history, configs, notices })
}

/// Marks a notice that has nothing left to tell.
pub(super) async fn forget<W: Table + Telemetry>(
    world: &W,
    notice: &Notice,
    now: Timestamp,
    reason: Reason,
) -> Result<(), Fault> {
    world.mark_dropped(&notice.key, &Dropped { at: now, reason }).await?;
    world.count(Metric::NoticeDropped, About::brand(&notice.brand));
    Ok(())
}
