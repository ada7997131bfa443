//! One history: drawn from a seed, lived through, looked at.

use std::rc::Rc;

use fastrand::Rng;

use crate::choice::{Choices, Chosen};
use crate::engine::Engine;
use crate::fault::{Faults, Trouble};
use crate::mutant::Mutant;
use crate::story::Story;
use crate::tally::Tally;
use crate::verify::{Seen, verify};
use crate::world::World;
use crate::world::trace::Trace;

/// What a history is made of.
#[derive(Clone, Debug)]
pub struct Script {
    /// What comes from outside.
    pub story: Rc<Story>,
    /// What chance decides; drawn where absent.
    pub chosen: Option<Vec<Chosen>>,
    /// The plan of trouble.
    pub faults: Faults,
    /// Where chance is drawn from.
    pub chance: Rng,
    /// What is done wrong, on purpose.
    pub mutant: Option<Mutant>,
}

/// A history that is over.
#[derive(Debug)]
pub struct History {
    /// What was seen in it.
    pub seen: Seen,
    /// How much went wrong.
    pub trouble: Trouble,
    /// What happened how often.
    pub tally: Tally,
    /// Sweeps that had something to do, and those that were left out.
    pub sweeps: (u32, u32),
    /// The choices that were made, if they were noted.
    pub chosen: Vec<Chosen>,
}

impl Script {
    /// Draws the history of a seed.
    #[must_use]
    pub fn draw(seed: u64) -> Script {
        let mut rng = Rng::with_seed(seed);
        let story = Rc::new(Story::draw(&mut rng));
        let faults = Faults::draw(&mut rng, story.theme, story.ends_at);
        Script { story, chosen: None, faults, chance: rng, mutant: None }
    }

    /// Lives through the history; `noted` keeps the choices that chance makes.
    #[must_use]
    pub fn live(&self, noted: bool) -> History {
        let mut world = self.run(noted, None);
        let seen = verify(&mut world);
        History {
            seen,
            trouble: self.faults.trouble,
            tally: world.tally,
            sweeps: (world.log.sweeps, world.log.skipped),
            chosen: world.choices.into_notes(),
        }
    }

    /// Lets everything happen, and returns the world as it is then; `trace` takes what is told of it.
    pub(crate) fn run(&self, noted: bool, trace: Option<Trace>) -> World {
        let choices = match &self.chosen {
            Some(chosen) => Choices::given(chosen),
            None => Choices::drawn(self.chance.clone(), noted),
        };
        let mut world = World::new(Rc::clone(&self.story), choices, self.faults.clone());
        world.trace = trace;
        Engine::new(world, self.mutant).run()
    }
}
