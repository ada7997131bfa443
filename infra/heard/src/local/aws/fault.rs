//! Calls that fail on demand, in the shapes the services fail in.

use std::sync::{Mutex, PoisonError};

use super::super::answer::Answer;

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

/// The failures still to come, oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Planned>>);

#[derive(Debug)]
struct Planned {
    function: String,
    operation: String,
    fault: Fault,
    times: u32,
}

impl Faults {
    pub(super) fn add(&self, function: &str, operation: &str, fault: Fault, times: u32) {
        if times > 0 {
            let planned =
                Planned { function: function.to_owned(), operation: operation.to_owned(), fault, times };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(planned);
        }
    }

    /// The fault for this call, which is used up by it.
    pub(super) fn take(&self, function: &str, operation: &str) -> Option<Fault> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = planned.iter().position(|one| one.function == function && one.operation == operation)?;
        let fault = planned[index].fault;
        planned[index].times -= 1;
        if planned[index].times == 0 {
            planned.remove(index);
        }
        Some(fault)
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
    use super::{Fault, Faults};

    #[test]
    fn faults_are_used_up_in_the_order_they_were_planned() {
        let faults = Faults::default();
        faults.add("a", "PutItem", Fault::Throttle, 2);
        faults.add("a", "PutItem", Fault::Drop, 1);
        assert_eq!(faults.take("b", "PutItem"), None);
        assert_eq!(faults.take("a", "GetItem"), None);
        let taken: Vec<_> = (0..4).map(|_| faults.take("a", "PutItem")).collect();
        assert_eq!(taken, [Some(Fault::Throttle), Some(Fault::Throttle), Some(Fault::Drop), None]);
    }
}
