//! What the functions print: the last lines, and the terminal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// More than a test asks for.
const KEPT: usize = 10_000;

/// Lines of all functions with their names in front, oldest first.
#[derive(Debug, Clone)]
pub struct Logs {
    lines: Arc<Mutex<VecDeque<String>>>,
    quiet: bool,
}

impl Logs {
    /// A quiet log is only kept, not printed.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { lines: Arc::default(), quiet }
    }

    pub(crate) fn line(&self, from: &str, text: &str) {
        let line = format!("{from}: {text}");
        if let Some(shown) = shown(text).filter(|_| !self.quiet) {
            eprintln!("{from}: {shown}");
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The last lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Returns a line as a person reads it: a JSON log record as a sentence, a metric not at all.
fn shown(text: &str) -> Option<String> {
    let Ok(record) = serde_json::from_str::<Value>(text) else {
        return Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    };
    if record.get("_aws").is_some() {
        return None;
    }
    let Some(fields) = record.get("fields").and_then(Value::as_object) else {
        return Some(text.to_owned());
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut line: Vec<String> = ["level"].iter().filter_map(|name| record.get(*name)).map(plain).collect();
    line.extend(fields.get("message").map(plain));
    let others = fields.iter().filter(|(name, _)| *name != "message");
    line.extend(others.map(|(name, value)| format!("{name}={}", plain(value))));
    Some(line.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_as_sentences_and_metrics_stay_out_of_sight() {
        let record =
            r#"{"level":"WARN","fields":{"message":"delivery refused","platform":"facebook"},"span":{}}"#;
        assert_eq!(shown(record).as_deref(), Some("WARN delivery refused platform=facebook"));
        assert_eq!(shown(r#"{"_aws":{},"OldestOverdue":0}"#), None);
        assert_eq!(shown("thread 'main' panicked").as_deref(), Some("thread 'main' panicked"));
        assert_eq!(shown("  "), None);
    }
}
