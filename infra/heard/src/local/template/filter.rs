//! Filter patterns of an event source: which records start the function.

use serde_json::Value;

/// An `EventBridge` pattern of literals: every named field must hold one of the values listed for it.
///
/// Prefixes, ranges and the like are refused when the pattern is read, so that a filter never means less
/// on a laptop than in the cloud.
#[derive(Debug, Clone)]
pub struct Pattern(Value);

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("the pattern is not JSON: {error}"))?;
        check(&value)?;
        Ok(Self(value))
    }

    /// Whether a record matches.
    #[must_use]
    pub fn matches(&self, record: &Value) -> bool {
        matches(&self.0, record)
    }
}

fn check(pattern: &Value) -> Result<(), String> {
    let Value::Object(fields) = pattern else {
        return Err("a pattern is an object of lists".to_owned());
    };
    fields.iter().try_for_each(|(name, value)| match value {
        Value::Object(_) => check(value),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            Err(format!("the local stack compares {name} with literals only"))
        }
        Value::Array(_) => Ok(()),
        _ => Err(format!("{name} needs a list of values")),
    })
}

fn matches(pattern: &Value, record: &Value) -> bool {
    let Value::Object(fields) = pattern else { return false };
    fields.iter().all(|(name, expected)| match (expected, record.get(name)) {
        (Value::Array(options), Some(Value::Array(found))) => found.iter().any(|one| options.contains(one)),
        (Value::Array(options), Some(found)) => options.contains(found),
        (nested, Some(found)) => matches(nested, found),
        (_, None) => false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Pattern;

    #[test]
    fn only_listed_literals_match() {
        let pattern = Pattern::parse(
            r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event","link"]}}}}"#,
        );
        let pattern = pattern.unwrap();
        let record = |name: &str, kind: &str| json!({"eventName": name, "dynamodb": {"NewImage": {"kind": {"S": kind}}}});
        assert!(pattern.matches(&record("INSERT", "event")));
        assert!(pattern.matches(&record("INSERT", "link")));
        assert!(!pattern.matches(&record("MODIFY", "event")));
        assert!(!pattern.matches(&record("INSERT", "head")));
        assert!(!pattern.matches(&json!({"eventName": "INSERT", "dynamodb": {}})));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (pattern, why) in [
            (r#"{"a":[{"prefix":"x"}]}"#, "the local stack compares a with literals only"),
            (r#"{"a":"x"}"#, "a needs a list of values"),
            (r#"["a"]"#, "a pattern is an object of lists"),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap_err(), why, "{pattern}");
        }
    }
}
