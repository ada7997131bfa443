//! removal → facts: the removal of a post that named nobody goes to every conversation that holds the post.
//!
//! The webhook keeps the removal under the post's name, and the table's stream brings it here. A check lists
//! its conversation under the same name and reads what stands there. Both write before they read, so whichever
//! comes second sees the other; a removal that comes before its post waits.

use domain::decide::Listing;
use domain::id::{BrandId, ConversationId};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::caught::caught;
use crate::check::in_time;
use crate::message::{self, Spread};
use crate::metric::{About, Metric};
use crate::ports::{Clock, Fault, Put, Queues, Table, Telemetry, chain};

/// So many calls are made at the same time.
const AT_ONCE: usize = 16;

/// Tells of a removal that the table's stream speaks of; if that fails or takes too long, asks the queue to.
///
/// As for a check, a record that keeps failing would hold up all others behind it; `deadline` is when the
/// invocation ends.
///
/// # Errors
///
/// [`Fault`] if the queue does not take it either: then the stream has to repeat the record.
pub async fn spread_or_queue<W>(world: &W, request: &Spread, deadline: Timestamp) -> Result<(), Fault>
where
    W: Clock + Queues + Table + Telemetry,
{
    let brand = &request.brand;
    match in_time(world, deadline, spread(world, request)).await {
        Some(Ok(())) => return Ok(()),
        Some(Err(fault)) => {
            tracing::warn!(%brand, error = chain(&fault), "removal not told of; the queue repeats it");
        }
        None => tracing::warn!(%brand, "telling of a removal takes too long; the queue repeats it"),
    }
    world.send_spread(request).await
}

/// Puts a removal that is kept under an object into every conversation of the brand that is listed there.
///
/// The second time finds it known everywhere.
///
/// # Errors
///
/// [`Fault`] if any of the calls may succeed later, or newer code wrote the request; it may then be repeated
/// from the start.
pub async fn spread<W>(world: &W, request: &Spread) -> Result<(), Fault>
where
    W: Table + Telemetry,
{
    if request.v > message::FORM {
        let source = format!("form {} is newer than this code", request.v).into();
        return Err(Fault { doing: "telling of a removal".to_owned(), is_transient: false, source });
    }
    caught("telling of a removal".to_owned(), Box::pin(put_everywhere(world, request))).await
}

async fn put_everywhere<W>(world: &W, request: &Spread) -> Result<(), Fault>
where
    W: Table + Telemetry,
{
    let brand = &request.brand;
    let listed = world.listed(&request.listing(), brand).await?;
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
