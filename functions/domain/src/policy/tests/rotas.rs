//! `[rota.NAME]`: who is on duty, by whose clocks.

use insta::assert_snapshot;
use jiff::ToSpan;
use jiff::tz::TimeZoneDatabase;

use super::super::*;
use super::{GOOD, config, problems};

const PEOPLE: &str =
    "[person.lee]\nemail = \"lee@acme.example\"\n[person.kim]\nemail = \"kim@acme.example\"\n";

const WEEK: &str = "zone = \"Europe/Paris\"\nhand_over = \"mon 09:00\"\nfrom = 2026-01-05";
const ALL: &str = "people = [\"dana\", \"lee\", \"kim\"]";

/// The good text with a rota that its brand names.
fn text(rota: &str) -> String {
    let text = GOOD.replace("owner =", "duty = \"week\"\nowner =");
    format!("{text}{PEOPLE}[rota.week]\n{rota}\n")
}

fn rota(written: &str) -> Arc<Rota> {
    let config = config(&text(written));
    config.brands.values().next().and_then(|brand| brand.duty.clone()).unwrap()
}

#[test]
fn the_duty_is_handed_over_by_the_wall_clock() {
    let week = format!("{WEEK}\n{ALL}");
    let fortnight = format!("{week}\nweeks = 2");
    let one = format!("{WEEK}\npeople = [\"lee\"]");
    let moved = |zone: &str, hand_over: &str, from: &str| {
        let rota = week.replace("Europe/Paris", zone).replace("mon 09:00", hand_over);
        rota.replace("2026-01-05", from)
    };
    let gap = moved("America/New_York", "sun 02:30", "2026-03-01");
    let fold = moved("America/New_York", "sun 01:30", "2026-10-25");
    let midnight = moved("America/St_Johns", "sun 00:00", "2010-10-31");
    let skipped = moved("Pacific/Apia", "fri 09:00", "2011-12-23");
    // rota, instant, on duty
    #[rustfmt::skip]
    let table = [
        (&week, "2026-01-05T07:59:59Z", "kim"), // before the first hand-over: the last of the order
        (&week, "2026-01-05T08:00:00Z", "dana"), // the very second
        (&week, "2026-01-12T07:59:59Z", "dana"),
        (&week, "2026-01-12T08:00:00Z", "lee"),
        (&week, "2026-01-26T08:00:00Z", "dana"), // round
        (&week, "2025-12-29T07:59:59Z", "lee"), // and round backwards
        (&week, "2025-12-15T08:00:00Z", "dana"),
        (&week, "2026-03-30T06:59:59Z", "kim"), // summer time: an hour earlier
        (&week, "2026-03-30T07:00:00Z", "dana"),
        (&week, "2026-10-26T07:59:59Z", "kim"), // and back
        (&week, "2026-10-26T08:00:00Z", "dana"),
        (&fortnight, "2026-01-19T07:59:59Z", "dana"),
        (&fortnight, "2026-01-19T08:00:00Z", "lee"),
        (&fortnight, "2025-12-22T07:59:59Z", "lee"),
        (&one, "2026-01-05T08:00:00Z", "lee"),
        (&one, "1999-12-31T23:59:59Z", "lee"),
        (&gap, "2026-03-08T06:59:59Z", "dana"), // the clocks skip 02:30: the first instant after the gap
        (&gap, "2026-03-08T07:00:00Z", "lee"),
        (&fold, "2026-11-01T05:29:59Z", "dana"), // they show 01:30 twice: the first
        (&fold, "2026-11-01T05:30:00Z", "lee"),
        (&fold, "2026-11-01T06:10:00Z", "lee"), // 01:10 again
        (&midnight, "2010-11-07T02:29:59Z", "dana"),
        (&midnight, "2010-11-07T02:30:00Z", "lee"),
        (&midnight, "2010-11-07T02:31:00Z", "lee"), // Saturday 23:01 again
        (&skipped, "2011-12-30T09:59:59Z", "dana"), // a Friday that the island never had
        (&skipped, "2011-12-30T10:00:00Z", "lee"),
    ];
    for (written, at, person) in table {
        assert_eq!(rota(written).on_duty(at.parse().unwrap()).as_str(), person, "{at}: {written}");
    }
}

