//! How a phrase is written down, and found among the words of a text.
//!
//! A phrase consists of words as [`folded`](super::words::folded) leaves them: lower case, no accents, nothing
//! contracted. `a/b` is either word; `~` stands for up to two words and `…` for up to eight, none of them a
//! "not", all in one clause.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::around::NEGATIONS;

/// A word as a number, which is compared more quickly; [`UNKNOWN`] stands for all that no phrase has.
pub(super) type Word = u16;

const UNKNOWN: Word = 0;

/// The words that phrases are made of.
pub(super) struct Vocabulary {
    words: HashMap<&'static str, Word, BuildHasherDefault<Fnv>>,
    /// The last of the breaks and negations, which come first.
    last_stop: Word,
}

/// FNV-1a. Words are short, and what is in the map is ours: nobody can make them meet.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Vocabulary {
    pub(super) fn new() -> Vocabulary {
        let mut vocabulary = Vocabulary { words: HashMap::default(), last_stop: UNKNOWN };
        for stop in BREAKS.iter().chain(NEGATIONS) {
            vocabulary.last_stop = vocabulary.learn(stop);
        }
        vocabulary
    }

    fn learn(&mut self, word: &'static str) -> Word {
        let next = Word::try_from(self.words.len() + 1).expect("phrases have some thousand words");
        *self.words.entry(word).or_insert(next)
    }

    /// Returns the word's number.
    pub(super) fn number(&self, word: &str) -> Word {
        self.words.get(word).copied().unwrap_or(UNKNOWN)
    }

    /// Whether a gap may pass over the word.
    fn is_passed(&self, word: Word) -> bool {
        word == UNKNOWN || word > self.last_stop
    }
}

/// Phrases that are looked for together, each with what it means.
pub(super) struct Phrases<T> {
    phrases: Vec<(Vec<Slot>, T)>,
    /// The phrases by each word that they may begin with.
    by_first: Vec<(Word, usize)>,
}

/// What one place of a phrase takes.
enum Slot {
    /// One of these words.
    OneOf(Box<[Word]>),
    /// Up to so many words of any kind.
    Gap(usize),
}

impl<T: Copy> Phrases<T> {
    /// Reads the phrases, whose words `vocabulary` learns.
    pub(super) fn new(
        phrases: impl IntoIterator<Item = (&'static str, T)>,
        vocabulary: &mut Vocabulary,
    ) -> Phrases<T> {
        let mut read = Phrases { phrases: Vec::new(), by_first: Vec::new() };
        for (phrase, means) in phrases {
            let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
            read.by_first.extend(first.split('/').map(|word| (vocabulary.learn(word), read.phrases.len())));
            let slots = rest.split_terminator(' ').map(|slot| match slot {
                "~" => Slot::Gap(2),
                "…" => Slot::Gap(8),
                words => Slot::OneOf(words.split('/').map(|word| vocabulary.learn(word)).collect()),
            });
            read.phrases.push((slots.collect(), means));
        }
        read.by_first.sort_unstable();
        read
    }

    /// Returns what the phrases mean that `words` begin with, in the order they were written.
    pub(super) fn at(&self, words: &[Word], vocabulary: &Vocabulary) -> impl Iterator<Item = T> {
        let (first, rest) = words.split_first().unwrap_or((&UNKNOWN, &[]));
        let from = self.by_first.partition_point(|(word, _)| word < first);
        let begin = self.by_first[from..].iter().take_while(move |(word, _)| word == first);
        let phrases = begin.map(|(_, place)| &self.phrases[*place]);
        phrases.filter(move |(slots, _)| begins(rest, slots, vocabulary)).map(|(_, means)| *means)
    }

    /// Whether one of the phrases stands anywhere in `words`.
    pub(super) fn is_in(&self, words: &[Word], vocabulary: &Vocabulary) -> bool {
        (0..words.len()).any(|at| self.at(&words[at..], vocabulary).next().is_some())
    }
}

/// Whether `words` begin with what `slots` take. A phrase has two gaps at most, which bounds the time.
fn begins(words: &[Word], slots: &[Slot], vocabulary: &Vocabulary) -> bool {
    let Some((slot, slots)) = slots.split_first() else {
        return true;
    };
    match slot {
        Slot::OneOf(one_of) => words
            .split_first()
            .is_some_and(|(word, words)| one_of.contains(word) && begins(words, slots, vocabulary)),
        Slot::Gap(most) => {
            let passed = words.iter().take(*most).take_while(|word| vocabulary.is_passed(**word)).count();
            (0..=passed).any(|skipped| begins(&words[skipped..], slots, vocabulary))
        }
    }
}

/// What ends a clause.
const BREAKS: &[&str] = &[",", ".", "?"];

/// Whether a word is the end of a clause.
pub(super) fn is_break(word: &str) -> bool {
    BREAKS.contains(&word)
}
