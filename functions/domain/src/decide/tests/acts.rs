//! What people do about a turn, and what comes of it.

use super::*;

/// What is told at the times, one line each; a check runs at every one of them.
fn told(world: &mut World, configs: &Configs, times: &[&str]) -> String {
    let line = |time: &&str| {
        let told = world.check(configs, at(time));
        format!("{time} {}", if told.is_empty() { "-".to_owned() } else { told.join(", ") })
    };
    times.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_has_it_stops_the_ladder_until_half_an_hour_is_over_or_it_is_due() {
    let configs = configs(&[CONFIG]);
    // Due at 10:00. An ack at 09:10 lasts until then, one at 09:50 until 10:20.
    let mut early = World::new("09:00 maria says c1: Where is it?\n09:10 dana acks c1");
    insta::assert_snapshot!(told(&mut early, &configs, &["09:30", "09:59", "10:00", "11:00"]), @r"
    09:30 -
    09:59 -
    10:00 1.1.0 kim as lead, 1.1.0 lee as backup
    11:00 1.2.0 ash as manager
    ");
    let mut late = World::new("09:00 maria says c1: Where is it?");
    told(&mut late, &configs, &["09:30"]);
    late.add("09:50 dana acks c1");
    insta::assert_snapshot!(told(&mut late, &configs, &["09:50", "10:00", "10:19", "10:20", "11:00"]), @r"
    09:50 -
    10:00 -
    10:19 -
    10:20 1.1.0 kim as lead, 1.1.0 lee as backup
    11:00 1.2.0 ash as manager
    ");
    assert_eq!(late.facts.notices[1].held, [0; 0], "only the step that is told fell due meanwhile");
    assert_eq!(late.head.unwrap().open[0].due, at("10:00"), "the clock runs on");
}

#[test]
fn of_the_steps_that_fall_due_meanwhile_the_last_stands_for_all() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?\n09:10 kim snoozes c1 until=11:30");
    insta::assert_snapshot!(told(&mut world, &configs, &["11:00", "11:30", "11:31"]), @r"
    11:00 -
    11:30 1.2.0 ash as manager
    11:31 -
    ");
    assert_eq!(world.facts.notices[0].held, [0, 1]);
}

#[test]
fn a_line_in_tomorrow_s_list_stands_for_no_mail_of_today() {
    let listed = CONFIG.replace("to = \"manager\" }", "to = \"manager\", style = \"digest\" }");
    let configs = configs(&[&listed]);
    // The manager's step falls due while it is put off, or at its very end.
    for until in ["11:30", "11:00"] {
        let mut world =
            World::new(&format!("09:00 maria says c1: Where is it?\n09:10 kim snoozes c1 until={until}"));
        let told = told(&mut world, &configs, &[until, "11:31"]);
        let expected = "1.1.0 kim as lead, 1.1.0 lee as backup, 1.2.0 ash as manager";
        assert_eq!(told, format!("{until} {expected}\n11:31 -"));
        let held: Vec<&[u16]> = world.facts.notices.iter().map(|notice| notice.held.as_slice()).collect();
        assert_eq!(held, [&[0_u16][..], &[0], &[]]);
    }
}

#[test]
fn others_who_were_told_hear_that_somebody_has_it() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30", "10:00"]);
    world.add("10:05 dana acks c1");
    insta::assert_snapshot!(told(&mut world, &configs, &["10:05", "10:06"]), @r"
    10:05 0.1.0 kim as lead (taken), 0.1.0 lee as backup (taken)
    10:06 -
    ");
}

#[test]
fn that_somebody_has_it_is_not_told_when_it_is_over() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30", "10:00"]);
    world.add("10:05 dana acks c1");
    // No check ran while she had it.
    assert_eq!(told(&mut world, &configs, &["10:35"]), "10:35 -");
}

#[test]
fn a_worse_matter_wakes_the_ladder_of_whoever_has_it() {
    let config = format!(
        "{CONFIG}\n[policy.hour.threat]\ntarget = \"30m\"\nladder = [{{ at = \"0m\", to = [\"owner\", \"lead\"] }}, {{ at = \"due\", to = \"manager\" }}]\n"
    );
    let configs = configs(&[&config]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30"]);
    world.add("09:35 dana acks c1\n09:40 maria says c2 > c1 class=threat: I will sue you");
    // The threat is due after 30 minutes from the first message: it is over due at once.
    insta::assert_snapshot!(told(&mut world, &configs, &["09:39", "09:40", "09:54", "09:55"]), @r"
    09:39 -
    09:40 2.0.0 dana as owner, 2.0.0 kim as lead
    09:54 -
    09:55 2.1.0 ash as manager
    ");
    assert_eq!(world.head.unwrap().open[0].due, at("09:30"));
}

#[test]
fn an_edit_into_something_worse_tells_who_was_told_of_something_milder() {
    let config = format!(
        "{CONFIG}\n[policy.hour.threat]\ntarget = \"30m\"\nladder = [{{ at = \"0m\", to = [\"owner\", \"lead\"] }}, {{ at = \"due\", to = \"manager\" }}]\n"
    );
    let configs = configs(&[&config]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30"]);
    world.add("09:40 maria edits c1 class=threat: I will sue you");
    insta::assert_snapshot!(told(&mut world, &configs, &["09:40", "09:55"]), @r"
    09:40 1.0.0 dana as owner, 1.0.0 kim as lead
    09:55 1.1.0 ash as manager
    ");
}

#[test]
fn a_matter_that_turns_out_milder_keeps_its_deadline_and_goes_on_by_the_other_ladder() {
    let config = format!(
        "{CONFIG}\n[policy.hour.mention]\ntarget = \"240m\"\nladder = [{{ at = \"180m\", to = \"owner\" }}, {{ at = \"due\", to = \"lead\" }}]\n"
    );
    let configs = configs(&[&config]);
    let mut world = World::new("09:00 maria says c1: Where is it?\n09:20 dana calls c1 class=mention");
    insta::assert_snapshot!(told(&mut world, &configs, &["09:30", "10:00", "12:00", "13:00"]), @r"
    09:30 -
    10:00 1.1.0 kim as lead
    12:00 1.0.0 dana as owner
    13:00 -
    ");
}

#[test]
fn a_pause_stops_the_clock_and_a_message_of_the_customer_lets_it_run() {
    let configs = configs(&[CONFIG]);
    let mut paused = World::new(
        "09:00 maria says c1: Where is it?\n09:10 kim pauses c1 until=09:50: asked for the number",
    );
    insta::assert_snapshot!(told(&mut paused, &configs, &["09:30", "10:00", "10:10", "10:40"]), @r"
    09:30 -
    10:00 -
    10:10 1.0.0 dana as owner
    10:40 1.1.0 kim as lead, 1.1.0 lee as backup
    ");
    let mut ended = World::new(
        "
        09:00 maria says c1: Where is it?
        09:10 kim pauses c1: asked for the number
        09:20 maria says c2 > c1: It is 4711
        ",
    );
    assert_eq!(told(&mut ended, &configs, &["09:40"]), "09:40 1.0.0 dana as owner");
    let mut forgotten = World::new("09:00 maria says c1: Where is it?\n09:10 kim pauses c1: legal");
    assert_eq!(told(&mut forgotten, &configs, &["+3 09:29"]), "+3 09:29 -");
    assert_eq!(
        told(&mut forgotten, &configs, &["+3 09:30"]),
        "+3 09:30 1.0.0 dana as owner",
        "72 hours at most"
    );
}

#[test]
fn who_it_is_passed_to_is_told_and_answers_in_place_of_the_owner() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?\n09:10 dana passes c1 to=ash");
    insta::assert_snapshot!(told(&mut world, &configs, &["09:10", "09:30"]), @r"
    09:10 0.0.0 ash as owner (passed)
    09:30 0.0.0 ash as owner
    ");
}

#[test]
fn an_answer_that_was_there_before_the_mail_corrects_it_once() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30", "10:00"]);
    world.add("09:40 brand says c2 > c1 got=10:05: On its way");
    // The owner's mail at 09:30 was right, those of 10:00 were not.
    insta::assert_snapshot!(told(&mut world, &configs, &["10:05", "10:06"]), @r"
    10:05 0.1.0 kim as lead (correction), 0.1.0 lee as backup (correction)
    10:06 -
    ");
}

#[test]
fn who_was_told_above_hears_that_all_is_well() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    told(&mut world, &configs, &["09:30", "10:00"]);
    world.add("10:05 brand says c2 > c1: On its way");
    insta::assert_snapshot!(told(&mut world, &configs, &["10:05", "10:06"]), @r"
    10:05 0.1.0 kim as lead (clear)
    10:06 -
    ");
}

#[test]
fn so_many_mails_are_sent_about_a_case_and_then_it_is_only_listed() {
    let steps = (1..=14).map(|step| format!("{{ at = \"{step}m\", to = \"owner\" }}"));
    let ladder = steps.collect::<Vec<_>>().join(", ");
    let config = CONFIG.replace("{ at = \"30m\", to = \"owner\" },", &format!("{ladder},"));
    let configs = configs(&[&config]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    for minute in 1..=14 {
        told(&mut world, &configs, &[&format!("09:{minute:02}")]);
    }
    let capped: Vec<bool> = world.facts.notices.iter().map(|notice| notice.capped).collect();
    assert_eq!(capped, [&[false; MAILS_A_TURN][..], &[true; 2]].concat());
    assert_eq!(world.facts.notices[12].send_after, at("+1 09:00"), "in tomorrow's list");
}

#[test]
fn a_promise_is_listed_when_nothing_came_of_it() {
    let configs = configs(&[CONFIG]);
    let mut world =
        World::new("09:00 maria says c1: Where is it?\n09:10 brand says c2 > c1: We'll get back to you");
    assert_eq!(told(&mut world, &configs, &["09:10", "10:00"]), "09:10 -\n10:00 -");
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("+1 09:10")), "a day of open time");
    assert_eq!(told(&mut world, &configs, &["+1 09:10"]), "+1 09:10 0.0.0 dana as owner");
    assert_eq!(world.facts.notices[0].style, crate::policy::Style::Digest);
    world.add("+1 12:00 brand says c3 > c1: It arrives tomorrow");
    assert_eq!(told(&mut world, &configs, &["+1 12:00"]), "+1 12:00 -");
    let head = world.head.unwrap();
    assert_eq!((head.open, head.next_at), (vec![], None), "kept");
}

#[test]
fn what_is_caught_up_on_after_an_outage_is_told_when_its_answers_had_time_to_come() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1 got=15:00: Where is it?");
    assert_eq!(told(&mut world, &configs, &["15:00"]), "15:00 0.0.0 dana as owner");
    let notice = &world.facts.notices[0];
    assert_eq!((notice.send_after, &notice.sent), (at("15:02"), &None));
    world.add("09:20 brand says c2 > c1 got=15:01: On its way");
    assert_eq!(told(&mut world, &configs, &["15:01"]), "15:01 -");
    assert_eq!(world.facts.notices[0].dropped.as_ref().unwrap().reason, Reason::Answered);
    // An hour is not yet an outage.
    let mut late = World::new("09:00 maria says c1 got=09:59: Where is it?");
    told(&mut late, &configs, &["09:59"]);
    assert_eq!(late.facts.notices[0].send_after, at("09:59"));
}
