//! Cohorts and what they add up to.

use proptest::prelude::*;

use super::*;
use crate::id::BrandId;
use crate::outcome::outcome;
use crate::run::run;
use crate::story::{CONFIG, at, configs, facts, folded};

const fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// A turn that waited for so many minutes, of which all were open.
fn turn(kind: Kind, result: Result, waited: i64) -> TurnFigure {
    let wait = Wait { elapsed: minutes(waited), open: minutes(waited) };
    TurnFigure {
        turn: TurnId::of("c1"),
        kind,
        class: Class::Question,
        platform: Platform::Facebook,
        account: "page".to_owned(),
        asked_on: jiff::civil::date(2026, 3, 25),
        hour: 9,
        result,
        felt: wait,
        ours: wait,
        ended_at: None,
        same_day: false,
        paused: SignedDuration::ZERO,
    }
}

fn of(turns: &[TurnFigure]) -> Figures {
    Figures::of(turns.iter())
}

/// The turns of a story as they stand at `now`, by the clocks of `zone`.
fn told(lines: &str, zone: &str, now: &str) -> Vec<TurnFigure> {
    let (configs, now) = (configs(&[CONFIG]), at(now));
    let zone = TimeZone::get(zone).unwrap();
    let history = folded(&facts(lines), now);
    let figure = |turn: &Turn| {
        let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
        TurnFigure::of(turn, &outcome(turn, &run, now), &zone)
    };
    history.turns.iter().map(figure).collect()
}

#[test]
fn percentiles_are_of_the_nearest_rank_and_say_who_still_waits() {
    // waits in minutes, a bare one answered, one with a plus not; what is told, why
    #[rustfmt::skip]
    let table = [
        ("", "too few to tell (n = 0)", "nobody"),
        ("1 2 3 4", "too few to tell (n = 4)", "four"),
        ("1 2 3 4 5", "median 3 min, p90 5 min (n = 5)", "the third and the fifth of five"),
        ("5 3 1 4 2", "median 3 min, p90 5 min (n = 5)", "in any order"),
        ("1 2 3 4 5 6", "median 3 min, p90 6 min (n = 6)", "half of six are three, none between"),
        ("1 2 3 4 5 6 7 8 9 10", "median 5 min, p90 9 min (n = 10)", "the ninth of ten"),
        ("1 2 3 4 5 6 7 8 9 10 11", "median 6 min, p90 10 min (n = 11)", "the tenth of eleven"),
        ("7 7 7 7 7", "median 7 min, p90 7 min (n = 5)", "all the same"),
        ("1 2 3 4 300+", "median 3 min, p90 > 5 h (n = 5)", "the worst still waits"),
        ("1 2 300+ 300+ 300+", "median > 5 h, p90 > 5 h (n = 5)", "most still wait"),
        ("1+ 2 3 4 5", "median ≥ 3 min, p90 ≥ 5 min (n = 5)", "who waits may wait for longer than anybody"),
        ("1 2 3 4+ 5", "median 3 min, p90 ≥ 5 min (n = 5)", "the middle does not change any more"),
        ("1 2 3 3+ 5", "median 3 min, p90 ≥ 5 min (n = 5)", "of two alike the answered one comes first"),
    ];
    for (waits, expected, why) in table {
        let waits = waits.split_whitespace().map(|wait| match wait.strip_suffix('+') {
            Some(wait) => (minutes(wait.parse().unwrap()), true),
            None => (minutes(wait.parse().unwrap()), false),
        });
        assert_eq!(Spread::of(waits).to_string(), expected, "{why}");
    }
}

