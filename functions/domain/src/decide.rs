//! The decision: what a check of a conversation leads to, as data.
//!
//! [`decide`] is the only place where Heard decides that somebody is told. It looks at a complete snapshot
//! and returns a plan; carrying the plan out twice, late, or on two machines changes nothing.

use std::collections::BTreeMap;
use std::iter;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::event::Event;
use crate::fact::{Channel, Facts, Notice, NoticeKey, OBJECTS_LISTED, Reason, Recipient, date};
use crate::head::{FORM, Head, Open, TURNS_LISTED, sealed};
use crate::history::{End, History, Turn};
use crate::id::{BrandId, ConversationId, PersonId, Platform, Step, digest};
use crate::ladder::{self, Schedule, Told};
use crate::policy::{Brand, Class, Config, Role, Rules};
use crate::versions::Configs;

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
    /// The head to save in place of the one that was read.
    pub head: Head,
}

/// The name of an object that this conversation holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// Where the object is.
    pub platform: Platform,
    /// The platform's name for it.
    pub object: String,
}

impl Listing {
    /// Returns the listing of the object that `event` is about.
    #[must_use]
    pub fn of(event: &Event) -> Listing {
        Listing { platform: event.platform, object: event.object.clone() }
    }
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

/// A turn with the ladder it runs on.
#[derive(Debug)]
pub struct Run<'a> {
    /// The configuration version of the turn.
    pub version: u32,
    /// Targets and steps, of that version.
    pub rules: &'a Rules,
    /// The brand as it is today: calendar, roles.
    pub brand: &'a Brand,
    /// Today's people.
    pub config: &'a Config,
    /// How often the ladder began anew.
    pub round: u16,
    /// When each step falls due.
    pub schedule: Schedule,
}

/// Returns the ladder that `turn` runs on; absent if no known configuration has the brand.
///
/// The rules are those of the turn's own version, calendars and people always the current ones. A brand
/// that left the configuration while somebody waits keeps what the turn's version says.
///
/// The ladder begins anew, counted from then, when the customer writes again after its last step; until when
/// an answer is in time does not change.
#[must_use]
pub fn run<'a>(turn: &Turn, brand: &BrandId, configs: &'a Configs) -> Option<Run<'a>> {
    let opener = turn.opener();
    let (version, own) = configs.of_turn(opener.received_at)?;
    let config = configs.current().filter(|config| config.brands.contains_key(brand)).unwrap_or(own);
    let today = config.brands.get(brand)?;
    let rules = own.brands.get(brand).unwrap_or(today).policy.rules(Class::Question);
    let calendar = today.calendar.as_deref();
    let mut schedule = ladder::schedule(rules, calendar, turn.start(), opener.received_at);
    let mut round = turn.round;
    for waiting in &turn.waiting[1..] {
        if schedule.steps.last().is_some_and(|last| last.at < waiting.at.max(waiting.received_at)) {
            schedule.steps = ladder::schedule(rules, calendar, waiting.at, waiting.received_at).steps;
            round += 1;
        }
    }
    if let Some(not_before) = turn.not_before {
        for step in &mut schedule.steps {
            step.at = step.at.max(not_before);
        }
    }
    Some(Run { version, rules, brand: today, config, round, schedule })
}

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
    for turn in history.turns.iter().filter(|turn| turn.is_open()) {
        let Some(run) = run(turn, brand, configs) else {
            unheard.push(brand.clone());
            open.push(waiting(turn, turn.start()));
            next_at = next_at.into_iter().chain([now + NOBODY_AGAIN]).min();
            continue;
        };
        let fired = fire(conversation, turn, &run, &facts.notices, now);
        open.push(waiting(turn, run.schedule.due.at));
        claim.extend(fired.claim);
        unheard.extend(fired.unheard.then(|| brand.clone()));
        next_at = next_at.into_iter().chain(fired.next_at).min();
    }
    let (mut drop, pending) = sort_out(history, &facts.notices);
    if facts.unreadable > 0 {
        // What could not be read may be the very question: nothing is given up, somebody looks again.
        drop.clear();
        next_at = next_at.into_iter().chain([now + UNREADABLE_AGAIN]).min();
    }
    let more = open.len().saturating_sub(TURNS_LISTED);
    open.truncate(TURNS_LISTED);
    let listed = listings(facts, head.map_or(Date::MIN, |head| head.sealed));
    let before = head.map(|head| &head.listed);
    let is_new = |(name, _): &(&String, &Listing)| before.is_none_or(|before| !before.contains(*name));
    Some(Plan {
        list: listed.iter().filter(is_new).map(|(_, listing)| listing.clone()).collect(),
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
            sealed: sealed(history, facts, now),
            root: history.root.clone(),
            listed: listed.into_keys().collect(),
            open,
            more: u32::try_from(more).unwrap_or(u32::MAX),
            next_at,
        },
    })
}

