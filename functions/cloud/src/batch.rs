//! Batches of SQS messages and of the table's stream: what failed is named, so that only it comes back.

use std::fmt;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::id::{BrandId, ConversationId};
use flow::check::{check, check_or_wake, distinct};
use flow::feedback::{Report, feedback};
use flow::mail::mail;
use flow::message::{self, Check, FactSeen, Spread, Tell};
use flow::ports::{Fault, chain};
use flow::removal::{spread, spread_or_queue};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::flaw;
use crate::keys;
use crate::report;
use crate::start::{Cloud, now};

/// An invocation failed as a whole; its source repeats it.
#[derive(thiserror::Error)]
pub enum Failed {
    /// A call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The event is none of what the template connects.
    #[error("event is neither a batch of messages nor of stream records")]
    Unexpected(#[source] Misshapen),
}

impl fmt::Debug for Failed {
    /// What the Lambda runtime logs: the whole chain in words, and not the answers that the SDK holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(self))
    }
}

/// JSON that is none of ours; what stands there is not repeated.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{flaw} at line {line}, column {column}")]
pub struct Misshapen {
    flaw: String,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Misshapen {
    fn from(error: serde_json::Error) -> Misshapen {
        Misshapen { flaw: flaw(&error), line: error.line(), column: error.column() }
    }
}

impl From<serde_json::Error> for Failed {
    fn from(error: serde_json::Error) -> Failed {
        Failed::Unexpected(error.into())
    }
}

impl From<Failed> for Diagnostic {
    /// Names the failure stably: alarms and log queries speak of it.
    fn from(failed: Failed) -> Diagnostic {
        let error_type = match &failed {
            Failed::Fault(fault) if fault.is_transient => "Retryable",
            Failed::Fault(_) | Failed::Unexpected(_) => "NonRetryable",
        };
        Diagnostic { error_type: error_type.to_owned(), error_message: chain(&failed) }
    }
}

/// Answers an invocation of `check`, which two sources make.
///
/// # Errors
///
/// [`Failed::Unexpected`] for anything else; the source then repeats the whole batch.
pub async fn checks(cloud: &Cloud, event: LambdaEvent<Value>) -> Result<Value, Failed> {
    let LambdaEvent { payload: event, context } = event;
    let source = event.pointer("/Records/0/eventSource").and_then(Value::as_str).unwrap_or_default();
    let answer = if source == "aws:dynamodb" {
        let ends = i64::try_from(context.deadline).ok();
        let ends = ends.and_then(|ends| Timestamp::from_millisecond(ends).ok()).unwrap_or_else(now);
        serde_json::to_value(facts(cloud, serde_json::from_value(event)?, ends).await)
    } else {
        serde_json::to_value(moments(cloud, serde_json::from_value(event)?).await)
    };
    Ok(answer?)
}

/// Sends the mails of a batch of messages.
pub async fn mails(cloud: &Cloud, event: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for (id, read) in messages(event, json::<Tell>) {
        let outcome = match read {
            Ok(tell) => mail(cloud, &tell).await.map_err(|error| chain(&error)),
            Err(error) => Err(chain(&error)),
        };
        if let Err(error) = outcome {
            tracing::warn!(message.id = id, error, "message stays on the queue");
            answer.batch_item_failures.push(failure(id));
        }
    }
    answer
}

/// Keeps what SES reports of mails, one event a message.
pub async fn reports(cloud: &Cloud, event: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for (id, read) in messages(event, report::read) {
        let outcome = match read {
            Ok(report) => take(cloud, &report).await,
            Err(error) => Err(chain(&error)),
        };
        if let Err(error) = outcome {
            tracing::warn!(message.id = id, error, "report stays on the queue");
            answer.batch_item_failures.push(failure(id));
        }
    }
    answer
}

async fn take(cloud: &Cloud, report: &Report) -> Result<(), String> {
    feedback(cloud, report).await.map_err(|fault| chain(&fault))
}

async fn moments(cloud: &Cloud, event: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    let mut batch = Vec::new();
    for (id, read) in messages(event, request) {
        match read {
            Ok(Asked::Check(check)) => batch.push((id, check)),
            Ok(Asked::Spread(request)) => {
                if let Err(fault) = spread(cloud, &request).await {
                    tracing::warn!(message.id = id, error = chain(&fault), "removal stays on the queue");
                    answer.batch_item_failures.push(failure(id));
                }
            }
            Err(error) => {
                tracing::warn!(message.id = id, error = chain(&error), "message stays on the queue");
                answer.batch_item_failures.push(failure(id));
            }
        }
    }
    for (ids, request) in distinct(batch) {
        if let Err(error) = check(cloud, &request).await {
            let conversation = &request.conversation;
            tracing::warn!(%conversation, error = chain(&error), "check stays on the queue");
            answer.batch_item_failures.extend(ids.into_iter().map(failure));
        }
    }
    answer
}

/// Reads each message. One that cannot be read counts as failed: after the last try it goes to the dead letters,
/// where a person can look at it. It is never taken for done.
fn messages<T>(
    event: SqsEvent,
    read: impl Fn(&str) -> Result<T, Misshapen>,
) -> impl Iterator<Item = (String, Result<T, Misshapen>)> {
    event.records.into_iter().map(move |message| {
        let read = read(message.body.as_deref().unwrap_or_default());
        (message.message_id.unwrap_or_default(), read)
    })
}

fn json<T: DeserializeOwned>(body: &str) -> Result<T, Misshapen> {
    Ok(serde_json::from_str(body)?)
}

/// Reads what waits on the queue of checks.
fn request(body: &str) -> Result<Asked, Misshapen> {
    json(body).map(Asked::Check).or_else(|no_check| json(body).map(Asked::Spread).map_err(|_| no_check))
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}

/// A batch of the table's stream, as much of it as a check needs.
#[derive(Debug, Deserialize)]
pub struct Stream {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
struct Record {
    dynamodb: Changed,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    sequence_number: String,
    approximate_creation_date_time: Option<f64>,
    new_image: Option<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    pk: Text,
    sk: Text,
    brand: Option<Text>,
    event: Option<Map>,
}

#[derive(Debug, Deserialize)]
struct Map {
    #[serde(rename = "M")]
    m: Told,
}

#[derive(Debug, Deserialize)]
struct Told {
    platform: Text,
    object: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    s: String,
}

async fn facts(cloud: &Cloud, event: Stream, deadline: Timestamp) -> DynamoDbEventResponse {
    let mut answer = DynamoDbEventResponse::default();
    let mut batch = Vec::new();
    let failure = |number: String| {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = Some(number);
        failure
    };
    for Record { dynamodb } in event.records {
        let number = dynamodb.sequence_number.clone();
        match asked(&dynamodb) {
            Some(Asked::Check(check)) => batch.push((number, check)),
            Some(Asked::Spread(request)) => {
                if let Err(fault) = spread_or_queue(cloud, &request, deadline).await {
                    tracing::error!(
                        error = chain(&fault),
                        "removal neither told of nor queued; the stream repeats it"
                    );
                    answer.batch_item_failures.push(failure(number));
                }
            }
            // The template's filter lets facts through and nothing else.
            None => tracing::error!(sequence = number, "stream record is no fact"),
        }
    }
    for (numbers, request) in distinct(batch) {
        if let Err(fault) = Box::pin(check_or_wake(cloud, &request, deadline)).await {
            tracing::error!(error = chain(&fault), "neither checked nor queued; the stream repeats it");
            answer.batch_item_failures.extend(numbers.into_iter().map(failure));
        }
    }
    answer
}

/// What a new fact, or a message on the queue of checks, asks for.
#[derive(Debug)]
enum Asked {
    /// Look at its conversation.
    Check(Check),
    /// Tell the conversations of an object that it is gone.
    Spread(Spread),
}

fn asked(changed: &Changed) -> Option<Asked> {
    let image = changed.new_image.as_ref()?;
    if let Some(conversation) = keys::conversation_of(&image.pk.s) {
        return check_of(conversation, changed, image).map(Asked::Check);
    }
    let Told { platform, object } = &image.event.as_ref()?.m;
    Some(Asked::Spread(Spread {
        v: message::FORM,
        brand: BrandId::from(image.brand.as_ref()?.s.as_str()),
        platform: platform.s.parse().ok()?,
        object: object.s.clone(),
    }))
}

fn check_of(conversation: ConversationId, changed: &Changed, image: &Image) -> Option<Check> {
    let date = keys::date_of(&image.sk.s)?;
    // Whole seconds, rounded down. Up to one second is given away, which the skew allowed for covers.
    let at = changed.approximate_creation_date_time.and_then(|seconds| {
        let nanos = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
        Timestamp::UNIX_EPOCH.checked_add(nanos).ok()
    });
    let brand = image.brand.as_ref().map(|brand| BrandId::from(brand.s.as_str()));
    let fact = Some(FactSeen { at: at.unwrap_or_else(now), date });
    Some(Check { v: message::FORM, conversation, brand, fact, moment: None, pushed_at: None })
}

#[cfg(test)]
mod tests {
    use domain::id::Platform;