#[test]
fn every_turn_counts_where_it_belongs() {
    use super::Result::{Dismissed, Excluded, Met, MissedAnsweredLate, MissedOpen, Waiting, Withdrawn};
    use Kind::{FirstResponse, FollowUp, NextResponse};
    const WEEK: i64 = 7 * 24 * 60;
    // kind, result, minutes; attainment, response rate, ignored, why
    #[rustfmt::skip]
    let table = [
        (FirstResponse, Met, 10, "1 of 1", "1 of 1", 0, "in time"),
        (NextResponse, Met, 10, "1 of 1", "1 of 1", 0, "a further answer"),
        (FirstResponse, MissedAnsweredLate, 90, "0 of 1", "1 of 1", 0, "late, and answered"),
        (FirstResponse, MissedAnsweredLate, WEEK, "0 of 1", "1 of 1", 0, "after seven days to the minute"),
        (FirstResponse, MissedAnsweredLate, WEEK + 1, "0 of 1", "0 of 1", 0, "too late for the rate, not ignored"),
        (FirstResponse, MissedOpen, 90, "0 of 1", "0 of 1", 0, "over due counts as missed now"),
        (FirstResponse, MissedOpen, WEEK, "0 of 1", "0 of 1", 0, "not older than seven days"),
        (FirstResponse, MissedOpen, WEEK + 1, "0 of 1", "0 of 1", 1, "never, and older"),
        (FirstResponse, Waiting, 10, "0 of 0", "0 of 1", 0, "time left: no miss, no answer yet"),
        (FirstResponse, Waiting, WEEK + 1, "0 of 0", "0 of 1", 1, "a target of weeks is no excuse"),
        (FirstResponse, Withdrawn, 10, "0 of 0", "0 of 0", 0, "outside"),
        (FirstResponse, Dismissed, WEEK + 1, "0 of 0", "0 of 0", 0, "outside"),
        (NextResponse, Excluded, 10, "0 of 0", "0 of 0", 0, "outside"),
        (FollowUp, MissedOpen, WEEK + 1, "0 of 0", "0 of 0", 0, "promises count by themselves"),
    ];
    let short = |share: Share| format!("{} of {}", share.part, share.of);
    for (kind, result, waited, attainment, rate, ignored, why) in table {
        let figures = of(&[turn(kind, result, waited)]);
        let came = (short(figures.attainment()), short(figures.response_rate()), figures.ignored);
        assert_eq!(came, (attainment.to_owned(), rate.to_owned(), ignored), "{why}");
    }
}

#[test]
fn only_first_answers_that_count_enter_the_first_percentile() {
    let mut turns: Vec<TurnFigure> =
        (1..=5).map(|waited| turn(Kind::FirstResponse, Result::Met, waited)).collect();
    let alone = of(&turns).first_response;
    for result in [Result::Waiting, Result::Withdrawn, Result::Dismissed, Result::Excluded] {
        turns.push(turn(Kind::FirstResponse, result, 600));
    }
    turns.push(turn(Kind::NextResponse, Result::Met, 600));
    turns.push(turn(Kind::FollowUp, Result::Met, 600));
    assert_eq!(of(&turns).first_response, alone);
    assert_eq!(of(&turns).next_response.elapsed.n, 1);
}

#[test]
fn promises_are_kept_late_or_open() {
    let results = [
        Result::Met,
        Result::MissedAnsweredLate,
        Result::MissedOpen,
        Result::Waiting,
        Result::Dismissed,
        Result::Excluded,
        Result::Withdrawn,
    ];
    let turns: Vec<TurnFigure> = results.map(|result| turn(Kind::FollowUp, result, 10)).into();
    assert_eq!(of(&turns).promises, Promises { kept: 1, late: 2, open: 1, outside: 3 });
    assert_eq!(of(&turns).results, Results::default());
}

#[test]
fn many_pauses_are_noticed() {
    let with_pauses = |paused: usize, all: usize| {
        let turns: Vec<TurnFigure> = (0..all)
            .map(|place| {
                let paused = if place < paused { minutes(6) } else { SignedDuration::ZERO };
                TurnFigure { paused, ..turn(Kind::FirstResponse, Result::Met, 60) }
            })
            .collect();
        of(&turns).pauses
    };
    assert!(!with_pauses(0, 0).are_many(), "nobody");
    assert!(!with_pauses(1, 10).are_many(), "one in ten to the turn");
    assert!(with_pauses(2, 19).are_many(), "more than one in ten");
    let pauses = with_pauses(1, 10);
    assert_eq!((pauses.paused, pauses.waited), (minutes(6), minutes(600)));
}

#[test]
fn a_turn_is_of_the_day_and_hour_it_was_asked_by_the_brands_clock() {
    let late = "23:30 maria says c1: Where is it?\n23:50 brand says c2 > c1: Here";
    // zone, the date, the hour, whether it was answered on that day, why
    let table = [
        ("UTC", "2026-03-25", 23, true, "before midnight"),
        ("Europe/Paris", "2026-03-26", 0, true, "half past midnight there, the next day"),
        ("Pacific/Apia", "2026-03-26", 12, true, "at noon"),
        ("Asia/Kathmandu", "2026-03-26", 5, true, "5:15 there"),
        ("America/New_York", "2026-03-25", 19, true, "in the evening"),
        ("Etc/GMT-12", "2026-03-26", 11, true, "far ahead"),
    ];
    for (zone, date, hour, same_day, why) in table {
        let turn = &told(late, zone, "+1 12:00")[0];
        let came = (turn.asked_on.to_string(), turn.hour, turn.same_day);
        assert_eq!(came, (date.to_owned(), hour, same_day), "{zone}: {why}");
    }
    let midnight = "23:30 maria says c1: Where is it?\n+1 00:00 brand says c2 > c1: Here";
    assert!(!told(midnight, "UTC", "+1 12:00")[0].same_day, "midnight is the next day");
    assert!(told(midnight, "Europe/Paris", "+1 12:00")[0].same_day, "one o'clock of the same day");
    let dismissed = "09:00 maria says c1: Where is it?\n09:10 dana dismisses c1: no question";
    assert!(!told(dismissed, "UTC", "12:00")[0].same_day, "a dismissal is no answer");
}

