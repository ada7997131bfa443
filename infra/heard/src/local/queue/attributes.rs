//! What is set for a queue: told, changed, and kept within SQS's bounds.
//!
//! Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::template::{Queue, Redrive};
use super::{Depth, QueueError, Queues};

/// Attributes of a queue that SQS knows and that may be unset here.
const MAY_BE_UNSET: [&str; 4] = ["Policy", "RedriveAllowPolicy", "RedrivePolicy", "KmsMasterKeyId"];

/// A number that is set for a queue, and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    VisibilityTimeout,
    MessageRetentionPeriod,
    DelaySeconds,
    MaximumMessageSize,
    ReceiveMessageWaitTimeSeconds,
}

impl Setting {
    pub(crate) const ALL: [Self; 5] = [
        Self::VisibilityTimeout,
        Self::MessageRetentionPeriod,
        Self::DelaySeconds,
        Self::MaximumMessageSize,
        Self::ReceiveMessageWaitTimeSeconds,
    ];

    /// Its name, for SQS and in a template.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::VisibilityTimeout => "VisibilityTimeout",
            Self::MessageRetentionPeriod => "MessageRetentionPeriod",
            Self::DelaySeconds => "DelaySeconds",
            Self::MaximumMessageSize => "MaximumMessageSize",
            Self::ReceiveMessageWaitTimeSeconds => "ReceiveMessageWaitTimeSeconds",
        }
    }

    /// In seconds; the size in bytes.
    pub(crate) fn bounds(self) -> RangeInclusive<u32> {
        match self {
            Self::VisibilityTimeout => 0..=43_200,
            Self::MessageRetentionPeriod => 60..=1_209_600,
            Self::DelaySeconds => 0..=900,
            Self::MaximumMessageSize => 1024..=1_048_576,
            Self::ReceiveMessageWaitTimeSeconds => 0..=20,
        }
    }

    /// Sets it; the value is within the bounds.
    pub(crate) fn set(self, queue: &mut Queue, value: u32) {
        let seconds = Duration::from_secs(u64::from(value));
        match self {
            Self::VisibilityTimeout => queue.visibility = seconds,
            Self::MessageRetentionPeriod => queue.retention = seconds,
            Self::DelaySeconds => queue.delay = seconds,
            Self::MaximumMessageSize => queue.max_bytes = value as usize,
            Self::ReceiveMessageWaitTimeSeconds => queue.wait = seconds,
        }
    }

    fn of(self, queue: &Queue) -> String {
        match self {
            Self::VisibilityTimeout => queue.visibility.as_secs().to_string(),
            Self::MessageRetentionPeriod => queue.retention.as_secs().to_string(),
            Self::DelaySeconds => queue.delay.as_secs().to_string(),
            Self::MaximumMessageSize => queue.max_bytes.to_string(),
            Self::ReceiveMessageWaitTimeSeconds => queue.wait.as_secs().to_string(),
        }
    }
}

/// How often a message may be received before it is a dead letter.
pub(crate) const MAX_RECEIVES: RangeInclusive<u32> = 1..=1000;

impl Queues {
    /// `SetQueueAttributes`: everything that is named, or nothing.
    pub(super) fn set_attributes(
        &self,
        name: &str,
        request: &Map<String, Value>,
    ) -> Result<Value, QueueError> {
        let attributes = request.get("Attributes").and_then(Value::as_object);
        let attributes = attributes.ok_or(QueueError::Missing("Attributes"))?;
        let mut changed = self.queue(name)?;
        for (attribute, value) in attributes {
            let value = value.as_str().unwrap_or_default();
            if let Some(setting) = Setting::ALL.into_iter().find(|setting| setting.name() == attribute) {
                let number = value.parse().ok().filter(|number| setting.bounds().contains(number));
                setting.set(&mut changed, number.ok_or_else(|| invalid(attribute))?);
            } else if attribute == "RedrivePolicy" {
                changed.redrive = self.redrive(value).ok_or_else(|| invalid(attribute))?;
            } else {
                return Err(QueueError::UnknownAttribute(attribute.clone()));
            }
        }
        self.replace(changed);
        Ok(json!({}))
    }

    /// An empty text takes the policy away; `None` is a policy that cannot be.
    #[expect(clippy::option_option, reason = "no policy and no readable policy are two things")]
    fn redrive(&self, text: &str) -> Option<Option<Redrive>> {
        if text.is_empty() {
            return Some(None);
        }
        let policy: Policy = serde_json::from_str(text).ok()?;
        let dead_letters = policy.dead_letter_target_arn.rsplit(':').next().unwrap_or_default().to_owned();
        self.queue(&dead_letters).ok()?;
        let max_receives = policy.max_receive_count.number().filter(|count| MAX_RECEIVES.contains(count))?;
        Some(Some(Redrive { dead_letters, max_receives }))
    }

    /// `GetQueueAttributes`.
    pub(super) fn attributes(&self, name: &str, request: &Map<String, Value>) -> Result<Value, QueueError> {
        let mut all = told(&self.queue(name)?, self.depth(name)?);
        let wanted = request.get("AttributeNames").and_then(Value::as_array).into_iter().flatten();
        let wanted: Vec<_> = wanted.filter_map(Value::as_str).collect();
        if wanted.contains(&"All") {
            return Ok(json!({"Attributes": all}));
        }
        let is_known = |name: &&str| all.contains_key(*name) || MAY_BE_UNSET.contains(name);
        if let Some(name) = wanted.iter().find(|name| !is_known(name)) {
            return Err(QueueError::UnknownAttribute((*name).to_owned()));
        }
        all.retain(|name, _| wanted.contains(&name.as_str()));
        Ok(json!({"Attributes": all}))
    }
}

fn told(queue: &Queue, depth: Depth) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |name: &str, value: String| all.insert(name.to_owned(), Value::String(value));
    put("QueueArn", Queues::arn(&queue.name));
    put("ApproximateNumberOfMessages", depth.visible.to_string());
    put("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string());
    put("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string());
    for setting in Setting::ALL {
        put(setting.name(), setting.of(queue));
    }
    if let Some(redrive) = &queue.redrive {
        let arn = Queues::arn(&redrive.dead_letters);
        let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": redrive.max_receives});
        put("RedrivePolicy", policy.to_string());
    }
    all
}

fn invalid(attribute: &str) -> QueueError {
    QueueError::BadAttribute(attribute.to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    dead_letter_target_arn: String,
    max_receive_count: Count,
}

/// SQS takes the number as text as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Number(u32),
    Text(String),
}

impl Count {
    fn number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}
