//! The executor: one thread, one event after the other, one call of one function at a time.
//!
//! A function is a future that stops at each of its calls. The event that answers a call lets the function run on to
//! its next one, so a crash is a future that is dropped: before a call it has not happened, after it the function
//! never learns of it.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use domain::action::{Action, refusal};
use domain::decide::reopen;
use domain::history::{Kept, fold};
use domain::id::{BrandId, PersonId};
use domain::platform::{Protocol, Sending};
use domain::run::run;
use domain::versions::{Configs, Push};
use flow::receive::Request;

use crate::call::{Call, Function};
use crate::choice::{What, name};
use crate::fault::{Kind, Trip};
use crate::functions::{self, Outcome, Ports};
use crate::mutant::{Mutant, Mutation};
use crate::ports::Port;
use crate::story::What as Input;
use crate::story::people::BRANDS;
use crate::story::secrets::app_secret;
use crate::tally::Race;
use crate::time::{MINUTE, Ms, SECOND, instant};
use crate::world::queue::Line;
use crate::world::table::{FORM, Write, facts_of};
use crate::world::trace::{self, Is};
use crate::world::{Cause, Event, World};

type Work = Pin<Box<dyn Future<Output = Outcome>>>;

/// After how long a platform delivers again what was not taken, try by try; the last one stays.
const AGAIN: [Ms; 5] = [SECOND, 10 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];

/// No history needs so many events; one that does is a storm that feeds itself.
const MOST_EVENTS: usize = 100_000;
/// What platforms tell in a history that is no storm, at most.
const USUALLY_TOLD: usize = 50;

/// Runs one history.
pub(crate) struct Engine {
    world: Rc<RefCell<World>>,
    works: Vec<Option<Work>>,
    tries: Vec<usize>,
    mutation: Option<Mutation>,
}

impl Engine {
    pub(crate) fn new(world: World, mutant: Option<Mutant>) -> Engine {
        let tries = vec![0; world.story.inputs.len()];
        let mutation = mutant.map(Mutation::new);
        Engine { world: Rc::new(RefCell::new(world)), works: Vec::new(), tries, mutation }
    }

    /// Lets everything happen until the history is over, and returns the world as it is then.
    pub(crate) fn run(mut self) -> World {
        let most = self.most_events();
        for event in 0.. {
            if event == most {
                let world = &mut *self.world.borrow_mut();
                let now = world.now;
                world.log.violate(
                    11,
                    now,
                    format!("{event} events and no end: functions call each other for ever"),
                );
                break;
            }
            let next = self.world.borrow_mut().next();
            let Some(event) = next else { break };
            self.happen(event);
        }
        // Each holds the world.
        self.works.clear();
        Rc::into_inner(self.world).expect("nobody else holds the world").into_inner()
    }

