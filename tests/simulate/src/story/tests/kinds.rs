//! What comes up in stories, and how often.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{Event, Side, Verb, Visibility};
use domain::policy::Class;

use super::*;
use crate::time::{MINUTE, ms};

/// How many stories are looked at.
const STORIES: u64 = 5000;

/// In how many of them something comes up at least.
#[rustfmt::skip]
const LEAST: &[(&str, u32)] = &[
    // what is written, by whom and where
    ("customer add on facebook", 1070), ("customer add on facebook in private", 860),
    ("customer add on x", 1060), ("customer add on x in private", 600),
    ("brand add on facebook", 990), ("brand add on facebook in private", 730),
    ("brand add on x", 1140), ("brand add on x in private", 640),
    ("automation add on facebook in private", 25), ("answer to several", 28),
    // and what becomes of it
    ("customer edit on facebook", 45), ("customer edit on facebook in private", 27), ("customer edit on x", 30),
    ("customer remove on facebook", 100), ("customer remove on facebook in private", 97), ("customer remove on x", 89),
    ("customer hide on facebook", 28), ("customer unhide on facebook", 16),
    ("brand edit on facebook", 44), ("brand edit on facebook in private", 31), ("brand edit on x", 28),
    ("brand remove on facebook", 110), ("brand remove on facebook in private", 70), ("brand remove on x", 520),
    // how it is delivered
    ("2 in one body", 300), ("5 in one body", 1), ("broken", 99), ("unknown", 100), ("again", 750),
    ("a minute late", 1270), ("an hour late", 850),
    ("answer before question", 120), ("edit before add", 13), ("hide before add", 2), ("remove before add", 120),
    // when
    ("answer within 300 ms of a step", 200), ("answer within 3000 ms of a step", 680),
    // what people click
    ("ack", 610), ("snooze", 46), ("pause", 57), ("resume", 130), ("dismiss", 34), ("pass", 42),
    ("answered", 27), ("resolve", 27), ("reply", 31), ("class", 75), ("called a threat", 33),
    // what changes under it
    ("pushed", 500), ("pushed for who waits", 170), ("pushed back", 310), ("deployed", 210), ("zeta", 910),
];

#[test]
fn stories_are_of_every_kind() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..STORIES {
        for kind in kinds(&story(seed)) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    for (kind, least) in LEAST {
        let count = counts.remove(*kind).unwrap_or_default();
        assert!(count >= *least, "{kind}: in {count} of {STORIES} stories");
    }
    let rare = ["unhide before add"];
    counts.retain(|kind, _| !rare.contains(&kind.as_str()));
    assert!(counts.is_empty(), "not in the table: {counts:?}");
}

#[test]
fn most_stories_are_short() {
    let lengths: Vec<usize> = (0..STORIES).map(|seed| posts(&story(seed)).count()).collect();
    let share =
        |is: fn(&usize) -> bool| lengths.iter().filter(|length| is(length)).count() * 100 / lengths.len();
    assert!(share(|length| (2..=6).contains(length)) >= 50, "{} %", share(|length| (2..=6).contains(length)));
    assert!(share(|length| *length > 12) <= 8, "{} %", share(|length| *length > 12));
}

/// Returns the kinds of things that a story has.
fn kinds(story: &Story) -> BTreeSet<String> {
    let mut seen = Seen::default();
    for input in &story.inputs {
        match &input.what {
            What::Post(post) => seen.post(post, input.at),
            What::Act { act, .. } => {
                let name = format!("{act:?}").to_lowercase();
                seen.is(true, name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default());
                seen.is(*act == Act::Class { class: Class::Threat }, "called a threat");
            }
            What::Push { config, apply_to_open } => {
                seen.is(
                    true,
                    match (config, apply_to_open) {
                        (0, _) => "pushed back",
                        (_, true) => "pushed for who waits",
                        (_, false) => "pushed",
                    },
                );
            }
            What::Deploy => seen.is(true, "deployed"),
        }
    }
    seen.kinds
}

/// What was seen of a story so far.
#[derive(Default)]
struct Seen {
    kinds: BTreeSet<String>,
    added: BTreeSet<String>,
    asked: Vec<Ms>,
}

impl Seen {
    fn is(&mut self, is_so: bool, kind: &str) {
        if is_so {
            self.kinds.insert(kind.to_owned());
        }
    }

    fn post(&mut self, post: &Post, at: Ms) {
        self.is(post.tells.len() >= 2, "2 in one body");
        self.is(post.tells.len() >= 5, "5 in one body");
        self.is(post.flaw == Some(Flaw::Broken), "broken");
        self.is(post.flaw == Some(Flaw::Unknown), "unknown");
        self.is(post.is_again, "again");
        self.is(post.brand == 1, "zeta");
        for event in parsed(post, at).events() {
            self.event(event, post, at);
        }
    }

    fn event(&mut self, event: &Event, post: &Post, at: Ms) {
        let Event { verb, side, platform, visibility, .. } = event;
        let private = if *visibility == Visibility::Private { " in private" } else { "" };
        self.is(true, &format!("{side:?} {verb:?} on {platform}{private}").to_lowercase());
        let late = if post.is_again { 0 } else { at - ms(event.occurred_at) };
        self.is(late >= MINUTE, "a minute late");
        self.is(late >= HOUR, "an hour late");
        if *verb != Verb::Add {
            let is_early = !self.added.contains(&event.object);
            self.is(is_early, &format!("{} before add", verb.name()));
            return;
        }
        self.added.insert(event.object.clone());
        match side {
            Side::Customer => self.asked.push(ms(event.occurred_at)),
            Side::Brand => {
                let is_early = event.parent.as_ref().is_some_and(|parent| !self.added.contains(parent));
                // What is said to everybody on a page has the page's post above it.
                self.is(
                    is_early && event.thread != Some(format!("{}_555666777", event.account)),
                    "answer before question",
                );
                self.is(event.mentions.len() > 1, "answer to several");
                let steps = |asked: &Ms| configs::steps(0, post.brand, Class::Question, *asked);
                let apart =
                    self.asked.iter().flat_map(steps).map(|step| (at - step).abs()).min().unwrap_or(Ms::MAX);
                self.is(apart <= 300, "answer within 300 ms of a step");
                self.is(apart <= 3000, "answer within 3000 ms of a step");
            }
            Side::Automation => {}
        }
    }
}
