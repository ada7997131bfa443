//! A turn as it stands at one moment, in words.

use std::collections::BTreeSet;

use domain::clock::{Deadline, duration_in_words, in_words, instant_in_words};
use domain::history::{Case, End, State, Turn, TurnKind};
use domain::id::TurnId;
use domain::outcome::{Outcome, Result, Wait, outcome};
use domain::policy::Class;
use domain::run::Run;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{name, title};

/// A turn as it stands at one moment, in words.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    id: TurnId,
    /// Who waits.
    pub(crate) who: String,
    /// Since when.
    pub(crate) start: Timestamp,
    objects: BTreeSet<String>,
    /// What the brand promised, if that is waited for.
    promise: Option<&'static str>,
    /// How the turn hangs together with those before.
    before: Option<String>,
    class: Class,
    /// Of the latest message: what it is by itself.
    latest: Class,
    due: Timestamp,
    /// `Wed 10:00 (asked Wed 09:00 · 60 min)`
    deadline: String,
    late: bool,
    renewed: bool,
    /// What stands still, and until when.
    still: Vec<String>,
    passed_to: Option<String>,
    taken_back: BTreeSet<String>,
    /// Who else spoke to them, and whether it looks like advice.
    helpers: Vec<(String, bool)>,
    /// How it ended; absent while it is open.
    end: Option<String>,
}

impl Seen {
    /// Looks at a turn by the clocks of `zone`.
    pub(crate) fn new(turn: &Turn, run: &Run<'_>, now: Timestamp, zone: &TimeZone) -> Seen {
        let calendar = run.brand.calendar.as_deref();
        let pauses = turn.pauses.iter().map(|pause| (pause.time, pause.reason.as_str()));
        let began = if turn.is_response() { "asked" } else { "promised" };
        let summed = Deadline { at: run.summed_at, ..run.due.clone() };
        let sum = in_words(&summed, began, calendar, zone, pauses);
        let when = |at: Timestamp| instant_in_words(at, turn.start(), zone);
        let deadline = match sum.rsplit_once(" = ") {
            Some((sum, _)) if run.summed_at != run.due.at => {
                let by = when(run.summed_at);
                format!("{} ({sum}, which would be {by} and over at once)", when(run.due.at))
            }
            Some((sum, at)) => format!("{at} ({sum})"),
            None => sum,
        };
        let clock_stands = turn.pauses.iter().filter(|pause| pause.time.from <= now && now < pause.time.to);
        let clock_stands =
            clock_stands.map(|pause| format!("the clock stands until {} at the latest", when(pause.time.to)));
        let ladder_stands = run.held_until(now).map(|until| format!("nobody is told until {}", when(until)));
        let before = match (&turn.kind, &turn.follows) {
            (TurnKind::NextResponse, _) => Some("in the same case".to_owned()),
            (_, Some(past)) => Some(format!("in a new case; the one before ended {}", when(past.ended_at))),
            (TurnKind::FirstResponse | TurnKind::FollowUp(_), None) => None,
        };
        let waits = turn.is_open();
        Seen {
            id: turn.id.clone(),
            who: who(turn),
            start: turn.start(),
            objects: turn.objects().map(str::to_owned).collect(),
            promise: match &turn.kind {
                TurnKind::FollowUp(promise) => Some(promise.phrase),
                TurnKind::FirstResponse | TurnKind::NextResponse => None,
            },
            before,
            class: turn.class,
            latest: turn.waiting.last().map_or(turn.class, |waiting| waiting.class),
            due: run.due.at,
            deadline,
            late: run.late,
            renewed: run.round(now) > 0 && run.steps.iter().any(|step| step.at > now),
            still: clock_stands.chain(ladder_stands).filter(|_| waits).collect(),
            passed_to: turn.passed_to.as_ref().map(|(to, _)| name(Some(run.config), to)),
            taken_back: turn.returned.iter().map(|returned| returned.object.clone()).collect(),
            helpers: turn.helped_by.iter().map(|helper| (helper.object.clone(), helper.may_help)).collect(),
            end: turn.end.as_ref().map(|end| ended(end, turn, run, zone)),
        }
    }

    /// Whether both look at the same turn.
    pub(crate) fn is_same(&self, other: &Seen) -> bool {
        self.id == other.id || (self.promise == other.promise && !self.objects.is_disjoint(&other.objects))
    }

    /// Says that somebody waits who did not before.
    pub(super) fn begins(&self) -> Vec<String> {
        let Seen { who, deadline, .. } = self;
        let class = if self.class == Class::Question { String::new() } else { format!(" as {}", self.class) };
        let before = self.before.as_ref().map_or(String::new(), |before| format!(", {before}"));
        let mut words = match (&self.end, self.promise) {
            (Some(end), None) => vec![format!("{who}{class}{before}: {end}")],
            (Some(end), Some(phrase)) => vec![format!("{who} was promised ({phrase}): {end}")],
            (None, Some(phrase)) => {
                vec![format!("{who} was promised more ({phrase}); it is due {deadline}")]
            }
            (None, None) if self.late => {
                vec![format!(
                    "{who} waits{class}{before}; an answer was due {deadline}, over before we heard of it"
                )]
            }
            (None, None) => vec![format!("{who} waits{class}{before}; an answer is due {deadline}")],
        };
        words.extend(self.still.iter().cloned());
        words
    }

