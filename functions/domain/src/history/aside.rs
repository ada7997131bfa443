//! Customers among themselves: who speaks to another one, and wants nothing of the brand.

use jiff::Timestamp;

use super::kept::hash;
use super::object::Object;
use super::{Fold, Helper, Turn};
use crate::event::Side;
use crate::policy::Class;

impl<'a> Fold<'a> {
    /// Whether `object` asks nothing for its own author: counted with the matter of the customer it is said to.
    ///
    /// In words it is so only while that customer waits. Who tells the brand so by name is heard, and so is who
    /// threatens.
    pub(super) fn piles_in(&self, object: &'a Object<'a>) -> bool {
        let to_another = self
            .parent(object)
            .is_some_and(|parent| parent.side == Side::Customer && parent.author != object.author());
        let is_mute = to_another && object.is_wordless();
        let to_brand = object.first.mentions.contains(&object.first.account);
        let is_aside = || {
            (self.spoken_to(object, Turn::is_response).is_some() || self.spoke_to_ended(object))
                && object.aside().wants_nothing()
        };
        is_mute || (!to_brand && object.class != Class::Threat && is_aside())
    }

    /// Returns the place of the open turn of somebody else whom `object` speaks to: the author of what it
    /// answers, else of what that answers, and so on; of turns that are `fit`.
    fn spoken_to(&self, object: &'a Object<'a>, fit: impl Fn(&Turn) -> bool) -> Option<usize> {
        let speaker = object.author();
        self.above(object).find_map(|above| {
            // Facebook hangs every answer on the top-level comment, which may be answered already.
            let is_theirs = |turn: &Turn| {
                turn.is_response() && above.author.is_some() && turn.author.as_deref() == above.author
            };
            let is_spoken_to = |turn: &Turn| {
                let holds = || turn.objects().any(|object| object == above.object) || is_theirs(turn);
                turn.is_open() && fit(turn) && turn.author.as_deref() != speaker && holds()
            };
            self.turns.iter().position(is_spoken_to)
        })
    }

    /// Whether somebody else whom `object` speaks to waited then, in a turn whose facts are no longer read.
    fn spoke_to_ended(&self, object: &'a Object<'a>) -> bool {
        if self.unread.is_empty() {
            return false;
        }
        let speaker = object.author();
        let others = self.above(object).map(|above| above.author).filter(|author| *author != speaker);
        others.map(hash).any(|author| {
            self.unread.iter().any(|ended| {
                ended.author == author && object.at < ended.ended_at && ended.waited_at(object.at)
            })
        })
    }

    /// Notes that somebody else spoke to whoever waits: no answer, but worth a look.
    pub(super) fn helps(&mut self, object: &'a Object<'a>, at: Timestamp) {
        let Some(place) = self.spoken_to(object, |_| true) else {
            return;
        };
        let author = object.first.author.as_ref();
        let name = author.and_then(|author| author.handle.clone().or_else(|| author.name.clone()));
        let may_help = object.aside().may_help();
        let helper = Helper { object: object.first.object.clone(), name, at, may_help };
        self.turns[place].helped_by.push(helper);
    }
}
