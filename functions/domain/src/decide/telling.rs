//! What is still true of notices when they are about to be sent, and which mail tells it.

use super::{moot, taken_back_at};
use crate::fact::{Facts, Notice, Purpose, Reason};
use crate::history::{History, Turn};

/// One mail to write: notices about one turn that are told together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling<'a> {
    /// The turn.
    pub turn: &'a Turn,
    /// What is told; never empty.
    pub notices: Vec<Notice>,
    /// The steps that were told of it before, to anybody, and all that did not reach somebody; where that is what is
    /// told, also the steps still to tell.
    pub told: Vec<&'a Notice>,
}

/// Parts notices to one person into the mails that tell them, and those with nothing left to tell.
///
/// What asks for an answer goes into one mail, each other purpose into one of its own, and each channel has its own.
#[must_use]
pub fn tellings<'a>(
    history: &'a History,
    facts: &'a Facts,
    notices: Vec<Notice>,
) -> (Vec<Telling<'a>>, Vec<(Notice, Reason)>) {
    let by_turn = history.by_turn(&facts.notices);
    let mut tellings: Vec<Telling<'a>> = Vec::new();
    let mut untold = Vec::new();
    for notice in notices {
        let place = history.place_of(&notice);
        let turn = place.map(|place| &history.turns[place]);
        if let Some(reason) = moot(turn, &notice) {
            untold.push((notice, reason));
            continue;
        }
        let (Some(place), Some(turn)) = (place, turn) else {
            untold.push((notice, Reason::Gone));
            continue;
        };
        let about = &by_turn[place];
        if about.iter().any(|other| is_told(turn, other, &notice)) {
            untold.push((notice, Reason::Told));
            continue;
        }
        let fits = |telling: &&mut Telling<'_>| {
            let goes = |other: &Notice| {
                other.key.channel == notice.key.channel && other.key.purpose.goes_with(notice.key.purpose)
            };
            telling.turn.id == turn.id && telling.notices.iter().all(goes)
        };
        if let Some(telling) = tellings.iter_mut().find(fits) {
            telling.notices.push(notice);
            continue;
        }
        let told = told(about, notice.key.purpose);
        tellings.push(Telling { turn, notices: vec![notice], told });
    }
    (tellings, untold)
}

/// Returns the steps that were told, of those that went to one person by two channels only the first; and every mail
/// that failed. Whoever is told of a failure is told, too, who is told instead.
fn told<'a>(about: &[&'a Notice], purpose: Purpose) -> Vec<&'a Notice> {
    let mut told: Vec<&Notice> = Vec::new();
    let counts = |other: &&Notice| {
        let follows = purpose == Purpose::Unreachable && other.is_pending();
        let is_step = other.key.purpose == Purpose::Step;
        other.failed.is_some() || (is_step && (other.sent.is_some() || follows))
    };
    for notice in about.iter().copied().filter(counts) {
        let at = |notice: &Notice| notice.sent.as_ref().map(|sent| sent.at);
        let is_same = |known: &&mut &Notice| {
            known.failed.is_none() && notice.failed.is_none() && known.key.is_of_same(&notice.key)
        };
        match told.iter_mut().find(is_same) {
            Some(known) if at(notice) < at(known) => *known = notice,
            Some(_) => {}
            None => told.push(notice),
        }
    }
    told
}

/// Whether `other`, about the same `turn`, told the same person the same: two checks around the removal of a turn's
/// opener can claim one step under both names.
fn is_told(turn: &Turn, other: &Notice, notice: &Notice) -> bool {
    let (theirs, ours) = (&other.key, &notice.key);
    let same = theirs.step == ours.step && theirs.purpose == ours.purpose && theirs.person == ours.person;
    let same = same && theirs.channel == ours.channel;
    let holds = ours.purpose.is_of_open_turn() != Some(false) || other.step_at >= taken_back_at(turn);
    other.is_told() && same && holds
}
