//! How it is told to a webhook: the same facts as a mail, as a request that a tool takes.
//!
//! [`Post::write`] makes the request complete, signature included; nothing of it is decided while it is sent. What was
//! written in private stands in none of them, and everything foreign is cleaned as it is for mails. [`address`] says
//! where requests may go.

use std::fmt;

use jiff::Timestamp;

use crate::fact::Notice;
use crate::id::digest;
use crate::mail::Letter;
use crate::platform::{Sending, Unusable, generic};
use crate::policy::{Format, Webhook};

pub mod address;
mod body;
#[cfg(test)]
mod tests;

/// A request to a webhook, ready to be sent by `POST`.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// The headers that sign it; none if it is not signed.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

impl fmt::Debug for Post {
    /// Leaves out what is secret or foreign, which is nearly all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Post({} bytes)", self.body.len())
    }
}

/// Why no request can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The format cannot do without a secret, and there is none.
    #[error("the webhook's secret is not among the secrets")]
    NoSecret,
    /// The secret is not one that signs.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

impl Post {
    /// Writes the request that tells `letter` to `webhook`.
    ///
    /// `id` names the message: the same whenever the same is told again (see [`id`]). `secrets` are the values of the
    /// webhook's secret, the current one first; each of them signs, so that the receiver may change to the new one at
    /// any time. With [`Format::Pagerduty`] the first is the routing key, and nothing is signed.
    ///
    /// # Errors
    ///
    /// [`Unwritable::NoSecret`] if the webhook names a secret and `secrets` is empty, [`Unwritable::Unusable`] if one of
    /// them cannot sign.
    pub fn write(
        letter: &Letter<'_>,
        webhook: &Webhook,
        id: &str,
        secrets: &[&str],
    ) -> Result<Post, Unwritable> {
        let secret = secrets.first().copied();
        if secret.is_none() && (webhook.secret.is_some() || webhook.format.needs_secret()) {
            return Err(Unwritable::NoSecret);
        }
        let body = match (webhook.format, secret) {
            (Format::Standard, _) => body::standard(letter),
            (Format::Slack, _) => body::slack(letter),
            (Format::Teams, _) => body::teams(letter),
            (Format::Pagerduty, key) => body::pagerduty(letter, key.unwrap_or_default()),
        };
        let headers = match webhook.format {
            Format::Pagerduty => Vec::new(),
            Format::Standard | Format::Slack | Format::Teams => signed(secrets, &body, id, letter.now)?,
        };
        Ok(Post { url: webhook.url.clone(), headers, body })
    }
}

/// Returns the id of the message that tells `notices`: made of what it tells and to whom, so that a receiver knows the
/// same message again when it comes a second time.
#[must_use]
pub fn id(notices: &[Notice]) -> String {
    let mut keys: Vec<_> = notices.iter().map(|notice| &notice.key).collect();
    keys.sort_unstable();
    let lines = keys.into_iter().map(|key| {
        let (step, purpose) = (key.step, key.purpose.name());
        format!("{}\n{}\n{step}\n{purpose}\n{}", key.conversation, key.turn.as_str(), key.person)
    });
    let lines: Vec<_> = lines.collect();
    format!("msg_{}", digest(&lines.join("\n")).to_lowercase())
}

/// Returns the headers of Standard Webhooks, with a signature by each of the secrets; none if there is no secret.
fn signed(
    secrets: &[&str],
    body: &str,
    id: &str,
    at: Timestamp,
) -> Result<Vec<(&'static str, String)>, Unusable> {
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    for secret in secrets {
        let more = generic::sign(secret.as_bytes(), body.as_bytes(), &Sending { id, at })?;
        for (name, value) in more {
            match headers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) if name == generic::SIGNATURE => {
                    values.push(' ');
                    values.push_str(&value);
                }
                Some(_) => {}
                None => headers.push((name, value)),
            }
        }
    }
    Ok(headers)
}
