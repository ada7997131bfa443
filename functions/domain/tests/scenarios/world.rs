//! A virtual world for one story: a table, queues, a mailer, and a clock that jumps from moment to moment.
//!
//! What arrives is put if absent, then its conversations are checked as the function `check` does: facts,
//! fold, decide, carry out. A mail leaves at its time, after a last look whether it is still true, as the
//! function `mail` does. Nothing here decides anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::decide::{Listing, Tell, reopen};
use domain::fact::{Facts, Notice, NoticeKey, Said};
use domain::figures::{Figures, TurnFigure};
use domain::head::Head;
use domain::history::{History, Kept, REOPEN, fold};
use domain::id::{BrandId, ConversationId, HashKey, PersonId};
use domain::outcome::outcome;
use domain::policy::{Config, Examined, Problem};
use domain::run::run;
use domain::versions::{Configs, Push};
use jiff::Timestamp;

mod act;
mod check;
mod fail;
mod mail;
mod platform;
pub(crate) mod replay;
mod table;

use crate::script::{Line, Script, Speech, What, Wrong};
use crate::tell::{Seen, Tale, cases_in_words};
use replay::{Fact, Logged};
use table::{Conversation, Table};

/// In which way a story is run. All of them lead to the same tale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// As written.
    Once,
    /// Everything arrives a second time at once, and a third time with what arrives next.
    ArrivalsRepeated,
    /// Every conversation is checked twice whenever anything happens.
    ChecksRepeated,
}

/// Runs a story and tells it.
pub(crate) fn run_story(script: &Script, way: Run) -> Result<String, Wrong> {
    Ok(live(script, way)?.end())
}

/// Lives through a story until its end.
fn live(script: &Script, way: Run) -> Result<World<'_>, Wrong> {
    let mut world = World::new(script, way)?;
    let inputs = inputs(script);
    // What arrives in one instant is there before anybody is told.
    for together in inputs.chunk_by(|one, next| one.at == next.at) {
        world.pass_time_until(together[0].at);
        together.iter().try_for_each(|input| world.take(input))?;
        world.moments();
    }
    world.pass_time_until(script.end);
    world.moments();
    Ok(world)
}

/// Something from outside.
struct Input<'a> {
    at: Timestamp,
    line: &'a Line,
    /// Which of the deliveries of what was said, from 0.
    delivery: usize,
}

/// Returns what comes from outside, in the order of its arrival.
fn inputs(script: &Script) -> Vec<Input<'_>> {
    let mut inputs: Vec<Input<'_>> = Vec::new();
    for line in &script.lines {
        let arrives = match &line.what {
            What::Said(speech) => speech.arrives.clone(),
            What::Did(_) | What::Failed { .. } | What::Pushed { .. } => vec![line.at],
        };
        let arrives = arrives.into_iter().filter(|at| *at <= script.end).enumerate();
        inputs.extend(arrives.map(|(delivery, at)| Input { at, line, delivery }));
    }
    // Stable: what arrives at the same time arrives in the order of the file.
    inputs.sort_by_key(|input| input.at);
    inputs
}

struct World<'a> {
    script: &'a Script,
    way: Run,
    now: Timestamp,
    key: HashKey,
    configs: Configs,
    table: Table,
    /// Messages to people that wait for their time.
    mails: Vec<Tell>,
    /// What arrived last, to arrive once more.
    last: Option<Said>,
    /// Everything that came from outside.
    log: Vec<Logged>,
    /// Who is not reached by mail, and at which address.
    unreachable: BTreeMap<PersonId, String>,
    /// Every mail that left.
    sent: Vec<(Timestamp, Vec<Notice>)>,
    tale: Tale,
}

