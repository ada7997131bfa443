//! What each function does, step by step, over small ports.
//!
//! The order of the calls in these files is what keeps promises when anything between two of them fails;
//! each condition says at its place what happens on the second delivery. Nothing here knows AWS.
//!
//! In the order of the data's way: [`receive`], [`removal`], [`check`], [`mail`], and [`sweep`], which finds what
//! got lost. [`ports`] is what they stand on, [`metric`] what they count, [`remembered`] how long a configuration
//! is used without looking.

mod caught;
pub mod check;
mod link;
pub mod mail;
pub mod message;
pub mod metric;
pub mod ports;
pub mod receive;
pub mod remembered;
pub mod removal;
pub mod secrets;
pub mod sweep;
