//! Phrases: found and checked while compiling, filled in while writing.

use std::fmt::{Display, Write};

use super::Language;

/// The texts, in the order of [`Language::ALL`].
const TEXTS: [&str; Language::ALL.len()] =
    [include_str!("../../texts/en.properties"), include_str!("../../texts/de.properties")];

/// One phrase in every language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase([&'static str; Language::ALL.len()]);

impl Phrase {
    /// Returns the phrase that every language calls `key`, into which exactly `names` are filled.
    ///
    /// # Panics
    ///
    /// If a language lacks it or has other placeholders; evaluated in a constant, that is an error of the compiler.
    pub(crate) const fn of(key: &str, names: &[&str]) -> Phrase {
        let mut phrase = Phrase([""; Language::ALL.len()]);
        let mut place = 0;
        while place < TEXTS.len() {
            phrase.0[place] = found(TEXTS[place], key);
            check(phrase.0[place].as_bytes(), names);
            place += 1;
        }
        phrase
    }

    /// Fills in what stands for the placeholders. What is filled in is not looked at: a name that looks like a
    /// placeholder stays a name.
    pub(crate) fn say(self, language: Language, values: &[(&str, &dyn Display)]) -> String {
        let mut said = String::new();
        let mut rest = self.0[language as usize];
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or(("", after));
            said.push_str(before);
            for (_, value) in values.iter().filter(|(known, _)| *known == name) {
                write!(said, "{value}").expect("a string takes all text");
            }
            rest = after;
        }
        said + rest
    }
}

/// Says a phrase in a language: `say!(language, "case.waits", who = name, length = wait)`.
macro_rules! say {
    ($language:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const PHRASE: $crate::language::Phrase = $crate::language::Phrase::of($key, &[$(stringify!($name)),*]);
        PHRASE.say($language, &[$((stringify!($name), &$value)),*])
    }};
}
pub(crate) use say;

/// The text behind `key = ` in the line that begins so.
const fn found(texts: &'static str, key: &str) -> &'static str {
    let (bytes, key) = (texts.as_bytes(), key.as_bytes());
    let mut line = 0;
    while line < bytes.len() {
        let mut end = line;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        let text = line + key.len() + 3;
        if text <= end && starts_with(bytes, line, key) && starts_with(bytes, line + key.len(), b" = ") {
            let (texts, _) = texts.split_at(end);
            return texts.split_at(text).1;
        }
        line = end + 1;
    }
    panic!("a language lacks this phrase")
}

/// Whether the placeholders of a text are `names`, each at least once.
const fn check(text: &[u8], names: &[&str]) {
    let mut seen = 0;
    let mut name = 0;
    while name < names.len() {
        let mut count = 0;
        let mut place = 0;
        while place < text.len() {
            let (begins, name) = (place + 1, names[name].as_bytes());
            if text[place] == b'{'
                && starts_with(text, begins, name)
                && starts_with(text, begins + name.len(), b"}")
            {
                count += 1;
            }
            place += 1;
        }
        assert!(count > 0, "a language does not use what is filled in");
        seen += count;
        name += 1;
    }
    let mut place = 0;
    while place < text.len() {
        if text[place] == b'{' {
            assert!(seen > 0, "a language has a placeholder that nothing is filled into");
            seen -= 1;
        }
        place += 1;
    }
}

const fn starts_with(bytes: &[u8], from: usize, prefix: &[u8]) -> bool {
    if bytes.len() < from + prefix.len() {
        return false;
    }
    let mut place = 0;
    while place < prefix.len() {
        if bytes[from + place] != prefix[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of a text, in its order.
    fn keys(text: &'static str) -> Vec<&'static str> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("no phrase: {line}")).0).collect()
    }

    #[test]
    fn every_language_has_the_same_phrases_in_the_same_order() {
        let [english, german] = TEXTS.map(keys);
        assert!(english.len() > 100, "only {} phrases were read", english.len());
        assert_eq!(english, german);
        let mut once = english.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), english.len(), "a phrase stands twice");
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at() {
        let phrase = Phrase(["{who} wrote to {brand}, {who}!", "An {brand}: {who}"]);
        let values: &[(&str, &dyn Display)] = &[("who", &"{brand}"), ("brand", &7)];
        assert_eq!(phrase.say(Language::English, values), "{brand} wrote to 7, {brand}!");
        assert_eq!(phrase.say(Language::German, values), "An 7: {brand}");
    }

    #[test]
    #[should_panic(expected = "a language lacks this phrase")]
    fn a_phrase_that_is_nowhere_is_refused() {
        Phrase::of("nowhere", &[]);
    }

    #[test]
    #[should_panic(expected = "a language does not use what is filled in")]
    fn what_no_text_has_a_place_for_is_refused() {
        Phrase::of("months", &["who"]);
    }

    #[test]
    #[should_panic(expected = "a language has a placeholder that nothing is filled into")]
    fn a_place_that_stays_empty_is_refused() {
        Phrase::of("clock.from", &[]);
    }
}
