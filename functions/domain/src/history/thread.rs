//! A conversation's objects, and the one order that all arrivals of its facts lead to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Trace, Waiting, is_worthy};
use crate::action::{Act, Action};
use crate::event::{Event, Side, Verb, Visibility};
use crate::fact::Said;
use crate::id::Platform;
use crate::policy::Class;
use crate::triage::{self, Aside, Gist};

/// No platform nests deeper; more is a loop or an attack.
const DEEPEST_THREAD: usize = 32;

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
}

impl Object<'_> {
    pub(super) fn author(&self) -> Option<String> {
        if self.first.visibility == Visibility::Private && self.first.side == Side::Customer {
            return self.first.counterpart.clone();
        }
        let author = self.first.author.as_ref()?;
        author.id.clone().or_else(|| author.handle.clone())
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

/// Gathers the facts by object; `traces` are those whose facts may no longer be read. An object whose `add` never
/// came is known from its first edit.
pub(super) fn objects<'a>(
    said: &'a [Said],
    edits: &Edits<'a>,
    traces: &BTreeMap<&'a str, &'a Trace>,
) -> BTreeMap<&'a str, Object<'a>> {
    let mut by_object: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for fact in said {
        by_object.entry(edits.object(&fact.event)).or_default().push(fact);
    }
    let mut objects = BTreeMap::new();
    for (id, mut facts) in by_object {
        facts.sort_by_key(|fact| order(id, fact));
        // Sorted by verb: the first `add`, else the first `edit`.
        let Some(first) = facts.iter().find(|fact| matches!(fact.event.verb, Verb::Add | Verb::Edit)) else {
            continue;
        };
        let told = facts.iter().filter(|fact| matches!(fact.event.verb, Verb::Add | Verb::Edit));
        let received_at = told.map(|fact| fact.received_at).min().unwrap_or(first.received_at);
        let edited = facts.iter().rfind(|fact| fact.event.verb == Verb::Edit).unwrap_or(first);
        // A platform may date a removal with the time of what was removed; then our receipt is nearer.
        let appeared_at = first.event.occurred_at;
        let removed = facts.iter().filter(|fact| fact.event.verb == Verb::Remove).map(|fact| {
            let Said { event, received_at, .. } = fact;
            if event.occurred_at > appeared_at { event.occurred_at } else { *received_at }
        });
        let shown = facts
            .iter()
            .filter(|fact| matches!(fact.event.verb, Verb::Hide | Verb::Unhide))
            .max_by_key(|fact| (fact.event.occurred_at, fact.received_at, fact.event.verb));
        let (class, classes) = classes(&first.event, &facts);
        objects.insert(
            id,
            Object {
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
                at: first.event.occurred_at,
                depth: 0,
            },
        );
    }
    let placed: Vec<(&str, Timestamp, usize)> = objects
        .keys()
        .map(|id| {
            let above = || ancestors(&objects, traces, objects[id].parent);
            let known = above().filter_map(|parent| objects.get(parent));
            let at = known.map(|parent| parent.first.occurred_at).max();
            let is_known = |parent: &&str| objects.contains_key(parent) || traces.contains_key(parent);
            let depth = above().filter(is_known).count();
            (*id, at.map_or(objects[id].at, |at| at.max(objects[id].at)), depth)
        })
        .collect();
    for (id, at, depth) in placed {
        if let Some(object) = objects.get_mut(id) {
            object.at = at;
            object.depth = depth;
        }
    }
    objects
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

/// The objects that edits belong to, by the names of the edits.
pub(super) struct Edits<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Edits<'a> {
    /// Returns the object that an event is about, by whichever of its names.
    pub(super) fn object<'b: 'a>(&self, event: &'b Event) -> &'a str {
        self.named(&event.object)
    }

    fn named<'b: 'a>(&self, name: &'b str) -> &'a str {
        self.0.get(name).copied().unwrap_or(name)
    }

    /// Returns each name that an edit gave, with the object that has it.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().map(|(name, object)| (*name, *object))
    }
}

/// Returns which names edits gave to which objects; of two objects that claim a name the lesser has it.
pub(super) fn edits(said: &[Said]) -> Edits<'_> {
    let mut edits = BTreeMap::new();
    for event in said.iter().map(|fact| &fact.event) {
        if let Some(name) = event.edit_name() {
            let object = edits.entry(name).or_insert(event.object.as_str());
            *object = (*object).min(event.object.as_str());
        }
    }
    Edits(edits)
}

