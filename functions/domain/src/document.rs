//! A TOML text as people write it: read value by value, with every problem at its place.
//!
//! The configuration and the secrets are read through it. Nothing stops at the first problem: a value that
//! cannot be used is reported and left out, and the rest is read on.

mod node;
mod problem;

pub use node::{Key, Node, Table, date, nearest, report_unknown_key};
pub use problem::{Findings, Place, Problem, Problems, quoted};
