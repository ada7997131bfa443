//! A scenario as people write it: read completely, or refused at its line.

use std::fmt;

use domain::fact::Cause;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

mod action;
mod sentence;
mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod when;

pub(crate) use action::Action;
use sentence::Cast;
pub(crate) use sentence::{Dated, Speech, Who};
use settings::Settings;

/// A story: one conversation, or a few that belong together.
pub(crate) struct Script {
    /// Its first comment line, such as `14 A question at night`.
    pub(crate) title: String,
    /// By whose clocks it is told.
    pub(crate) zone: TimeZone,
    /// The configuration it begins with, as TOML.
    pub(crate) config: String,
    /// Whether mails are shown word for word.
    pub(crate) shows_mails: bool,
    /// Whether the figures stand at the end.
    pub(crate) shows_figures: bool,
    /// What happens, in the order of time.
    pub(crate) lines: Vec<Line>,
    /// When the first day begins.
    pub(crate) begin: Timestamp,
    /// When the story ends.
    pub(crate) end: Timestamp,
}

/// Something that happens at a time.
pub(crate) struct Line {
    /// Where it stands in the file, from 1.
    pub(crate) number: usize,
    /// When it happens.
    pub(crate) at: Timestamp,
    /// Who does what, as it stands there, without what was said.
    pub(crate) words: String,
    /// What it means.
    pub(crate) what: What,
}

/// What happens.
pub(crate) enum What {
    /// Somebody says something, or takes it back.
    Said(Box<Speech>),
    /// Somebody of the brand acts.
    Did(Action),
    /// The last mail to somebody turns out not to reach them.
    Failed {
        /// Who.
        person: String,
        /// Why.
        cause: Cause,
    },
    /// A configuration is pushed.
    Pushed {
        /// As TOML.
        text: String,
        /// Whether turns that are open run on it, too.
        apply_to_open: bool,
    },
}

/// A line that cannot be read.
#[derive(Debug)]
pub(crate) struct Wrong {
    line: usize,
    problem: String,
}

impl Wrong {
    pub(crate) fn new(line: usize, problem: impl Into<String>) -> Wrong {
        Wrong { line, problem: problem.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.problem)
    }
}

/// Reads a whole story.
pub(crate) fn read(text: &str) -> Result<Script, Wrong> {
    let mut lines = text.lines().zip(1..).peekable();
    let title = match lines.next() {
        Some((line, _)) if line.starts_with("# ") => line[2..].trim().to_owned(),
        _ => return Err(Wrong::new(1, "the first line is a title: # 14 A question at night")),
    };
    let mut reader = Reader::default();
    while let Some((line, number)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut indented = String::new();
        while let Some((line, _)) = lines.next_if(|(line, _)| line.starts_with(' ')) {
            indented.push_str(line);
            indented.push('\n');
        }
        let indented = Some(indented).filter(|text| !text.is_empty());
        reader.read(line.trim_end(), indented, number).map_err(|problem| Wrong::new(number, problem))?;
    }
    let last = text.lines().count();
    let (Some(begin), Some(end)) = (reader.begin, reader.end) else {
        return Err(Wrong::new(last, "the story does not end; its last line is a time and the word end"));
    };
    Ok(Script {
        title,
        zone: reader.zone.unwrap_or(TimeZone::UTC),
        config: reader.config,
        shows_mails: reader.shows_mails,
        shows_figures: reader.shows_figures,
        lines: reader.lines,
        begin,
        end,
    })
}

/// What was read so far.
struct Reader {
    settings: Settings,
    /// The settings that the story begins with, once it has begun.
    config: String,
    zone: Option<TimeZone>,
    shows_mails: bool,
    shows_figures: bool,
    today: Option<Date>,
    begin: Option<Timestamp>,
    end: Option<Timestamp>,
    cast: Cast,
    lines: Vec<Line>,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            settings: Settings::new(),
            config: String::new(),
            zone: None,
            shows_mails: false,
            shows_figures: false,
            today: None,
            begin: None,
            end: None,
            cast: Cast::default(),
            lines: Vec::new(),
        }
    }
}