    /// Says what is other than before.
    pub(super) fn goes_on(&self, before: &Seen, zone: &TimeZone) -> Vec<String> {
        let Seen { who, deadline, .. } = self;
        let mut words = Vec::new();
        let waited = before.end.is_none() && self.end.is_none();
        if waited && self.objects.len() > before.objects.len() {
            let like =
                if self.latest == Class::Thanks { ", and sounds as if nothing were wanted" } else { "" };
            words.push(format!("{who} waits already: it joins{like}"));
        }
        match (&before.end, &self.end) {
            (Some(_), None) => words.push(format!("{who} waits again; an answer is due {deadline}")),
            (before, Some(end)) if before.as_ref() != Some(end) => words.push(format!("{who}: {end}")),
            _ => {}
        }
        if self.class != before.class {
            words.push(format!("{who}: {} now, {} before", self.class, before.class));
        }
        if waited && (before.due != self.due || before.start != self.start) {
            let since = instant_in_words(self.start, self.start, zone);
            words.push(format!("{who} waits since {since}; an answer is due {deadline}"));
        }
        if self.passed_to != before.passed_to {
            words.extend(self.passed_to.as_ref().map(|to| format!("{to} answers {who} now")));
        }
        let helpers = self.helpers.iter().filter(|helper| waited && !before.helpers.contains(helper));
        words.extend(helpers.map(|(_, advises)| match advises {
            true => format!("somebody else gave {who} advice: to be looked at, no answer"),
            false => format!("somebody else commented on {who}'s matter"),
        }));
        let back = self.taken_back.difference(&before.taken_back);
        words.extend(back.map(|object| format!("{object} counts as never said")));
        if self.end.is_none() && self.still != before.still {
            words.extend(self.still.iter().cloned());
            let was = if before.still.is_empty() { None } else { Some("the ladder goes on") };
            words.extend(was.filter(|_| self.still.is_empty()).map(str::to_owned));
        }
        words
    }

    /// Says how it stands at the end of a story.
    pub(super) fn at_end(&self, end: Timestamp, zone: &TimeZone) -> String {
        let objects: Vec<&str> = self.objects.iter().map(String::as_str).collect();
        let name = format!("{} ({})", self.who, objects.join(", "));
        let what = if self.promise.is_some() { ", promised" } else { "" };
        if let Some(end) = &self.end {
            return format!("{name}{what}: {end}");
        }
        let since = instant_in_words(self.start, end, zone);
        let due = instant_in_words(self.due, end, zone);
        let state = if self.due < end { "was due" } else { "is due" };
        format!("{name}{what}: waits since {since}, {state} {due}")
    }
}

/// Says how a turn ended: `answered Wed 09:20 by c2, in time; waited 20 min of open time`.
fn ended(end: &End, turn: &Turn, run: &Run<'_>, zone: &TimeZone) -> String {
    let Outcome { result, felt, ours, .. } = outcome(turn, run, end.at());
    let differs = outcome(turn, run, end.at()).differs();
    let calendar = run.brand.calendar.is_some();
    let when = instant_in_words(end.at(), turn.start(), zone);
    let waited = |wait: Wait| {
        let (all, counted) = (duration_in_words(wait.elapsed), duration_in_words(wait.open));
        match calendar || !turn.pauses.is_empty() {
            false => all,
            true if wait.open == wait.elapsed => format!("{all} of open time"),
            true => format!("{all}, {counted} of it open time"),
        }
    };
    let in_hands = if differs { format!("; {} since we knew", waited(ours)) } else { String::new() };
    let waited = format!("waited {}{in_hands}", waited(felt));
    match end {
        End::Answered { object, .. } => {
            let met = if result == Result::Met { "in time" } else { "too late" };
            let by = object.as_ref().map_or("elsewhere".to_owned(), |object| format!("by {object}"));
            format!("answered {when} {by}, {met}; {waited}")
        }
        End::Withdrawn { .. } if result == Result::Withdrawn => {
            format!("took it back {when}, before an answer was due")
        }
        End::Withdrawn { .. } => format!("took it back {when}, after an answer was due: missed"),
        End::Dismissed { person, reason, .. } => {
            let person = name(Some(run.config), person);
            format!("dismissed {when} by {person} ({reason}); {}", counted(result))
        }
        End::Excluded { person, reason, .. } => {
            let person = name(Some(run.config), person);
            format!("settled {when}, says {person} ({reason}); {}", counted(result))
        }
        End::Expired { .. } => format!("given up {when}: nobody answered for 30 days; missed"),
    }
}

/// Says what becomes of a turn that somebody ended without an answer.
fn counted(result: Result) -> &'static str {
    if result == Result::MissedOpen { "it was over due by then: missed" } else { "it counts for nothing" }
}

/// Says how cases stand of which their turns do not tell.
pub(crate) fn cases_in_words(turns: &[Turn], now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let state = |case: &Case<'_>| {
        let who = who(case.turns[0]);
        match case.state {
            State::Closed { at } => {
                Some(format!("{who}'s case is closed since {}", instant_in_words(at, now, zone)))
            }
            State::AskedToWrite => Some(format!("{who} was asked to write in private")),
            State::Paused { until } => {
                Some(format!("{who}'s case is paused until {}", instant_in_words(until, now, zone)))
            }
            State::Waiting
            | State::Promised
            | State::Answered
            | State::Settled
            | State::Withdrawn
            | State::Expired => None,
        }
    };
    Case::of(turns, now).iter().filter_map(state).collect()
}

/// Returns who waits, as people say it.
pub(crate) fn who(turn: &Turn) -> String {
    turn.author.as_deref().map_or_else(|| "somebody".to_owned(), title)
}
