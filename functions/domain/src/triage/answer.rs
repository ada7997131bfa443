//! What a reply of the brand does besides answering: it promises to come back, or asks to write in private.

use std::sync::LazyLock;

use super::around::{ANEW, BETWEEN, CONDITIONS, NEGATIONS, OFFERS, OPEN, RESOLVED, WRITTEN};
use super::pattern::{Phrases, Vocabulary, Word, is_break};
use super::phrases::{PLACES, PLEAS, PROMISES, REQUESTS, UNDER_WAY};
use super::words::folded;

/// What a reply of the brand does besides answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing: it is an answer.
    Plain,
    /// It promises to come back.
    Holding {
        /// What it was known by, to show to a person.
        phrase: &'static str,
    },
    /// It asks the customer to write in private: the customer is next.
    AsksPrivate {
        /// What it was known by, to show to a person.
        phrase: &'static str,
    },
}

/// Returns what a reply of the brand does besides answering, in English, German, French or Spanish.
///
/// A reply that promises something and asks to write in private counts as [`Answer::AsksPrivate`]: what was
/// promised depends on what the customer writes, and writing opens a turn of its own. "Let us know and we will
/// look into it" is no promise for the same reason, a promise in a question is none, and who says that it is
/// solved has nothing left to promise. An invitation for later ("DM us if you need anything else") asks nothing.
#[must_use]
pub fn answer(text: &str) -> Answer {
    let folded = folded(text);
    let reply = Reply::new(&folded);
    let mut holding = None;
    for at in 0..reply.words.len() {
        for (sort, phrase) in KNOWN.phrases.at(&reply.numbers[at..], &KNOWN.vocabulary) {
            match sort {
                Sort::Request | Sort::Place => {
                    if reply.asks_private(at, sort) {
                        return Answer::AsksPrivate { phrase };
                    }
                }
                Sort::UnderWay | Sort::Promise | Sort::Plea => {
                    if holding.is_none() && reply.holds(at, sort) {
                        holding = Some(phrase);
                    }
                }
            }
        }
    }
    match holding {
        Some(phrase) if !reply.is_resolved() => Answer::Holding { phrase },
        _ => Answer::Plain,
    }
}

/// What a phrase is for, which decides what may stand around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// What is being done now: nobody asks for it.
    UnderWay,
    /// What will be done: neither asked nor tied to something the customer has to do.
    Promise,
    /// To be patient, which may be a question.
    Plea,
    /// To write.
    Request,
    /// Where to write; what stands before it tells whether that is asked.
    Place,
}

/// How many words around a phrase are looked at: sentences are shorter, and a text without end costs no more.
const NEAR: usize = 24;

/// All that is known of phrases, read once.
struct Known {
    vocabulary: Vocabulary,
    phrases: Phrases<(Sort, &'static str)>,
    offers: Phrases<()>,
    conditions: Phrases<()>,
    resolved: Phrases<()>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary::new();
    let tables = [
        (Sort::UnderWay, UNDER_WAY),
        (Sort::Promise, PROMISES),
        (Sort::Plea, PLEAS),
        (Sort::Request, REQUESTS),
        (Sort::Place, PLACES),
    ];
    let lines = tables.into_iter().flat_map(|(sort, table)| table.iter().map(move |line| (sort, line)));
    let phrases = lines
        .flat_map(|(sort, (says, patterns))| patterns.iter().map(move |pattern| (*pattern, (sort, *says))));
    let phrases = Phrases::new(phrases, &mut vocabulary);
    let mut unnamed =
        |table: &[&'static str]| Phrases::new(table.iter().map(|pattern| (*pattern, ())), &mut vocabulary);
    let (offers, conditions, resolved) = (unnamed(OFFERS), unnamed(CONDITIONS), unnamed(RESOLVED));
    Known { vocabulary, phrases, offers, conditions, resolved }
});

/// The words of a reply, and the same as numbers.
struct Reply<'a> {
    words: Vec<&'a str>,
    numbers: Vec<Word>,
}

