//! The local stack against AWS's documented behaviour, through the AWS SDK and a function of its own.

#[path = "local/clients.rs"]
mod clients;
#[path = "local/lambda.rs"]
mod lambda;
#[path = "local/services.rs"]
mod services;
#[path = "local/sources.rs"]
mod sources;
