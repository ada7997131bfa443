use proptest::prelude::*;

use super::*;
use crate::fact::{Purpose, Said, Sent, date};
use crate::history::fold;
use crate::story::{CONFIG, at, configs, facts, story};

/// A conversation as the table would hold it.
#[derive(Default)]
struct World {
    head: Option<Head>,
    facts: Facts,
}

impl World {
    fn new(lines: &str) -> World {
        World { head: None, facts: facts(lines) }
    }

    /// Adds what happens further.
    fn add(&mut self, lines: &str) {
        let facts = facts(lines);
        self.facts.said.extend(facts.said);
        self.facts.actions.extend(facts.actions);
    }

    fn plan(&self, configs: &Configs, now: Timestamp) -> Plan {
        let kept = self.head.as_ref().map(|head| head.kept.clone()).unwrap_or_default();
        let history = fold(&self.facts, &kept, REOPEN, now);
        let conversation = ConversationId::from("CONVERSATION");
        decide(&conversation, self.head.as_ref(), &self.facts, &history, configs, now).unwrap()
    }

    /// Carries a plan out as far as the table: claims are put if absent, mails go out at once.
    fn check(&mut self, configs: &Configs, now: Timestamp) -> Vec<String> {
        let plan = self.plan(configs, now);
        let mut told = Vec::new();
        for notice in plan.claim {
            let is_known = self.facts.notices.iter().any(|known| known.key == notice.key);
            assert!(!is_known, "what is claimed has a name of its own: {:?}", notice.key);
            told.push(line(&notice));
            self.facts.notices.push(notice);
        }
        for (key, reason) in plan.drop {
            let dropped = self.facts.notices.iter_mut().find(|notice| notice.key == key);
            dropped.unwrap().dropped = Some(crate::fact::Dropped { at: now, reason });
        }
        // What waits for somebody's hours is sent by the sweep.
        let due = plan.tell.into_iter().filter(|tell| tell.at <= now);
        for key in due.flat_map(|tell| tell.notices) {
            let notice = self.facts.notices.iter_mut().find(|notice| notice.key == key).unwrap();
            notice.sent = Some(Sent { at: now, mail: "mail".to_owned() });
        }
        self.head = Some(plan.head);
        told
    }
}

fn line(notice: &Notice) -> String {
    let NoticeKey { step, person, .. } = &notice.key;
    let skipped =
        if notice.skipped.is_empty() { String::new() } else { format!(" skipped {:?}", notice.skipped) };
    let purpose = match notice.key.purpose {
        Purpose::Step => String::new(),
        other => format!(" ({})", other.name()),
    };
    // A report is named by whom it is about.
    let step = if notice.key.purpose == Purpose::Unreachable { "-".to_owned() } else { step.to_string() };
    format!("{step} {person} as {}{skipped}{purpose}", notice.role)
}

#[test]
fn each_step_fires_once_at_its_time_until_the_brand_answers() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    // checked at, told
    let table: [(&str, &[&str]); 8] = [
        ("09:00", &[]),
        ("09:29", &[]),
        ("09:30", &["0.0.0 dana as owner"]),
        ("09:30", &[]), // the same message again
        ("10:00", &["0.1.0 kim as lead", "0.1.0 lee as backup"]),
        ("10:59", &[]),
        ("11:00", &["0.2.0 ash as manager"]),
        ("12:00", &[]),
    ];
    for (time, told) in table {
        assert_eq!(world.check(&configs, at(time)), told, "at {time}");
    }
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("+1 11:00")), "the last step, once more");
    world.add("11:30 brand says c2 > c1: On its way");
    world.check(&configs, at("12:30"));
    let head = world.head.unwrap();
    assert_eq!((head.open, head.next_at), (vec![], None));
}

#[test]
fn whoever_waits_is_looked_at_again_even_if_nobody_is_told() {
    let silent = format!("{CONFIG}\n[policy.hour.praise]\ntarget = \"60m\"\nladder = []\n");
    let configs = configs(&[&silent]);
    let mut world = World::new("09:00 maria says c1 class=praise: Nice");
    assert_eq!(world.check(&configs, at("09:00")), [""; 0]);
    let given_up = at("+30 09:00");
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(given_up), "when it is given up");
    world.check(&configs, given_up);
    let head = world.head.unwrap();
    assert_eq!((head.open, head.next_at), (vec![], None));
}

