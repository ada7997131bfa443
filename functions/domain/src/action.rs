//! What a person of the brand did about a turn: facts like those the platforms tell.
//!
//! An action is stored only after [`refusal`] had nothing against it; the fold takes it as it stands, and ends
//! early what lasts too long. It names the turn that the person saw; if the turn has ended by then, nothing
//! happens, unless it ended as no matter to answer and the action says that it is one.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::{Rest, Turn, TurnKind, is_worthy};
use crate::id::{BrandId, PersonId, TurnId};
use crate::ladder::{candidates, next_opening_day};
use crate::policy::{Brand, Class, Config, Role};

#[cfg(test)]
mod tests;

/// How often one person may say of one turn that they have it.
pub const MOST_ACKS: usize = 2;
/// The longest time that a clock may be paused in one go.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(72);
/// The longest reason that is kept, in characters.
pub const REASON_LIMIT: usize = 500;

/// One click of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Of the page it was done on: a second click on the same page is the same action.
    pub nonce: String,
    /// Whose customer it is about.
    pub brand: BrandId,
    /// The turn that the page showed.
    pub turn: TurnId,
    /// Who did it.
    pub person: PersonId,
    /// When, by our clock.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
}

/// What a person can do about a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// "I have it": the ladder stops for a while, the clock does not.
    Ack,
    /// The ladder stops until then, the clock does not.
    Snooze {
        /// Until when.
        until: Timestamp,
    },
    /// The clock stops, and the ladder with it.
    Pause {
        /// Why, for the report.
        reason: String,
        /// Until when; absent: as long as is allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Whatever stops the ladder or the clock ends.
    Resume,
    /// It needs no answer.
    Dismiss {
        /// Why, for the sample that leads look through.
        reason: String,
    },
    /// Somebody else is to answer.
    Pass {
        /// Who.
        to: PersonId,
    },
    /// It was answered where Heard cannot see it.
    Answered {
        /// When; without it the turn counts for no figure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// Where the answer can be seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// It was settled elsewhere, such as by telephone.
    Resolve {
        /// How.
        reason: String,
    },
    /// It was answered through us: the platform took the answer.
    Reply {
        /// The platform's name of the answer; its echo is the same answer.
        object: String,
    },
    /// It is a matter of another sort.
    Class {
        /// Of which.
        class: Class,
    },
}

/// Why an action is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The turn ended before.
    Ended(Timestamp),
    /// The person has no role of the brand.
    Stranger,
    /// Only who leads may do so.
    LeadsOnly,
    /// It needs a reason of at most [`REASON_LIMIT`] characters.
    NoReason,
    /// The person had it [`MOST_ACKS`] times.
    AckedTwice,
    /// The time lies in the past, before the question or too far away.
    BadTime,
    /// Nobody of that name can be told.
    Unknown(PersonId),
    /// Nothing is stopped.
    NothingStopped,
    /// It is of that sort already, or a promise, which is of none.
    NothingToChange,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Ended(_) => f.write_str("it has ended already"),
            Refusal::Stranger => f.write_str("only people of the brand may do so"),
            Refusal::LeadsOnly => f.write_str("only leads and managers may do so"),
            Refusal::NoReason => write!(f, "it needs a reason of at most {REASON_LIMIT} characters"),
            Refusal::AckedTwice => f.write_str("the same person had it twice already"),
            Refusal::BadTime => f.write_str("the time is not one that is allowed"),
            Refusal::Unknown(person) => write!(f, "nobody is called {person}"),
            Refusal::NothingStopped => f.write_str("neither clock nor ladder is stopped"),
            Refusal::NothingToChange => f.write_str("there is nothing to change"),
        }
    }
}

