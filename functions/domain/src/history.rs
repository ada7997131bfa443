//! The fold: what the facts of a conversation mean.
//!
//! The result depends on the set of facts only, never on the order they arrived in. Order is
//! (time, parent before child, question before answer, id); a child never sorts before its parent, whatever
//! the platform's clocks say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::action::{Act, Action};
use crate::event::{Event, Side, Verb, Visibility};
use crate::fact::{Facts, Notice, Said};
use crate::id::TurnId;
use crate::policy::Class;
use crate::triage::Answer;

mod acts;
mod aside;
mod before;
mod case;
mod kept;
mod named;
mod object;
mod thread;
mod turn;

use acts::{resume_clock, wake};
pub use case::{Case, State};
pub use kept::{Ended, Kept, Trace, settled};
use object::{Object, Objects};
pub(crate) use thread::DEEPEST_THREAD;
use thread::{Edits, Moment, What, edits, moments};
pub(crate) use turn::LONGEST_BRIDGE;
pub use turn::{End, Helper, Past, Pause, Promise, Rest, Returned, Turn, TurnKind, Waiting};

/// A turn open for so long ends as missed: nobody is told any more.
pub const LONGEST_TURN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A case closes by itself when nothing was said for so long after its last turn ended.
pub const QUIET: SignedDuration = SignedDuration::from_hours(72);
/// For how long after its close a case is opened again by a new message, unless the brand says otherwise.
pub const REOPEN: SignedDuration = SignedDuration::from_hours(72);
/// When an answer is taken back so long after it was given, what it answered may be sealed.
const LATE_REMOVAL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The same text of the same author within this time was sent twice by mistake.
pub(crate) const DOUBLED: SignedDuration = SignedDuration::from_secs(60);
/// What the brand says so soon after a promise belongs to the promise.
const CONTINUED: SignedDuration = SignedDuration::from_mins(2);

/// What happened in a conversation, oldest turn first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every stretch in which somebody waited.
    pub turns: Vec<Turn>,
    /// Objects that were removed while their text or author's name is still stored.
    pub to_blank: Vec<Event>,
    /// What folds that no longer read these facts need of them.
    pub kept: Kept,
}

impl History {
    /// Returns the turn that `notice` is about: the one it names, be it by the name of an opener that was removed
    /// since; else the one that holds the oldest of its objects.
    ///
    /// A notice is about one turn only: a late answer can split what waited together, and each part has objects
    /// that the notice lists.
    #[must_use]
    pub fn turn_of(&self, notice: &Notice) -> Option<&Turn> {
        self.place_of(notice).map(|place| &self.turns[place])
    }

    /// Returns the place of [`turn_of`](Self::turn_of) among the turns.
    pub(crate) fn place_of(&self, notice: &Notice) -> Option<usize> {
        Places::of(&self.turns).place(notice)
    }

    /// Parts notices by the turns they are about, in the order of the turns; what is about none is left out.
    pub(crate) fn by_turn<'a>(&self, notices: &'a [Notice]) -> Vec<Vec<&'a Notice>> {
        let mut by_turn = vec![Vec::new(); self.turns.len()];
        if notices.is_empty() {
            return by_turn;
        }
        let places = Places::of(&self.turns);
        for notice in notices {
            if let Some(place) = places.place(notice) {
                by_turn[place].push(notice);
            }
        }
        by_turn
    }
}

/// Where turns are, by what notices call them.
struct Places<'a> {
    names: BTreeMap<&'a TurnId, usize>,
    objects: BTreeMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    fn of(turns: &'a [Turn]) -> Places<'a> {
        let mut places = Places { names: BTreeMap::new(), objects: BTreeMap::new() };
        for (place, turn) in turns.iter().enumerate() {
            places.names.insert(&turn.id, place);
            for object in turn.objects().filter(|_| turn.is_response()) {
                places.objects.entry(object).or_insert(place);
            }
        }
        for (place, turn) in turns.iter().enumerate() {
            for (before, _) in &turn.names {
                places.names.entry(before).or_insert(place);
            }
        }
        places
    }

    fn place(&self, notice: &Notice) -> Option<usize> {
        let named = self.names.get(&notice.key.turn);
        let held = || notice.objects.iter().find_map(|object| self.objects.get(object.as_str()));
        named.or_else(held).copied()
    }
}

