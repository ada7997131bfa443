//! What the SDKs report, as the flows want to know it.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use flow::ports::Fault;

/// Wraps what the SDK reports; throttling, time-outs and the other side's own errors are transient.
pub(crate) fn fault<E>(doing: impl Into<String>, error: SdkError<E>) -> Fault
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let is_transient = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(answer) => {
            answer.raw().status().is_server_error()
                || answer.err().code().is_some_and(|code| {
                    code.contains("Throttl")
                        || code.contains("LimitExceeded")
                        || code.contains("ThroughputExceeded")
                })
        }
        _ => false,
    };
    Fault { doing: doing.into(), is_transient, source: Box::new(error) }
}