/// Returns why `person` may not do `act` about `turn` at `now`; absent if they may.
///
/// Everybody with a role may have it, pass it on, dismiss it, say that it is answered or of another sort; what
/// was ended as advertising or a mere thank-you may still be said to be of another sort. To
/// stop the clock, or the ladder for others, takes a lead, manager or administrator, and so does it to end what
/// somebody else stopped. A snooze lasts until the brand's next opening at most (a day without a calendar), a
/// pause [`LONGEST_PAUSE`].
///
/// `brand` is the brand as it is configured; whom the turn was passed to, the turn says itself.
#[must_use]
pub fn refusal(
    act: &Act,
    person: &PersonId,
    turn: &Turn,
    brand: &Brand,
    config: &Config,
    now: Timestamp,
) -> Option<Refusal> {
    let is_undone = matches!(act, Act::Class { class } if is_worthy(*class)) && turn.taken_for.is_some();
    if let Some(end) = turn.end.as_ref().filter(|_| !is_undone || turn.expires_at() <= now) {
        return Some(Refusal::Ended(end.at()));
    }
    let leads =
        brand.lead.contains(person) || brand.manager.contains(person) || config.admin.contains(person);
    let passed_to = turn.passed_to.as_ref().map(|(to, _)| to);
    let answers = [brand.owner.as_ref(), brand.backup.as_ref(), passed_to].contains(&Some(person));
    let named = brand.policy.all_rules().flat_map(|(_, rules)| &rules.steps).flat_map(|step| &step.to);
    let is_named = named.into_iter().any(|role| matches!(role, Role::Named(name) if name == person));
    let is_on_duty = candidates(&Role::Duty, brand, now).any(|other| other == person);
    if !(leads || answers || is_named || is_on_duty) {
        return Some(Refusal::Stranger);
    }
    let reasoned = |reason: &str| {
        let length = reason.trim().chars().count();
        (length == 0 || length > REASON_LIMIT).then_some(Refusal::NoReason)
    };
    let lead_only = (!leads).then_some(Refusal::LeadsOnly);
    let not_within = |at: Timestamp, last: Timestamp| (at <= now || at > last).then_some(Refusal::BadTime);
    match act {
        Act::Ack => (turn.acks_of(person) >= MOST_ACKS).then_some(Refusal::AckedTwice),
        Act::Snooze { until } => lead_only.or_else(|| not_within(*until, next_opening(brand, now))),
        Act::Pause { reason, until } => lead_only
            .or_else(|| reasoned(reason))
            .or_else(|| until.and_then(|until| not_within(until, now + LONGEST_PAUSE))),
        Act::Resume => {
            let lasts = |rest: &&Rest| rest.woken_at.is_none() && rest.until.is_none_or(|until| until > now);
            let rests = turn.rests.iter().filter(lasts);
            let pauses = turn.pauses.iter().filter(|pause| pause.time.to > now);
            let mut by = rests.map(|rest| &rest.person).chain(pauses.map(|pause| &pause.person)).peekable();
            if by.peek().is_none() {
                return Some(Refusal::NothingStopped);
            }
            lead_only.filter(|_| by.any(|other| other != person))
        }
        Act::Dismiss { reason } | Act::Resolve { reason } => reasoned(reason),
        Act::Pass { to } => (!config.people.contains_key(to)).then(|| Refusal::Unknown(to.clone())),
        Act::Answered { at, .. } => at.filter(|at| *at < turn.start() || *at > now).map(|_| Refusal::BadTime),
        Act::Reply { .. } => None,
        Act::Class { class } => {
            let is_promise = matches!(turn.kind, TurnKind::FollowUp(_));
            let is_same = turn.class == *class && !is_undone;
            (is_promise || is_same).then_some(Refusal::NothingToChange)
        }
    }
}

/// Returns the brand's next opening on a later day; a day later without a calendar, or if it stays closed.
fn next_opening(brand: &Brand, now: Timestamp) -> Timestamp {
    let opening = brand.calendar.as_deref().and_then(|calendar| next_opening_day(calendar, now));
    opening.unwrap_or(now + SignedDuration::from_hours(24))
}
