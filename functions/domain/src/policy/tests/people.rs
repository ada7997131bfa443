//! `[person.NAME]`: addresses, languages, days away.

use insta::assert_snapshot;

use super::super::*;
use super::{EXAMPLE, config, with};

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
fn people() {
    assert_snapshot!(with("dana@acme.example", "dana at acme"), @r#"12:9: person.dana.email: "dana at acme" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("dana@acme.example", "Dana <dana@acme.example>"), @r#"12:9: person.dana.email: "Dana <dana@acme.example>" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("email = ", "away = [\"2026-08-21..2026-08-03\", \"August\", \"2026-08-03..\"]\nlanguage = \"English\"\nemail = "), @r#"
    12:9: person.dana.away[0]: 2026-08-03 is before 2026-08-21; write "2026-08-03..2026-08-21"
    12:35: person.dana.away[1]: "August" are not dates; write "2026-08-03..2026-08-21", or one date
    12:45: person.dana.away[2]: "2026-08-03.." are not dates; write "2026-08-03..2026-08-21", or one date
    13:12: person.dana.language: unknown language "English"; write "en" or "de"
    "#);
}
