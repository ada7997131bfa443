//! What is wrong with a configuration, where, and what to write instead.

use std::fmt;

use serde::Serialize;

/// One thing to repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The key it is about, such as `brand.acme.calendar`; `file` if it is about none.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it; begins with `write`.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { line, column, path, problem, fix } = self;
        write!(f, "{line}:{column}: {path}: {problem}; {fix}")
    }
}
