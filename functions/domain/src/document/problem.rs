//! What is wrong with a text, where, and what to write instead.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

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
pub struct Place {
    /// The byte at which it begins.
    pub at: usize,
    /// The way to it, or to the list that it is an entry of.
    path: Rc<str>,
    /// Which entry. Where nothing is wrong nobody writes it down, and there are many.
    index: Option<usize>,
}

impl Place {
    /// The place at a byte that is called `path`.
    #[must_use]
    pub fn new(at: usize, path: &str) -> Place {
        Place { at, path: path.into(), index: None }
    }

    /// The same way at another byte.
    #[must_use]
    pub fn at(&self, at: usize) -> Place {
        Place { at, ..self.clone() }
    }

    /// Returns the way to it, such as `policy.social-60.upset.ladder[2]`.
    #[must_use]
    pub fn path(&self) -> Cow<'_, str> {
        match self.index {
            None => Cow::Borrowed(&self.path),
            Some(index) => Cow::Owned(format!("{}[{index}]", self.path)),
        }
    }

    /// The place of the key `name` below this one.
    #[must_use]
    pub fn key(&self, name: &str, span: &Range<usize>) -> Place {
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let quote = name.is_empty() || name.len() > LONGEST_QUOTE || !name.bytes().all(bare);
        let name = if quote { Cow::Owned(quoted(name)) } else { Cow::Borrowed(name) };
        // Every key of every configuration comes by here, also where nothing is wrong.
        let path = match &*self.path() {
            "" => name.as_ref().into(),
            above => [above, ".", &name].concat().into(),
        };
        Place { at: span.start, path, index: None }
    }

    /// The place of entry `index` of the list at this one.
    #[must_use]
    pub fn index(&self, index: usize, span: &Range<usize>) -> Place {
        let path = if self.index.is_some() { self.path().into() } else { Rc::clone(&self.path) };
        Place { at: span.start, path, index: Some(index) }
    }
}

/// What was found in a text, each kind in the order of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Why it cannot be used.
    pub problems: Vec<Problem>,
    /// What can be used and is probably not what was meant.
    pub doubts: Vec<Problem>,
}

/// The problems found so far, and the doubts beside them.
#[derive(Debug)]
pub struct Problems<'t> {
    text: &'t str,
    /// In the order in which they were found.
    found: Vec<Found>,
    /// What may be used all the same; in the same order.
    doubted: Vec<Found>,
    /// The table that each line stands in, once the text turned out not to be TOML: what seems to be missing
    /// then may only be unreadable.
    broken: Option<Lines<'t>>,
}

/// A problem whose line and column are not counted yet.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    at: usize,
    path: String,
    problem: String,
    fix: String,
}

impl<'t> Problems<'t> {
    /// Returns an empty list about `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Problems<'t> {
        Problems { text, found: Vec::new(), doubted: Vec::new(), broken: None }
    }

    /// Whether nothing is wrong so far; there may be doubts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Reports what is wrong at a place, whatever else is.
    pub fn report(&mut self, place: &Place, problem: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Found::at(place, problem, fix));
    }

    /// Reports what may be used at a place, and is probably not what was meant.
    pub fn doubt(&mut self, place: &Place, doubt: impl Into<String>, fix: impl Into<String>) {
        self.doubted.push(Found::at(place, doubt, fix));
    }

    /// Reports what may only seem wrong because the text is not TOML: a thing or a name is missing, a value
    /// is of the wrong type. It is left out then.
    pub fn report_unless_broken(
        &mut self,
        place: &Place,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if self.broken.is_none() {
            self.report(place, problem, fix);
        }
    }

    /// Reports text that is not TOML.
    pub fn report_syntax(&mut self, error: &toml::de::Error) {
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
        let path = self.broken.get_or_insert_with(|| Lines::of(self.text)).path(at);
        let place = Place::new(at, &path);
        self.report(&place, problem, fix);
    }

    /// Reports text that is not TOML and repeats none of it: neither the parser's words nor the line's key.
    pub fn report_hidden_syntax(&mut self, error: &toml::de::Error) {
        self.broken.get_or_insert_with(|| Lines::of(""));
        let (problem, fix) = match error.message() {
            "duplicate key" => ("this key stands twice", "write it once"),
            "string values must be quoted" => ("text without quotes", "write text between double quotes"),
            _ => ("not TOML", "write KEY = \"VALUE\", lists as [\"A\", \"B\"]"),
        };
        let at = error.span().map_or(0, |span| span.start);
        self.report(&Place::new(at, ""), problem, fix);
    }

    /// Returns what was found, in the order of the places.
    #[must_use]
    pub fn into_findings(self) -> Findings {
        Findings { problems: sorted(self.text, self.found), doubts: sorted(self.text, self.doubted) }
    }
}

impl Found {
    fn at(place: &Place, problem: impl Into<String>, fix: impl Into<String>) -> Found {
        let path = place.path();
        let path = if path.is_empty() { "file".to_owned() } else { path.into_owned() };
        Found { at: place.at, path, problem: problem.into(), fix: fix.into() }
    }
}

/// Sorts what was found in `text` by its place, and counts lines and columns.
fn sorted(text: &str, mut found: Vec<Found>) -> Vec<Problem> {
    found.sort();
    found.dedup();
    // Counted on from problem to problem: a text can have very many on one long line.
    let (mut seen, mut line, mut column) = (0, 1, 1);
    let count = |Found { at, path, problem, fix }| {
        for byte in text.as_bytes().get(seen..at).unwrap_or_default() {
            match byte {
                b'\n' => (line, column) = (line + 1, 1),
                // Every byte of UTF-8 that does not continue a character begins one.
                byte if byte & 0b1100_0000 != 0b1000_0000 => column += 1,
                _ => {}
            }
        }
        seen = at.max(seen);
        Problem { line, column, path, problem, fix }
    };
    found.into_iter().map(count).collect()
}

/// What can be told about the lines of a text that is not TOML.
#[derive(Debug)]
struct Lines<'t> {
    /// Where each line begins.
    starts: Vec<usize>,
    /// The name in the last table header up to each line, and the key of the line.
    keys: Vec<(&'t str, Option<&'t str>)>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Lines<'t> {
        let bare = |name: &&str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        let mut lines = Lines { starts: Vec::new(), keys: Vec::new() };
        let (mut start, mut table) = (0, "");
        for line in text.split_inclusive('\n') {
            lines.starts.push(start);
            start += line.len();
            let header = line.trim_start().strip_prefix('[').map(|rest| rest.trim_start_matches('['));
            let header = header.and_then(|rest| rest.split(']').next()).map(str::trim).filter(bare);
            table = header.unwrap_or(table);
            let key = line.split_once('=').map(|(key, _)| key.trim()).filter(bare);
            lines.keys.push((table, key));
        }
        lines
    }

    /// Returns the way to the line that holds a byte, as far as it can be told.
    fn path(&self, at: usize) -> String {
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        let (table, key) = self.keys.get(line).copied().unwrap_or_default();
        let path = [Some(table).filter(|table| !table.is_empty()), key];
        path.into_iter().flatten().collect::<Vec<_>>().join(".")
    }
}

/// The most characters of somebody's text that a problem repeats.
const LONGEST_QUOTE: usize = 60;

/// Quotes text so that nothing in it can act on a terminal.
#[must_use]
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
