//! How a history is drawn: pushes and a deploy first, then everybody who talks to a brand, around the moments at
//! which something else happens.

use domain::policy::Class;
use fastrand::Rng;

use super::chance::{between, happens, near, one, soon};
use super::configs;
use super::deed::{By, Deed, Does, Object, Place};
use super::people::{CUSTOMERS, Customer};
use super::theme::Theme;
use super::{Input, Story, What, texts};
use crate::time::{HOUR, MINUTE, Ms, SECOND};

mod acts;
mod answer;
mod delivery;
mod talk;
mod themed;

/// How long a history lasts, unless something comes later.
const LENGTH: Ms = 6 * HOUR;
/// Nobody does anything after this.
const LAST: Ms = LENGTH + 10 * MINUTE;
/// A history goes on for so long after its last input.
const REST: Ms = 2 * MINUTE;
/// So many of a hundred histories are small: what goes wrong in one conversation is found soonest where little else
/// happens, and many of these cost as much as one large one.
const SMALL: u32 = 65;
/// So many of a hundred that are about something else than what happens anyway.
const SMALL_THEMED: u32 = 88;
/// More things said than this are too many for one history.
const MOST_SAID: usize = 25;

impl Story {
    /// Draws what happens in one history: mostly one conversation or two, in a few up to six. One history in three is
    /// about the second brand too.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Story {
        let theme = Theme::draw(rng);
        let has_zeta = happens(rng, 33);
        let is_small = happens(rng, if theme == Theme::Plain { SMALL } else { SMALL_THEMED });
        let mut drawing = Drawing {
            rng,
            theme,
            is_small,
            has_zeta,
            landmarks: Vec::new(),
            pushes: Vec::new(),
            told: Vec::with_capacity(16),
            inputs: Vec::with_capacity(16),
            objects: 0,
        };
        drawing.push();
        drawing.deploy();
        let is_begun = drawing.begin();
        if drawing.is_small {
            // What else may happen does so beside it, now and then.
            if !is_begun || happens(drawing.rng, 18) {
                drawing.talk();
            }
            return drawing.story();
        }
        let talks = match drawing.rng.u32(0..100) {
            0..74 => 1,
            74..92 => 2,
            92..97 => 3,
            _ => drawing.rng.u32(4..=6),
        };
        for _ in 0..talks {
            if drawing.told.len() <= MOST_SAID {
                drawing.talk();
            }
        }
        if drawing.rng.u32(0..1000) < 9 {
            drawing.burst();
        }
        if happens(drawing.rng, 2) {
            drawing.statement();
        }
        drawing.story()
    }
}

/// A history while it is drawn.
struct Drawing<'r> {
    rng: &'r mut Rng,
    theme: Theme,
    /// Only one question is asked.
    is_small: bool,
    /// Whether both brands take part.
    has_zeta: bool,
    /// Moments at which something happens to everybody: pushes, a deploy.
    landmarks: Vec<Ms>,
    pushes: Vec<Pushed>,
    /// What is done on the platforms, as each of it is told.
    told: Vec<Telling>,
    /// What else happens.
    inputs: Vec<Input>,
    /// How many objects there are.
    objects: u32,
}

struct Pushed {
    at: Ms,
    config: usize,
    apply_to_open: bool,
}

/// A deed on its way.
struct Telling {
    /// When the platform tells of it.
    at: Ms,
    deed: Deed,
}

impl Drawing<'_> {
    fn push(&mut self) {
        if self.theme == Theme::Gone || !happens(self.rng, 2) {
            return;
        }
        let mut at = between(self.rng, 5 * MINUTE, 5 * HOUR);
        let others = 1..configs::configs().len();
        let config = self.rng.usize(others.clone());
        let apply_to_open = happens(self.rng, 33);
        self.pushed(at, config, apply_to_open);
        if happens(self.rng, 35) {
            at += between(self.rng, SECOND, 90 * MINUTE);
            let config = if happens(self.rng, 60) { 0 } else { self.rng.usize(others) };
            let apply_to_open = happens(self.rng, 33);
            self.pushed(at, config, apply_to_open);
        }
    }

    fn pushed(&mut self, at: Ms, config: usize, apply_to_open: bool) {
        self.pushes.push(Pushed { at, config, apply_to_open });
        self.landmarks.push(at);
        self.inputs.push(Input { at, what: What::Push { config, apply_to_open } });
    }

    fn deploy(&mut self) {
        if happens(self.rng, 1) {
            let at = between(self.rng, 5 * MINUTE, 5 * HOUR);
            self.deployed(at);
        }
    }

    fn deployed(&mut self, at: Ms) {
        self.landmarks.push(at);
        self.inputs.push(Input { at, what: What::Deploy });
    }

    /// Returns which brand it is about: of two that take part, the second is the first that is spoken to.
    fn brand(&mut self) -> usize {
        usize::from(self.has_zeta && (self.told.is_empty() || self.rng.bool()))
    }

    fn customer(&mut self) -> Customer {
        Customer(self.rng.usize(0..CUSTOMERS))
    }

    fn object(&mut self, place: Place) -> Object {
        self.objects += 1;
        Object { place, number: self.objects }
    }

    /// Returns the version of the configuration that was pushed last before `at`.
    fn config(&self, at: Ms) -> usize {
        self.pushes.iter().rfind(|push| push.at <= at).map_or(0, |push| push.config)
    }

    /// Returns the moments that what concerns a question asked at `asked` may meet: the steps of every ladder that
    /// it may run on, and what happens to everybody.
    fn moments(&self, brand: usize, asked: Ms) -> Vec<Ms> {
        let steps = |config| configs::steps(config, brand, Class::Question, asked);
        let mut moments: Vec<Ms> = steps(self.config(asked)).collect();
        for push in self.pushes.iter().filter(|push| push.at > asked && push.apply_to_open) {
            moments.extend(steps(push.config));
        }
        moments.extend(self.landmarks.iter().filter(|at| **at > asked));
        moments
    }

    /// Returns when somebody begins to talk to a brand; often so that a step falls on what happens to everybody.
    fn beginning(&mut self, brand: usize) -> Ms {
        if !self.landmarks.is_empty() && happens(self.rng, 40) {
            let landmark = one(self.rng, &self.landmarks);
            let steps: Vec<Ms> = configs::steps(0, brand, Class::Question, 0).chain([0]).collect();
            return near(self.rng, landmark) - one(self.rng, &steps);
        }
        match self.rng.u32(0..100) {
            0..5 => between(self.rng, 0, 3 * SECOND),
            5..12 => between(self.rng, -2 * HOUR, 0),
            // The end of the history cuts off the long tail of ladders that nobody stops.
            _ if self.is_small => between(self.rng, 150 * MINUTE, 358 * MINUTE),
            _ => between(self.rng, 0, 340 * MINUTE),
        }
    }

    /// Says something to everybody, which answers nobody.
    fn statement(&mut self) {
        let (brand, place) = (self.brand(), one(self.rng, &[Place::Comment, Place::Post]));
        let text = one(self.rng, &texts::STATEMENTS);
        let at = between(self.rng, 0, 5 * HOUR);
        let object = self.object(place);
        let deed = Deed {
            brand,
            object,
            by: By::Brand,
            with: None,
            under: None,
            does: Does::Say { to: Vec::new(), text },
            at,
        };
        self.tell(deed.clone());
        if happens(self.rng, 30) {
            let at = at + soon(self.rng);
            self.tell(Deed { does: Does::Remove, at, ..deed });
        }
    }
}
