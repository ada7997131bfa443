//! The commands, one file each: what they take, and what they do.

mod input;
pub mod normalize;
pub mod sign;
pub mod verify;
