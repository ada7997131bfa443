//! The world: everything that functions stand on, and the events to come.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use domain::fact::Cause as Why;
use domain::id::{BrandId, ConversationId, PersonId};
use domain::policy::Config;
use domain::versions::Push;
use flow::message::{FactSeen, Spread};
use flow::ports::{Cursor, Followed, Put, Saved};
use jiff::{SignedDuration, Timestamp};

use crate::always::Act;
use crate::call::Function;
use crate::choice::{Choices, What, name};
use crate::fault::{Faults, Kind, QUIET};
use crate::log::{Commit, Log};
use crate::story::people::{self, BRANDS};
use crate::story::{self, Story};
use crate::tally::Tally;
use crate::time::{MINUTE, Ms, instant, length};

pub mod index;
mod invocation;
mod machine;
mod messages;
pub mod queue;
pub mod table;
pub(crate) mod trace;

use index::Index;
use invocation::MACHINES;
pub(crate) use invocation::{Cause, Invocation};
pub use machine::Machine;
use queue::{Message, Record, Shard};
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

/// How long the stream takes at least, in ms.
const STREAM_TAKES: Ms = 120;
/// Whatever takes so many ms longer does so because something is wrong.
const USUAL: u32 = 200;
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
    /// Whom mail does not reach, and why.
    pub(crate) bad: BTreeMap<PersonId, Why>,
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
            bad: BTreeMap::new(),
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
        let theme = world.story.theme;
        for person in people::everybody() {
            let subject = hash(person);
            let why = world.choices.choose(What::BadAddress, subject, |rng| theme.bad_address(person, rng));
            let why =
                [None, Some(Why::Bounced), Some(Why::Complained), Some(Why::Suppressed), Some(Why::Rejected)]
                    [why as usize % 5];
            world.bad.extend(why.map(|why| (PersonId::from(person), why)));
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
        let failed = match &write {
            Write::Failed(key, failed) => Some((key.clone(), failed.clone())),
            _ => None,
        };
        let written = self.table.write(write, form, &mut moved);
        self.tell(Is::Do, |_| trace::found(words.unwrap_or_default(), written));
        if let Some(act) = act {
            self.log.done.note(act, written, self.now);
        }
        if let Some((key, failed)) = failed.filter(|_| written == Written::Saved(Saved::Done)) {
            self.log.failures.push((self.now, key, failed));
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
