//! What a Heard would have done that is everywhere at once, takes no time and never fails.
//!
//! It decides by the same rules, the moment anything becomes known or falls due. What the real one does is held
//! against it: who was told, how much later, and who should never have been.

use domain::decide::{decide, reopen, tellings};
use domain::fact::{Dropped, Facts, Failed, Notice, NoticeKey, Purpose, Reason, Sent};
use domain::history::{History, Kept, Turn, fold};
use domain::id::{ConversationId, TurnId};
use domain::pace::Pacing;
use domain::run::run;
use domain::versions::Configs;
use jiff::SignedDuration;
use std::collections::BTreeSet;

use crate::letters::Letters;
use crate::time::{Ms, instant, ms, words};
use crate::verify::PROMISED;
use crate::world::World;
use crate::world::table::Fact;

/// While nobody is to be told, a notice is looked at again after this time at the latest, as the mail function does.
const HELD: SignedDuration = SignedDuration::from_mins(5);

/// So often anything is decided at one moment: what goes on for longer goes round in circles, and would do so in the
/// functions, too.
const ROUNDS: u32 = 200;

/// What should have happened in one conversation.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// Every notice that left, with when.
    pub(crate) told: Vec<(Ms, Notice)>,
    /// At which moments something became known: facts and pushes.
    pub(crate) news: Vec<Ms>,
    /// What waited, from each moment on: the objects, and the names of the turns.
    pub(crate) waits: Vec<(Ms, Vec<String>)>,
    /// Which turns were open, from each change on.
    pub(crate) open: Vec<(Ms, BTreeSet<TurnId>)>,
}

impl Reference {
    /// Whether anything became known in the time from `from` to `to`, both included.
    #[must_use]
    pub(crate) fn has_news(&self, from: Ms, to: Ms) -> bool {
        self.news.iter().any(|at| (from..=to).contains(at))
    }

    /// Whether anything but the first fact became known until `to`.
    #[must_use]
    pub(crate) fn has_later_news(&self, to: Ms) -> bool {
        self.news.iter().skip(1).any(|at| *at <= to)
    }

    /// Whether what `notice` is about waited at `at`, by what was known before it.
    #[must_use]
    pub(crate) fn waited(&self, notice: &Notice, at: Ms) -> bool {
        let known = self.waits.iter().rev().find(|(since, _)| *since < at);
        let calls = |name: &str| known.is_some_and(|(_, waiting)| waiting.iter().any(|other| other == name));
        calls(notice.key.turn.as_str()) || notice.objects.iter().any(|object| calls(object))
    }
}

/// Returns every version that is pushed in the history, before any of the pushes.
fn configs(world: &World) -> Configs {
    let loaded = world.pushes.iter().map(|push| (push.number, World::config(push.number)));
    Configs { pushes: Vec::new(), loaded: loaded.collect() }
}

/// Whether neither today's configuration nor the notice's own knows who it is for.
fn is_gone(notice: &Notice, configs: &Configs) -> bool {
    let own = configs.loaded.get(&notice.config_version).map(AsRef::as_ref);
    let person = &notice.key.person;
    !configs.current().into_iter().chain(own).any(|config| config.people.contains_key(person))
}

