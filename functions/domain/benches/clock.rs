//! How many deadlines, folds, decisions and letters one core manages in a second: `cargo bench -p domain`.
//!
//! The machine is not the same every day, so what has a limit is a ratio: a deadline a year away may cost three
//! times as much as one a day away, not more. More than that ends the run with an error.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::calendar::{Calendar, Stretch};
use domain::clock::{Clock, Span, due, due_at};
use domain::decide::{decide, tellings};
use domain::fact::{Facts, Said, Sent};
use domain::head::Head;
use domain::history::{Kept, REOPEN, fold};
use domain::id::{BrandId, ConversationId};
use domain::mail::Letter;
use domain::policy::Config;
use domain::run::run;
use domain::versions::Configs;
use jiff::{SignedDuration, Timestamp};

/// How long each figure is measured in one go.
const MEASURED: Duration = Duration::from_millis(100);
/// How often it is; the best counts, since whatever else the machine does only ever takes time away.
const ROUNDS: usize = 5;
/// How much more a deadline a year away may cost than one a day away.
const MOST_FOR_A_YEAR: f64 = 3.0;

/// An office with lunch, holidays and a change of hours: nothing about it is simple.
const OFFICE: &str = r#"
    [brand.acme]
    accounts = ["x:1"]
    calendar = "office"
    owner = "dana"
    lead = ["kim"]
    manager = ["ash"]
    [person.dana]
    email = "dana@acme.example"
    [person.kim]
    email = "kim@acme.example"
    [person.ash]
    email = "ash@acme.example"
    [holidays.france]
    days = ["2026-05-01", "2026-05-08", "2026-07-14", "2026-11-11", "2026-12-25", "2027-01-01"]
    [calendar.office]
    zone = "Europe/Paris"
    holidays = ["france"]
    days = { 2026-12-24 = ["09:00-12:00"] }
    [[calendar.office.version]]
    week = { mon-fri = ["09:00-12:00", "13:30-18:00"] }
    [[calendar.office.version]]
    effective_from = "2026-09-01"
    week = { mon-thu = ["09:00-12:00", "13:30-18:00"], fri = ["09:00-15:00"], sat = ["22:00-02:00"] }
"#;

