//! Test support: one conversation as lines a person can read.
//!
//! `09:00 maria says c1: Where is it?` · `09:05 brand says c2 > c1` · `09:07 maria removes c1` ·
//! `09:10 bot says c3 > c1`. Times are of 2026-03-25 in UTC; `got=09:20` is when it was received if not at
//! once. Everything hangs on the thread `c1`, unless the line says `private`. With `x` it is said on X, where
//! `maria edits p1 as p2` and conversations are with persons: `brand says p3 x @maria`. `class=spam` is what a
//! message was found to be.
//!
//! What people do names the object that opened the turn: `09:10 dana acks c1` · `09:10 kim snoozes c1
//! until=10:00` · `pauses` · `resumes` · `dismisses c1: no question` · `passes c1 to=lee` · `answered c1 at=09:05`
//! · `resolves` · `replied c1 as=c9` · `calls c1 class=upset`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::action::{Act, Action};
use crate::event::{Author, Event, Kind, Side, TimeFrom, Verb, Visibility};
use crate::fact::{Facts, Said};
use crate::history::{End, History, Kept, REOPEN, TurnKind, fold};
use crate::id::{BrandId, PersonId, Platform, TurnId};
use crate::policy::{Class, Config};
use crate::versions::{Configs, Push};

/// A brand with an owner, a backup, a lead and a manager, and a ladder of an hour.
pub(crate) const CONFIG: &str = concat!(
    r#"
    [brand.acme]
    name = "Acme"
    accounts = ["facebook:page"]
    policy = "hour"
    owner = "dana"
    backup = "lee"
    lead = ["kim"]
    manager = ["ash"]

"#,
    include_str!("../tests/people.toml"),
    r#"
    [policy.hour.question]
    target = "60m"
    ladder = [
      { at = "30m", to = "owner" },
      { at = "due", to = ["lead", "backup"] },
      { at = "due+60m", to = "manager" },
    ]
"#
);

/// Returns configurations as if the first was pushed at 01:00, the second at 02:00 and so on.
pub(crate) fn configs(texts: &[&str]) -> Configs {
    let numbers = 1_u32..;
    let loaded: BTreeMap<u32, Arc<Config>> =
        numbers.zip(texts).map(|(number, text)| (number, Arc::new(Config::parse(text).unwrap()))).collect();
    let pushes = loaded.keys().map(|number| Push {
        number: *number,
        pushed_at: at(&format!("0{number}:00")),
        apply_to_open: false,
    });
    Configs { pushes: pushes.collect(), loaded }
}

/// Reads a story with what people did in it.
pub(crate) fn facts(lines: &str) -> Facts {
    let mut facts = Facts::default();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match action(line) {
            Some(action) => facts.actions.push(action),
            None => facts.said.push(said(line)),
        }
    }
    facts
}

/// Folds facts as a first fold would.
pub(crate) fn folded(facts: &Facts, now: Timestamp) -> History {
    fold(facts, &Kept::default(), REOPEN, now)
}

fn action(line: &str) -> Option<Action> {
    let (words, text) = line.split_once(": ").map_or((line, ""), |(words, text)| (words, text));
    let mut words: Vec<&str> = words.split_whitespace().collect();
    let days = if words[0].starts_with('+') { format!("{} ", words.remove(0)) } else { String::new() };
    let [time, who, verb, object, rest @ ..] = words.as_slice() else { return None };
    let option = |name: &str| rest.iter().find_map(|word| word.strip_prefix(name));
    let time_of = |name: &str| option(name).map(at);
    let reason = text.to_owned();
    let act = match *verb {
        "acks" => Act::Ack,
        "snoozes" => Act::Snooze { until: time_of("until=")? },
        "pauses" => Act::Pause { reason, until: time_of("until=") },
        "resumes" => Act::Resume,
        "dismisses" => Act::Dismiss { reason },
        "passes" => Act::Pass { to: PersonId::from(option("to=")?) },
        "answered" => Act::Answered { at: time_of("at="), link: None },
        "resolves" => Act::Resolve { reason },
        "replied" => Act::Reply { object: option("as=")?.to_owned() },
        "calls" => Act::Class { class: option("class=")?.parse().unwrap() },
        _ => return None,
    };
    Some(Action {
        nonce: line.to_owned(),
        brand: BrandId::from("acme"),
        turn: TurnId::of(object),
        person: PersonId::from(*who),
        at: at(&format!("{days}{time}")),
        act,
    })
}

/// Reads a story, one fact a line.
pub(crate) fn story(lines: &str) -> Vec<Said> {
    lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(said).collect()
}

/// Returns an instant of 2026-03-25, `HH:MM` or `HH:MM:SS`; `+N HH:MM` is N days later.
pub(crate) fn at(time: &str) -> Timestamp {
    let (days, time) = time.strip_prefix('+').and_then(|rest| rest.split_once(' ')).unwrap_or(("0", time));
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let day: Timestamp = format!("2026-03-25T{time}{seconds}Z").parse().unwrap();
    day + jiff::SignedDuration::from_hours(24 * days.parse::<i64>().unwrap())
}

