//! The world: everything that functions stand on, and the events to come.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use domain::id::{BrandId, ConversationId};
use domain::policy::Config;
use domain::versions::Push;
use flow::message::{FactSeen, Spread};
use flow::ports::{Cursor, Followed, Put, Todo};
use jiff::{SignedDuration, Timestamp};

use crate::always::Act;
use crate::call::{Call, Function};
use crate::choice::{Choices, What, name};
use crate::fault::{Chance, Faults, Kind, QUIET, Trip, Trouble};
use crate::log::{Commit, Log};
use crate::story::people::BRANDS;
use crate::story::{self, Story};
use crate::tally::Tally;
use crate::time::{MINUTE, Ms, instant, length};

pub mod index;
mod machine;
pub mod queue;
pub mod table;
pub(crate) mod trace;

use index::Index;
pub use machine::Machine;
use queue::{Body, Line, Message, RECEIVES, Record, Shard};
use table::{Fact, Moved, Table, Write, Written};
use trace::{Is, Trace};

/// What happens at a moment.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Something comes from outside.
    Input(usize),
    /// The sweep of a minute.
    Sweep,
    /// The same sweep once more, or late.
    SweepAgain,
    /// A call is answered.
    Answered(usize, usize),
    /// What a function waits for has not come in time.
    Timer(usize, usize),
    /// A function has run for too long.
    Over(usize),
    /// A message can be handed out.
    Message(usize),
    /// Records of a shard of the stream can be handed out.
    Stream(usize),
    /// A write takes effect that its caller gave up long ago.
    Effect(u16, Box<Write>),
}

/// What a function was called for.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// A platform delivers this input.
    Post(usize),
    /// Messages.
    Messages(Vec<usize>),
    /// So many records of a shard.
    Records(usize, usize),
    /// The clock.
    Minute,
}

/// One run of a function.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) function: Function,
    pub(crate) machine: usize,
    pub(crate) form: u16,
    pub(crate) cause: Cause,
    pub(crate) is_first_brand: bool,
    /// When it began.
    pub(crate) began: Ms,
    /// Names it in choices.
    pub(crate) label: u64,
    slots: Vec<Slot>,
    /// It goes on.
    pub(crate) is_alive: bool,
    /// Something went wrong with one of its calls, or it died.
    pub(crate) is_tripped: bool,
    /// When it read the head that it means to replace.
    pub(crate) head_at: Ms,
    /// When it began to read the facts that it acts on.
    pub(crate) facts_at: Ms,
    /// How often it has to begin anew: somebody saved the head first, or a removal came before what it removes.
    pub(crate) overtaken: usize,
    /// Notices of mails that are out and not yet marked.
    pub(crate) unmarked: Vec<domain::fact::NoticeKey>,
    /// The person whom it writes to.
    pub(crate) writes_to: Option<domain::id::PersonId>,
    /// What it read from the lists.
    pub(crate) found: Vec<Todo>,
}

/// A call under way, or something waited for.
#[derive(Debug)]
struct Slot {
    call: Call,
    trip: Trip,
    waker: Waker,
    is_due: bool,
}

impl Invocation {
    /// Returns how often it made a call.
    pub(crate) fn made(&self, call: Call) -> usize {
        self.slots.iter().filter(|slot| slot.call == call).count()
    }

    /// Returns for how many messages or records it was made.
    pub(crate) fn size(&self) -> usize {
        match &self.cause {
            Cause::Post(_) | Cause::Minute => 1,
            Cause::Messages(taken) => taken.len(),
            Cause::Records(_, count) => *count,
        }
    }
}

/// How long a call takes at least, in ms.
const CALL_TAKES: Ms = 4;
/// How long a message travels at least, in ms.
const MESSAGE_TAKES: Ms = 15;
/// How long the stream takes at least, in ms.
const STREAM_TAKES: Ms = 120;
/// Whatever takes so many ms longer does so because something is wrong.
const USUAL: u32 = 200;
/// How many environments each function has.
const MACHINES: u32 = 3;
/// How many shards the stream has.
const SHARDS: usize = 2;
/// How far ahead a sweep looks: what is further away is nothing to do for it.
const HORIZON: SignedDuration = SignedDuration::from_secs(300);

