//! The command line of Heard, as a library: what its commands and the tests share.

pub mod files;
pub mod functions;
pub mod http;
pub mod local;
