//! The command line of Heard.

pub mod commands;
