//! Whom mail does not reach is passed over at once, whatever level they are of, and the administrators hear of it.

use super::*;
use crate::fact::{Cause, Failed, address};

impl World {
    /// The mails to `person` that were sent or wait turn out to fail, at their address of today.
    fn fail(&mut self, configs: &Configs, person: &str, now: Timestamp, cause: Cause) {
        let email = &configs.current().unwrap().people[&PersonId::from(person)].email;
        let failed = Failed { at: now, cause, address: address(email.as_deref().unwrap()), known: false };
        let mut failing = 0;
        for notice in self.facts.notices.iter_mut().filter(|notice| notice.key.person.as_str() == person) {
            if notice.failed.is_none() && notice.dropped.is_none() {
                notice.failed = Some(failed.clone());
                failing += 1;
            }
        }
        assert!(failing > 0, "{person} was told something");
    }
}

/// A night shift has the duty, the shop opens at nine.
fn with_hours(of: &str) -> String {
    let hours = format!("[person.{of}]");
    let calendar = "[calendar.day]\nzone = \"UTC\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n";
    let config = CONFIG.replace(&hours, &format!("{hours}\nhours = \"day\""));
    assert_ne!(config, CONFIG, "{of} is in the configuration");
    format!("{calendar}{config}")
}

#[test]
fn a_hard_bounce_moves_to_the_next_candidate_then_to_the_next_level_and_the_administrator_hears_of_each() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs, at("09:30")), ["0.0.0 dana as owner"]);
    world.fail(&configs, "dana", at("09:31"), Cause::Bounced);
    assert_eq!(
        world.check(&configs, at("09:31")),
        ["0.0.1 lee as owner", "- ash as admin (unreachable)"],
        "the backup is the owner's next candidate"
    );
    assert_eq!(world.check(&configs, at("09:31")), [""; 0], "the same report again");
    world.fail(&configs, "lee", at("09:32"), Cause::Bounced);
    assert_eq!(
        world.check(&configs, at("09:32")),
        ["0.1.0 kim as lead skipped [0]", "- ash as admin (unreachable)"],
        "nobody is left of the first level: the second is told before its time, and of what was skipped"
    );
    assert_eq!(world.check(&configs, at("10:00")), [""; 0], "the second level was told");
    assert_eq!(world.check(&configs, at("11:00")), ["0.2.0 ash as manager"]);
}

