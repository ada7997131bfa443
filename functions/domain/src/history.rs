//! The fold: what the facts of a conversation mean.
//!
//! The result depends on the set of facts only, never on the order they arrived in. Order is
//! (time, parent before child, question before answer, id); a child never sorts before its parent, whatever
//! the platform's clocks say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Side, Verb, Visibility};
use crate::fact::{Notice, Reason, Said};
use crate::id::TurnId;

mod thread;

use thread::{Edits, Object, What, ancestors, edits, moments, objects};

/// A turn open for so long ends as missed: nobody is told any more.
const LONGEST_TURN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A private message that comes later than this after a public question is about something else.
const LONGEST_BRIDGE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A name shorter than this is found in too many words to count as a mention.
const SHORTEST_NAME: usize = 3;

/// What happened in a conversation, oldest turn first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every stretch in which somebody waited.
    pub turns: Vec<Turn>,
    /// Objects that were removed while their text or author's name is still stored.
    pub to_blank: Vec<Event>,
    /// Who wrote the object the thread hangs on, for folds that no longer read it.
    pub root: Option<Root>,
}

/// A stretch in which one author waits for the brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Named by the oldest object that waits.
    pub id: TurnId,
    /// Who waits, as the platform's id or handle; absent where the platform does not say.
    pub author: Option<String>,
    /// The objects that wait, oldest first; of an ended turn those that waited at its end.
    pub waiting: Vec<Waiting>,
    /// How often an answer was taken back.
    pub round: u16,
    /// No step before this: an answer that was removed may be a correction under way.
    pub not_before: Option<Timestamp>,
    /// How the turn ended; absent while it is open.
    pub end: Option<End>,
}

/// One object that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its first event, with the text as last edited.
    pub event: Event,
    /// When it counts as said: never before the object it answers.
    pub at: Timestamp,
    /// When we first heard of it.
    pub received_at: Timestamp,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The brand answered.
    Answered {
        /// When.
        at: Timestamp,
        /// With which object.
        object: String,
        /// Where it can be seen.
        permalink: Option<String>,
    },
    /// The customer deleted everything that waited.
    Withdrawn {
        /// When the last of it went.
        at: Timestamp,
    },
    /// It waited longer than anybody is told about.
    Expired {
        /// When that was.
        at: Timestamp,
    },
}

impl End {
    /// Returns when the turn ended.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            End::Answered { at, .. } | End::Withdrawn { at } | End::Expired { at } => *at,
        }
    }

    /// Returns why a notice about the turn need not be sent any more.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            End::Answered { .. } => Reason::Answered,
            End::Withdrawn { .. } => Reason::Withdrawn,
            End::Expired { .. } => Reason::Expired,
        }
    }
}

/// Who wrote the object a thread hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// The object.
    pub object: String,
    /// Its author; absent where the platform does not say.
    pub author: Option<String>,
}

impl Turn {
    /// Returns the oldest object that waits.
    #[must_use]
    pub fn opener(&self) -> &Waiting {
        self.waiting.first().expect("a turn holds the object that opened it")
    }

    /// Returns since when the author waits: the time of the oldest unanswered object.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.opener().at
    }

    /// Whether the author still waits.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether a private message of the brand at `at` answers it: who asked in public must have asked lately.
    fn is_answered_in_private_at(&self, at: Timestamp) -> bool {
        let asked = self.waiting.last().unwrap_or(self.opener());
        asked.event.visibility == Visibility::Private || at.duration_since(asked.at) <= LONGEST_BRIDGE
    }

    /// Whether `notice` is about this turn, be it under the name of an opener that was deleted since.
    #[must_use]
    pub fn holds(&self, notice: &Notice) -> bool {
        self.id == notice.key.turn
            || self.waiting.iter().any(|waiting| notice.objects.contains(&waiting.event.object))
    }
}

/// Folds what was said into turns, as they stand at `now`.
///
/// `root` is what an earlier fold kept of the thread's first object. Facts may come in any order and more
/// than once. A fact that makes no sense (an edit of something unknown, a removal of nothing) is no error:
/// what it belongs to may still come.
#[must_use]
pub fn fold(said: &[Said], root: Option<&Root>, now: Timestamp) -> History {
    let edits = edits(said);
    let objects = objects(said, &edits);
    let mut fold = Fold { objects: &objects, root, turns: Vec::new() };
    for moment in moments(&objects) {
        match moment.what {
            What::Said => fold.said(moment.object, moment.at),
            What::Removed => fold.removed(moment.object, moment.at),
        }
    }
    fold.expire(now);
    let mut turns = fold.turns;
    turns.sort_by(|a, b| (a.start(), &a.id).cmp(&(b.start(), &b.id)));
    let first = objects.values().find(|object| object.first.thread.as_deref() == Some(&object.first.object));
    let seen = first.map(|object| Root { object: object.first.object.clone(), author: object.author() });
    History { turns, to_blank: to_blank(said, &edits, &objects), root: seen.or_else(|| root.cloned()) }
}

/// Whether something is said of an object whose beginning is not among the facts: it may lie before them.
#[must_use]
pub fn is_partial(said: &[Said]) -> bool {
    let edits = edits(said);
    let begun = said.iter().filter(|fact| fact.event.verb == Verb::Add);
    let begun: BTreeSet<&str> = begun.map(|fact| edits.object(&fact.event)).collect();
    said.iter().any(|fact| !begun.contains(edits.object(&fact.event)))
}

