//! How somebody talks to a brand: a question and what becomes of it, until nobody says anything any more.

use super::{Drawing, MOST_SAID};
use crate::story::chance::{between, happens, near, one, soon};
use crate::story::deed::{By, Deed, Does, Object, Place};
use crate::story::people::Customer;
use crate::story::texts;
use crate::time::{HOUR, MINUTE, Ms, SECOND};

/// A question that was asked.
pub(super) struct Question {
    /// Who asked what of whom, as it was told first.
    pub(super) deed: Deed,
    /// When it was told, if nothing held that up.
    pub(super) heard_at: Ms,
    /// What may happen at the same time as anything about it, earliest first.
    pub(super) moments: Vec<Ms>,
    /// By what name the platform speaks of it now.
    latest: Object,
}

impl Question {
    fn who(&self) -> Customer {
        self.deed.with.expect("a customer asked")
    }

    pub(super) fn place(&self) -> Place {
        self.deed.object.place
    }

    /// Returns the comment that the thread hangs on.
    fn top(&self) -> Object {
        self.deed.under.unwrap_or(self.deed.object)
    }
}

impl Drawing<'_> {
    /// Somebody asks a brand, is answered or not, and perhaps asks again.
    pub(super) fn talk(&mut self) {
        let place = match self.rng.u32(0..100) {
            0..38 => Place::Comment,
            38..60 => Place::Messenger,
            60..85 => Place::Post,
            _ => Place::Direct,
        };
        let (brand, who) = (self.brand(), self.customer());
        let at = self.beginning(brand);
        let mut asked = self.question(brand, place, who, at);
        while let Some((answer, at)) = self.wait(&mut asked) {
            if !happens(self.rng, 18) || self.told.len() > MOST_SAID {
                break;
            }
            let under = match place {
                Place::Comment => Some(asked.top()),
                Place::Post => Some(answer),
                Place::Messenger | Place::Direct => None,
            };
            let at = at + between(self.rng, SECOND, 40 * MINUTE);
            asked = self.asks(brand, place, who, under, &texts::MORE, at);
        }
    }

    /// Somebody asks, and has not been answered yet.
    pub(super) fn question(&mut self, brand: usize, place: Place, who: Customer, at: Ms) -> Question {
        self.asks(brand, place, who, None, &texts::QUESTIONS, at)
    }

    fn asks(
        &mut self,
        brand: usize,
        place: Place,
        who: Customer,
        under: Option<Object>,
        texts: &[&'static str],
        at: Ms,
    ) -> Question {
        let object = self.object(place);
        let does = Does::Say { to: Vec::new(), text: one(self.rng, texts) };
        let deed = Deed { brand, object, by: By::Customer, with: Some(who), under, does, at };
        let done = self.tell(deed.clone(), at);
        let moments = self.moments(brand, done);
        Question { deed: Deed { at: done, ..deed }, heard_at: at, moments, latest: object }
    }

    /// Lets happen what happens while somebody waits; returns the answer and when it was told, if there is one.
    fn wait(&mut self, asked: &mut Question) -> Option<(Object, Ms)> {
        if asked.place() == Place::Messenger && happens(self.rng, 10) {
            let at = asked.heard_at + between(self.rng, SECOND, 3 * SECOND);
            self.answers(asked, By::Machine, Vec::new(), texts::RECEIPT, at);
        }
        if happens(self.rng, 26) {
            self.acts(asked);
        }
        self.changes(asked);
        if happens(self.rng, 14) {
            let at = self.meanwhile(asked);
            let under = Some(asked.top()).filter(|_| asked.place() == Place::Comment);
            self.asks(asked.deed.brand, asked.place(), asked.who(), under, &texts::MORE, at);
        }
        let others = self.others(asked);
        let at = self.answered_at(asked)?;
        let answer = self.answer(asked, others, at);
        Some((answer, at))
    }

    /// Returns when a question is answered, if it is: most are before the second step, many just when something
    /// else happens.
    fn answered_at(&mut self, asked: &Question) -> Option<Ms> {
        match self.rng.u32(0..100) {
            0..50 => Some(asked.heard_at + between(self.rng, SECOND, 45 * MINUTE)),
            50..76 => {
                let moment = one(self.rng, &asked.moments);
                Some(near(self.rng, moment))
            }
            76..84 => Some(asked.heard_at + between(self.rng, 45 * MINUTE, 3 * HOUR)),
            _ => None,
        }
    }

    /// Returns a moment at which something happens to who waits.
    pub(super) fn meanwhile(&mut self, asked: &Question) -> Ms {
        match self.rng.u32(0..100) {
            0..45 => {
                let moment = one(self.rng, &asked.moments);
                near(self.rng, moment)
            }
            45..75 => asked.heard_at + soon(self.rng),
            _ => asked.heard_at + between(self.rng, 0, 2 * HOUR),
        }
    }

    /// The question is written anew, hidden or deleted, each now and then.
    fn changes(&mut self, asked: &mut Question) {
        let place = asked.place();
        if place != Place::Direct && happens(self.rng, 8) {
            let new = self.object(place);
            let does = Does::Edit { new, text: one(self.rng, &texts::EDITED) };
            let at = self.meanwhile(asked);
            self.tell(Deed { does, ..asked.deed.clone() }, at);
            if place == Place::Post {
                asked.latest = new;
            }
        }
        if place == Place::Comment && happens(self.rng, 5) {
            let at = self.meanwhile(asked);
            self.tell(Deed { does: Does::Hide, ..asked.deed.clone() }, at);
            if happens(self.rng, 60) {
                let at = at + soon(self.rng);
                self.tell(Deed { does: Does::Show, ..asked.deed.clone() }, at);
            }
        }
        if place != Place::Direct && happens(self.rng, 8) {
            let at = self.meanwhile(asked);
            self.tell(Deed { does: Does::Remove, object: asked.latest, ..asked.deed.clone() }, at);
        }
    }

    /// Other customers join in, in the same thread or for themselves: returns them, for an answer to all.
    fn others(&mut self, asked: &Question) -> Vec<Customer> {
        let place = asked.place();
        if !matches!(place, Place::Comment | Place::Post) || !happens(self.rng, 10) {
            return Vec::new();
        }
        let mut others: Vec<Customer> = Vec::new();
        for _ in 0..self.rng.usize(1..=2) {
            let who = self.customer();
            if who == asked.who() || others.contains(&who) {
                continue;
            }
            let at = self.meanwhile(asked);
            let (under, texts) = match place {
                Place::Comment => (Some(asked.top()), &texts::JOINED[..]),
                Place::Post | Place::Messenger | Place::Direct => (None, &texts::QUESTIONS[..]),
            };
            self.asks(asked.deed.brand, place, who, under, texts, at);
            others.push(who);
        }
        others
    }

    /// The brand answers at `at`, and what becomes of that.
    fn answer(&mut self, asked: &Question, mut others: Vec<Customer>, at: Ms) -> Object {
        if happens(self.rng, 30) {
            others.clear();
        }
        let (texts, is_promise): (&[&'static str], bool) = match self.rng.u32(0..100) {
            0..78 => (&texts::ANSWERS, false),
            78..92 => (&texts::PROMISES, true),
            _ => (&texts::REQUESTS, false),
        };
        let text = one(self.rng, texts);
        let answer = self.answers(asked, By::Brand, others, text, at);
        let at_once = at + soon(self.rng);
        if is_promise && happens(self.rng, 60) {
            let at = at + between(self.rng, MINUTE, 3 * HOUR);
            self.answers_again(asked, at);
        }
        let is_changeable = answer.object.place != Place::Direct;
        if is_changeable && happens(self.rng, 4) {
            let new = self.object(answer.object.place);
            let does = Does::Edit { new, text: one(self.rng, &texts::ANSWERS) };
            self.tell(Deed { does, ..answer.clone() }, at_once);
        }
        if is_changeable && happens(self.rng, 9) {
            let at = if happens(self.rng, 60) { at_once } else { self.meanwhile(asked).max(at) };
            self.tell(Deed { does: Does::Remove, ..answer.clone() }, at);
            if happens(self.rng, 50) {
                let at = at + between(self.rng, SECOND, 40 * MINUTE);
                self.answers_again(asked, at);
            }
        }
        if happens(self.rng, 10) {
            let under = match asked.place() {
                Place::Comment => Some(asked.top()),
                Place::Post => Some(answer.object),
                Place::Messenger | Place::Direct => None,
            };
            let at = at + soon(self.rng);
            self.asks(asked.deed.brand, asked.place(), asked.who(), under, &texts::THANKS, at);
        }
        answer.object
    }

    fn answers_again(&mut self, asked: &Question, at: Ms) {
        let text = one(self.rng, &texts::ANSWERS);
        self.answers(asked, By::Brand, Vec::new(), text, at);
    }

    /// The brand or its machine answers; a question that was asked in public on X sometimes in private.
    pub(super) fn answers(
        &mut self,
        asked: &Question,
        by: By,
        others: Vec<Customer>,
        text: &'static str,
        at: Ms,
    ) -> Deed {
        let is_moved = asked.place() == Place::Post && others.is_empty() && happens(self.rng, 8);
        let place = if is_moved { Place::Direct } else { asked.place() };
        let under = match place {
            Place::Comment => Some(asked.top()),
            Place::Post => Some(asked.latest),
            Place::Messenger | Place::Direct => None,
        };
        let object = self.object(place);
        let does = Does::Say { to: others, text };
        let deed = Deed { brand: asked.deed.brand, object, by, with: asked.deed.with, under, does, at };
        let done = self.tell(deed.clone(), at);
        Deed { at: done, ..deed }
    }
}
