//! Explanations as people and scripts read them.

use domain::policy::Config;
use serde_json::{Value, json};

use super::play::Explanation;
use super::*;

mod cases;
mod hours;

const EXAMPLE: &str = include_str!("../../../../config/example.toml");

/// Explains a message to the first brand of `text`.
fn explained<T>(
    text: &str,
    (class, kind): (Class, Kind),
    (at, received): (&str, Option<&str>),
    said: impl FnOnce(&Explanation) -> T,
) -> T {
    let configs = Configs::only(Config::parse(text).unwrap());
    let brand = configs.current().unwrap().brands.values().next().unwrap();
    let instant = |text: &str| text.parse::<When>().unwrap().by(&zone_of(brand)).unwrap();
    let (at, received_at) = (instant(at), instant(received.unwrap_or(at)));
    let account = brand.accounts[0].clone();
    said(&explain(&configs, brand, &Message { account, class, kind, at, received_at }))
}

/// The text about a first message that is heard of at once.
fn asked(text: &str, class: Class, at: &str) -> String {
    explained(text, (class, Kind::FirstResponse), (at, None), text::render)
}

/// One brand by day and night, whose lead is also its manager and whose owner is away in August.
const SMALL: &str = r#"
[brand.small]
accounts = ["x:1"]
policy = "quick"
owner = "dana"
lead = ["kim"]
manager = ["kim"]

[person.dana]
email = "dana@small.example"
away = ["2026-08-03..2026-08-21"]

[person.kim]
email = "kim@small.example"

[policy.quick.question]
target = "60s"
ladder = [
  { at = "30s", to = "owner" },
  { at = "due", to = "lead" },
  { at = "due+30s", to = "manager" },
  { at = "due+60m", to = "manager", style = "batch" },
]
"#;

#[test]
fn lines_fit_into_eighty_columns() {
    let times = ["2026-03-25T16:30:13Z", "2026-08-05T10:00", "2026-10-25T02:30", "2026-12-24T11:45"];
    let kinds = [Kind::FirstResponse, Kind::NextResponse, Kind::FollowUp];
    for (class, kind) in Class::ALL.into_iter().flat_map(|class| kinds.map(|kind| (class, kind))) {
        for at in times {
            for received in [None, Some("2026-12-27T11:45:01")] {
                let text = explained(EXAMPLE, (class, kind), (at, received), text::render);
                for line in text.lines() {
                    assert!(line.chars().count() <= 80, "{class} {at}: {line}");
                }
            }
        }
    }
}

#[test]
fn a_long_name_is_broken_between_its_words() {
    let name = "the day on which everybody in the house goes to the lake, whatever the weather may be";
    let text = asked(&EXAMPLE.replace("May Day", name), Class::Question, "2026-04-30T17:40");
    let expected = "
sum     asked Thu 17:40 · 20 min until close · Fri 1 May (the day on which
        everybody in the house goes to the lake, whatever the weather may be)
        holiday · 40 min from Sat 09:00 = Sat 09:40
";
    assert!(text.contains(expected), "{text}");
}

/// What scripts read about a first message that is heard of at once.
fn document(text: &str, class: Class, at: &str) -> Value {
    explained(text, (class, Kind::FirstResponse), (at, None), |said| {
        serde_json::to_value(said.document()).unwrap()
    })
}

#[test]
fn the_document_has_the_keys_of_the_contract() {
    let first = (Class::Question, Kind::FirstResponse);
    let said = explained(SMALL, first, ("2026-03-25T16:30:00.25", None), |said| {
        serde_json::to_string(&said.document()).unwrap()
    });
    let expected = concat!(
        r#"{"brand":"small","calendar":null,"zone":"UTC","class":"question","turn":"first_response","opens":true,"#,
        r#""start":"2026-03-25T16:30:00.25Z","received":"2026-03-25T16:30:00.25Z","late":false,"#,
        r#""due":"2026-03-25T16:31:00.25Z","target_seconds":60,"unit":"open","config_version":null,"#,
        r#""slices":[{"from":"2026-03-25T16:30:00.25Z","to":"2026-03-25T16:31:00.25Z","seconds":60}],"steps":["#,
        r#"{"at":"2026-03-25T16:30:30.25Z","role":"owner","to":["dana"],"style":"single","#,
        r#""why":"30 s after the question","mails":[{"person":"dana","at":"2026-03-25T16:30:30.25Z"}]},"#,
        r#"{"at":"2026-03-25T16:31:00.25Z","role":"lead","to":["kim"],"style":"single","#,
        r#""why":"when the time to answer is over","mails":[{"person":"kim","at":"2026-03-25T16:31:00.25Z"}]},"#,
    );
    assert!(said.starts_with(expected), "{said}");
    let document = document(EXAMPLE, Class::Question, "2026-04-30T17:40");
    assert_eq!((&document["calendar"], &document["zone"]), (&json!("shop"), &json!("Europe/Paris")));
}

