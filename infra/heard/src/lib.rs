//! The command line of Heard, as a library: what its commands and the tests share.

pub mod functions;
pub mod local;
