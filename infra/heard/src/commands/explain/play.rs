//! Lets a ladder run as if nobody ever answered.
//!
//! What is told when comes from the very decision that is made about real messages, by a clock that jumps from one
//! moment to the next; here it is only put into an order that can be explained.

use std::collections::BTreeSet;

use domain::calendar::Stretch;
use domain::decide::decide;
use domain::event::{Event, Kind as Item, Side, TimeFrom, Verb, Visibility};
use domain::fact::{Facts, Notice, Purpose, Said};
use domain::history::{History, LONGEST_TURN, Promise, Turn, TurnKind, Waiting, is_worthy};
use domain::id::{Account, ConversationId, PersonId};
use domain::ladder::{self, Choice, Timed, Told};
use domain::policy::{At, Brand, Class, Role, Rung, Style};
use domain::run::{self, Planned, Reminder, Run, Source};
use domain::versions::Configs;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Kind, zone_of};

/// What is asked about.
pub(super) struct Message {
    pub(super) account: Account,
    pub(super) class: Class,
    pub(super) kind: Kind,
    pub(super) at: Timestamp,
    /// Not before `at`.
    pub(super) received_at: Timestamp,
}

/// Everything there is to say about one message.
pub(super) struct Explanation<'a> {
    pub(super) brand: &'a Brand,
    /// Whose clocks the text shows.
    pub(super) zone: TimeZone,
    pub(super) turn: Turn,
    /// Somebody waits; else what follows is what would hold if somebody did, without the people.
    pub(super) opens: bool,
    pub(super) run: Run<'a>,
    /// Every step of the ladder once, in the order of time.
    pub(super) steps: Vec<Step>,
    /// What follows the ladder, up to the first daily list.
    pub(super) reminders: Vec<Step>,
}

/// A moment of the ladder as it would come.
pub(super) struct Step {
    pub(super) index: u16,
    pub(super) source: Source,
    pub(super) roles: Vec<Role>,
    pub(super) style: Style,
    /// When people are told, or would be.
    pub(super) at: Timestamp,
    /// When the policy has it, had we heard of it at once; absent for a reminder.
    pub(super) timed: Option<Timed>,
    pub(super) choices: Vec<Choice>,
    pub(super) outcome: Outcome,
}

/// What becomes of a step.
pub(super) enum Outcome {
    /// People are told.
    Told(Telling),
    /// It reaches nobody, so that the next one comes at once.
    FallsThrough,
    /// It falls into a maintenance, at whose end that step stands for it.
    Held(u16),
    /// Everybody it could tell was told just before that the time is over.
    Known,
    /// It reaches nobody, and there is none behind it.
    Unheard,
    /// It comes later than anybody is told about.
    Expired,
}

/// Who is told by a step, and how it came to that.
pub(super) struct Telling {
    pub(super) mails: Vec<Mail>,
    /// Nobody of the ladder is left, so that the administrators are told.
    pub(super) admin: bool,
    /// Steps before that reached nobody: this one did not wait for its time.
    pub(super) skipped: Vec<u16>,
    /// It waited until somebody could be told again.
    pub(super) again: bool,
    /// So many mails were sent that it only stands in the daily list.
    pub(super) capped: bool,
}

/// A mail of a step.
#[derive(Serialize)]
pub(super) struct Mail {
    pub(super) person: PersonId,
    /// When it may leave.
    pub(super) at: Timestamp,
}

impl Step {
    /// Returns the mails that the step leads to.
    pub(super) fn mails(&self) -> &[Mail] {
        match &self.outcome {
            Outcome::Told(telling) => &telling.mails,
            Outcome::FallsThrough
            | Outcome::Held(_)
            | Outcome::Known
            | Outcome::Unheard
            | Outcome::Expired => &[],
        }
    }
}

impl Explanation<'_> {
    /// Returns the maintenance that lies between the receipt and the last time that people are told.
    pub(super) fn holds(&self) -> impl Iterator<Item = Stretch> {
        let received_at = self.turn.received_at();
        let last = self.steps.iter().chain(&self.reminders).map(|step| step.at).max();
        let holds = self.run.holds.iter().copied();
        holds.filter(move |hold| hold.to > received_at && last.is_some_and(|last| hold.from <= last))
    }
}

/// Lets the ladder of `message`, which is one to `brand`, run as if nobody ever answered.
pub(super) fn explain<'a>(configs: &'a Configs, brand: &'a Brand, message: &Message) -> Explanation<'a> {
    let turn = turn(message);
    let opens = is_worthy(message.class);
    let played = if opens { play(configs, brand, &turn) } else { Played::default() };
    let until = played.until.unwrap_or(turn.received_at());
    let run = run::run(&turn, &brand.id, configs, until).expect("the brand is one of this configuration");
    let (steps, reminders) = if opens { tell(&turn, &run, &played) } else { (Vec::new(), Vec::new()) };
    Explanation { brand, zone: zone_of(brand), turn, opens, run, steps, reminders }
}

