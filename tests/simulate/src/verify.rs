//! What must always be true, held against one history when it is over.

use std::collections::HashMap;

use domain::decide::{decide, reopen};
use domain::fact::{Facts, Notice, NoticeKey};
use domain::history::{Kept, fold};
use domain::versions::Configs;

use crate::always::{look_back, once};
use crate::call::{Call, Function};
use crate::engine::facts_of;
use crate::fault::{Kind, Trouble};
use crate::log::{Accepted, Violation};
use crate::reference::{Reference, reference};
use crate::story::What;
use crate::time::{Ms, SECOND, instant, ms, words};
use crate::world::World;
use crate::world::queue::Body;
use crate::world::table::{Conversation, Entry};

/// Without faults, and after a sweep that crashed or was missed, a message is asked for within this time.
const PROMPT: Ms = 2 * SECOND;
/// After any other single fault, within this time.
const PROMISED: Ms = 150 * SECOND;
/// How long what is asked for takes to leave, when nothing is in its way.
const SENDING: Ms = SECOND;

/// How long a mail takes, for whoever waits in line for the same person.
const TURN: Ms = 300;

/// What was seen in one history.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What should never be.
    pub violations: Vec<Violation>,
    /// How late each message left that nothing new put off.
    pub lateness: Vec<Late>,
}

/// How late a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Whether it concerned the first brand.
    pub is_first_brand: bool,
    /// By how much, in ms; never negative.
    pub by: Ms,
}

/// Looks at a history that is over.
#[must_use]
pub fn verify(world: &mut World) -> Seen {
    world.index.catch_up(Ms::MAX);
    let mut seen = Seen { violations: std::mem::take(&mut world.log.violations), lateness: Vec::new() };
    let mut accepted: HashMap<&NoticeKey, Vec<&Accepted>> = HashMap::new();
    for mail in &world.log.accepted {
        for key in &mail.keys {
            accepted.entry(key).or_default().push(mail);
        }
    }
    let configs = configs(world);
    for conversation in world.table.conversations() {
        let facts = facts_of(conversation.items.iter().map(|(_, fact)| fact));
        in_any_order(world, conversation, &facts, &mut seen);
        nothing_is_left(world, conversation, &facts, &configs, &mut seen);
        let reference = reference(world, &conversation.id, world.ends_at());
        let parted = parted_at(world, &reference, &accepted);
        in_time(world, conversation, &reference, &accepted, parted, &mut seen);
        not_for_nothing(world, conversation, &reference, &accepted, parted, &mut seen);
        look_back(world, conversation, &reference, parted, &mut seen);
    }
    not_twice(world, &accepted, &mut seen);
    nothing_waits(world, &mut seen);
    everything_is_counted(world, &mut seen);
    few_calls(world, &mut seen);
    once(world, &mut seen);
    // By time: what went wrong first often is why the rest did. By words: maps are in no order.
    let order = |violation: &Violation| (violation.at, violation.invariant);
    seen.violations.sort_by(|one, other| order(one).cmp(&order(other)).then(one.words.cmp(&other.words)));
    seen
}

impl Seen {
    pub(crate) fn violate(&mut self, invariant: u8, at: Ms, words: String) {
        self.violations.push(Violation { invariant, at, words });
    }
}

fn configs(world: &World) -> Configs {
    let loaded = world.pushes.iter().map(|push| (push.number, World::config(push.number))).collect();
    Configs { pushes: world.pushes.clone(), loaded }
}

/// Returns within what time a message of that conversation has to leave; `None` where so much went wrong that
/// only the end counts.
#[must_use]
pub fn bound(world: &World, is_first_brand: bool) -> Option<Ms> {
    let changes =
        world.story.inputs.iter().any(|input| matches!(input.what, What::Push { .. } | What::Deploy));
    promise(world.faults.trouble, changes, is_first_brand)
}

/// Returns within what time a message has to leave in that much trouble; `changes` is whether anything was pushed or
/// deployed.
#[must_use]
pub fn promise(trouble: Trouble, changes: bool, is_first_brand: bool) -> Option<Ms> {
    let is_prompt = match trouble {
        Trouble::Calm | Trouble::One(Kind::SweepMissed) => true,
        Trouble::One(_) => false,
        Trouble::Neighbour if !is_first_brand => true,
        Trouble::Neighbour | Trouble::Storm => return None,
    };
    match (is_prompt, changes) {
        (true, false) => Some(PROMPT + SENDING),
        (false, false) => Some(PROMISED + SENDING),
        // A push or new code is a fault of its own.
        (true, true) if trouble != Trouble::One(Kind::SweepMissed) => Some(PROMISED + SENDING),
        _ => None,
    }
}

