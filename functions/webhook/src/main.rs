//! platform → fact: one HTTP request becomes facts in the table.

use cloud::{Cloud, http, log};
use flow::receive::receive;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let cloud = &Cloud::from_env()?.with_vault()?.warm_with_secrets().await;
    run(service_fn(async |event: LambdaEvent<http::Event>| {
        Ok::<_, Error>(http::response(receive(cloud, http::request(event.payload)).await))
    }))
    .await
}
