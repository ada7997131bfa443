//! The decision: what a check of a conversation leads to, as data.
//!
//! [`decide`] is the only place where Heard decides that somebody is told. It looks at a complete snapshot
//! and returns a plan; carrying the plan out twice, late, or on two machines changes nothing.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::clock::later;
use crate::event::Event;
use crate::fact::{Facts, Notice, NoticeKey, Reason, Said};
use crate::head::{FORM, Head, Open, TURNS_LISTED, sealed};
use crate::history::{End, History, REOPEN, Turn};
use crate::id::{BrandId, ConversationId, PersonId};
use crate::pace::may_leave_at;
use crate::run::run;
use crate::versions::Configs;

mod fire;
mod listing;
mod notes;
mod telling;
mod unreachable;

pub use fire::MAILS_A_TURN;
use fire::fire;
use listing::Listings;
pub use listing::{Authored, Listing, answers_since};
pub use telling::{Telling, tellings};
pub use unreachable::reachable;

/// What one check asks the outside world to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Stored events that still tell what somebody removed.
    pub blank: Vec<Event>,
    /// Notices that have nothing left to tell.
    pub drop: Vec<(NoticeKey, Reason)>,
    /// Notices to claim.
    pub claim: Vec<Notice>,
    /// Messages to request, one per person and time; they name what was claimed now or before.
    pub tell: Vec<Tell>,
    /// Turns that a step was due for and nobody could be told about.
    pub unheard: Vec<BrandId>,
    /// Objects to list this conversation under, so that their removals find it.
    pub list: Vec<Listing>,
    /// Who asked here in public, so that what the brand answers them in private finds this conversation.
    pub authors: Vec<Authored>,
    /// Private messages of the brand, to be known of wherever their reader asked in public.
    pub links: Vec<Said>,
    /// The head to save in place of the one that was read.
    pub head: Head,
}

/// One message to request: notices of one person, of this conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    /// Who is told.
    pub person: PersonId,
    /// About what.
    pub notices: Vec<NoticeKey>,
    /// When; not after `now` for what is due.
    pub at: Timestamp,
}

/// When nobody could be told, somebody looks again after this time.
const NOBODY_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// When a fact could not be read, somebody looks again after this time.
const UNREADABLE_AGAIN: SignedDuration = SignedDuration::from_mins(15);
/// One message names no more notices than this: it has to be sent within one run of the function.
pub const NOTICES_A_MESSAGE: usize = 20;

/// Decides what a check of a conversation at `now` leads to.
///
/// `head` is what was read before the facts, absent on the first check; `history` is the fold of the facts.
/// Returns `None` for a conversation of which nothing is known.
#[must_use]
pub fn decide(
    conversation: &ConversationId,
    head: Option<&Head>,
    facts: &Facts,
    history: &History,
    configs: &Configs,
    now: Timestamp,
) -> Option<Plan> {
    let brand = facts.said.first().map(|said| &said.brand).or(head.map(|head| &head.brand))?;
    let mut claim = Vec::new();
    let mut unheard = Vec::new();
    let mut open = Vec::new();
    let mut next_at: Option<Timestamp> = None;
    let by_turn = history.by_turn(&facts.notices);
    for (turn, notices) in history.turns.iter().zip(&by_turn).filter(|(turn, _)| turn.is_open()) {
        let Some(run) = run(turn, brand, configs, now) else {
            unheard.push(brand.clone());
            open.push(waiting(turn, turn.start()));
            next_at = next_at.into_iter().chain([nobody_again(turn.start(), now)]).min();
            continue;
        };
        let fired = fire(conversation, turn, &run, notices, now);
        let noted = notes::of_open(conversation, turn, &run, notices, now);
        open.push(waiting(turn, run.due.at));
        claim.extend(fired.claim.into_iter().chain(noted.claim));
        claim.extend(unreachable::reports(run.config, notices, now));
        unheard.extend(fired.unheard.then(|| brand.clone()));
        let moments = fired.next_at.into_iter().chain(noted.next_at).chain([turn.expires_at()]);
        next_at = next_at.into_iter().chain(moments).min();
    }
    let ended = history.turns.iter().zip(&by_turn).filter(|(turn, _)| !turn.is_open());
    for (turn, notices, config) in
        ended.filter_map(|(turn, notices)| Some((turn, notices, configs.current()?)))
    {
        claim.extend(notes::of_ended(turn, config, notices, now));
        claim.extend(unreachable::reports(config, notices, now));
    }
    let (mut drop, pending) = sort_out(history, &by_turn, &facts.notices);
    if facts.unreadable > 0 {
        // What could not be read may be the very question: nothing is given up, somebody looks again.
        drop.clear();
        next_at = next_at.into_iter().chain([now + UNREADABLE_AGAIN]).min();
    }
    let more = open.len().saturating_sub(TURNS_LISTED);
    open.truncate(TURNS_LISTED);
    let before = head.map(|head| (&head.listed, head.sealed));
    let Listings { list, authors, links, names } = Listings::of(facts, before);
    Some(Plan {
        list,
        authors,
        links,
        blank: history.to_blank.clone(),
        tell: tell(pending, &claim, now),
        drop,
        claim,
        unheard,
        head: Head {
            v: FORM,
            conversation: conversation.clone(),
            brand: brand.clone(),
            version: head.map_or(0, |head| head.version),
            folded_at: now,
            planned_by: configs.pushes.last().map(|push| push.pushed_at),
            sealed: sealed(history, facts, reopen(brand, configs), now),
            kept: history.kept.clone(),
            listed: names,
            open,
            more: u32::try_from(more).unwrap_or(u32::MAX),
            next_at,
        },
    })
}

