//! answer in private → question in public: what the brand writes to a person is made known wherever they asked aloud.
//!
//! A private message says to whom it is, and not which comment it answers. Who asks in public is therefore listed
//! under the conversation in which they would be answered in private; a check of that conversation puts a link, which
//! is the message without its words, wherever its reader is listed. Both sides write before they read: a question
//! that comes after its answer finds the answer itself.

use domain::decide::{Authored, answers_since};
use domain::fact::Said;
use domain::id::ConversationId;
use futures_util::stream::{self, StreamExt};

use crate::ports::{Fault, Put, Table};

/// So many calls are made at the same time.
const AT_ONCE: usize = 16;
/// No message is linked to more conversations than these, the last ones: whoever asks in so many is no customer, and
/// must not hold up the check.
const MOST: usize = 100;

/// Lists a conversation under those who asked there, and puts the links that were missed; whether any was new to it.
///
/// The second time lists nothing anew and finds the links known.
///
/// # Errors
///
/// [`Fault`] if one of the calls fails; all may be repeated.
pub(crate) async fn list<W: Table>(
    world: &W,
    authors: &[Authored],
    conversation: &ConversationId,
) -> Result<bool, Fault> {
    let one = async |authored: &Authored| -> Result<bool, Fault> {
        world.put_author(authored, conversation).await?;
        let facts = world.facts(&authored.dialogue, authored.date).await?;
        let mut is_new = false;
        for said in facts.said.iter().filter(|said| said.event.is_heard_in_public() && !said.is_link()) {
            is_new |= world.put_said(conversation, &said.linked(&authored.dialogue)).await? == Put::New;
        }
        Ok(is_new)
    };
    let mut calls = stream::iter(authors).map(one).buffer_unordered(AT_ONCE);
    let (mut is_new, mut failed) = (false, None);
    while let Some(call) = calls.next().await {
        match call {
            Ok(new) => is_new |= new,
            Err(fault) => failed = Some(fault),
        }
    }
    failed.map_or(Ok(is_new), Err)
}

/// Puts links to messages of `dialogue` into the conversations in which their reader asked in public lately.
///
/// The second time finds them known everywhere.
///
/// # Errors
///
/// [`Fault`] if one of the calls fails; all may be repeated.
pub(crate) async fn spread<W: Table>(
    world: &W,
    messages: &[Said],
    dialogue: &ConversationId,
) -> Result<(), Fault> {
    let Some(since) = messages.iter().map(answers_since).min() else { return Ok(()) };
    let authored = world.authored(dialogue, since).await?;
    let lately = &authored[authored.len().saturating_sub(MOST)..];
    if lately.len() < authored.len() {
        tracing::warn!(%dialogue, conversations = authored.len(), "asked in too many conversations");
    }
    let links: Vec<Said> = messages.iter().map(|said| said.linked(dialogue)).collect();
    let puts = lately.iter().flat_map(|conversation| links.iter().map(move |link| (conversation, link)));
    let mut puts = stream::iter(puts)
        .map(async |(conversation, link)| world.put_said(conversation, link).await)
        .buffer_unordered(AT_ONCE);
    let mut failed = None;
    while let Some(put) = puts.next().await {
        failed = put.err().or(failed);
    }
    failed.map_or(Ok(()), Err)
}