/// Returns `first`, which an object answers, what that answers, and so on, as deep as threads go; also what is
/// neither among the objects nor the traces.
pub(super) fn ancestors<'m, 'a: 'm>(
    objects: &'m BTreeMap<&'a str, Object<'a>>,
    traces: &'m BTreeMap<&'a str, &'a Trace>,
    first: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let parent = |id: &&'a str| match objects.get(id) {
        Some(object) => object.parent,
        None => traces.get(id).and_then(|trace| trace.parent.as_deref()),
    };
    std::iter::successors(first, parent).take(DEEPEST_THREAD)
}

/// Returns what sort of matter an object was at first, and what edits made of it when.
///
/// Where nobody told it is a question, or where the brand was only named, a mention. What was nothing to answer at
/// first, and something else by an edit, was that from the beginning.
fn classes(first: &Event, facts: &[&Said]) -> (Class, Vec<(Timestamp, Class)>) {
    let unsaid = if first.is_untagged() { Class::Mention } else { Class::Question };
    let mut told = facts.iter().filter_map(|fact| Some((&fact.event, fact.class?)));
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

/// Something that changes who waits.
pub(super) struct Moment<'a> {
    pub(super) at: Timestamp,
    pub(super) what: What<'a>,
}

/// What happened then.
pub(super) enum What<'a> {
    /// An object appeared.
    Said(&'a Object<'a>),
    /// An edit made an object another sort of matter: the place in [`Object::classes`].
    Edited(&'a Object<'a>, usize),
    /// A customer's object went.
    Removed(&'a Object<'a>),
    /// Somebody at the brand did something.
    Acted(&'a Action),
}

impl What<'_> {
    /// Of what happens in the same instant, the lesser comes first: question before answer, a child never
    /// before its parent.
    fn rank(&self) -> (u8, usize, bool, &str) {
        let answers = |object: &Object<'_>| object.first.side != Side::Customer;
        match self {
            What::Said(object) => (0, object.depth, answers(object), &object.first.object),
            What::Edited(object, place) => (1, *place, false, &object.first.object),
            What::Removed(object) => (2, object.depth, answers(object), &object.first.object),
            What::Acted(action) => (3, 0, false, &action.nonce),
        }
    }
}

/// Lines up what the fold looks at, in the one order that all arrivals lead to.
pub(super) fn moments<'a>(objects: &'a BTreeMap<&str, Object<'a>>, actions: &'a [Action]) -> Vec<Moment<'a>> {
    let mut moments = Vec::new();
    for object in objects.values() {
        moments.push(Moment { at: object.at, what: What::Said(object) });
        moments.extend(
            object.classes.iter().enumerate().map(|(place, (at, _))| Moment {
                at: (*at).max(object.at),
                what: What::Edited(object, place),
            }),
        );
        // A removed answer counts as never given; its removal is seen when it would have counted.
        if let (Some(removed_at), Side::Customer) = (object.removed_at, object.first.side) {
            moments.push(Moment { at: removed_at.max(object.at), what: What::Removed(object) });
        }
    }
    moments.extend(actions.iter().map(|action| {
        let at = match action.act {
            // Whoever wrote after that answer still waits.
            Act::Answered { at: Some(answered_at), .. } => answered_at.min(action.at),
            _ => action.at,
        };
        Moment { at, what: What::Acted(action) }
    }));
    moments.sort_by(|a, b| (a.at, a.what.rank()).cmp(&(b.at, b.what.rank())));
    // The table keeps one action per page; a doubled one would count twice here.
    moments.dedup_by(|a, b| match (&a.what, &b.what) {
        (What::Acted(a), What::Acted(b)) => a.nonce == b.nonce,
        _ => false,
    });
    moments
}
