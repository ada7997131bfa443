//! Shortens a history in which something is wrong until nothing can be left out of it.
//!
//! A history is made of inputs and of choices other than 0; each may go. What stays as it was is the plan of trouble
//! and the story that bounds are read from, so that the shorter history is held to the same bounds as the first.

use std::fmt;
use std::rc::Rc;

use crate::choice::{Chosen, What};
use crate::history::{History, Script};
use crate::story::Story;

/// After so many tries a history stays as long as it is then: each of a storm takes a while, and there are thousands of
/// choices in it.
const TRIES: u32 = 2000;

/// A history of which nothing can be left out, or nothing was found in time.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// How to run it.
    pub script: Script,
    /// How many inputs are left.
    pub inputs: usize,
    /// How many choices other than 0 are left.
    pub choices: usize,
    /// How many histories it took.
    pub tried: u32,
}

/// A history cannot be shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unshrunk {
    /// Nothing is wrong in it.
    Right,
    /// Run from its notes it is another: a choice was made that no note tells, or two under one name.
    NotReplayed,
}

impl fmt::Display for Unshrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unshrunk::Right => "nothing is wrong in it",
            Unshrunk::NotReplayed => "run from its notes it is another history",
        })
    }
}

impl std::error::Error for Unshrunk {}

/// Returns the shortest history that `script` can be cut down to so that the invariant which failed first in it still
/// fails.
///
/// # Errors
///
/// If nothing is wrong with the history, or if it cannot be run from its notes.
pub fn shrink(script: &Script) -> Result<Shrunk, Unshrunk> {
    let first = script.live(false).seen.violations.into_iter().next().ok_or(Unshrunk::Right)?;
    let is_it = |history: &History| {
        history.seen.violations.iter().any(|violation| violation.invariant == first.invariant)
    };
    shrink_while(script, &is_it)
}

/// Returns the shortest history that `script` can be cut down to so that `is_it` still holds.
///
/// # Errors
///
/// If it does not hold in the beginning, or if the history cannot be run from its notes.
pub fn shrink_while(script: &Script, is_it: &dyn Fn(&History) -> bool) -> Result<Shrunk, Unshrunk> {
    let drawn = script.live(true);
    if !is_it(&drawn) {
        return Err(Unshrunk::Right);
    }
    let inputs = script.story.happening().map(|(place, _)| place).collect();
    let mut cut = Cut { script, is_it, inputs, chosen: drawn.chosen, tried: 0 };
    let replayed = cut.script().live(true);
    if replayed.seen != drawn.seen || replayed.chosen != cut.chosen {
        return Err(Unshrunk::NotReplayed);
    }
    loop {
        let before = (cut.inputs.len(), cut.chosen.clone());
        cut.sorts_of_choices();
        cut.inputs();
        cut.choices();
        cut.amounts();
        if before == (cut.inputs.len(), cut.chosen.clone()) {
            let (inputs, choices) = (cut.inputs.len(), cut.chosen.len());
            return Ok(Shrunk { script: cut.script(), inputs, choices, tried: cut.tried });
        }
    }
}

/// A history while it is shortened.
struct Cut<'s> {
    script: &'s Script,
    is_it: &'s dyn Fn(&History) -> bool,
    /// Places of the inputs that are left.
    inputs: Vec<usize>,
    chosen: Vec<Chosen>,
    tried: u32,
}

impl Cut<'_> {
    fn script(&self) -> Script {
        self.with(&self.inputs, &self.chosen)
    }

    fn with(&self, inputs: &[usize], chosen: &[Chosen]) -> Script {
        let all = 0..self.script.story.inputs.len();
        let left_out = all.filter(|place| !inputs.contains(place)).collect();
        let story = Rc::new(Story { left_out, ..(*self.script.story).clone() });
        Script { story, chosen: Some(chosen.to_vec()), ..self.script.clone() }
    }

    /// Goes on with these inputs and choices if it is still there; returns whether it is.
    fn is_enough(&mut self, inputs: &[usize], chosen: &[Chosen]) -> bool {
        if self.tried >= TRIES {
            return false;
        }
        self.tried += 1;
        let history = self.with(inputs, chosen).live(true);
        let is_it = (self.is_it)(&history);
        if is_it {
            self.inputs = inputs.to_vec();
            // Choices that nothing asked for are gone with the rest.
            self.chosen = history.chosen;
        }
        is_it
    }

    /// Leaves out whole sorts of choices: most of them are small delays that do not matter.
    fn sorts_of_choices(&mut self) {
        let mut sorts: Vec<What> = self.chosen.iter().map(|chosen| chosen.place.what).collect();
        sorts.sort_unstable();
        sorts.dedup();
        for sort in sorts {
            let others = |chosen: &&Chosen| chosen.place.what != sort;
            let chosen: Vec<Chosen> = self.chosen.iter().filter(others).copied().collect();
            if chosen.len() < self.chosen.len() {
                self.is_enough(&self.inputs.clone(), &chosen);
            }
        }
    }

    fn inputs(&mut self) {
        let is_enough = |cut: &mut Self, rest: &[usize]| cut.is_enough(rest, &cut.chosen.clone());
        thin(self, |cut| cut.inputs.clone(), is_enough);
    }

    fn choices(&mut self) {
        let is_enough = |cut: &mut Self, rest: &[Chosen]| cut.is_enough(&cut.inputs.clone(), rest);
        thin(self, |cut| cut.chosen.clone(), is_enough);
    }

    /// Halves what is chosen for as long as that is enough.
    fn amounts(&mut self) {
        let mut place = 0;
        while let Some(chosen) = self.chosen.get(place) {
            let mut all = self.chosen.clone();
            let is_less = chosen.halved().is_some_and(|less| {
                all[place] = less;
                self.is_enough(&self.inputs.clone(), &all)
            });
            place += usize::from(!is_less);
        }
    }
}

/// Leaves out runs of `items`, long ones first and single ones last, until none of them can go.
fn thin<C, T: Clone>(cut: &mut C, items: impl Fn(&C) -> Vec<T>, is_enough: impl Fn(&mut C, &[T]) -> bool) {
    let mut length = items(cut).len();
    while length > 0 {
        let (mut from, mut is_shorter) = (0, false);
        loop {
            let all = items(cut);
            if from >= all.len() {
                break;
            }
            let to = all.len().min(from + length);
            if is_enough(cut, &[&all[..from], &all[to..]].concat()) {
                is_shorter = true;
            } else {
                from = to;
            }
        }
        // What could not go by itself may go now that others have.
        if length > 1 || !is_shorter {
            length /= 2;
        }
    }
}
