//! How a conversation's objects hang together, and the one order that all arrivals of its facts lead to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Trace;
use super::object::{Object, Objects};
use crate::action::{Act, Action};
use crate::event::{Event, Side};
use crate::fact::Said;

/// No platform nests deeper; more is a loop or an attack.
pub(crate) const DEEPEST_THREAD: usize = 32;

/// The objects that edits belong to, by the names of the edits.
pub(super) struct Edits<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Edits<'a> {
    /// Returns the object that an event is about, by whichever of its names.
    pub(super) fn object<'b: 'a>(&self, event: &'b Event) -> &'a str {
        self.named(&event.object)
    }

    pub(super) fn named<'b: 'a>(&self, name: &'b str) -> &'a str {
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
    objects: &'m Objects<'a>,
    traces: &'m BTreeMap<&'a str, &'a Trace>,
    first: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let parent = |id: &&'a str| match objects.get(id) {
        Some(object) => object.parent,
        None => traces.get(id).and_then(|trace| trace.parent.as_deref()),
    };
    std::iter::successors(first, parent).take(DEEPEST_THREAD)
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
pub(super) fn moments<'a>(objects: &'a Objects<'a>, actions: &'a [Action]) -> Vec<Moment<'a>> {
    let mut moments = Vec::with_capacity(objects.iter().len() + actions.len());
    for object in objects.iter() {
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
