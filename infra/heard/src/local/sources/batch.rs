//! What a function's answer says about the records of its batch.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>

use serde_json::Value;

/// Which records of a batch come back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failed {
    None,
    All,
    /// At least one, by identifier.
    Some(Vec<String>),
}

/// Reads `batchItemFailures` of an answer.
///
/// No list, an empty one and no answer at all mean that everything is done; an answer that is not JSON, an
/// identifier that is empty or not of this batch mean that nothing is.
pub(super) fn failed(answer: &[u8], known: impl Fn(&str) -> bool) -> Failed {
    if answer.is_empty() {
        return Failed::None;
    }
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return Failed::All;
    };
    let items = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Failed::None,
        Some(Value::Array(items)) if items.is_empty() => return Failed::None,
        Some(Value::Array(items)) => items,
        Some(_) => return Failed::All,
    };
    let ids = items.iter().map(|item| item.get("itemIdentifier")?.as_str().filter(|id| known(id)));
    match ids.map(|id| id.map(str::to_owned)).collect() {
        Some(ids) => Failed::Some(ids),
        None => Failed::All,
    }
}

#[cfg(test)]
mod tests {
    use super::{Failed, failed};

    #[test]
    fn answers_are_read_as_lambda_reads_them() {
        let some = Failed::Some(vec!["b".to_owned()]);
        // answer, what failed
        let table = [
            ("", Failed::None),
            ("null", Failed::None),
            ("{}", Failed::None),
            (r#"{"batchItemFailures":null}"#, Failed::None),
            (r#"{"batchItemFailures":[]}"#, Failed::None),
            (r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#, some),
            (r#"{"batchItemFailures":[{"itemIdentifier":"x"}]}"#, Failed::All),
            (r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, Failed::All),
            (r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, Failed::All),
            (r#"{"batchItemFailures":[{"id":"b"}]}"#, Failed::All),
            (r#"{"batchItemFailures":7}"#, Failed::All),
            ("nonsense", Failed::All),
        ];
        for (answer, expected) in table {
            assert_eq!(failed(answer.as_bytes(), |id| ["a", "b"].contains(&id)), expected, "{answer}");
        }
    }
}
