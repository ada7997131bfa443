//! A world in memory that breaks everything: the flows run in it unchanged, and are held to what must always be true.

pub mod story;
pub mod time;