/// Folds facts into turns, as they stand at `now`.
///
/// `kept` is what an earlier fold kept of facts no longer read; `reopen` is for how long after its close a
/// message opens a case again. Facts may come in any order and more than once. A fact that makes no sense (an
/// edit of something unknown, a removal of nothing, an ack of a turn that has ended) is no error: what it
/// belongs to may still come.
#[must_use]
pub fn fold(facts: &Facts, kept: &Kept, reopen: SignedDuration, now: Timestamp) -> History {
    let edits = edits(&facts.said);
    let root = kept.root.iter().map(|root| (root.object.as_str(), root));
    let traces = kept.traces.iter().map(|trace| (trace.object.as_str(), trace)).chain(root).collect();
    let objects = Objects::of(&facts.said, &edits, &traces);
    let unread = kept::unread(kept, &objects);
    // Most conversations are one turn, and room for four is slow to get and to give back.
    let turns = Vec::with_capacity(1);
    let mut fold = Fold { objects: &objects, actions: &facts.actions, unread, traces, reopen, turns };
    for Moment { at, what } in moments(&objects, &facts.actions) {
        match what {
            What::Said(object) => fold.said(object, at),
            What::Edited(object, place) => fold.edited(object, object.classes[place].1, at),
            What::Removed(object) => fold.removed(object, at),
            What::Acted(action) => fold.acted(action, at),
        }
    }
    fold.expire(now);
    let settled = settled(reopen, now);
    let is_settled = |turn: &&Turn| turn.end.as_ref().is_some_and(|end| end.at() < settled);
    let ended = fold.turns.iter().filter(is_settled);
    let ended = ended.filter_map(|turn| Ended::of(turn, fold.settles(turn))).collect();
    let past = kept::past(settled, ended, &fold.unread, &objects);
    let mut turns = fold.turns;
    turns.sort_by(|a, b| (a.start(), &a.id).cmp(&(b.start(), &b.id)));
    let first = objects.iter().find(|object| object.first.thread.as_deref() == Some(&object.first.object));
    let root = first.map(Trace::of).or_else(|| kept.root.clone());
    let traces = kept::traces(settled, kept, &edits, &objects);
    History { turns, to_blank: to_blank(&facts.said, &edits, &objects), kept: Kept { root, past, traces } }
}

/// Whether facts speak of something whose beginning is not among them: it may lie before them.
///
/// So do an edit or removal of an object that is not there, a removal that comes so late that what it answered may
/// be gone, and a person's word that what ended as no matter is one.
#[must_use]
pub fn is_partial(facts: &Facts) -> bool {
    let edits = edits(&facts.said);
    let begun = facts.said.iter().filter(|fact| fact.event.verb == Verb::Add);
    let begun: BTreeMap<&str, Timestamp> =
        begun.map(|fact| (edits.object(&fact.event), fact.event.occurred_at)).collect();
    let is_torn = |fact: &Said| match (begun.get(edits.object(&fact.event)), fact.event.verb) {
        (None, _) => true,
        (Some(begun_at), Verb::Remove | Verb::Hide) => {
            fact.event.side == Side::Brand && fact.received_at.duration_since(*begun_at) >= LATE_REMOVAL
        }
        (Some(_), Verb::Add | Verb::Edit | Verb::Unhide) => false,
    };
    let reopens = |action: &&Action| matches!(action.act, Act::Class { class } if is_worthy(class));
    let mut reopened = facts.actions.iter().filter(reopens).peekable();
    facts.said.iter().any(is_torn)
        || reopened.peek().is_some() && {
            let known: BTreeSet<TurnId> = begun.keys().map(|object| TurnId::of(object)).collect();
            reopened.any(|action| !known.contains(&action.turn))
        }
}