impl<'a> World<'a> {
    fn new(script: &'a Script, way: Run) -> Result<World<'a>, Wrong> {
        let first = Config::parse(&script.config).map_err(|problems| {
            let problems: Vec<String> =
                problems.iter().map(|problem| format!("{}: {}", problem.path, problem.problem)).collect();
            Wrong::new(
                1,
                format!("the settings before the first day are no configuration: {}", problems.join("; ")),
            )
        })?;
        let push = Push { number: 1, pushed_at: script.begin, apply_to_open: false };
        Ok(World {
            script,
            way,
            now: script.begin,
            key: HashKey::new(b"stories"),
            configs: Configs { pushes: vec![push], loaded: BTreeMap::from([(1, Arc::new(first))]) },
            table: Table::default(),
            mails: Vec::new(),
            last: None,
            log: Vec::new(),
            unreachable: BTreeMap::new(),
            sent: Vec::new(),
            tale: Tale::new(&script.title, &script.zone),
        })
    }

    fn config(&self) -> &Config {
        self.configs.current().expect("the first configuration was pushed when the story began")
    }

    /// Lets everything happen that is due before `until`.
    fn pass_time_until(&mut self, until: Timestamp) {
        while let Some(next) = self.next_moment().filter(|next| *next < until) {
            self.now = self.now.max(next);
            self.moments();
        }
        self.now = until;
    }

    /// When something is due next: a step, or a mail.
    fn next_moment(&self) -> Option<Timestamp> {
        let heads = self.table.conversations.values().filter_map(|conversation| conversation.head.as_ref());
        let moments = heads.filter_map(|head| head.next_at);
        moments.chain(self.mails.iter().map(|tell| tell.at)).min()
    }

    /// Does what is due now.
    fn moments(&mut self) {
        while self.next_moment().is_some_and(|next| next <= self.now) {
            let is_due = |conversation: &Conversation| {
                let next_at = conversation.head.as_ref().and_then(|head| head.next_at);
                next_at.is_some_and(|next_at| next_at <= self.now)
            };
            let due = self.table.conversations.iter().filter(|(_, conversation)| is_due(conversation));
            let due: Vec<ConversationId> = due.map(|(id, _)| id.clone()).collect();
            for id in &due {
                self.check(id, None);
                let head = self.table.conversations[id].head.as_ref();
                let next_at = head.and_then(|head| head.next_at);
                assert!(
                    next_at.is_none_or(|next_at| next_at > self.now),
                    "{}: a check at {} waits for {next_at:?}, which is over",
                    self.script.title,
                    self.now,
                );
            }
            self.repeat_checks();
            self.send_mails();
        }
    }

    fn repeat_checks(&mut self) {
        if self.way == Run::ChecksRepeated {
            let all: Vec<ConversationId> = self.table.conversations.keys().cloned().collect();
            for id in all.iter().chain(&all) {
                self.check(id, None);
            }
        }
    }

    fn take(&mut self, input: &Input<'_>) -> Result<(), Wrong> {
        let before = self.seen();
        let otherwise = match &input.line.what {
            What::Said(speech) => self.arrive(input, speech),
            What::Pushed { text, apply_to_open } => {
                self.tale.line(self.now, &input.line.words);
                self.push(text, *apply_to_open);
                "nothing changes"
            }
            What::Failed { person, cause } => {
                self.tale.line(self.now, &input.line.words);
                self.fail(input.line.number, person, *cause)?
            }
            What::Did(action) => {
                self.tale.line(self.now, &input.line.words);
                self.act(input.line.number, action)?
            }
        };
        self.repeat_checks();
        let after = self.seen();
        self.tale.changes(&before, &after, otherwise);
        Ok(())
    }

    /// Keeps what arrives; returns what to say of it if nothing changes.
    fn arrive(&mut self, input: &Input<'_>, speech: &Speech) -> &'static str {
        let event = platform::event(speech, input.line.at, self.now, self.config());
        self.tale.arrival(self.now, input.line, input.delivery, &event);
        let Some(brand) = self.config().brand_of(&event.account()).map(|brand| brand.id.clone()) else {
            return "not kept: the account belongs to no brand";
        };
        let said = Said { class: speech.class, ..Said::heard(brand, event, self.now, &self.key) };
        self.log.push(Logged { at: self.now, fact: Fact::Said(Box::new(said.clone())) });
        let is_new = self.put(&said);
        if self.way == Run::ArrivalsRepeated {
            let again = self.last.replace(said.clone()).into_iter().chain([said]);
            for said in again {
                self.put(&Said { received_at: self.now, ..said });
            }
        }
        if is_new { "nothing changes" } else { "known already, nothing changes" }
    }

    /// Puts a fact wherever it belongs, and checks there; `false` if it was known everywhere.
    fn put(&mut self, said: &Said) -> bool {
        let Said { brand, event, .. } = said;
        let conversations = event.conversations(brand, &self.key);
        let mut facts: Vec<(ConversationId, Said)> =
            conversations.into_iter().map(|id| (id, said.clone())).collect();
        if facts.is_empty() {
            // The removal of a post that names nobody: wherever the post is.
            let listed = self.table.objects.entry(Listing::of(event)).or_default();
            let removal = listed.removal.get_or_insert_with(|| said.clone());
            facts.extend(listed.conversations.iter().map(|id| (id.clone(), removal.clone())));
        }
        facts.extend(said.bridged(&self.key));
        let mut is_new = false;
        for (id, said) in facts {
            let date = said.date();
            is_new |= self.table.conversations.entry(id.clone()).or_default().put(said);
            self.check(&id, Some(date));
        }
        is_new
    }

    fn push(&mut self, text: &str, apply_to_open: bool) {
        let Examined { config, doubts } = Config::examine(text);
        let said = |how: &str, problem: &Problem| {
            format!("{how}: {}: {}; {}", problem.path, problem.problem, problem.fix)
        };
        // Accounts have names here instead of a platform's ids, so that a story can be read.
        let doubts = doubts.iter().filter(|doubt| !doubt.path.contains(".accounts["));
        self.tale.effects(doubts.map(|doubt| said("doubt", doubt)).collect());
        match config {
            Ok(config) => {
                let number = u32::try_from(self.configs.pushes.len() + 1).expect("a story is short");
                self.configs.pushes.push(Push { number, pushed_at: self.now, apply_to_open });
                self.configs.loaded.insert(number, Arc::new(config));
            }
            Err(problems) => {
                self.tale.effects(problems.iter().map(|problem| said("refused", problem)).collect());
                return;
            }
        }
        // Whoever waits is looked at again: the step that was next may have moved.
        let waits = |conversation: &Conversation| {
            conversation.head.as_ref().is_some_and(|head| !head.open.is_empty())
        };
        let open = self.table.conversations.iter().filter(|(_, conversation)| waits(conversation));
        for id in open.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.check(&id, None);
        }
    }

    /// Folds what was read of a conversation, and what its head remembers of what was not.
    fn history(&self, facts: &Facts, head: Option<&Head>) -> History {
        let brand = facts.said.first().map(|said| &said.brand).or(head.map(|head| &head.brand));
        let reopen = brand.map_or(REOPEN, |brand| reopen(brand, &self.configs));
        let kept = head.map_or_else(Kept::default, |head| head.kept.clone());
        let history = fold(facts, &kept, reopen, self.now);
        let mut backwards = facts.clone();
        backwards.said.reverse();
        backwards.actions.reverse();
        let title = &self.script.title;
        assert_eq!(
            fold(&backwards, &kept, reopen, self.now).turns,
            history.turns,
            "{title}: the order of arrival shows"
        );
        history
    }

    /// Returns every conversation's turns as they stand now.
    fn histories(&self) -> Vec<(BrandId, History)> {
        let facts = self.table.conversations.values().map(Conversation::facts);
        let of = |facts: Facts| Some((facts.said.first()?.brand.clone(), self.history(&facts, None)));
        facts.filter_map(of).collect()
    }

    /// Returns every turn as it stands now.
    fn seen(&self) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (brand, history) in self.histories() {
            seen.extend(history.turns.iter().map(|turn| {
                let run = run(turn, &brand, &self.configs, self.now);
                let run = run.expect("the story's brand is in every configuration");
                Seen::new(turn, &run, self.now, &self.script.zone)
            }));
        }
        seen.sort_by_key(|seen| (seen.start, seen.who.clone()));
        seen
    }

