//! Explanations as people and scripts read them.

use domain::policy::Config;

use super::*;

const EXAMPLE: &str = include_str!("../../../../config/example.toml");

fn explained<T>(text: &str, class: Class, at: &str, said: impl FnOnce(&Explanation) -> T) -> T {
    let configs = Configs::only(Config::parse(text).unwrap());
    let brand = configs.current().unwrap().brands.values().next().unwrap();
    let zone = brand.calendar.as_ref().map_or(TimeZone::UTC, |calendar| calendar.zone().clone());
    let start = match at.parse().unwrap() {
        When::Instant(at) => at,
        When::Local(wall) => zone.to_timestamp(wall).unwrap(),
    };
    said(&explain(&configs, brand, zone, class, start))
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
fn the_text_is_the_sum_and_the_ladder() {
    let text = explained(EXAMPLE, Class::Upset, "2026-12-24T11:45", text::render);
    let expected = "\
brand   Acme · upset · calendar shop, Europe/Paris
target  60 min of open time from Thu 24 Dec 2026 11:45 CET
due     Sat 26 Dec 2026 09:45 CET
sum     asked Thu 11:45 · 15 min until close (Thu 24 Dec half day) ·
        Fri 25 Dec closed · 45 min from Sat 09:00 = Sat 09:45

1  Sat 09:05  dana as owner
   20 min of open time after the question

2  Sat 09:25  dana as owner
   40 min of open time after the question

3  Sat 09:45  kim as lead
   when the time to answer is over
   mail to kim waits for their hours: Mon 08:30

4  Sat 10:15  kim as lead, lee as backup
   30 min of open time after the time to answer was over
   mail to kim waits for their hours: Mon 08:30

5  Sat 10:45  ash as manager, in a mail with others
   60 min of open time after the time to answer was over
   mail to ash waits for their hours: Mon 08:30
";
    assert_eq!(text, expected);
}

#[test]
fn a_step_that_reaches_nobody_lets_the_next_one_fire_at_once() {
    let text = explained(SMALL, Class::Question, "2026-08-05T10:00", text::render);
    let expected = "\
brand   small · question · day and night, UTC
target  1 min from Wed 5 Aug 2026 10:00 UTC
due     Wed 5 Aug 2026 10:01 UTC
sum     asked Wed 10:00 · 1 min day and night = Wed 10:01

1  Wed 10:00:30  nobody
   30 s after the question
   nobody can be told: dana is away

2  Wed 10:00:30  kim as lead
   now, because the step before reaches nobody; else when the time to answer is
   over

3  Wed 10:01:30  nobody
   30 s after the time to answer was over
   nobody can be told: kim is told shortly before as lead

4  Wed 10:01:30  nobody, in a mail with others
   now, because the step before reaches nobody; else 60 min after the time to
   answer was over
   nobody can be told: kim is told shortly before as lead
";
    assert_eq!(text, expected);
}

#[test]
fn where_nobody_is_left_the_administrators_are_told() {
    let text = format!("{SMALL}[person.ash]\nemail = \"ash@small.example\"\n[admin]\nto = [\"ash\"]\n");
    let text = explained(&text, Class::Question, "2026-08-05T10:00", text::render);
    let expected = "
4  Wed 10:01:30  ash as administrator, in a mail with others
   now, because the step before reaches nobody; else 60 min after the time to
   answer was over; to the administrators, because nobody can be told: kim is
   told shortly before as lead
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn lines_fit_into_eighty_columns() {
    for class in Class::ALL {
        for at in ["2026-03-25T16:30:13Z", "2026-08-05T10:00", "2026-10-25T02:30", "2026-12-24T11:45"] {
            let text = explained(EXAMPLE, class, at, text::render);
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{class} {at}: {line}");
            }
        }
    }
}

#[test]
fn a_long_name_is_broken_between_its_words() {
    let name = "the day on which everybody in the house goes to the lake, whatever the weather may be";
    let text =
        explained(&EXAMPLE.replace("May Day", name), Class::Question, "2026-04-30T17:40", text::render);
    let expected = "
sum     asked Thu 17:40 · 20 min until close · Fri 1 May (the day on which
        everybody in the house goes to the lake, whatever the weather may be)
        holiday · 40 min from Sat 09:00 = Sat 09:40
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn the_document_has_the_keys_of_the_contract() {
    let document = |text, at| {
        explained(text, Class::Question, at, |said| serde_json::to_string(&said.document()).unwrap())
    };
    let expected = concat!(
        r#"{"brand":"small","calendar":null,"zone":"UTC","class":"question","#,
        r#""start":"2026-03-25T16:30:00.25Z","due":"2026-03-25T16:31:00.25Z","#,
        r#""target_seconds":60,"unit":"open","config_version":null,"#,
        r#""slices":[{"from":"2026-03-25T16:30:00.25Z","to":"2026-03-25T16:31:00.25Z","seconds":60}],"steps":["#,
        r#"{"at":"2026-03-25T16:30:30.25Z","role":"owner","to":["dana"],"style":"single","#,
        r#""why":"30 s after the question","mails":[{"person":"dana","at":"2026-03-25T16:30:30.25Z"}]},"#,
        r#"{"at":"2026-03-25T16:31:00.25Z","role":"lead","to":["kim"],"style":"single","#,
        r#""why":"when the time to answer is over","mails":[{"person":"kim","at":"2026-03-25T16:31:00.25Z"}]},"#,
        r#"{"at":"2026-03-25T16:31:30.25Z","role":"manager","to":[],"style":"single","#,
        r#""why":"30 s after the time to answer was over","#,
        r#""skipped":"nobody can be told: kim is told shortly before as lead","mails":[]},"#,
        r#"{"at":"2026-03-25T16:31:30.25Z","role":"manager","to":[],"style":"batch","#,
        r#""why":"now, because the step before reaches nobody; else 60 min after the time to answer was over","#,
        r#""skipped":"nobody can be told: kim is told shortly before as lead","mails":[]}]}"#,
    );
    assert_eq!(document(SMALL, "2026-03-25T16:30:00.25"), expected);
    let steps = document(EXAMPLE, "2026-04-30T17:40");
    assert!(steps.contains(r#""calendar":"shop","zone":"Europe/Paris""#), "{steps}");
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
        let start = explained(EXAMPLE, Class::Question, text, |said| said.run.due.start);
        assert_eq!(start.to_string(), expected, "{text}");
    }
    for text in ["", "noon", "2026-02-30T10:00", "17:30"] {
        assert!(text.parse::<When>().is_err(), "{text:?}");
    }
}
