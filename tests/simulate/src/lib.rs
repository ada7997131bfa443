//! A world in memory that breaks everything: the flows run in it unchanged, and are held to what must always be true.

pub mod always;
pub mod call;
pub mod choice;
mod engine;
pub mod fault;
mod functions;
pub mod histogram;
pub mod history;
pub mod lateness;
mod letters;
pub mod log;
pub mod mutant;
pub mod ports;
mod reference;
pub mod report;
pub mod run;
pub mod shrink;
pub mod still;
#[cfg(test)]
mod storm;
pub mod story;
pub mod tally;
pub mod tell;
pub mod time;
pub mod verify;
pub mod world;
