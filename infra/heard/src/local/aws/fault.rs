//! Calls that fail on demand, in the shapes the services fail in.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::answer::Answer;
use super::calls::Call;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The service's own throttling error; nothing is done.
    Throttle,
    /// An internal error of the service; nothing is done.
    ServerError,
    /// The connection ends before anything is done.
    Drop,
    /// The call is carried out and the connection ends without an answer.
    LoseAnswer,
}

/// Which calls a fault is for.
#[derive(Debug, Clone)]
pub struct Matching {
    target: Target,
    by: Option<String>,
}

#[derive(Debug, Clone)]
enum Target {
    Service(String),
    Operation(String),
}

impl Matching {
    /// Every call to a service, such as `dynamodb`, `sqs` or `ses`.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self { target: Target::Service(name.to_owned()), by: None }
    }

    /// Every call to an operation, such as `PutItem`.
    #[must_use]
    pub fn operation(name: &str) -> Self {
        Self { target: Target::Operation(name.to_owned()), by: None }
    }

    /// Only the calls of this one: a function's logical id, or whatever access key id is used. Left out, it
    /// is all functions and nobody else: who looks in from outside sees what there is.
    #[must_use]
    pub fn by(self, caller: &str) -> Self {
        Self { by: Some(caller.to_owned()), ..self }
    }

    fn fits(&self, call: &Call, is_function: bool) -> bool {
        let target_fits = match &self.target {
            Target::Service(name) => call.service == *name,
            Target::Operation(name) => call.operation == *name,
        };
        target_fits && self.by.as_ref().map_or(is_function, |caller| call.function == *caller)
    }
}

/// A fault that lasts.
#[derive(Debug, Clone)]
pub struct Outage(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_over: AtomicBool,
    hits: AtomicU64,
}

impl Outage {
    /// Ends it before its time.
    pub fn end(&self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }

    /// How many calls failed by it so far.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.0.hits.load(Ordering::SeqCst)
    }
}

/// The failures still to come, oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Planned>>);

#[derive(Debug)]
struct Planned {
    matching: Matching,
    fault: Fault,
    lasts: Lasts,
}

#[derive(Debug)]
enum Lasts {
    Times(u32),
    /// `None` is until it is ended.
    Until(Option<Instant>, Arc<State>),
}

impl Faults {
    /// The next `times` calls fail.
    pub(super) fn add(&self, matching: Matching, fault: Fault, times: u32) {
        self.lock().push(Planned { matching, fault, lasts: Lasts::Times(times) });
    }

    /// Every call fails for so long, or until the outage is ended.
    pub(super) fn begin(&self, matching: Matching, fault: Fault, length: Duration) -> Outage {
        let state = Arc::new(State::default());
        let lasts = Lasts::Until(Instant::now().checked_add(length), Arc::clone(&state));
        self.lock().push(Planned { matching, fault, lasts });
        Outage(state)
    }

    /// The fault for this call; what was planned by number is used up by it.
    pub(super) fn take(&self, call: &Call, is_function: bool) -> Option<Fault> {
        let mut planned = self.lock();
        planned.retain(|one| !one.lasts.is_over());
        let found = planned.iter_mut().find(|one| one.matching.fits(call, is_function))?;
        match &mut found.lasts {
            Lasts::Times(left) => *left -= 1,
            Lasts::Until(_, state) => _ = state.hits.fetch_add(1, Ordering::SeqCst),
        }
        Some(found.fault)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lasts {
    fn is_over(&self) -> bool {
        match self {
            Self::Times(left) => *left == 0,
            Self::Until(end, state) => {
                state.is_over.load(Ordering::SeqCst) || end.is_some_and(|end| end <= Instant::now())
            }
        }
    }
}

pub(super) fn throttled(service: &str) -> Answer {
    match service {
        // An on-demand table's answer; a provisioned one has ProvisionedThroughputExceededException.
        "dynamodb" => Answer::error(
            400,
            "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            "Throughput exceeds the current capacity of your table or index.",
        ),
        "sqs" => Answer::error(400, "com.amazonaws.sqs#RequestThrottled", "The request was throttled.")
            .header("x-amzn-query-error", "RequestThrottled;Sender".to_owned()),
        "ses" => Answer::error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
            .header("x-amzn-errortype", "TooManyRequestsException".to_owned()),
        _ => Answer::error(400, "ThrottlingException", "Rate exceeded"),
    }
}

pub(super) fn server_error(service: &str) -> Answer {
    let problem = "Internal failure";
    match service {
        "dynamodb" => Answer::error(500, "com.amazonaws.dynamodb.v20120810#InternalServerError", problem),
        "sqs" => Answer::error(500, "com.amazon.coral.service#InternalFailure", problem)
            .header("x-amzn-query-error", "InternalFailure;Receiver".to_owned()),
        "ses" => Answer::error(500, "InternalFailure", problem)
            .header("x-amzn-errortype", "InternalFailure".to_owned()),
        _ => Answer::error(500, "InternalServiceError", problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(function: &str, service: &str, operation: &str) -> Call {
        let [function, service, operation] = [function, service, operation].map(str::to_owned);
        Call { function, service, operation }
    }

    #[test]
    fn faults_are_used_up_in_the_order_they_were_planned() {
        let faults = Faults::default();
        let put = || Matching::operation("PutItem").by("a");
        faults.add(put(), Fault::Throttle, 2);
        faults.add(put(), Fault::Drop, 1);
        let take = |function, operation| faults.take(&call(function, "dynamodb", operation), true);
        assert_eq!(take("b", "PutItem"), None);
        assert_eq!(take("a", "GetItem"), None);
        let taken: Vec<_> = (0..4).map(|_| take("a", "PutItem")).collect();
        assert_eq!(taken, [Some(Fault::Throttle), Some(Fault::Throttle), Some(Fault::Drop), None]);
    }

    #[test]
    fn an_outage_hits_every_function_until_it_is_ended_and_nobody_else() {
        let faults = Faults::default();
        let outage = faults.begin(Matching::service("dynamodb"), Fault::Throttle, Duration::MAX);
        // function, service, whether it is a function
        let table = [
            ("a", "dynamodb", true, Some(Fault::Throttle)),
            ("b", "dynamodb", true, Some(Fault::Throttle)),
            ("a", "sqs", true, None),
            ("test", "dynamodb", false, None),
        ];
        for (function, service, is_function, fault) in table {
            let call = call(function, service, "PutItem");
            assert_eq!(faults.take(&call, is_function), fault, "{call:?}");
        }
        outage.end();
        assert_eq!(faults.take(&call("a", "dynamodb", "PutItem"), true), None);
        assert_eq!(outage.hits(), 2);
    }

    #[test]
    fn an_outage_ends_by_itself() {
        let faults = Faults::default();
        faults.begin(Matching::service("ses"), Fault::Throttle, Duration::ZERO);
        assert_eq!(faults.take(&call("a", "ses", "SendEmail"), true), None);
    }
}
