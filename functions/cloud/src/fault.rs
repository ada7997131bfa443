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

/// Says what is wrong with something that could not be read, without what was found there.
///
/// Whoever derives `Deserialize` gets errors that quote the value they stumbled over, and that may be what
/// somebody wrote. The names of our own fields are all that is repeated.
pub(crate) fn flaw(error: &impl std::fmt::Display) -> String {
    let said = error.to_string();
    if let Some(rest) = said.strip_prefix("missing field `")
        && let Some((name, _)) = rest.split_once('`')
    {
        return format!("missing field `{name}`");
    }
    let kinds = ["invalid type", "invalid value", "invalid length", "unknown variant", "duplicate field"];
    let kind = kinds.into_iter().find(|kind| said.starts_with(kind));
    kind.unwrap_or("not of its form").to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::flaw;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is only tried to be read")]
    struct Told {
        person: String,
        waits: u8,
    }

    #[test]
    fn a_flaw_names_our_fields_and_never_what_was_found() {
        // what was found, what is said of it
        let table = [
            (r#"{"waits": 1}"#, "missing field `person`"),
            (r#"{"person": "jo", "waits": "call 0160 555"}"#, "invalid type"),
            (r#"{"person": "jo", "waits": 4242}"#, "invalid value"),
            (r#""call 0160 555""#, "invalid type"),
            ("call 0160 555", "not of its form"),
        ];
        for (found, said) in table {
            let error = serde_json::from_str::<Told>(found).unwrap_err();
            assert_eq!(flaw(&error), said, "{error}");
        }
    }
}
