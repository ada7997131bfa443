//! Runs of functions, and the calls that they make.

use std::task::Waker;

use domain::fact::NoticeKey;
use domain::id::{ConversationId, PersonId};
use flow::ports::Todo;

use super::trace::Is;
use super::{Event, World, trace};
use crate::call::{Call, Function};
use crate::choice::{What, name};
use crate::fault::{Chance, Trip};
use crate::time::Ms;

/// How long a call takes at least, in ms.
const CALL_TAKES: Ms = 4;
/// How many environments each function has.
pub(super) const MACHINES: u32 = 3;

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
    /// When it began to read the facts of each conversation.
    pub(crate) read_at: Vec<(ConversationId, Ms)>,
    /// How often it has to begin anew: somebody saved the head first, or a removal came before what it removes.
    pub(crate) overtaken: usize,
    /// Notices of mails that are out and not yet marked.
    pub(crate) unmarked: Vec<NoticeKey>,
    /// The person whom it writes to.
    pub(crate) writes_to: Option<PersonId>,
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

    /// Notes that it begins to read the facts of a conversation.
    pub(crate) fn reads(&mut self, conversation: &ConversationId, now: Ms) {
        self.facts_at = now;
        self.read_at.retain(|(id, _)| id != conversation);
        self.read_at.push((conversation.clone(), now));
    }

    /// Returns when it began to read the facts of a conversation.
    pub(crate) fn facts_at_of(&self, conversation: &ConversationId) -> Ms {
        let read = self.read_at.iter().find(|(id, _)| id == conversation);
        read.map_or(self.facts_at, |(_, at)| *at)
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

impl World {
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
            read_at: Vec::new(),
            overtaken: 0,
            unmarked: Vec::new(),
            writes_to: None,
            found: Vec::new(),
        });
        self.plan(self.now + function.limit(), Event::Over(number));
        self.tell(Is::Begin, |world| trace::begun(world, number));
        number
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
}