/// Returns by how much a clock can be ahead, so that a message leaves early.
pub(crate) fn ahead(world: &World) -> Ms {
    if world.faults.reigns(Kind::Clocks) { 2500 } else { 25 }
}

/// I7: in whatever order facts come, the same turns come of them; and what is blanked counts as before.
fn in_any_order(world: &World, conversation: &Conversation, facts: &Facts, seen: &mut Seen) {
    let commits = world.log.commits.iter().rev().filter(|commit| commit.conversation == conversation.id);
    let backwards = facts_of(commits.map(|commit| &commit.fact));
    let now = instant(world.ends_at());
    let turns = |facts: &Facts| {
        let turns = fold(facts, &Kept::default(), domain::history::REOPEN, now).turns.into_iter();
        let turns = turns.map(|turn| {
            let objects: Vec<String> = turn.objects().map(str::to_owned).collect();
            (turn.start(), turn.end.as_ref().map(domain::history::End::at), turn.id, turn.class, objects)
        });
        turns.collect::<Vec<_>>()
    };
    let (stored, told) = (turns(facts), turns(&backwards));
    if stored != told {
        let words = format!("the facts of {} make {stored:?}, as they came {told:?}", conversation.id);
        seen.violate(7, world.ends_at(), words);
    }
}

/// I2, I8, I9, I11: when the world was left alone for a while, everything due is done, and everything that waits
/// stands in the lists, and nothing else.
fn nothing_is_left(
    world: &World,
    conversation: &Conversation,
    facts: &Facts,
    configs: &Configs,
    seen: &mut Seen,
) {
    let end = world.ends_at();
    let now = instant(end);
    let id = &conversation.id;
    let reopen = facts.said.first().map_or(domain::history::REOPEN, |said| reopen(&said.brand, configs));
    let history = fold(facts, &Kept::default(), reopen, now);
    let Some(plan) = decide(id, None, facts, &history, configs, now) else { return };
    // What fell due a moment ago is still under way.
    let lately = instant(end - 5 * SECOND);
    // A note that somebody has it, or that all is well, can be missing: whom it is for was being told of the step when
    // the news came.
    let due = plan.claim.iter().filter(|claim| claim.step_at < lately && claim.key.purpose.asks());
    for claim in due {
        let words =
            format!("step {} of {id} is due since {} and nobody was told", claim.key.step, claim.step_at);
        seen.violate(2, end, words);
    }
    let overdue = conversation.notices().filter(|notice| notice.is_pending() && notice.send_after < lately);
    for notice in overdue {
        let words = format!("notice {} to {} of {id} was never sent", notice.key.step, notice.key.person);
        seen.violate(2, end, words);
    }
    // A claim that was given up can still happen, behind every check. Whoever is about to send it drops it.
    let is_calm = !matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour);
    let waits =
        |key: &NoticeKey| conversation.notices().any(|notice| notice.key == *key && notice.send_after > now);
    for (key, _) in plan.drop.iter().filter(|(key, _)| is_calm || !waits(key)) {
        seen.violate(
            8,
            end,
            format!("notice {} to {} of {id} has nothing left to tell", key.step, key.person),
        );
    }
    let (head, next_at) = match &conversation.head {
        Some((_, head)) => (Some(head), head.next_at),
        None => (None, None),
    };
    let is_unheard = !plan.unheard.is_empty();
    if next_at != plan.head.next_at && !is_unheard && plan.claim.is_empty() {
        let invariant = if plan.head.next_at.is_none() { 8 } else { 9 };
        let words = format!("{id} waits for {next_at:?} instead of {:?}", plan.head.next_at);
        seen.violate(invariant, end, words);
    }
    if head.is_some_and(|head| head.open != plan.head.open) {
        seen.violate(9, end, format!("{id} has other turns open than its head says"));
    }
    let mut wanted: Vec<(Entry, _)> = conversation
        .notices()
        .filter(|notice| notice.is_pending())
        .map(|notice| (Entry::Out(notice.key.clone()), notice.send_after.max(notice.claimed_at)))
        .collect();
    wanted.extend(next_at.map(|at| (Entry::Due(id.clone()), at)));
    let is_ours = |entry: &Entry| match entry {
        Entry::Due(other) | Entry::Open(_, other) => other == id,
        Entry::Out(key) => key.conversation == *id,
    };
    let listed: Vec<(Entry, _)> = world
        .index
        .moments()
        .filter(|(entry, _)| is_ours(entry))
        .map(|(entry, at)| (entry.clone(), at))
        .collect();
    for missing in wanted.iter().filter(|entry| !listed.contains(entry)) {
        seen.violate(9, end, format!("{:?} stands in no list", missing.0));
    }
    for extra in listed.iter().filter(|entry| !wanted.contains(entry)) {
        seen.violate(8, end, format!("{:?} still stands in a list", extra.0));
    }
}