impl Reader {
    fn read(&mut self, line: &str, indented: Option<String>, number: usize) -> Result<(), String> {
        if self.end.is_some() {
            return Err("the story is over: nothing comes after its end".to_owned());
        }
        let mut words = line.split_whitespace().peekable();
        if let Some(date) = when::date(&mut words, self.today)? {
            if words.peek().is_some() {
                return Err("a day stands on a line of its own".to_owned());
            }
            return self.day(date);
        }
        let Some((time, offset)) = when::time(&mut words)? else {
            return self.before(line, indented);
        };
        let (Some(today), Some(zone)) = (self.today, self.zone.clone()) else {
            return Err("a day such as Wed 25 Mar 2026 stands before the first time".to_owned());
        };
        let at = when::at(today, time, offset, &zone)?;
        if self.lines.last().is_some_and(|line| line.at > at) {
            return Err(
                "this is earlier than the line before; use [arrives …] for what comes late".to_owned()
            );
        }
        let words = words.collect::<Vec<_>>().join(" ");
        if words == "end" {
            self.end = Some(at);
            return Ok(());
        }
        let (words, what) = self.what(&words, indented, at)?;
        self.lines.push(Line { number, at, words, what });
        Ok(())
    }

    /// A day begins. With the first one the settings are complete.
    fn day(&mut self, date: Date) -> Result<(), String> {
        if self.today.is_some_and(|today| today >= date) {
            return Err("this day is not after the one before".to_owned());
        }
        if self.begin.is_none() {
            self.config = self.settings.text();
            let zone = self.settings.zone.clone();
            self.begin = Some(date.to_zoned(zone.clone()).map_err(|error| error.to_string())?.timestamp());
            self.zone = Some(zone);
        }
        self.today = Some(date);
        Ok(())
    }

    /// A line before the first day: settings.
    fn before(&mut self, line: &str, indented: Option<String>) -> Result<(), String> {
        if self.today.is_some() {
            return Err("a time such as 09:20 is missing in front".to_owned());
        }
        if line == "the mails are shown" {
            self.shows_mails = true;
            return Ok(());
        }
        if line == "the figures are shown" {
            self.shows_figures = true;
            return Ok(());
        }
        self.set(line, indented)
    }

    /// Changes the settings by a sentence, or by the TOML that stands below the word `settings`.
    fn set(&mut self, sentences: &str, indented: Option<String>) -> Result<(), String> {
        if sentences == "settings" {
            let text = indented.ok_or("the settings stand below, indented, as in a configuration file")?;
            return self.settings.lay_over(&text);
        }
        for sentence in sentences.split("; ") {
            if !self.settings.say(sentence, self.today)? {
                return Err(format!("nobody knows what is meant by {sentence:?}"));
            }
        }
        if indented.is_some() { Err("only settings have indented lines".to_owned()) } else { Ok(()) }
    }

    fn what(
        &mut self,
        words: &str,
        indented: Option<String>,
        at: Timestamp,
    ) -> Result<(String, What), String> {
        let push = [("from now on and for who waits, ", true), ("from now on, ", false)];
        let push = push.iter().find_map(|(start, open)| words.strip_prefix(start).map(|rest| (rest, *open)));
        if let Some((sentences, apply_to_open)) = push {
            self.set(sentences, indented)?;
            return Ok((words.to_owned(), What::Pushed { text: self.settings.text(), apply_to_open }));
        }
        if indented.is_some() {
            return Err("only settings have indented lines".to_owned());
        }
        if let Some(sentence) = words.strip_prefix("the mail to ") {
            return Ok((words.to_owned(), self.failed(sentence)?));
        }
        let (Some(today), Some(zone)) = (self.today, &self.zone) else {
            return Err("a day such as Wed 25 Mar 2026 stands before the first time".to_owned());
        };
        let scene = sentence::Scene { settings: &self.settings, today, zone, at };
        sentence::read(&mut self.cast, &scene, words)
    }

    /// What became of a mail: `dana bounces`.
    fn failed(&self, sentence: &str) -> Result<What, String> {
        let (person, fate) = sentence.split_once(' ').ok_or("what became of it?")?;
        let cause = match fate {
            "bounces" => Cause::Bounced,
            "is called spam" => Cause::Complained,
            "is suppressed" => Cause::Suppressed,
            "is refused" => Cause::Rejected,
            _ => return Err(format!("nobody knows what is meant by {fate:?}")),
        };
        let people = self.settings.people();
        let person = people.get(person).ok_or_else(|| format!("nobody of the brand is called {person}"))?;
        Ok(What::Failed { person: person.clone(), cause })
    }
}
