//! How somebody talks to a brand: a question and what becomes of it, until nobody says anything any more.

use super::{Drawing, MOST_SAID};
use crate::story::chance::{between, happens, near, one, soon};
use crate::story::deed::{By, Deed, Does, Object, Place};
use crate::story::people::{CUSTOMERS, Customer};
use crate::story::texts;
use crate::time::{HOUR, MINUTE, Ms, SECOND};

/// Who talks to which brand, and where.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    pub(super) brand: usize,
    pub(super) place: Place,
    /// Nobody where the platform does not say.
    pub(super) who: Option<Customer>,
}

/// A question that was asked.
pub(super) struct Question {
    pub(super) talk: Talk,
    /// What was asked, as it was told first.
    pub(super) deed: Deed,
    /// When it was told, if nothing held that up.
    pub(super) heard_at: Ms,
    /// What may happen at the same time as anything about it, earliest first.
    pub(super) moments: Vec<Ms>,
    /// By what name the platform speaks of it now.
    pub(super) latest: Object,
    /// When it is answered, if it is.
    pub(super) answered_at: Option<Ms>,
}

impl Question {
    /// Returns what stands above whatever is written next, where `last` was written last.
    pub(super) fn above(&self, last: Object) -> Option<Object> {
        match self.talk.place {
            Place::Comment => Some(self.top()),
            Place::Post => Some(last),
            Place::Messenger | Place::Direct => None,
        }
    }

    /// Returns the comment that the thread hangs on.
    pub(super) fn top(&self) -> Object {
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
        // Facebook does not say who comments without having permitted it.
        let who = Some(who).filter(|_| place != Place::Comment || !happens(self.rng, 6));
        let talk = Talk { brand, place, who };
        let at = self.beginning(brand);
        let mut asked = self.asks(talk, None, &texts::QUESTIONS, at);
        loop {
            let Some((answer, answered_at)) = self.wait(&mut asked) else { return };
            if !happens(self.rng, 18) || self.told.len() > MOST_SAID {
                return;
            }
            let at = answered_at + between(self.rng, SECOND, 40 * MINUTE);
            asked = self.asks(talk, asked.above(answer), &texts::MORE, at);
        }
    }

    /// Many customers write within a second, and some are answered.
    pub(super) fn burst(&mut self) {
        let (brand, place) = (self.brand(), one(self.rng, &Place::ALL));
        let at = self.beginning(brand).max(0);
        let first = self.rng.usize(0..CUSTOMERS);
        for number in 0..self.rng.usize(6..=14) {
            let who = Some(Customer((first + number) % CUSTOMERS));
            let at = at + self.rng.i64(0..SECOND);
            let asked = self.asks(Talk { brand, place, who }, None, &texts::QUESTIONS, at);
            if happens(self.rng, 50)
                && let Some(at) = asked.answered_at
            {
                self.answer(&asked, Vec::new(), at);
            }
        }
    }

