//! delivery report → fact: one SQS message is one event of SES, as `EventBridge` passes it on.

use aws_lambda_events::sqs::SqsEvent;
use cloud::{Cloud, batch, log};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    // It decides nothing, and so reads no configuration.
    let cloud = &Cloud::from_env()?.with_queues()?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(batch::reports(cloud, event.payload).await)
    }))
    .await
}
