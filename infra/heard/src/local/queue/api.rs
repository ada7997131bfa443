//! SQS calls in the JSON protocol: what may be asked, and how it is answered.
//!
//! Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html>

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::answer::Answer;
use super::{Message, QueueError, Queues, checksum};

/// The most that all messages of a batch together may weigh, whatever the queue takes of one.
const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// What a message carries, as it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Content {
    #[serde(rename = "MessageBody", default)]
    pub(crate) body: String,
    #[serde(rename = "MessageAttributes", default)]
    pub(crate) attributes: BTreeMap<String, MessageAttribute>,
    #[serde(rename = "MessageSystemAttributes", default)]
    pub(crate) system: BTreeMap<String, MessageAttribute>,
    /// The tenant of a fair queue.
    #[serde(rename = "MessageGroupId", default)]
    pub(crate) group: Option<String>,
}

/// One attribute of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MessageAttribute {
    pub(crate) data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    /// In base64, as on the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) binary_value: Option<String>,
}

impl MessageAttribute {
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.binary_value.as_ref()?).ok()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outgoing {
    #[serde(flatten)]
    content: Content,
    delay_seconds: Option<i64>,
    message_deduplication_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    #[serde(default)]
    entries: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Receive {
    max_number_of_messages: Option<i64>,
    wait_time_seconds: Option<i64>,
    visibility_timeout: Option<i64>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
}

impl Queues {
    /// Answers one call; `action` is the part of `x-amz-target` behind the dot.
    pub(crate) async fn answer(&self, action: &str, body: &[u8]) -> Answer {
        match self.call(action, body).await {
            Ok(value) => Answer::ok(&value),
            Err(error) => error.answer(),
        }
    }

    async fn call(&self, action: &str, body: &[u8]) -> Result<Value, QueueError> {
        let request: Map<String, Value> = serde_json::from_slice(body)?;
        if action == "GetQueueUrl" {
            let name =
                request.get("QueueName").and_then(Value::as_str).ok_or(QueueError::Missing("QueueName"))?;
            self.queue(name)?;
            return Ok(json!({"QueueUrl": self.url(name)}));
        }
        let url = request.get("QueueUrl").and_then(Value::as_str).ok_or(QueueError::Missing("QueueUrl"))?;
        let queue = url.rsplit('/').next().unwrap_or_default().to_owned();
        self.queue(&queue)?;
        match action {
            "SendMessage" => self.send_one(&queue, request),
            "SendMessageBatch" => self.send_batch(&queue, request),
            "ReceiveMessage" => self.receive_for(&queue, request).await,
            "DeleteMessage" => self.delete(&queue, receipt(&request)?).map(|()| json!({})),
            "DeleteMessageBatch" => {
                self.each(request, |_, entry| self.delete(&queue, receipt(&entry)?).map(|()| json!({})))
            }
            "ChangeMessageVisibility" => self.hide(&queue, &request),
            "GetQueueAttributes" => self.attributes(&queue, &request),
            "SetQueueAttributes" => self.set_attributes(&queue, &request),
            other => Err(QueueError::UnknownAction(other.to_owned())),
        }
    }

    fn send_one(&self, queue: &str, entry: Map<String, Value>) -> Result<Value, QueueError> {
        let outgoing: Outgoing = parse(entry)?;
        let content = &outgoing.content;
        if content.body.is_empty() {
            return Err(QueueError::Missing("MessageBody"));
        }
        if !content.body.chars().all(is_allowed) {
            return Err(QueueError::BadCharacters);
        }
        let max_bytes = self.queue(queue)?.max_bytes;
        if content.size() > max_bytes {
            let reason = format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {max_bytes} bytes."
            );
            return Err(QueueError::BadValue(reason));
        }
        if outgoing.message_deduplication_id.is_some() {
            return Err(QueueError::BadValue(
                "The request includes a parameter that is not valid for this queue type".to_owned(),
            ));
        }
        let delay = within("DelaySeconds", outgoing.delay_seconds, 0..=900)?;
        let id = self.send(queue, content, delay)?;
        let mut answer = json!({"MessageId": id, "MD5OfMessageBody": checksum::of_body(&content.body)});
        if let Some(sum) = checksum::of_attributes(&content.attributes) {
            answer["MD5OfMessageAttributes"] = json!(sum);
        }
        Ok(answer)
    }

    fn send_batch(&self, queue: &str, request: Map<String, Value>) -> Result<Value, QueueError> {
        let batch: Batch = parse(request.clone())?;
        let sizes = batch
            .entries
            .iter()
            .map(|entry| parse::<Outgoing>(entry.clone()).map_or(0, |one| one.content.size()));
        let size = sizes.sum();
        if size > MAX_BATCH_BYTES {
            return Err(QueueError::BatchTooLong(size));
        }
        self.each(request, |_, entry| self.send_one(queue, entry))
    }

    /// Does the entries of a batch one by one: one that fails is in `Failed` and the others are not harmed.
    fn each(
        &self,
        request: Map<String, Value>,
        act: impl Fn(&Self, Map<String, Value>) -> Result<Value, QueueError>,
    ) -> Result<Value, QueueError> {
        let batch: Batch = parse(request)?;
        let ids = check_ids(&batch.entries)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for (id, entry) in ids.into_iter().zip(batch.entries) {
            match act(self, entry) {
                Ok(mut done) => {
                    done["Id"] = json!(id);
                    successful.push(done);
                }
                Err(error) => failed.push(json!({
                    "Id": id,
                    "Code": error.codes().1,
                    "Message": error.to_string(),
                    "SenderFault": !error.is_ours(),
                })),
            }
        }
        Ok(json!({"Successful": successful, "Failed": failed}))
    }

    async fn receive_for(&self, queue: &str, request: Map<String, Value>) -> Result<Value, QueueError> {
        let request: Receive = parse(request)?;
        let max = request.max_number_of_messages.unwrap_or(1);
        let max = usize::try_from(max).ok().filter(|max| (1..=10).contains(max)).ok_or_else(|| {
            let reason = "Must be between 1 and 10, if provided.";
            QueueError::BadValue(format!(
                "Value {max} for parameter MaxNumberOfMessages is invalid. Reason: {reason}"
            ))
        })?;
        let wait = within("WaitTimeSeconds", request.wait_time_seconds, 0..=20)?;
        let wait = wait.map_or_else(|| self.queue(queue).map(|queue| queue.wait), Ok)?;
        let visibility = within("VisibilityTimeout", request.visibility_timeout, 0..=43200)?;
        let messages = self.receive(queue, max, wait, visibility).await?;
        if messages.is_empty() {
            return Ok(json!({}));
        }
        let mut system = request.attribute_names;
        system.extend(request.message_system_attribute_names);
        let messages =
            messages.iter().map(|message| message.to_wire(&system, &request.message_attribute_names));
        Ok(json!({"Messages": messages.collect::<Vec<_>>()}))
    }

    fn hide(&self, queue: &str, request: &Map<String, Value>) -> Result<Value, QueueError> {
        let seconds = request.get("VisibilityTimeout").and_then(Value::as_i64);
        let visibility = within("VisibilityTimeout", seconds, 0..=43200)?
            .ok_or(QueueError::Missing("VisibilityTimeout"))?;
        self.change_visibility(queue, receipt(request)?, visibility).map(|()| json!({}))
    }
}

