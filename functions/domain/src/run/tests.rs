//! Turns on their ladders: until when, who is told when, and what holds that back.

use super::*;
use crate::story::{CONFIG, at, configs, facts, folded};
use crate::versions::Push;

/// Looks at how the newest turn of a conversation runs at `now`.
fn told<T>(configs: &Configs, lines: &str, now: &str, look: impl Fn(&Run<'_>) -> T) -> T {
    let history = folded(&facts(lines), at(now));
    let turn = history.turns.last().unwrap();
    look(&run(turn, &BrandId::from("acme"), configs, at(now)).unwrap())
}

fn due(run: &Run<'_>) -> String {
    clock(run.due.at)
}

fn holds(run: &Run<'_>) -> String {
    let hold = |hold: &Stretch| format!("{}-{}", clock(hold.from), clock(hold.to));
    run.holds.iter().map(hold).collect::<Vec<_>>().join(", ")
}

/// Each step of the ladder at its time.
fn ladder(run: &Run<'_>) -> String {
    let steps = run.steps.iter().filter(|step| matches!(step.source, Source::Step(_)));
    steps.map(step).collect::<Vec<_>>().join(", ")
}

/// What comes after the ladder.
fn reminders(run: &Run<'_>) -> Vec<String> {
    run.steps.iter().filter(|step| matches!(step.source, Source::Reminder(_))).map(step).collect()
}

/// When it comes, its place, whom it tells, and the places of those it stands for.
fn step(step: &Planned) -> String {
    let to = step.to.iter().map(Role::name).collect::<Vec<_>>().join("+");
    let held = if step.held.is_empty() { String::new() } else { format!(" for {:?}", step.held) };
    let done = match step.done_if_told_since {
        None => String::new(),
        Some(since) if since == Timestamp::MIN => " unless told before".to_owned(),
        Some(since) => format!(" unless told since {}", clock(since)),
    };
    let source = match step.source {
        Source::Step(_) => String::new(),
        Source::Reminder(Reminder::Opening(nth)) => format!(" reminder {nth}"),
        Source::Reminder(Reminder::Daily) => " daily".to_owned(),
    };
    format!("{} {} {to}{held}{done}{source}", clock(step.at), step.index)
}

/// A time as a story has it: `10:00`, or `+1 10:00` a day later.
fn clock(time: Timestamp) -> String {
    let days = time.duration_since(at("00:00")).as_secs().div_euclid(24 * 60 * 60);
    let days = if days == 0 { String::new() } else { format!("{days:+} ") };
    format!("{days}{}", time.strftime("%H:%M"))
}

/// The ladder of an hour for questions, and other targets besides.
fn targets() -> Configs {
    let question =
        CONFIG.replace("target = \"60m\"", "target = \"60m\"\nnext_response = \"4h\"\nfollow_up = \"8h\"");
    let ladder = "ladder = [{ at = \"0m\", to = [\"owner\", \"lead\"] }, { at = \"due\", to = \"manager\" }]";
    configs(&[&format!(
        "{question}
        [policy.hour.threat]\ntarget = \"30m\"\n{ladder}
        [policy.hour.upset]\ntarget = \"40m\"\n{ladder}
        [policy.hour.mention]\ntarget = \"240m\"\nladder = [{{ at = \"180m\", to = \"owner\" }}, {{ at = \"due\", to = \"lead\" }}]"
    )])
}

#[test]
fn of_all_that_a_turn_was_taken_for_the_earliest_deadline_counts() {
    let configs = targets();
    // what happens, due, why
    let table = [
        ("09:00 maria says c1: Where is it?", "10:00", "the first answer in a case"),
        ("09:00 maria says c1 class=upset: A disgrace", "09:40", "what it is"),
        (
            "09:00 maria says c1: Where is it?\n09:50 dana calls c1 class=upset",
            "09:40",
            "worse: counted from the start",
        ),
        (
            "09:00 maria says c1: Where is it?\n09:10 dana calls c1 class=mention",
            "10:00",
            "milder: nothing is later",
        ),
        (
            "09:00 maria says c1: Where is it?\n09:10 dana calls c1 class=threat\n09:20 dana calls c1 class=upset",
            "09:30",
            "milder than what it was meanwhile",
        ),
        (
            "09:00 maria says c1: Where is it?\n09:05 brand says c2 > c1: Here\n09:10 maria says c3 > c1: No",
            "13:10",
            "a further answer in the case",
        ),
        (
            "09:00 maria says c1: Where is it?\n09:05 brand says c2 > c1: We'll get back to you",
            "17:05",
            "what was promised",
        ),
        (
            "09:00 maria says c1: Where is it?\n09:10 kim pauses c1 until=09:30: legal",
            "10:20",
            "twenty minutes in which the clock stood",
        ),
    ];
    for (lines, expected, why) in table {
        assert_eq!(told(&configs, lines, "18:00", due), expected, "{why}");
    }
}

#[test]
fn nobody_is_told_while_somebody_has_it_or_it_was_put_off() {
    let quiet = "policy = \"hour\"\nmaintenance = [\"2026-03-25T12:00/2026-03-25T13:00\"]";
    let configs = configs(&[&CONFIG.replace("policy = \"hour\"", quiet)]);
    let asked = "09:00 maria says c1: Where is it?";
    // what happens besides, when nobody is told (maintenance apart), why
    let table = [
        ("", "", "nothing holds it"),
        ("09:10 dana acks c1", "09:10-10:00", "until it is due"),
        ("09:50 dana acks c1", "09:50-10:20", "for half an hour at least"),
        ("09:50 dana acks c1\n09:55 dana passes c1 to=lee", "09:50-09:55", "who had it has it no more"),
        ("09:10 kim snoozes c1 until=11:30", "09:10-11:30", "put off"),
        ("09:10 kim snoozes c1 until=09:40\n09:30 dana acks c1", "09:10-10:00", "two that overlap"),
        (
            "09:10 kim pauses c1 until=09:20: legal\n09:30 dana acks c1",
            "09:10-09:20, 09:30-10:10",
            "two apart",
        ),
        ("09:10 kim pauses c1: legal\n09:20 dana resumes c1", "09:10-09:20", "ended before its time"),
        (
            "09:20 brand says c2 > c1: Here\n09:30 brand removes c2",
            "09:20-09:45",
            "taken back, and time to repeat it",
        ),
    ];
    for (lines, expected, why) in table {
        let all = told(&configs, &format!("{asked}\n{lines}"), "09:55", holds);
        let own = all.strip_suffix("12:00-13:00").unwrap().trim_end_matches(", ");
        assert_eq!(own, expected, "{why}");
    }
    let until = |now: &str| {
        let lines = format!("{asked}\n09:10 kim snoozes c1 until=09:40");
        told(&configs, &lines, now, |run| run.held_until(at(now)).map_or("-".to_owned(), clock))
    };
    assert_eq!(["09:10", "09:39", "09:40", "12:30"].map(until), ["09:40", "09:40", "-", "13:00"]);
}

#[test]
fn of_what_falls_due_in_a_hold_the_last_stands_for_all() {
    let listed = CONFIG.replace("to = \"manager\" }", "to = \"manager\", style = \"digest\" }");
    let asked = "09:00 maria says c1: Where is it?";
    // ladder, held until, steps, why
    let table = [
        (CONFIG, "09:40", "09:40 0 owner, 10:00 1 lead+backup, 11:00 2 manager", "one waits"),
        (CONFIG, "09:30", "09:30 0 owner, 10:00 1 lead+backup, 11:00 2 manager", "over when it falls due"),
        (CONFIG, "10:30", "10:30 1 lead+backup for [0], 11:00 2 manager", "two wait"),
        (CONFIG, "12:00", "12:00 2 manager for [0, 1]", "all wait"),
        (CONFIG, "10:00", "10:00 1 lead+backup for [0], 11:00 2 manager", "one falls due at the very end"),
        (
            &listed,
            "12:00",
            "12:00 1 lead+backup for [0], 12:00 2 manager",
            "a line of a list stands for no mail",
        ),
        (&listed, "11:00", "11:00 1 lead+backup for [0], 11:00 2 manager", "a line at the very end neither"),
    ];
    for (config, until, expected, why) in table {
        let lines = format!("{asked}\n09:10 kim snoozes c1 until={until}");
        assert_eq!(told(&configs(&[config]), &lines, "09:15", ladder), expected, "{why}");
    }
    // Two holds: each lets one go.
    let lines = format!("{asked}\n09:10 kim snoozes c1 until=09:35\n09:50 kim snoozes c1 until=10:10");
    let expected = "09:35 0 owner, 10:10 1 lead+backup, 11:00 2 manager";
    assert_eq!(told(&configs(&[CONFIG]), &lines, "09:55", ladder), expected);
}

#[test]
fn another_ladder_begins_where_the_turn_stands() {
    let configs = targets();
    let asked = "09:00 maria says c1: Where is it?";
    // what it is called, steps, why
    let table = [
        (
            "09:10 dana calls c1 class=threat",
            "09:10 0 owner+lead, 09:30 1 manager",
            "a threat is told in any case, then its time",
        ),
        (
            "10:10 dana calls c1 class=threat",
            "10:10 0 owner+lead, 10:25 1 manager unless told since 09:40",
            "over due: the second has a quarter of an hour",
        ),
        (
            "10:10 dana calls c1 class=upset",
            "10:10 0 owner+lead unless told since 09:40, 10:25 1 manager unless told since 09:40",
            "worse: who heard of it just before knows",
        ),
        (
            "09:10 dana calls c1 class=mention",
            "10:00 1 lead, 12:00 0 owner",
            "milder: all is still to come, by the old deadline",
        ),
        (
            "12:10 dana calls c1 class=mention",
            "12:10 0 owner unless told before, 12:25 1 lead unless told before",
            "milder: who was told by the other ladder knows, and the second has a quarter of an hour",
        ),
    ];
    for (called, expected, why) in table {
        assert_eq!(told(&configs, &format!("{asked}\n{called}"), "12:15", ladder), expected, "{why}");
    }
}

#[test]
fn a_ladder_that_is_pushed_for_open_turns_leaves_five_minutes() {
    let first = configs(&[CONFIG]);
    let later = CONFIG.replace("\"60m\"", "\"90m\"").replace("\"30m\"", "\"45m\"");
    let shorter = CONFIG.replace("\"60m\"", "\"20m\"").replace("\"30m\"", "\"10m\"");
    // The second version is pushed at 02:00. asked, the second version, due and steps, why
    let table = [
        (
            "01:40",
            &shorter,
            "02:05; 02:05 0 owner unless told before, 02:05 1 lead+backup, 03:05 2 manager",
            "due at 02:00 by the shorter target: nobody is told of a sudden",
        ),
        (
            "01:55",
            &shorter,
            "02:15; 02:05 0 owner, 02:15 1 lead+backup, 03:15 2 manager",
            "all is still to come",
        ),
        (
            "01:10",
            &later,
            "02:40; 02:05 0 owner unless told before, 02:40 1 lead+backup, 03:40 2 manager",
            "what lay before the push was told by the other ladder",
        ),
    ];
    for (asked, second, expected, why) in table {
        let mut configs = configs(&[CONFIG, second]);
        configs.pushes[1].apply_to_open = true;
        let lines = format!("{asked} maria says c1: Where is it?");
        let both = |run: &Run<'_>| format!("{}; {}", due(run), ladder(run));
        assert_eq!(told(&configs, &lines, "02:01", both), expected, "{why}");
        configs.pushes[1].apply_to_open = false;
        let own = told(&first, &lines, "02:01", both);
        assert_eq!(told(&configs, &lines, "02:01", both), own, "{why}: for new turns only");
    }
}

#[test]
fn who_waits_after_the_last_step_is_reminded_of_each_day() {
    let unled = CONFIG.replace("lead = [\"kim\"]", "").replace("[\"lead\", \"backup\"]", "\"backup\"");
    let [led, unled] = [CONFIG, &unled].map(|text| configs(&[text]));
    // Those before a push were told by the other ladder.
    let mut pushed = configs(&[CONFIG, &CONFIG.replace("due+60m", "due+90m")]);
    pushed.pushes[1] = Push { number: 2, pushed_at: at("+2 13:00"), apply_to_open: true };
    let asked = "00:50 maria says c1: Where is it?";
    let promised = format!("{asked}\n01:00 brand says c2 > c1: We'll get back to you");
    // configurations, what happens, now, how many there are, the last of them, why
    let table = [
        (&led, asked, "00:50", 1, "+1 02:50 3 manager reminder 1", "until the first that lies ahead"),
        (&led, asked, "+1 02:49", 1, "+1 02:50 3 manager reminder 1", "still ahead"),
        (&led, asked, "+1 02:50", 2, "+2 02:50 4 manager reminder 2", "one lies ahead of those past"),
        (&led, asked, "+5 02:49", 5, "+5 02:50 7 manager reminder 5", "so often the last step"),
        (&led, asked, "+5 02:50", 6, "+6 02:50 8 lead daily", "then the leads, who can see to it"),
        (&unled, asked, "+5 02:50", 6, "+6 02:50 8 manager daily", "without leads whom the last step told"),
        (&led, &promised, "+20 09:00", 5, "+6 01:00 5 owner reminder 5", "a promise not longer than that"),
        (&pushed, asked, "+2 13:30", 1, "+3 03:20 5 manager reminder 3", "of another ladder none twice"),
    ];
    for (configs, lines, now, count, last, why) in table {
        let all = told(configs, lines, now, reminders);
        assert_eq!((all.len(), all.last().unwrap().as_str()), (count, last), "{why}");
    }
}

#[test]
fn a_round_begins_where_the_ladder_goes_on() {
    let asked = "09:00 maria says c1: Where is it?";
    // what happens, at, round
    let table = [
        ("", "10:00", 0),
        ("09:10 dana acks c1", "09:59", 0),
        ("09:10 dana acks c1", "10:00", 1),
        ("09:10 dana acks c1\n09:20 kim snoozes c1 until=11:00", "11:00", 2),
        ("09:10 dana calls c1 class=upset", "09:10", 1),
        // Everybody was told, and a day was silent.
        ("+2 09:00 maria says c2 > c1: Hello?", "+2 09:30", 1),
        ("+1 08:00 maria says c2 > c1: Hello?", "+1 09:30", 0),
    ];
    for (lines, time, expected) in table {
        let round = |run: &Run<'_>| run.round(at(time));
        let lines = format!("{asked}\n{lines}");
        assert_eq!(told(&targets(), &lines, "+5 12:00", round), expected, "{lines} at {time}");
    }
}
