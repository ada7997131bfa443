//! The local stack against AWS's documented behaviour, through the AWS SDK and a function of its own.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get fails it")]

#[path = "local/clients.rs"]
mod clients;
#[path = "local/lambda.rs"]
mod lambda;
#[path = "local/measures.rs"]
mod measures;
#[path = "local/services.rs"]
mod services;
#[path = "local/sources.rs"]
mod sources;
#[path = "local/trouble.rs"]
mod trouble;