impl Content {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts in maps are JSON")
    }

    pub(super) fn from_json(text: &str) -> Self {
        serde_json::from_str(text).expect("only to_json writes this column")
    }

    /// The MD5 sum of the body.
    pub(crate) fn sum(&self) -> String {
        checksum::of_body(&self.body)
    }

    /// The body and every attribute's name, type and value count.
    fn size(&self) -> usize {
        let attribute = |(name, value): (&String, &MessageAttribute)| {
            let text = value.string_value.as_ref().map_or(0, String::len);
            name.len() + value.data_type.len() + text + value.bytes().map_or(0, |bytes| bytes.len())
        };
        self.body.len() + self.attributes.iter().map(attribute).sum::<usize>()
    }
}

impl Message {
    /// The attributes that SQS itself gives a message.
    pub(crate) fn system_attributes(&self) -> Map<String, Value> {
        let mut all = Map::new();
        let mut put = |name: &str, value: String| all.insert(name.to_owned(), Value::String(value));
        put("ApproximateReceiveCount", self.receives.to_string());
        put("SentTimestamp", self.sent_at.to_string());
        put("SenderId", super::ACCOUNT.to_owned());
        put("ApproximateFirstReceiveTimestamp", self.first_received_at.to_string());
        if let Some(group) = &self.content.group {
            put("MessageGroupId", group.clone());
        }
        if let Some(source) = &self.source {
            put("DeadLetterQueueSourceArn", Queues::arn(source));
        }
        if let Some(trace) =
            self.content.system.get("AWSTraceHeader").and_then(|trace| trace.string_value.clone())
        {
            put("AWSTraceHeader", trace);
        }
        all
    }

