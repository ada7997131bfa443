//! What the integration tests share: the built binaries, a running stack, signed bodies.
//!
//! A test starts a [`World`] of its own, delivers [`bodies`] to it as a platform would, and looks at what
//! became of them. Whatever takes time is waited for with [`eventually`], never slept for.

#![expect(clippy::missing_panics_doc, reason = "what a test needs and does not get fails it")]

pub mod binaries;
pub mod bodies;
pub mod http;
pub mod table;
pub mod wait;
pub mod world;
pub mod x;

pub use table::LoneTable;
pub use wait::{eventually, until};
pub use world::World;
