//! A conversation's objects, each with everything that the facts say of it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::thread::{Edits, ancestors};
use super::{Trace, Waiting, is_worthy};
use crate::event::{Event, Side, Verb, Visibility};
use crate::fact::Said;
use crate::id::Platform;
use crate::policy::Class;
use crate::triage::{self, Answer, Aside, Gist};

/// Everything known of one object.
pub(super) struct Object<'a> {
    pub(super) first: &'a Event,
    /// The object that it answers, whichever of its edits that was said to be.
    pub(super) parent: Option<&'a str>,
    pub(super) received_at: Timestamp,
    pub(super) text: Option<&'a str>,
    /// What the text was, where it is blanked.
    gist: Option<Gist>,
    pub(super) removed_at: Option<Timestamp>,
    pub(super) hidden_at: Option<Timestamp>,
    /// What sort of matter it was at first, as far as anybody told.
    pub(super) class: Class,
    /// What edits made of it, and when, in their order.
    pub(super) classes: Vec<(Timestamp, Class)>,
    /// When it counts as said, and how deep in the thread it stands.
    pub(super) at: Timestamp,
    pub(super) depth: usize,
    /// What it does besides answering, once somebody asked.
    says: OnceCell<Answer>,
}

impl<'a> Object<'a> {
    pub(super) fn author(&self) -> Option<&'a str> {
        if self.first.visibility == Visibility::Private && self.first.side == Side::Customer {
            return self.first.counterpart.as_deref();
        }
        let author = self.first.author.as_ref()?;
        author.id.as_deref().or(author.handle.as_deref())
    }

    /// Returns when the brand took the answer back, or the platform showed it to nobody any more.
    pub(super) fn taken_back_at(&self) -> Option<Timestamp> {
        self.removed_at.into_iter().chain(self.hidden_at).min()
    }

    /// Whether it is a further part of what was begun before, such as "2/2".
    pub(super) fn is_continued(&self) -> bool {
        self.text.and_then(triage::is_part).is_some_and(|(part, _)| part > 1)
    }

    /// Whether there is nothing in it that could be read.
    pub(super) fn is_wordless(&self) -> bool {
        match (self.text, self.gist) {
            (None, Some(gist)) => gist.is_wordless,
            (text, _) => triage::is_wordless(text),
        }
    }

    /// Returns what it is as a comment to another customer.
    pub(super) fn aside(&self) -> Aside {
        match (self.text, self.gist) {
            (None, Some(gist)) => gist.aside,
            (text, _) => triage::aside(text),
        }
    }

    /// Returns what it does besides answering, as an answer of the brand.
    pub(super) fn says(&self) -> Answer {
        *self.says.get_or_init(|| self.text.map_or(Answer::Plain, triage::answer))
    }

    /// Whether it says the same as `other`; what has no text says nothing.
    pub(super) fn says_the_same_as(&self, other: &Object<'_>) -> bool {
        if let (Some(text), Some(other)) = (self.text, other.text) {
            return triage::same_text(text, other);
        }
        let mark = |object: &Object<'_>| object.text.map(Gist::of).or(object.gist).map(|gist| gist.mark);
        mark(self).is_some_and(|said| Some(said) == mark(other))
    }

    pub(super) fn waiting(&self) -> Waiting {
        let mut event = self.first.clone();
        event.text = self.text.map(str::to_owned);
        Waiting { event, class: self.class, at: self.at, received_at: self.received_at }
    }
}

/// The objects of a conversation in the order of their names: few, and looked up often.
pub(super) struct Objects<'a>(Vec<(&'a str, Object<'a>)>);

impl<'a> Objects<'a> {
    /// Gathers the facts by object; `traces` are those whose facts may no longer be read. An object whose `add`
    /// never came is known from its first edit.
    pub(super) fn of(
        said: &'a [Said],
        edits: &Edits<'a>,
        traces: &BTreeMap<&'a str, &'a Trace>,
    ) -> Objects<'a> {
        let mut facts: Vec<(&str, &Said)> =
            said.iter().map(|fact| (edits.object(&fact.event), fact)).collect();
        facts.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| order(a, one).cmp(&order(b, other))));
        let mut objects = Vec::with_capacity(facts.len());
        for facts in facts.chunk_by(|(a, _), (b, _)| a == b) {
            let id = facts[0].0;
            objects.extend(object(facts, edits).map(|object| (id, object)));
        }
        let mut objects = Objects(objects);
        objects.place(traces);
        objects
    }

    /// Finds when each object counts as said, and how deep in the thread it stands.
    fn place(&mut self, traces: &BTreeMap<&'a str, &'a Trace>) {
        for place in 0..self.0.len() {
            let Object { first, parent, .. } = self.0[place].1;
            if parent.is_none() {
                continue;
            }
            let (mut at, mut depth) = (first.occurred_at, 0);
            for above in ancestors(self, traces, parent) {
                let known = self.get(above);
                at = known.map_or(at, |known| at.max(known.first.occurred_at));
                depth += usize::from(known.is_some() || traces.contains_key(above));
            }
            let object = &mut self.0[place].1;
            (object.at, object.depth) = (at, depth);
        }
    }

    /// Returns the object of that name.
    pub(super) fn get(&self, id: &str) -> Option<&Object<'a>> {
        self.0.binary_search_by(|(name, _)| (*name).cmp(id)).ok().map(|place| &self.0[place].1)
    }

    /// Returns all objects, in the order of their names.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Object<'a>> {
        self.0.iter().map(|(_, object)| object)
    }
}