    fn to_wire(&self, system: &[String], own: &[String]) -> Value {
        let mut wire = json!({
            "MessageId": self.id,
            "ReceiptHandle": self.receipt,
            "Body": self.content.body,
            "MD5OfBody": checksum::of_body(&self.content.body),
        });
        let mut attributes = self.system_attributes();
        attributes.retain(|name, _| system.iter().any(|wanted| wanted == "All" || wanted == name));
        if !attributes.is_empty() {
            wire["Attributes"] = Value::Object(attributes);
        }
        let mut attributes = self.content.attributes.clone();
        attributes.retain(|name, _| own.iter().any(|wanted| is_wanted(wanted, name)));
        if let Some(sum) = checksum::of_attributes(&attributes) {
            wire["MD5OfMessageAttributes"] = json!(sum);
            wire["MessageAttributes"] = json!(attributes);
        }
        wire
    }
}

/// `All`, `.*`, a name, or the beginning of one before `.*`.
fn is_wanted(wanted: &str, name: &str) -> bool {
    match wanted.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => wanted == "All" || wanted == name,
    }
}

fn parse<T: DeserializeOwned>(request: Map<String, Value>) -> Result<T, QueueError> {
    Ok(serde_json::from_value(Value::Object(request))?)
}

fn receipt(request: &Map<String, Value>) -> Result<&str, QueueError> {
    request.get("ReceiptHandle").and_then(Value::as_str).ok_or(QueueError::Missing("ReceiptHandle"))
}

fn within(
    name: &str,
    seconds: Option<i64>,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Option<Duration>, QueueError> {
    let Some(seconds) = seconds else { return Ok(None) };
    let inside = range.contains(&seconds).then(|| u64::try_from(seconds).ok()).flatten();
    inside.map(|seconds| Some(Duration::from_secs(seconds))).ok_or_else(|| {
        let (low, high) = range.into_inner();
        QueueError::BadValue(format!(
            "Value {seconds} for parameter {name} is invalid. Reason: {name} must be >= {low} and <= {high}."
        ))
    })
}

fn check_ids(entries: &[Map<String, Value>]) -> Result<Vec<String>, QueueError> {
    match entries.len() {
        0 => return Err(QueueError::EmptyBatch),
        1..=10 => {}
        more => return Err(QueueError::TooManyEntries(more)),
    }
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    for entry in entries {
        let id = entry.get("Id").and_then(Value::as_str).ok_or(QueueError::Missing("Id"))?;
        let legal = id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
        if !legal || id.is_empty() || id.len() > 80 {
            return Err(QueueError::BadEntryId);
        }
        if !seen.insert(id) {
            return Err(QueueError::RepeatedId(id.to_owned()));
        }
        ids.push(id.to_owned());
    }
    Ok(ids)
}

fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}