fn waiting(turn: &Turn, due: Timestamp) -> Open {
    let account = turn.opener().event.account().to_string();
    Open { turn: turn.id.clone(), account, class: turn.class, start: turn.start(), due }
}

/// Returns when somebody looks again, as nobody could be told since `at`.
///
/// Two checks that look at nearly the same time come to the same moment: each new one would be a message of its own,
/// and each of these would ask for more.
fn nobody_again(at: Timestamp, now: Timestamp) -> Timestamp {
    let every = NOBODY_AGAIN.as_millis();
    let looked = now.duration_since(at).as_millis().max(0) / every;
    let wait = i64::try_from((looked + 1) * every).map_or(SignedDuration::MAX, SignedDuration::from_millis);
    later(at, wait)
}

/// Parts the notices not yet sent into those with nothing left to tell and those still to send.
fn sort_out<'a>(
    history: &History,
    by_turn: &[Vec<&'a Notice>],
    notices: &'a [Notice],
) -> (Vec<(NoticeKey, Reason)>, Vec<&'a Notice>) {
    let known = history.turns.iter().zip(by_turn);
    let turns: BTreeMap<&NoticeKey, &Turn> =
        known.flat_map(|(turn, notices)| notices.iter().map(move |notice| (&notice.key, turn))).collect();
    let mut drop = Vec::new();
    let mut pending = Vec::new();
    for notice in notices.iter().filter(|notice| notice.is_pending()) {
        match moot(turns.get(&notice.key).copied(), notice) {
            Some(reason) => drop.push((notice.key.clone(), reason)),
            None => pending.push(notice),
        }
    }
    (drop, pending)
}

/// Returns why `notice`, which is about `turn`, need not be sent any more; `None` while what it tells is so.
fn moot(turn: Option<&Turn>, notice: &Notice) -> Option<Reason> {
    match (notice.key.purpose.is_of_open_turn(), turn.is_some_and(Turn::is_open)) {
        (None, _) | (Some(true), true) | (Some(false), false) => None,
        (Some(false), true) => Some(Reason::Reopened),
        (Some(true), false) => {
            Some(turn.and_then(|turn| turn.end.as_ref()).map_or(Reason::Gone, End::reason))
        }
    }
}

/// Returns when the last answer to `turn` that was taken back was: what was told of its end before speaks of that
/// answer.
fn taken_back_at(turn: &Turn) -> Timestamp {
    turn.returned.iter().map(|returned| returned.at).max().unwrap_or(Timestamp::MIN)
}

/// Returns for how long after its close a case of `brand` is opened again by a new message.
#[must_use]
pub fn reopen(brand: &BrandId, configs: &Configs) -> SignedDuration {
    let known = configs.current().and_then(|config| config.brands.get(brand));
    known.map_or(REOPEN, |brand| brand.reopen)
}

/// Requests one message per person for everything due, old or new, and one at its time for each new
/// notice that has to wait; the sweep finds what waits longer.
fn tell(pending: Vec<&Notice>, claim: &[Notice], now: Timestamp) -> Vec<Tell> {
    let mut tell: Vec<Tell> = Vec::new();
    // What was put off has a message of its own, and this one does nothing; unless nobody has to wait any more.
    let due = pending.into_iter().filter(|notice| may_leave_at(notice) <= now);
    let due = due.map(|notice| (notice, now));
    for (notice, at) in due.chain(claim.iter().map(|notice| (notice, notice.send_after.max(now)))) {
        let person = &notice.key.person;
        let fits = |tell: &&mut Tell| {
            tell.person == *person && tell.at == at && tell.notices.len() < NOTICES_A_MESSAGE
        };
        match tell.iter_mut().find(fits) {
            Some(tell) => tell.notices.push(notice.key.clone()),
            None => {
                tell.push(Tell { person: person.clone(), notices: vec![notice.key.clone()], at });
            }
        }
    }
    tell
}

#[cfg(test)]
mod tests;
