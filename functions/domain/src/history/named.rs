//! Whom an answer is for: the authors of what it answers, and those it mentions.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Fold;
use super::kept::Trace;
use super::object::Object;
use super::thread::ancestors;
use crate::event::{Event, Side};

/// A name shorter than this is found in too many words to count as a mention.
const SHORTEST_NAME: usize = 3;

/// An object that another one answers, be it read or only remembered.
pub(super) struct Above<'a> {
    pub(super) object: &'a str,
    pub(super) author: Option<&'a str>,
    pub(super) side: Side,
}

impl<'a> Fold<'a> {
    /// Returns the authors of everything that `object` answers, up to the top of the thread.
    pub(super) fn addressed(&self, object: &Object<'a>) -> Vec<Option<&'a str>> {
        self.above(object).map(|above| above.author).collect()
    }

    /// Returns what `object` answers, what that answers, and so on; those we know of.
    pub(super) fn above(&self, object: &Object<'a>) -> impl Iterator<Item = Above<'a>> {
        ancestors(self.objects, &self.traces, object.parent).filter_map(|id| self.known(id))
    }

    /// Returns what is known of the object that `object` answers.
    pub(super) fn parent(&self, object: &Object<'a>) -> Option<Above<'a>> {
        self.known(object.parent?)
    }

    fn known(&self, id: &str) -> Option<Above<'a>> {
        let read = self.objects.get(id).map(|object| {
            let Event { object: name, side, .. } = object.first;
            Above { object: name, author: object.author(), side: *side }
        });
        read.or_else(|| {
            let Trace { object, author, side, parent: _ } = self.traces.get(id)?;
            Some(Above { object, author: author.as_deref(), side: *side })
        })
    }

    /// Returns the authors that an answer mentions: by id, by `@handle`, or by a name that only one person
    /// of the conversation bears. "Ann Keller" does not mention "Ann".
    pub(super) fn named(&self, answer: &Object<'a>) -> Vec<&'a str> {
        let mentions = answer.first.mentions.iter().chain(&answer.first.counterpart);
        let mut named: Vec<&str> = mentions.map(String::as_str).collect();
        let Some(text) = answer.text else {
            return named;
        };
        let lower = LazyCell::new(|| text.to_lowercase());
        let is_tagged = |handle: &str| names(&lower, &format!("@{}", handle.to_lowercase()));
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for author in self.objects.iter().filter_map(|object| object.first.author.as_ref()) {
            let Some(key) = author.id.as_deref().or(author.handle.as_deref()) else {
                continue;
            };
            if author.handle.as_deref().is_some_and(is_tagged) {
                named.push(key);
            }
            if let Some(name) = author.name.as_deref().filter(|name| names(text, name)) {
                by_name.entry(name).or_default().insert(key);
            }
        }
        for (name, bearers) in &by_name {
            let is_part = by_name.keys().any(|other| other != name && other.contains(name));
            if bearers.len() == 1 && !is_part {
                named.extend(bearers);
            }
        }
        named
    }
}

/// Whether `name` stands in `text` as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    name.chars().count() >= SHORTEST_NAME
        && text.match_indices(name).any(|(at, _)| {
            !inside(text[..at].chars().next_back()) && !inside(text[at + name.len()..].chars().next())
        })
}
