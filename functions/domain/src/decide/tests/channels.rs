//! People with a webhook: which ways they are told, and that two ways are one person.

use super::*;
use crate::fact::Channel;

/// Kim and Ash have both an address and a webhook.
fn config() -> String {
    let hook = "webhook = { url = \"https://hooks.acme.example/\", format = \"slack\" }";
    let both = |text: &str, person: &str| text.replace(person, &format!("{person}\n{hook}"));
    both(&both(CONFIG, "[person.kim]"), "[person.ash]")
}

/// Checks at a moment, and says what was claimed and by which channel.
fn told(world: &mut World, configs: &Configs, time: &str) -> Vec<String> {
    let before = world.facts.notices.len();
    world.check(configs, at(time));
    let new = world.facts.notices[before..].iter();
    new.map(|notice| format!("{} by {}", line(notice), notice.key.channel.name())).collect()
}

#[test]
fn who_has_a_webhook_is_told_there_and_hears_there_that_it_is_over() {
    let configs = configs(&[&config()]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(told(&mut world, &configs, "09:30"), ["0.0.0 dana as owner by email"]);
    let due = ["0.1.0 kim as lead by webhook", "0.1.0 lee as backup by email"];
    assert_eq!(told(&mut world, &configs, "10:00"), due);
    world.add("10:20 brand says c2 > c1: On its way");
    assert_eq!(told(&mut world, &configs, "10:21"), ["0.1.0 kim as lead (clear) by webhook"]);
    assert_eq!(told(&mut world, &configs, "10:22"), [""; 0]);
}

#[test]
fn of_a_threat_they_are_told_both_ways_and_that_is_one_person_told() {
    let configs = configs(&[&config()]);
    let mut world = World::new("09:00 maria says c1 class=threat: I call my lawyer");
    let both = ["0.1.0 kim as lead by webhook", "0.1.0 kim as lead by email", "0.1.0 lee as backup by email"];
    let mut all = Vec::new();
    for time in ["09:00", "09:30", "10:00", "10:01"] {
        all.extend(told(&mut world, &configs, time));
    }
    for line in both {
        let same = all.iter().filter(|told| *told == line).count();
        assert_eq!(same, 1, "{line}: {all:?}");
    }
    // Later steps are as if everybody had one way only: the same without webhooks.
    let steps = |all: &[String]| -> Vec<String> {
        let people = all.iter().map(|line| line.rsplit_once(" by ").unwrap().0.to_owned());
        let mut people: Vec<_> = people.collect();
        people.dedup();
        people
    };
    let mut alone = World::new("09:00 maria says c1 class=threat: I call my lawyer");
    let plain = crate::story::configs(&[CONFIG]);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for time in ["11:00", "12:00", "+1 11:00", "+2 11:00"] {
        with.extend(told(&mut world, &configs, time));
    }
    for time in ["09:00", "09:30", "10:00", "10:01", "11:00", "12:00", "+1 11:00", "+2 11:00"] {
        without.extend(told(&mut alone, &plain, time));
    }
    assert_eq!(steps(&[all, with].concat()), steps(&without));
    // What was told by two ways is answered by both.
    world.add("+2 11:10 brand says c2 > c1: Please call us");
    let clear = told(&mut world, &configs, "+2 11:11");
    for channel in Channel::ALL {
        let name = channel.name();
        assert!(clear.iter().any(|line| line.contains("kim") && line.ends_with(name)), "{name}: {clear:?}");
    }
}

#[test]
fn a_crash_between_the_claims_of_two_channels_loses_none_of_them() {
    let configs = configs(&[&config(), CONFIG]);
    let mut world = World::new("01:30 maria says c1 class=threat: I call my lawyer");
    let claimed = world.plan(&configs, at("01:59")).claim;
    assert_eq!(claimed, []);
    let step = crate::story::configs(&[&config()]);
    let mut claimed = world.plan(&step, at("02:30")).claim;
    claimed.retain(|notice| notice.key.step.index == 1 && notice.key.person.as_str() == "kim");
    assert_eq!(claimed.len(), 2);
    // The one of them was claimed, and then the webhook went from the configuration.
    claimed.truncate(1);
    let other = if claimed[0].key.channel == Channel::Email { "webhook" } else { "email" };
    world.facts.notices = claimed;
    let made_up = told(&mut world, &configs, "02:31");
    assert!(made_up.contains(&format!("0.1.0 kim as lead by {other}")), "{made_up:?}");
    assert!(!told(&mut world, &configs, "02:32").iter().any(|line| line.contains("kim")));
}

#[test]
fn however_it_ends_a_webhook_is_told_and_a_mailbox_only_of_an_answer() {
    let configs = configs(&[&config()]);
    for end in ["10:10 maria removes c1", "10:10 kim dismisses c1: no question"] {
        let mut world = World::new("09:00 maria says c1: Where is my parcel?");
        told(&mut world, &configs, "10:00");
        world.add(end);
        assert_eq!(told(&mut world, &configs, "10:11"), ["0.1.0 kim as lead (clear) by webhook"], "{end}");
        assert_eq!(told(&mut world, &configs, "10:12"), [""; 0], "{end}");
    }
}
