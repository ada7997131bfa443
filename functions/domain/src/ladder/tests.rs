//! Ladders as tables: when steps fire, whom they tell, when messages may leave.

use super::*;
use crate::id::BrandId;
use crate::policy::{Class, Policy, Rules, Targets};

const PEOPLE: &str = r#"
[brand.acme]
accounts = ["facebook:100"]
calendar = "shop"
owner = "dana"
backup = "lee"
lead = ["kim", "lee"]
manager = ["kim", "ash"]
duty = "nights"

[brand.small]
accounts = ["facebook:200"]
policy = "quick"
owner = "dana"

[calendar.shop]
zone = "Europe/Paris"
week = { mon-fri = ["09:00-18:00"] }

[person.dana]
email = "dana@acme.example"
hours = "shop"
away = ["2026-08-03..2026-08-21"]

[person.lee]
email = "lee@acme.example"

[person.kim]
email = "kim@acme.example"
zone = "America/New_York"
away = ["2026-08-10"]

[person.ash]
email = "ash@acme.example"

[rota.nights]
zone = "Europe/Paris"
hand_over = "mon 09:00"
people = ["dana", "lee", "ash"]
from = 2026-08-03

[policy.quick.question]
target = "60m"
ladder = [{ at = "due", to = "owner" }]
"#;

fn config() -> Config {
    Config::parse(PEOPLE).unwrap()
}

/// The due time and the steps of a schedule, by the clocks of Paris.
fn said(rules: &Rules, calendar: Option<&Calendar>, start: &str, received_at: &str) -> String {
    let clock = Clock::new(calendar, []);
    let (start, received_at) = (start.parse().unwrap(), received_at.parse().unwrap());
    let due = clock.due_at(start, rules.targets.first_response);
    let steps = times(&rules.steps, &clock, start, rules.targets.first_response, due, received_at);
    let paris = crate::calendar::tests::zone("Europe/Paris");
    let wall = |at: Timestamp| at.to_zoned(paris.clone()).strftime("%a %H:%M").to_string();
    let steps: Vec<String> = steps.iter().map(|step| wall(step.at)).collect();
    let late = if due < received_at { "late, " } else { "" };
    format!("{late}due {}: {}", wall(due), steps.join(", "))
}

#[test]
fn steps_are_sums_forward_from_the_start_and_never_before_the_receipt() {
    let config = config();
    let shop = config.calendars["shop"].as_ref();
    // upset: 20 and 40 minutes, due after 60, 30 and 60 minutes later
    let upset = Policy::social_60().rules(Class::Upset).clone();
    // calendar, start, received, steps
    #[rustfmt::skip]
    let table = [
        // at once: all within the day
        (Some(shop), "2026-03-25T09:00:00Z", "2026-03-25T09:00:02Z", "due Wed 11:00: Wed 10:20, Wed 10:40, Wed 11:00, Wed 11:30, Wed 12:00"),
        // over the night: each step has its own sum
        (Some(shop), "2026-03-25T16:30:00Z", "2026-03-25T16:30:00Z", "due Thu 09:30: Wed 17:50, Thu 09:10, Thu 09:30, Thu 10:00, Thu 10:30"),
        // day and night
        (None, "2026-03-25T01:00:00Z", "2026-03-25T01:00:00Z", "due Wed 03:00: Wed 02:20, Wed 02:40, Wed 03:00, Wed 03:30, Wed 04:00"),
        // 30 minutes late: what is past fires on receipt
        (Some(shop), "2026-03-25T09:00:00Z", "2026-03-25T09:30:00Z", "due Wed 11:00: Wed 10:30, Wed 10:40, Wed 11:00, Wed 11:30, Wed 12:00"),
        // received in the second it was due: not yet over
        (Some(shop), "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", "due Wed 11:00: Wed 11:00, Wed 11:00, Wed 11:00, Wed 11:30, Wed 12:00"),
        // over due on receipt: one step at once, the others a quarter of an hour later or at their time
        (Some(shop), "2026-03-25T09:00:00Z", "2026-03-25T10:05:00Z", "late, due Wed 11:00: Wed 11:05, Wed 11:20, Wed 11:20, Wed 11:30, Wed 12:00"),
        (Some(shop), "2026-03-25T09:00:00Z", "2026-03-25T15:00:00Z", "late, due Wed 11:00: Wed 16:00, Wed 16:15, Wed 16:15, Wed 16:15, Wed 16:15"),
    ];
    for (calendar, start, received_at, expected) in table {
        assert_eq!(said(&upset, calendar, start, received_at), expected, "{start}, {received_at}");
    }
}

#[test]
fn steps_may_count_other_time_than_the_target() {
    let config = config();
    let shop = config.calendars["shop"].as_ref();
    let step = |anchor, minutes, unit| Rung {
        at: At { anchor, offset: SignedDuration::from_mins(minutes), unit },
        to: vec![Role::Owner],
        style: Style::Single,
    };
    let rules = |target: &str| Rules {
        targets: Targets::of(target.parse().unwrap()),
        steps: vec![
            step(Anchor::Start, 30, Unit::Open),
            step(Anchor::Start, 30, Unit::Elapsed),
            step(Anchor::Due, 30, Unit::Open),
            step(Anchor::Due, 30, Unit::Elapsed),
        ],
    };
    // asked on Wednesday at 17:50
    let start = "2026-03-25T16:50:00Z";
    let open = said(&rules("60m"), Some(shop), start, start);
    assert_eq!(open, "due Thu 09:50: Thu 09:20, Wed 18:20, Thu 10:20, Thu 10:20");
    let elapsed = said(&rules("60m elapsed"), Some(shop), start, start);
    assert_eq!(elapsed, "due Wed 18:50: Thu 09:20, Wed 18:20, Thu 09:30, Wed 19:20");
}