/// Returns the object that `facts` are about, which stand in their order; `None` if it never appeared.
fn object<'a>(facts: &[(&'a str, &'a Said)], edits: &Edits<'a>) -> Option<Object<'a>> {
    let facts = || facts.iter().map(|(_, fact)| *fact);
    // Sorted by verb: the first `add`, else the first `edit`.
    let told = || facts().filter(|fact| matches!(fact.event.verb, Verb::Add | Verb::Edit));
    let first = told().next()?;
    let received_at = told().map(|fact| fact.received_at).min().unwrap_or(first.received_at);
    let edited = facts().rfind(|fact| fact.event.verb == Verb::Edit).unwrap_or(first);
    // A platform may date a removal with the time of what was removed; then our receipt is nearer.
    let appeared_at = first.event.occurred_at;
    let removed = facts().filter(|fact| fact.event.verb == Verb::Remove).map(|fact| {
        let Said { event, received_at, .. } = fact;
        if event.occurred_at > appeared_at { event.occurred_at } else { *received_at }
    });
    let shown = facts()
        .filter(|fact| matches!(fact.event.verb, Verb::Hide | Verb::Unhide))
        .max_by_key(|fact| (fact.event.occurred_at, fact.received_at, fact.event.verb));
    let (class, classes) = classes(&first.event, facts());
    Some(Object {
        first: &first.event,
        parent: first.event.parent.as_deref().map(|parent| edits.named(parent)),
        received_at,
        text: edited.event.text.as_deref(),
        gist: edited.gist,
        removed_at: removed.min(),
        hidden_at: shown
            .filter(|fact| fact.event.verb == Verb::Hide)
            .map(|fact| fact.event.occurred_at.max(appeared_at)),
        class,
        classes,
        at: appeared_at,
        depth: 0,
        says: OnceCell::new(),
    })
}

/// Returns by what the facts of the object `id` are sorted: no two that the table keeps are alike in it.
fn order<'a>(id: &str, fact: &'a Said) -> (Verb, [Timestamp; 2], &'a str, bool, &'a str) {
    let Said { event, received_at, .. } = fact;
    // Only on X has every edit a time of its own for certain; elsewhere our receipt tells their order.
    let times = match event.platform {
        Platform::X => [event.occurred_at, *received_at],
        _ => [*received_at, event.occurred_at],
    };
    // Of what was told alike under two names its own comes first.
    (event.verb, times, &event.version, event.object != id, &event.object)
}

/// Returns what sort of matter an object was at first, and what edits made of it when.
///
/// Where nobody told it is a question, or where the brand was only named, a mention. What was nothing to answer at
/// first, and something else by an edit, was that from the beginning.
fn classes<'a>(
    first: &Event,
    facts: impl DoubleEndedIterator<Item = &'a Said> + Clone,
) -> (Class, Vec<(Timestamp, Class)>) {
    let unsaid = if first.is_untagged() { Class::Mention } else { Class::Question };
    let mut told = facts.filter_map(|fact| Some((&fact.event, fact.class?)));
    let at_first = told.clone().find(|(event, _)| *event == first).map_or(unsaid, |(_, class)| class);
    if !is_worthy(at_first) {
        return (told.next_back().map_or(at_first, |(_, class)| class), Vec::new());
    }
    let mut classes = Vec::new();
    let (mut last, mut at) = (at_first, first.occurred_at);
    for (event, class) in told.filter(|(_, class)| is_worthy(*class)) {
        at = at.max(event.occurred_at);
        if class != last {
            classes.push((at, class));
            last = class;
        }
    }
    (at_first, classes)
}
