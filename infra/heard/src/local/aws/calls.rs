//! How often which function called what.

use std::collections::BTreeMap;
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

/// Counts of calls, retries included; what Lambda itself does (polling queues, reading streams) is not in it.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<Call, u64>>>);

impl Calls {
    pub(crate) fn count(&self, function: &str, service: &str, operation: &str) {
        let call = Call {
            function: function.to_owned(),
            service: service.to_owned(),
            operation: operation.to_owned(),
        };
        *self.lock().entry(call).or_default() += 1;
    }

    /// Calls of one function, all services together.
    #[must_use]
    pub fn of(&self, function: &str) -> u64 {
        self.lock().iter().filter(|(call, _)| call.function == function).map(|(_, count)| count).sum()
    }

    /// Calls of one function to one operation.
    #[must_use]
    pub fn to(&self, function: &str, operation: &str) -> u64 {
        let calls = self.lock();
        let matching =
            calls.iter().filter(|(call, _)| call.function == function && call.operation == operation);
        matching.map(|(_, count)| count).sum()
    }

    /// Every kind of call and its count, ordered by function, service and operation.
    #[must_use]
    pub fn all(&self) -> Vec<(Call, u64)> {
        self.lock().iter().map(|(call, count)| (call.clone(), *count)).collect()
    }

    /// Starts from zero.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Call, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