fn said(line: &str) -> Said {
    let (words, text) = line.split_once(": ").map_or((line, None), |(words, text)| (words, Some(text)));
    let mut words: Vec<&str> = words.split_whitespace().collect();
    // `+5 09:00` is five days later.
    let days = if words[0].starts_with('+') { format!("{} ", words.remove(0)) } else { String::new() };
    let [time, who, verb, object, rest @ ..] = words.as_slice() else {
        panic!("not a line of a story: {line}");
    };
    let time = &format!("{days}{time}");
    let option = |name: &str| rest.iter().find_map(|word| word.strip_prefix(name));
    let after = |mark: &str| {
        rest.iter()
            .position(|word| *word == mark)
            .and_then(|at| rest.get(at + 1))
            .map(|word| (*word).to_owned())
    };
    let (side, author) = match *who {
        "brand" => (Side::Brand, Author { id: Some("page".to_owned()), ..Author::default() }),
        "bot" => (Side::Automation, Author { id: Some("page".to_owned()), ..Author::default() }),
        name => {
            let shown = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
            (Side::Customer, Author { id: Some(name.to_owned()), name: Some(shown), ..Author::default() })
        }
    };
    let on_x = rest.contains(&"x");
    let (verb, version) = match *verb {
        "says" => (Verb::Add, "-".to_owned()),
        "edits" => (Verb::Edit, after("as").unwrap_or_else(|| text.unwrap_or_default().to_owned())),
        "removes" => (Verb::Remove, "-".to_owned()),
        "hides" => (Verb::Hide, time.clone()),
        "shows" => (Verb::Unhide, time.clone()),
        other => panic!("no such verb: {other}"),
    };
    let is_private = rest.contains(&"private");
    let mentions: Vec<String> =
        rest.iter().filter_map(|word| word.strip_prefix('@')).map(str::to_owned).collect();
    let counterpart = match (is_private, on_x, side) {
        (true, _, _) => Some("maria".to_owned()),
        (false, true, Side::Customer) => author.id.clone(),
        (false, true, Side::Brand | Side::Automation) => mentions.first().cloned(),
        (false, false, _) => None,
    };
    Said {
        brand: BrandId::from("acme"),
        received_at: option("got=").map_or_else(|| at(time), at),
        dialogue: None,
        class: option("class=").map(|class| class.parse().unwrap()),
        gist: None,
        event: Event {
            platform: if on_x { Platform::X } else { Platform::Facebook },
            account: "page".to_owned(),
            object: (*object).to_owned(),
            verb,
            version,
            kind: if is_private { Kind::Message } else { Kind::Comment },
            visibility: if is_private { Visibility::Private } else { Visibility::Public },
            side,
            author: Some(author),
            counterpart,
            thread: (!is_private && !on_x).then(|| "c1".to_owned()),
            parent: after(">"),
            mentions,
            text: text.map(str::to_owned),
            attachments: Vec::new(),
            permalink: Some(format!("https://www.facebook.com/{object}")),
            occurred_at: at(time),
            time_from: TimeFrom::Event,
        },
    }
}

/// Tells the turns, one a line.
pub(crate) fn told(history: &History) -> String {
    let clock = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string();
    let line = |turn: &crate::history::Turn| {
        let objects: Vec<&str> = turn.waiting.iter().map(|waiting| waiting.event.object.as_str()).collect();
        let who = turn.author.as_deref().unwrap_or("somebody");
        let end = match &turn.end {
            None => "waits".to_owned(),
            Some(End::Answered { at, object, .. }) => {
                format!("answered {} by {}", clock(*at), object.as_deref().unwrap_or("word of mouth"))
            }
            Some(End::Withdrawn { at }) => format!("withdrawn {}", clock(*at)),
            Some(End::Dismissed { at, person, reason }) => {
                format!("dismissed {} by {person}: {reason}", clock(*at))
            }
            Some(End::Excluded { at, person, reason }) => {
                format!("settled {} by {person}: {reason}", clock(*at))
            }
            Some(End::Expired { .. }) => "expired".to_owned(),
        };
        let back = match turn.returned.len() {
            0 => String::new(),
            times => format!(", answer taken back {times}x"),
        };
        let kind = match &turn.kind {
            TurnKind::FirstResponse => "",
            TurnKind::NextResponse => "again ",
            TurnKind::FollowUp(_) => "promised ",
        };
        let class = if turn.class == Class::Question { String::new() } else { format!("{} ", turn.class) };
        format!("{kind}{class}{who} {} from {}: {end}{back}", objects.join(","), clock(turn.start()))
    };
    history.turns.iter().map(line).collect::<Vec<_>>().join("\n")
}
