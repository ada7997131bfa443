//! LinkedIn: comments under an organization's posts, and posts that share or mention it.
//!
//! A body holds up to ten notifications. Every one is read on its own: a broken one is reported with its place and
//! costs no other. The same action comes once for every administrator who subscribed: it is told apart by the object
//! and not by the notification.
//!
//! **Source:**
//! <https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw};
use super::{Item, Parsed, Unreadable, Voices};

pub use signature::{SCHEME, SIGNATURE, handshake, sign, verify};

mod action;
mod signature;
mod urn;

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Likes leave no item; a body of another type and
/// an unknown action are [`Item::Unknown`].
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let notifications = match notifications(&body) {
        Ok(notifications) => notifications,
        Err(flaw) => return Ok(Parsed { items: vec![flaw.item(None)] }),
    };
    let read = |(number, notification): (usize, &Value)| match action::read(notification, received_at, voices)
    {
        Ok(event) => event.map(|event| Item::Event(Box::new(event))),
        Err((account, flaw)) => {
            Some(flaw.under(&format!("/notifications/{number}")).item(account.as_deref()))
        }
    };
    Ok(Parsed { items: notifications.iter().enumerate().filter_map(read).collect() })
}

fn notifications(body: &Value) -> Result<&[Value], Flaw> {
    let body = json::object(body)?;
    if json::need("type", json::text(body, "type")?)? != "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS" {
        return Err(Flaw::unknown("/type", "unknown type"));
    }
    json::need("notifications", json::list(body, "notifications")?)
}
