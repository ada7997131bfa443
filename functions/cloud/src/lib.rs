//! The AWS ports: the only crate that names `aws_sdk_*`.
//!
//! [`Cloud`] implements the ports of `flow` over DynamoDB, SQS, SES, Secrets Manager and, for webhooks,
//! plain https. Start with
//! [`config`] (what the template hands a function) and [`keys`] (what stands where in the table).

pub mod batch;
pub mod config;
mod fault;
pub mod hook;
pub mod http;
pub mod keys;
pub mod log;
pub mod mailer;
pub mod queue;
mod report;
pub mod settings;
pub mod start;
pub mod table;
pub mod telemetry;
pub mod vault;

pub use start::{Cloud, StartError};
