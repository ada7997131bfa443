//! The deciding part of Heard: pure functions over facts.
//!
//! Nothing here opens a socket, reads a clock or draws a random number; `now` and keys are arguments.
//! Read in this order: [`event`] (what was said), [`triage`] (what a text is), [`history`] (what it means),
//! [`policy`], [`calendar`] and [`clock`] (until when), [`ladder`] and [`decide`] (whom to tell), [`pace`], [`mail`]
//! and [`hook`] (how it is told), [`outcome`] and [`figures`] (what came of it).

pub mod action;
pub mod calendar;
pub mod clock;
pub mod decide;
pub mod document;
pub mod event;
pub mod fact;
pub mod figures;
pub mod head;
pub mod history;
pub mod hook;
pub mod id;
pub mod ladder;
pub mod language;
pub mod mail;
pub mod outcome;
pub mod pace;
pub mod platform;
pub mod policy;
pub mod run;
pub mod triage;
pub mod versions;

#[cfg(test)]
mod story;
