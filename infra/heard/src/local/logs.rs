//! What the functions print: the last lines, and the terminal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

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
        if !self.quiet {
            eprintln!("{line}");
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