#[test]
fn the_next_moment_is_the_next_step_of_whoever_waits() {
    let configs = configs(&[CONFIG]);
    let world = World::new(
        "
        09:00 maria says c1: Where is my parcel?
        09:10 paul says c2 > c1: Mine too
    ",
    );
    let head = world.plan(&configs, at("09:35")).head;
    assert_eq!(head.next_at, Some(at("09:40")), "paul's first step");
    assert_eq!(head.open.iter().map(|open| open.due).collect::<Vec<_>>(), [at("10:00"), at("10:10")]);
}

#[test]
fn an_answer_drops_what_was_claimed_and_not_yet_sent() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    let claimed = world.plan(&configs, at("09:30")).claim;
    world.facts.notices = claimed;
    world.add("09:29 brand says c2 > c1: On its way");
    let plan = world.plan(&configs, at("09:31"));
    assert_eq!(plan.drop.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [Reason::Answered]);
    assert_eq!((plan.tell, plan.claim), (vec![], vec![]));
}

#[test]
fn a_claim_left_out_by_a_crash_is_made_up_even_if_people_changed() {
    let configs = configs(&[CONFIG, &CONFIG.replace("lead = [\"kim\"]", "lead = [\"ash\"]")]);
    let mut world = World::new("01:30 maria says c1: Where is my parcel?");
    let mut claimed = world.plan(&configs, at("02:30")).claim;
    claimed.retain(|notice| notice.key.step.index == 1);
    claimed.truncate(1);
    world.facts.notices = claimed;
    let told: Vec<String> =
        world.check(&configs, at("02:31")).into_iter().filter(|line| line.starts_with("0.1")).collect();
    assert_eq!(told, ["0.1.0 lee as backup"], "the second of the two the step had chosen");
}

#[test]
fn a_step_that_reaches_nobody_hands_its_time_to_the_next() {
    let away = "away = [\"2026-03-25..2026-03-26\"]";
    let gone = |name: &str, text: &str| {
        text.replace(
            &format!("email = \"{name}@acme.example\""),
            &format!("email = \"{name}@acme.example\"\n{away}"),
        )
    };
    let empty = gone("dana", &gone("lee", CONFIG));
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&empty]), at("09:30")), ["0.1.0 kim as lead skipped [0]"]);
    assert_eq!(world.check(&configs(&[&empty]), at("10:00")), [""; 0], "told before its time, not again");
    // The skipped step is done, whoever comes back.
    assert_eq!(world.check(&configs(&[CONFIG]), at("10:01")), [""; 0]);
    assert_eq!(world.check(&configs(&[CONFIG]), at("11:00")), ["0.2.0 ash as manager"]);
}

#[test]
fn when_the_whole_ladder_is_away_the_administrators_are_told() {
    let away = "away = [\"2026-03-25..2026-03-26\"]";
    let all = ["dana", "lee", "kim", "ash"].iter().fold(CONFIG.to_owned(), |text, name| {
        let email = format!("email = \"{name}@acme.example\"");
        text.replace(&email, &format!("{email}\n{away}"))
    });
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs(&[&all]), at("09:30")), ["0.2.0 ash as admin skipped [0, 1]"]);
}

#[test]
fn notices_stay_with_the_turn_whose_opener_was_deleted() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new(
        "
        09:00 maria says c1: Where is my parcel?
        09:10 maria says c2 > c1: Hello?
    ",
    );
    assert_eq!(world.check(&configs, at("09:30")), ["0.0.0 dana as owner"]);
    world.add("09:35 maria removes c1");
    assert_eq!(world.check(&configs, at("09:45")), [""; 0], "the first step fired before");
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("10:10")), "due counts from what is left");
}

#[test]
fn an_answer_taken_back_starts_the_ladder_anew_after_a_quarter_of_an_hour() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs, at("09:30")), ["0.0.0 dana as owner"]);
    world.add("09:40 brand says c2 > c1: On its way\n09:50 brand removes c2");
    assert_eq!(world.check(&configs, at("09:51")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("10:05")));
    let told = world.check(&configs, at("10:05"));
    // The step that fell due meanwhile, and word of what happened to those who have to see to it.
    let removed = ["1.0.0 kim as lead (removed)", "1.0.0 dana as owner (removed)"];
    assert_eq!(told, [&["1.1.0 kim as lead", "1.1.0 lee as backup"][..], &removed].concat());
    assert_eq!(world.check(&configs, at("10:06")), [""; 0]);
}

#[test]
fn a_delivery_after_the_deadline_does_not_fire_the_whole_ladder() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1 got=12:00: Where is my parcel?");
    assert_eq!(world.check(&configs, at("12:00")), ["0.0.0 dana as owner"]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("12:15")));
}

