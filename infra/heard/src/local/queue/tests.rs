use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Clock, Depth, Queues};
use crate::local::store::Store;
use crate::local::template::{Queue, Redrive};

const START: i64 = 1_760_000_000_000;

fn queues() -> (Arc<Queues>, Clock) {
    let queue = |name: &str, redrive| Queue {
        name: name.to_owned(),
        visibility: Duration::from_secs(30),
        retention: Duration::from_hours(24),
        delay: Duration::ZERO,
        max_bytes: 1024 * 1024,
        wait: Duration::ZERO,
        redrive,
    };
    let redrive = Redrive { dead_letters: "dead".to_owned(), max_receives: 2 };
    let clock = Clock::manual(START);
    let store = Arc::new(Store::open(None).unwrap());
    let list = vec![queue("jobs", Some(redrive)), queue("dead", None)];
    (Arc::new(Queues::new(list, "http://x".to_owned(), store, clock.clone())), clock)
}

async fn call(queues: &Queues, action: &str, request: Value) -> Value {
    let answer = queues.answer(action, request.to_string().as_bytes()).await;
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    if let Some((_, code)) = answer.headers.iter().find(|(name, _)| *name == "x-amzn-query-error") {
        body["code"] = json!(code);
    }
    body
}

async fn bodies(queues: &Queues, queue: &str) -> Vec<String> {
    let messages = queues.receive(queue, 10, Duration::ZERO, None).await.unwrap();
    messages.into_iter().map(|message| message.content.body).collect()
}

#[tokio::test]
async fn a_delayed_message_appears_exactly_at_its_time() {
    let (queues, clock) = queues();
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "later", "DelaySeconds": 900}))
        .await;
    clock.advance(Duration::from_millis(899_999));
    assert_eq!(bodies(&queues, "jobs").await, [""; 0]);
    assert_eq!(queues.depth("jobs").unwrap(), Depth { delayed: 1, ..Depth::default() });
    clock.advance(Duration::from_millis(1));
    assert_eq!(bodies(&queues, "jobs").await, ["later"]);
}

#[tokio::test]
async fn a_long_poll_ends_when_a_message_becomes_visible() {
    let (queues, clock) = queues();
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "soon", "DelaySeconds": 5}))
        .await;
    let poll = tokio::spawn({
        let queues = Arc::clone(&queues);
        async move { queues.receive("jobs", 1, Duration::from_secs(20), None).await.unwrap() }
    });
    tokio::task::yield_now().await;
    clock.advance(Duration::from_secs(5));
    assert_eq!(poll.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_received_too_often_becomes_a_dead_letter() {
    let (queues, clock) = queues();
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "bad"})).await;
    for receive in 1..=2 {
        assert_eq!(bodies(&queues, "jobs").await, ["bad"], "receive {receive}");
        assert_eq!(bodies(&queues, "jobs").await, [""; 0], "in flight after receive {receive}");
        clock.advance(Duration::from_secs(30));
    }
    assert_eq!(bodies(&queues, "jobs").await, [""; 0]);
    let letter = &queues.receive("dead", 1, Duration::ZERO, None).await.unwrap()[0];
    assert_eq!((letter.receives, letter.sent_at), (1, START));
    assert_eq!(letter.system_attributes()["DeadLetterQueueSourceArn"], Queues::arn("jobs"));
}

#[tokio::test]
async fn visibility_can_be_changed_in_flight_only() {
    let (queues, clock) = queues();
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "slow"})).await;
    let receipt = queues.receive("jobs", 1, Duration::ZERO, None).await.unwrap()[0].receipt.clone();
    let change = |seconds: i64| {
        let request = json!({"QueueUrl": "x/jobs", "ReceiptHandle": receipt, "VisibilityTimeout": seconds});
        call(&queues, "ChangeMessageVisibility", request)
    };
    assert_eq!(change(60).await, json!({}));
    clock.advance(Duration::from_secs(59));
    assert_eq!(bodies(&queues, "jobs").await, [""; 0]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(change(60).await["code"], "AWS.SimpleQueueService.MessageNotInflight;Sender");
    assert_eq!(change(43_201).await["code"], "InvalidParameterValue;Sender");
    assert_eq!(bodies(&queues, "jobs").await, ["slow"]);
}