/// The turn that `message` opens, or that is about what it promises.
fn turn(message: &Message) -> Turn {
    let Message { ref account, class, at, received_at, .. } = *message;
    let event = Event {
        platform: account.platform,
        account: account.id.clone(),
        object: "message".to_owned(),
        verb: Verb::Add,
        version: "-".to_owned(),
        kind: Item::Message,
        visibility: Visibility::Private,
        side: Side::Customer,
        author: None,
        counterpart: None,
        thread: None,
        parent: None,
        mentions: Vec::new(),
        text: None,
        attachments: Vec::new(),
        permalink: None,
        occurred_at: at,
        time_from: TimeFrom::Event,
    };
    let kind = match message.kind {
        Kind::FirstResponse => TurnKind::FirstResponse,
        Kind::NextResponse => TurnKind::NextResponse,
        Kind::FollowUp => TurnKind::FollowUp(Promise { object: "answer".to_owned(), at, phrase: "" }),
    };
    Turn::opened_by(Waiting { event, class, at, received_at }, None, kind)
}

/// What a ladder led to.
#[derive(Default)]
struct Played {
    /// Who was told, in the order of time.
    notices: Vec<Notice>,
    /// When the last decision was made.
    until: Option<Timestamp>,
    /// Nobody could be told at the end.
    unheard: bool,
}

/// Decides about `turn` at every moment that a decision asks for, up to the first daily list.
fn play(configs: &Configs, brand: &Brand, turn: &Turn) -> Played {
    let conversation = ConversationId::from("explained");
    let opener = turn.opener();
    let said = Said {
        brand: brand.id.clone(),
        event: opener.event.clone(),
        received_at: opener.received_at,
        dialogue: None,
        class: None,
        gist: None,
    };
    let mut facts = Facts { said: vec![said], ..Facts::default() };
    let history = History { turns: vec![turn.clone()], ..History::default() };
    let mut played = Played::default();
    let mut next_at = Some(turn.received_at());
    while let Some(now) = next_at.filter(|now| *now < turn.start() + LONGEST_TURN) {
        let plan = decide(&conversation, None, &facts, &history, configs, now);
        let plan = plan.expect("what was said names the brand");
        let claimed = plan.claim.into_iter().filter(|notice| notice.key.purpose == Purpose::Step);
        facts.notices.extend(claimed);
        played.until = Some(now);
        played.unheard = !plan.unheard.is_empty();
        let is_daily = |notice: &Notice| {
            // A look at the style first: a run is not made for nothing.
            let run = Some(notice).filter(|notice| notice.style == Style::Digest);
            let run = run.and_then(|_| run::run(turn, &brand.id, configs, now));
            let step = run.as_ref().and_then(|run| run.step(notice.key.step.index));
            step.is_some_and(|step| step.source == Source::Reminder(Reminder::Daily))
        };
        if played.unheard || facts.notices.last().is_some_and(is_daily) {
            break;
        }
        next_at = plan.head.next_at;
    }
    played.notices = facts.notices;
    played
}

/// Puts what was played into the order of the ladder, and what follows it.
fn tell(turn: &Turn, run: &Run<'_>, played: &Played) -> (Vec<Step>, Vec<Step>) {
    let rungs = rungs(turn, run);
    let timed = ladder::times(&rungs, &run.clock, turn.start(), run.target, run.due.at, turn.received_at());
    let mut teller = Teller { run, rungs: &rungs, timed: &timed, told: Vec::new(), steps: Vec::new() };
    for notices in played.notices.chunk_by(|a, b| a.key.step == b.key.step) {
        teller.told(notices);
    }
    let expires = turn.start() + LONGEST_TURN;
    teller.untold(played.until.filter(|_| played.unheard), expires);
    let mut steps = teller.steps;
    steps.sort_by_key(|step| (step.at, step.index));
    steps.into_iter().partition(|step| matches!(step.source, Source::Step(_)))
}

/// Returns the ladder that the turn runs on: of a promise, the line in the list of whoever made it.
fn rungs(turn: &Turn, run: &Run<'_>) -> Vec<Rung> {
    if turn.is_response() {
        return run.rules.steps.clone();
    }
    let rung = |planned: &Planned| Rung { at: At::DUE, to: planned.to.clone(), style: planned.style };
    run.steps.first().map(rung).into_iter().collect()
}