/// I2, I3: who had to be told was told, and in time.
fn in_time(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
    parted: Option<Ms>,
    seen: &mut Seen,
) {
    let is_first_brand = world.is_first_brand(&conversation.id);
    let bound = bound(world, is_first_brand);
    for (due, expected) in &reference.told {
        let same = |notice: &&Notice| {
            let (key, wanted) = (&notice.key, &expected.key);
            let is_step = key.step.index == wanted.step.index
                || notice.skipped.contains(&wanted.step.index)
                || notice.held.contains(&wanted.step.index);
            let is_turn = key.turn == wanted.turn
                || notice.objects.iter().any(|object| expected.objects.contains(object));
            key.purpose == wanted.purpose && is_step && is_turn
        };
        let left = |notice: &Notice| {
            let mails = accepted.get(&notice.key).into_iter().flatten().map(|mail| mail.at);
            mails.filter(|at| *at >= due - ahead(world)).min()
        };
        // By a clock that is ahead, or by a configuration that was just replaced: what becomes known until the step is
        // due can put off what is told already.
        let left_ahead = |notice: &Notice| {
            let mut mails = accepted.get(&notice.key).into_iter().flatten();
            let step_at = ms(notice.step_at);
            mails.any(|mail| {
                mail.at < step_at || (mail.at < *due && is_news(world, reference, step_at, mail.at))
            })
        };
        let exact = conversation.notices().find(|notice| notice.key == expected.key).and_then(left);
        let first = exact.or_else(|| conversation.notices().filter(same).filter_map(left).min());
        match (first, bound) {
            (Some(at), _) => {
                // One mail to a person leaves after the other.
                let line = in_line(world, expected, *due, at) * TURN;
                let bound = bound.map(|bound| bound + line);
                // News may put a step off; that it is told then is right, and not late. Nor is who comes later because
                // of whom others were told instead.
                let is_other = bound.is_none() && parted.is_some_and(|parted| parted < *due);
                if exact.is_none() || is_other || reference.has_news(due - bound.unwrap_or(PROMISED), at) {
                    continue;
                }
                seen.lateness.push(Late { is_first_brand, by: (at - due).max(0) });
                if bound.is_some_and(|bound| at - due > bound) {
                    let words = format!("{}, due at {}, left at {}", name(expected), words(*due), words(at));
                    seen.violate(3, at, words);
                }
            }
            (None, Some(bound))
                if due + bound < world.ends_at()
                    && !is_overtaken(reference, expected, *due, bound)
                    && parted.is_none_or(|parted| parted > *due)
                    && !is_told_instead(world, conversation, reference, accepted, expected)
                    && !conversation.notices().filter(same).any(left_ahead) =>
            {
                let words = format!("{}, due at {}, told nobody", name(expected), words(*due));
                seen.violate(2, *due, words);
            }
            // Too near the end, or overtaken by what became known: the last look tells whether it is missing.
            (None, _) => {}
        }
    }
}

/// Whether something became known just when a notice was decided on, or was to leave.
fn is_overtaken(reference: &Reference, notice: &Notice, due: Ms, bound: Ms) -> bool {
    let decided = ms(notice.claimed_at);
    reference.has_news(due - bound, due + bound) || reference.has_news(decided - bound, decided + bound)
}

/// Whether the same person was told something by right that the reference does not tell: a push came in the moment of a
/// step, and whom that step told, the next need not tell.
fn is_told_instead(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
    expected: &Notice,
) -> bool {
    let is_extra = |notice: &&Notice| {
        let is_theirs = notice.key.person == expected.key.person && notice.step_at <= expected.step_at;
        is_theirs && reference.told.iter().all(|(_, other)| other.key != notice.key)
    };
    conversation.notices().filter(is_extra).any(|notice| {
        let mut mails = accepted.get(&notice.key).into_iter().flatten();
        mails.any(|mail| is_news(world, reference, ms(notice.step_at), mail.at + ahead(world)))
    })
}