    /// Adds up how the turns stand now.
    fn figures(&self) -> Figures {
        let mut figures = Vec::new();
        for (brand, history) in self.histories() {
            figures.extend(history.turns.iter().map(|turn| {
                let run = run(turn, &brand, &self.configs, self.now);
                let run = run.expect("the story's brand is in every configuration");
                TurnFigure::of(turn, &outcome(turn, &run, self.now), &self.script.zone)
            }));
        }
        Figures::of(figures.iter())
    }

    /// Takes messages off the queue that have nothing left to tell.
    fn forget_what_was_dropped(&mut self) {
        let notices = self.table.conversations.values().flat_map(Conversation::notices);
        let pending: BTreeSet<NoticeKey> =
            notices.filter(|notice| notice.is_pending()).map(|notice| notice.key.clone()).collect();
        self.mails.retain(|tell| tell.notices.iter().any(|key| pending.contains(key)));
    }

    fn end(mut self) -> String {
        let overdue = self.table.conversations.values().flat_map(Conversation::notices);
        let overdue: Vec<_> =
            overdue.filter(|notice| notice.is_pending() && notice.send_after <= self.now).collect();
        assert!(overdue.is_empty(), "{}: claimed, never sent, never dropped: {overdue:?}", self.script.title);
        self.forget_what_was_dropped();
        let next_at = self.next_moment();
        let seen = self.seen();
        let cases = self.histories().into_iter();
        let cases =
            cases.flat_map(|(_, history)| cases_in_words(&history.turns, self.now, &self.script.zone));
        let cases = cases.collect();
        let figures = self.script.shows_figures.then(|| self.figures());
        self.tale.end(self.script.end, &seen, cases, next_at, figures)
    }
}