#[tokio::test]
async fn an_old_receipt_deletes_nothing() {
    let (queues, clock) = queues();
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "twice"})).await;
    let old = queues.receive("jobs", 1, Duration::ZERO, None).await.unwrap()[0].receipt.clone();
    clock.advance(Duration::from_secs(30));
    let new = queues.receive("jobs", 1, Duration::ZERO, None).await.unwrap()[0].receipt.clone();
    let delete = |receipt: String| {
        call(&queues, "DeleteMessage", json!({"QueueUrl": "x/jobs", "ReceiptHandle": receipt}))
    };
    assert_eq!(delete(old).await, json!({}));
    assert_eq!(queues.depth("jobs").unwrap().total(), 1);
    assert_eq!(delete(new).await, json!({}));
    assert_eq!(queues.depth("jobs").unwrap().total(), 0);
    assert_eq!(delete("nonsense".to_owned()).await["code"], "ReceiptHandleIsInvalid;Sender");
}

#[tokio::test]
async fn bad_requests_are_refused_as_sqs_does() {
    let (queues, _) = queues();
    let entries = |ids: &[&str]| {
        let entries: Vec<_> = ids.iter().map(|id| json!({"Id": id, "MessageBody": "x"})).collect();
        json!({"QueueUrl": "x/jobs", "Entries": entries})
    };
    let send = |extra: Value| {
        let mut request = json!({"QueueUrl": "x/jobs", "MessageBody": "x"});
        request.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        request
    };
    let eleven: Vec<_> = (0..11).map(|id| id.to_string()).collect();
    let eleven: Vec<_> = eleven.iter().map(String::as_str).collect();
    // action, request, code
    let table = [
        ("SendMessage", send(json!({"DelaySeconds": 901})), "InvalidParameterValue;Sender"),
        ("SendMessage", send(json!({"DelaySeconds": -1})), "InvalidParameterValue;Sender"),
        ("SendMessage", send(json!({"MessageBody": "\u{1}"})), "InvalidMessageContents;Sender"),
        ("SendMessage", send(json!({"MessageBody": ""})), "MissingParameter;Sender"),
        (
            "SendMessage",
            send(json!({"MessageBody": "x".repeat(1024 * 1024 + 1)})),
            "InvalidParameterValue;Sender",
        ),
        ("SendMessage", send(json!({"MessageDeduplicationId": "x"})), "InvalidParameterValue;Sender"),
        (
            "SendMessage",
            send(json!({"QueueUrl": "x/none"})),
            "AWS.SimpleQueueService.NonExistentQueue;Sender",
        ),
        ("SendMessageBatch", entries(&[]), "AWS.SimpleQueueService.EmptyBatchRequest;Sender"),
        ("SendMessageBatch", entries(&eleven), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest;Sender"),
        ("SendMessageBatch", entries(&["a", "a"]), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct;Sender"),
        ("SendMessageBatch", entries(&["a b"]), "AWS.SimpleQueueService.InvalidBatchEntryId;Sender"),
        ("ReceiveMessage", send(json!({"MaxNumberOfMessages": 11})), "InvalidParameterValue;Sender"),
        ("ReceiveMessage", send(json!({"WaitTimeSeconds": 21})), "InvalidParameterValue;Sender"),
        ("GetQueueAttributes", send(json!({"AttributeNames": ["Nope"]})), "InvalidAttributeName;Sender"),
        ("AddPermission", send(json!({})), "AWS.SimpleQueueService.UnsupportedOperation;Sender"),
    ];
    for (action, request, code) in table {
        let answer = call(&queues, action, request).await;
        assert_eq!(answer["code"], code, "{action}: {answer}");
    }
    assert_eq!(queues.depth("jobs").unwrap().total(), 0);
}

#[tokio::test]
async fn a_bad_entry_of_a_batch_does_not_harm_the_others() {
    let (queues, _) = queues();
    let entries = json!([
        {"Id": "good", "MessageBody": "x", "MessageGroupId": "acme"},
        {"Id": "bad", "MessageBody": "x", "DelaySeconds": 901},
    ]);
    let answer = call(&queues, "SendMessageBatch", json!({"QueueUrl": "x/jobs", "Entries": entries})).await;
    assert_eq!(answer["Successful"][0]["Id"], "good");
    assert_eq!(
        (&answer["Failed"][0]["Id"], &answer["Failed"][0]["SenderFault"]),
        (&json!("bad"), &json!(true))
    );
    let message = &queues.receive("jobs", 10, Duration::ZERO, None).await.unwrap()[0];
    assert_eq!(message.system_attributes()["MessageGroupId"], "acme");
}

#[tokio::test]
async fn sums_are_those_that_other_sdks_compare() {
    let (queues, _) = queues();
    let attributes = json!({
        "my_attribute_name_1": {"DataType": "String", "StringValue": "my_attribute_value_1"},
        "my_attribute_name_2": {"DataType": "String", "StringValue": "my_attribute_value_2"},
    });
    let request = json!({"QueueUrl": "x/jobs", "MessageBody": "This is a test message", "MessageAttributes": attributes});
    let sent = call(&queues, "SendMessage", request).await;
    assert_eq!(sent["MD5OfMessageBody"], "fafb00f5732ab283681e124bf8747ed1");
    let request = json!({"QueueUrl": "x/jobs", "MessageAttributeNames": ["my_attribute_name_*", "my_attribute_name_1"]});
    let got = call(&queues, "ReceiveMessage", request).await;
    assert_eq!(got["Messages"][0]["MessageAttributes"].as_object().unwrap().len(), 1);
    // The first is the example of AWS's reference of SendMessage; the second is of the one attribute asked for.
    assert_eq!(sent["MD5OfMessageAttributes"], "c48838208d2b4e14e3ca0093a8443f09");
    assert_eq!(got["Messages"][0]["MD5OfMessageAttributes"], "8ef4d60dbc8efda9f260e1dfd09d29f3");
}

#[tokio::test]
async fn what_is_set_for_a_queue_is_told_and_kept_to() {
    let (queues, clock) = queues();
    let set = |attributes: Value| {
        call(&queues, "SetQueueAttributes", json!({"QueueUrl": "x/jobs", "Attributes": attributes}))
    };
    let told =
        || call(&queues, "GetQueueAttributes", json!({"QueueUrl": "x/jobs", "AttributeNames": ["All"]}));
    let attributes = json!({
        "VisibilityTimeout": "2", "MessageRetentionPeriod": "60", "DelaySeconds": "3",
        "MaximumMessageSize": "1024", "ReceiveMessageWaitTimeSeconds": "20",
        "RedrivePolicy": r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"1"}"#,
    });
    assert_eq!(set(attributes.clone()).await, json!({}));
    let all = &told().await["Attributes"];
    for name in ["VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "MaximumMessageSize"] {
        assert_eq!(all[name], attributes[name], "{name}");
    }
    assert_eq!(all["ReceiveMessageWaitTimeSeconds"], "20");
    let policy: Value = serde_json::from_str(all["RedrivePolicy"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&policy["maxReceiveCount"], &policy["deadLetterTargetArn"]),
        (&json!(1), &json!(Queues::arn("dead")))
    );

    let send =
        |body: String| call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": body}));
    assert_eq!(send("x".repeat(1025)).await["code"], "InvalidParameterValue;Sender");
    assert!(send("x".repeat(1024)).await["MessageId"].is_string());
    assert_eq!(queues.depth("jobs").unwrap(), Depth { delayed: 1, ..Depth::default() });
    // A long poll without a time of its own waits as long as the queue says.
    let poll = call(&queues, "ReceiveMessage", json!({"QueueUrl": "x/jobs"}));
    let wait = async {
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(3));
    };
    let (got, ()) = tokio::join!(poll, wait);
    assert_eq!(got["Messages"].as_array().map(Vec::len), Some(1));
    clock.advance(Duration::from_millis(1999));
    assert_eq!(bodies(&queues, "jobs").await, [""; 0], "hidden for two seconds");
    clock.advance(Duration::from_millis(1));
    assert_eq!(bodies(&queues, "jobs").await, [""; 0], "received once, it is a dead letter");
    assert_eq!(queues.depth("dead").unwrap().visible, 1);

    send("old".to_owned()).await;
    clock.advance(Duration::from_mins(1));
    assert_eq!(bodies(&queues, "jobs").await, [""; 0], "kept for a minute only");
    assert_eq!(set(json!({"RedrivePolicy": ""})).await, json!({}));
    assert_eq!(told().await["Attributes"].get("RedrivePolicy"), None);
}