/// Returns how many mails to the same person left in that time.
fn in_line(world: &World, notice: &Notice, from: Ms, to: Ms) -> Ms {
    let person = &notice.key.person;
    let theirs =
        |mail: &&Accepted| (from..to).contains(&mail.at) && mail.keys.iter().any(|key| key.person == *person);
    Ms::try_from(world.log.accepted.iter().filter(theirs).count()).unwrap_or(Ms::MAX)
}

/// I4, I5: nobody is told after the answer, nor early, nor of what was never to be told.
fn not_for_nothing(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
    parted: Option<Ms>,
    seen: &mut Seen,
) {
    for notice in conversation.notices() {
        let Some(mails) = accepted.get(&notice.key) else { continue };
        // What is told about the same step of the same turn, in whichever round: news that come with it can put it
        // off or bring it forward.
        let same = |other: &Notice| {
            let (one, two) = (&notice.key, &other.key);
            one.purpose.asks() == two.purpose.asks()
                && one.step.index == two.step.index
                && (one.turn == two.turn
                    || notice.objects.iter().any(|object| other.objects.contains(object)))
        };
        let told =
            conversation.notices().filter(|other| same(other) && accepted.contains_key(&other.key)).count();
        let expected: Vec<&(Ms, Notice)> = reference.told.iter().filter(|(_, other)| same(other)).collect();
        let due = expected.iter().filter(|(_, other)| other.key == notice.key).map(|(due, _)| *due).min();
        let parted = parted.is_some_and(|at| at <= ms(notice.step_at));
        for mail in mails {
            if notice.key.purpose.asks() && !reference.waited(notice, mail.facts_at) {
                let words = format!(
                    "{} left at {}, though nobody waited any more at {}",
                    name(notice),
                    words(mail.at),
                    words(mail.facts_at)
                );
                seen.violate(4, mail.at, words);
            }
            match due {
                // A step that nobody is left for hands its time on to the next one, which says so.
                Some(due)
                    if mail.at < due - ahead(world)
                        && notice.skipped.is_empty()
                        && !is_news(world, reference, mail.at, due) =>
                {
                    let words =
                        format!("{}, due at {}, left at {}", name(notice), words(due), words(mail.at));
                    seen.violate(5, mail.at, words);
                }
                // The last step may lie behind the end by the true time, and before it by a clock that is ahead.
                None if told > expected.len()
                    && ms(notice.step_at) <= world.ends_at()
                    && !parted
                    && !is_unmarked(conversation, accepted, notice)
                    && !is_beside_another(reference, mail)
                    && !is_news(world, reference, ms(notice.step_at), mail.at + ahead(world))
                    && !is_renamed(world, conversation, reference, accepted, notice, &same) =>
                {
                    seen.violate(
                        5,
                        mail.at,
                        format!("{} left at {} for nothing", name(notice), words(mail.at)),
                    );
                }
                _ => {}
            }
        }
    }
}

/// Whether the same step was told amid news about a turn of another name: of which turn it is to count then, depends on
/// what was known.
fn is_renamed(
    world: &World,
    conversation: &Conversation,
    reference: &Reference,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
    notice: &Notice,
    same: &dyn Fn(&Notice) -> bool,
) -> bool {
    let others = conversation.notices().filter(|other| same(other) && other.key.turn != notice.key.turn);
    others.into_iter().any(|other| {
        let mut mails = accepted.get(&other.key).into_iter().flatten();
        mails.any(|mail| is_news(world, reference, ms(other.step_at), mail.at + ahead(world)))
    })
}

/// Whether the same person was told something before that nobody knows of: who sent it died before marking it.
fn is_unmarked(
    conversation: &Conversation,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
    notice: &Notice,
) -> bool {
    let is_lost = |other: &&Notice| other.sent.is_none() && accepted.contains_key(&other.key);
    conversation.notices().filter(is_lost).any(|other| other.key.person == notice.key.person)
}

/// Whether a mail tells something that was to be told: one line more in it disturbs nobody.
fn is_beside_another(reference: &Reference, mail: &Accepted) -> bool {
    mail.keys.iter().any(|key| reference.told.iter().any(|(_, expected)| expected.key == *key))
}

/// Returns since when who was told by right is not who should have been: news came in the moment of a step, and the
/// one decided before them, the other after.
fn parted_at(
    world: &World,
    reference: &Reference,
    accepted: &HashMap<&NoticeKey, Vec<&Accepted>>,
) -> Option<Ms> {
    let missing = reference.told.iter().filter(|(_, notice)| !accepted.contains_key(&notice.key));
    let is_overtaken = |(due, notice): &&(Ms, Notice)| {
        is_news(world, reference, *due, due + PROMISED) || is_overtaken(reference, notice, *due, PROMISED)
    };
    missing.filter(|missing| is_overtaken(missing)).map(|(due, _)| *due).next()
}

