//! The same facts once more: in another order, later, or twice.

use domain::action::Action;
use domain::fact::{Notice, Said};
use domain::history::{Case, State, Turn};
use domain::id::{ConversationId, TurnId};
use domain::outcome::{Outcome, outcome};
use domain::run::run;
use jiff::Timestamp;

use super::{Run, World, live};
use crate::script::{Script, Wrong};

/// Something that came from outside.
#[derive(Clone)]
pub(crate) struct Logged {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) fact: Fact,
}

/// What came from outside.
#[derive(Clone)]
pub(crate) enum Fact {
    /// What a platform told.
    Said(Box<Said>),
    /// What somebody of the brand did about a turn of that conversation.
    Done(ConversationId, Box<Action>),
}

/// How everything stands at the end.
pub(crate) struct Ended {
    /// Every turn, as it came out.
    pub(crate) turns: Vec<(Turn, Outcome)>,
    /// Every case.
    pub(crate) cases: Vec<(TurnId, State)>,
    /// Every mail that left, and when.
    pub(crate) sent: Vec<(Timestamp, Vec<Notice>)>,
}

/// Lives through a story as it is written; returns what came from outside, and how it ended.
pub(crate) fn in_order(script: &Script) -> Result<(Vec<Logged>, Ended), Wrong> {
    let world = live(script, Run::Once)?;
    Ok((world.log.clone(), world.ended()))
}

/// Lives through the facts of a story, each kept and looked at when it says; until the end of the story, and then
/// through all of them once more.
///
/// # Panics
///
/// If the second time changes anything, or tells anybody.
pub(crate) fn replayed(script: &Script, mut log: Vec<Logged>) -> Result<Ended, Wrong> {
    let mut world = World::new(script, Run::Once)?;
    // Stable: what comes at the same time comes in the order of the log.
    log.sort_by_key(|logged| logged.at);
    for together in log.chunk_by(|one, next| one.at == next.at) {
        world.pass_time_until(together[0].at);
        for logged in together {
            world.put_again(&logged.fact);
        }
        world.moments();
    }
    world.pass_time_until(script.end);
    world.moments();
    let (told, waiting) = (world.sent.len(), world.mails.len());
    log.reverse();
    for logged in &log {
        world.put_again(&logged.fact);
    }
    world.moments();
    assert_eq!((world.sent.len(), world.mails.len()), (told, waiting), "the second time tells somebody");
    Ok(world.ended())
}

impl World<'_> {
    fn put_again(&mut self, fact: &Fact) {
        match fact {
            Fact::Said(said) => _ = self.put(said),
            Fact::Done(conversation, action) => {
                // What it is about may come later: until then there is no such turn.
                self.table
                    .conversations
                    .entry(conversation.clone())
                    .or_default()
                    .put_action((**action).clone());
                self.check(conversation, None);
            }
        }
    }

    fn ended(&self) -> Ended {
        let (mut turns, mut cases) = (Vec::new(), Vec::new());
        for (brand, history) in self.histories() {
            let states = Case::of(&history.turns, self.now).into_iter();
            cases.extend(states.map(|case| (case.id.clone(), case.state)));
            turns.extend(history.turns.into_iter().map(|turn| {
                let run = run(&turn, &brand, &self.configs, self.now);
                let run = run.expect("the story's brand is in every configuration");
                let outcome = outcome(&turn, &run, self.now);
                (turn, outcome)
            }));
        }
        Ended { turns, cases, sent: self.sent.clone() }
    }
}
