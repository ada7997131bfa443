//! What people of the brand did about a turn.

use jiff::Timestamp;

use super::{End, Fold, Pause, Rest, Turn, answer, is_worthy};
use crate::action::{Act, Action, LONGEST_PAUSE, MOST_ACKS};
use crate::calendar::Stretch;
use crate::triage::Answer;

impl<'a> Fold<'a> {
    /// Applies what a person did to the turn they saw, if it is still open.
    pub(super) fn acted(&mut self, action: &'a Action, at: Timestamp) {
        let named = |turn: &Turn| turn.is_open() && turn.is_named(&action.turn);
        // What was done about later objects, while this one was held for no matter, was not done about it.
        let is_held = |turn: &Turn| turn.not_before.is_none_or(|until| until <= at);
        let called = |turn: &Turn| turn.is_open() && is_held(turn) && turn.is_called(&action.turn);
        let turns = &self.turns;
        let Some(place) = turns.iter().position(named).or_else(|| turns.iter().position(called)) else {
            return;
        };
        let turn = &mut self.turns[place];
        let person = action.person.clone();
        match &action.act {
            Act::Ack if turn.acks_of(&person) >= MOST_ACKS => {}
            Act::Ack => turn.rests.push(Rest { person, from: at, until: None, woken_at: None, is_ack: true }),
            Act::Snooze { until } => {
                let until = Some(*until);
                turn.rests.push(Rest { person, from: at, until, woken_at: None, is_ack: false });
            }
            Act::Pause { reason, until } => {
                let latest = at + LONGEST_PAUSE;
                let to = until.map_or(latest, |until| until.clamp(at, latest));
                let time = Stretch { from: at, to };
                turn.pauses.push(Pause { person, time, reason: reason.clone() });
            }
            Act::Resume => {
                resume_clock(turn, at);
                wake(turn, at);
            }
            Act::Dismiss { reason } => {
                turn.end = Some(End::Dismissed { at, person, reason: reason.clone() });
            }
            Act::Pass { to } => {
                turn.passed_to = Some((to.clone(), at));
                // Whoever had it has it no more.
                wake(turn, at);
            }
            Act::Answered { at: Some(_), link } => {
                turn.end = Some(End::Answered {
                    at,
                    received_at: action.at,
                    object: None,
                    permalink: link.clone(),
                    says: Answer::Plain,
                });
            }
            Act::Answered { at: None, link } => {
                let reason = link.clone().unwrap_or_else(|| "answered".to_owned());
                turn.end = Some(End::Excluded { at, person, reason });
            }
            Act::Resolve { reason } => {
                turn.end = Some(End::Excluded { at, person, reason: reason.clone() });
            }
            Act::Reply { object } => match self.objects.get(object.as_str()) {
                Some(object) => {
                    let received_at = action.at.min(object.received_at);
                    let promise = answer(turn, object, at, received_at);
                    self.turns.extend(promise);
                }
                None => {
                    turn.end = Some(End::Answered {
                        at,
                        received_at: action.at,
                        object: Some(object.clone()),
                        permalink: None,
                        says: Answer::Plain,
                    });
                }
            },
            Act::Class { class } if !is_worthy(*class) => match undone_at(self.actions, turn, action) {
                Some(undone_at) => turn.not_before = turn.not_before.max(Some(undone_at)),
                None => {
                    let reason = class.name().to_owned();
                    turn.end = Some(End::Dismissed { at, person, reason });
                    turn.taken_for = Some(*class);
                }
            },
            Act::Class { class } if *class == turn.class => {}
            Act::Class { class } => {
                let before = std::mem::replace(&mut turn.class, *class);
                turn.classes_before.push((before, at));
                if *class < before {
                    wake(turn, at);
                }
            }
        }
    }
}

/// Returns when somebody said that `turn` is a matter to answer after all, which `action` had denied.
///
/// Then it waits from where it began, as if nobody had denied it; only nobody is told of the time between.
fn undone_at(actions: &[Action], turn: &Turn, action: &Action) -> Option<Timestamp> {
    let is_later = |other: &&Action| (other.at, &other.nonce) > (action.at, &action.nonce);
    let says_so = |other: &&Action| matches!(other.act, Act::Class { class } if is_worthy(class));
    let later = actions.iter().filter(is_later).filter(says_so);
    later.filter(|other| turn.is_called(&other.turn)).map(|other| other.at).min()
}

/// Lets the clock run again from `at`, if it stands.
pub(super) fn resume_clock(turn: &mut Turn, at: Timestamp) {
    for pause in &mut turn.pauses {
        pause.time.to = pause.time.to.min(at.max(pause.time.from));
    }
}

/// Lets the ladder go on from `at`, if it stands.
pub(super) fn wake(turn: &mut Turn, at: Timestamp) {
    for rest in &mut turn.rests {
        rest.woken_at = rest.woken_at.or(Some(at.max(rest.from)));
    }
}
