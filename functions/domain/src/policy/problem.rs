//! What is wrong with a configuration, where, and what to write instead.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// One thing to repair. Printed as `LINE:COLUMN: key.path: problem; write …`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// A place in the text that has a key.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The byte at which it begins.
    pub(super) at: usize,
    /// The way to it, such as `policy.social-60.upset.ladder[2]`.
    pub(super) path: String,
}

impl Place {
    /// The place of the key `name` below this one.
    pub(super) fn key(&self, name: &str, span: &Range<usize>) -> Place {
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let quote = name.is_empty() || name.len() > LONGEST_QUOTE || !name.chars().all(bare);
        let name = if quote { quoted(name) } else { name.to_owned() };
        let path = if self.path.is_empty() { name } else { format!("{}.{name}", self.path) };
        Place { at: span.start, path }
    }

    /// The place of entry `index` of the list at this one.
    pub(super) fn index(&self, index: usize, span: &Range<usize>) -> Place {
        Place { at: span.start, path: format!("{}[{index}]", self.path) }
    }
}

/// The problems found so far.
pub(super) struct Problems<'t> {
    text: &'t str,
    /// Where each line begins.
    lines: Vec<usize>,
    found: Vec<Problem>,
    /// The text is not TOML, so that what seems to be missing may only be unreadable.
    broken: bool,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str) -> Problems<'t> {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Problems { text, lines, found: Vec::new(), broken: false }
    }

    /// Reports what is wrong at a place, whatever else is.
    pub(super) fn report(&mut self, place: &Place, problem: impl Into<String>, fix: impl Into<String>) {
        let (line, column) = self.position(place.at);
        let path = if place.path.is_empty() { "file".to_owned() } else { place.path.clone() };
        self.found.push(Problem { line, column, path, problem: problem.into(), fix: fix.into() });
    }

    /// Reports what may only seem wrong because the text is not TOML: a thing or a name is missing, a value
    /// is of the wrong type. It is left out then.
    pub(super) fn report_unless_broken(
        &mut self,
        place: &Place,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if !self.broken {
            self.report(place, problem, fix);
        }
    }

    /// Reports text that is not TOML.
    pub(super) fn report_syntax(&mut self, error: &toml::de::Error) {
        self.broken = true;
        let at = error.span().map_or(0, |span| span.start);
        let (wrong, expected) = match error.message().split_once(", expected ") {
            Some((wrong, expected)) => (wrong, Some(expected)),
            None => (error.message(), None),
        };
        let (problem, fix) = match (wrong, expected) {
            ("duplicate key", _) => ("this key stands twice".to_owned(), "write it once".to_owned()),
            ("string values must be quoted", _) => {
                ("text without quotes".to_owned(), "write text between double quotes".to_owned())
            }
            (wrong, Some("nothing") | None) => (
                format!("not TOML: {wrong}"),
                "write KEY = VALUE, lists as [\"A\", \"B\"], text between double quotes".to_owned(),
            ),
            (wrong, Some(expected)) => (format!("not TOML: {wrong}"), format!("write {expected}")),
        };
        let place = Place { at, path: self.path_around(at) };
        self.report(&place, problem, fix);
    }

    /// Returns the problems in the order of their places.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        self.found
    }

    /// The line and the column of a byte, both from 1.
    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines[line - 1];
        let before = self.text.as_bytes().get(start..at).unwrap_or_default();
        // Every byte of UTF-8 that does not continue a character begins one.
        let characters = before.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        (line, characters + 1)
    }

    /// The way to the line that holds a byte, as far as it can be told without reading the text as TOML.
    fn path_around(&self, at: usize) -> String {
        let line = self.lines.partition_point(|start| *start <= at);
        let mut before =
            self.lines[..line].iter().rev().filter_map(|start| self.text.get(*start..)?.lines().next());
        let bare = |name: &&str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        let header = |line: &'t str| {
            let name = line.trim_start().strip_prefix('[')?.trim_start_matches('[');
            name.split(']').next().map(str::trim).filter(bare)
        };
        let Some(here) = before.next() else { return String::new() };
        if let Some(name) = header(here) {
            return name.to_owned();
        }
        let key = here.split_once('=').map(|(key, _)| key.trim()).filter(bare);
        let table = before.find_map(header);
        table.into_iter().chain(key).collect::<Vec<_>>().join(".")
    }
}

/// The most characters of somebody's text that a problem repeats.
const LONGEST_QUOTE: usize = 60;

/// Quotes text so that nothing in it can act on a terminal.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