#[test]
fn who_bounced_is_replaced_while_the_others_of_the_step_were_told() {
    let two = CONFIG.replace("lead = [\"kim\"]", "lead = [\"kim\", \"ash\"]");
    let configs = configs(&[&two]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    assert_eq!(world.check(&configs, at("10:00")), ["0.1.0 kim as lead", "0.1.0 lee as backup"]);
    world.fail(&configs, "kim", at("10:01"), Cause::Suppressed);
    let told = world.check(&configs, at("10:01"));
    assert_eq!(told, ["0.1.1 ash as lead", "- ash as admin (unreachable)"]);
    assert_eq!(world.check(&configs, at("10:02")), [""; 0]);
}

#[test]
fn whoever_takes_over_is_written_to_in_their_hours_unless_it_is_severe() {
    for (class, send_after) in [("question", at("+1 09:00")), ("threat", at("20:31"))] {
        let text = with_hours("lee").replace("policy.hour.question", &format!("policy.hour.{class}"));
        let configs = configs(&[&text]);
        let mut world = World::new(&format!("20:00 maria says c1 class={class}: Where is my parcel?"));
        assert_eq!(world.check(&configs, at("20:30")), ["0.0.0 dana as owner"], "{class}");
        world.fail(&configs, "dana", at("20:31"), Cause::Bounced);
        assert_eq!(world.check(&configs, at("20:31"))[0], "0.0.1 lee as owner", "{class}");
        let lee = world.facts.notices.iter().find(|notice| notice.key.person.as_str() == "lee").unwrap();
        assert_eq!(lee.send_after, send_after, "{class}");
    }
}

#[test]
fn if_nobody_of_the_ladder_is_reached_the_administrators_are_and_then_somebody_looks_again() {
    let ladder = CONFIG.find("      { at = \"due\"").unwrap();
    let config = format!("{}    ]\n", &CONFIG[..ladder]);
    let configs = configs(&[&config]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    world.fail(&configs, "dana", at("09:31"), Cause::Complained);
    world.check(&configs, at("09:31"));
    world.fail(&configs, "lee", at("09:32"), Cause::Complained);
    let told = world.check(&configs, at("09:32"));
    assert_eq!(told, ["0.0.2 ash as admin", "- ash as admin (unreachable)"]);
    // The administrator is not reached either: nobody is told of that by mail, and nothing goes round in circles.
    world.fail(&configs, "ash", at("09:33"), Cause::Bounced);
    let plan = world.plan(&configs, at("09:33"));
    assert_eq!((plan.claim, plan.unheard.len()), (vec![], 1));
    assert_eq!(plan.head.next_at, Some(at("09:35")));
    let next_at = world.plan(&configs, at("09:34:59")).head.next_at;
    assert_eq!(next_at, Some(at("09:35")), "whoever else looks meanwhile asks for the same moment");
    assert_eq!(world.plan(&configs, at("09:35")).head.next_at, Some(at("09:40")));
}

#[test]
fn a_corrected_address_counts_at_once() {
    let right = CONFIG.replace("dana@", "dana.ortiz@");
    assert_ne!(right, CONFIG);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    let wrong = configs(&[CONFIG]);
    world.check(&wrong, at("09:30"));
    world.fail(&wrong, "dana", at("09:31"), Cause::Bounced);
    world.check(&wrong, at("09:31"));
    let corrected = Configs { pushes: configs(&[CONFIG, &right]).pushes, ..configs(&[CONFIG, &right]) };
    assert_eq!(
        world.check(&corrected, at("09:40")),
        ["0.0.2 dana as owner"],
        "dana is told what did not arrive"
    );
    assert_eq!(world.check(&corrected, at("09:41")), [""; 0]);
    // That address is refused too: both are known now, whichever the configuration says.
    world.fail(&corrected, "dana", at("09:42"), Cause::Bounced);
    let told = ["- ash as admin (unreachable)"];
    assert_eq!(world.check(&corrected, at("09:42")), told, "lee was told in dana's place");
    assert_eq!(world.check(&wrong, at("09:43")), [""; 0], "and an older configuration tells nobody again");
}

#[test]
fn who_was_not_reached_hears_neither_that_somebody_has_it_nor_that_all_is_well() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    world.check(&configs, at("10:00"));
    world.fail(&configs, "kim", at("10:01"), Cause::Bounced);
    world.check(&configs, at("10:01"));
    world.add("10:41 brand says c2 > c1: On its way");
    assert_eq!(world.check(&configs, at("10:41")), ["0.1.0 lee as backup (clear)"; 0], "only kim is above");
}

#[test]
fn a_report_that_comes_after_the_answer_still_reaches_the_administrator() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    world.add("09:40 brand says c2 > c1: On its way");
    world.check(&configs, at("09:40"));
    world.fail(&configs, "dana", at("10:30"), Cause::Bounced);
    assert_eq!(world.check(&configs, at("10:30")), ["- ash as admin (unreachable)"]);
    assert_eq!(world.check(&configs, at("10:31")), [""; 0]);
}

#[test]
fn who_was_told_just_before_is_told_in_another_role_as_soon_as_they_may_be() {
    let configs = configs(&[CONFIG]);
    // We hear of the question when its whole ladder is over due: everything falls due at nearly the same time.
    let mut world = World::new("09:00 maria says c1 got=12:00: Where is my parcel?");
    world.check(&configs, at("12:00"));
    world.fail(&configs, "dana", at("12:01"), Cause::Bounced);
    assert_eq!(world.check(&configs, at("12:01"))[0], "0.0.1 lee as owner");
    world.check(&configs, at("12:15"));
    let steps = world.facts.notices.iter().filter(|notice| notice.key.purpose == Purpose::Step);
    let told: Vec<String> = steps.map(line).collect();
    assert_eq!(
        told,
        ["0.0.0 dana as owner", "0.0.1 lee as owner", "0.1.0 kim as lead", "0.2.0 ash as manager"]
    );
    world.fail(&configs, "kim", at("12:16"), Cause::Bounced);
    world.check(&configs, at("12:16"));
    let next_at = world.head.as_ref().unwrap().next_at.unwrap();
    assert_eq!(next_at, at("12:30"), "lee was told as owner at noon");
    assert_eq!(world.check(&configs, next_at), ["0.1.1 lee as backup"]);
}

