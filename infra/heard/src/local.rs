//! The local stack.
mod answer;
mod clock;
pub mod queue;
mod store;
pub mod template;
mod unique;
