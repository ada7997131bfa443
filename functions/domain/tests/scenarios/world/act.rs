//! What the brand's people do: asked whether they may, kept as a fact, and checked.

use domain::action::{Act, Action, refusal};
use domain::history::Turn;
use domain::id::{BrandId, ConversationId, PersonId, TurnId};
use domain::run::run;

use super::World;
use super::replay::{Fact, Logged};
use crate::script::{self, Wrong};

impl World<'_> {
    /// Does what somebody of the brand does; returns what to say of it if nothing changes.
    pub(super) fn act(&mut self, line: usize, action: &script::Action) -> Result<&'static str, Wrong> {
        let person = PersonId::from(action.person.as_str());
        let turns: Vec<(ConversationId, BrandId, Turn)> = self.turns();
        let is_meant = |turn: &Turn| match &action.object {
            Some(object) => turn.objects().any(|other| other == object),
            None => true,
        };
        let meant: Vec<_> = turns.into_iter().filter(|(_, _, turn)| is_meant(turn)).collect();
        let open: Vec<_> = meant.iter().filter(|(_, _, turn)| turn.is_open()).collect();
        let (conversation, brand, turn) = match (open.as_slice(), meant.as_slice(), &action.object) {
            ([one], _, _) => {
                let (conversation, brand, turn) = *one;
                (conversation.clone(), brand.clone(), Some(turn.clone()))
            }
            ([], [.., (conversation, brand, turn)], _) => {
                (conversation.clone(), brand.clone(), Some(turn.clone()))
            }
            ([], [], Some(object)) => {
                let Some((conversation, brand)) = self.holder_of(object) else {
                    return Err(Wrong::new(line, format!("{object} has not arrived")));
                };
                (conversation, brand, None)
            }
            ([], [], None) => return Err(Wrong::new(line, "nobody waits, or did")),
            ([..], _, _) => return Err(Wrong::new(line, "several wait: which one? Name what was asked")),
        };
        if let Some(turn) = &turn {
            let run = run(turn, &brand, &self.configs, self.now).expect("the brand is configured");
            if let Some(refusal) = refusal(&action.act, &person, turn, &run.brand, run.config, self.now) {
                self.tale.effects(vec![format!("refused: {refusal}")]);
                return Ok("nothing changes");
            }
        } else if !matches!(action.act, Act::Class { .. }) {
            self.tale.effects(vec!["refused: nobody waits there".to_owned()]);
            return Ok("nothing changes");
        }
        let named = turn.map(|turn| turn.id).or(action.object.as_deref().map(TurnId::of));
        let fact = Action {
            nonce: format!("page {line}"),
            brand,
            turn: named.expect("a turn, or the object that was named"),
            person,
            at: self.now,
            act: action.act.clone(),
        };
        let done = Fact::Done(conversation.clone(), Box::new(fact.clone()));
        self.log.push(Logged { at: self.now, fact: done });
        // Whoever clicks twice on one page did it once.
        for _ in 0..2 {
            let conversation = self.table.conversations.get_mut(&conversation);
            conversation.expect("it was read a moment ago").put_action(fact.clone());
        }
        self.check(&conversation, None);
        Ok("nothing changes")
    }

    /// Returns every turn and where it stands.
    fn turns(&self) -> Vec<(ConversationId, BrandId, Turn)> {
        let mut turns = Vec::new();
        for (id, conversation) in &self.table.conversations {
            let facts = conversation.facts();
            let Some(brand) = facts.said.first().map(|said| said.brand.clone()) else { continue };
            let history = self.history(&facts, None);
            turns.extend(history.turns.into_iter().map(|turn| (id.clone(), brand.clone(), turn)));
        }
        turns
    }

    /// Returns the conversation in which an object was said.
    fn holder_of(&self, object: &str) -> Option<(ConversationId, BrandId)> {
        self.table.conversations.iter().find_map(|(id, conversation)| {
            let facts = conversation.facts();
            let said = facts.said.iter().find(|said| said.event.object == object)?;
            Some((id.clone(), said.brand.clone()))
        })
    }
}