#[test]
fn a_pause_counts_while_the_turn_waited() {
    // what happens after the question of 09:00, minutes paused by 12:00, why
    let table = [
        ("", 0, "never"),
        ("09:20 kim pauses c1 until=09:50: legal", 30, "over"),
        ("11:20 kim pauses c1: legal", 40, "still"),
        (
            "09:20 kim pauses c1 until=10:00: legal\n09:30 kim pauses c1 until=09:50: again",
            40,
            "one within another counts once",
        ),
        ("09:20 kim pauses c1: legal\n09:50 brand says c2 > c1: Here", 30, "until the answer"),
    ];
    for (lines, paused, why) in table {
        let turn = &told(&format!("09:00 maria says c1: Where is it?\n{lines}"), "UTC", "12:00")[0];
        assert_eq!(turn.paused, minutes(paused), "{why}");
    }
}

#[test]
fn figures_are_told_with_how_many_they_are_made_of() {
    let answered = [("p1", "09:10"), ("p2", "09:20"), ("p3", "09:30"), ("p4", "09:50"), ("p5", "10:40")];
    let answered = answered.map(|(who, at)| {
        format!("09:00 {who} says {who}-1 > c: Where is it?\n{at} brand says {who}-2 > {who}-1: Here\n")
    });
    let others = "
        09:00 ann says c7 > c: And mine?
        09:00 lee says c8 got=11:50 > c: Mine?
        11:55 brand says a8 > c8: Here
        09:00 kay says c9 > c: Well?
        09:10 kay removes c9
        09:00 joe says d1 > c: Is it open?
        09:10 dana dismisses d1: a joke
        11:30 max says d2 > c: When?
        11:40 kim pauses d2: legal
        09:00 pia says d3 > c: Where?
        09:05 brand says a9 > d3: We'll look into it and get back to you.
    ";
    let story = answered.concat() + others;
    let turns = told(&story, "UTC", "12:00");
    insta::assert_snapshot!(of(&turns), @r"
    In time: 75 % (6 of 8)
    Answered within 7 days: 77 % (7 of 9)
    Answered on the same day: 77 % (7 of 9)
    Ignored: 0
    Without an answer: 1 with time left, 1 over due
    First answer: median 20 min, p90 > 3 h (n = 8); felt by customers: median 30 min, p90 > 3 h (n = 8)
    Further answers: too few to tell (n = 0)
    Not counted: 1 withdrawn, 1 dismissed, 0 excluded
    Promises: 0 kept, 0 late, 1 open
    Turns that were paused: 9 % (1 of 11), 3 % of the time
    ");
    insta::assert_snapshot!(Figures::default(), @r"
    In time: none to count
    Answered within 7 days: none to count
    Answered on the same day: none to count
    Ignored: 0
    Without an answer: 0 with time left, 0 over due
    First answer: too few to tell (n = 0)
    Further answers: too few to tell (n = 0)
    Not counted: 0 withdrawn, 0 dismissed, 0 excluded
    Promises: 0 kept, 0 late, 0 open
    Turns that were paused: none to count, 0 % of the time
    ");
}

#[test]
fn a_turn_figure_is_read_as_it_was_written() {
    let turns = told("09:00 maria says c1: Where is it?\n09:10 brand says c2 > c1: Here", "UTC", "12:00");
    let json = serde_json::to_string(&turns[0]).unwrap();
    assert_eq!(serde_json::from_str::<TurnFigure>(&json).unwrap(), turns[0], "{json}");
    assert!(!json.contains("Where") && !json.contains("maria"), "no text and no name: {json}");
}

/// A turn of any kind and result.
fn any_turn() -> impl Strategy<Value = TurnFigure> {
    let kind =
        prop_oneof![3 => Just(Kind::FirstResponse), 1 => Just(Kind::NextResponse), 1 => Just(Kind::FollowUp)];
    let result = prop_oneof![
        4 => Just(Result::Met),
        2 => Just(Result::MissedAnsweredLate),
        2 => Just(Result::MissedOpen),
        1 => Just(Result::Waiting),
        1 => Just(Result::Withdrawn),
        1 => Just(Result::Dismissed),
        1 => Just(Result::Excluded),
    ];
    (kind, result, 0_i64..20_000, 0_i64..60, any::<bool>()).prop_map(
        |(kind, result, waited, paused, same_day)| TurnFigure {
            paused: minutes(paused),
            same_day,
            ..turn(kind, result, waited)
        },
    )
}

/// Waits in minutes, each with whether it went unanswered.
fn any_waits() -> impl Strategy<Value = Vec<(SignedDuration, bool)>> {
    prop::collection::vec((0_i64..500, prop::bool::weighted(0.3)), 0..40)
        .prop_map(|waits| waits.into_iter().map(|(wait, open)| (minutes(wait), open)).collect())
}

fn spread(waits: &[(SignedDuration, bool)]) -> Spread {
    Spread::of(waits.iter().copied())
}

proptest! {
    #[test]
    fn the_order_of_turns_changes_nothing(
        turns in prop::collection::vec(any_turn(), 0..30), seed in prop::collection::vec(any::<u32>(), 30),
    ) {
        let mut keyed: Vec<(u32, TurnFigure)> = seed.into_iter().zip(turns.iter().cloned()).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<TurnFigure> = keyed.into_iter().map(|(_, turn)| turn).collect();
        prop_assert_eq!(of(&shuffled), of(&turns));
    }

    #[test]
    fn shares_are_parts_and_all_turns_are_somewhere(turns in prop::collection::vec(any_turn(), 0..30)) {
        let figures = of(&turns);
        for share in [figures.attainment(), figures.response_rate(), figures.same_day_rate(), figures.pauses.turns] {
            prop_assert!(share.part <= share.of && share.percent().is_none_or(|percent| percent <= 100));
        }
        let outside = figures.results.withdrawn + figures.results.dismissed + figures.results.excluded;
        let Promises { kept, late, open, outside: none } = figures.promises;
        prop_assert_eq!(figures.results.worthy() + outside + kept + late + open + none, turns.len());
    }

    #[test]
    fn a_percentile_is_one_of_the_waits_and_has_its_share_below(waits in any_waits()) {
        let told = spread(&waits);
        prop_assert_eq!((told.n, told.median.is_some()), (waits.len(), waits.len() >= LEAST));
        for (percentile, percent) in [(told.median, 50), (told.p90, 90)] {
            let Some(percentile) = percentile else { continue };
            let wait = percentile.wait();
            prop_assert!(waits.iter().any(|(other, _)| *other == wait));
            let not_longer = waits.iter().filter(|(other, _)| *other <= wait).count();
            let shorter = waits.iter().filter(|(other, _)| *other < wait).count();
            prop_assert!(not_longer * 100 >= waits.len() * percent && shorter * 100 < waits.len() * percent);
        }
    }

    #[test]
    fn a_percentile_holds_however_long_the_others_wait_yet(
        waits in any_waits(), longer in prop::collection::vec(1_i64..500, 40),
    ) {
        let now = spread(&waits);
        let answered = waits.iter().zip(longer).map(|((wait, goes_on), longer)| {
            (if *goes_on { *wait + minutes(longer) } else { *wait }, false)
        });
        let then = Spread::of(answered);
        for (now, then) in [(now.median, then.median), (now.p90, then.p90)] {
            match (now, then.map(Percentile::wait)) {
                (Some(Percentile::Exactly(now)), Some(then)) => prop_assert_eq!(now, then),
                (Some(Percentile::AtLeast(now)), Some(then)) => prop_assert!(now <= then),
                (Some(Percentile::Over(now)), Some(then)) => prop_assert!(now < then),
                (None, then) => prop_assert_eq!(then, None),
                (Some(_), None) => prop_assert!(false, "as many as before"),
            }
        }
    }

    #[test]
    fn who_is_not_answered_never_lowers_a_percentile(
        waits in any_waits(), nth in any::<prop::sample::Index>(), longer in 0_i64..100,
    ) {
        prop_assume!(!waits.is_empty());
        let mut unanswered = waits.clone();
        let (wait, goes_on) = nth.get(&waits);
        unanswered[nth.index(waits.len())] = (*wait + minutes(longer), true);
        let (before, after) = (spread(&waits), spread(&unanswered));
        let waits = |percentile: Option<Percentile>| percentile.map(Percentile::wait);
        prop_assert!(waits(before.median) <= waits(after.median), "{wait} {goes_on}");
        prop_assert!(waits(before.p90) <= waits(after.p90), "{wait} {goes_on}");
    }
}