/// Returns what should have happened in a conversation until `end`.
#[must_use]
pub(crate) fn reference(world: &World, letters: &Letters<'_>, id: &ConversationId, end: Ms) -> Reference {
    let commits: Vec<(Ms, &Fact)> = world
        .log
        .commits
        .iter()
        .filter(|commit| commit.conversation == *id)
        .map(|commit| (commit.at, &commit.fact))
        .collect();
    let Some((begin, _)) = commits.first() else { return Reference::default() };
    let mut configs = configs(world);
    let mut reference = Reference::default();
    let mut facts = Facts::default();
    let failures: Vec<&(Ms, NoticeKey, Failed)> =
        world.log.failures.iter().filter(|(_, key, _)| key.conversation == *id).collect();
    let (mut next_commit, mut next_push) = (0, 0);
    let mut now = *begin;
    let mut rounds = 0;
    loop {
        rounds += 1;
        assert!(rounds <= ROUNDS, "the ladder of {id} comes to no end at {}", words(now));
        let before = (next_commit, next_push);
        while let Some(push) = world.pushes.get(next_push).filter(|push| ms(push.pushed_at) <= now) {
            configs.pushes.push(*push);
            next_push += 1;
        }
        while let Some((_, fact)) = commits.get(next_commit).filter(|(at, _)| *at <= now) {
            match fact {
                Fact::Said(said) => facts.said.push(said.clone()),
                Fact::Acted(action) => facts.actions.push(action.clone()),
                Fact::Notice(_) => {}
            }
            next_commit += 1;
        }
        if before != (next_commit, next_push) {
            reference.news.push(now);
        }
        let at = instant(now);
        let brand = facts.said.first().map(|said| said.brand.clone());
        let reopen = brand.map_or(domain::history::REOPEN, |brand| reopen(&brand, &configs));
        let history = fold(&facts, &Kept::default(), reopen, at);
        let open = history.turns.iter().filter(|turn| turn.is_open());
        let names: BTreeSet<TurnId> = open.clone().map(|turn| turn.id.clone()).collect();
        if reference.open.last().is_none_or(|(_, before)| *before != names) {
            reference.open.push((now, names));
        }
        // A turn whose opener was deleted goes by the name of the next, and what was told of it is still about it.
        let calls = |turn: &Turn| {
            let names = turn.names.iter().map(|(name, _)| name.as_str()).chain([turn.id.as_str()]);
            names.chain(turn.objects()).map(str::to_owned).collect::<Vec<_>>()
        };
        reference.waits.push((now, open.flat_map(calls).collect()));
        let plan = decide(id, None, &facts, &history, &configs, at);
        let mut next_at = None;
        if let Some(plan) = plan {
            for (key, reason) in &plan.drop {
                let dropped = Dropped { at, reason: *reason };
                let notice = facts.notices.iter_mut().find(|notice| notice.key == *key);
                notice.expect("what is dropped was claimed").dropped = Some(dropped);
            }
            let is_known = |claim: &Notice| facts.notices.iter().any(|notice| notice.key == claim.key);
            assert!(
                !plan.claim.iter().any(is_known),
                "what is claimed has a name of its own: {:?}",
                plan.claim
            );
            facts.notices.extend(plan.claim);
            next_at = plan.head.next_at.map(ms);
        }
        if pass_over(world, &mut facts, &failures, now) {
            continue;
        }
        if tell_what_is_due(&mut reference, letters, &mut facts, &history, &configs, now) {
            continue;
        }
        if fail_what_failed(&mut facts, &failures, now) {
            continue;
        }
        let mails = facts.notices.iter().filter(|notice| notice.is_pending());
        let mails = mails.map(|notice| ms(notice.send_after));
        let commit = commits.get(next_commit).map(|(at, _)| *at);
        let push = world.pushes.get(next_push).map(|push| ms(push.pushed_at));
        let moments = mails.chain(next_at).filter(|at| *at > now);
        let failures = failures.iter().map(|(at, ..)| *at).filter(|at| *at > now);
        match moments.chain(commit).chain(push).chain(failures).min() {
            Some(next) if next <= end => (now, rounds) = (next, 0),
            _ => return reference,
        }
    }
}

