//! What a configuration pushed meanwhile does to open turns. Versions are pushed at 01:00, 02:00 and so on.

use super::*;
use crate::versions::Push;

fn applied(texts: &[&str]) -> Configs {
    let mut configs = configs(texts);
    configs.pushes.last_mut().unwrap().apply_to_open = true;
    configs
}

fn due(world: &World) -> Timestamp {
    world.head.as_ref().unwrap().open[0].due
}

#[test]
fn a_shorter_target_that_is_over_at_once_leaves_five_minutes() {
    let shorter = CONFIG.replace("\"60m\"", "\"20m\"").replace("\"30m\"", "\"10m\"");
    let configs = applied(&[CONFIG, &shorter]);
    let mut world = World::new("01:30 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs, at("02:00")), [""; 0], "nobody is told of a sudden");
    assert_eq!((due(&world), world.head.as_ref().unwrap().next_at), (at("02:05"), Some(at("02:05"))));
    let told = ["1.0.0 dana as owner", "1.1.0 kim as lead", "1.1.0 lee as backup"];
    assert_eq!(world.check(&configs, at("02:05")), told);
}

#[test]
fn a_longer_target_applied_to_open_turns_makes_good_what_was_missed() {
    let longer = CONFIG.replace("\"60m\"", "\"120m\"");
    let before = configs(&[CONFIG]);
    let mut world = World::new("00:50 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&before, at("01:20")), ["0.0.0 dana as owner"]);
    assert_eq!(world.check(&before, at("01:50")), ["0.1.0 kim as lead", "0.1.0 lee as backup"]);
    let snapshot = configs(&[CONFIG, &longer]);
    world.check(&snapshot, at("02:01"));
    assert_eq!(due(&world), at("01:50"), "without being asked for nothing changes");
    let chosen = applied(&[CONFIG, &longer]);
    assert_eq!(world.check(&chosen, at("02:02")), [""; 0], "who was warned is not warned again");
    assert_eq!(due(&world), at("02:50"));
    assert_eq!(world.check(&chosen, at("02:50")), ["1.1.0 kim as lead", "1.1.0 lee as backup"]);
}

#[test]
fn a_push_for_open_turns_that_leaves_the_ladder_as_it_is_tells_nobody_again() {
    let other = CONFIG.replace("lead = [\"kim\"]", "lead = [\"ash\"]");
    let before = configs(&[CONFIG]);
    let mut world = World::new("00:50 maria says c1: Where is my parcel?");
    world.check(&before, at("01:20"));
    world.check(&before, at("01:50"));
    let chosen = applied(&[CONFIG, &other]);
    assert_eq!(world.check(&chosen, at("02:02")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("02:50")), "the manager");
}

#[test]
fn who_was_told_under_one_version_is_not_told_again_under_the_next_two() {
    let ladder = |minutes: &str| CONFIG.replace("\"30m\"", minutes);
    let (second, third) = (ladder("\"25m\""), ladder("\"20m\""));
    let mut all = configs(&[CONFIG, &second, &third]);
    for push in &mut all.pushes[1..] {
        push.apply_to_open = true;
    }
    let one = configs(&[CONFIG]);
    let mut two = configs(&[CONFIG, &second]);
    two.pushes[1].apply_to_open = true;
    let mut world = World::new("01:40 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&one, at("01:59")), [""; 0]);
    assert_eq!(world.check(&two, at("02:05")), ["1.0.0 dana as owner"]);
    assert_eq!(world.check(&two, at("02:40")).len(), 2, "due");
    // The version in between is no longer loaded: nothing runs on it.
    all.loaded.remove(&2);
    assert_eq!(world.check(&all, at("03:06")), [""; 0]);
    assert_eq!(world.check(&all, at("03:40")), ["1.2.0 ash as manager"]);
}

#[test]
fn who_is_told_by_one_step_is_not_told_by_another_that_the_push_moved_however_late_somebody_looks() {
    let step = r#"{ at = "30m", to = "owner" },"#;
    assert!(CONFIG.contains(step));
    let twice = r#"{ at = "10m", to = "owner" }, { at = "33m", to = "owner" },"#;
    let configs = applied(&[CONFIG, &CONFIG.replace(step, twice)]);
    for times in [&["02:03", "02:05", "02:06"][..], &["02:06"]] {
        let mut world = World::new("01:30 maria says c1: Where is my parcel?");
        let told: Vec<String> = times.iter().flat_map(|time| world.check(&configs, at(time))).collect();
        assert_eq!(told, ["1.1.0 dana as owner"], "looked at {times:?}");
    }
}

#[test]
fn opening_hours_that_change_move_what_is_to_come_and_leave_five_minutes() {
    let with = |hours: &str| {
        CONFIG.replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
            + &format!("[calendar.shop]\nzone = \"UTC\"\nweek = {{ mon-sun = [\"{hours}\"] }}\n")
    };
    // Asked at 00:30 before the shop opens; it is found to have opened earlier.
    let (later, earlier) = (with("01:45-23:00"), with("00:30-23:00"));
    let mut world = World::new("00:30 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&later]), at("01:10")), [""; 0]);
    assert_eq!(due(&world), at("02:45"));
    let both = configs(&[&later, &earlier]);
    // Pushed at 02:00, when it had been due at 01:30 by the new hours.
    assert_eq!(world.check(&both, at("02:01")), [""; 0]);
    assert_eq!(due(&world), at("02:05"));
    let told = world.check(&both, at("02:05"));
    assert_eq!(told, ["0.0.0 dana as owner", "0.1.0 kim as lead", "0.1.0 lee as backup"]);
    // The other way round the steps to come wait for the new hours.
    let mut world = World::new("00:30 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&earlier]), at("01:00")), ["0.0.0 dana as owner"]);
    assert_eq!(world.check(&configs(&[&earlier, &with("02:30-23:00")]), at("02:01")), [""; 0]);
    assert_eq!(due(&world), at("03:30"));
}

#[test]
fn who_left_is_passed_over_and_what_was_sent_stays() {
    let without = CONFIG.replace("owner = \"dana\"", "owner = \"lee\"").replace("backup = \"lee\"\n", "");
    let without = without.replace("[\"lead\", \"backup\"]", "\"lead\"");
    let mut world = World::new("01:40 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[CONFIG, &without]), at("02:10")), ["0.0.0 lee as owner"]);
}

#[test]
fn maintenance_holds_every_step_and_says_afterwards_what_it_held() {
    let quiet = "policy = \"hour\"\nmaintenance = [\"2026-03-25T09:20/2026-03-25T10:30\"]";
    let configs = configs(&[&CONFIG.replace("policy = \"hour\"", quiet)]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs, at("10:29")), [""; 0]);
    assert_eq!(world.check(&configs, at("10:30")), ["0.1.0 kim as lead", "0.1.0 lee as backup"]);
    assert_eq!(world.facts.notices[0].held, [0]);
}

#[test]
fn a_ladder_that_is_mended_for_open_turns_tells_whom_the_other_left_out() {
    let lame =
        CONFIG.replace("{ at = \"due\", to = [\"lead\", \"backup\"] },\n", "").replace("due+60m", "due+240m");
    let mut world = World::new("00:50 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&lame]), at("01:20")), ["0.0.0 dana as owner"]);
    let mended = applied(&[&lame, CONFIG]);
    assert_eq!(world.check(&mended, at("02:04")), [""; 0]);
    // It was due at 01:50: over before the push.
    assert_eq!(world.check(&mended, at("02:20")), ["1.1.0 kim as lead", "1.1.0 lee as backup"]);
    assert_eq!(world.check(&mended, at("02:50")), ["1.2.0 ash as manager"]);
}

#[test]
fn a_version_that_comes_back_tells_nobody_again() {
    let second = CONFIG.replace("\"30m\"", "\"25m\"");
    let mut all = configs(&[CONFIG, &second, CONFIG]);
    (all.pushes[1].apply_to_open, all.pushes[2].apply_to_open) = (true, true);
    (all.pushes[2].number, all.pushes[2].pushed_at) = (1, at("03:05"));
    let mut two = configs(&[CONFIG, &second]);
    two.pushes[1].apply_to_open = true;
    let mut world = World::new("01:55 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&two, at("02:20")), ["1.0.0 dana as owner"]);
    assert_eq!(world.check(&two, at("02:55")).len(), 2);
    for time in ["03:05", "03:10", "03:25"] {
        assert_eq!(world.check(&all, at(time)), [""; 0], "at {time}");
    }
    assert_eq!(world.check(&all, at("03:55")), ["1.2.0 ash as manager"]);
}

#[test]
fn reminders_of_another_ladder_are_not_told_once_more() {
    let mut world = World::new("00:50 maria says c1: Where is my parcel?");
    for time in ["01:20", "01:50", "02:50", "+1 02:50", "+2 02:50"] {
        world.check(&configs(&[CONFIG]), at(time));
    }
    let mut longer = configs(&[CONFIG, &CONFIG.replace("due+60m", "due+90m")]);
    longer.pushes[1] = Push { number: 2, pushed_at: at("+2 13:00"), apply_to_open: true };
    assert_eq!(world.check(&longer, at("+2 13:30")), [""; 0]);
    assert_eq!(world.check(&longer, at("+3 03:20")).len(), 1);
}

#[test]
fn a_reminder_that_a_push_moves_behind_now_is_looked_at_again() {
    let open = CONFIG.replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
        + "[calendar.shop]\nzone = \"UTC\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n";
    let closed = format!("{open}days = {{ 2026-03-25 = [] }}\n");
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&open]), at("11:00")).len(), 4);
    assert_eq!(world.check(&configs(&[&open]), at("+1 09:00")), ["0.3.0 ash as manager"]);
    // Somebody remembers that Wednesday was a holiday: now the first reminder would come on Friday.
    let mut both = configs(&[&open, &closed]);
    both.pushes[1].pushed_at = at("+1 10:00");
    assert_eq!(world.check(&both, at("+1 10:00")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("+2 09:00")));
    assert_eq!(world.check(&both, at("+2 09:00")), [""; 0], "it was told before");
    assert_eq!(world.check(&both, at("+5 09:00")), ["0.4.0 ash as manager"]);
}
