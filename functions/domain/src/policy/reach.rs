//! How a person is reached: by e-mail, by a webhook of their own, or by both.

use std::fmt;

use super::{Class, Person};
use crate::fact::Channel;

/// Where a person, or a tool that stands for one, takes notices by HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The address, checked by [`address`](crate::hook::address).
    pub url: String,
    /// The `id` of the `[[secret]]` that signs, or that [`Format::Pagerduty`] names in the body. Every format that
    /// needs one has one.
    pub secret: Option<String>,
    /// What stands there.
    pub format: Format,
}

impl fmt::Debug for Webhook {
    /// Leaves the address out: whoever knows that of a chat can write there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({}, {:?})", self.format.name(), self.secret)
    }
}

/// What a receiver of notices understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The whole notice as JSON, signed by Standard Webhooks.
    Standard,
    /// An incoming webhook of Slack, or of what takes the same.
    Slack,
    /// A workflow of Microsoft Teams.
    Teams,
    /// PagerDuty's Events API v2, or what takes the same.
    Pagerduty,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Standard, Format::Slack, Format::Teams, Format::Pagerduty];

    /// Returns the name used in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Standard => "standard",
            Format::Slack => "slack",
            Format::Teams => "teams",
            Format::Pagerduty => "pagerduty",
        }
    }

    /// Whether nothing can be sent without a secret: the signature of one, the routing key of the other. The address of
    /// a chat is secret by itself.
    #[must_use]
    pub fn needs_secret(self) -> bool {
        match self {
            Format::Standard | Format::Pagerduty => true,
            Format::Slack | Format::Teams => false,
        }
    }
}

impl Person {
    /// Returns by which channels the person is told of a matter of `class`: by webhook if they have one, else by e-mail;
    /// of a threat by both.
    #[must_use]
    pub fn channels(&self, class: Class) -> &'static [Channel] {
        match (&self.webhook, &self.email) {
            (None, _) => &[Channel::Email],
            (Some(_), Some(_)) if class == Class::Threat => &[Channel::Webhook, Channel::Email],
            (Some(_), _) => &[Channel::Webhook],
        }
    }

    /// Returns the webhook that a notice of `channel` goes to; `None` if it goes to the e-mail address.
    ///
    /// A push may have taken away what was there when the notice was claimed. It then goes by what there is: around a
    /// push somebody may be told twice, never not at all.
    #[must_use]
    pub fn webhook_for(&self, channel: Channel) -> Option<&Webhook> {
        match channel {
            Channel::Webhook => self.webhook.as_ref(),
            Channel::Email => self.webhook.as_ref().filter(|_| self.email.is_none()),
        }
    }
}
