//! The indexes `todo` and `open`: they tell what the table held a while ago.

use domain::fact::NoticeKey;
use domain::id::{BrandId, ConversationId, PersonId};
use flow::ports::{Errand, List, SHARDS, Todo, Waiting};
use jiff::Timestamp;

use super::table::{At, Entry, Moved};
use crate::time::Ms;

/// Both indexes.
#[derive(Clone, Debug, Default)]
pub struct Index {
    entries: Vec<(Entry, At)>,
    /// What the table knows and the index does not yet; those of one entry in their order.
    coming: Vec<(Ms, Moved)>,
}

impl Index {
    /// Takes over a change at `at`, or behind what came before about the same entry.
    pub fn expect(&mut self, at: Ms, moved: Moved) {
        let before = self.coming.iter().filter(|(_, other)| other.entry == moved.entry).map(|(at, _)| *at);
        let at = before.max().map_or(at, |before| before.max(at));
        self.coming.push((at, moved));
    }

    /// Lets everything come in that is due by `now`; returns how many changes still lag.
    pub fn catch_up(&mut self, now: Ms) -> usize {
        let mut next = 0;
        while next < self.coming.len() {
            if self.coming[next].0 > now {
                next += 1;
                continue;
            }
            let (_, Moved { entry, to }) = self.coming.remove(next);
            let place = self.entries.iter().position(|(other, _)| *other == entry);
            match (place, to) {
                (Some(place), Some(to)) => self.entries[place].1 = to,
                (Some(place), None) => _ = self.entries.swap_remove(place),
                (None, Some(to)) => self.entries.push((entry, to)),
                (None, None) => {}
            }
        }
        self.coming.len()
    }

    /// Returns the moments of everything that is to do.
    pub fn moments(&self) -> impl Iterator<Item = (&Entry, Timestamp)> {
        let todo = self.entries.iter().filter(|(entry, _)| !matches!(entry, Entry::Open(..)));
        todo.map(|(entry, at)| (entry, at.moment))
    }

    /// Returns one shard of a list up to `until`, earliest first.
    #[must_use]
    pub fn todo(&self, list: List, shard: u8, until: Timestamp) -> Vec<Todo> {
        let due = self.entries.iter().filter(|(_, at)| at.moment <= until);
        let mut todo: Vec<Todo> = due
            .filter_map(|(entry, at)| {
                let (name, what) = match (list, entry) {
                    (List::Due, Entry::Due(id)) => (id.as_str(), Errand::Check(id.clone())),
                    (List::Out, Entry::Out(key)) => (key.person.as_str(), Errand::Send(key.clone())),
                    _ => return None,
                };
                let at = moment(at.moment);
                (shard_of(name) == shard && at <= until).then_some(Todo { at, what })
            })
            .collect();
        todo.sort_by_key(|todo| todo.at);
        todo
    }

    /// Returns the notices to a person that are to be sent up to `until`, earliest first.
    #[must_use]
    pub fn outstanding(&self, person: &PersonId, until: Timestamp) -> Vec<NoticeKey> {
        let mut theirs: Vec<(Timestamp, &NoticeKey)> = self
            .entries
            .iter()
            .filter_map(|(entry, at)| match entry {
                Entry::Out(key) if key.person == *person => Some((moment(at.moment), key)),
                Entry::Out(_) | Entry::Due(_) | Entry::Open(..) => None,
            })
            .filter(|(at, _)| *at <= until)
            .collect();
        theirs.sort();
        theirs.into_iter().map(|(_, key)| key.clone()).collect()
    }

    /// Returns the conversations of a brand in which somebody waits, the longest wait first.
    #[must_use]
    pub fn waiting(&self, brand: &BrandId) -> Vec<Waiting> {
        let ours = self.entries.iter().filter_map(|(entry, at)| match entry {
            Entry::Open(other, id) if other == brand => Some((moment(at.moment), id, at.planned_by)),
            Entry::Open(..) | Entry::Due(_) | Entry::Out(_) => None,
        });
        let mut waiting: Vec<_> = ours.collect();
        waiting.sort();
        let told =
            |(_, id, planned_by): (_, &ConversationId, _)| Waiting { conversation: id.clone(), planned_by };
        waiting.into_iter().map(told).collect()
    }
}

/// Returns the moment as keys tell it: whole milliseconds, rounded up.
fn moment(at: Timestamp) -> Timestamp {
    let whole = (at.as_nanosecond() + 999_999).div_euclid(1_000_000) * 1_000_000;
    Timestamp::from_nanosecond(whole).expect("moments lie well within the calendar")
}

fn shard_of(name: &str) -> u8 {
    name.bytes().fold(0_u8, u8::wrapping_add) % SHARDS
}