#[tokio::test]
async fn a_poll_that_waits_already_keeps_to_what_is_set_meanwhile() {
    let (queues, clock) = queues();
    let poll = async { queues.receive("jobs", 1, Duration::from_secs(20), None).await.unwrap() };
    let meanwhile = async {
        let attributes = json!({"VisibilityTimeout": "1"});
        call(&queues, "SetQueueAttributes", json!({"QueueUrl": "x/jobs", "Attributes": attributes})).await;
        call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "x"})).await;
    };
    let (messages, ()) = tokio::join!(poll, meanwhile);
    assert_eq!(messages.len(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(bodies(&queues, "jobs").await, ["x"]);
}

#[tokio::test]
async fn settings_outside_their_bounds_are_refused_and_nothing_is_set() {
    let (queues, _) = queues();
    let dead =
        |arn: &str, count: &str| format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{count}}}"#);
    // attribute, value, code
    let table = [
        ("VisibilityTimeout", "43201".to_owned(), "InvalidAttributeValue;Sender"),
        ("VisibilityTimeout", "-1".to_owned(), "InvalidAttributeValue;Sender"),
        ("VisibilityTimeout", "soon".to_owned(), "InvalidAttributeValue;Sender"),
        ("MessageRetentionPeriod", "59".to_owned(), "InvalidAttributeValue;Sender"),
        ("MessageRetentionPeriod", "1209601".to_owned(), "InvalidAttributeValue;Sender"),
        ("DelaySeconds", "901".to_owned(), "InvalidAttributeValue;Sender"),
        ("MaximumMessageSize", "1023".to_owned(), "InvalidAttributeValue;Sender"),
        ("MaximumMessageSize", "1048577".to_owned(), "InvalidAttributeValue;Sender"),
        ("ReceiveMessageWaitTimeSeconds", "21".to_owned(), "InvalidAttributeValue;Sender"),
        ("RedrivePolicy", "nonsense".to_owned(), "InvalidAttributeValue;Sender"),
        (
            "RedrivePolicy",
            dead("arn:aws:sqs:us-east-1:000000000000:none", "3"),
            "InvalidAttributeValue;Sender",
        ),
        ("RedrivePolicy", dead(&Queues::arn("dead"), "0"), "InvalidAttributeValue;Sender"),
        ("RedrivePolicy", dead(&Queues::arn("dead"), "1001"), "InvalidAttributeValue;Sender"),
        ("Nope", "1".to_owned(), "InvalidAttributeName;Sender"),
    ];
    for (name, value, code) in table {
        let mut attributes = json!({"DelaySeconds": "7", "ReceiveMessageWaitTimeSeconds": "7"});
        attributes[name] = json!(value);
        let request = json!({"QueueUrl": "x/jobs", "Attributes": attributes});
        let answer = call(&queues, "SetQueueAttributes", request).await;
        assert_eq!(answer["code"], code, "{name} = {value}");
    }
    let all =
        call(&queues, "GetQueueAttributes", json!({"QueueUrl": "x/jobs", "AttributeNames": ["All"]})).await;
    let all = &all["Attributes"];
    for (name, value) in
        [("DelaySeconds", "0"), ("ReceiveMessageWaitTimeSeconds", "0"), ("VisibilityTimeout", "30")]
    {
        assert_eq!(all[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_discarding_queue_accepts_and_loses() {
    let (queues, _) = queues();
    queues.discard("jobs", true);
    let sent = call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "lost"})).await;
    assert!(sent["MessageId"].is_string());
    queues.discard("jobs", false);
    call(&queues, "SendMessage", json!({"QueueUrl": "x/jobs", "MessageBody": "kept"})).await;
    assert_eq!(bodies(&queues, "jobs").await, ["kept"]);
}
