//! What a configuration says, and every problem it can have.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

mod all_at_once;
mod brands;
mod calendars;
mod holidays;
mod ladders;
mod mails;
mod people;
mod rotas;

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
    let duty = acme.duty.as_ref().unwrap();
    assert_eq!(duty.on_duty("2026-01-13T00:00:00Z".parse().unwrap()).as_str(), "lee");
    assert_eq!((acme.reopen, acme.maintenance.len()), (SignedDuration::from_hours(72), 1));
    assert_eq!(config.admin, [PersonId::from("ash")]);
    let lee = &config.people[&PersonId::from("lee")];
    assert_eq!(lee.zone.iana_name(), Some("America/New_York"), "the zone of the hours");
}

#[test]
fn voices_are_those_of_one_platform() {
    let config = config(EXAMPLE);
    let voices = config.voices(Platform::X);
    let group = &voices.groups["2244994945"];
    assert_eq!(group.accounts.iter().collect::<Vec<_>>(), ["2244994945"]);
    assert_eq!(group.automation.iter().collect::<Vec<_>>(), ["268278"]);
    assert_eq!(config.voices(Platform::Facebook).groups.len(), 1);
    assert_eq!(config.voices(Platform::Youtube), Voices::default());
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
    assert_snapshot!(problems(&format!("{GOOD}[words.threat]\n")), @"17:2: words: [words] is planned, but this version cannot use it; write only brand, calendar, holidays, person, rota, admin, mails, policy tables");
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
    16:48: policy.quick.question.ladder[0].to[2]: unknown role "nobody"; write "owner", "backup", "lead", "manager", "duty" or a person
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
fn a_text_that_is_too_large_is_not_read() {
    let text = format!("{GOOD}#{}", "x".repeat(SIZE_LIMIT));
    assert_snapshot!(problems(&text), @"1:1: file: 358691 bytes are more than 358400; write fewer brands into one file");
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