#[test]
fn a_turn_runs_on_the_ladder_of_its_own_version() {
    let configs = configs(&[CONFIG, &CONFIG.replace("\"30m\"", "\"5m\"")]);
    // The second version is pushed at 02:00.
    let before = World::new("01:58 maria says c1: Where is my parcel?").plan(&configs, at("02:10"));
    assert_eq!((before.claim, before.head.next_at), (vec![], Some(at("02:28"))));
    let after = World::new("02:01 maria says c1: Where is my parcel?").plan(&configs, at("02:10"));
    assert_eq!(after.claim.len(), 1);
    assert_eq!(after.claim[0].config_version, 2);
}

#[test]
fn old_facts_are_sealed_once_nothing_needs_them() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where?\n09:10 brand says c2 > c1: There");
    world.check(&configs, at("10:00"));
    assert_eq!(world.head.as_ref().unwrap().sealed, date(at("10:00") - 9 * SignedDuration::from_hours(24)));
    world.check(&configs, at("+9 10:00"));
    let head = world.head.as_ref().unwrap();
    assert_eq!(head.sealed, date(at("10:00")));
    assert_eq!(head.kept.root.as_ref().unwrap().author.as_deref(), Some("maria"));
    let open = World::new("09:00 maria says c1: Where?").plan(&configs, at("+20 10:00")).head;
    assert_eq!(open.sealed, date(at("09:00")).yesterday().unwrap(), "an open turn is read however old it is");
}

#[test]
fn the_last_step_is_repeated_each_day_and_then_only_listed_until_somebody_answers() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("11:00"));
    for (day, told) in (1..).zip(["0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0"]) {
        assert_eq!(world.check(&configs, at(&format!("+{day} 11:00"))), [format!("{told} ash as manager")]);
    }
    assert_eq!(
        world.check(&configs, at("+6 11:00")),
        ["0.8.0 kim as lead"],
        "the daily list goes to the lead"
    );
    let listed = world.facts.notices.last().unwrap();
    assert_eq!((listed.style, listed.send_after), (crate::policy::Style::Digest, at("+7 09:00")));
    for day in 7..29 {
        assert_eq!(world.check(&configs, at(&format!("+{day} 11:00"))).len(), 1, "day {day}");
    }
    world.check(&configs, at("+30 11:00"));
    assert_eq!(world.head.unwrap().next_at, None, "after thirty days it has ended");
}

#[test]
fn who_writes_again_after_a_day_of_silence_when_all_were_told_starts_the_ladder_anew() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says m1 private: Thanks!");
    assert_eq!(world.check(&configs, at("11:00")).len(), 4);
    world.add("12:00 maria says m2 private: Hello??");
    assert_eq!(world.check(&configs, at("13:00")), [""; 0], "no new miss per message");
    for day in 1..5 {
        world.check(&configs, at(&format!("+{day} 11:00")));
    }
    world.add("+5 09:00 maria says m3 private: And where is my parcel?");
    assert_eq!(world.check(&configs, at("+5 09:00")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("+5 09:30")));
    assert_eq!(world.check(&configs, at("+5 09:30")), ["1.0.0 dana as owner"]);
    assert_eq!(world.head.as_ref().unwrap().open[0].start, at("09:00"), "the wait began with the first");
}

#[test]
fn a_step_for_somebody_who_was_told_just_before_waits_until_they_can_be_told_again() {
    // One person in every role, no administrators: told as owner, nobody is left when it is due.
    let alone = CONFIG
        .replace("[\"kim\"]", "[\"dana\"]")
        .replace("[\"ash\"]", "[\"dana\"]")
        .replace("backup = \"lee\"", "")
        .replace("[\"lead\", \"backup\"]", "\"lead\"")
        .replace("\"30m\"", "\"45m\"");
    let alone = alone.replace("[admin]\nto = [\"dana\"]", "");
    let configs = configs(&[&alone]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.check(&configs, at("09:45")), ["0.0.0 dana as owner"]);
    assert_eq!(world.plan(&configs, at("10:00")).unheard.len(), 0);
    assert_eq!(world.check(&configs, at("10:00")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("10:15")));
    assert_eq!(world.check(&configs, at("10:15")), ["0.1.0 dana as lead"]);
}

