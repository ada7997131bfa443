//! What a configuration says, and every problem it can have.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const EXAMPLE: &str = include_str!("../../../../infra/config/example.toml");

/// Complete and without problems; every test of a problem changes one thing in it.
const GOOD: &str = r#"[brand.acme]
accounts = ["facebook:100"]
calendar = "shop"
policy = "quick"
owner = "dana"

[calendar.shop]
zone = "Europe/Paris"
week = { mon-fri = ["09:00-18:00"] }

[person.dana]
email = "dana@acme.example"

[policy.quick.question]
target = "60m"
ladder = [{ at = "due", to = "owner" }]
"#;

fn config(text: &str) -> Config {
    Config::parse(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The problems of a text, one a line.
fn problems(text: &str) -> String {
    let problems = Config::parse(text).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The problems of the good text with `old` replaced.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    problems(&GOOD.replacen(old, new, 1))
}

#[test]
fn the_example_is_complete() {
    let config = config(EXAMPLE);
    let acme = config.brand_of(&"x:2244994945".parse().unwrap()).unwrap();
    assert_eq!(acme.calendar_name.as_deref(), Some("shop"));
    assert_eq!(acme.policy.rules(Class::Upset).steps.len(), 5);
    assert_eq!(acme.policy.rules(Class::Offensive), acme.policy.rules(Class::Question));
    assert_eq!(config.admin, [PersonId::from("ash")]);
    let lee = &config.people[&PersonId::from("lee")];
    assert_eq!(lee.zone.iana_name(), Some("America/New_York"), "the zone of the hours");
}

#[test]
fn the_example_is_the_policy_that_is_built_in() {
    let config = config(EXAMPLE);
    let built_in = Policy::social_60();
    for class in [Class::Upset, Class::Question, Class::Praise, Class::Thanks] {
        assert_eq!(config.policies["social-60"].rules(class), built_in.rules(class), "{class}");
    }
}

#[test]
fn classes_without_rules_use_those_of_questions() {
    let text = GOOD
        .replace("quick.question", "quick.upset")
        .replace("owner = \"dana\"", "owner = \"dana\"\nlead = [\"dana\"]\nmanager = [\"dana\"]");
    let config = config(&text);
    let policy = &config.policies["quick"];
    assert_eq!(policy.rules(Class::Upset).steps.len(), 1);
    assert_eq!(policy.rules(Class::Praise), Policy::social_60().rules(Class::Question));
    let left_out = text.replace("policy = \"quick\"\n", "");
    let config = self::config(&left_out);
    let brand = config.brands.values().next().unwrap();
    assert_eq!(*brand.policy, Policy::social_60());
}

#[test]
fn voices_are_those_of_one_platform() {
    let config = config(EXAMPLE);
    let voices = config.voices(Platform::X);
    let group = &voices.groups["2244994945"];
    assert_eq!(group.accounts.iter().collect::<Vec<_>>(), ["2244994945"]);
    assert_eq!(group.automation.iter().collect::<Vec<_>>(), ["268278"]);
    assert_eq!(config.voices(Platform::Facebook).groups.len(), 1);
    assert_eq!(config.voices(Platform::Telegram), Voices::default());
}

#[test]
fn people_are_away_by_the_dates_of_their_own_zone() {
    let config = config(EXAMPLE);
    let dana = &config.people[&PersonId::from("dana")];
    // instant, away: Paris is two hours ahead of UTC
    let table = [
        ("2026-08-02T21:59:59Z", false),
        ("2026-08-02T22:00:00Z", true), // the first day begins
        ("2026-08-21T21:59:59Z", true), // the last day is included
        ("2026-08-21T22:00:00Z", false),
        ("2026-09-14T12:00:00Z", true), // one day
    ];
    for (at, away) in table {
        assert_eq!(dana.is_away(at.parse().unwrap()), away, "{at}");
    }
}

#[test]
fn steps_say_when() {
    use Anchor::{Due, Start};
    // text, anchor, minutes, unit
    let table = [
        ("due", Due, 0, Unit::Open),
        ("0s", Start, 0, Unit::Open),
        ("20m", Start, 20, Unit::Open),
        ("1h elapsed", Start, 60, Unit::Elapsed),
        ("due+30m", Due, 30, Unit::Open),
        ("due+2h elapsed", Due, 120, Unit::Elapsed),
    ];
    for (text, anchor, minutes, unit) in table {
        let config = config(&GOOD.replace("\"due\"", &format!("{text:?}")));
        let at = config.policies["quick"].rules(Class::Question).steps[0].at;
        assert_eq!(at, At { anchor, offset: SignedDuration::from_mins(minutes), unit }, "{text}");
    }
}

#[test]
fn toml_that_is_none() {
    // all of them at once, with what is certainly wrong besides
    assert_snapshot!(problems("[brand.acme]\nname = Acme\nnmae = 1\naccounts = [\"facebook:1\"\n\n[person.dana\nemail = \"dana@acme.example\"\n"), @r#"
    2:8: brand.acme.name: text without quotes; write text between double quotes
    3:1: brand.acme.nmae: unknown key "nmae"; write name
    6:1: person.dana: not TOML: missing comma between array elements; write `,`
    6:2: person.dana: text without quotes; write text between double quotes
    7:1: person.dana.email: not TOML: missing comma between array elements; write `,`
    7:1: person.dana.email: text without quotes; write text between double quotes
    7:7: person.dana.email: not TOML: unexpected `=` in array; write value, `]`
    7:9: person.dana.email: not TOML: missing comma between array elements; write `,`
    7:28: person.dana.email: not TOML: unclosed array; write `]`
    "#);
    // a key twice, also as a table
    assert_snapshot!(problems(&format!("{GOOD}\n[person.dana]\nemail = \"d@acme.example\"\nemail = \"e@acme.example\"\n")), @r"
    18:9: person.dana: this key stands twice; write it once
    19:1: person.dana.email: this key stands twice; write it once
    20:1: person.dana.email: this key stands twice; write it once
    ");
    // nothing at all
    assert_snapshot!(problems(""), @r#"1:1: file: there is no brand; write [brand.acme] with accounts = ["facebook:100200300400"] and owner = "dana""#);
}

#[test]
fn keys_that_stand_for_nothing() {
    assert_snapshot!(with("[brand.acme]", "[brands.acme]"), @r#"
    1:1: file: there is no brand; write [brand.acme] with accounts = ["facebook:100200300400"] and owner = "dana"
    1:2: brands: unknown table "brands"; write brand
    "#);
    assert_snapshot!(with("calendar = ", "calender = "), @r#"3:1: brand.acme.calender: unknown key "calender"; write calendar"#);
    assert_snapshot!(with("zone = ", "xyzzy = 1\nzone = "), @r#"8:1: calendar.shop.xyzzy: unknown key "xyzzy"; write one of zone, week, days, holidays, version"#);
    assert_snapshot!(with("email = ", "mail = 1\nemail = "), @r#"12:1: person.dana.mail: unknown key "mail"; write email"#);
    assert_snapshot!(with("target = ", "targets = 1\ntarget = "), @r#"15:1: policy.quick.question.targets: unknown key "targets"; write target"#);
    assert_snapshot!(with("{ at =", "{ When = 1, at ="), @r#"16:13: policy.quick.question.ladder[0].When: unknown key "When"; write one of at, to, style"#);
    assert_snapshot!(problems(&format!("{GOOD}[admin]\nto = [\"dana\"]\nfrom = 1\n")), @r#"19:1: admin.from: unknown key "from"; write to"#);
}

#[test]
fn what_is_planned_is_never_ignored() {
    assert_snapshot!(problems(&format!("{GOOD}[rota.week]\nx = 1\n[words.threat]\n")), @r"
    17:2: rota: [rota] is planned, but this version cannot use it; write only brand, calendar, holidays, person, admin, policy tables
    19:2: words: [words] is planned, but this version cannot use it; write only brand, calendar, holidays, person, admin, policy tables
    ");
    assert_snapshot!(with("to = \"owner\"", "to = [\"duty\"]"), @r#"16:31: policy.quick.question.ladder[0].to[0]: the role duty is planned, but this version cannot use it; write "owner" or a person"#);
}

#[test]
fn wrong_types() {
    assert_snapshot!(with("[\"facebook:100\"]", "\"facebook:100\""), @r#"2:12: brand.acme.accounts: text instead of a list; write ["facebook:100200300400"]"#);
    assert_snapshot!(with("\"facebook:100\"", "100"), @r#"2:13: brand.acme.accounts[0]: a number instead of text; write "facebook:100200300400""#);
    assert_snapshot!(with("\"60m\"", "60"), @r#"15:10: policy.quick.question.target: a number instead of text; write "60m""#);
    assert_snapshot!(with("\"due\"", "20"), @r#"16:18: policy.quick.question.ladder[0].at: a number instead of text; write "20m", "due" or "due+30m""#);
    assert_snapshot!(with("owner = \"dana\"", "owner = [\"dana\"]\nlead = \"dana\""), @r#"
    5:9: brand.acme.owner: a list instead of text; write "dana"
    6:8: brand.acme.lead: text instead of a list; write ["dana"]
    "#);
    assert_snapshot!(with("\"dana@acme.example\"", "true"), @r#"12:9: person.dana.email: true or false instead of text; write "dana@acme.example""#);
    assert_snapshot!(with("{ mon-fri = [\"09:00-18:00\"] }", "1979-05-27"), @r#"9:8: calendar.shop.week: a date or time instead of a table; write { mon-fri = ["09:00-18:00"] }"#);
    assert_snapshot!(with("[{ at = \"due\", to = \"owner\" }]", "{ at = \"due\" }"), @r#"16:10: policy.quick.question.ladder: a table instead of a list; write [{ at = "due", to = "lead" }]"#);
    assert_snapshot!(problems(&format!("{GOOD}[[admin]]\nto = [\"dana\"]\n")), @"17:1: admin: a list instead of a table; write [admin]");
}

#[test]
fn what_is_missing() {
    assert_snapshot!(with("accounts = [\"facebook:100\"]\n", ""), @r#"1:1: brand.acme: `accounts` is missing; write accounts = ["facebook:100200300400"]"#);
    assert_snapshot!(with("zone = \"Europe/Paris\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n", ""), @r#"
    7:1: calendar.shop: `week` is missing; write week = { mon-fri = ["09:00-18:00"] }
    7:1: calendar.shop: `zone` is missing; write zone = "Europe/Paris"
    "#);
    assert_snapshot!(with("email = \"dana@acme.example\"\n", ""), @r#"11:1: person.dana: `email` is missing; write email = "dana@acme.example""#);
    assert_snapshot!(with("target = \"60m\"\nladder = [{ at = \"due\", to = \"owner\" }]", ""), @r#"
    14:1: policy.quick.question: `ladder` is missing; write ladder = [{ at = "due", to = "lead" }]
    14:1: policy.quick.question: `target` is missing; write target = "60m"
    "#);
    assert_snapshot!(with("{ at = \"due\", to = \"owner\" }", "{}"), @r#"
    16:11: policy.quick.question.ladder[0]: `at` is missing; write at = "due"
    16:11: policy.quick.question.ladder[0]: `to` is missing; write to = "owner"
    "#);
    assert_snapshot!(with("[policy.quick.question]\ntarget = \"60m\"\nladder = [{ at = \"due\", to = \"owner\" }]", "[policy.quick]"), @"14:1: policy.quick: the policy says nothing; write [policy.quick.question]");
    assert_snapshot!(problems(&format!("{GOOD}[admin]\n")), @r#"17:1: admin: `to` is missing; write to = ["ash"]"#);
}

#[test]
fn names_that_stand_for_nothing() {
    assert_snapshot!(with("Europe/Paris", "Europe/Pariss"), @r#"8:8: calendar.shop.zone: unknown zone "Europe/Pariss"; write "Europe/Paris""#);
    assert_snapshot!(with("Europe/Paris", "+02:00"), @r#"8:8: calendar.shop.zone: unknown zone "+02:00"; write an IANA zone such as "Europe/Paris""#);
    assert_snapshot!(with("calendar = \"shop\"", "calendar = \"shpo\""), @r#"3:12: brand.acme.calendar: unknown calendar "shpo"; write "shop""#);
    assert_snapshot!(with("policy = \"quick\"", "policy = \"slow\""), @r#"4:10: brand.acme.policy: unknown policy "slow"; write "quick", or a new [policy.NAME]"#);
    assert_snapshot!(with("owner = \"dana\"", "owner = \"dana\"\nlead = [\"dina\", \"ash\"]"), @r#"
    6:9: brand.acme.lead[0]: unknown person "dina"; write "dana"
    6:17: brand.acme.lead[1]: unknown person "ash"; write "dana", or a new [person.NAME]
    "#);
    assert_snapshot!(with("policy.quick.question", "policy.quick.questions"), @r#"14:15: policy.quick.questions: unknown class "questions"; write question"#);
    assert_snapshot!(with("policy.quick.question", "policy.quick.weather"), @r#"14:15: policy.quick.weather: unknown class "weather"; write one of threat, upset, question, praise, mention, offensive, spam, thanks, other"#);
    assert_snapshot!(with("to = \"owner\"", "to = [\"owner\", \"leed\", \"nobody\"]"), @r#"
    16:40: policy.quick.question.ladder[0].to[1]: unknown role "leed"; write "lead"
    16:48: policy.quick.question.ladder[0].to[2]: unknown role "nobody"; write "owner", "backup", "lead", "manager" or a person
    "#);
    assert_snapshot!(with("to = \"owner\"", "to = \"owner\", style = \"bacth\""), @r#"16:47: policy.quick.question.ladder[0].style: unknown style "bacth"; write "batch""#);
    assert_snapshot!(with("facebook:100", "facebok:100"), @r#"2:13: brand.acme.accounts[0]: unknown platform "facebok"; write "facebook:100""#);
    assert_snapshot!(with("facebook:100", "100"), @r#"2:13: brand.acme.accounts[0]: "100" is not PLATFORM:ID; write "facebook:100200300400""#);
    assert_snapshot!(with("email = ", "hours = \"late\"\nemail = "), @r#"12:9: person.dana.hours: unknown calendar "late"; write "shop", or a new [calendar.NAME]"#);
    assert_snapshot!(problems(&format!("{GOOD}[admin]\nto = [\"ash\"]\n")), @r#"18:7: admin.to[0]: unknown person "ash"; write "dana", or a new [person.NAME]"#);
}

#[test]
fn names_that_are_none() {
    assert_snapshot!(with("[person.dana]", "[person.owner]\nemail = \"o@acme.example\"\n[person.dana]"), @r#"11:9: person.owner: "owner" is the name of a role; write another name for the person"#);
    assert_snapshot!(with("[person.dana]", "[person.\"d#1\"]\nemail = \"o@acme.example\"\n[person.dana]"), @r#"11:9: person."d#1": "d#1" is not a name; write 1 to 64 of the characters a-z, A-Z, 0-9, - and _"#);
    assert_snapshot!(with("accounts = ", "name = \"Ac\\u001bme\"\naccounts = "), @r#"2:8: brand.acme.name: a name is 1 to 100 characters on one line; write "Acme""#);
}

#[test]
fn accounts_of_nobody_and_of_two() {
    assert_snapshot!(with("[\"facebook:100\"]", "[]"), @r#"2:12: brand.acme.accounts: a brand without accounts hears nothing; write ["facebook:100200300400"]"#);
    assert_snapshot!(with("\"facebook:100\"", "\"facebook:100\", \"facebook:100\""), @r#"2:29: brand.acme.accounts[1]: "facebook:100" belongs to this brand already; write every account once"#);
    // the later one in the text is wrong
    assert_snapshot!(problems(&format!("{GOOD}[brand.aaa]\naccounts = [\"x:1\", \"facebook:100\"]\npolicy = \"quick\"\nowner = \"dana\"\n")), @r#"18:20: brand.aaa.accounts[1]: "facebook:100" belongs to brand acme already; write every account once"#);
    assert_snapshot!(with("owner =", "automation = [\"x:1\", \"x:1\", \"y\"]\nowner ="), @r#"5:29: brand.acme.automation[2]: "y" is not PLATFORM:ID; write "x:268278""#);
}

#[test]
fn calendars_that_never_open() {
    assert_snapshot!(with("{ mon-fri = [\"09:00-18:00\"] }", "{ mon-fri = [] }"), @r#"7:1: calendar.shop: the calendar never opens; write week = { mon-fri = ["09:00-18:00"] }"#);
    assert_snapshot!(with("{ mon-fri = [\"09:00-18:00\"] }", "{}\ndays = { 2026-12-24 = [\"09:00-12:00\"] }"), @r#"7:1: calendar.shop: the calendar opens on single dates only: after the last, nothing would ever be due; write week = { mon-fri = ["09:00-18:00"] }"#);
    // more than 397 days in a row
    assert_snapshot!({
        let first: Date = "2026-01-05".parse().unwrap();
        let days: Vec<String> = first.series(jiff::Span::new().days(1)).take(398).map(|date| format!("{date} = []")).collect();
        with("[person.dana]", &format!("[calendar.shop.days]\n{}\n[person.dana]", days.join("\n")))
    }, @"7:1: calendar.shop: the calendar stays closed for more than 397 days from 2026-01-03 on; write fewer closed days");
}

#[test]
fn hours_and_days() {
    assert_snapshot!(with("09:00-18:00", "9-18"), @r#"9:21: calendar.shop.week.mon-fri[0]: "9-18" are not opening hours; write "09:00-18:00""#);
    assert_snapshot!(with("09:00-18:00", "09:00–18.30"), @r#"9:21: calendar.shop.week.mon-fri[0]: "09:00–18.30" are not opening hours; write "09:00-18:30""#);
    assert_snapshot!(with("09:00-18:00", "24:00-25:00"), @r#"9:21: calendar.shop.week.mon-fri[0]: "24:00-25:00" are not opening hours; write "09:00-18:00", times from 00:00 to 24:00"#);
    assert_snapshot!(with("mon-fri =", "mon-fry ="), @r#"9:10: calendar.shop.week.mon-fry: unknown day "mon-fry"; write one of mon, tue, wed, thu, fri, sat, sun"#);
    assert_snapshot!(with("mon-fri = ", "wed = [], mon-fri = "), @"9:10: calendar.shop.week.wed: wed has hours by mon-fri already; write every day once");
    assert_snapshot!(with("[\"09:00-18:00\"] }", "[\"09:00-18:00\"] }\ndays = { 2026-02-30 = [], 24-12-2026 = [\"x\"] }"), @r#"
    10:10: calendar.shop.days.2026-02-30: "2026-02-30" is not a date; write it as 2026-12-24
    10:27: calendar.shop.days.24-12-2026: "24-12-2026" is not a date; write it as 2026-12-24
    10:41: calendar.shop.days.24-12-2026[0]: "x" are not opening hours; write "09:00-18:00", times from 00:00 to 24:00
    "#);
}

/// The shop of the good text, with lists of holidays.
fn shop(calendar: &str, lists: &str) -> String {
    GOOD.replace("[person.dana]", &format!("{calendar}\n{lists}\n[person.dana]"))
}

#[test]
fn a_day_of_its_own_goes_before_a_holiday_and_a_holiday_before_the_week() {
    let text = shop(
        "holidays = [\"france\", \"works\"]\ndays = { 2026-12-25 = [\"10:00-12:00\"] }",
        "[holidays.france]\ndays = { 2026-05-01 = \"May Day\", 2026-12-25 = \"Christmas\" }\n\
         [holidays.works]\ndays = [2026-05-01, \"2026-05-04\"]\n[holidays.unused]\ndays = [\"2026-05-05\"]",
    );
    let config = config(&text);
    let shop = &config.calendars["shop"];
    // date, hours, name
    let table = [
        ("2026-04-30", "[09:00-18:00]", None),
        ("2026-05-01", "[]", Some("May Day")), // on both lists
        ("2026-05-04", "[]", None),            // without quotes or with them
        ("2026-05-05", "[09:00-18:00]", None), // on a list that the calendar does not name
        ("2026-12-25", "[10:00-12:00]", None), // open in spite of the holiday
    ];
    for (date, hours, name) in table {
        let date = date.parse().unwrap();
        assert_eq!((format!("{:?}", shop.hours_on(date)).as_str(), shop.holiday_name(date)), (hours, name));
    }
    assert_eq!(config.doubts, []);
}

#[test]
fn a_list_from_elsewhere_counts_once_somebody_has_looked_it_through() {
    // what the list says besides, counts
    let table = [
        ("", true),
        ("reviewed = false", false),
        ("source = \"https://holidays.example/fr.ics\"", false),
        ("source = \"https://holidays.example/fr.ics\"\nreviewed = true", true),
    ];
    for (said, counts) in table {
        let list = format!("[holidays.fr]\ndays = [\"2026-05-01\"]\n{said}");
        let config = config(&shop("holidays = [\"fr\"]", &list));
        let is_closed = config.calendars["shop"].hours_on("2026-05-01".parse().unwrap()).is_empty();
        assert_eq!((is_closed, config.doubts.is_empty()), (counts, counts), "{said}");
    }
}

#[test]
fn doubts_have_a_place_and_a_fix() {
    let text = shop("", "[holidays.fr]\ndays = [\"2026-05-01\"]\nreviewed = false");
    let config = config(&text.replace("09:00-18:00", "09:00-23:59"));
    let doubts: Vec<String> = config.doubts.iter().map(ToString::to_string).collect();
    assert_snapshot!(doubts.join("\n"), @r#"
    9:21: calendar.shop.week.mon-fri[0]: the last minute of the day is closed; write "09:00-24:00" if the whole day is meant
    12:1: holidays.fr: the list does not count: nobody has looked it through; write reviewed = true once somebody has
    "#);
}

#[test]
fn lists_of_holidays() {
    let with = |list: &str| problems(&shop("", list));
    assert_snapshot!(problems(&shop("holidays = [\"frnace\"]", "[holidays.france]\ndays = [\"2026-05-01\"]")), @r#"11:13: calendar.shop.holidays[0]: unknown holidays "frnace"; write "france""#);
    assert_snapshot!(problems(&shop("holidays = \"france\"", "[holidays.france]\ndays = [\"2026-05-01\"]")), @r#"11:12: calendar.shop.holidays: text instead of a list; write ["france"]"#);
    assert_snapshot!(with("[holidays.france]"), @r#"12:1: holidays.france: `days` is missing; write days = { 2026-12-25 = "Christmas" }"#);
    assert_snapshot!(with("[holidays.france]\ndays = []\nreviewed = \"yes\"\nfrom = 1"), @r#"
    13:8: holidays.france.days: the list has no dates; write days = { 2026-12-25 = "Christmas" }
    14:12: holidays.france.reviewed: text instead of true or false; write true
    15:1: holidays.france.from: unknown key "from"; write one of days, source, reviewed
    "#);
    assert_snapshot!(with("[holidays.france]\ndays = \"2026-05-01\""), @r#"13:8: holidays.france.days: text instead of a table; write { 2026-12-25 = "Christmas" }"#);
    assert_snapshot!(with("[holidays.france]\ndays = [\"1 May\", 5, 2026-05-01T10:00:00, \"2026-05-02\", 2026-05-02]"), @r#"
    13:9: holidays.france.days[0]: "1 May" is not a date; write it as 2026-12-24
    13:18: holidays.france.days[1]: a number instead of text; write "2026-12-25"
    13:21: holidays.france.days[2]: "2026-05-01T10:00:00" is not a date; write it as 2026-12-24
    13:56: holidays.france.days[4]: 2026-05-02 stands twice; write every date once
    "#);
    assert_snapshot!(with("[holidays.france]\ndays = { 2026-02-30 = \"Leap\", 2026-05-01 = [], 2026-05-02 = \"\" }"), @r#"
    13:10: holidays.france.days.2026-02-30: "2026-02-30" is not a date; write it as 2026-12-24
    13:44: holidays.france.days.2026-05-01: a list instead of text; write "Christmas"
    13:61: holidays.france.days.2026-05-02: a name is 1 to 100 characters on one line; write "Christmas"
    "#);
}

/// The problems of the shop with versions instead of its week.
fn versions(versions: &[&str]) -> Result<Config, String> {
    let versions = versions.iter().map(|version| format!("[[calendar.shop.version]]\n{version}\n"));
    let text = GOOD.replace("week = { mon-fri = [\"09:00-18:00\"] }\n", &versions.collect::<String>());
    Config::parse(&text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

const OLD: &str = "week = { mon-fri = [\"09:00-18:00\"] }";
const NEW: &str = "week = { mon-sat = [\"22:00-06:00\"] }";

#[test]
fn a_calendar_changes_its_week_on_a_date() {
    let from = |date: &str| format!("effective_from = {date}\n{NEW}");
    // with and without the last day of the old hours, dates with and without quotes
    for first in [OLD.to_owned(), format!("effective_to = \"2026-08-31\"\n{OLD}")] {
        for second in [from("2026-09-01"), from("\"2026-09-01\"")] {
            let config = versions(&[&first, &second]).unwrap();
            let shop = &config.calendars["shop"];
            let on = |date: &str| format!("{:?}", shop.hours_on(date.parse().unwrap()));
            assert_eq!([on("2026-08-31"), on("2026-09-01")], ["[09:00-18:00]", "[22:00-06:00]"]);
            assert_eq!([on("-009999-01-01"), on("9999-12-25")], ["[09:00-18:00]", "[22:00-06:00]"]);
        }
    }
}

#[test]
fn versions_of_a_calendar() {
    let problems = |list: &[&str]| versions(list).unwrap_err();
    let (to, from) =
        (format!("effective_to = 2026-08-31\n{OLD}"), format!("effective_from = 2026-09-01\n{NEW}"));
    // gaps: before, between, after
    assert_snapshot!(problems(&[&from]), @"9:1: calendar.shop.version[0]: no hours hold before 2026-09-01; write the first version without effective_from");
    assert_snapshot!(problems(&[&to, &from.replace("09-01", "09-08")]), @r#"12:1: calendar.shop.version[1]: no hours hold from 2026-09-01 to 2026-09-07; write effective_from = "2026-09-01""#);
    assert_snapshot!(problems(&[OLD, &from.replace('\n', "\neffective_to = 2026-12-31\n")]), @"11:1: calendar.shop.version[1]: no hours hold after 2026-12-31; write the last version without effective_to");
    // two hold, out of order, no beginning, an end before the beginning
    assert_snapshot!(problems(&[&to, &from.replace("09-01", "08-24")]), @r#"12:1: calendar.shop.version[1]: two versions hold from 2026-08-24 to 2026-08-31; write effective_from = "2026-09-01""#);
    assert_snapshot!(problems(&[OLD, &from, &from.replace("09-01", "03-01")]), @"14:1: calendar.shop.version[2]: the version begins on 2026-03-01, and the one before on 2026-09-01; write the versions in the order of their dates");
    assert_snapshot!(problems(&[&to, NEW]), @r#"12:1: calendar.shop.version[1]: the version does not say when it begins; write effective_from = "2026-09-01""#);
    assert_snapshot!(problems(&[OLD, NEW]), @r#"11:1: calendar.shop.version[1]: the version does not say when it begins; write effective_from = "2027-01-01", the first day of these hours"#);
    assert_snapshot!(problems(&[OLD, &from.replace('\n', "\neffective_to = 2026-08-01\n"), &from.replace("2026", "2027")]), @r#"
    11:1: calendar.shop.version[1]: the version ends on 2026-08-01, before it begins; write an effective_to from 2026-09-01 on
    15:1: calendar.shop.version[2]: no hours hold from 2026-08-02 to 2027-08-31; write effective_from = "2026-08-02"
    "#);
    // other forms
    assert_snapshot!(problems(&["from = 1", &from.replace("2026-09-01", "\"autumn\"")]), @r#"
    9:1: calendar.shop.version[0]: `week` is missing; write week = { mon-fri = ["09:00-18:00"] }
    10:1: calendar.shop.version[0].from: unknown key "from"; write one of effective_from, effective_to, week
    12:18: calendar.shop.version[1].effective_from: "autumn" is not a date; write it as 2026-12-24
    "#);
    assert_snapshot!(with("week = {", "version = []\nweek = {"), @r#"
    9:11: calendar.shop.version: a calendar without versions never opens; write week = { mon-fri = ["09:00-18:00"] }
    10:8: calendar.shop.week: the calendar has versions besides; write week into the first [[calendar.NAME.version]]
    "#);
    assert_snapshot!(with("week = {", "version = [{}]\nweek = {"), @r#"
    9:12: calendar.shop.version[0]: `week` is missing; write week = { mon-fri = ["09:00-18:00"] }
    10:8: calendar.shop.week: the calendar has versions besides; write week into the first [[calendar.NAME.version]]
    "#);
    // nothing opens in one of them
    assert_snapshot!(problems(&[OLD, "effective_from = 2026-09-01\nweek = {}"]), @r#"7:1: calendar.shop: the calendar opens on single dates only: after the last, nothing would ever be due; write week = { mon-fri = ["09:00-18:00"] }"#);
    assert_snapshot!(problems(&["week = {}", &from]), @r#"7:1: calendar.shop: the calendar opens on single dates only before its second version; write week = { mon-fri = ["09:00-18:00"] } in the first"#);
    assert_snapshot!(problems(&[OLD, "effective_from = 2026-09-01\nweek = {}", &from.replace("2026", "2028")]), @"7:1: calendar.shop: the calendar stays closed for more than 397 days from 2026-09-01 on; write fewer closed days");
    // closed for a year is not too long
    assert!(
        versions(&[OLD, "effective_from = 2026-09-01\nweek = {}", &from.replace("2026", "2027")]).is_ok()
    );
}

#[test]
fn people() {
    assert_snapshot!(with("dana@acme.example", "dana at acme"), @r#"12:9: person.dana.email: "dana at acme" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("dana@acme.example", "Dana <dana@acme.example>"), @r#"12:9: person.dana.email: "Dana <dana@acme.example>" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("email = ", "away = [\"2026-08-21..2026-08-03\", \"August\", \"2026-08-03..\"]\nlanguage = \"English\"\nemail = "), @r#"
    12:9: person.dana.away[0]: 2026-08-03 is before 2026-08-21; write "2026-08-03..2026-08-21"
    12:35: person.dana.away[1]: "August" are not dates; write "2026-08-03..2026-08-21", or one date
    12:45: person.dana.away[2]: "2026-08-03.." are not dates; write "2026-08-03..2026-08-21", or one date
    13:12: person.dana.language: "English" is not a language; write a tag such as "en" or "pt-BR"
    "#);
}

#[test]
fn times_of_a_ladder() {
    assert_snapshot!(with("\"60m\"", "\"0m\""), @r#"15:10: policy.quick.question.target: an answer cannot take no time; write "60m""#);
    assert_snapshot!(with("\"60m\"", "\"-5m\""), @r#"15:10: policy.quick.question.target: "-5m" is not a time to answer in; write "60m", "45s", "2h" or "60m elapsed""#);
    assert_snapshot!(with("\"60m\"", "\"an hour\""), @r#"15:10: policy.quick.question.target: "an hour" is not a time to answer in; write "60m", "45s", "2h" or "60m elapsed""#);
    assert_snapshot!(with("\"60m\"", "\"99999999999h\""), @r#"15:10: policy.quick.question.target: "99999999999h" is longer than 400 days; write at most "9600h""#);
    assert_snapshot!(with("\"due\"", "\"due+99999999999999999999m\""), @r#"16:18: policy.quick.question.ladder[0].at: "due+99999999999999999999m" is longer than 400 days; write at most "9600h""#);
    assert_snapshot!(with("\"due\"", "\"due-15m\""), @r#"16:18: policy.quick.question.ladder[0].at: "due-15m" counts back; write the time from the start, such as "45m""#);
    assert_snapshot!(with("\"due\"", "\"soon\""), @r#"16:18: policy.quick.question.ladder[0].at: "soon" is not a time of a step; write "20m", "due" or "due+30m", perhaps with " elapsed" behind it"#);
    assert_snapshot!(with("{ at = \"due\"", "{ at = \"due+1h\", to = \"owner\" }, { at = \"due\""), @"16:44: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times");
    // also between the two ways to say a time
    assert_snapshot!(with("{ at = \"due\"", "{ at = \"61m\", to = \"owner\" }, { at = \"due\""), @"16:41: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times");
    assert_snapshot!(with("[{ at", &format!("[{}{{ at", "{ at = \"1m\", to = \"owner\" }, ".repeat(50))), @"16:10: policy.quick.question.ladder: 51 steps; write at most 50");
}

#[test]
fn steps_that_reach_nobody() {
    assert_snapshot!(with("to = \"owner\"", "to = []"), @r#"16:30: policy.quick.question.ladder[0].to: the step tells nobody; write "owner""#);
    assert_snapshot!(with("to = \"owner\"", "to = [\"owner\", \"owner\"]"), @r#"16:40: policy.quick.question.ladder[0].to[1]: "owner" stands twice; write everybody once"#);
    assert_snapshot!(with("owner = \"dana\"", ""), @r#"1:1: brand.acme: the brand has nobody who could be told; write owner = "dana", lead = ["dana"], manager = ["dana"]"#);
    assert_snapshot!(with("to = \"owner\"", "to = [\"lead\", \"backup\"]"), @r#"1:1: brand.acme: policy quick tells the lead about question, and the brand has none; write lead = ["dana"]"#);
    // also of the policy that is built in
    assert_snapshot!(with("policy = \"quick\"\n", ""), @r#"
    1:1: brand.acme: policy social-60 tells the lead about question, and the brand has none; write lead = ["dana"]
    1:1: brand.acme: policy social-60 tells the manager about question, and the brand has none; write manager = ["dana"]
    "#);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        drop(Config::parse(&text));
    }

    #[test]
    fn no_toml_like_text_makes_it_panic(
        text in r#"(\[{1,2}(brand|calendar|person|policy|admin|a)(\.(shop|a|"é"|quick))?(\.question)?\]{1,2}\n|(zone|week|days|at|to|ladder|target|accounts|a\.b|mon-fri|email) ?= ?("(UTC|60m|due|é|9-18)"|\[|\{|\]|\}|-?[0-9]{1,30}|1979-05-27|nan|'''|""")\n?){0,12}"#,
    ) {
        drop(Config::parse(&text));
    }

    #[test]
    fn no_change_of_the_example_makes_it_panic(
        changes in prop::collection::vec((0..EXAMPLE.len(), 0..12_usize, "[\\[\\]{}=.,\"'\\n\\\\#0-9a-zé-]{0,6}"), 1..6),
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, length, new) in changes {
            let place = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let (from, to) = (place(at.min(text.len())), place((at + length).min(text.len())));
            text.replace_range(from..to, &new);
        }
        if let Err(problems) = Config::parse(&text) {
            for problem in problems {
                prop_assert!(problem.line >= 1 && problem.column >= 1 && problem.fix.starts_with("write "));
                prop_assert!(problem.line <= text.lines().count() + 1, "{problem}");
            }
        }
    }
}

#[test]
fn a_text_that_is_too_large_is_not_read() {
    let text = format!("{GOOD}#{}", "x".repeat(SIZE_LIMIT));
    assert_snapshot!(problems(&text), @"1:1: file: 358691 bytes are more than 358400; write fewer brands into one file");
}
