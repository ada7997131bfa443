//! Small conversations by chance, written as stories.

use std::fmt::Write;

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Span};
use proptest::prelude::*;
use proptest::sample::Index;

/// A ladder of three levels, each another person.
const SETTINGS: &str = "a question is due after 60m: owner at 30m, lead at due, manager at due+60m
an upset is due after 40m: owner at 10m, lead and backup at due, manager at due+30m as batch
";
const PEOPLE: [&str; 5] = ["maria", "paul", "ann", "zoe", "omar"];
const WORDS: [&str; 7] = [
    ": Where is it?",
    ": And now?",
    ": ❤️",
    ": Thank you! [class thanks]",
    ": A disgrace! [class upset]",
    ": I will sue you. [class threat]",
    " [with a picture]",
];
const ANSWERS: [&str; 4] = ["On its way.", "We'll get back to you.", "Please send us a DM.", "Which number?"];

/// Something that may happen; what cannot happen is left out.
#[derive(Clone, Debug)]
enum Chance {
    Asks { who: usize, to: Index, words: usize },
    Answers { to: Index, words: usize },
    Deletes(Index),
    DeletesAnswer(Index),
    Edits { what: Index, words: usize },
    Hides(Index),
    Acts { what: Index, act: usize, minutes: i64 },
}

fn chance() -> impl Strategy<Value = Chance> {
    let index = any::<Index>;
    prop_oneof![
        4 => (0..3_usize, index(), 0..WORDS.len()).prop_map(|(who, to, words)| Chance::Asks { who, to, words }),
        3 => (index(), 0..ANSWERS.len()).prop_map(|(to, words)| Chance::Answers { to, words }),
        1 => index().prop_map(Chance::Deletes),
        1 => index().prop_map(Chance::DeletesAnswer),
        1 => (index(), 0..6_usize).prop_map(|(what, words)| Chance::Edits { what, words }),
        1 => index().prop_map(Chance::Hides),
        3 => (index(), 0..10_usize, 1..200_i64)
            .prop_map(|(what, act, minutes)| Chance::Acts { what, act, minutes }),
    ]
}

/// A story being written.
struct Written {
    text: String,
    now: DateTime,
    /// What customers said and have not deleted, with who said it.
    asked: Vec<(String, &'static str)>,
    /// What the brand said and has not deleted.
    answered: Vec<String>,
    said: usize,
}

impl Written {
    fn new() -> Written {
        let now = date(2026, 3, 25).at(9, 0, 0, 0);
        let text = format!("# 0 By chance\n{SETTINGS}\n{}\n", now.strftime("%a %-d %b %Y"));
        Written { text, now, asked: Vec::new(), answered: Vec::new(), said: 0 }
    }

    /// Lets time pass; the story goes on with the day if it is another.
    fn pass(&mut self, time: SignedDuration) {
        let day = self.now.date();
        self.now = self.now.checked_add(time).expect("a story is short");
        if self.now.date() != day {
            writeln!(self.text, "{}", self.now.strftime("%a %-d %b %Y")).expect("a string takes all text");
        }
    }

    fn line(&mut self, words: &str) {
        writeln!(self.text, "{}  {words}", self.now.strftime("%H:%M")).expect("a string takes all text");
    }

    fn named(&mut self) -> String {
        self.said += 1;
        format!("c{}", self.said)
    }

    fn asks(&mut self, who: &'static str, to: Option<&str>, words: &str) {
        let name = self.named();
        let to = to.map_or(String::new(), |to| format!(" to {to}"));
        self.line(&format!("{who} says {name}{to}{words}"));
        self.asked.push((name, who));
    }

    fn answers(&mut self, to: &str, words: &str) {
        let name = self.named();
        self.line(&format!("acme answers {name} to {to}: {words}"));
        self.answered.push(name);
    }

