//! What both parts of a mail say, in words, and the templates that say it.

use askama::Template;

use super::clean::cut;
use super::{Mail, subject};
use crate::language::Language;
use crate::policy::Person;

/// Longest preheader, in characters: lists show no more of it.
const PREHEADER_LIMIT: usize = 90;

/// What sort of mail it is: a folder of templates each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody waits, and there is time left.
    Warning,
    /// Somebody waits, and the time is over.
    Due,
    /// Several cases.
    Batch,
    /// Several cases that came while the reader was away.
    CarryOver,
    /// A mail was wrong.
    Correction,
    /// Somebody else has it.
    Taken,
    /// There is nothing to do any more.
    Clear,
    /// An account may have gone deaf.
    Deaf,
    /// Mail does not reach somebody.
    Unreachable,
}

/// How serious it looks. It is said in words, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// The time is over.
    Over,
    /// There is time left.
    Soon,
    /// For the reader to know.
    Note,
    /// All is well.
    Calm,
}

impl Tone {
    /// The class that changes its colours where it is dark.
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::Over => "over",
            Tone::Soon => "soon",
            Tone::Note => "note",
            Tone::Calm => "calm",
        }
    }

    /// The colour of its words.
    pub(super) fn ink(self) -> &'static str {
        match self {
            Tone::Over => "#a3231a",
            Tone::Soon => "#8a4b00",
            Tone::Note => "#1f4e9c",
            Tone::Calm => "#0b6b3f",
        }
    }

    /// The colour behind them.
    pub(super) fn ground(self) -> &'static str {
        match self {
            Tone::Over => "#fdeceb",
            Tone::Soon => "#fdf3e1",
            Tone::Note => "#eaf1fc",
            Tone::Calm => "#e6f5ed",
        }
    }
}

/// What both parts say. What a kind does not say is empty.
pub(super) struct View {
    pub(super) language: Language,
    pub(super) subject: String,
    /// What a list of mails shows behind the subject.
    pub(super) preheader: String,
    pub(super) tone: Tone,
    /// How it stands, in a few words.
    pub(super) status: String,
    pub(super) headline: String,
    /// What somebody said.
    pub(super) quote: Option<String>,
    /// Why nothing is quoted.
    pub(super) unquoted: String,
    pub(super) action: Option<Action>,
    pub(super) lines: Vec<String>,
    /// Numbers, each with what it counts.
    pub(super) figures: Vec<(String, String)>,
    pub(super) table: Option<Table>,
    pub(super) groups: Vec<Group>,
    /// How many cases are not shown.
    pub(super) rest: Option<String>,
    /// What is known, each with its name.
    pub(super) facts: Vec<(String, String)>,
    pub(super) sections: Vec<Section>,
    /// Last of all, how it is called and when it was written: never the same in two mails.
    pub(super) footer: Vec<String>,
}

/// What to do now.
pub(super) struct Action {
    pub(super) link: Option<String>,
    pub(super) label: String,
    pub(super) instruction: String,
}

/// Numbers of several brands.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    /// The first cell of each names the row.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// Cases under one heading.
pub(super) struct Group {
    pub(super) heading: String,
    pub(super) cards: Vec<Card>,
}

/// One case of several.
pub(super) struct Card {
    pub(super) title: String,
    pub(super) tone: Tone,
    pub(super) status: String,
    pub(super) quote: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) action: Option<Action>,
}

/// Lines under a heading.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
}

impl View {
    /// Returns a view that says no more than how it stands.
    pub(super) fn new(
        language: Language,
        subject: String,
        tone: Tone,
        status: String,
        headline: String,
    ) -> View {
        View {
            language,
            subject,
            preheader: String::new(),
            tone,
            status,
            headline,
            quote: None,
            unquoted: String::new(),
            action: None,
            lines: Vec::new(),
            figures: Vec::new(),
            table: None,
            groups: Vec::new(),
            rest: None,
            facts: Vec::new(),
            sections: Vec::new(),
            footer: Vec::new(),
        }
    }

    /// Adds a section, unless it says nothing.
    pub(super) fn section(&mut self, heading: String, lines: Vec<String>) {
        if !lines.is_empty() {
            self.sections.push(Section { heading, lines });
        }
    }

    /// Writes both parts.
    pub(super) fn write(mut self, kind: Kind, person: &Person, headers: Vec<(String, String)>) -> Mail {
        self.preheader = cut(&self.preheader, PREHEADER_LIMIT);
        let (text, html) = kind.render(&self);
        let subject = self.subject;
        debug_assert!(subject.chars().count() <= subject::LIMIT, "{subject}");
        Mail { to: person.email.clone().unwrap_or_default(), subject, text: tidy(&text), html, headers }
    }
}

/// Takes out what the templates' conditions leave of blank lines.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

/// The two templates of each kind.
macro_rules! templates {
    ($($kind:ident $text:ident $html:ident $text_path:literal $html_path:literal;)*) => {
        $(
            #[derive(Template)]
            #[template(path = $text_path)]
            struct $text<'a> {
                view: &'a View,
            }

            #[derive(Template)]
            #[template(path = $html_path)]
            struct $html<'a> {
                view: &'a View,
            }
        )*

        impl Kind {
            /// Returns the text and the HTML.
            fn render(self, view: &View) -> (String, String) {
                let (text, html) = match self {
                    $(Kind::$kind => ($text { view }.render(), $html { view }.render()),)*
                };
                let cannot_fail = "a template over strings cannot fail";
                (text.expect(cannot_fail), html.expect(cannot_fail))
            }
        }
    };
}

templates! {
    Warning WarningText WarningHtml "mail/warning/mail.txt" "mail/warning/mail.html";
    Due DueText DueHtml "mail/due/mail.txt" "mail/due/mail.html";
    Batch BatchText BatchHtml "mail/batch/mail.txt" "mail/batch/mail.html";
    CarryOver CarryOverText CarryOverHtml "mail/carry-over/mail.txt" "mail/carry-over/mail.html";
    Correction CorrectionText CorrectionHtml "mail/correction/mail.txt" "mail/correction/mail.html";
    Taken TakenText TakenHtml "mail/taken/mail.txt" "mail/taken/mail.html";
    Clear ClearText ClearHtml "mail/clear/mail.txt" "mail/clear/mail.html";
    Deaf DeafText DeafHtml "mail/deaf/mail.txt" "mail/deaf/mail.html";
    Unreachable UnreachableText UnreachableHtml "mail/unreachable/mail.txt" "mail/unreachable/mail.html";
}
