//! notice → message: one SQS message names the notices of one person.

use aws_lambda_events::sqs::SqsEvent;
use cloud::{Cloud, batch, log};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let cloud = &Cloud::from_env()?.with_queues()?.with_mailer()?.with_vault()?.with_hooks().warm().await;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(batch::mails(cloud, event.payload).await)
    }))
    .await
}
