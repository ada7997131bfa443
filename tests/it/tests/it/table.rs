//! The table of the simulation and DynamoDB, held to the same answers over sequences of calls drawn by chance.
//!
//! What the simulation proves of the flows is worth as much as its table is like the real one.

use std::fmt;

use flow::ports::List;
use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use simulate::still::Still;
use support::LoneTable;
use tokio::runtime::{Builder, Runtime};

#[path = "table/calls.rs"]
mod calls;
#[path = "table/drawn.rs"]
mod drawn;
#[path = "table/universe.rs"]
mod universe;

use calls::{Answer, Call, answer};
use universe::{HeadIs, NoticeIs};

/// The simulation's table, and all that was asked of it.
#[derive(Clone, Default)]
struct Memory {
    table: Still,
    calls: Vec<Call>,
    /// What it said to the last of them.
    answer: Option<Answer>,
}

/// What was asked is enough to see how it came to be.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl Memory {
    fn ask(&self, call: &Call) -> Answer {
        answer(&self.table, call).now_or_never().expect("memory keeps nobody waiting")
    }
}

impl ReferenceStateMachine for Memory {
    type State = Memory;
    type Transition = Call;

    fn init_state() -> BoxedStrategy<Memory> {
        Just(Memory::default()).boxed()
    }

    /// Most calls are new ones; whatever is delivered may be delivered again.
    fn transitions(memory: &Memory) -> BoxedStrategy<Call> {
        let new = drawn::call(&memory.table.table(), &memory.calls);
        if memory.calls.is_empty() {
            return new;
        }
        prop_oneof![5 => new, 1 => prop::sample::select(memory.calls.clone())].boxed()
    }

    fn apply(mut memory: Memory, call: &Call) -> Memory {
        memory.answer = Some(memory.ask(call));
        memory.calls.push(call.clone());
        memory
    }
}

/// DynamoDB as the local stack has it, empty, and what drives it.
struct Real {
    table: LoneTable,
    runtime: Runtime,
}

impl Real {
    fn ask(&self, call: &Call) -> Answer {
        self.runtime.block_on(answer(&self.table.cloud, call))
    }
}

impl StateMachineTest for Real {
    type SystemUnderTest = Real;
    type Reference = Memory;

    fn init_test(_: &Memory) -> Real {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Real { table: runtime.block_on(LoneTable::start()), runtime }
    }

    fn apply(real: Real, memory: &Memory, call: Call) -> Real {
        assert_eq!(Some(real.ask(&call)), memory.answer, "DynamoDB, then memory, say to {call:?}");
        real
    }

    /// In the end everything that can be read is the same.
    fn teardown(real: Real, memory: Memory) {
        for read in drawn::reads() {
            assert_eq!(real.ask(&read), memory.ask(&read), "DynamoDB, then memory, say to {read:?}");
        }
        for name in universe::MAILS {
            let told = real.runtime.block_on(real.table.mail(name));
            assert_eq!(told, memory.table.table().mail(name), "DynamoDB, then memory, have in {name}");
        }
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn memory_answers_what_dynamodb_answers(sequential 1..60 => Real);
}

#[test]
fn what_was_answered_in_two_ways_once_is_not_again() {
    let claim = |send_after| Call::Claim { notice: NoticeIs { notice: 0, send_after, take: false } };
    let head =
        HeadIs { conversation: 0, brand: 0, version: 0, next_at: Some(1), open: Some(2), is_newer: false };
    let moved = HeadIs { brand: 1, version: 1, ..head };
    let table = [
        // The cursor is kept in whole milliseconds.
        vec![
            Call::MoveCursor { until: 1, swept_at: 2 },
            Call::MoveCursor { until: 3, swept_at: 4 },
            Call::MoveCursor { until: 4, swept_at: 4 },
        ],
        // Moments within a millisecond are told as its end, and are due then.
        vec![
            claim(1),
            Call::SaveHead { head },
            Call::Todo { list: List::Out, until: 3 },
            Call::Todo { list: List::Due, until: 4 },
        ],
        // Who puts off a notice names its moment exactly; another in the same millisecond is not the same.
        vec![
            claim(1),
            Call::Postpone { notice: 0, from: 2, until: 5 },
            Call::Postpone { notice: 0, from: 1, until: 4 },
        ],
        // A conversation that goes over to another brand no longer waits for the first.
        vec![Call::SaveHead { head }, Call::SaveHead { head: moved }],
        vec![Call::SaveHead { head }, Call::SaveHead { head: HeadIs { open: None, ..moved } }],
    ];
    for calls in table {
        Real::test_sequential(ProptestConfig::default(), Memory::default(), calls, None);
    }
}