    /// A storm takes longer than what a few people ask.
    fn most_events(&self) -> usize {
        let world = self.world.borrow();
        let told = world.story.inputs.iter().map(|input| match &input.what {
            Input::Post(post) => post.tells.len(),
            Input::Act { .. } | Input::Push { .. } | Input::Deploy => 0,
        });
        MOST_EVENTS * told.sum::<usize>().div_ceil(USUALLY_TOLD).max(1)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Input(input) => self.input(input),
            Event::Sweep => self.sweep(),
            Event::SweepAgain => {
                let cause = Cause::Minute;
                let about = self.world.borrow().about(0);
                self.start(Function::Sweep, cause, about, false);
            }
            Event::Answered(who, slot) => self.answered(who, slot),
            Event::Timer(who, slot) => {
                if self.world.borrow().invocations[who].is_alive {
                    self.world.borrow_mut().answer(who, slot);
                    self.poll(who);
                }
            }
            Event::Over(who) => {
                if self.world.borrow().invocations[who].is_alive {
                    self.world.borrow_mut().tally.raced(Race::Ended);
                    self.world.borrow_mut().tell(Is::Wrong, |world| trace::ended(world, who));
                    self.die(who);
                }
            }
            Event::Message(message) => self.message(message),
            Event::Stream(shard) => self.stream(shard),
            Event::Effect(form, write) => {
                let world = &mut *self.world.borrow_mut();
                world.tally.raced(Race::EffectLate);
                world.tell(Is::Do, |_| "what somebody gave up long ago happens:".to_owned());
                world.write(*write, form);
            }
        }
    }

    fn input(&mut self, input: usize) {
        let story = Rc::clone(&self.world.borrow().story);
        let again = if self.tries[input] > 0 { " (delivered again)" } else { "" };
        let words = |_: &World| format!("{}{again}", story.inputs[input].what.words());
        self.world.borrow_mut().tell(Is::Input, words);
        match &story.inputs[input].what {
            Input::Post(post) => {
                let is_first_brand = post.brand == 0;
                if !self.world.borrow().log.taken.contains_key(&input) {
                    self.start(Function::Webhook, Cause::Post(input), input as u64, is_first_brand);
                }
            }
            Input::Act { object, person, act } => self.act(input, object, person, act),
            Input::Push { config, apply_to_open } => {
                let world = &mut *self.world.borrow_mut();
                let number = u32::try_from(*config).expect("there are some configurations") + 1;
                let last = world.pushes.last().expect("one was pushed before everything");
                if last.number != number || *apply_to_open && !last.apply_to_open {
                    let push = Push { number, pushed_at: instant(world.now), apply_to_open: *apply_to_open };
                    world.pushes.push(push);
                }
            }
            Input::Deploy => self.world.borrow_mut().deploy(),
        }
    }

    /// Puts what somebody clicked, as a page would after it asked whether they may.
    fn act(&mut self, input: usize, object: &str, person: &PersonId, act: &domain::action::Act) {
        let world = &mut *self.world.borrow_mut();
        let now = instant(world.now);
        let pushes = world.pushes.clone();
        let loaded = pushes.iter().map(|push| (push.number, World::config(push.number))).collect();
        let configs = Configs { pushes, loaded };
        for conversation in world.table.conversations() {
            let facts = facts_of(conversation.items.iter().map(|(_, fact)| fact));
            if !facts.said.iter().any(|said| said.event.object == object) {
                continue;
            }
            let brand = facts.said[0].brand.clone();
            let history = fold(&facts, &Kept::default(), reopen(&brand, &configs), now);
            let mut turns = history.turns.iter().rev();
            let Some(turn) = turns.find(|turn| turn.objects().any(|other| other == object)) else { continue };
            let Some(run) = run(turn, &brand, &configs, now) else { continue };
            if refusal(act, person, turn, &run.brand, run.config, now).is_some() {
                continue;
            }
            let action = Action {
                nonce: format!("page{input:03}"),
                brand,
                turn: turn.id.clone(),
                person: person.clone(),
                at: now,
                act: act.clone(),
            };
            let write = Write::Acted(conversation.id.clone(), action);
            world.write(write, FORM);
            return;
        }
        world.tell(Is::Do, |_| "it is refused, or nobody waits there".to_owned());
    }

    fn sweep(&mut self) {
        let world = &mut *self.world.borrow_mut();
        let now = world.now;
        if !world.has_to_do(instant(now)) {
            let (skipped, next) = world.skip_sweeps();
            world.log.skipped += skipped;
            world.plan(next, Event::Sweep);
            return;
        }
        world.log.sweeps += 1;
        world.plan(now + MINUTE, Event::Sweep);
        let minute = now.unsigned_abs();
        let faults = &mut world.faults;
        let missed = world.choices.choose(What::SweepMissed, minute, |rng| {
            u32::from(faults.strikes(Kind::SweepMissed, false, now, rng))
        });
        if missed > 0 {
            world.tally.struck(Kind::SweepMissed);
            return;
        }
        let late = world.choices.choose(What::SweepTakes, minute, |rng| {
            if faults.strikes(Kind::SweepLate, false, now, rng) {
                rng.u32(1000..90_000)
            } else {
                rng.u32(0..500)
            }
        });
        if late > 500 {
            world.tally.struck(Kind::SweepLate);
        }
        let doubled = world.choices.choose(What::SweepDoubled, minute, |rng| {
            if !faults.strikes(Kind::SweepDoubled, false, now, rng) {
                return 0;
            }
            // Often so soon that either may be the first to move the cursor.
            if rng.u32(0..4) > 0 { rng.u32(1..10) } else { rng.u32(1..30_000) }
        });
        if doubled > 0 {
            world.tally.struck(Kind::SweepDoubled);
            world.plan(now + Ms::from(late) + Ms::from(doubled), Event::SweepAgain);
        }
        world.plan(now + Ms::from(late), Event::SweepAgain);
    }

    fn message(&mut self, message: usize) {
        let (taken, line, is_first_brand) = {
            let world = &mut *self.world.borrow_mut();
            let (line, is_first_brand) =
                (world.messages[message].line, world.messages[message].is_first_brand);
            let taken = world.take(message);
            if taken.iter().any(|number| world.messages[*number].receives > 1) {
                world.tally.raced(Race::MessageAgain);
            }
            (taken, line, is_first_brand)
        };
        if taken.is_empty() {
            return;
        }
        let subject = {
            let world = self.world.borrow();
            let message = &world.messages[taken[0]];
            name(message.label, u64::from(message.receives))
        };
        let function = match line {
            Line::Checks => Function::Check,
            Line::Mails => Function::Mail,
            Line::Reports => Function::Feedback,
        };
        self.start(function, Cause::Messages(taken), subject, is_first_brand);
    }

    fn stream(&mut self, shard: usize) {
        let (count, subject, is_first_brand) = {
            let world = self.world.borrow();
            let records = &world.shards[shard].records;
            // What is handed out together is of one brand: a fault of it stays its own.
            let Some((first, is_first_brand)) = records.front() else { return };
            let count = records.iter().take(25).take_while(|(_, other)| other == is_first_brand).count();
            (count, world.about(first.subject()), *is_first_brand)
        };
        self.start(Function::Check, Cause::Records(shard, count), subject, is_first_brand);
    }

    fn start(&mut self, function: Function, cause: Cause, subject: u64, is_first_brand: bool) {
        let (port, cause) = {
            let world = &mut *self.world.borrow_mut();
            let who = world.invoke(function, cause, subject, is_first_brand);
            let invocation = &world.invocations[who];
            let (machine, form) = (invocation.machine, invocation.form);
            (Port { world: Rc::clone(&self.world), who, machine, form }, invocation.cause.clone())
        };
        let who = port.who;
        let work = match &self.mutation {
            None => self.work(port, who, &cause),
            Some(mutation) => {
                let mutated = mutation.of(port);
                let work = self.work(mutated.clone(), who, &cause);
                Box::pin(async move { mutated.end(work.await).await })
            }
        };
        self.works.resize_with(who, || None);
        self.works.push(Some(work));
        self.poll(who);
    }

    fn work<W: Ports + 'static>(&self, port: W, who: usize, cause: &Cause) -> Work {
        let (form, machine) = {
            let invocation = &self.world.borrow().invocations[who];
            (invocation.form, invocation.machine)
        };
        let older = form - FORM;
        match cause {
            Cause::Post(input) => {
                let request = request(&self.world.borrow(), *input);
                Box::pin(functions::webhook(port, request))
            }
            Cause::Messages(taken) => {
                let world = &mut *self.world.borrow_mut();
                let line = world.messages[taken[0]].line;
                let bodies = taken.iter().map(|number| world.messages[*number].body.clone());
                // To newer code its own form is the first.
                let as_read = |v: u16| v.saturating_sub(older);
                let bodies: Vec<_> = bodies.map(|body| body.with_form(as_read)).collect();
                if bodies.iter().any(|body| body.form() > FORM) {
                    world.tally.raced(Race::MessageNewer);
                }
                match line {
                    Line::Checks => Box::pin(functions::moments(port, bodies)),
                    Line::Mails => Box::pin(functions::mails(port, bodies)),
                    Line::Reports => Box::pin(functions::reports(port, bodies)),
                }
            }
            Cause::Records(shard, count) => {
                let world = self.world.borrow();
                let records = world.shards[*shard].records.iter().take(*count);
                let records = records.map(|(record, _)| record.clone()).collect();
                let ends = world.machines[machine].clock(world.now + Function::Check.limit());
                Box::pin(functions::records(port, records, ends))
            }
            Cause::Minute => Box::pin(functions::minute(port)),
        }
    }

    fn answered(&mut self, who: usize, slot: usize) {
        if !self.world.borrow().invocations[who].is_alive {
            return;
        }
        let trip = self.world.borrow_mut().answer(who, slot);
        if trip == Trip::CrashBefore {
            return self.die(who);
        }
        if trip != Trip::CrashAfter {
            return self.poll(who);
        }
        let mut work = self.works[who].take().expect("who is alive works");
        // It happens, and nobody learns how it went.
        _ = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(work);
        self.die(who);
    }

    /// Lets a function run on to its next call.
    fn poll(&mut self, who: usize) {
        let work = self.works[who].as_mut().expect("who is alive works");
        let Poll::Ready(outcome) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return;
        };
        self.works[who] = None;
        let trip = {
            let world = &mut *self.world.borrow_mut();
            let slot = world.ask(who, Call::End, Waker::noop());
            world.answer(who, slot)
        };
        if trip == Trip::Well { self.ended(who, &outcome) } else { self.die(who) }
    }

    /// A function died: what called it never hears how it went.
    fn die(&mut self, who: usize) {
        self.works[who] = None;
        let world = &mut *self.world.borrow_mut();
        let machine = world.invocations[who].machine;
        world.machines[machine].forget();
        world.log.uncounted += u32::from(world.invocations[who].function != Function::Sweep);
        world.invocations[who].is_tripped = true;
        close(world, who);
        match world.invocations[who].cause {
            Cause::Post(input) => self.tries[input] = again(world, input, self.tries[input]),
            // They come back when they are no longer hidden.
            Cause::Messages(_) => world.is_told(who),
            Cause::Minute => {}
            Cause::Records(shard, count) => {
                if self.mutation.as_ref().is_some_and(|mutation| mutation.is(Mutant::StreamOnce)) {
                    world.shards[shard].records.drain(..count);
                }
                world.tally.raced(Race::RecordAgain);
                let is_first_brand = world.invocations[who].is_first_brand;
                world.stream_in(shard, SECOND, is_first_brand);
            }
        }
    }

    fn ended(&mut self, who: usize, outcome: &Outcome) {
        let world = &mut *self.world.borrow_mut();
        close(world, who);
        if let Some(words) = trace::outcome(outcome) {
            world.tell(Is::End, |_| words);
        }
        let cause = world.invocations[who].cause.clone();
        match (cause, outcome) {
            (Cause::Post(input), Outcome::Status(200)) => {
                let now = world.now;
                world.log.taken.insert(input, now);
                is_stored(world, input);
            }
            (Cause::Post(input), _) => self.tries[input] = again(world, input, self.tries[input]),
            (Cause::Messages(taken), Outcome::Failed(failed)) => {
                world.leaves_nothing(who, failed);
                world.lets_go(who, failed);
                for (place, number) in taken.iter().enumerate() {
                    world.messages[*number].is_done |= !failed.contains(&place);
                }
                world.is_told(who);
            }
            (Cause::Records(shard, count), Outcome::Failed(failed)) => {
                // Everything before the first that failed is done, everything behind it comes again.
                let repeats = !self.mutation.as_ref().is_some_and(|mutation| mutation.is(Mutant::StreamOnce));
                let done = failed.iter().min().copied().filter(|_| repeats).unwrap_or(count);
                world.shards[shard].records.drain(..done);
                world.shards[shard].is_busy = false;
                if done < count {
                    world.tally.raced(Race::RecordAgain);
                }
                if let Some((_, is_first_brand)) = world.shards[shard].records.front() {
                    let is_first_brand = *is_first_brand;
                    let takes = if done < count { SECOND } else { 20 };
                    world.stream_in(shard, takes, is_first_brand);
                }
            }
            (Cause::Minute, _) | (Cause::Messages(_) | Cause::Records(..), Outcome::Status(_)) => {}
        }
    }
}

