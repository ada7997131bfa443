//! `[holidays.NAME]`: what closes a calendar, and what does not count yet.

use insta::assert_snapshot;

use super::super::{Config, Examined};
use super::{GOOD, config, problems};

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
    assert_eq!(Config::examine(&text).doubts, []);
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
        let Examined { config, doubts } = Config::examine(&shop("holidays = [\"fr\"]", &list));
        let config = config.unwrap();
        let is_closed = config.calendars["shop"].hours_on("2026-05-01".parse().unwrap()).is_empty();
        assert_eq!((is_closed, doubts.is_empty()), (counts, counts), "{said}");
    }
}

#[test]
fn doubts_have_a_place_and_a_fix() {
    let text = shop("", "[holidays.fr]\ndays = [\"2026-05-01\"]\nreviewed = false");
    let doubts = Config::examine(&text.replace("09:00-18:00", "09:00-23:59")).doubts;
    let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
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