#[test]
fn steps_tell_the_first_candidate_who_is_there() {
    use Role::{Backup, Duty, Lead, Manager, Named, Owner};
    let config = config();
    let named = |person: &str| Named(PersonId::from(person));
    let (work_day, dana_away) = ("2026-03-25T10:00:00Z", "2026-08-05T10:00:00Z");
    // roles, at, told before as (person, role, minutes ago), unreachable, told now
    #[rustfmt::skip]
    let table = [
        (vec![Owner], work_day, vec![], "", "dana as owner"),
        (vec![Owner], dana_away, vec![], "", "lee as owner"), // away: the backup
        (vec![Owner], dana_away, vec![], "lee", ""), // nobody of the level is left
        (vec![Backup], work_day, vec![], "", "lee as backup"),
        (vec![Backup], work_day, vec![], "lee", ""), // a backup has none
        (vec![Lead], work_day, vec![], "kim", "lee as lead"), // bounced: the next of the list
        (vec![Lead], "2026-08-10T03:59:59Z", vec![], "", "kim as lead"), // still the 9th in New York
        (vec![Lead], "2026-08-10T04:00:00Z", vec![], "", "lee as lead"), // away by the dates there
        (vec![named("ash")], work_day, vec![], "", "ash as ash"),
        (vec![named("ash")], work_day, vec![], "ash", ""),
        // on duty from Monday 3 August, seven in UTC: dana, lee, ash
        (vec![Duty], "2026-08-03T06:59:59Z", vec![], "", "ash as duty"),
        (vec![Duty], "2026-08-03T07:00:00Z", vec![], "", "lee as duty"), // dana is away: the next of the rota
        (vec![Duty], dana_away, vec![], "lee", "ash as duty"),
        (vec![Duty], "2026-08-12T07:00:00Z", vec![], "", "lee as duty"),
        (vec![Duty], "2026-08-19T07:00:00Z", vec![], "ash", "lee as duty"), // after ash comes dana again
        (vec![Lead, Duty], "2026-08-10T07:00:00Z", vec![], "", "lee as lead, ash as duty"),
        // within one step nobody is told twice
        (vec![Lead, Manager], work_day, vec![], "", "kim as lead, ash as manager"),
        (vec![Lead, Backup], work_day, vec![], "kim", "lee as lead"),
        // a repeat in the same role is meant
        (vec![Owner], work_day, vec![("dana", Owner, 20)], "", "dana as owner"),
        // in another role within half an hour it is not
        (vec![Manager], work_day, vec![("kim", Lead, 29)], "", "ash as manager"),
        (vec![Manager], work_day, vec![("kim", Lead, 29), ("ash", Owner, 0)], "", ""),
        (vec![Manager], work_day, vec![("kim", Lead, 30)], "", "kim as manager"),
    ];
    for (to, at, told, unreachable, expected) in table {
        let at: Timestamp = at.parse().unwrap();
        let brand = &config.brands[&BrandId::from("acme")];
        let case = format!("{to:?} at {at}, {told:?}, {unreachable:?}");
        let told = told.into_iter().map(|(person, role, minutes)| Told {
            person: person.into(),
            role,
            at: at - SignedDuration::from_mins(minutes),
        });
        let told: Vec<Told> = told.collect();
        let got = resolve(&to, brand, &config, at, &told, &|person| person.as_str() != unreachable);
        let got: Vec<String> = got.iter().map(|to| format!("{} as {}", to.person, to.role)).collect();
        assert_eq!(got.join(", "), expected, "{case}");
    }
}

#[test]
fn roles_that_a_brand_does_not_fill_reach_nobody() {
    let config = config();
    let small = &config.brands[&BrandId::from("small")];
    let at = "2026-03-25T10:00:00Z".parse().unwrap();
    for role in [Role::Backup, Role::Lead, Role::Manager, Role::Duty, Role::Named("gone".into())] {
        assert_eq!(resolve(std::slice::from_ref(&role), small, &config, at, &[], &|_| true), [], "{role}");
    }
}

#[test]
fn messages_wait_for_the_step_the_receipt_and_the_hours_of_the_person() {
    let config = config();
    let manner = Manner { style: Style::Single, is_severe: false };
    // person, step, receipt, leaves
    #[rustfmt::skip]
    let table = [
        ("lee", "2026-03-25T02:00:00Z", "2026-03-25T01:00:00Z", "2026-03-25T02:00:00Z"), // no hours: always
        ("lee", "2026-03-25T01:00:00Z", "2026-03-25T02:00:00Z", "2026-03-25T02:00:00Z"), // received later
        ("dana", "2026-03-25T10:00:00Z", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z"), // within the hours
        ("dana", "2026-03-25T17:00:00Z", "2026-03-25T09:00:00Z", "2026-03-26T08:00:00Z"), // at close: the next opening
        ("dana", "2026-03-27T20:00:00Z", "2026-03-25T09:00:00Z", "2026-03-30T07:00:00Z"), // over a weekend, clocks change
    ];
    for (person, step_at, received_at, expected) in table {
        let person = &config.people[&PersonId::from(person)];
        let got = send_after(step_at.parse().unwrap(), received_at.parse().unwrap(), person, manner);
        assert_eq!(got.to_string(), expected, "{} {step_at}", person.id);
    }
}