struct Fold<'a> {
    objects: &'a Objects<'a>,
    actions: &'a [Action],
    /// Ended turns whose facts are no longer read.
    unread: Vec<&'a Ended>,
    /// Objects whose facts may no longer be read, by their names.
    traces: BTreeMap<&'a str, &'a Trace>,
    reopen: SignedDuration,
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
        self.helps(object, at);
        let author = object.author();
        let theirs =
            |turn: &&mut Turn| turn.is_open() && turn.is_response() && turn.author.as_deref() == author;
        if let Some(turn) = self.turns.iter_mut().find(theirs) {
            turn.waiting.push(object.waiting());
            resume_clock(turn, at);
            if object.class < turn.class {
                let before = std::mem::replace(&mut turn.class, object.class);
                turn.classes_before.push((before, at));
                // Whoever has it took it for something milder.
                wake(turn, at);
            }
            return;
        }
        let Some((class, not_before)) = self.worthy(object) else {
            return;
        };
        if self.waited_in_ended(author, at) {
            return;
        }
        let before = self.before(object, author, at);
        if before.as_ref().is_some_and(|before| before.takes(object, at, self.reopen))
            || self.piles_in(object)
        {
            return;
        }
        let (case, follows, kind) = match before {
            Some(before) if before.is_reopened_at(at, self.reopen) => {
                (Some(before.past.case), None, TurnKind::NextResponse)
            }
            Some(before) => (None, Some(before.past), TurnKind::FirstResponse),
            None => (None, None, TurnKind::FirstResponse),
        };
        let opened = Turn::opened_by(object.waiting(), author.map(str::to_owned), kind);
        let case = case.unwrap_or_else(|| opened.case.clone());
        self.turns.push(Turn { case, follows, class, not_before, ..opened });
    }

    /// Returns as what `object` opens a turn, and before when nobody is told; `None` if it is no matter to
    /// answer.
    ///
    /// What was taken for advertising or a mere thank-you waits from where it began once somebody says that
    /// it is something else.
    fn worthy(&self, object: &Object<'_>) -> Option<(Class, Option<Timestamp>)> {
        if is_worthy(object.class) {
            return Some((object.class, None));
        }
        let name = TurnId::of(&object.first.object);
        let said = self.actions.iter().filter(|action| action.turn == name);
        let classes = said.filter_map(|action| match action.act {
            Act::Class { class } => Some((action.at, &action.nonce, class)),
            _ => None,
        });
        let (at, _, class) = classes.max()?;
        is_worthy(class).then_some((class, Some(at)))
    }

    /// Ends what has waited for the longest time by `at`.
    fn expire(&mut self, at: Timestamp) {
        for turn in self.turns.iter_mut().filter(|turn| turn.is_open()) {
            let ends = turn.expires_at();
            if ends <= at {
                turn.end = Some(End::Expired { at: ends });
            }
        }
    }

    fn answered(&mut self, object: &'a Object<'a>, at: Timestamp) {
        if self.turns.iter().all(|turn| !turn.is_open()) {
            return;
        }
        let (addressed, named) = match object.first.visibility {
            Visibility::Private => (Vec::new(), Vec::new()),
            Visibility::Public => (self.addressed(object), self.named(object)),
        };
        let mut promises: Vec<Turn> = Vec::new();
        for turn in self.turns.iter_mut().filter(|turn| turn.is_open()) {
            let reached = match object.first.visibility {
                Visibility::Private => turn.is_answered_in_private(object.first, at),
                Visibility::Public => {
                    let author = turn.author.as_deref();
                    addressed.contains(&author) || author.is_some_and(|author| named.contains(&author))
                }
            };
            if !reached {
                continue;
            }
            let promise = answer(turn, object, at, object.received_at);
            let is_new = |promise: &Turn| promises.iter().all(|other| other.author != promise.author);
            promises.extend(promise.filter(is_new));
        }
        self.turns.extend(promises);
    }

    /// An edit made `object` another sort of matter. What is worse makes the whole turn worse; what is milder only
    /// if it was this that made it so.
    fn edited(&mut self, object: &'a Object<'a>, class: Class, at: Timestamp) {
        let is_it = |waiting: &Waiting| waiting.event.object == object.first.object;
        let mut turns = self.turns.iter_mut().filter(|turn| turn.is_open() && turn.is_response());
        let Some(turn) = turns.find(|turn| turn.waiting.iter().any(is_it)) else {
            return;
        };
        let mut was = class;
        for waiting in turn.waiting.iter_mut().filter(|waiting| is_it(waiting)) {
            was = std::mem::replace(&mut waiting.class, class);
        }
        let worst = turn.waiting.iter().map(|waiting| waiting.class).filter(|class| is_worthy(*class)).min();
        let becomes = if turn.class == was { worst.unwrap_or(class) } else { class.min(turn.class) };
        if becomes != turn.class {
            let before = std::mem::replace(&mut turn.class, becomes);
            turn.classes_before.push((before, at));
            if becomes < before {
                wake(turn, at);
            }
        }
    }

    fn removed(&mut self, object: &'a Object<'a>, at: Timestamp) {
        let id = &object.first.object;
        for turn in self.turns.iter_mut().filter(|turn| turn.is_open()) {
            turn.helped_by.retain(|helper| helper.object != *id);
        }
        let holds = |turn: &&mut Turn| {
            let holds = turn.waiting.iter().any(|waiting| waiting.event.object == *id);
            turn.is_open() && turn.is_response() && holds
        };
        let Some(turn) = self.turns.iter_mut().find(holds) else {
            return;
        };
        if turn.waiting.len() == 1 {
            turn.end = Some(End::Withdrawn { at });
        } else {
            turn.waiting.retain(|waiting| waiting.event.object != *id);
            let id = TurnId::of(&turn.opener().event.object);
            if turn.id == id {
                return;
            }
            if turn.case == turn.id {
                turn.case = id.clone();
            }
            // Who saw the old name may act on it, and was told under it.
            let before = std::mem::replace(&mut turn.id, id);
            turn.names.push((before, object.first.occurred_at));
        }
    }
}

