//! What a test can break: sandboxes that die in the middle, services that fail for a while, short visibility.

use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use heard::local::runtime::InvokeError;
use heard::local::{Fault, Kill, Matching, Stack};
use serde_json::json;

use super::clients::{TESTER, lines, sqs, stack, until};
use super::lambda::invoke;

/// Sends so many messages from inside the function, each by a call of its own.
async fn send(stack: &Stack, count: usize) -> Result<(), InvokeError> {
    let event = json!({"do": "send", "bodies": vec!["x"; count]});
    invoke(stack, event).await.map(drop)
}

fn arrived(stack: &Stack) -> u64 {
    stack.queue_depth("Quiet").unwrap().total()
}

#[tokio::test]
async fn a_sandbox_is_killed_before_or_after_its_nth_call() {
    // side, messages that arrive of three
    for (kill, arrives) in [(Kill::Before, 1), (Kill::After, 2)] {
        let stack = stack().await;
        let killing = stack.kill("Probe", 2, kill);
        send(&stack, 1).await.unwrap();
        send(&stack, 1).await.unwrap();
        assert_eq!(killing.hit(), None, "each invocation is counted for itself");

        let error = send(&stack, 3).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Runtime.ExitError: the function's process ended: signal: 9 (SIGKILL)",
            "{kill:?}"
        );
        let calls: Vec<_> = killing.hit().unwrap().iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(calls, ["SendMessage", "SendMessage"]);
        assert_eq!(arrived(&stack), 2 + arrives, "{kill:?}: nothing is carried out later or again");

        send(&stack, 3).await.unwrap();
        assert_eq!(arrived(&stack), 5 + arrives, "{kill:?}: it happens once");
        stack.stop().await;
    }
}

#[tokio::test]
async fn what_a_killed_sandbox_had_comes_back_from_its_source() {
    let stack = stack().await;
    // It makes one call while it works on the message.
    let killing = stack.kill("Probe", 1, Kill::Before);
    let message = sqs(&stack).send_message().queue_url(stack.queue_url("Jobs")).message_body("send");
    message.send().await.unwrap();
    until("the second try", || arrived(&stack) == 1).await;
    assert!(killing.hit().is_some());
    assert_eq!(lines(&stack, "message send"), 2);
    stack.stop().await;
}

#[tokio::test]
async fn an_outage_hits_functions_until_it_ends_and_nobody_who_looks_in() {
    let stack = stack().await;
    let outage = stack.outage(Matching::service("sqs"), Fault::Throttle, Duration::MAX);
    let error = send(&stack, 1).await.unwrap_err();
    assert!(matches!(error, InvokeError::Function { .. }), "{error}");
    assert_eq!(outage.hits(), 1);

    // The test's own calls, and Lambda's for the queue that it polls, go on.
    let message = sqs(&stack).send_message().queue_url(stack.queue_url("Jobs")).message_body("good");
    message.send().await.unwrap();
    until("the message is taken", || lines(&stack, "message good") == 1).await;

    outage.end();
    send(&stack, 1).await.unwrap();
    assert_eq!((outage.hits(), arrived(&stack)), (1, 1));
    stack.stop().await;
}

#[tokio::test]
async fn an_outage_can_be_for_one_caller_and_one_operation_and_ends_by_itself() {
    let stack = stack().await;
    let (client, url) = (sqs(&stack), stack.queue_url("Quiet"));
    let matching = Matching::operation("SendMessage").by(TESTER);
    // The client tries three times, with pauses of up to three seconds.
    let outage = stack.outage(matching, Fault::ServerError, Duration::from_secs(8));
    let try_to_send = async || client.send_message().queue_url(&url).message_body("x").send().await;
    try_to_send().await.unwrap_err();
    client.get_queue_url().queue_name("heard-Quiet").send().await.unwrap();
    send(&stack, 1).await.unwrap();
    assert!(outage.hits() > 0);
    let mut tries = 0;
    while let Err(error) = try_to_send().await {
        tries += 1;
        assert!(tries < 60, "the outage does not end: {error}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    stack.stop().await;
}

#[tokio::test]
async fn a_queues_visibility_can_be_set_and_its_poller_keeps_to_it() {
    let stack = stack().await;
    let (client, url) = (sqs(&stack), stack.queue_url("Jobs"));
    let set = async |name: QueueAttributeName, value: &str| {
        client.set_queue_attributes().queue_url(&url).attributes(name, value).send().await
    };
    set(QueueAttributeName::VisibilityTimeout, "600").await.unwrap();
    client.send_message().queue_url(&url).message_body("fail").send().await.unwrap();
    until("the first try", || lines(&stack, "message fail") == 1).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(lines(&stack, "message fail"), 1, "the template's second does not count any more");

    set(QueueAttributeName::VisibilityTimeout, "0").await.unwrap();
    client.send_message().queue_url(&url).message_body("fail").send().await.unwrap();
    until("it is a dead letter at once", || stack.queue_depth("Dead").unwrap().visible == 1).await;

    let refused = set(QueueAttributeName::VisibilityTimeout, "43201").await.unwrap_err();
    assert!(refused.as_service_error().unwrap().is_invalid_attribute_value(), "{refused:?}");
    let told = client.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    let told = told.send().await.unwrap();
    let told = |name: QueueAttributeName| told.attributes().unwrap()[&name].clone();
    assert_eq!(told(QueueAttributeName::VisibilityTimeout), "0");
    assert_eq!(told(QueueAttributeName::MaximumMessageSize), "1048576");
    stack.stop().await;
}