    fn happens(&mut self, chance: &Chance) {
        let asked = |index: &Index| (!self.asked.is_empty()).then(|| index.get(&self.asked).clone());
        let answered = |index: &Index| (!self.answered.is_empty()).then(|| index.get(&self.answered).clone());
        match chance {
            Chance::Asks { who, to, words } => {
                let to = asked(to).map(|(to, _)| to);
                self.asks(PEOPLE[*who], to.as_deref(), WORDS[*words]);
            }
            Chance::Answers { to, words } => {
                if let Some((to, _)) = asked(to) {
                    self.answers(&to, ANSWERS[*words]);
                }
            }
            Chance::Deletes(what) => {
                if let Some((what, who)) = asked(what) {
                    self.line(&format!("{who} deletes {what}"));
                    self.asked.retain(|(name, _)| *name != what);
                }
            }
            Chance::DeletesAnswer(what) => {
                if let Some(what) = answered(what) {
                    self.line(&format!("acme deletes {what}"));
                    self.answered.retain(|name| *name != what);
                }
            }
            Chance::Edits { what, words } => {
                if let Some((what, who)) = asked(what) {
                    // No two edits say the same: platforms would tell of them by one name.
                    self.said += 1;
                    let words = WORDS[*words].replacen(": ", &format!(": {} ", self.said), 1);
                    self.line(&format!("{who} edits {what}{words}"));
                }
            }
            Chance::Hides(what) => {
                if let Some(what) = answered(what) {
                    self.line(&format!("acme hides {what}"));
                }
            }
            Chance::Acts { what, act, minutes } => {
                if let Some((what, _)) = asked(what) {
                    let act = self.act(&what, *act, *minutes);
                    self.line(&act);
                }
            }
        }
    }

    fn act(&self, what: &str, act: usize, minutes: i64) -> String {
        let near = |span: Span| self.now.saturating_add(span).strftime("%a %-d %b %Y %H:%M");
        let (later, before) = (near(Span::new().minutes(minutes)), near(Span::new().minutes(-minutes)));
        match act {
            0 => format!("dana has {what}"),
            1 => format!("kim has {what}"),
            2 => format!("kim snoozes {what} until {later}"),
            3 => format!("kim pauses {what} until {later}: by chance"),
            4 => format!("kim resumes {what}"),
            5 => format!("dana dismisses {what}: by chance"),
            6 => format!("dana passes {what} to ash"),
            7 => format!("dana has answered {what} at {before}: elsewhere"),
            8 => format!("kim calls {what} upset"),
            _ => format!("kim calls {what} a mention"),
        }
    }

    /// Ends the story some days later.
    fn ended(mut self) -> String {
        self.pass(SignedDuration::from_hours(4 * 24));
        self.line("end");
        self.text
    }
}

/// A conversation of up to a dozen messages, answers, edits, deletions and actions, in any sense and nonsense.
pub(super) fn any_story() -> impl Strategy<Value = String> {
    prop::collection::vec((1..180_i64, chance()), 1..12).prop_map(|chances| {
        let mut written = Written::new();
        written.asks(PEOPLE[0], None, WORDS[0]);
        for (minutes, chance) in &chances {
            written.pass(SignedDuration::from_mins(*minutes));
            written.happens(chance);
        }
        written.ended()
    })
}

/// A conversation in which everybody asks once, and the brand answers whom it likes as often as it likes.
pub(super) fn plain_story() -> impl Strategy<Value = String> {
    let answer = (any::<Index>(), prop::bool::ANY);
    prop::collection::vec((1..90_i64, answer), 1..10).prop_map(|chances| {
        let mut written = Written::new();
        let mut people = PEOPLE.into_iter();
        written.asks(people.next().expect("there are several"), None, WORDS[0]);
        for (minutes, (to, is_answer)) in chances {
            written.pass(SignedDuration::from_mins(minutes));
            let to = to.get(&written.asked).0.clone();
            match if is_answer { None } else { people.next() } {
                Some(who) => written.asks(who, Some("c1"), WORDS[0]),
                None => written.answers(&to, ANSWERS[0]),
            }
        }
        written.ended()
    })
}
