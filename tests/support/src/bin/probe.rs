//! A function for the tests of the local stack: it does what its event says.

#![expect(clippy::print_stdout, reason = "stdout is where metrics are read")]

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::dynamodb::Event as StreamEvent;
use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    eprintln!("started with {} variables", std::env::vars_os().count());
    run(service_fn(async |event: LambdaEvent<Value>| answer(event.payload).await)).await
}

async fn answer(event: Value) -> Result<Value, Error> {
    match event.pointer("/Records/0/eventSource").and_then(Value::as_str) {
        Some("aws:sqs") => queue(event).await,
        Some("aws:dynamodb") => stream(event),
        _ if event.get("requestContext").is_some() => http(&event),
        _ if event["source"] == "aws.scheduler" => {
            eprintln!("tick of {}", event["resources"][0]);
            Ok(Value::Null)
        }
        _ => command(event).await,
    }
}

async fn command(event: Value) -> Result<Value, Error> {
    match event["do"].as_str() {
        Some("fail") => Err("as told".into()),
        Some("panic") => panic!("as told"),
        Some("exit") => {
            eprintln!("{}", event["words"]);
            std::process::exit(3)
        }
        Some("sleep") => {
            tokio::time::sleep(Duration::from_hours(1)).await;
            Ok(Value::Null)
        }
        Some("environment") => {
            let all = std::env::vars().map(|(name, value)| (name, Value::String(value)));
            Ok(Value::Object(all.collect()))
        }
        Some("send") => send(&event).await,
        Some("wait") => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(json!({"process": std::process::id()}))
        }
        Some("print") => {
            println!("{}", event["line"].as_str().unwrap_or_default());
            Ok(Value::Null)
        }
        _ => Ok(json!({"echo": event, "process": std::process::id()})),
    }
}

/// Sends every body to the quiet queue, each by a call of its own.
async fn send(event: &Value) -> Result<Value, Error> {
    let config = aws_sdk_sqs::config::Builder::from(&cloud::start::aws_config(None).await?);
    // A call is one call: a test that counts them, or breaks one, sees no other.
    let config = config.retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled());
    let client = aws_sdk_sqs::Client::from_conf(config.build());
    let url = cloud::config::variable("QUIET")?;
    for body in event["bodies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        client.send_message().queue_url(&url).message_body(body).send().await?;
    }
    Ok(Value::Null)
}

/// Failures are reported by message; `crash` fails the whole batch, `send` makes a call.
async fn queue(event: Value) -> Result<Value, Error> {
    let event: SqsEvent = serde_json::from_value(event)?;
    let mut failures = Vec::new();
    for message in event.records {
        let body = message.body.unwrap_or_default();
        eprintln!("message {body} of {}", message.attributes["SenderId"]);
        match body.as_str() {
            "fail" => failures.push(json!({"itemIdentifier": message.message_id})),
            "crash" => return Err("as told".into()),
            "send" => _ = send(&json!({"bodies": ["x"]})).await?,
            _ => {}
        }
    }
    Ok(json!({"batchItemFailures": failures}))
}

/// The names of items that have failed before: each `twice` fails once.
static FAILED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

fn stream(event: Value) -> Result<Value, Error> {
    let event: StreamEvent = serde_json::from_value(event)?;
    for record in event.records {
        let image: Value = serde_json::to_value(&record.change.new_image)?;
        let text = |name: &str| image[name]["S"].as_str().unwrap_or_default().to_owned();
        let (name, mode) = (text("pk"), text("mode"));
        eprintln!("record {name} at {}", record.change.approximate_creation_date_time);
        let is_first = FAILED.lock().map_err(|_| "poisoned")?.insert(name);
        match mode.as_str() {
            "twice" if is_first => {
                let id = record.change.sequence_number;
                return Ok(json!({"batchItemFailures": [{"itemIdentifier": id}]}));
            }
            "crash" if is_first => return Err("as told".into()),
            _ => {}
        }
    }
    Ok(Value::Null)
}

fn http(event: &Value) -> Result<Value, Error> {
    let request: ApiGatewayV2httpRequest = serde_json::from_value(event.clone())?;
    if request.raw_path.as_deref() == Some("/hook/fail") {
        return Err("as told".into());
    }
    Ok(
        json!({"statusCode": 202, "headers": {"X-Method": request.request_context.http.method.as_str()}, "body": event.to_string()}),
    )
}