    /// The customer says one of `texts` and waits.
    pub(super) fn asks(
        &mut self,
        talk: Talk,
        under: Option<Object>,
        texts: &[&'static str],
        at: Ms,
    ) -> Question {
        let deed = self.says(talk, under, texts, at);
        let (moments, latest) = (self.moments(talk.brand, deed.at), deed.object);
        let answered_at = self.answered_at(&moments, at);
        Question { talk, deed, heard_at: at, moments, latest, answered_at }
    }

    /// The customer says one of `texts`; returns it with the time that the platform says.
    pub(super) fn says(&mut self, talk: Talk, under: Option<Object>, texts: &[&'static str], at: Ms) -> Deed {
        let object = self.object(talk.place);
        let does = Does::Say { to: Vec::new(), text: one(self.rng, texts) };
        self.tell(Deed { brand: talk.brand, object, by: By::Customer, with: talk.who, under, does, at })
    }

    /// Lets happen what happens while somebody waits; returns the answer and when it was told, if there is one.
    fn wait(&mut self, asked: &mut Question) -> Option<(Object, Ms)> {
        if asked.talk.place == Place::Messenger && happens(self.rng, 10) {
            let at = asked.heard_at + between(self.rng, SECOND, 3 * SECOND);
            self.answers(asked, By::Machine, Vec::new(), texts::RECEIPT, at);
        }
        if happens(self.rng, 26) {
            self.acts(asked);
        }
        self.changes(asked);
        if happens(self.rng, 14) {
            let at = self.meanwhile(asked);
            let under = Some(asked.top()).filter(|_| asked.talk.place == Place::Comment);
            self.says(asked.talk, under, &texts::MORE, at);
        }
        let others = self.others(asked);
        let at = asked.answered_at?;
        Some((self.answer(asked, others, at), at))
    }

    /// Returns when a question is answered that was told at `heard_at`, if it is: most are soon,
    /// many just when something else happens.
    fn answered_at(&mut self, moments: &[Ms], heard_at: Ms) -> Option<Ms> {
        // A small history is seldom about somebody whom nobody answers.
        let most = if self.is_small { 94 } else { 100 };
        match self.rng.u32(0..most) {
            0..52 => Some(heard_at + between(self.rng, SECOND, 25 * MINUTE)),
            52..84 => {
                // Each moment that passes costs a mail or two; the first ones are as good as the last.
                let most = if self.is_small { moments.len().min(2) } else { moments.len() };
                let last = self.rng.usize(0..most);
                let moment = moments[self.rng.usize(0..=last)];
                Some(near(self.rng, moment))
            }
            84..92 => Some(heard_at + between(self.rng, 25 * MINUTE, 3 * HOUR)),
            _ => None,
        }
    }

    /// Returns a moment at which something happens to who waits, or has waited.
    pub(super) fn meanwhile(&mut self, asked: &Question) -> Ms {
        let at = match self.rng.u32(0..100) {
            0..45 => {
                let moment = one(self.rng, &asked.moments);
                near(self.rng, moment)
            }
            45..75 => asked.heard_at + soon(self.rng),
            _ => asked.heard_at + between(self.rng, 0, 2 * HOUR),
        };
        match asked.answered_at {
            // What comes after the answer mostly comes to nothing.
            Some(answered_at) if at > answered_at => match self.rng.u32(0..100) {
                0..30 => at,
                30..60 => near(self.rng, answered_at),
                _ => between(self.rng, asked.heard_at, answered_at),
            },
            _ => at,
        }
    }

    /// The question is written anew, hidden or deleted, each now and then.
    fn changes(&mut self, asked: &mut Question) {
        let place = asked.talk.place;
        if place != Place::Direct && happens(self.rng, 8) {
            let new = self.object(place);
            let does = Does::Edit { new, text: one(self.rng, &texts::EDITED) };
            let at = self.meanwhile(asked);
            self.tell(Deed { does, at, ..asked.deed.clone() });
            if place == Place::Post {
                asked.latest = new;
            }
        }
        if place == Place::Comment && happens(self.rng, 5) {
            let at = self.meanwhile(asked);
            self.tell(Deed { does: Does::Hide, at, ..asked.deed.clone() });
            if happens(self.rng, 60) {
                let at = at + soon(self.rng);
                self.tell(Deed { does: Does::Show, at, ..asked.deed.clone() });
            }
        }
        if place != Place::Direct && happens(self.rng, 8) {
            let at = self.meanwhile(asked);
            self.tell(Deed { does: Does::Remove, object: asked.latest, at, ..asked.deed.clone() });
        }
    }

    /// Other customers join in, in the same thread or for themselves: returns them, for an answer to all.
    fn others(&mut self, asked: &Question) -> Vec<Customer> {
        let (under, texts) = match asked.talk.place {
            Place::Comment => (Some(asked.top()), &texts::JOINED[..]),
            Place::Post => (None, &texts::QUESTIONS[..]),
            Place::Messenger | Place::Direct => return Vec::new(),
        };
        let mut others: Vec<Customer> = Vec::new();
        for _ in 0..if happens(self.rng, 10) { self.rng.usize(1..=2) } else { 0 } {
            let who = self.customer();
            if Some(who) == asked.talk.who || others.contains(&who) {
                continue;
            }
            let at = self.meanwhile(asked);
            self.says(Talk { who: Some(who), ..asked.talk }, under, texts, at);
            others.push(who);
        }
        others
    }
}
