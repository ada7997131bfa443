//! Queue and stream to function: batches, failures, order, dead letters.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use heard::local::Stack;

use super::clients::{dynamodb, lines, options, sqs, stack, until};

#[tokio::test]
async fn a_failed_message_comes_back_alone_and_becomes_a_dead_letter() {
    let stack = stack().await;
    let entry =
        |body: &str| SendMessageBatchRequestEntry::builder().id(body).message_body(body).build().unwrap();
    let send = sqs(&stack).send_message_batch().queue_url(stack.queue_url("Jobs"));
    send.entries(entry("good")).entries(entry("fail")).send().await.unwrap();

    until("the bad one is a dead letter", || stack.queue_depth("Dead").unwrap().visible == 1).await;
    assert_eq!(stack.queue_depth("Jobs").unwrap().total(), 0);
    assert_eq!((lines(&stack, "message good"), lines(&stack, "message fail")), (1, 2));
    stack.stop().await;
}

#[tokio::test]
async fn an_error_brings_the_whole_batch_back() {
    let stack = stack().await;
    let send = sqs(&stack).send_message().queue_url(stack.queue_url("Jobs"));
    send.message_body("crash").send().await.unwrap();
    until("it is a dead letter", || stack.queue_depth("Dead").unwrap().visible == 1).await;
    assert_eq!(lines(&stack, "message crash"), 2);
    stack.stop().await;
}

async fn put(stack: &Stack, pk: &str, kind: &str, mode: &str) {
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let put = dynamodb(stack).put_item().table_name(stack.table_name());
    let put = put.item("pk", s(pk)).item("sk", s("x")).item("kind", s(kind)).item("mode", s(mode));
    put.send().await.unwrap();
}

#[tokio::test]
async fn the_stream_brings_what_the_filter_lets_through_in_order() {
    let stack = stack().await;
    for (pk, kind) in [("a", "event"), ("b", "head"), ("c", "event"), ("c", "event"), ("d", "event")] {
        put(&stack, pk, kind, "").await;
    }
    until("the last record", || lines(&stack, "record d") == 1).await;
    let lines: Vec<_> = stack.logs().lines().into_iter().filter(|line| line.contains("record")).collect();
    let names: Vec<_> = lines.iter().map(|line| &line["Probe: record ".len()..][..1]).collect();
    assert_eq!(names, ["a", "c", "d"], "neither the head nor the second write of c");
    stack.stop().await;
}

#[tokio::test]
async fn the_stream_repeats_what_failed_and_loses_nothing() {
    let stack = stack().await;
    for (pk, mode) in [("a", ""), ("b", "twice"), ("c", "crash"), ("d", "")] {
        put(&stack, pk, "event", mode).await;
    }
    until("the last record", || lines(&stack, "record d") >= 1).await;
    until("the repeated ones", || lines(&stack, "record b") >= 2 && lines(&stack, "record c") >= 2).await;
    stack.stop().await;
}

#[tokio::test]
async fn a_folder_keeps_table_queue_and_position() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options();
    options.data = Some(folder.path().to_owned());
    let stack = Stack::start(options.clone()).await.unwrap();
    put(&stack, "a", "event", "").await;
    until("the record", || lines(&stack, "record a") == 1).await;
    let send = sqs(&stack).send_message().queue_url(stack.queue_url("Quiet"));
    send.message_body("later").delay_seconds(900).send().await.unwrap();
    stack.stop().await;

    let stack = Stack::start(options).await.unwrap();
    put(&stack, "b", "event", "").await;
    until("the next record", || lines(&stack, "record b") == 1).await;
    assert_eq!(lines(&stack, "record a"), 0, "the stream goes on where it stopped");
    assert_eq!(stack.queue_depth("Quiet").unwrap().delayed, 1);
    stack.stop().await;
}
