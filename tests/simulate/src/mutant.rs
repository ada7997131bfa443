//! Faults of the protocol, planted one at a time: a proof that finds none of them proves nothing.
//!
//! A mutant is everything that the flows stand on with one thing done wrong. The flows themselves are those that are
//! deployed.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::functions::Outcome;
use crate::history::Script;
use crate::log::Violation;
use crate::ports::Port;
use crate::world::Cause;

mod memory;
mod ports;
mod sent;
mod table;
mod wrong;

use memory::{Held, Memory};

macro_rules! mutants {
    ($($name:ident = $words:literal;)*) => {
        /// What is done wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutant {
            $(#[doc = concat!($words, ".")] $name,)*
        }

        impl Mutant {
            /// Every mutant.
            pub const ALL: &[Mutant] = &[$(Mutant::$name),*];

            /// Returns its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Mutant::$name => stringify!($name),)* }
            }

            /// Returns what it does wrong, as a sentence without its full stop.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Mutant::$name => $words,)* }
            }
        }
    };
}

mutants! {
    AnswerFirst = "A platform is answered 200 before the event is stored";
    PutFaultIgnored = "A platform is answered 200 though storing the event failed";
    KnownCounted = "An event that was known is counted once more";
    SecondOverwrites = "The second delivery of an event overwrites the first";
    HeadAfterFacts = "The facts are read before the head";
    FirstPageOnly = "Only the first page of facts is read";
    FactsLag = "Facts are read from a copy that lags half a second behind";
    SeenTooSoon = "A check is dropped as seen with no allowance for the clocks";
    HeadUnconditional = "A head is saved on no condition";
    HeadBeforeNotices = "The head is saved before its notices are claimed";
    HeadUnlisted = "A head is saved without its moment in the list";
    ClaimUnconditional = "A notice is claimed on no condition, over what was claimed before";
    ClaimFaultIgnored = "A claim that fails is passed over";
    TellBeforeClaim = "Messages are asked for before their notices are claimed";
    OnlyNewTold = "Messages are asked for only about what this very check claimed";
    TurnByOrdinal = "A turn is named by its place among those that wait";
    NearTooNear = "A check leaves to the sweep what falls due within the next minutes";
    Unlisted = "A conversation is not listed under the names of its objects";
    AuthorUnlisted = "A conversation is not listed under who asked there";
    NotLinked = "A private answer that came before its question is not looked for";
    HandOverLost = "A record of the stream is done though its check failed and no queue has it";
    StreamOnce = "A batch of the stream that failed is not repeated";
    DeletedFirst = "A message is deleted before it is handled";
    FailedAsDone = "A batch with failures is reported as done";
    DelayByTheMinute = "Delays are rounded up to whole minutes";
    CursorFirst = "The cursor is moved before the messages are sent";
    CursorTooFar = "The sweep takes for sent what lies ten minutes beyond what it read";
    OverdueLeftOut = "The sweep reads nothing that lies before its cursor";
    ShardLeftOut = "The sweep does not read the last shard of each list";
    PushNotFollowed = "Nobody is checked for a push";
    ConfigForever = "The configuration is never read again";
    LeaseIgnored = "Two write to one person at the same time";
    LeaseLostAsDone = "A lease that somebody else took is written under all the same";
    LeaseTooShort = "A lease is shorter than what is done under it";
    LeaseForever = "A lease that a crash left behind never runs out";
    LeaseKept = "A lease is not given back";
    BusyDropped = "A message to somebody who is being written to is dropped";
    MessageTrusted = "A message is believed: the facts are not read again";
    MarkBeforeSend = "A notice is marked sent before the mail is";
    NeverMarked = "A notice is not marked sent";
    MailsForgotten = "Nobody remembers when a person was written to";
    WaitTakenAsSent = "A mail that the mailer put off is marked sent";
    ReportNotFollowed = "A report that somebody is not reached is kept, and nobody is asked to look";
    FailureIgnored = "Whoever decides takes a mail that did not arrive for one that did";
}

/// A mutant that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The first seed whose history shows it.
    pub seed: u64,
    /// What was seen there.
    pub violation: Violation,
}

/// Returns the first of `seeds` whose history breaks an invariant with `mutant` that it keeps without; `None` if
/// the mutant survives them all.
#[must_use]
pub fn hunt(mutant: Mutant, seeds: Range<u64>) -> Option<Found> {
    for seed in seeds {
        let sound = Script::draw(seed);
        let broken = Script { mutant: Some(mutant), ..sound.clone() };
        let seen = broken.live(false).seen.violations;
        if seen.is_empty() {
            continue;
        }
        let known = sound.live(false).seen.violations;
        let is_new = |violation: &Violation| known.iter().all(|known| known.invariant != violation.invariant);
        if let Some(violation) = seen.into_iter().find(is_new) {
            return Some(Found { seed, violation });
        }
    }
    None
}

/// What is broken in one history.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    mutant: Mutant,
    memory: Rc<RefCell<Memory>>,
}

impl Mutation {
    pub(crate) fn new(mutant: Mutant) -> Mutation {
        Mutation { mutant, memory: Rc::default() }
    }

    /// Whether it is this one.
    pub(crate) fn is(&self, mutant: Mutant) -> bool {
        self.mutant == mutant
    }

    /// Returns the ports as they are broken for one run of a function.
    pub(crate) fn of(&self, port: Port) -> Mutated {
        let mutated =
            Mutated { port, mutant: self.mutant, memory: Rc::clone(&self.memory), held: Rc::default() };
        mutated.begin();
        mutated
    }
}

/// The ports with one thing done wrong.
#[derive(Clone, Debug)]
pub(crate) struct Mutated {
    port: Port,
    mutant: Mutant,
    /// What outlives the run.
    memory: Rc<RefCell<Memory>>,
    /// What ends with the run.
    held: Rc<RefCell<Held>>,
}

impl Mutated {
    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == mutant
    }

    /// Does what is wrong before the function runs.
    fn begin(&self) {
        let Port { who, machine, form, .. } = self.port;
        let world = &mut *self.port.world.borrow_mut();
        match &world.invocations[who].cause {
            Cause::Post(_) => {
                let late = self.memory.borrow_mut().unwritten.remove(&machine);
                for write in late.into_iter().flatten() {
                    world.write(write, form);
                }
            }
            Cause::Messages(taken) if self.is(Mutant::DeletedFirst) => {
                for number in taken {
                    world.messages[*number].is_done = true;
                }
            }
            Cause::Messages(_) | Cause::Records(..) | Cause::Minute => {}
        }
    }

    /// Does what was held back for a call that never came, and returns what the function says of its end.
    pub(crate) async fn end(&self, outcome: Outcome) -> Outcome {
        // Nobody waits for it any more.
        _ = self.release().await;
        match outcome {
            Outcome::Failed(_) if self.is(Mutant::FailedAsDone) => Outcome::Failed(Vec::new()),
            outcome => outcome,
        }
    }
}
