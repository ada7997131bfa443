//! Customers among themselves: who speaks to another one, and wants nothing of the brand.

use jiff::Timestamp;

use super::thread::{Object, ancestors};
use super::{Fold, Helper, Turn};
use crate::event::Side;
use crate::policy::Class;
use crate::triage;

impl<'a> Fold<'a> {
    /// Whether `object` asks nothing for its own author: counted with the matter of the customer it is said to.
    ///
    /// In words it is so only while that customer waits. Who tells the brand so by name is heard, and so is who
    /// threatens.
    pub(super) fn piles_in(&self, object: &'a Object<'a>) -> bool {
        let parent = ancestors(self.objects, &object.first.object).next();
        let parent = parent.and_then(|parent| self.objects.get(parent));
        let to_another = parent
            .is_some_and(|parent| parent.first.side == Side::Customer && parent.author() != object.author());
        let is_mute = to_another && triage::is_wordless(object.text);
        let to_brand = object.first.mentions.contains(&object.first.account);
        let is_aside = || {
            let waits = self.spoken_to(object).is_some_and(|place| self.turns[place].is_response());
            waits && triage::aside(object.text).wants_nothing()
        };
        is_mute || (!to_brand && object.class != Class::Threat && is_aside())
    }

    /// Returns the place of the open turn of somebody else whom `object` speaks to: the author of what it
    /// answers, else of what that answers, and so on.
    fn spoken_to(&self, object: &'a Object<'a>) -> Option<usize> {
        let speaker = object.author();
        self.above(object).find_map(|(above, author)| {
            // Facebook hangs every answer on the top-level comment, which may be answered already.
            let is_theirs = |turn: &Turn| turn.is_response() && author.is_some() && turn.author == author;
            let is_spoken_to = |turn: &Turn| {
                let holds = turn.objects().any(|object| object == above) || is_theirs(turn);
                turn.is_open() && turn.author != speaker && holds
            };
            self.turns.iter().position(is_spoken_to)
        })
    }

    /// Notes that somebody else spoke to whoever waits: no answer, but worth a look.
    pub(super) fn helps(&mut self, object: &'a Object<'a>, at: Timestamp) {
        let Some(place) = self.spoken_to(object) else {
            return;
        };
        let author = object.first.author.as_ref();
        let name = author.and_then(|author| author.handle.clone().or_else(|| author.name.clone()));
        let may_help = triage::aside(object.text).may_help();
        let helper = Helper { object: object.first.object.clone(), name, at, may_help };
        self.turns[place].helped_by.push(helper);
    }
}
