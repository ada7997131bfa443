//! `[brand.NAME]`: accounts, and when cases come back and nobody is told.

use insta::assert_snapshot;

use super::super::*;
use super::{GOOD, config, problems, with};

#[test]
fn accounts_of_nobody_and_of_two() {
    assert_snapshot!(with("[\"facebook:100\"]", "[]"), @r#"2:12: brand.acme.accounts: a brand without accounts hears nothing; write ["facebook:100200300400"]"#);
    assert_snapshot!(with("\"facebook:100\"", "\"facebook:100\", \"facebook:100\""), @r#"2:29: brand.acme.accounts[1]: "facebook:100" belongs to this brand already; write every account once"#);
    // the later one in the text is wrong
    assert_snapshot!(problems(&format!("{GOOD}[brand.aaa]\naccounts = [\"x:1\", \"facebook:100\"]\npolicy = \"quick\"\nowner = \"dana\"\n")), @r#"18:20: brand.aaa.accounts[1]: "facebook:100" belongs to brand acme already; write every account once"#);
    assert_snapshot!(with("owner =", "automation = [\"x:1\", \"x:1\", \"y\"]\nowner ="), @r#"
    5:22: brand.acme.automation[1]: "x:1" stands twice; write every app once
    5:29: brand.acme.automation[2]: "y" is not PLATFORM:ID; write "x:268278"
    "#);
}

fn brand(line: &str) -> Brand {
    config(&GOOD.replace("owner =", &format!("{line}\nowner ="))).brands.into_values().next().unwrap()
}

#[test]
fn a_closed_case_can_be_opened_again_for_a_while() {
    for (line, hours) in
        [("", 72), ("reopen = \"720h\"", 720), ("reopen = \"0h\"", 0), ("reopen = \"120m\"", 2)]
    {
        assert_eq!(brand(line).reopen, SignedDuration::from_hours(hours), "{line}");
    }
    let with = |line: &str| with("owner =", &format!("{line}\nowner ="));
    assert_snapshot!(with("reopen = 72"), @r#"5:10: brand.acme.reopen: a number instead of text; write "72h""#);
    assert_snapshot!(with("reopen = \"3 days\""), @r#"5:10: brand.acme.reopen: "3 days" is not a time from the end of a case; write "72h", "30m" or "0h"; day and night count"#);
    assert_snapshot!(with("reopen = \"72h elapsed\""), @r#"5:10: brand.acme.reopen: "72h elapsed" is not a time from the end of a case; write "72h", "30m" or "0h"; day and night count"#);
    assert_snapshot!(with("reopen = \"721h\""), @r#"5:10: brand.acme.reopen: "721h" is longer than 30 days; write at most "720h""#);
    assert_snapshot!(with("reopen = \"99999999999999999999h\""), @r#"5:10: brand.acme.reopen: "99999999999999999999h" is longer than 30 days; write at most "720h""#);
}

#[test]
fn maintenance_stands_by_the_clocks_of_the_calendar() {
    let said = |brand: Brand| {
        let stretches = brand.maintenance.iter().map(|Stretch { from, to }| format!("{from}/{to}"));
        stretches.collect::<Vec<_>>().join(" ")
    };
    // as written, in UTC; the calendar is one of Paris
    #[rustfmt::skip]
    let table = [
        ("", ""),
        ("\"2026-11-28T22:00/2026-11-29T06:00\"", "2026-11-28T21:00:00Z/2026-11-29T05:00:00Z"),
        // in order, and as one what overlaps or touches
        ("\"2026-07-03T00:00/2026-07-04T00:00\", \"2026-07-01T00:00/2026-07-02T00:00\"", "2026-06-30T22:00:00Z/2026-07-01T22:00:00Z 2026-07-02T22:00:00Z/2026-07-03T22:00:00Z"),
        ("\"2026-07-02T00:00/2026-07-03T00:00\", \"2026-07-01T00:00/2026-07-02T00:00\"", "2026-06-30T22:00:00Z/2026-07-02T22:00:00Z"),
        ("\"2026-07-01T00:00/2026-07-09T00:00\", \"2026-07-02T00:00/2026-07-03T00:00\"", "2026-06-30T22:00:00Z/2026-07-08T22:00:00Z"),
        // what the clocks skip, and what they show twice
        ("\"2026-03-29T02:30/2026-03-29T04:00\"", "2026-03-29T01:00:00Z/2026-03-29T02:00:00Z"),
        ("\"2026-10-25T02:30/2026-10-25T02:45\"", "2026-10-25T00:30:00Z/2026-10-25T01:45:00Z"),
    ];
    for (written, expected) in table {
        assert_eq!(said(brand(&format!("maintenance = [{written}]"))), expected, "{written}");
    }
    let always_open =
        GOOD.replace("calendar = \"shop\"", "maintenance = [\"2026-07-01T00:00/2026-07-02T00:00\"]");
    let always_open = config(&always_open).brands.into_values().next().unwrap();
    assert_eq!(said(always_open), "2026-07-01T00:00:00Z/2026-07-02T00:00:00Z", "UTC without a calendar");

    let with = |written: &str| with("owner =", &format!("maintenance = [{written}]\nowner ="));
    assert_snapshot!(with("\"2026-11-28\", \"2026-11-28T22:00Z/2026-11-29T06:00Z\", \"2026-11-28T22:00/2026-11-29T24:00\", \"2026-11-28T22:00/06:00\", 5"), @r#"
    5:16: brand.acme.maintenance[0]: "2026-11-28" is not a time from when to when; write "2026-11-28T22:00/2026-11-29T06:00", without an offset: by the clocks of the brand's calendar
    5:30: brand.acme.maintenance[1]: "2026-11-28T22:00Z/2026-11-29T06:00Z" is not a time from when to when; write "2026-11-28T22:00/2026-11-29T06:00", without an offset: by the clocks of the brand's calendar
    5:69: brand.acme.maintenance[2]: "2026-11-28T22:00/2026-11-29T24:00" is not a time from when to when; write "2026-11-28T22:00/2026-11-29T06:00", without an offset: by the clocks of the brand's calendar
    5:106: brand.acme.maintenance[3]: "2026-11-28T22:00/06:00" is not a time from when to when; write "2026-11-28T22:00/2026-11-29T06:00", without an offset: by the clocks of the brand's calendar
    5:132: brand.acme.maintenance[4]: a number instead of text; write "2026-11-28T22:00/2026-11-29T06:00"
    "#);
    assert_snapshot!(with("\"2026-11-29T06:00/2026-11-28T22:00\", \"2026-11-29T06:00/2026-11-29T06:00\""), @r#"
    5:16: brand.acme.maintenance[0]: "2026-11-29T06:00/2026-11-28T22:00" ends before it begins; write the earlier time first
    5:53: brand.acme.maintenance[1]: "2026-11-29T06:00/2026-11-29T06:00" ends before it begins; write the earlier time first
    "#);
    assert_snapshot!(with("\"2026-03-29T02:10/2026-03-29T02:50\""), @r#"5:16: brand.acme.maintenance[0]: the clocks of the brand's calendar skip "2026-03-29T02:10/2026-03-29T02:50"; write times that there are"#);
}

#[test]
fn a_long_maintenance_is_hardly_meant() {
    let text = GOOD.replace("owner =", "maintenance = [\"2026-11-28T22:00/2027-11-29T06:00\"]\nowner =");
    let doubts = Config::examine(&text).doubts;
    assert_snapshot!(doubts.iter().map(ToString::to_string).collect::<String>(), @"5:16: brand.acme.maintenance[0]: nobody is told for more than 7 days; write a shorter time if that is not meant");
}