/// Lets a platform deliver once more; returns how often it tried.
fn again(world: &mut World, input: usize, tries: usize) -> usize {
    let wait = AGAIN[tries.min(AGAIN.len() - 1)];
    let longer = world.choices.choose(What::AgainTakes, input as u64, |rng| rng.u32(0..1000));
    let at = world.now + wait + Ms::from(longer);
    world.plan(at, Event::Input(input));
    tries + 1
}

/// A function no longer runs.
fn close(world: &mut World, who: usize) {
    let invocation = &mut world.invocations[who];
    invocation.is_alive = false;
    if invocation.is_tripped {
        for key in invocation.unmarked.drain(..) {
            *world.log.doubles.entry(key).or_default() += 1;
        }
    }
}

/// I1: what was answered 200 is stored.
fn is_stored(world: &mut World, input: usize) {
    let story = Rc::clone(&world.story);
    let Input::Post(post) = &story.inputs[input].what else { return };
    let brand = BrandId::from(BRANDS[post.brand].id);
    for told in &post.tells {
        if !world.table.knows(&brand, &told.object, told.verb) {
            let words = format!("\"{}\" was answered 200 and is not stored", told.words);
            let now = world.now;
            world.log.violate(1, now, words);
        }
    }
}

fn request(world: &World, input: usize) -> Request {
    let Input::Post(post) = &world.story.inputs[input].what else {
        unreachable!("only posts call the webhook")
    };
    let protocol = Protocol::of(post.platform).expect("stories are told by platforms that are built");
    let sending = Sending { id: "msg_simulated", at: instant(world.now) };
    let signed = protocol.sign(app_secret(post.platform), post.body.as_bytes(), &sending);
    let signed = signed.expect("the simulation's secrets sign");
    Request {
        method: "POST".to_owned(),
        path: format!("/hook/{}", post.platform),
        raw_query: String::new(),
        headers: signed.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
        body: Some(post.body.clone().into_bytes()),
        received_at: instant(world.now),
    }
}