#[test]
fn reminders_stand_beside_the_steps_and_end_with_the_daily_list() {
    let document = document(EXAMPLE, Class::Question, "2026-03-25T10:00");
    assert_eq!(document["steps"].as_array().unwrap().len(), 4, "as many as the policy has");
    let reminders = document["reminders"].as_array().unwrap();
    let roles: Vec<&str> = reminders.iter().map(|reminder| reminder["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["manager", "manager", "manager", "manager", "manager", "lead"]);
    assert_eq!(reminders[5]["style"], "digest");
}

#[test]
fn what_opens_no_turn_has_every_key_and_tells_nobody() {
    let question = document(EXAMPLE, Class::Question, "2026-03-25T10:00");
    for class in [Class::Spam, Class::Thanks] {
        let document = document(EXAMPLE, class, "2026-03-25T10:00");
        let keys = |document: &Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&document), keys(&question), "{class}");
        assert_eq!((&document["opens"], &document["steps"]), (&json!(false), &json!([])), "{class}");
        assert_eq!(document["reminders"], json!([]), "{class}");
        // Should somebody say that it is another matter.
        assert_eq!(document["due"], question["due"], "{class}");
    }
}

#[test]
fn every_step_of_a_ladder_is_told_about_once() {
    // config, class, asked: with steps that are held, that reach nobody, that nobody is left for
    let table = [
        (cases::ROTA, Class::Upset, "2026-03-27T09:40"),
        (cases::ROTA, Class::Threat, "2026-03-27T09:40"),
        (SMALL, Class::Question, "2026-08-05T10:00"),
        (cases::ALONE, Class::Question, "2026-08-05T10:00"),
        (cases::MANY, Class::Question, "2026-03-25T10:00"),
    ];
    for (text, class, at) in table {
        explained(text, (class, Kind::FirstResponse), (at, None), |said| {
            let mut indices: Vec<u16> = said.steps.iter().map(|step| step.index).collect();
            indices.sort_unstable();
            let all: Vec<u16> = (0..u16::try_from(said.run.length).unwrap()).collect();
            assert_eq!(indices, all, "{class} {at}");
            for step in &said.steps {
                assert_eq!(step.mails().is_empty(), said.skipped(step).is_some(), "{class} {at}");
            }
        });
    }
}

#[test]
fn who_is_told_is_whom_the_words_name() {
    for class in Class::ALL {
        for at in ["2026-08-05T10:00", "2026-12-24T11:45", "2026-09-14T17:00"] {
            explained(EXAMPLE, (class, Kind::FirstResponse), (at, None), |said| {
                for step in said.steps.iter().chain(&said.reminders) {
                    let chosen = step.choices.iter().filter_map(|choice| choice.person.as_ref());
                    let told = step.mails().iter().map(|mail| &mail.person);
                    assert!(chosen.eq(told), "{class} {at}: step {}", step.index + 1);
                }
            });
        }
    }
}

#[test]
fn times_may_have_an_offset_or_be_those_of_the_calendar() {
    // text, UTC; the clocks of Paris show 02:30 twice on that day
    let table = [
        ("2026-03-25T16:30:00Z", "2026-03-25T16:30:00Z"),
        ("2026-03-25T17:30+01:00", "2026-03-25T16:30:00Z"),
        ("2026-03-25T17:30", "2026-03-25T16:30:00Z"),
        ("2026-03-25 17:30:01.5", "2026-03-25T16:30:01.5Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ];
    for (text, expected) in table {
        let document = document(EXAMPLE, Class::Question, text);
        assert_eq!(document["start"], expected, "{text}");
    }
    for text in ["", "noon", "2026-02-30T10:00", "17:30"] {
        assert!(text.parse::<When>().is_err(), "{text:?}");
    }
}
