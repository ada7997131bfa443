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
    /// The steps that were told of it before, to anybody.
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
        tellings.push(Telling { turn, notices: vec![notice], told: told(about) });
    }
    (tellings, untold)
}

/// Returns the steps that were told, of those that went to one person by two channels only the first.
fn told<'a>(about: &[&'a Notice]) -> Vec<&'a Notice> {
    let mut told: Vec<&Notice> = Vec::new();
    let sent =
        about.iter().copied().filter(|other| other.sent.is_some() && other.key.purpose == Purpose::Step);
    for notice in sent {
        let at = |notice: &Notice| notice.sent.as_ref().map(|sent| sent.at);
        match told.iter_mut().find(|known| known.key.is_of_same(&notice.key)) {
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
    let holds = ours.purpose.is_of_open_turn() || other.step_at >= taken_back_at(turn);
    other.sent.is_some() && same && holds
}