#[test]
fn a_step_that_nobody_could_be_told_of_is_tried_again() {
    // Everybody is away for the day, and there are no administrators.
    let away = ["dana", "lee", "kim", "ash"].iter().fold(CONFIG.to_owned(), |text, name| {
        let email = format!("email = \"{name}@acme.example\"");
        text.replace(&email, &format!("{email}\naway = [\"2026-03-25\"]"))
    });
    let configs = configs(&[&away.replace("[admin]\nto = [\"ash\"]", "")]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    assert_eq!(world.plan(&configs, at("10:00")).unheard.len(), 1);
    assert_eq!(world.check(&configs, at("10:00")), [""; 0]);
    assert_eq!(world.head.as_ref().unwrap().next_at, Some(at("10:05")));
}

#[test]
fn who_leads_and_manages_is_told_once_that_it_is_over_due() {
    let both = CONFIG.replace("[\"ash\"]", "[\"kim\"]").replace("\"due+60m\"", "\"due+10m\"");
    let configs = configs(&[&both.replace("[\"lead\", \"backup\"]", "\"lead\"")]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.check(&configs, at("09:30"));
    assert_eq!(world.check(&configs, at("10:00")), ["0.1.0 kim as lead"]);
    for time in ["10:10", "10:30", "10:45", "+1 10:09"] {
        assert_eq!(world.check(&configs, at(time)), [""; 0], "at {time}");
    }
    assert_eq!(world.check(&configs, at("+1 10:10")), ["0.3.0 kim as manager"], "a repeat is due");
}

#[test]
fn a_step_whose_notices_were_all_dropped_fires_again() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?");
    world.facts.notices = world.plan(&configs, at("09:30")).claim;
    world.facts.notices[0].dropped = Some(crate::fact::Dropped { at: at("09:31"), reason: Reason::Gone });
    assert_eq!(world.check(&configs, at("09:32")), ["0.0.1 dana as owner"]);
}

#[test]
fn nothing_is_given_up_while_a_fact_is_unreadable() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new("09:00 maria says c1: Where is my parcel?\n09:10 brand says c2 > c1: There");
    world.facts.notices =
        World::new("09:00 maria says c1: Where is my parcel?").plan(&configs, at("09:30")).claim;
    world.facts.unreadable = 1;
    let plan = world.plan(&configs, at("09:31"));
    assert_eq!((plan.drop, plan.head.next_at), (vec![], Some(at("09:46"))));
}

proptest! {
    /// Whatever moments a check runs at, in whatever order the facts come: each step is told once, in time,
    /// and never after the answer.
    #[test]
    fn nobody_is_missed_and_nobody_is_told_twice(
        checks in prop::collection::vec(0_u32..180, 1..20), answered in prop::option::of(0_u32..180),
    ) {
        let configs = configs(&[CONFIG]);
        let minute = |minute: u32| at("09:00") + SignedDuration::from_mins(i64::from(minute));
        let mut world = World::new("09:00 maria says c1: Where is my parcel?");
        let answer: Vec<Said> = answered.iter().flat_map(|m| {
            story(&format!("{:02}:{:02} brand says c2 > c1: There", 9 + m / 60, m % 60))
        }).collect();
        let mut checks = checks;
        checks.sort_unstable();
        let mut told = Vec::new();
        for now in &checks {
            if answered.is_some_and(|answered| answered <= *now) && world.facts.said.len() == 1 {
                world.facts.said.extend(answer.clone());
            }
            told.extend(world.check(&configs, minute(*now)));
        }
        told.retain(|line| !line.contains('('));
        let mut once = told.clone();
        once.dedup();
        prop_assert_eq!(&once, &told, "told twice");
        let waited_until = checks.iter().filter(|now| answered.is_none_or(|answered| **now < answered)).max();
        let due = |step: u32| waited_until.is_some_and(|until| *until >= step);
        let expected = usize::from(due(30)) + 2 * usize::from(due(60)) + usize::from(due(120));
        prop_assert_eq!(told.len(), expected, "{:?}", told);
        if let Some(head) = &world.head {
            prop_assert_eq!(head.next_at.is_some(), !head.open.is_empty());
        }
    }
}

#[test]
fn posts_of_the_brand_are_listed_once_under_every_name() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new(
        "
        09:00 maria says p1 x: Where is my parcel?
        09:10 brand says p2 x @maria: On its way
        09:11 bot says p3 x @maria: Did you know?
        09:12 brand edits p2 as p4 x @maria: On its way, Maria
        09:13 brand says m1 private x: Write to us here
        09:14 brand says c2 > c1: Elsewhere
        ",
    );
    let names = |plan: &Plan| {
        let mut names: Vec<String> = plan.list.iter().map(|listing| listing.object.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&world.plan(&configs, at("09:20"))), ["p2", "p3", "p4"]);
    world.check(&configs, at("09:20"));
    assert_eq!(names(&world.plan(&configs, at("09:30"))), [""; 0], "the head knows them");
    world.add("09:40 brand says p5 x @maria: Has it arrived?");
    assert_eq!(names(&world.plan(&configs, at("09:41"))), ["p5"]);
}

mod acts;
mod again;
mod changes;
mod channels;
mod unreachable;
