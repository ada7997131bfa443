//! What one mail is to tell: what its message names, and everything else that waits for the same person.

use std::collections::BTreeSet;

use domain::fact::{Notice, NoticeKey};
use domain::id::PersonId;
use domain::pace::{LONGEST, may_leave_at};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use super::{AT_ONCE, Terms, goes_alone};
use crate::ports::{Fault, PersonState, Table, chain};

/// One mail tells of no more notices than this: they have to be read and marked within one run of the function.
const NOTICES_A_MAIL: usize = 500;

/// What is to be told to one person, and what is not yet.
pub(super) struct Gathered {
    /// What goes by itself, and at once.
    pub(super) alone: Vec<Notice>,
    /// What one mail tells, the longest due first.
    pub(super) ready: Vec<Notice>,
    /// What waits for the window, and until when.
    pub(super) waiting: Vec<(Notice, Timestamp)>,
    /// What has no room in the mail.
    pub(super) left: Vec<NoticeKey>,
    /// The last thing that went wrong.
    pub(super) failed: Option<Fault>,
}

/// Returns what the person is told now: what is named and due, and if any of it may leave, all that may leave with it.
pub(super) async fn gather<W: Table>(
    world: &W,
    person: &PersonId,
    named: Vec<Notice>,
    terms: &Terms,
    state: &PersonState,
    now: Timestamp,
) -> Gathered {
    let mut failed = None;
    let known: BTreeSet<NoticeKey> = named.iter().map(|notice| notice.key.clone()).collect();
    let (alone, named): (Vec<Notice>, Vec<Notice>) = named.into_iter().partition(goes_alone);
    let (mut ready, waiting) = terms.by_window(named, state, now);
    // What is given up must be named by the message that comes back for it, should that fail half way.
    if ready.is_empty() || !terms.pacing.joins() || terms.is_passed_over(state) {
        return Gathered { alone, ready, waiting, left: Vec::new(), failed };
    }
    ready.extend(waiting.into_iter().map(|(notice, _)| notice));
    let others = match world.outstanding(person, now + LONGEST).await {
        Ok(others) => others,
        Err(fault) => {
            // What is named is told in any case; the others have messages of their own.
            tracing::warn!(error = chain(&fault), "what else is to be told cannot be read");
            Vec::new()
        }
    };
    let others: Vec<NoticeKey> = others.into_iter().filter(|key| !known.contains(key)).collect();
    let mut others = read(world, &others, &mut failed).await;
    others.retain(|notice| notice.is_pending() && may_leave_at(notice) <= now && !goes_alone(notice));
    ready.extend(others);
    ready.sort_by(|one, other| (one.step_at, &one.key).cmp(&(other.step_at, &other.key)));
    let left = ready.split_off(ready.len().min(NOTICES_A_MAIL));
    let left = left.into_iter().map(|notice| notice.key).collect();
    Gathered { alone, ready, waiting: Vec::new(), left, failed }
}

/// Reads notices; what cannot be read keeps no other from it.
pub(super) async fn read<W: Table>(world: &W, keys: &[NoticeKey], failed: &mut Option<Fault>) -> Vec<Notice> {
    let mut reading = stream::iter(keys).map(async |key| world.notice(key).await).buffered(AT_ONCE);
    let mut notices = Vec::new();
    while let Some(read) = reading.next().await {
        match read {
            Ok(notice) => notices.extend(notice),
            Err(fault) => *failed = Some(fault),
        }
    }
    notices
}
