//! notice → message: one SQS message names the notices of one person.

use aws_lambda_events::sqs::SqsEvent;
use cloud::{Cloud, batch};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let cloud = &Cloud::from_env().await?.with_queues()?.with_mailer()?.warm().await;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(batch::mails(cloud, event.payload).await)
    }))
    .await
}
