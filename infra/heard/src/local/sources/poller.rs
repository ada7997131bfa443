//! queue → function: receive, invoke, delete what is done.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::super::queue::{Message, MessageAttribute, Queues};
use super::super::template::REGION;
use super::batch::{Failed, failed};
use super::{Wiring, chain};

pub(super) struct Poller {
    pub(super) queue: String,
    pub(super) function: String,
    pub(super) batch_size: usize,
    pub(super) report_failures: bool,
}

impl Poller {
    pub(super) async fn run(self, wiring: Wiring) {
        loop {
            let wait = Duration::from_secs(20);
            match wiring.queues.receive(&self.queue, self.batch_size, wait, None).await {
                Ok(messages) if messages.is_empty() => {}
                Ok(messages) => self.deliver(&wiring, &messages).await,
                Err(error) => {
                    wiring.logs.line(&self.queue, &chain(&error));
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// What is not deleted here comes back when its visibility time-out is over.
    async fn deliver(&self, wiring: &Wiring, messages: &[Message]) {
        let records: Vec<_> = messages.iter().map(|message| record(&self.queue, message)).collect();
        let payload = Bytes::from(json!({"Records": records}).to_string());
        let outcome = match wiring.runtime.invoke(&self.function, payload).await {
            Ok(answer) if self.report_failures => {
                failed(&answer, |id| messages.iter().any(|message| message.id == id))
            }
            Ok(_) => Failed::None,
            Err(error) => {
                wiring.logs.line(&self.function, &chain(&error));
                Failed::All
            }
        };
        let done = messages.iter().filter(|message| match &outcome {
            Failed::None => true,
            Failed::All => false,
            Failed::Some(ids) => !ids.contains(&message.id),
        });
        for message in done {
            if let Err(error) = wiring.queues.delete(&self.queue, &message.receipt) {
                wiring.logs.line(&self.queue, &chain(&error));
            }
        }
    }
}

/// A message as Lambda shows it to a function.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
fn record(queue: &str, message: &Message) -> Value {
    let attributes: Map<String, Value> =
        message.content.attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    json!({
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.content.body,
        "attributes": message.system_attributes(),
        "messageAttributes": attributes,
        "md5OfBody": message.content.sum(),
        "eventSource": "aws:sqs",
        "eventSourceARN": Queues::arn(queue),
        "awsRegion": REGION,
    })
}

fn attribute(value: &MessageAttribute) -> Value {
    let mut attribute = json!({
        "dataType": value.data_type,
        "stringListValues": [],
        "binaryListValues": [],
    });
    if let Some(text) = &value.string_value {
        attribute["stringValue"] = json!(text);
    }
    if let Some(bytes) = &value.binary_value {
        attribute["binaryValue"] = json!(bytes);
    }
    attribute
}
