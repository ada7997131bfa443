//! What the world outside does in one history: what is written, answered, taken back, clicked, pushed.
//!
//! Drawn from the seed as a whole before anything runs, so that it can be shortened line by line.

use domain::action::Act;
use domain::event::Verb;
use domain::id::{PersonId, Platform};

use crate::time::Ms;

mod bodies;
mod chance;
pub mod configs;
mod deed;
mod draw;
pub mod people;
pub mod secrets;
#[cfg(test)]
mod tests;
mod texts;
pub mod theme;
mod words;

pub use bodies::Flaw;
use theme::Theme;
pub(crate) use words::name;

/// The inputs of one history, in the order of their times.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it is about.
    pub theme: Theme,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// When the last of them is over and the world is left to itself.
    pub ends_at: Ms,
    /// Places of inputs that do not happen after all: a story is shortened without its other inputs changing theirs.
    pub left_out: Vec<usize>,
}

impl Story {
    /// Returns the inputs that happen, each with its place.
    pub fn happening(&self) -> impl Iterator<Item = (usize, &Input)> {
        self.inputs.iter().enumerate().filter(|(place, _)| !self.left_out.contains(place))
    }
}

/// Something from outside.
#[derive(Clone, Debug)]
pub struct Input {
    /// When.
    pub at: Ms,
    /// What.
    pub what: What,
}

/// What comes from outside.
#[derive(Clone, Debug)]
pub enum What {
    /// A platform calls the webhook, and again until it is answered 200.
    Post(Post),
    /// A person of the brand clicks on a page about whoever waits with `object`; nothing if nobody does by then, or
    /// if [`domain::action::refusal`] has anything against it.
    Act {
        /// An object of the turn.
        object: String,
        /// Who clicks.
        person: PersonId,
        /// What they do.
        act: Act,
    },
    /// A configuration is pushed: one of [`configs`](configs::configs).
    Push {
        /// Which.
        config: usize,
        /// Whether who waits runs on it too.
        apply_to_open: bool,
    },
    /// New code begins to take over, whose items and messages bear a newer form.
    Deploy,
}

/// One body that a platform sends.
#[derive(Clone, Debug)]
pub struct Post {
    /// Whose protocol it follows.
    pub platform: Platform,
    /// The body; the world signs it.
    pub body: String,
    /// Which brand it is about: a place in [`BRANDS`](people::BRANDS).
    pub brand: usize,
    /// What it tells, in its order: all of it has to be stored once this is answered 200.
    pub tells: Vec<Told>,
    /// What it holds besides; then the body has to be kept raw too.
    pub flaw: Option<Flaw>,
    /// The same was sent before, on purpose.
    pub is_again: bool,
}

/// One thing that a body tells.
#[derive(Clone, Debug)]
pub struct Told {
    /// The platform's name of the object, as [`domain::event::Event::object`] will have it.
    pub object: String,
    /// What happened to it.
    pub verb: Verb,
    /// As a person would tell it, such as `paul removes c2`.
    pub words: String,
}