/// Everything that functions stand on.
#[derive(Debug)]
pub struct World {
    /// True time.
    pub now: Ms,
    heap: BinaryHeap<Reverse<(Ms, u64, Ordered)>>,
    order: u64,
    pub(crate) choices: Choices,
    pub(crate) faults: Faults,
    /// The table.
    pub table: Table,
    pub(crate) index: Index,
    moved: Vec<Moved>,
    pub(crate) messages: Vec<Message>,
    pub(crate) shards: [Shard; SHARDS],
    pub(crate) machines: Vec<Machine>,
    pub(crate) invocations: Vec<Invocation>,
    labels: HashMap<u64, u64>,
    /// Every push, in its order.
    pub pushes: Vec<Push>,
    /// What comes from outside.
    pub story: Rc<Story>,
    /// When new code began to take over.
    deployed_at: Option<Ms>,
    /// Everything that happened and counts.
    pub log: Log,
    pub(crate) tally: Tally,
    /// What is told of the history; `None` where nobody asks.
    pub(crate) trace: Option<Trace>,
}

/// An event in the heap; the order of events of one moment is that of their making.
#[derive(Debug)]
struct Ordered(Event);

impl PartialEq for Ordered {
    fn eq(&self, _: &Ordered) -> bool {
        true
    }
}
impl Eq for Ordered {}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Ordered) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ordered {
    fn cmp(&self, _: &Ordered) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl World {
    /// Returns the world as it is when the history begins: configured, swept a moment ago, quiet.
    pub(crate) fn new(story: Rc<Story>, mut choices: Choices, faults: Faults) -> World {
        let push = Push { number: 1, pushed_at: instant(-24 * 60 * MINUTE), apply_to_open: false };
        let count = MACHINES as usize * Function::ALL.len();
        let mut machines = Vec::with_capacity(count);
        for number in 0..count {
            let skew = choices.choose(What::Skew, number as u64, |rng| faults.skew(rng));
            machines.push(Machine::new(skew, push));
        }
        let mut world = World {
            now: 0,
            heap: BinaryHeap::with_capacity(64),
            order: 0,
            choices,
            faults,
            table: Table::default(),
            index: Index::default(),
            moved: Vec::new(),
            messages: Vec::new(),
            shards: Default::default(),
            machines,
            invocations: Vec::with_capacity(64),
            labels: HashMap::new(),
            pushes: vec![push],
            story,
            deployed_at: None,
            log: Log::default(),
            tally: Tally::default(),
            trace: None,
        };
        if world.faults.reigns(Kind::Clocks) {
            world.tally.struck(Kind::Clocks);
        }
        let is_first_ever = world.choices.choose(What::FirstSweep, 0, |rng| u32::from(rng.u32(0..50) == 0));
        if is_first_ever == 0 {
            let followed =
                Followed { pushed_at: push.pushed_at, first_at: instant(-23 * 60 * MINUTE), is_over: true };
            let swept_at = instant(-MINUTE);
            let cursor = Cursor { until: swept_at + HORIZON, swept_at, followed: None };
            world.table.write(Write::Cursor(cursor), table::FORM, &mut Vec::new());
            world.table.write(Write::Follow(followed), table::FORM, &mut Vec::new());
        }
        let story = Rc::clone(&world.story);
        for (place, input) in story.happening() {
            world.plan(input.at, Event::Input(place));
        }
        world.plan(0, Event::Sweep);
        world
    }

    /// Until when the history is watched.
    pub(crate) fn ends_at(&self) -> Ms {
        self.faults.until + QUIET
    }

    pub(crate) fn plan(&mut self, at: Ms, event: Event) {
        self.order += 1;
        self.heap.push(Reverse((at, self.order, Ordered(event))));
    }

    /// Returns what happens next, and lets it be now.
    pub(crate) fn next(&mut self) -> Option<Event> {
        self.runs(None);
        let Reverse((at, _, Ordered(event))) = self.heap.pop()?;
        if at > self.ends_at() {
            self.now = self.ends_at();
            return None;
        }
        self.now = self.now.max(at);
        Some(event)
    }

    /// Returns the configuration of that number.
    pub(crate) fn config(number: u32) -> Arc<Config> {
        Arc::clone(&story::configs::configs()[number as usize - 1].config)
    }

    /// Returns every brand that a version ever had.
    pub(crate) fn brands(&self) -> BTreeSet<BrandId> {
        let pushed = self.pushes.iter().map(|push| World::config(push.number));
        pushed.flat_map(|config| config.brands.keys().cloned().collect::<Vec<_>>()).collect()
    }

    /// Whether a conversation is of the first brand.
    pub(crate) fn is_first_brand(&self, id: &ConversationId) -> bool {
        let conversation = self.table.conversation(id);
        let mut said = conversation.into_iter().flat_map(|conversation| &conversation.items);
        said.find_map(|(_, fact)| match fact {
            Fact::Said(said) => Some(is_first(&said.brand)),
            Fact::Acted(action) => Some(is_first(&action.brand)),
            Fact::Notice(_) => None,
        })
        .unwrap_or(true)
    }

    /// Begins a run of a function.
    pub(crate) fn invoke(
        &mut self,
        function: Function,
        cause: Cause,
        subject: u64,
        is_first_brand: bool,
    ) -> usize {
        let number = self.invocations.len();
        self.runs(Some(number));
        let label = self.label(name(subject, function as u64));
        let picked = self.choices.choose(What::Machine, label, |rng| rng.u32(0..MACHINES)) % MACHINES;
        let machine = function as usize * MACHINES as usize + picked as usize;
        let form = self.form_of(picked);
        self.invocations.push(Invocation {
            function,
            machine,
            form,
            cause,
            is_first_brand,
            began: self.now,
            label,
            slots: Vec::new(),
            is_alive: true,
            is_tripped: false,
            head_at: self.now,
            facts_at: self.now,
            overtaken: 0,
            unmarked: Vec::new(),
            writes_to: None,
            found: Vec::new(),
        });
        self.plan(self.now + function.limit(), Event::Over(number));
        self.tell(Is::Begin, |world| trace::begun(world, number));
        number
    }

    /// Returns the name of a subject at this time: what happens to it in one minute or another is told apart without
    /// counting, so that a choice keeps its place when something before it is left out. Most that falls due does so at
    /// a full minute, hence the half.
    pub(crate) fn about(&self, subject: u64) -> u64 {
        name(subject, (self.now + MINUTE / 2).div_euclid(MINUTE).unsigned_abs())
    }

    /// Returns a name that nothing else bears, made of one that others may bear too.
    fn label(&mut self, subject: u64) -> u64 {
        let nth = self.labels.entry(subject).or_default();
        *nth += 1;
        name(subject, *nth)
    }

    /// Returns the form that the code of an environment bears by now.
    fn form_of(&self, environment: u32) -> u16 {
        // They are exchanged one after the other.
        let taken_over = self.deployed_at.map(|at| at + 20_000 * Ms::from(environment));
        table::FORM + u16::from(taken_over.is_some_and(|at| self.now >= at))
    }

    pub(crate) fn deploy(&mut self) {
        self.deployed_at.get_or_insert(self.now);
    }

    /// Takes a call that a function makes; it is answered by an event of its own.
    pub(crate) fn ask(&mut self, who: usize, call: Call, waker: &Waker) -> usize {
        let Invocation { function, is_first_brand, label, ref slots, .. } = self.invocations[who];
        let number = slots.len();
        let subject = name(label, call as u64);
        let chance = Chance { call, function, is_first_brand, now: self.now };
        let faults = &mut self.faults;
        let trip = Trip::of(self.choices.choose(What::Trip, subject, |rng| faults.trip(chance, rng)));
        let longer = self.choices.choose(What::CallTakes, subject, |rng| rng.u32(0..16));
        let takes = match trip {
            Trip::RequestLost | Trip::AnswerLost | Trip::EffectLate(_) => 1500,
            Trip::Slow(ms) => Ms::from(ms),
            _ => CALL_TAKES,
        };
        let invocation = &mut self.invocations[who];
        invocation.slots.push(Slot { call, trip, waker: waker.clone(), is_due: false });
        invocation.is_tripped |= trip != Trip::Well;
        self.tally.tripped(function, call, trip);
        if longer > 0 {
            self.tell(Is::Chance, |_| format!("is {longer} ms slower {}", call.words()));
        }
        self.plan(self.now + takes + Ms::from(longer), Event::Answered(who, number));
        number
    }

    /// Takes a wish to be woken.
    pub(crate) fn wake_at(&mut self, who: usize, at: Ms, waker: &Waker) -> usize {
        let slots = &mut self.invocations[who].slots;
        slots.push(Slot { call: Call::End, trip: Trip::Well, waker: waker.clone(), is_due: false });
        let number = slots.len() - 1;
        self.plan(at, Event::Timer(who, number));
        number
    }

    /// Says which run of a function goes on now.
    fn runs(&mut self, who: Option<usize>) {
        if self.trace.is_some() {
            trace::catch_up(self);
            self.trace.as_mut().expect("it was there").who = who;
        }
    }

    /// Tells what happens, if anybody asks.
    pub(crate) fn tell(&mut self, is: Is, words: impl FnOnce(&World) -> String) {
        if self.trace.is_some() {
            trace::catch_up(self);
            let words = words(self);
            self.trace.as_mut().expect("it was there").push(self.now, is, words);
        }
    }

    /// Lets a call be answered; returns what it meets.
    pub(crate) fn answer(&mut self, who: usize, slot: usize) -> Trip {
        self.runs(Some(who));
        let slot = &mut self.invocations[who].slots[slot];
        slot.is_due = true;
        slot.waker.wake_by_ref();
        let (call, trip) = (slot.call, slot.trip);
        match trip {
            Trip::Well if call == Call::End || call.is_write() => {}
            Trip::Well => self.tell(Is::Read, |_| call.words().to_owned()),
            _ => self.tell(Is::Wrong, |_| trace::tripped(call, trip)),
        }
        trip
    }

    /// Returns what a call met, once it is answered; until then it keeps `waker`.
    pub(crate) fn answered(&mut self, who: usize, slot: usize, waker: &Waker) -> Option<Trip> {
        let slot = &mut self.invocations[who].slots[slot];
        if slot.is_due {
            return Some(slot.trip);
        }
        slot.waker.clone_from(waker);
        None
    }

    /// Does one write of a machine's code, and lets the stream and the indexes know.
    pub(crate) fn write(&mut self, write: Write, form: u16) -> Written {
        let told = match &write {
            Write::Said(id, said) => Some((Some(id.clone()), Fact::Said(said.clone()))),
            Write::Acted(id, action) => Some((Some(id.clone()), Fact::Acted(action.clone()))),
            Write::Removal(said) => Some((None, Fact::Said(said.clone()))),
            _ => None,
        };
        let words = self.trace.is_some().then(|| trace::wrote(&write));
        let mut moved = std::mem::take(&mut self.moved);
        let act = Act::of(&write, self.now);
        let written = self.table.write(write, form, &mut moved);
        self.tell(Is::Do, |_| trace::found(words.unwrap_or_default(), written));
        if let Some(act) = act {
            self.log.done.note(act, written, self.now);
        }
        for moved in moved.drain(..) {
            let faults = &self.faults;
            let now = self.now;
            let about = self.about(subject(&moved));
            let lag = self.choices.choose(What::IndexTakes, about, |rng| faults.index_lag(now, rng));
            if lag >= USUAL {
                self.tally.struck(Kind::IndexLate);
            }
            self.index.expect(self.now + 5 + Ms::from(lag), moved);
        }
        self.moved = moved;
        if let Some((conversation, fact)) = told.filter(|_| written == Written::Put(Put::New)) {
            self.committed(conversation, fact);
        }
        written
    }

    fn committed(&mut self, conversation: Option<ConversationId>, fact: Fact) {
        let at = SignedDuration::from_secs(instant(self.now).as_second());
        let seen_at = Timestamp::UNIX_EPOCH.checked_add(at).expect("a history is hours long");
        let (brand, date) = match &fact {
            Fact::Said(said) => (&said.brand, said.date()),
            Fact::Acted(action) => (&action.brand, domain::fact::date(action.at)),
            Fact::Notice(_) => return,
        };
        let is_first_brand = is_first(brand);
        let record = match (conversation, &fact) {
            (Some(id), _) => {
                let record = Record::Fact(id.clone(), FactSeen { at: seen_at, date });
                self.log.commits.push(Commit { at: self.now, conversation: id, fact });
                record
            }
            (None, Fact::Said(said)) => {
                let spread = Spread {
                    v: flow::message::FORM,
                    brand: said.brand.clone(),
                    platform: said.event.platform,
                    object: said.event.object.clone(),
                };
                Record::Removal(spread)
            }
            (None, _) => return,
        };
        let shard = usize::try_from(record.subject() % SHARDS as u64).expect("a shard");
        self.shards[shard].records.push_back((record, is_first_brand));
        if !self.shards[shard].is_busy {
            self.stream_in(shard, STREAM_TAKES, is_first_brand);
        }
    }

    /// Lets a shard hand out what it has in a while.
    pub(crate) fn stream_in(&mut self, shard: usize, takes: Ms, is_first_brand: bool) {
        let about = self.about(self.shards[shard].records.front().map_or(0, |(record, _)| record.subject()));
        let faults = &mut self.faults;
        let now = self.now;
        let longer = self.choices.choose(What::StreamTakes, about, |rng| {
            if faults.strikes(Kind::StreamLate, is_first_brand, now, rng) {
                return rng.u32(1000..60_000);
            }
            rng.u32(0..USUAL)
        });
        if longer >= USUAL {
            self.tally.struck(Kind::StreamLate);
        }
        self.shards[shard].is_busy = true;
        self.plan(now + takes + Ms::from(longer), Event::Stream(shard));
    }

    /// Takes a message that a machine sends, to be handed out at `at` by that machine's clock.
    pub(crate) fn send(&mut self, line: Line, body: Body, wait: SignedDuration) {
        let seconds = (wait.as_secs() + i64::from(wait.subsec_nanos() > 0)).clamp(0, 900);
        self.tell(Is::Do, |_| format!("asks for {}", trace::asked(&body, seconds)));
        self.is_claimed(&body);
        self.log.done.ask(&body, self.now);
        let subject = self.about(body.subject());
        let is_first_brand = match &body {
            Body::Spread(spread) => is_first(&spread.brand),
            Body::Check(_) | Body::Tell(_) => body.conversation().is_some_and(|id| self.is_first_brand(id)),
        };
        let faults = &mut self.faults;
        let now = self.now;
        let mut strikes =
            |kind: Kind, rng: &mut fastrand::Rng| faults.strikes(kind, is_first_brand, now, rng);
        let lost =
            self.choices.choose(What::MessageLost, subject, |rng| u32::from(strikes(Kind::MessageLost, rng)));
        if lost > 0 {
            self.tally.struck(Kind::MessageLost);
            if let Body::Spread(spread) = body {
                self.log.forgotten.push(spread.object);
            }
            return;
        }
        let longer = self.choices.choose(What::MessageTakes, subject, |rng| {
            if strikes(Kind::MessageLate, rng) { rng.u32(500..90_000) } else { rng.u32(0..60) }
        });
        if longer >= USUAL {
            self.tally.struck(Kind::MessageLate);
        }
        let doubled = self.choices.choose(What::MessageDoubled, subject, |rng| {
            if !strikes(Kind::MessageDoubled, rng) {
                return 0;
            }
            // Often both are handed out at the same time.
            if rng.bool() { rng.u32(1..20) } else { rng.u32(1..60_000) }
        });
        let due = now + seconds * 1000 + MESSAGE_TAKES + Ms::from(longer);
        let label = self.label(name(subject, line as u64));
        let message =
            Message { body, line, label, due, receives: 0, is_done: false, is_dead: false, is_first_brand };
        if doubled > 0 {
            self.tally.struck(Kind::MessageDoubled);
            let due = due + Ms::from(doubled) - 1;
            self.plan(due, Event::Message(self.messages.len()));
            self.messages.push(Message { due, label: name(label, 1), ..message.clone() });
        }
        self.plan(due, Event::Message(self.messages.len()));
        self.messages.push(message);
    }

    /// Takes messages from a queue for one run of a function: the one that is due, and at times others that soon
    /// are. Returns none if it is none any more.
    pub(crate) fn take(&mut self, first: usize) -> Vec<usize> {
        let (line, due) = (self.messages[first].line, self.messages[first].due);
        if self.messages[first].is_done || self.messages[first].is_dead || due != self.now {
            return Vec::new();
        }
        let subject = self.about(self.messages[first].body.subject());
        let most = u32::try_from(line.batch() - 1).expect("a batch is small");
        let more = self.choices.choose(What::Batch, subject, |rng| {
            if most > 0 && rng.u32(0..8) == 0 { rng.u32(1..=most) } else { 0 }
        });
        let mut taken = vec![first];
        if more > 0 {
            let soon = self.now..=self.now + 200;
            // What comes in one run shares its end: with the first brand's messages, that is in trouble.
            let is_apart = self.faults.trouble == Trouble::Neighbour;
            let is_first_brand = self.messages[first].is_first_brand;
            let others = self.messages.iter().enumerate().filter(|(other, message)| {
                let waits = !message.is_done && !message.is_dead && soon.contains(&message.due);
                let fits = !is_apart || message.is_first_brand == is_first_brand;
                *other != first && waits && fits && message.line == line
            });
            taken.extend(others.map(|(other, _)| other).take(more as usize));
        }
        taken.retain(|number| {
            let message = &mut self.messages[*number];
            message.receives += 1;
            message.is_dead = message.receives > RECEIVES;
            if let Body::Spread(spread) = &message.body
                && message.is_dead
            {
                self.log.forgotten.push(spread.object.clone());
            }
            message.due = self.now + line.hides();
            !message.is_dead
        });
        for number in taken.clone() {
            self.plan(self.messages[number].due, Event::Message(number));
        }
        taken
    }

    /// Whether a sweep by a clock that shows `now` would find anything to send or follow.
    pub(crate) fn has_to_do(&mut self, now: Timestamp) -> bool {
        self.index.catch_up(self.now);
        let cursor = self.table.cursor();
        let last = self.pushes.last().map(|push| push.pushed_at);
        let is_followed = cursor
            .and_then(|cursor| cursor.followed)
            .is_some_and(|followed| followed.is_over && Some(followed.pushed_at) == last);
        let soon = |at: Timestamp| at <= now + HORIZON;
        let wanted = |at| soon(at) && flow::sweep::wants_sending(at, now, cursor.as_ref());
        !is_followed || cursor.is_none() || self.index.moments().any(|(_, at)| wanted(at))
    }

    /// Lets the sweeps pass by that would find nothing to do until something changes, and returns how many; the
    /// cursor goes with them, as if they had been.
    pub(crate) fn skip_sweeps(&mut self) -> (u32, Ms) {
        let swept = instant(self.now);
        let cursor = Cursor { until: swept + HORIZON, swept_at: swept, followed: None };
        // Nothing changes before the next event, or before an entry comes near.
        let next = self.heap.peek().map_or(self.ends_at(), |Reverse((at, ..))| *at);
        let is_lagging = self.index.catch_up(self.now) > 0;
        let nearest = self.index.moments().map(|(_, at)| crate::time::ms(at)).min();
        let near = nearest.map_or(Ms::MAX, |at| at - crate::time::ms(instant(0) + HORIZON));
        let wake = if is_lagging || near <= self.now { self.now } else { next.min(near) };
        let minutes = ((wake - self.now - 1) / MINUTE).max(0);
        let last = self.now + minutes * MINUTE;
        let cursor = Cursor {
            until: cursor.until + length(last - self.now),
            swept_at: cursor.swept_at + length(last - self.now),
            ..cursor
        };
        // A sweep by a clock that is ahead may have been further.
        self.table.write(Write::Cursor(cursor), table::FORM, &mut Vec::new());
        (u32::try_from(minutes + 1).unwrap_or(u32::MAX), last + MINUTE)
    }
}

/// Whether it is the first brand.
fn is_first(brand: &BrandId) -> bool {
    brand.as_str() == BRANDS[0].id
}

fn subject(moved: &Moved) -> u64 {
    match &moved.entry {
        table::Entry::Due(id) => hash(id.as_str()),
        table::Entry::Out(key) => name(hash(key.conversation.as_str()), hash(key.person.as_str())),
        table::Entry::Open(_, id) => name(hash(id.as_str()), 1),
    }
}

/// Returns a number that stands for a text, the same in every run.
pub(crate) fn hash(text: &str) -> u64 {
    let basis = 0xcbf2_9ce4_8422_2325_u64;
    text.bytes().fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