#[test]
fn every_week_has_one_person_from_hand_over_to_hand_over() {
    for zone in
        ["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"]
    {
        let rota = rota(&format!("{WEEK}\n{ALL}").replace("Europe/Paris", zone));
        let clocks = TimeZoneDatabase::bundled().get(zone).unwrap();
        let first: Date = "2026-01-05".parse().unwrap();
        for week in -600_i32..600 {
            // None of these clocks changes at nine in the morning.
            let begins = clocks.to_timestamp((first + week.weeks()).at(9, 0, 0, 0)).unwrap();
            let person = |week: i32| ["dana", "lee", "kim"][usize::try_from(week.rem_euclid(3)).unwrap()];
            assert_eq!(rota.on_duty(begins).as_str(), person(week), "{begins}, {zone}");
            let before = begins - SignedDuration::from_nanos(1);
            assert_eq!(rota.on_duty(before).as_str(), person(week - 1), "{before}, {zone}");
        }
    }
    for at in [Timestamp::MIN, Timestamp::MAX] {
        assert_eq!(rota(&format!("{WEEK}\n{ALL}")).in_turn(at).count(), 3, "{at}");
    }
}

#[test]
fn everybody_stands_in_once_in_the_order_of_the_turns() {
    let rota = rota(&format!("{WEEK}\n{ALL}"));
    let in_turn: Vec<_> =
        rota.in_turn("2026-01-14T12:00:00Z".parse().unwrap()).map(PersonId::as_str).collect();
    assert_eq!(in_turn, ["lee", "kim", "dana"]);
}

#[test]
fn rotas() {
    let rota = |rota: &str| problems(&text(rota));
    assert_snapshot!(rota("people = []\nstart = 1"), @r#"
    22:1: rota.week: `from` is missing; write from = "2026-01-05"
    22:1: rota.week: `hand_over` is missing; write hand_over = "mon 09:00"
    22:1: rota.week: `zone` is missing; write zone = "Europe/Paris"
    23:10: rota.week.people: a rota without people; write ["dana", "lee"]
    24:1: rota.week.start: unknown key "start"; write one of zone, hand_over, people, from, weeks
    "#);
    assert_snapshot!(rota("zone = \"Paris\"\nhand_over = \"monday 9:00\"\npeople = [\"dana\", \"leo\", \"dana\"]\nfrom = \"soon\"\nweeks = \"two\""), @r#"
    23:8: rota.week.zone: unknown zone "Paris"; write an IANA zone such as "Europe/Paris"
    24:13: rota.week.hand_over: "monday 9:00" is not a day of the week and a time; write a day from mon to sun and a time, as "mon 09:00"
    25:19: rota.week.people[1]: unknown person "leo"; write "lee"
    25:26: rota.week.people[2]: "dana" stands twice; write everybody once
    26:8: rota.week.from: "soon" is not a date; write it as 2026-12-24
    27:9: rota.week.weeks: text instead of a whole number; write 2
    "#);
    assert_snapshot!(rota(&format!("{WEEK}\n{ALL}\nweeks = 0").replace("2026-01-05", "2026-01-06")), @r#"
    25:8: rota.week.from: 2026-01-06 is a tue, and the hand-over on mon; write "2026-01-12"
    27:9: rota.week.weeks: "0" is not from 1 to 52; write a number such as 2
    "#);
    assert_snapshot!(rota(&format!("{WEEK}\n{ALL}\nweeks = 99999999999999999999").replace("09:00", "24:00")), @r#"
    24:13: rota.week.hand_over: "mon 24:00" is not a day of the week and a time; write a day from mon to sun and a time, as "mon 09:00"
    27:9: rota.week.weeks: "99999999999999999999" is not from 1 to 52; write a number such as 2
    "#);
    assert_snapshot!(problems(&text(&format!("{WEEK}\n{ALL}")).replace("duty = \"week\"", "duty = \"weak\"")), @r#"5:8: brand.acme.duty: unknown rota "weak"; write "week""#);
    assert_snapshot!(problems(&text(&format!("{WEEK}\n{ALL}")).replace("duty = \"week\"\n", "").replace("to = \"owner\"", "to = \"duty\"")), @r#"1:1: brand.acme: policy quick tells the duty about question, and the brand has none; write duty = "NAME" of a [rota.NAME]"#);
}