/// Answers `turn` with `object`, of which we heard at `received_at`; returns the promise that it makes.
///
/// An answer that was taken back leaves the turn open: the customer never got it, or no longer has it, and the
/// wait goes on from where it began.
fn answer(turn: &mut Turn, object: &Object<'_>, at: Timestamp, received_at: Timestamp) -> Option<Turn> {
    let id = &object.first.object;
    if let Some(gone_at) = object.taken_back_at() {
        if turn.returned.iter().all(|returned| returned.object != *id) {
            turn.returned.push(Returned { object: id.clone(), answered_at: at, at: gone_at });
        }
        return None;
    }
    if let TurnKind::FollowUp(promise) = &turn.kind
        && (promise.object == *id || at.duration_since(promise.at) < CONTINUED || object.is_continued())
    {
        return None;
    }
    let says = object.says();
    let promise = match says {
        Answer::Holding { phrase } => Some(promised(turn, object, at, phrase)),
        Answer::Plain | Answer::AsksPrivate { .. } => None,
    };
    turn.end = Some(End::Answered {
        at,
        received_at,
        object: Some(id.clone()),
        permalink: object.first.permalink.clone(),
        says,
    });
    promise
}

/// Returns the turn that a promise opens which `object` made in answer to `turn`.
fn promised(turn: &Turn, object: &Object<'_>, at: Timestamp, phrase: &'static str) -> Turn {
    let made_by = object.first.object.clone();
    // One answer can promise to several: each waits by themselves.
    let id = TurnId::of(&format!("{made_by} {}", turn.author.as_deref().unwrap_or_default()));
    let kind = TurnKind::FollowUp(Promise { object: made_by, at, phrase });
    let first = Turn::opened_by(turn.opener().clone(), turn.author.clone(), kind);
    let (case, class) = (turn.case.clone(), turn.class);
    let (waiting, passed_to) = (turn.waiting.clone(), turn.passed_to.clone());
    Turn { id, case, class, waiting, passed_to, ..first }
}

/// Whether a matter of this class is to be answered at all: what is not opens no turn.
#[must_use]
pub fn is_worthy(class: Class) -> bool {
    match class {
        Class::Spam | Class::Thanks => false,
        Class::Threat
        | Class::Upset
        | Class::Question
        | Class::Praise
        | Class::Mention
        | Class::Offensive
        | Class::Other => true,
    }
}

/// Returns the stored events that still tell what somebody removed.
fn to_blank(said: &[Said], edits: &Edits<'_>, objects: &Objects<'_>) -> Vec<Event> {
    if objects.iter().all(|object| object.removed_at.is_none()) {
        return Vec::new();
    }
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
