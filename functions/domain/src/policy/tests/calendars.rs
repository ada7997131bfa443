//! `[calendar.NAME]`: hours, days of their own, versions.

use insta::assert_snapshot;

use super::super::*;
use super::{GOOD, with};

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
