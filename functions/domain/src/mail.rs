//! How it is told: e-mails, as text and as HTML, from a complete snapshot.
//!
//! There is a kind of mail for each thing that people are told, with a folder of templates for each kind; what is said
//! stands in the texts of the [languages](crate::language). Both parts of a mail are made from one view, so that
//! they say the same.
//!
//! Everything a customer wrote or is called is foreign: control characters, direction marks and zero-width
//! characters are taken out before it reaches a template, offensive words are masked, what a mail program would turn
//! into a link is broken, the HTML template escapes, and no address that came from outside becomes a link except the
//! platform's own permalink. What was written in private is in no mail.

use jiff::{SignedDuration, Timestamp};

use crate::fact::{Notice, Purpose};
use crate::history::Turn;
use crate::id::{ConversationId, Platform};
use crate::language::{Language, say};
use crate::policy::Person;
use crate::run::Run;

mod batch;
pub(crate) mod case;
pub(crate) mod clean;
mod deaf;
mod headers;
mod ladder;
mod masked;
mod note;
pub(crate) mod subject;
mod times;
mod unreachable;
mod view;

use view::{Kind, View};

pub use deaf::{Deaf, Deafness};

/// Longest name shown, in characters.
const NAME_LIMIT: usize = 40;

/// A mail to one person, ready for the mailer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// One line of at most 60 characters, none of which controls anything.
    pub subject: String,
    /// The complete message as plain text.
    pub text: String,
    /// The same facts as HTML.
    pub html: String,
    /// Further header fields: at most 15, in ASCII, none longer than 995 characters.
    pub headers: Vec<(String, String)>,
}

/// What a mail about one turn is written from.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The conversation.
    pub conversation: &'a ConversationId,
    /// The turn that it is about.
    pub turn: &'a Turn,
    /// All turns of the conversation, in any order: what the same person wrote before is told.
    pub turns: &'a [Turn],
    /// The ladder it runs on.
    pub run: &'a Run<'a>,
    /// What is told now: one or more steps of the turn, never none.
    pub notices: &'a [Notice],
    /// What was told before, to anybody.
    pub told: &'a [&'a Notice],
    /// Who is told.
    pub person: &'a Person,
    /// The present instant.
    pub now: Timestamp,
}

/// Everything that one mail tells its reader.
#[derive(Debug)]
pub struct Bundle<'a> {
    /// What is told: never empty, all to one person at one instant. One letter keeps the thread of its case, several
    /// are told in one mail.
    pub letters: &'a [Letter<'a>],
    /// How soon the person can be written to again.
    pub pace: Pace,
}

/// How soon after a mail the next one may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Whatever else comes until then waits for it, and comes together; absent if nothing has to wait.
    pub next_at: Option<Timestamp>,
    /// The person got so many mails within the hour that they come together for longer than usual.
    pub is_crowded: bool,
}

impl Bundle<'_> {
    /// Writes the mail. The same bundle is the same mail.
    #[must_use]
    pub fn write(&self) -> Mail {
        match self.letters {
            [letter] => letter.written(self.pace),
            letters => batch::write(letters, self.pace),
        }
    }
}

impl Letter<'_> {
    /// Writes the mail of the notices, which all ask for an answer or are all for one other purpose.
    #[must_use]
    pub fn write(&self) -> Mail {
        self.written(Pace::default())
    }

    fn written(&self, pace: Pace) -> Mail {
        let (kind, mut view) = self.view();
        view.footer.extend(pace.in_words(self.person, self.now));
        let headers = match self.purpose() {
            Purpose::Unreachable => headers::of_report(self),
            Purpose::Step
            | Purpose::Removed
            | Purpose::Passed
            | Purpose::Taken
            | Purpose::Correction
            | Purpose::Clear => headers::of_case(self),
        };
        view.write(kind, self.person, headers)
    }

    fn view(&self) -> (Kind, View) {
        match self.purpose() {
            Purpose::Step | Purpose::Removed | Purpose::Passed => case::view(self),
            Purpose::Taken | Purpose::Correction | Purpose::Clear => note::view(self),
            Purpose::Unreachable => unreachable::view(self),
        }
    }

    /// How it stands and what it is about: the first two lines of the text.
    pub(crate) fn beginning(&self) -> [String; 2] {
        let (_, view) = self.view();
        [view.status, view.headline]
    }

    /// Whether the reader is to see to an answer.
    fn asks(&self) -> bool {
        self.notices.iter().any(|notice| notice.key.purpose.asks())
    }

    /// What it is for, if it asks for nothing; else what the first of its notices is for.
    fn purpose(&self) -> Purpose {
        self.notices.first().map_or(Purpose::Clear, |notice| notice.key.purpose)
    }

    /// Whether the reader gets it by webhook, and no mail.
    fn is_posted(&self) -> bool {
        self.notices.iter().any(|notice| self.person.webhook_for(notice.key.channel).is_some())
    }

    fn language(&self) -> Language {
        self.person.language
    }

    /// How long its author waits by now.
    fn waited(&self) -> SignedDuration {
        self.now.duration_since(self.turn.start())
    }

    /// How much time is left; below zero, by how much it is over due.
    fn left(&self) -> SignedDuration {
        self.run.due.at.duration_since(self.now)
    }

    /// The brand as people read it.
    fn brand(&self) -> String {
        clean::own(&self.run.brand.name, NAME_LIMIT)
    }

    /// The platform as people read it.
    fn platform(&self) -> String {
        platform(self.language(), self.turn.opener().event.platform)
    }
}

impl Pace {
    /// Says when the next mail can come, if that is not at any time.
    fn in_words(self, person: &Person, now: Timestamp) -> Vec<String> {
        let language = person.language;
        let next_at = self.next_at.filter(|next_at| *next_at > now);
        let next = next_at.map(|at| say!(language, "pace.next", time = times::instant(at, person.reader())));
        let crowded = self.is_crowded.then(|| say!(language, "pace.crowded"));
        crowded.into_iter().chain(next).collect()
    }
}

/// What a platform is called; what has no name of its own is called something else in each language.
fn platform(language: Language, platform: Platform) -> String {
    match platform {
        Platform::Generic => say!(language, "platform.generic"),
        known => known.title().to_owned(),
    }
}

#[cfg(test)]
mod tests;