/// Turns notices into steps, in the order in which they were told.
struct Teller<'a> {
    run: &'a Run<'a>,
    rungs: &'a [Rung],
    timed: &'a [Timed],
    told: Vec<Told>,
    steps: Vec<Step>,
}

impl Teller<'_> {
    /// The notices of one step, and the steps that it stands for.
    fn told(&mut self, notices: &[Notice]) {
        let Some(first) = notices.first() else { return };
        let index = first.key.step.index;
        let mut at = first.claimed_at;
        for skipped in &first.skipped {
            at = self.planned_at(*skipped).map_or(at, |planned| planned.min(first.step_at));
            let step = self.step(*skipped, at, Outcome::FallsThrough);
            self.steps.extend(step);
        }
        for held in &first.held {
            let step = self.step(*held, first.claimed_at, Outcome::Held(index));
            self.steps.extend(step);
        }
        let mail = |notice: &Notice| Mail {
            person: notice.key.person.clone(),
            at: notice.send_after.max(notice.claimed_at),
        };
        let telling = Telling {
            mails: notices.iter().map(mail).collect(),
            admin: false,
            skipped: first.skipped.clone(),
            again: first.claimed_at > first.step_at,
            capped: first.capped,
        };
        let step = self.step(index, first.claimed_at, Outcome::Told(telling));
        self.steps.extend(step.map(|mut step| {
            let chosen = step.choices.iter().any(|choice| choice.person.is_some());
            if let Outcome::Told(telling) = &mut step.outcome {
                telling.admin = !chosen;
            }
            step.style = first.style;
            let roles = step.choices.iter().map(|choice| (choice.person.as_ref(), choice.role.clone()));
            let roles: Vec<_> = roles.collect();
            self.told.extend(notices.iter().map(|notice| {
                let person = &notice.key.person;
                let role = roles.iter().find(|(chosen, _)| *chosen == Some(person));
                // An administrator who is told as such holds no role of the ladder.
                let role = role.map_or(Role::Named(notice.role.as_str().into()), |(_, role)| role.clone());
                Told { person: person.clone(), role, at: notice.step_at }
            }));
            step
        }));
    }

    /// What nobody was told about, though it is of the ladder; `unheard_at` is when nobody could be told.
    fn untold(&mut self, unheard_at: Option<Timestamp>, expires: Timestamp) {
        let known: BTreeSet<u16> = self.steps.iter().map(|step| step.index).collect();
        let run = self.run;
        let left: Vec<&Planned> = run.steps.iter().filter(|step| !known.contains(&step.index)).collect();
        let is_of_ladder = |planned: &Planned| usize::from(planned.index) < self.rungs.len();
        let is_last = |planned: &Planned| usize::from(planned.index) + 1 == self.rungs.len();
        let unheard = unheard_at
            .and_then(|now| left.iter().rfind(|planned| is_of_ladder(planned) || planned.at <= now))
            .map(|planned| planned.index);
        let outcome = |planned: &Planned| {
            if unheard == Some(planned.index) {
                Some(Outcome::Unheard)
            } else if !is_of_ladder(planned) {
                None
            } else if unheard.is_some() && !is_last(planned) {
                Some(Outcome::FallsThrough)
            } else if planned.at >= expires {
                Some(Outcome::Expired)
            } else {
                Some(Outcome::Known)
            }
        };
        let left: Vec<(&Planned, Outcome)> =
            left.into_iter().filter_map(|planned| Some((planned, outcome(planned)?))).collect();
        for (planned, outcome) in left {
            let at = unheard_at.map_or(planned.at, |now| planned.at.min(now));
            let step = self.step(planned.index, at, outcome);
            self.steps.extend(step);
        }
    }

    fn planned_at(&self, index: u16) -> Option<Timestamp> {
        self.run.step(index).map(|planned| planned.at)
    }

    /// The step of that index at `at`; absent for a reminder that another stands for.
    fn step(&self, index: u16, at: Timestamp, outcome: Outcome) -> Option<Step> {
        let planned = self.run.step(index).map(|step| (step.source, step.to.clone(), step.style));
        let rung = self.rungs.get(usize::from(index));
        let rung = rung.map(|rung| (Source::Step(rung.at), rung.to.clone(), rung.style));
        let (source, roles, style) = planned.or(rung)?;
        let choices = ladder::choose(&roles, &self.run.brand, self.run.config, at, &self.told, &|_| true);
        let timed = self.timed.get(usize::from(index)).copied();
        Some(Step { index, source, roles, style, at, timed, choices, outcome })
    }
}