impl<'a> Reply<'a> {
    fn new(folded: &'a str) -> Reply<'a> {
        let words: Vec<&str> = folded.split_terminator(' ').collect();
        let numbers = words.iter().map(|word| KNOWN.vocabulary.number(word)).collect();
        Reply { words, numbers }
    }

    /// Whether the request to write in private that begins at `at` is meant.
    fn asks_private(&self, at: usize, sort: Sort) -> bool {
        let before = &self.words[self.clause(at)..at];
        let since = before.iter().rposition(|word| ANEW.contains(word)).map_or(0, |place| place + 1);
        let is_told = before[since..].iter().any(|word| WRITTEN.contains(word) || NEGATIONS.contains(word));
        let is_asked = matches!(before, [.., "did" | "have"] | [.., "did" | "have", "you"]);
        let is_thanked = matches!(before, [.., "thanks" | "thank"] | [.., "thanks" | "you", "for"]);
        let is_meant = if sort == Sort::Place { !is_told } else { !is_asked && !is_thanked };
        let sentence = &self.numbers[self.sentence_start(at)..self.sentence_end(at)];
        is_meant && !is_negated(before) && !KNOWN.offers.is_in(sentence, &KNOWN.vocabulary)
    }

    /// Whether the promise that begins at `at` is one, as far as its own sentence tells.
    fn holds(&self, at: usize, sort: Sort) -> bool {
        let start = self.sentence_start(at);
        let before = &self.words[start..at];
        let is_question = self.words.get(self.sentence_end(at)) == Some(&"?");
        let is_condition = || KNOWN.conditions.is_in(&self.numbers[start..at], &KNOWN.vocabulary);
        match sort {
            Sort::UnderWay => !is_question && before.last() != Some(&"you"),
            Sort::Promise => !is_question && !is_negated(before) && !is_condition(),
            Sort::Plea | Sort::Request | Sort::Place => !is_negated(before),
        }
    }

    /// Whether it says that nothing is left to do.
    fn is_resolved(&self) -> bool {
        (0..self.words.len()).any(|at| {
            let before = &self.words[self.clause(at).max(at.saturating_sub(5))..at];
            let is_found = KNOWN.resolved.at(&self.numbers[at..], &KNOWN.vocabulary).next().is_some();
            is_found && !before.iter().any(|word| OPEN.contains(word))
        })
    }

    /// Returns where the clause begins that `at` stands in, at most [`NEAR`] words before it.
    fn clause(&self, at: usize) -> usize {
        let from = at.saturating_sub(NEAR);
        self.words[from..at].iter().rposition(|word| is_break(word)).map_or(from, |place| from + place + 1)
    }

    /// Returns where the sentence begins that `at` stands in, at most [`NEAR`] words before it.
    fn sentence_start(&self, at: usize) -> usize {
        let from = at.saturating_sub(NEAR);
        self.words[from..at].iter().rposition(|word| is_end(word)).map_or(from, |place| from + place + 1)
    }

    /// Returns where the sentence ends that `at` stands in, at most [`NEAR`] words after it.
    fn sentence_end(&self, at: usize) -> usize {
        let to = self.words.len().min(at + NEAR);
        self.words[at..to].iter().position(|word| is_end(word)).map_or(to, |place| at + place)
    }
}

/// Whether what follows `before` is negated: "no need to", "you do not have to".
fn is_negated(before: &[&str]) -> bool {
    let nearest = before.iter().rposition(|word| !BETWEEN.contains(word));
    let Some((words, next)) = nearest.map(|place| before.split_at(place + 1)) else {
        return false;
    };
    match words {
        [.., "why" | "if", "not"] | [] => false,
        [.., "no"] => matches!(next.first(), Some(&("need" | "hace" | "es" | "nos"))),
        [.., word] => NEGATIONS.contains(word),
    }
}

fn is_end(word: &str) -> bool {
    matches!(word, "." | "?")
}
