//! What brings about what a history is about.

use domain::action::Act;
use domain::id::PersonId;

use super::Drawing;
use super::talk::{Question, Talk};
use crate::story::chance::{between, happens, one, soon};
use crate::story::deed::{By, Deed, Does, Place};
use crate::story::people::BRANDS;
use crate::story::theme::Theme;
use crate::story::{Input, What, configs, texts};
use crate::time::{HOUR, MINUTE, Ms, SECOND};

/// The first step of the ladder of a question, under the first configuration.
const FIRST_STEP: Ms = 20 * MINUTE;
/// What is told this late is waited with.
const CAUGHT_UP: Ms = HOUR;
/// For so long.
const SETTLING: Ms = 2 * MINUTE;
/// What is put off is looked at again after this time.
const HELD: Ms = 5 * MINUTE;
/// The version in which somebody new answers for the first brand, and when they are not there.
const NEWCOMER: usize = 4;
const BREAK: (Ms, Ms) = (100 * MINUTE, 120 * MINUTE);
/// So long it takes until new code runs everywhere.
const TAKES_OVER: Ms = 40 * SECOND;

impl Drawing<'_> {
    /// Lets the history begin with what it is about; returns whether it did.
    pub(super) fn begin(&mut self) -> bool {
        match self.theme {
            Theme::Plain | Theme::Flawed => return false,
            Theme::Removed => self.removed(),
            Theme::TakenBack => self.taken_back(),
            Theme::CaughtUp | Theme::PutOff => self.caught_up(),
            Theme::Pushed => self.pushed_meanwhile(),
            Theme::Gone => self.gone(),
            Theme::Deployed => self.deployed_meanwhile(),
            Theme::InPrivate => self.in_private(),
            Theme::InFlight => self.in_flight(),
            Theme::Unreached => self.unreached(),
        }
        true
    }

    fn somebody(&mut self, places: &[Place]) -> Talk {
        Talk { brand: self.brand(), place: one(self.rng, places), who: Some(self.customer()) }
    }

    /// Returns a moment at which a short history begins.
    fn sometime(&mut self) -> Ms {
        between(self.rng, 3 * HOUR, 320 * MINUTE)
    }

    /// The brand answers at `at`.
    fn answered(&mut self, asked: &mut Question, at: Ms) {
        asked.answered_at = Some(at);
        self.answer(asked, Vec::new(), at);
    }

    /// What a brand says on X is removed, to everybody or as an answer.
    fn removed(&mut self) {
        let at = self.sometime();
        // Sometimes the removal comes before what it removes.
        let held_up = if happens(self.rng, 20) { between(self.rng, SECOND, 3 * MINUTE) } else { 0 };
        let talk = self.somebody(&[Place::Post]);
        let removed_at = at + soon(self.rng);
        let is_to_all = happens(self.rng, 45);
        if is_to_all {
            let (object, text) = (self.object(Place::Post), one(self.rng, &texts::STATEMENTS));
            let does = Does::Say { to: Vec::new(), text };
            let deed = Deed { brand: talk.brand, object, by: By::Brand, with: None, under: None, does, at };
            let said = self.tell_late(deed, held_up);
            self.tell_late(Deed { does: Does::Remove, at: removed_at, ..said }, 0);
            return;
        }
        let asked_at = at - between(self.rng, SECOND, FIRST_STEP);
        let asked = self.asks_late(talk, asked_at, 0);
        let (object, text) = (self.object(Place::Post), one(self.rng, &texts::ANSWERS));
        let (does, under) = (Does::Say { to: Vec::new(), text }, Some(asked.deed.object));
        let answer = Deed { by: By::Brand, object, under, does, at, ..asked.deed.clone() };
        let answer = self.tell_late(answer, held_up);
        self.tell_late(Deed { does: Does::Remove, at: removed_at, ..answer }, 0);
        let again = removed_at + soon(self.rng);
        self.answers(&asked, By::Brand, Vec::new(), text, again);
    }

    /// What is asked in public is answered in private; sometimes the platform tells of the answer first.
    fn in_private(&mut self) {
        let talk = self.somebody(&[Place::Comment, Place::Comment, Place::Comment, Place::Post]);
        let at = self.sometime();
        let held_up = if happens(self.rng, 35) { between(self.rng, SECOND, 3 * MINUTE) } else { 0 };
        let mut asked = self.asks_late(talk, at, held_up);
        let at = at + soon(self.rng);
        self.answered(&mut asked, at);
    }

    /// Somebody asks, nobody answers for long, and sometimes somebody else asks who runs on the same ladder.
    fn unreached(&mut self) {
        let at = self.sometime();
        for _ in 0..self.rng.usize(1..=3) {
            let talk = self.somebody(&[Place::Comment, Place::Messenger, Place::Post]);
            let at = at + between(self.rng, 0, 10 * MINUTE);
            let mut asked = self.asks_late(talk, at, 0);
            if happens(self.rng, 60) {
                let at = at + between(self.rng, 0, 150 * MINUTE);
                self.answered(&mut asked, at);
            }
        }
    }

    /// A customer removes what they said, mostly before anybody is told of it.
    fn taken_back(&mut self) {
        let talk = self.somebody(&[Place::Comment, Place::Messenger, Place::Post]);
        let at = self.sometime();
        for _ in 0..if happens(self.rng, 25) { 2 } else { 1 } {
            let at = at + soon(self.rng);
            let said = self.asks_late(talk, at, 0);
            let at = at + soon(self.rng);
            self.tell_late(Deed { does: Does::Remove, at, ..said.deed }, 0);
        }
    }

    fn asks_late(&mut self, talk: Talk, at: Ms, held_up: Ms) -> Question {
        let object = self.object(talk.place);
        let does = Does::Say { to: Vec::new(), text: one(self.rng, &texts::QUESTIONS) };
        let by = By::Customer;
        let deed = Deed { brand: talk.brand, object, by, with: talk.who, under: None, does, at };
        let deed = self.tell_late(deed, held_up);
        let moments = self.moments(talk.brand, deed.at);
        Question { talk, deed, heard_at: at + held_up, moments, latest: object, answered_at: None }
    }

    fn caught_up(&mut self) {
        let talk = self.somebody(&Place::ALL);
        let heard_at = self.sometime();
        let held_up = CAUGHT_UP + between(self.rng, 0, 27 * MINUTE);
        let mut asked = self.asks_late(talk, heard_at - held_up, held_up);
        let settled_at = heard_at + SETTLING;
        // The stream and the checks take their time, too.
        let just_then = |rng: &mut fastrand::Rng, at: Ms| at + rng.i64(0..500);
        if self.theme == Theme::CaughtUp {
            let at = if happens(self.rng, 35) {
                between(self.rng, heard_at + SECOND, settled_at)
            } else {
                just_then(self.rng, settled_at)
            };
            return self.answered(&mut asked, at);
        }
        let at = between(self.rng, heard_at + 2 * SECOND, settled_at);
        let (object, person) = (asked.deed.object.id(), PersonId::from(BRANDS[talk.brand].answers[0]));
        self.inputs.push(Input { at, what: What::Act { object, person, act: Act::Ack } });
        let at = if happens(self.rng, 55) {
            just_then(self.rng, settled_at + HELD)
        } else {
            between(self.rng, settled_at + SECOND, settled_at + HELD)
        };
        self.answered(&mut asked, at);
    }

    fn pushed_meanwhile(&mut self) {
        // At any time: some versions close a brand for hours.
        let at = between(self.rng, 10 * MINUTE, 320 * MINUTE);
        let config = self.rng.usize(1..configs::configs().len());
        let apply_to_open = happens(self.rng, 50);
        self.pushed(at, config, apply_to_open);
        let talk = self.somebody(&Place::ALL);
        if happens(self.rng, 10) {
            // Everybody was told long before, and nobody answers: only the sweep brings the push to who waits.
            let asked_at = at - between(self.rng, 2 * HOUR, 3 * HOUR);
            self.asks(talk, None, &texts::QUESTIONS, asked_at);
            return;
        }
        let asked_at = at - between(self.rng, SECOND, FIRST_STEP);
        let mut asked = self.asks(talk, None, &texts::QUESTIONS, asked_at);
        if happens(self.rng, 30) {
            let at = at + soon(self.rng);
            self.says(talk, None, &texts::MORE, at);
        }
        let answered_at = asked_at + between(self.rng, FIRST_STEP, 2 * FIRST_STEP);
        self.answered(&mut asked, answered_at);
    }

    fn gone(&mut self) {
        let (from, to) = BREAK;
        let mut asked = Vec::new();
        for _ in 0..if happens(self.rng, 60) { 2 } else { 1 } {
            let talk = Talk { brand: 0, ..self.somebody(&Place::ALL) };
            let step_at = between(self.rng, from + MINUTE, to - 10 * MINUTE);
            asked.push(self.asks_late(talk, step_at - FIRST_STEP, 0));
        }
        let at = between(self.rng, from - 9 * MINUTE, from - MINUTE);
        self.pushed(at, NEWCOMER, false);
        let at = between(self.rng, to - 9 * MINUTE, to - SECOND);
        self.pushed(at, 0, false);
        for mut asked in asked {
            let at = to + between(self.rng, 5 * SECOND, 8 * MINUTE);
            self.answered(&mut asked, at);
        }
    }

    fn deployed_meanwhile(&mut self) {
        let at = self.sometime();
        self.deployed(at);
        let talk = self.somebody(&Place::ALL);
        let while_it_takes_over = |rng: &mut fastrand::Rng| at + rng.i64(0..TAKES_OVER);
        let asked_at = while_it_takes_over(self.rng) - FIRST_STEP;
        let mut asked = self.asks(talk, None, &texts::QUESTIONS, asked_at);
        if happens(self.rng, 50) {
            let at = while_it_takes_over(self.rng);
            self.says(talk, None, &texts::MORE, at);
        }
        let answered_at = if happens(self.rng, 40) {
            while_it_takes_over(self.rng)
        } else {
            at + between(self.rng, MINUTE, 18 * MINUTE)
        };
        self.answered(&mut asked, answered_at);
    }

    fn in_flight(&mut self) {
        let talk = self.somebody(&[Place::Comment, Place::Comment, Place::Post, Place::Messenger]);
        let asked_at = self.sometime();
        let mut asked = self.asks(talk, None, &texts::QUESTIONS, asked_at);
        let at = asked.deed.at + FIRST_STEP + self.rng.i64(500..1900);
        self.answered(&mut asked, at);
    }
}
