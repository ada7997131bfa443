//! How turns come out. The target is an hour; Acme's shop is open from 09:00 to 18:00, or always.

use super::*;
use crate::clock::duration_in_words;
use crate::id::BrandId;
use crate::run::run;
use crate::story::{CONFIG, at, configs, facts, folded};

/// Says how the last turn of a story came out: the result, what the customer felt, what was ours if it differs.
fn came_out(config: &str, lines: &str, now: &str) -> String {
    let (configs, now) = (configs(&[config]), at(now));
    let history = folded(&facts(lines), now);
    let turn = history.turns.last().unwrap();
    let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
    let came = outcome(turn, &run, now);
    let wait = |wait: Wait| {
        let (all, open) = (duration_in_words(wait.elapsed), duration_in_words(wait.open));
        if all == open { all } else { format!("{all}, open {open}") }
    };
    assert!(came.felt.open <= came.felt.elapsed && came.ours.elapsed <= came.felt.elapsed, "{lines}");
    let ours = if came.differs() { format!("; ours {}", wait(came.ours)) } else { String::new() };
    format!("{}: {}{ours}", came.result.name(), wait(came.felt))
}

#[test]
fn every_way_a_turn_comes_out() {
    // what happens after the question of 09:00, now, how it came out, why
    #[rustfmt::skip]
    let table = [
        ("", "09:59", "waiting: 59 min", "a minute is left"),
        ("", "10:00", "waiting: 60 min", "the due second is in time"),
        ("", "10:00:01", "missed_open: 60 min 1 s", "nobody answered"),
        ("09:20 brand says c2 > c1: Here", "12:00", "met: 20 min", "in time, whatever the clock shows since"),
        ("09:00 brand says c2 > c1: Here", "12:00", "met: 0 min", "at once"),
        ("10:00:00 brand says c2 > c1: Here", "12:00", "met: 60 min", "at the due second"),
        ("10:00:01 brand says c2 > c1: Here", "12:00", "missed_answered_late: 60 min 1 s", "a second after it"),
        ("09:20 brand says c2 > c1 got=11:00: Here", "12:00", "met: 20 min", "an answer counts from when it was given"),
        ("09:20 maria removes c1", "12:00", "withdrawn: 20 min", "taken back in time"),
        ("10:00 maria removes c1", "12:00", "withdrawn: 60 min", "taken back at the due second"),
        ("11:00 maria removes c1", "12:00", "missed_open: 2 h", "taken back too late: it stays missed"),
        ("09:20 dana dismisses c1: no question", "12:00", "dismissed: 20 min", "needs no answer"),
        ("11:00 dana dismisses c1: no question", "12:00", "missed_open: 2 h", "dismissed too late: it stays missed"),
        ("09:20 dana resolves c1: by telephone", "12:00", "excluded: 20 min", "settled elsewhere"),
        ("11:00 dana resolves c1: by telephone", "12:00", "missed_open: 2 h", "settled too late: it stays missed"),
        ("09:20 dana answered c1", "12:00", "excluded: 20 min", "answered nobody knows when"),
        ("11:00 dana answered c1 at=09:40", "12:00", "met: 40 min", "told late of an answer that was in time"),
        ("09:20 dana replied c1 as=c9", "12:00", "met: 20 min", "the platform took the answer"),
        ("09:20 dana calls c1 class=spam", "12:00", "dismissed: 20 min", "nothing to answer"),
        ("", "+40 09:00", "missed_open: 720 h", "given up after thirty days"),
    ];
    for (lines, now, expected, why) in table {
        let lines = format!("09:00 maria says c1: Where is my parcel?\n{lines}");
        assert_eq!(came_out(CONFIG, &lines, now), expected, "{why}: {lines}");
    }
}

#[test]
fn an_answer_that_was_taken_back_was_none() {
    let answered = "09:00 maria says c1: Where is it?\n09:20 brand says c2 > c1: Here";
    // what happens then, now, how it came out, why
    let table = [
        ("09:30 brand removes c2", "09:40", "waiting: 40 min", "there is time to answer again"),
        ("11:00 brand removes c2", "11:30", "missed_open: 2 h 30 min", "taken back after the due time"),
        (
            "09:30 brand removes c2\n09:50 brand says c3 > c1: Here",
            "12:00",
            "met: 50 min",
            "the second answer is in time",
        ),
        (
            "11:00 brand removes c2\n11:05 brand says c3 > c1: Here",
            "12:00",
            "missed_answered_late: 2 h 5 min",
            "the second answer counts alone",
        ),
    ];
    for (lines, now, expected, why) in table {
        assert_eq!(came_out(CONFIG, &format!("{answered}\n{lines}"), now), expected, "{why}");
    }
}