/// Returns the names of all objects that the conversation is to be found under, by their digests.
///
/// What was received before `sealed` was listed by the fold that sealed it.
fn listings(facts: &Facts, sealed: Date) -> BTreeMap<String, Listing> {
    let recent = facts.said.iter().filter(|said| date(said.received_at) >= sealed);
    let events = recent.map(|said| &said.event).filter(|event| event.is_listed());
    let listings = events.flat_map(|event| {
        let listing = |name: &str| Listing { platform: event.platform, object: name.to_owned() };
        let names = iter::once(event.object.as_str()).chain(event.edit_name());
        names.map(move |name| (digest(name), listing(name)))
    });
    listings.collect()
}

fn waiting(turn: &Turn, due: Timestamp) -> Open {
    let account = turn.opener().event.account().to_string();
    Open { turn: turn.id.clone(), account, start: turn.start(), due }
}

/// What the ladder of one turn leads to at one moment.
struct Fired {
    claim: Vec<Notice>,
    next_at: Option<Timestamp>,
    unheard: bool,
}

/// Fires every step of `turn` that is due at `now` and did not fire before.
///
/// A step that reaches nobody hands its time on to the next one, which then fires early and says so; if
/// the ladder ends there, the administrators are told.
fn fire(
    conversation: &ConversationId,
    turn: &Turn,
    run: &Run<'_>,
    notices: &[Notice],
    now: Timestamp,
) -> Fired {
    let mine: Vec<&Notice> =
        notices.iter().filter(|notice| notice.key.step.round == run.round && turn.holds(notice)).collect();
    let mut told: Vec<Told> = mine
        .iter()
        .filter(|notice| notice.dropped.is_none())
        .map(|notice| Told {
            person: notice.key.person.clone(),
            role: role(&notice.role),
            // The planned time: a step exactly half an hour later must not find it too near by a claim's delay.
            at: notice.step_at,
        })
        .collect();
    let mut fired = Fired { claim: Vec::new(), next_at: None, unheard: false };
    let mut fallen: Option<Timestamp> = None;
    let mut skipped: Vec<u16> = Vec::new();
    for planned in &run.schedule.steps {
        let before: Vec<&Notice> =
            mine.iter().copied().filter(|notice| notice.key.step.index == planned.index).collect();
        // A step whose every notice was dropped told nobody, and the turn is open: it fires again.
        let repeat = before.iter().map(|notice| notice.key.step.repeat).max();
        let before: Vec<&Notice> =
            before.into_iter().filter(|notice| Some(notice.key.step.repeat) == repeat).collect();
        let told_nobody = before.iter().all(|notice| notice.dropped.is_some());
        if let Some(first) = before.first().filter(|_| !told_nobody) {
            // Fired before. A crash may have left some of its recipients without their claim.
            let claimed = |person: &PersonId| before.iter().any(|notice| notice.key.person == *person);
            let left = first.recipients.iter().filter(|recipient| !claimed(&recipient.person));
            fired.claim.extend(left.map(|recipient| addressed((*first).clone(), recipient, now)));
            (fallen, skipped) = (None, Vec::new());
            continue;
        }
        if mine.iter().any(|notice| notice.skipped.contains(&planned.index)) {
            continue;
        }
        let at = fallen.map_or(planned.at, |fallen| fallen.min(planned.at));
        if at > now {
            fired.next_at = fired.next_at.into_iter().chain([at]).min();
            continue;
        }
        let rung = &run.rules.steps[usize::from(planned.index)];
        let everybody = |_: &PersonId| true;
        let mut reached = ladder::resolve(rung, run.brand, run.config, now, &told, &everybody);
        let is_last = usize::from(planned.index) + 1 == run.schedule.steps.len();
        if reached.is_empty() && is_last {
            // Nobody of the ladder is left. Somebody has to hear of it.
            let admins = run.config.admin.iter().cloned();
            reached = admins.map(|person| ladder::Recipient { person, role: role(ADMIN) }).collect();
        }
        let received_at = turn.opener().received_at;
        let recipients: Vec<Recipient> = reached
            .iter()
            .filter_map(|reached| {
                let person = run.config.people.get(&reached.person)?;
                let send_after = ladder::send_after(at, received_at, person);
                Some(Recipient { person: person.id.clone(), role: reached.role.to_string(), send_after })
            })
            .collect();
        let Some(first) = recipients.first() else {
            if is_last {
                fired.unheard = true;
                fired.next_at = fired.next_at.into_iter().chain([now + NOBODY_AGAIN]).min();
            }
            skipped.push(planned.index);
            fallen = Some(at);
            continue;
        };
        let repeat = repeat.map_or(0, |repeat| repeat + 1);
        let step = Step { round: run.round, index: planned.index, repeat };
        let notice = Notice {
            key: NoticeKey {
                conversation: conversation.clone(),
                date: date(turn.start()),
                turn: turn.id.clone(),
                step,
                person: first.person.clone(),
                channel: Channel::Email,
            },
            brand: run.brand.id.clone(),
            objects: turn
                .waiting
                .iter()
                .take(OBJECTS_LISTED)
                .map(|waiting| waiting.event.object.clone())
                .collect(),
            role: first.role.clone(),
            recipients: recipients.clone(),
            skipped: std::mem::take(&mut skipped),
            step_at: at,
            send_after: first.send_after,
            claimed_at: now,
            config_version: run.version,
            sent: None,
            dropped: None,
        };
        fallen = None;
        told.extend(reached.into_iter().map(|reached| Told {
            person: reached.person,
            role: reached.role,
            at,
        }));
        fired.claim.extend(recipients.iter().map(|recipient| addressed(notice.clone(), recipient, now)));
    }
    fired
}

