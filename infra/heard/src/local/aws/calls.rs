//! How often which function called what, and how much was said.

use std::collections::BTreeMap;
use std::iter::Sum;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One kind of call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// The calling function's logical id, or whatever access key id was used.
    pub function: String,
    /// Such as `dynamodb`.
    pub service: String,
    /// Such as `PutItem`.
    pub operation: String,
}

/// Bytes of bodies, without headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// In requests.
    pub sent: u64,
    /// In answers; one that got lost on purpose is not in it.
    pub received: u64,
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            sent: sum.sent + one.sent,
            received: sum.received + one.received,
        })
    }
}

/// Counts of calls, retries included; what Lambda itself does (polling queues, reading streams) is not in it.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<Call, Tally>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    calls: u64,
    bytes: Bytes,
}

impl Calls {
    /// Counts a call with a request of so many bytes.
    pub(crate) fn called(&self, call: &Call, sent: usize) {
        let mut tallies = self.lock();
        let tally = tallies.entry(call.clone()).or_default();
        tally.calls += 1;
        tally.bytes.sent += sent as u64;
    }

    /// Adds the answer to a call that was counted.
    pub(crate) fn answered(&self, call: &Call, received: usize) {
        self.lock().entry(call.clone()).or_default().bytes.received += received as u64;
    }

    /// Calls of one function, all services together.
    #[must_use]
    pub fn of(&self, function: &str) -> u64 {
        self.matching(|call| call.function == function).iter().map(|tally| tally.calls).sum()
    }

    /// Calls of one function to one operation.
    #[must_use]
    pub fn to(&self, function: &str, operation: &str) -> u64 {
        let tallies = self.matching(|call| call.function == function && call.operation == operation);
        tallies.iter().map(|tally| tally.calls).sum()
    }

    /// What the calls of one function weigh, all services together.
    #[must_use]
    pub fn bytes_of(&self, function: &str) -> Bytes {
        self.matching(|call| call.function == function).iter().map(|tally| tally.bytes).sum()
    }

    /// What the calls of one function to one operation weigh.
    #[must_use]
    pub fn bytes_to(&self, function: &str, operation: &str) -> Bytes {
        let tallies = self.matching(|call| call.function == function && call.operation == operation);
        tallies.iter().map(|tally| tally.bytes).sum()
    }

    /// Every kind of call and its count, ordered by function, service and operation.
    #[must_use]
    pub fn all(&self) -> Vec<(Call, u64)> {
        self.lock().iter().map(|(call, tally)| (call.clone(), tally.calls)).collect()
    }

    /// Starts from zero.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn matching(&self, is_wanted: impl Fn(&Call) -> bool) -> Vec<Tally> {
        self.lock().iter().filter(|(call, _)| is_wanted(call)).map(|(_, tally)| *tally).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Call, Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
