//! Lambda and the HTTP API: invocations, crashes, time-outs, environment, answers.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use heard::local::Stack;
use heard::local::runtime::InvokeError;

use super::clients::{lines, options, stack, until};

pub(crate) async fn invoke(stack: &Stack, event: Value) -> Result<Value, InvokeError> {
    let answer = stack.invoke("Probe", event.to_string()).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

#[tokio::test]
async fn a_sandbox_stays_warm_through_errors_and_dies_of_exits_and_time_outs() {
    let stack = stack().await;
    let echo = async || invoke(&stack, json!({"x": [1]})).await.unwrap();
    let first = echo().await;
    assert_eq!(first["echo"], json!({"x": [1]}));

    let error = invoke(&stack, json!({"do": "fail"})).await.unwrap_err();
    assert!(matches!(&error, InvokeError::Function { message, .. } if message == "as told"), "{error}");
    let error = invoke(&stack, json!({"do": "panic"})).await.unwrap_err();
    assert!(
        matches!(&error, InvokeError::Function { message, .. } if message.contains("as told")),
        "{error}"
    );

    let error = invoke(&stack, json!({"do": "exit"})).await.unwrap_err();
    assert!(error.to_string().starts_with("Runtime.ExitError"), "{error}");
    let error = invoke(&stack, json!({"do": "sleep"})).await.unwrap_err();
    assert!(matches!(error, InvokeError::TimedOut(after) if after == Duration::from_secs(1)), "{error}");
    assert_eq!(echo().await["echo"], first["echo"], "the next invocation starts a new process");
    stack.stop().await;
}

#[tokio::test]
async fn invocations_at_the_same_time_have_sandboxes_of_their_own() {
    let stack = stack().await;
    let wait = async || invoke(&stack, json!({"do": "wait"})).await.unwrap()["process"].as_u64().unwrap();
    let all = tokio::join!(wait(), wait(), wait(), wait());
    let all = std::collections::BTreeSet::from([all.0, all.1, all.2, all.3]);
    // The stack's own sources invoke the function as well and may have had one of the four sandboxes.
    assert!(all.len() > 1, "{all:?}");
    stack.stop().await;
}

#[tokio::test]
async fn what_a_function_said_last_is_kept_when_it_ends() {
    let stack = stack().await;
    for _ in 0..20 {
        let event = json!({"do": "exit", "words": "these are my last words"});
        invoke(&stack, event).await.unwrap_err();
    }
    assert_eq!(lines(&stack, "my last words"), 20);
    stack.stop().await;
}

#[tokio::test]
async fn a_function_sees_lambdas_environment_and_nothing_of_ours() {
    let mut options = options();
    options.parameters.insert("Greeting".to_owned(), "moin".to_owned());
    let stack = Stack::start(options).await.unwrap();
    let environment = invoke(&stack, json!({"do": "environment"})).await.unwrap();
    assert_eq!(environment["GREETING"], "moin");
    assert_eq!(environment["TABLE"], stack.table_name());
    assert_eq!(environment["JOBS"], stack.queue_url("Jobs"));
    assert_eq!(environment["AWS_ACCESS_KEY_ID"], "Probe");
    assert_eq!(environment["AWS_ENDPOINT_URL"], stack.aws_endpoint());
    assert_eq!(environment["AWS_LAMBDA_LOG_FORMAT"], "JSON");
    assert_eq!((environment.get("PATH"), environment.get("CARGO")), (None, None));
    stack.stop().await;
}

#[tokio::test]
async fn a_missing_binary_is_named() {
    let mut options = options();
    options.functions = "/nowhere".into();
    let stack = Stack::start(options).await.unwrap();
    let error = invoke(&stack, json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot start /nowhere/probe");
    stack.stop().await;
}

/// One HTTP request on a connection of its own: status line and headers, then the body.
async fn http(stack: &Stack, request: &str) -> (String, String) {
    let address = stack.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

pub(crate) async fn get(stack: &Stack, path: &str) -> (String, String) {
    http(stack, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
}

#[tokio::test]
async fn requests_reach_the_function_and_answers_the_client() {
    let stack = stack().await;
    let request = "POST /hook/a?b=%20 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
                   Content-Length: 2\r\n\r\n{}";
    let (head, body) = http(&stack, request).await;
    assert!(head.starts_with("http/1.1 202"), "{head}");
    assert!(head.contains("x-method: post"), "{head}");
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["rawQueryString"], &event["body"]), (&json!("b=%20"), &json!("{}")));

    let (head, body) = get(&stack, "/hook/fail").await;
    assert!(
        head.starts_with("http/1.1 500") && body == r#"{"message":"Internal Server Error"}"#,
        "{head} {body}"
    );
    let (head, body) = get(&stack, "/elsewhere").await;
    assert!(head.starts_with("http/1.1 404") && body == r#"{"message":"Not Found"}"#, "{head} {body}");
    let too_long = format!(
        "POST /hook/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        10 * 1024 * 1024 + 1
    );
    let (head, _) = http(&stack, &too_long).await;
    assert!(head.starts_with("http/1.1 413"), "{head}");
    stack.stop().await;
}

#[tokio::test]
async fn the_pages_show_health_and_an_empty_mailbox() {
    let stack = stack().await;
    let (_, health) = get(&stack, "/health").await;
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((&health["status"], &health["table"]), (&json!("ok"), &json!(stack.table_name())));
    assert_eq!(health["aws"], stack.aws_endpoint());
    assert_eq!(get(&stack, "/mailbox.json").await.1, "[]");
    let (head, page) = get(&stack, "/mailbox").await;
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    assert!(page.contains("Nothing has escalated yet"), "{page}");
    stack.stop().await;
}

#[tokio::test]
async fn the_schedule_ticks_and_stopping_ends_the_processes() {
    let stack = stack().await;
    until("the schedule ticks", || lines(&stack, "tick of") > 0).await;
    let answer = invoke(&stack, json!({})).await.unwrap();
    let process = format!("/proc/{}", answer["process"]);
    stack.stop().await;
    until("the process is gone", || !std::path::Path::new(&process).exists()).await;
}