fn main() -> ExitCode {
    let config = Config::parse(OFFICE).expect("a good configuration");
    let office = &*config.calendars["office"];
    // So much open time that the deadline is a day, or a year, after the start.
    let [day, year] = [SignedDuration::from_hours(8), SignedDuration::from_hours(1_980)].map(Span::open);
    for span in [day, year] {
        let days = due_at(Some(office), first_start(), span).duration_since(first_start()).as_hours() / 24;
        println!("{span} of open time are {days} days");
    }
    // By turns, so that a busy moment does not fall on one of the two alone.
    let (mut near, mut far) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        near = near.max(once(|start| _ = black_box(due_at(Some(office), start, day))));
        far = far.max(once(|start| _ = black_box(due_at(Some(office), start, year))));
    }
    let ratio = near / far;
    println!("deadlines a day away     {near:>12.0} a second");
    println!(
        "deadlines a year away    {far:>12.0} a second, {ratio:.2} times the cost of a day (limit {MOST_FOR_A_YEAR})"
    );
    let slices = per_second(|start| drop(black_box(due(Some(office), start, day))));
    println!("deadlines with slices    {slices:>12.0} a second, a day away");
    // Over lunch, over night and over a weekend, all within the year of the starts.
    let pauses = [(3, 1), (60 * 24 + 8, 16), (90 * 24, 72)].map(|(hours, length)| {
        let from = first_start() + SignedDuration::from_hours(hours);
        Stretch { from, to: from + SignedDuration::from_hours(length) }
    });
    let clock = Clock::new(Some(office), pauses);
    let pausing = per_second(|start| _ = black_box(clock.due_at(start, day)));
    println!("deadlines with pauses    {pausing:>12.0} a second, a day away, three pauses");
    // A calendar remembers what it has looked at; this one has looked at nothing.
    let unused = Config::parse(OFFICE).expect("a good configuration");
    let fresh = per_second(|start| {
        let calendar = Calendar::clone(&unused.calendars["office"]);
        black_box(due_at(Some(&calendar), start, day));
    });
    println!("deadlines, first of all  {fresh:>12.0} a second, of a calendar that was just read");
    for count in [3, 30, 300] {
        let facts = Facts { said: conversation_of(count), ..Facts::default() };
        let kept = Kept::default();
        let folds = per_second(|now| drop(black_box(fold(black_box(&facts), &kept, REOPEN, now))));
        println!("folds of {count:>3} facts       {folds:>12.0} a second");
    }
    // A fold keeps what later ones need of all that ended long ago; of these nothing has.
    let facts = Facts { said: conversation_of(3), ..Facts::default() };
    let (kept, now) = (Kept::default(), first_start() + SignedDuration::from_hours(2));
    let folds = per_second(|_| drop(black_box(fold(black_box(&facts), &kept, REOPEN, now))));
    println!("folds of   3 facts       {folds:>12.0} a second, of the same day");
    decisions();
    if ratio > MOST_FOR_A_YEAR { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints what a check and a mail cost of a question that three steps were told of: the owner twice, and the lead.
fn decisions() {
    let configs = Configs::only(Config::parse(OFFICE).expect("a good configuration"));
    let conversation = ConversationId::from("CONVERSATION");
    let kept = Kept::default();
    let at = |minutes| first_start() + SignedDuration::from_mins(minutes);
    let mut facts = Facts { said: conversation_of(1), ..Facts::default() };
    let mut head: Option<Head> = None;
    // Each of the steps of the built-in ladder is claimed by a check at its time, and sent.
    for now in [0, 30, 45, 60].map(at) {
        let history = fold(&facts, &kept, REOPEN, now);
        let plan = decide(&conversation, head.as_ref(), &facts, &history, &configs, now);
        let plan = plan.expect("something is known");
        facts.notices.extend(plan.claim);
        for notice in &mut facts.notices {
            notice.sent.get_or_insert(Sent { at: now, mail: "mail".to_owned() });
        }
        head = Some(plan.head);
    }
    assert_eq!(facts.notices.len(), 3, "three steps were told");
    let now = at(61);
    let history = fold(&facts, &kept, REOPEN, now);
    let (turn, brand) = (&history.turns[0], &BrandId::from("acme"));
    let decisions = per_second(|_| {
        drop(black_box(decide(&conversation, head.as_ref(), black_box(&facts), &history, &configs, now)));
    });
    println!("decisions                {decisions:>12.0} a second, of an open turn with three notices");
    let runs = per_second(|_| drop(black_box(run(black_box(turn), brand, &configs, now))));
    println!("runs                     {runs:>12.0} a second");
    // What the lead is about to be told, when the owner was told before.
    let lead = facts.notices.last_mut().expect("three steps were told");
    lead.sent = None;
    let notice = lead.clone();
    let (told, _) = tellings(&history, &facts, vec![notice]);
    let run = run(turn, brand, &configs, now).expect("the brand is known");
    let person = &run.config.people[&told[0].notices[0].key.person];
    let (notices, told) = (&told[0].notices, &told[0].told);
    let letter = Letter {
        conversation: &conversation,
        turn,
        turns: &history.turns,
        run: &run,
        notices,
        told,
        person,
        now,
    };
    let letters = per_second(|_| drop(black_box(black_box(&letter).write())));
    println!("letters                  {letters:>12.0} a second");
}

/// The first instant that a deadline is asked for.
fn first_start() -> Timestamp {
    Timestamp::constant(1_774_425_600, 0) // Wed 2026-03-25 09:00 in Paris
}

/// Returns how often `work` can be done in a second, at best.
fn per_second(mut work: impl FnMut(Timestamp)) -> f64 {
    (0..ROUNDS).map(|_| once(&mut work)).fold(0.0, f64::max)
}

/// Measures how often `work` can be done in a second, for starts all over a year, by day and by night.
#[expect(clippy::disallowed_methods, reason = "a benchmark is the one thing here that has to know the time")]
fn once(mut work: impl FnMut(Timestamp)) -> f64 {
    const MINUTES_OF_A_YEAR: i64 = 365 * 24 * 60;
    // A step that shares no divisor with the year goes through all of its minutes.
    let minutes = (0..).map(|round: i64| round * 7_919 % MINUTES_OF_A_YEAR);
    let mut starts = minutes.map(|minute| first_start() + SignedDuration::from_mins(minute));
    let (mut done, began) = (0_u32, Instant::now());
    while began.elapsed() < MEASURED {
        for start in starts.by_ref().take(100) {
            work(start);
        }
        done += 100;
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// A conversation of `count` facts: customers ask, and the brand answers every third time.
fn conversation_of(count: i64) -> Vec<Said> {
    let fact = |number: i64| {
        let at = first_start() + SignedDuration::from_mins(number * 10);
        let (side, author) = if number % 3 == 2 {
            ("brand", "page".to_owned())
        } else {
            ("customer", format!("c{}", number / 3 % 5))
        };
        let parent = if number % 3 == 2 { format!(r#""parent":"o{}","#, number - 1) } else { String::new() };
        let fact = format!(
            r#"{{"brand":"acme","received_at":"{at}","event":{{"platform":"facebook","account":"page",
            "object":"o{number}","verb":"add","version":"-","kind":"comment","visibility":"public",
            "side":"{side}","author":{{"id":"{author}"}},"thread":"o0",{parent}"text":"Where is it?",
            "occurred_at":"{at}","time_from":"event"}}}}"#
        );
        serde_json::from_str(&fact).expect("a fact as it is stored")
    };
    (0..count).map(fact).collect()
}
