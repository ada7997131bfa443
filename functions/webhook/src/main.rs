//! platform → fact: one HTTP request becomes facts in the table.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use cloud::{Cloud, http};
use flow::receive::receive;
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let cloud = &Cloud::from_env().await?.with_vault()?.warm().await;
    run(service_fn(async |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        Ok::<_, Error>(http::response(receive(cloud, http::request(event.payload)).await))
    }))
    .await
}