#[test]
fn whoever_could_only_stand_in_later_does_so_then_though_others_of_the_step_were_told() {
    let configs = configs(&[&CONFIG.replace("lead = [\"kim\"]", "lead = [\"kim\", \"dana\"]")]);
    let mut world = World::new("09:00 maria says c1 got=12:00: Where is my parcel?");
    assert_eq!(world.check(&configs, at("12:00")), ["0.0.0 dana as owner"]);
    let told = world.check(&configs, at("12:15"));
    assert_eq!(told, ["0.1.0 kim as lead", "0.1.0 lee as backup", "0.2.0 ash as manager"]);
    world.fail(&configs, "kim", at("12:16"), Cause::Bounced);
    assert_eq!(world.check(&configs, at("12:16")), ["- ash as admin (unreachable)"]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("12:30")), "dana was told as owner at noon");
    assert_eq!(world.check(&configs, at("12:30")), ["0.1.1 dana as lead"]);
}

#[test]
fn while_nobody_is_reached_who_is_free_again_is_told_at_once() {
    let configs = configs(&[&CONFIG.replace("at = \"due\"", "at = \"48m\"")]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    world.fail(&configs, "dana", at("09:31"), Cause::Bounced);
    assert_eq!(world.check(&configs, at("09:31"))[0], "0.0.1 lee as owner");
    assert_eq!(world.check(&configs, at("09:48")), ["0.1.0 kim as lead"], "lee was told just before");
    world.fail(&configs, "kim", at("09:49"), Cause::Bounced);
    assert_eq!(world.check(&configs, at("09:49"))[0], "0.2.0 ash as manager skipped [1]");
    world.fail(&configs, "ash", at("09:59"), Cause::Bounced);
    world.check(&configs, at("09:59"));
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("10:00")), "lee was told as owner at 09:30");
    assert_eq!(world.check(&configs, at("10:00")), ["0.1.1 lee as backup"]);
}

#[test]
fn what_failed_because_it_was_known_is_no_news() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    world.fail(&configs, "dana", at("09:30"), Cause::Bounced);
    world.facts.notices[0].failed.as_mut().unwrap().known = true;
    assert_eq!(world.check(&configs, at("09:30")), ["0.0.1 lee as owner"]);
}

proptest! {
    /// Whoever fails, and in whatever order we hear of it: as long as anybody of the ladder is reached, or an
    /// administrator, somebody is told by the time that the last failure is known; nobody is told at an address that
    /// failed; and it comes to an end.
    #[test]
    fn somebody_is_told_as_long_as_anybody_is_reached(
        bad in proptest::sample::subsequence(vec!["dana", "lee", "kim", "ash"], 0..=4), until in 30_u32..240,
    ) {
        let configs = configs(&[CONFIG]);
        let mut world = World::new("09:00 maria says c1: Where is my parcel?");
        let start = at("09:00");
        for minute in 0..=until {
            let now = start + SignedDuration::from_mins(i64::from(minute));
            world.check(&configs, now);
            for _ in 0..10 {
                let fails = |notice: &Notice| {
                    bad.contains(&notice.key.person.as_str()) && notice.failed.is_none() && notice.dropped.is_none()
                };
                let Some(next) = world.facts.notices.iter().find(|notice| fails(notice)).map(|n| n.key.person.clone())
                else { break };
                world.fail(&configs, next.as_str(), now, Cause::Bounced);
                world.check(&configs, now);
            }
        }
        let steps = |who: &str| {
            world.facts.notices.iter().filter(|n| n.key.purpose == Purpose::Step && n.key.person.as_str() == who).count()
        };
        for who in &bad {
            prop_assert!(steps(who) <= 1, "{who} is not told again");
        }
        let is_told = world.facts.notices.iter().any(|n| n.key.purpose == Purpose::Step && n.failed.is_none());
        prop_assert_eq!(is_told, bad.len() < 4);
        let plan = world.plan(&configs, start + SignedDuration::from_mins(i64::from(until)));
        if bad.len() == 4 || !bad.contains(&"ash") {
            prop_assert_eq!(plan.unheard.len(), usize::from(bad.len() == 4), "the administrator is told of the rest");
        }
    }
}
