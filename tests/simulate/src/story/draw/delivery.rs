//! How what was done reaches us: at once or late, alone or with others, once or again.

use super::{Drawing, LAST, LENGTH, REST, Telling};
use crate::story::bodies::{self, Flaw};
use crate::story::chance::{happens, late, soon};
use crate::story::deed::{Deed, List, Place};
use crate::story::theme::Theme;
use crate::story::{Input, Post, Story, Told, What};
use crate::time::{self, HOUR, Ms, SECOND};

/// What is told within this time may be told in one body.
const JOINED_WITHIN: Ms = 2 * SECOND;
/// A body holds at most so many items; real ones a thousand.
const MOST_JOINED: usize = 8;
/// What is told later than this says when it was.
const LATE: Ms = 5 * SECOND;

impl Drawing<'_> {
    /// Has `deed` done, and told at the time it bears unless that is held up; not at all if that is too late.
    /// Returns it with the time that the platform says.
    pub(super) fn tell(&mut self, deed: Deed) -> Deed {
        let held_up = if happens(self.rng, 6) { late(self.rng) } else { 0 };
        self.tell_late(deed, held_up)
    }

    /// Does the same, held up for so long.
    pub(super) fn tell_late(&mut self, deed: Deed, held_up: Ms) -> Deed {
        let told_at = deed.at;
        let at = told_at - self.rng.i64(50..1500);
        // Facebook dates comments by the second.
        let at = if deed.object.place == Place::Comment { at.div_euclid(SECOND) * SECOND } else { at };
        let deed = Deed { at, ..deed };
        if told_at > LAST {
            return deed;
        }
        // What was done before the history began is told in it.
        let told_at = (told_at + held_up).max(self.rng.i64(0..SECOND));
        if happens(self.rng, 3)
            && let Some(before) = self.told.last_mut().filter(|before| before.at < told_at)
        {
            before.at = told_at + self.rng.i64(1..5 * SECOND);
        }
        self.told.push(Telling { at: told_at, deed: deed.clone() });
        deed
    }

    /// Returns the story of all that was drawn.
    pub(super) fn story(mut self) -> Story {
        self.told.sort_by_key(|telling| telling.at);
        let told = std::mem::take(&mut self.told).into_iter();
        let (times, deeds): (Vec<Ms>, Vec<Deed>) = told.map(|telling| (telling.at, telling.deed)).unzip();
        let mut first = 0;
        while first < deeds.len() {
            let mut end = first + 1;
            let joins = |end: usize| {
                end < deeds.len()
                    && end - first < MOST_JOINED
                    && times[end] - times[first] < JOINED_WITHIN
                    && (deeds[end].brand, deeds[end].list()) == (deeds[first].brand, deeds[first].list())
            };
            while joins(end) && happens(self.rng, 60) {
                end += 1;
            }
            self.post(times[end - 1], &deeds[first..end]);
            first = end;
        }
        self.inputs.sort_by_key(|input| input.at);
        let last = self.inputs.last().map_or(0, |input| input.at);
        Story {
            theme: self.theme,
            inputs: self.inputs,
            ends_at: LENGTH.max(last + REST),
            left_out: Vec::new(),
        }
    }

    /// Has the platform call with one body, and now and then once more with the same.
    fn post(&mut self, at: Ms, deeds: &[Deed]) {
        let flawless = if self.theme == Theme::Flawed { 30 } else { 2000 };
        let flaw = match self.rng.u32(0..flawless) {
            0..8 => Some(Flaw::Broken),
            8..15 => Some(Flaw::Unknown),
            _ => None,
        };
        let told = |deed: &Deed| {
            let words = deed.words();
            let words =
                if at - deed.at < LATE { words } else { format!("{words} (at {})", time::words(deed.at)) };
            Told { object: deed.object.id(), verb: deed.verb(), words }
        };
        let post = Post {
            platform: deeds[0].object.place.platform(),
            body: bodies::body(deeds, flaw),
            brand: deeds[0].brand,
            tells: deeds.iter().map(told).collect(),
            flaw,
            is_again: false,
        };
        let is_removal = self.theme == Theme::Removed && deeds[0].list() == List::Removals;
        if happens(self.rng, if is_removal { 35 } else { 7 }) {
            let after = if happens(self.rng, 75) { soon(self.rng) } else { HOUR + self.rng.i64(0..SECOND) };
            let what = What::Post(Post { is_again: true, ..post.clone() });
            self.inputs.push(Input { at: at + after, what });
        }
        self.inputs.push(Input { at, what: What::Post(post) });
    }
}