/// The role in which somebody is told whom no step names.
const ADMIN: &str = "admin";

/// Reads a role as a notice stores it.
fn role(text: &str) -> Role {
    let named = || Role::Named(PersonId::from(text));
    let plain = [Role::Owner, Role::Backup, Role::Lead, Role::Manager];
    plain.into_iter().find(|role| role.to_string() == text).unwrap_or_else(named)
}

/// Returns `notice` for another of the people its step tells.
fn addressed(notice: Notice, recipient: &Recipient, now: Timestamp) -> Notice {
    Notice {
        key: NoticeKey { person: recipient.person.clone(), ..notice.key },
        role: recipient.role.clone(),
        send_after: recipient.send_after,
        claimed_at: now,
        sent: None,
        dropped: None,
        ..notice
    }
}

/// Parts the notices not yet sent into those with nothing left to tell and those still to send.
fn sort_out<'a>(history: &History, notices: &'a [Notice]) -> (Vec<(NoticeKey, Reason)>, Vec<&'a Notice>) {
    let mut drop = Vec::new();
    let mut pending = Vec::new();
    for notice in notices.iter().filter(|notice| notice.is_pending()) {
        match moot(history, notice) {
            Some(reason) => drop.push((notice.key.clone(), reason)),
            None => pending.push(notice),
        }
    }
    (drop, pending)
}

/// Returns why `notice` need not be sent any more; `None` while its turn is open.
#[must_use]
pub fn moot(history: &History, notice: &Notice) -> Option<Reason> {
    let mut turns = history.turns.iter().filter(|turn| turn.holds(notice));
    match turns.clone().find(|turn| turn.is_open()) {
        Some(_) => None,
        None => Some(turns.next_back().and_then(|turn| turn.end.as_ref()).map_or(Reason::Gone, End::reason)),
    }
}

/// Requests one message per person for everything due, old or new, and one at its time for each new
/// notice that has to wait; the sweep finds what waits longer.
fn tell(pending: Vec<&Notice>, claim: &[Notice], now: Timestamp) -> Vec<Tell> {
    let mut tell: Vec<Tell> = Vec::new();
    let due = pending.into_iter().filter(|notice| notice.send_after <= now);
    for notice in due.chain(claim) {
        let at = notice.send_after.max(now);
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
