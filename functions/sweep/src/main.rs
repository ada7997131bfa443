//! clock → checks: once a minute, what is due soon is sent on and what got lost is found again.

use cloud::batch::Failed;
use cloud::{Cloud, log};
use flow::sweep::sweep;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let cloud = &Cloud::from_env()?.with_queues()?;
    run(service_fn(async |_: LambdaEvent<Value>| sweep(cloud).await.map_err(Failed::from))).await
}
