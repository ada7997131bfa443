//! How a brand answers, and what becomes of the answer.

use super::Drawing;
use super::talk::{Question, Talk};
use crate::story::chance::{between, happens, near, one, soon};
use crate::story::deed::{By, Deed, Does, Object, Place};
use crate::story::people::Customer;
use crate::story::theme::Theme;
use crate::story::{configs, texts};
use crate::time::{HOUR, MINUTE, Ms, SECOND};

impl Drawing<'_> {
    /// The brand answers at `at`, often all who ask; returns the answer.
    pub(super) fn answer(&mut self, asked: &Question, mut others: Vec<Customer>, at: Ms) -> Object {
        if happens(self.rng, 30) {
            others.clear();
        }
        let texts: &[&'static str] = match self.rng.u32(0..100) {
            0..78 => &texts::ANSWERS,
            78..92 => &texts::PROMISES,
            _ => &texts::REQUESTS,
        };
        let text = one(self.rng, texts);
        let answer = self.answers(asked, By::Brand, others, text, at);
        if texts::PROMISES.contains(&text) {
            self.keeps(asked, answer.at);
        }
        if texts::REQUESTS.contains(&text) && happens(self.rng, 50) {
            self.writes_in_private(asked, at);
        }
        if answer.object.place != Place::Direct {
            self.takes_back(asked, &answer, at);
        }
        if happens(self.rng, 10) {
            let at = at + soon(self.rng);
            self.says(asked.talk, asked.above(answer.object), &texts::THANKS, at);
        }
        answer.object
    }

    /// The brand keeps what it promised at `at`, or does not; sometimes just when it is due.
    fn keeps(&mut self, asked: &Question, at: Ms) {
        let due = configs::promised(self.config(asked.deed.at), asked.talk.brand, at);
        let at = match self.rng.u32(0..100) {
            0..30 => near(self.rng, due),
            30..60 => at + between(self.rng, MINUTE, 2 * HOUR),
            _ => return,
        };
        self.answers_again(asked, at);
    }

    /// The customer does what they were asked to at `at`.
    fn writes_in_private(&mut self, asked: &Question, at: Ms) {
        let place = match asked.talk.place {
            Place::Comment | Place::Messenger => Place::Messenger,
            Place::Post | Place::Direct => Place::Direct,
        };
        if asked.talk.who.is_some() {
            let at = at + soon(self.rng);
            self.says(Talk { place, ..asked.talk }, None, &texts::MORE, at);
        }
    }

    /// The brand writes its answer of `at` anew or deletes it, each now and then.
    fn takes_back(&mut self, asked: &Question, answer: &Deed, at: Ms) {
        let mut latest = answer.object;
        if happens(self.rng, 4) {
            let new = self.object(latest.place);
            let does = Does::Edit { new, text: one(self.rng, &texts::ANSWERS) };
            let at = at + soon(self.rng);
            self.tell(Deed { does, at, ..answer.clone() });
            if latest.place == Place::Post {
                latest = new;
            }
        }
        if happens(self.rng, 9) {
            let is_at_once = happens(self.rng, 60);
            let at = if is_at_once { at + soon(self.rng) } else { self.meanwhile(asked).max(at) };
            self.tell(Deed { does: Does::Remove, object: latest, at, ..answer.clone() });
            // Who is answered no more costs a whole ladder of mails.
            if happens(self.rng, if self.is_small { 75 } else { 50 }) {
                let at = at + between(self.rng, SECOND, 40 * MINUTE);
                self.answers_again(asked, at);
            }
        }
    }

    fn answers_again(&mut self, asked: &Question, at: Ms) {
        let text = one(self.rng, &texts::ANSWERS);
        self.answers(asked, By::Brand, Vec::new(), text, at);
    }

    /// The brand or its machine answers, and names `others` besides; what was asked in public is sometimes answered
    /// in private.
    pub(super) fn answers(
        &mut self,
        asked: &Question,
        by: By,
        others: Vec<Customer>,
        text: &'static str,
        at: Ms,
    ) -> Deed {
        let Talk { brand, place, who } = asked.talk;
        let often = if self.theme == Theme::InPrivate { 70 } else { 8 };
        let is_moved = others.is_empty() && who.is_some() && happens(self.rng, often);
        let (place, under) = match place {
            Place::Comment if is_moved => (Place::Messenger, None),
            Place::Post if is_moved => (Place::Direct, None),
            _ => (place, asked.above(asked.latest)),
        };
        let object = self.object(place);
        self.tell(Deed { brand, object, by, with: who, under, does: Does::Say { to: others, text }, at })
    }
}
