//! fact or moment → plan: the table's stream and the queue of moments bring conversations to check.

use cloud::{Cloud, batch, log};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let cloud = &Cloud::from_env()?.with_queues()?.warm().await;
    run(service_fn(async |event: LambdaEvent<Value>| batch::checks(cloud, event).await)).await
}
