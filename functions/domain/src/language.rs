//! The languages in which people are written to.
//!
//! What is said stands in `texts/en.properties` and `texts/de.properties`, a phrase a line. Which phrases there are and
//! what is filled into them is checked when this crate is compiled: code that names a phrase which a language
//! lacks, or a placeholder that differs, does not build.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;

mod phrase;

pub(crate) use phrase::{Phrase, say};

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English, where nothing else is configured.
    #[default]
    English,
    /// German, in the polite form.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// Returns the tag used in configuration and HTML, such as `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A tag that is no [`Language`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language {0:?}")]
pub struct UnknownLanguage(String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Language, UnknownLanguage> {
        let known = Language::ALL.into_iter().find(|language| language.tag() == tag);
        known.ok_or_else(|| UnknownLanguage(tag.to_owned()))
    }
}

/// Who reads: in which language, by which clocks.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Their language.
    pub language: Language,
    /// The zone of their clocks.
    pub zone: &'a TimeZone,
}

/// Reads English.
impl<'a> From<&'a TimeZone> for Reader<'a> {
    fn from(zone: &'a TimeZone) -> Reader<'a> {
        Reader { language: Language::English, zone }
    }
}
