//! removal → facts: the removal of a post that named nobody goes to every conversation that holds the post.
//!
//! The webhook keeps the removal under the post's name, and the table's stream brings it here. A check lists
//! its conversation under the same name and reads what stands there. Both write before they read, so whichever
//! comes second sees the other; a removal that comes before its post waits.

use domain::decide::Listing;
use domain::id::{BrandId, ConversationId};
use futures_util::stream::{self, StreamExt};

use crate::metric::{About, Metric};
use crate::ports::{Fault, Put, Table, Telemetry, chain};

/// So many calls are made at the same time.
const AT_ONCE: usize = 16;

/// Puts a removal that is kept under an object into every conversation of the brand that is listed there.
///
/// The second time finds it known everywhere.
///
/// # Errors
///
/// [`Fault`] if any of the calls may succeed later; it may then be repeated from the start.
pub async fn spread<W>(world: &W, listing: &Listing, brand: &BrandId) -> Result<(), Fault>
where
    W: Table + Telemetry,
{
    let listed = world.listed(listing, brand).await?;
    let Some(removal) = &listed.removal else {
        // Expired, or unreadable and told so.
        return Ok(());
    };
    let mut puts = stream::iter(&listed.conversations)
        .map(|conversation| world.put_said(conversation, removal))
        .buffer_unordered(AT_ONCE);
    let mut failed = None;
    while let Some(put) = puts.next().await {
        match put {
            Ok(Put::New | Put::Known) => {}
            Err(fault) if fault.is_transient => failed = Some(fault),
            Err(fault) => {
                world.count(Metric::FactUnreadable, About::brand(brand));
                tracing::error!(%brand, error = chain(&fault), "removal cannot be stored; passed over");
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Lists a conversation under objects that it holds, and puts the removals that wait for it there; whether any
/// was new to it.
///
/// The second time lists nothing anew and finds the removals known.
///
/// # Errors
///
/// [`Fault`] if one of the calls fails; all may be repeated.
pub(crate) async fn list<W: Table>(
    world: &W,
    listings: &[Listing],
    brand: &BrandId,
    conversation: &ConversationId,
) -> Result<bool, Fault> {
    let one = async |listing: &Listing| -> Result<bool, Fault> {
        world.list(listing, brand, conversation).await?;
        let listed = world.listed(listing, brand).await?;
        let Some(removal) = listed.removal else { return Ok(false) };
        Ok(world.put_said(conversation, &removal).await? == Put::New)
    };
    let mut calls = stream::iter(listings).map(one).buffer_unordered(AT_ONCE);
    let (mut is_new, mut failed) = (false, None);
    while let Some(call) = calls.next().await {
        match call {
            Ok(new) => is_new |= new,
            Err(fault) => failed = Some(fault),
        }
    }
    failed.map_or(Ok(is_new), Err)
}