struct Fold<'a> {
    objects: &'a BTreeMap<&'a str, Object<'a>>,
    root: Option<&'a Root>,
    turns: Vec<Turn>,
}

impl<'a> Fold<'a> {
    fn said(&mut self, object: &'a Object<'a>, at: Timestamp) {
        match object.first.side {
            Side::Customer => self.asked(object, at),
            Side::Brand => self.answered(object, at),
            // Recorded, shown, but no answer: nobody at the brand has read anything.
            Side::Automation => {}
        }
    }

    fn asked(&mut self, object: &'a Object<'a>, at: Timestamp) {
        // What waited too long has ended: it must not swallow a new question.
        self.expire(at);
        let author = object.author();
        if let Some(turn) = self.turns.iter_mut().find(|turn| turn.is_open() && turn.author == author) {
            turn.waiting.push(object.waiting());
            return;
        }
        self.turns.push(Turn {
            id: TurnId::of(&object.first.object),
            author,
            waiting: vec![object.waiting()],
            round: 0,
            not_before: None,
            end: None,
        });
    }

    /// Ends what has waited for the longest time by `at`.
    fn expire(&mut self, at: Timestamp) {
        for turn in self.turns.iter_mut().filter(|turn| turn.is_open()) {
            let ends = turn.start() + LONGEST_TURN;
            if ends <= at {
                turn.end = Some(End::Expired { at: ends });
            }
        }
    }

    fn answered(&mut self, object: &'a Object<'a>, at: Timestamp) {
        let addressed = self.addressed(object);
        let named = self.named(object);
        for turn in self.turns.iter_mut().filter(|turn| turn.is_open()) {
            let reached = match object.first.visibility {
                Visibility::Private => turn.is_answered_in_private_at(at),
                Visibility::Public => {
                    addressed.contains(&turn.author)
                        || turn.author.as_ref().is_some_and(|author| named.contains(author.as_str()))
                }
            };
            if !reached {
                continue;
            }
            if object.is_taken_back() {
                // The customer never got this answer, or no longer has it: the wait goes on from where it
                // began, and what people were told before is told again.
                turn.round += 1;
                let again = object.removed_at.map(|at| at + SignedDuration::from_mins(15));
                turn.not_before = turn.not_before.max(again);
            } else {
                turn.end = Some(End::Answered {
                    at,
                    object: object.first.object.clone(),
                    permalink: object.first.permalink.clone(),
                });
            }
        }
    }

    /// Returns the authors of everything that `object` answers, up to the top of the thread.
    fn addressed(&self, object: &'a Object<'a>) -> BTreeSet<Option<String>> {
        let author = |id: &str| match (self.objects.get(id), self.root) {
            (Some(object), _) => Some(object.author()),
            (None, Some(root)) if root.object == id => Some(root.author.clone()),
            (None, _) => None,
        };
        ancestors(self.objects, &object.first.object).filter_map(author).collect()
    }

    /// Returns the authors that an answer mentions: by id, by `@handle`, or by a name that only one person
    /// of the conversation bears. "Ann Keller" does not mention "Ann".
    fn named(&self, answer: &'a Object<'a>) -> BTreeSet<&'a str> {
        let mentions = answer.first.mentions.iter().chain(&answer.first.counterpart);
        let mut named: BTreeSet<&str> = mentions.map(String::as_str).collect();
        let Some(text) = answer.text else {
            return named;
        };
        let lower = text.to_lowercase();
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for author in self.objects.values().filter_map(|object| object.first.author.as_ref()) {
            let Some(key) = author.id.as_deref().or(author.handle.as_deref()) else {
                continue;
            };
            if author
                .handle
                .as_ref()
                .is_some_and(|handle| names(&lower, &format!("@{}", handle.to_lowercase())))
            {
                named.insert(key);
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

    fn removed(&mut self, object: &'a Object<'a>, at: Timestamp) {
        let id = &object.first.object;
        let holds = |turn: &&mut Turn| {
            turn.is_open() && turn.waiting.iter().any(|waiting| waiting.event.object == *id)
        };
        let Some(turn) = self.turns.iter_mut().find(holds) else {
            return;
        };
        if turn.waiting.len() == 1 {
            turn.end = Some(End::Withdrawn { at });
        } else {
            turn.waiting.retain(|waiting| waiting.event.object != *id);
            turn.id = TurnId::of(&turn.opener().event.object);
        }
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

/// Returns the stored events that still tell what somebody removed.
fn to_blank<'a>(said: &'a [Said], edits: &Edits<'a>, objects: &BTreeMap<&str, Object<'_>>) -> Vec<Event> {
    let removed =
        |event: &Event| objects.get(edits.object(event)).is_some_and(|object| object.removed_at.is_some());
    let tells = |event: &Event| {
        event.text.is_some()
            || event.permalink.is_some()
            || !event.attachments.is_empty()
            || event.author.as_ref().is_some_and(|author| author.name.is_some() || author.handle.is_some())
    };
    // A customer's only: whom a removed answer named decides how often the ladder began anew.
    let asked = |event: &&Event| event.side == Side::Customer && removed(event) && tells(event);
    said.iter().map(|fact| &fact.event).filter(asked).cloned().collect()
}

#[cfg(test)]
mod tests;
