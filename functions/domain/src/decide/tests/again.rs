//! Whoever waits is told about, however often the ladder began anew, and nobody is told the same twice.

use super::*;
use crate::policy::{Class, Style};

/// Follows the head from moment to moment.
fn go(world: &mut World, configs: &Configs, from: &str, until: &str) -> String {
    let (mut now, until) = (at(from), at(until));
    let mut lines = Vec::new();
    for _ in 0..100 {
        let told = world.check(configs, now);
        if !told.is_empty() {
            lines.push(format!("{}: {}", now.strftime("%d %H:%M"), told.join(", ")));
        }
        match world.head.as_ref().and_then(|head| head.next_at).filter(|next| *next <= until) {
            Some(next) => now = next,
            None => return lines.join("\n"),
        }
    }
    panic!("more than a hundred moments:\n{}", lines.join("\n"));
}

/// The policy that is built in.
fn built_in() -> Configs {
    let own = CONFIG.find("    [policy.hour.question]").unwrap();
    configs(&[&CONFIG[..own].replace("policy = \"hour\"", "")])
}

#[test]
fn each_time_somebody_writes_after_a_day_of_silence_the_ladder_runs() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says m1 private: Where is it?");
    go(&mut world, &configs, "09:00", "+2 08:00");
    world.add("+2 09:00 maria says m2 private: Hello?");
    insta::assert_snapshot!(go(&mut world, &configs, "+2 09:00", "+2 11:00"), @r"
    27 09:30: 1.0.0 dana as owner
    27 10:00: 1.1.0 kim as lead, 1.1.0 lee as backup
    27 11:00: 1.2.0 ash as manager
    ");
    go(&mut world, &configs, "+2 11:01", "+4 08:00");
    world.add("+4 09:00 maria says m3 private: Anybody?");
    insta::assert_snapshot!(go(&mut world, &configs, "+4 09:00", "+4 11:00"), @r"
    29 09:30: 1.0.1 dana as owner
    29 10:00: 1.1.1 kim as lead, 1.1.1 lee as backup
    29 11:00: 1.2.1 ash as manager
    ");
}

#[test]
fn a_reminder_that_left_before_the_new_message_was_known_is_not_of_the_ladder_it_begins() {
    let configs = configs(&[CONFIG]);
    // The reminder leaves at 11:00. The message came after it, or a moment before the check that could not see it.
    for got in ["+1 11:01", "+1 10:59"] {
        let mut world = World::new("09:00 maria says m1 private: Where is it?");
        go(&mut world, &configs, "09:00", "+1 11:00");
        world.add("+1 10:30 maria says m2 private: Hello?");
        world.facts.said[1].received_at = at(got);
        let told = go(&mut world, &configs, "+1 11:02", "+3 23:00");
        insta::allow_duplicates! {
            insta::assert_snapshot!(told, @r"
            26 11:02: 1.0.0 dana as owner
            26 11:30: 1.1.0 kim as lead, 1.1.0 lee as backup
            26 12:30: 1.2.0 ash as manager
            27 12:30: 1.3.0 ash as manager
            28 12:30: 1.4.0 ash as manager
            ");
        }
    }
}

#[test]
fn a_class_that_comes_and_goes_loses_no_step() {
    let configs = built_in();
    let mut world = World::new("09:00 maria says c1: Where is it?\n09:06 dana calls c1 class=threat");
    insta::assert_snapshot!(go(&mut world, &configs, "09:06", "09:06"), @"25 09:06: 1.0.0 dana as owner, 1.0.0 kim as lead");
    world.add("09:07 dana calls c1 class=question");
    // Due at 09:30, as a threat: nothing makes that later.
    insta::assert_snapshot!(go(&mut world, &configs, "09:07", "10:30"), @r"
    25 09:30: 1.0.1 dana as owner, 1.2.0 kim as lead
    25 09:45: 1.1.0 dana as owner
    25 10:30: 1.3.0 ash as manager
    ");
}

#[test]
fn a_threat_is_told_at_once_even_if_everybody_was_told_of_something_milder() {
    let configs = built_in();
    let mut world = World::new("09:00 maria says c1 class=upset: This is a shame");
    go(&mut world, &configs, "09:00", "12:59");
    world.add("13:00 maria says c2 > c1 class=threat: I go to the press");
    insta::assert_snapshot!(go(&mut world, &configs, "13:00", "14:30"), @r"
    25 13:00: 1.0.0 dana as owner, 1.0.0 kim as lead
    25 13:15: 1.1.0 kim as lead, 1.1.0 lee as backup, 1.2.0 ash as manager
    ");
}

#[test]
fn a_milder_matter_that_was_put_off_is_told_of_when_that_is_over() {
    let configs = built_in();
    let mut world = World::new(
        "
        09:00 maria says c1 class=upset: This is a shame
        09:10 kim snoozes c1 until=15:00
        14:00 dana calls c1 class=question
        ",
    );
    insta::assert_snapshot!(go(&mut world, &configs, "09:00", "17:00"), @r"
    25 15:00: 2.2.0 kim as lead, 2.3.0 ash as manager
    ");
}

#[test]
fn what_was_taken_for_advertising_is_told_of_by_its_whole_ladder() {
    let configs = configs(&[CONFIG]);
    let mut world =
        World::new("09:00 maria says c1 class=spam: Win a parcel\n+7 09:00 dana calls c1 class=question");
    insta::assert_snapshot!(go(&mut world, &configs, "+7 09:00", "+7 12:00"), @r"
    01 09:00: 0.0.0 dana as owner
    01 09:15: 0.1.0 kim as lead, 0.1.0 lee as backup, 0.2.0 ash as manager
    ");
}

#[test]
fn a_repeat_in_the_same_role_at_the_end_is_meant() {
    let ladder = CONFIG
        .replace("[\"lead\", \"backup\"]", "\"lead\"")
        .replace("\"due+60m\", to = \"manager\"", "\"due+15m\", to = \"lead\"");
    let configs = configs(&[&ladder]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    insta::assert_snapshot!(go(&mut world, &configs, "09:00", "11:00"), @r"
    25 09:30: 0.0.0 dana as owner
    25 10:00: 0.1.0 kim as lead
    25 10:15: 0.2.0 kim as lead
    ");
}

#[test]
fn a_shop_that_never_closes_is_reminded_at_midnight_and_a_night_shift_when_it_begins() {
    let with = |week: &str| {
        let text = CONFIG.replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"");
        configs(&[&format!("{text}\n[calendar.shop]\nzone = \"UTC\"\nweek = {{ {week} }}\n")])
    };
    // week, asked, the first reminder after the ladder
    let table = [
        ("mon-sun = [\"00:00-24:00\"]", "09:00", "+1 00:00"),
        ("mon-fri = [\"00:00-24:00\"]", "09:00", "+1 00:00"),
        ("mon-sun = [\"22:00-06:00\"]", "22:00", "+1 22:00"),
        ("mon-sun = [\"09:00-18:00\"]", "09:00", "+1 09:00"),
        ("mon-wed = [\"09:00-18:00\"]", "09:00", "+5 09:00"),
    ];
    for (week, asked, reminder) in table {
        let configs = with(week);
        let mut world = World::new(&format!("{asked} maria says c1: Where is it?"));
        go(&mut world, &configs, asked, if asked == "09:00" { "12:00" } else { "+1 00:01" });
        assert_eq!(world.head.unwrap().next_at, Some(at(reminder)), "{week}");
    }
}

#[test]
fn a_threat_is_never_capped() {
    let configs = built_in();
    let mut world = World::new("09:00 maria says c1: Where is it?");
    go(&mut world, &configs, "09:00", "+5 12:00");
    world.add("+5 13:00 maria says c2 > c1 class=threat: I go to the press");
    go(&mut world, &configs, "+5 13:00", "+5 15:00");
    let threats = world.facts.notices.iter().filter(|notice| notice.class == Class::Threat);
    assert!(threats.clone().count() > 2);
    assert!(threats.into_iter().all(|notice| !notice.capped && notice.style == Style::Single));
}

#[test]
fn whose_notice_was_dropped_while_others_were_told_is_told_again() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    go(&mut world, &configs, "09:00", "10:00");
    let lee = world.facts.notices.iter_mut().find(|notice| notice.key.person.as_str() == "lee").unwrap();
    (lee.sent, lee.dropped) =
        (None, Some(crate::fact::Dropped { at: at("10:01"), reason: Reason::Answered }));
    assert_eq!(world.check(&configs, at("10:02")), ["0.1.1 lee as backup"]);
    assert_eq!(world.check(&configs, at("10:03")), [""; 0]);
}

#[test]
fn who_gets_it_back_is_told_again() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    for (time, who, to) in [("09:01", "dana", "ash"), ("09:02", "ash", "dana"), ("09:03", "dana", "ash")] {
        world.add(&format!("{time} {who} passes c1 to={to}"));
        let told = world.check(&configs, at(time));
        assert_eq!(told.len(), 1, "{told:?} at {time}");
        assert!(told[0].ends_with(&format!("{to} as owner (passed)")), "{told:?}");
    }
}

#[test]
fn an_ack_at_night_lasts_by_the_time_that_the_target_counts() {
    let night = CONFIG
        .replace("\"60m\"", "\"60m elapsed\"")
        .replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
        + "\n[calendar.shop]\nzone = \"UTC\"\nweek = { mon-sun = [\"09:00-18:00\"] }\n";
    let configs = configs(&[&night]);
    let world = World::new("20:00 maria says c1: Where is it?\n20:50 dana acks c1");
    // Due at 21:00; she has it for half an hour of the night, not until the shop has been open for as long.
    assert_eq!(world.plan(&configs, at("20:51")).head.next_at, Some(at("21:20")));
}

#[test]
fn a_second_answer_after_one_that_was_taken_back_is_all_clear_too() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    go(&mut world, &configs, "09:00", "10:00");
    world.add("10:10 brand says c2 > c1: There");
    assert_eq!(world.check(&configs, at("10:10")), ["0.1.0 kim as lead (clear)"]);
    world.add("10:20 brand removes c2\n10:50 brand says c3 > c1: Here");
    assert_eq!(world.check(&configs, at("10:50")), ["1.1.0 kim as lead (clear)"]);
    assert_eq!(world.check(&configs, at("10:51")), [""; 0]);
}

#[test]
fn all_clear_is_told_again_under_a_name_of_its_own_when_an_answer_before_it_is_taken_back() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    world.add("09:05 kim calls c1 class=upset");
    go(&mut world, &configs, "09:05", "10:00");
    world.add("10:10 kim resolves c1: by phone");
    assert_eq!(world.check(&configs, at("10:10")), ["1.1.0 kim as lead (clear)"]);
    world.add("10:09 brand says c2 > c1: Here\n10:12 brand removes c2");
    assert_eq!(world.check(&configs, at("10:12")), ["1.1.1 kim as lead (clear)"]);
    assert_eq!(world.check(&configs, at("10:13")), [""; 0]);
}

#[test]
fn two_answers_that_were_taken_back_are_told_of_each_under_a_name_of_its_own_however_late_somebody_looks() {
    let configs = configs(&[CONFIG]);
    let lines = "
        09:00 maria says c1: Where is it?
        09:02 brand says c2 > c1: There
        09:03 brand removes c2
        SAID brand says c3 > c1: Here
        REMOVED brand removes c3
    ";
    let all =
        ["1.0.0 kim as lead", "1.0.0 dana as owner", "2.0.0 kim as lead", "2.0.0 dana as owner"].as_slice();
    // the second said, removed, told
    for (said, removed, told) in [("09:05", "09:06", all), ("09:02", "09:03", &all[2..])] {
        let mut world = World::new(&lines.replace("SAID", said).replace("REMOVED", removed));
        let told_of = world.check(&configs, at("09:40"));
        let told_of: Vec<&str> = told_of.iter().filter_map(|line| line.strip_suffix(" (removed)")).collect();
        assert_eq!(told_of, told, "removed at {removed}");
    }
}

#[test]
fn who_was_to_be_told_before_an_answer_came_and_went_is_not_told_beside_whom_it_was_passed_to() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    world.facts.notices = world.plan(&configs, at("09:30")).claim;
    world.add("09:29 brand says c2 > c1: There");
    assert_eq!(world.check(&configs, at("09:30")), [""; 0], "what dana was to be told is dropped");
    world.add("09:31 brand removes c2\n09:32 dana passes c1 to=kim");
    assert_eq!(world.check(&configs, at("09:32")), ["0.0.0 kim as owner (passed)"]);
    let told = world.check(&configs, at("09:46"));
    assert_eq!(told[..1], ["1.0.0 kim as owner"], "{told:?}");
    assert_eq!(world.check(&configs, at("09:47")), [""; 0]);
}

#[test]
fn whose_notice_was_dropped_because_they_know_is_not_told_again() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is it?");
    go(&mut world, &configs, "09:00", "10:00");
    for notice in world.facts.notices.iter_mut().filter(|notice| notice.key.person.as_str() != "kim") {
        (notice.sent, notice.dropped) =
            (None, Some(crate::fact::Dropped { at: at("10:01"), reason: Reason::Told }));
    }
    assert_eq!(world.check(&configs, at("10:02")), [""; 0]);
}
