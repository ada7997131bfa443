//! What people of the brand click, the right ones and others.

use domain::action::Act;
use domain::id::PersonId;
use domain::policy::Class;

use super::talk::Question;
use super::{Drawing, LAST};
use crate::story::chance::{between, happens, one, soon};
use crate::story::deed::By;
use crate::story::people::{ADMIN, BRANDS};
use crate::story::{Input, What, configs, texts};
use crate::time::{HOUR, MINUTE, Ms, SECOND, instant};

/// How long somebody has it who says so, as far as the ladder is concerned.
const ACK: Ms = 30 * MINUTE;

impl Drawing<'_> {
    /// Somebody clicks about a question, and perhaps somebody else.
    pub(super) fn acts(&mut self, asked: &mut Question) {
        for _ in 0..one(self.rng, &[1, 1, 1, 2, 3]) {
            let at = self.meanwhile(asked).max(0);
            let person = self.person(asked.talk.brand);
            let (act, until) = self.act(asked, at);
            if let Act::Class { class } = act {
                let config = self.config(asked.deed.at);
                asked.moments.extend(configs::steps(config, asked.talk.brand, class, asked.deed.at));
            }
            self.click(asked, person, act, at);
            let Some(until) = until else { continue };
            // What stops something may be ended before its time, and whatever comes may meet its end.
            if happens(self.rng, 35) {
                let at = between(self.rng, at + SECOND, until);
                let by = if happens(self.rng, 60) { person } else { self.person(asked.talk.brand) };
                self.click(asked, by, Act::Resume, at);
            }
            asked.moments.push(until);
        }
    }

    fn click(&mut self, asked: &Question, person: &'static str, act: Act, at: Ms) {
        if at <= LAST {
            let (object, person) = (asked.deed.object.id(), PersonId::from(person));
            self.inputs.push(Input { at, what: What::Act { object, person, act } });
        }
    }

    /// Returns who clicks: seldom somebody who has nothing to say there.
    fn person(&mut self, brand: usize) -> &'static str {
        let [own, other] = [&BRANDS[brand], &BRANDS[1 - brand]];
        match self.rng.u32(0..100) {
            0..45 => own.answers[0],
            45..58 => own.answers[1],
            58..80 => own.lead,
            80..89 => own.manager,
            89..92 => ADMIN,
            92..96 => other.answers[0],
            96..98 => "robin",
            _ => "nobody",
        }
    }

    /// Returns what somebody does at `at`, and until when that stops something.
    fn act(&mut self, asked: &Question, at: Ms) -> (Act, Option<Ms>) {
        let reason = if happens(self.rng, 92) { "settled by telephone" } else { "" }.to_owned();
        match self.rng.u32(0..100) {
            0..38 => (Act::Ack, Some(at + ACK)),
            38..47 => {
                let until = at + between(self.rng, -MINUTE, 80 * MINUTE);
                (Act::Snooze { until: instant(until) }, Some(until))
            }
            47..56 => {
                let until = at + between(self.rng, SECOND, 90 * MINUTE);
                let is_limited = happens(self.rng, 80);
                let act = Act::Pause { reason, until: is_limited.then(|| instant(until)) };
                (act, Some(until))
            }
            56..59 => (Act::Resume, None),
            59..65 => (Act::Dismiss { reason }, None),
            65..72 => {
                let brand = &BRANDS[asked.talk.brand];
                let to =
                    one(self.rng, &[brand.answers[1], brand.lead, brand.manager, brand.answers[0], "nobody"]);
                (Act::Pass { to: to.into() }, None)
            }
            72..77 => {
                let said = happens(self.rng, 60).then(|| at - between(self.rng, 0, HOUR));
                let link = happens(self.rng, 50).then(|| "https://www.facebook.com/acme/posts/1".to_owned());
                (Act::Answered { at: said.map(instant), link }, None)
            }
            77..81 => (Act::Resolve { reason }, None),
            81..86 => (self.reply(asked, at), None),
            _ => {
                use Class::{Mention, Praise, Question, Spam, Thanks, Threat, Upset};
                let classes =
                    [Threat, Threat, Threat, Threat, Upset, Upset, Question, Praise, Mention, Spam, Thanks];
                (Act::Class { class: one(self.rng, &classes) }, None)
            }
        }
    }

    /// Somebody answers through us; the platform mostly tells of the answer too, before or after we say so.
    fn reply(&mut self, asked: &Question, at: Ms) -> Act {
        if happens(self.rng, 80) {
            let at = at + soon(self.rng) - 2 * SECOND;
            let text = one(self.rng, &texts::ANSWERS);
            let echo = self.answers(asked, By::Brand, Vec::new(), text, at);
            return Act::Reply { object: echo.object.id() };
        }
        let object = self.object(asked.talk.place);
        Act::Reply { object: object.id() }
    }
}