/// Takes out what is due to somebody whom nobody claimed it for, because it turned out at about the same time that mail
/// does not reach them: which of the two came first is chance. Returns whether somebody has to look again.
fn pass_over(world: &World, facts: &mut Facts, failures: &[&(Ms, NoticeKey, Failed)], now: Ms) -> bool {
    let mut is_any = false;
    let at = instant(now);
    let due = |notice: &&mut Notice| notice.is_pending() && notice.send_after <= at;
    // Under the name of another turn it is the same.
    let is_claimed = |notice: &Notice| {
        let same = |other: &Notice| {
            let (one, two) = (&notice.key, &other.key);
            (&one.person, one.purpose, one.step.index) == (&two.person, two.purpose, two.step.index)
        };
        let conversation = world.table.conversation(&notice.key.conversation);
        conversation.is_some_and(|conversation| conversation.notices().any(same))
    };
    for notice in facts.notices.iter_mut().filter(due).filter(|notice| !is_claimed(notice)) {
        let theirs = |(failed_at, key, _): &&&(Ms, NoticeKey, Failed)| {
            let is_theirs = key.person == notice.key.person && key.channel == notice.key.channel;
            is_theirs && *failed_at <= now + PROMISED
        };
        if let Some((_, _, failed)) = failures.iter().find(theirs) {
            notice.failed = Some(Failed { known: true, ..failed.clone() });
            is_any = true;
        }
    }
    is_any
}

/// Marks what was told and turned out by `now` not to have reached anybody. Returns whether somebody has to look again.
fn fail_what_failed(facts: &mut Facts, failures: &[&(Ms, NoticeKey, Failed)], now: Ms) -> bool {
    let mut is_any = false;
    for (_, key, failed) in failures.iter().filter(|(at, ..)| *at <= now) {
        let told = facts.notices.iter_mut().find(|notice| notice.key == *key && notice.is_told());
        if let Some(notice) = told {
            notice.failed = Some(failed.clone());
            is_any = true;
        }
    }
    is_any
}

/// Tells what is due at `now`, as the mail function does. Returns whether somebody has to look again: who was to be
/// told is gone.
fn tell_what_is_due(
    reference: &mut Reference,
    letters: &Letters<'_>,
    facts: &mut Facts,
    history: &History,
    configs: &Configs,
    now: Ms,
) -> bool {
    let at = instant(now);
    let due = facts.notices.iter().filter(|notice| notice.is_pending() && notice.send_after <= at);
    let due: Vec<Notice> = due.cloned().collect();
    if due.is_empty() {
        return false;
    }
    let pacing = configs.current().map_or_else(Pacing::default, |config| config.pacing);
    let mut is_anybody_gone = false;
    let mut changes: Vec<Notice> = Vec::new();
    let (tellings, untold) = tellings(history, facts, due);
    for (mut notice, reason) in untold {
        notice.dropped = Some(Dropped { at, reason });
        changes.push(notice);
    }
    for telling in tellings {
        let run = run(telling.turn, &telling.notices[0].brand, configs, at);
        let held = run.as_ref().and_then(|run| run.held_until(at));
        // Who comes a second later is held back by what begins in between.
        let holds = run.iter().flat_map(|run| &run.holds).map(|hold| ms(hold.from));
        reference.news.extend(holds.filter(|from| *from > now));
        for mut notice in telling.notices {
            let is_step = notice.key.purpose == Purpose::Step;
            if is_gone(&notice, configs) {
                notice.dropped = Some(Dropped { at, reason: Reason::Gone });
                is_anybody_gone = true;
            } else if let Some(until) = held.filter(|_| is_step) {
                notice.send_after = until.min(at + HELD);
            } else if let Some(until) = letters.wait_until(&notice, &pacing, now) {
                notice.send_after = instant(until);
            } else {
                notice.sent = Some(Sent { at, mail: String::new() });
                reference.told.push((now, notice.clone()));
            }
            changes.push(notice);
        }
    }
    for change in changes {
        let notice = facts.notices.iter_mut().find(|notice| notice.key == change.key);
        *notice.expect("it was among them") = change;
    }
    if is_anybody_gone {
        // Who decides without knowing it yet decides otherwise.
        reference.news.push(now);
    }
    is_anybody_gone
}