    use super::*;

    #[test]
    fn a_stream_record_asks_for_a_check_of_its_conversation_since_its_date() {
        let event: Value =
            serde_json::from_str(include_str!("../../../infra/events/check-fact.json")).unwrap();
        let stream: Stream = serde_json::from_value(event).unwrap();
        let Some(Asked::Check(check)) = asked(&stream.records[0].dynamodb) else {
            panic!("a fact of a conversation asks for its check");
        };
        let fact =
            FactSeen { at: "2025-10-09T08:53:24Z".parse().unwrap(), date: jiff::civil::date(2025, 10, 9) };
        let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        let brand = Some(BrandId::from("acme"));
        let fact = Some(fact);
        assert_eq!(check, Check { v: 1, conversation, brand, fact, moment: None, pushed_at: None });
    }

    #[test]
    fn a_removal_without_a_conversation_asks_for_those_of_its_object() {
        let event: Value =
            serde_json::from_str(include_str!("../../../infra/events/check-removal.json")).unwrap();
        let stream: Stream = serde_json::from_value(event).unwrap();
        let Some(Asked::Spread(spread)) = asked(&stream.records[0].dynamodb) else {
            panic!("a removal asks to be told");
        };
        let object = "1976200000000000301".to_owned();
        assert_eq!(spread, Spread { v: 1, brand: BrandId::from("acme"), platform: Platform::X, object });
        let pk = &stream.records[0].dynamodb.new_image.as_ref().unwrap().pk.s;
        assert_eq!(*pk, keys::object(&spread.listing()));
        // Through the queue it comes out as it went in.
        let queued = serde_json::to_string(&spread).unwrap();
        assert!(matches!(request(&queued), Ok(Asked::Spread(read)) if read == spread));
    }

    #[test]
    fn messages_of_both_queues_are_read_and_others_fail() {
        let check: SqsEvent =
            serde_json::from_str(include_str!("../../../infra/events/check-moment.json")).unwrap();
        let mail: SqsEvent = serde_json::from_str(include_str!("../../../infra/events/mail.json")).unwrap();
        let read = |event: SqsEvent| messages(event, request).next().unwrap().1;
        let Ok(Asked::Check(moment)) = read(check.clone()) else { panic!("a check is read as one") };
        assert_eq!(moment.moment, Some("2025-10-09T09:23:21Z".parse().unwrap()));
        assert!(read(mail.clone()).is_err(), "a mail is no check");
        let (id, tell) = messages(mail, json::<Tell>).next().unwrap();
        assert_eq!(id, "2e1424d4-f796-459a-8184-9c92662be6da");
        assert_eq!(tell.unwrap().notices[0].step.to_string(), "0.0.0");
        let mut empty = check;
        empty.records[0].body = None;
        assert!(read(empty).is_err(), "a message without a body is not done");
    }
}