#[test]
fn what_the_platform_told_late_is_judged_by_when_we_could_know() {
    // when it was received, what follows, how it came out by 14:00, why
    let table = [
        (
            "09:02",
            "10:01 brand says c2 > c1: Here",
            "missed_answered_late: 61 min",
            "two minutes are at once",
        ),
        (
            "09:03",
            "10:01 brand says c2 > c1: Here",
            "met: 61 min",
            "due a minute later, too little to tell both",
        ),
        ("09:07", "10:05 brand says c2 > c1: Here", "met: 65 min", "five minutes are not more than five"),
        ("09:08", "10:06 brand says c2 > c1: Here", "met: 66 min; ours 60 min", "six minutes are"),
        ("12:00", "12:30 brand says c2 > c1: Here", "met: 3 h 30 min; ours 32 min", "over due when it came"),
        (
            "12:00",
            "12:58:01 brand says c2 > c1: Here",
            "missed_answered_late: 3 h 58 min 1 s; ours 60 min 1 s",
            "late all the same",
        ),
        ("12:00", "", "missed_open: 5 h; ours 2 h 2 min", "nobody answered"),
        ("12:00", "09:30 brand says c2 > c1: Here", "met: 30 min; ours 0 min", "answered before we knew"),
        ("12:00", "11:00 maria removes c1", "withdrawn: 2 h; ours 0 min", "taken back before we knew"),
    ];
    for (got, lines, expected, why) in table {
        let lines = format!("09:00 maria says c1 got={got}: Where is it?\n{lines}");
        assert_eq!(came_out(CONFIG, &lines, "14:00"), expected, "{why}: {lines}");
    }
}

#[test]
fn closed_hours_and_pauses_do_not_run() {
    let hours = CONFIG.replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
        + "[calendar.shop]\nzone = \"UTC\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n";
    // the story, now, how it came out, why; 25 March 2026 is a Wednesday
    let table = [
        (
            "17:40 maria says c1: Where?\n20:00 brand says c2 > c1: Here",
            "met: 2 h 20 min, open 20 min",
            "after closing",
        ),
        (
            "20:00 maria says c1: Where?\n21:00 brand says c2 > c1: Here",
            "met: 60 min, open 0 min",
            "nothing ran",
        ),
        (
            "17:40 maria says c1: Where?\n+1 09:40 brand says c2 > c1: Here",
            "met: 16 h, open 60 min",
            "at the due second of the next day",
        ),
        (
            "17:40 maria says c1: Where?\n+1 09:40:01 brand says c2 > c1: Here",
            "missed_answered_late: 16 h 1 s, open 60 min 1 s",
            "a second after it",
        ),
        (
            "20:00 maria says c1 got=23:00: Where?\n+1 09:30 brand says c2 > c1: Here",
            "met: 13 h 30 min, open 30 min; ours 10 h 32 min, open 30 min",
            "told late while closed: nothing is won",
        ),
        (
            "10:00 maria says c1: Where?\n10:20 kim pauses c1 until=14:20: legal\n14:50 brand says c2 > c1: Here",
            "met: 4 h 50 min, open 50 min",
            "a pause",
        ),
        (
            "10:00 maria says c1: Where?\n10:20 kim pauses c1 until=14:20: legal\n15:01 brand says c2 > c1: Here",
            "missed_answered_late: 5 h 1 min, open 61 min",
            "a pause saves only its own time",
        ),
        (
            "10:00 maria says c1: Where?\n10:20 kim pauses c1: legal\n10:30 maria says c3 > c1: Hello?\n11:10 brand says c2 > c1: Here",
            "met: 70 min, open 60 min",
            "the customer ends a pause",
        ),
        (
            "10:00 maria says c1: Where?\n11:30 kim pauses c1: legal\n11:40 brand says c2 > c1: Here",
            "missed_answered_late: 100 min, open 90 min",
            "a pause after the due time makes nothing good",
        ),
    ];
    for (lines, expected, why) in table {
        assert_eq!(came_out(&hours, lines, "+2 12:00"), expected, "{why}: {lines}");
    }
}

#[test]
fn a_promise_is_kept_late_or_was_none() {
    let promised = "09:00 maria says c1: Where is it?\n09:10 brand says c2 > c1: We'll look into it and get back to you.";
    // what follows, now, how the promise came out, why; a day is promised
    let table = [
        ("", "18:00", "waiting: 8 h 50 min", "there is time"),
        ("16:10 brand says c3 > c1: It is found", "18:00", "met: 7 h", "kept"),
        ("", "+2 18:00", "missed_open: 56 h 50 min", "over due"),
        ("+2 09:10 brand says c3 > c1: It is found", "+2 18:00", "missed_answered_late: 48 h", "late"),
        (
            "+2 09:10 dana dismisses c2: no promise",
            "+2 18:00",
            "dismissed: 48 h",
            "none, said when it was shown",
        ),
        ("+2 09:10 dana resolves c2: by mail", "+2 18:00", "excluded: 48 h", "kept elsewhere"),
    ];
    for (lines, now, expected, why) in table {
        assert_eq!(came_out(CONFIG, &format!("{promised}\n{lines}"), now), expected, "{why}");
    }
}