/// Whether what became known shortly before `from` or until `to` may explain that somebody decided otherwise. In a
/// storm it can come at any time, so there it is anything but what the conversation began with.
fn is_news(world: &World, reference: &Reference, from: Ms, to: Ms) -> bool {
    match world.faults.trouble {
        Trouble::Calm | Trouble::One(_) => reference.has_news(from - PROMISED, to),
        Trouble::Storm | Trouble::Neighbour => world.pushes.len() > 1 || reference.has_later_news(to),
    }
}

/// Returns what a notice tells whom, in words.
fn name(notice: &Notice) -> String {
    let NoticeKey { conversation, step, purpose, person, .. } = &notice.key;
    format!("{} of step {step} to {person} about {conversation}", purpose.name())
}

/// I6: a mail is doubled only where something went wrong between send and mark.
fn not_twice(world: &World, accepted: &HashMap<&NoticeKey, Vec<&Accepted>>, seen: &mut Seen) {
    for (key, mails) in accepted {
        let allowed = world.log.doubles.get(key).copied().unwrap_or(0) as usize;
        if mails.len() > 1 + allowed {
            let words = format!(
                "notice {} to {} of {} left {} times; {allowed} more than once are explained",
                key.step,
                key.person,
                key.conversation,
                mails.len()
            );
            seen.violate(6, mails[mails.len() - 1].at, words);
        }
    }
}

/// I11: when nothing went wrong for a quarter of an hour, nothing waits on a queue that is due.
fn nothing_waits(world: &World, seen: &mut Seen) {
    let end = world.ends_at();
    for message in &world.messages {
        let body = match &message.body {
            Body::Check(check) => format!("a check of {}", check.conversation),
            Body::Tell(tell) => format!("a message to {}", tell.person),
            Body::Spread(spread) => format!("the removal of {}", spread.object),
        };
        // In a storm a message can fail more often than a queue hands it out. What it was for stands in the table, and
        // the sweep asks for it anew: that nobody is missed for it, the other checks see to.
        let is_calm = !matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour);
        if message.is_dead && is_calm {
            seen.violate(11, end, format!("{body} lies with the dead letters"));
        } else if !message.is_done && !message.is_dead && message.receives > 0 && message.due < end {
            seen.violate(11, end, format!("{body} was handed out {} times and waits", message.receives));
        }
    }
    for shard in world.shards.iter().filter(|shard| shard.records.len() > 1) {
        seen.violate(11, end, format!("{} records wait in the stream", shard.records.len()));
    }
    for (input, told) in world.story.happening() {
        if matches!(told.what, What::Post(_)) && !world.log.taken.contains_key(&input) {
            seen.violate(11, end, "a platform still tries to deliver".to_owned());
        }
    }
}

/// I1: each event is counted once, unless a function died over it.
fn everything_is_counted(world: &World, seen: &mut Seen) {
    let is_dull = matches!(world.faults.trouble, Trouble::Calm) && world.log.uncounted == 0;
    let mut stored: Vec<(&str, &str, &str)> = Vec::new();
    for commit in &world.log.commits {
        if let crate::world::table::Fact::Said(said) = &commit.fact {
            stored.push((&said.event.object, said.event.verb.name(), &said.event.version));
        }
    }
    stored.sort_unstable();
    stored.dedup();
    if is_dull && (world.log.counted as usize) < stored.len() {
        let words = format!("{} events are stored and {} were counted", stored.len(), world.log.counted);
        seen.violate(1, world.ends_at(), words);
    }
}

/// I12: no function makes more calls than it is allowed.
fn few_calls(world: &World, seen: &mut Seen) {
    if world.faults.trouble != Trouble::Calm {
        return;
    }
    for invocation in world.invocations.iter().filter(|invocation| !invocation.is_tripped) {
        let made = |call: Call| invocation.made(call);
        let words = match invocation.function {
            Function::Check if invocation.size() == 1 => {
                let once = [Call::Head, Call::SendMails, Call::SendChecks, Call::SaveHead];
                let most = 1 + invocation.overtaken;
                once.into_iter()
                    .find(|call| made(*call) > most)
                    .map(|call| format!("{} too often", call.words()))
            }
            _ => None,
        };
        if let Some(words) = words {
            seen.violate(12, invocation.began, format!("a check is {words}"));
        }
    }
}
