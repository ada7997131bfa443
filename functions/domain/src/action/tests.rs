//! Who may do what.

use super::*;
use crate::history::Turn;
use crate::story::{CONFIG, at, facts, folded};

/// Beside those of Acme: Ned, whom a step names; Dee, who is on duty; Ada, who administers; Sam, who has no part.
fn config() -> Config {
    let person = |id: &str| format!("[person.{id}]\nemail = \"{id}@acme.example\"\n");
    let config = CONFIG
        .replace("to = [\"ash\"]", "to = [\"ada\"]")
        .replace("manager = [\"ash\"]", "manager = [\"ash\"]\nduty = \"nights\"\ncalendar = \"shop\"")
        .replace("to = \"manager\" }", "to = [\"manager\", \"ned\"] }")
        + "[calendar.shop]\nzone = \"UTC\"\nweek = { mon-fri = [\"08:00-20:00\"] }\n"
        + "[rota.nights]\nzone = \"UTC\"\nhand_over = \"mon 09:00\"\npeople = [\"dee\"]\nfrom = 2026-01-05\n";
    let people: String = ["ned", "dee", "ada", "sam", "pat"].map(person).concat();
    Config::parse(&(config + &people)).unwrap()
}

/// The last turn of a story that begins with a question at 09:00.
fn turn(lines: &str) -> Turn {
    let facts = facts(&format!("09:00 maria says c1: Where is my parcel?\n{lines}"));
    folded(&facts, at("12:00")).turns.pop().unwrap()
}

/// What `person` is told who wants to do `act` about the turn at 12:00; empty if they may.
fn told(act: &Act, person: &str, turn: &Turn) -> String {
    let config = config();
    let brand = &config.brands[&BrandId::from("acme")];
    let refusal = refusal(act, &PersonId::from(person), turn, brand, &config, at("12:00"));
    refusal.map_or_else(String::new, |refusal| refusal.to_string())
}

fn reason() -> String {
    "because".to_owned()
}

#[test]
fn who_may_do_what() {
    // Kim stopped the ladder, so that there is something to resume; Pat has it now.
    let turn = turn("09:10 dana passes c1 to=pat\n11:00 kim snoozes c1 until=13:00");
    let acts = [
        Act::Ack,
        Act::Dismiss { reason: reason() },
        Act::Pass { to: PersonId::from("lee") },
        Act::Answered { at: None, link: None },
        Act::Resolve { reason: reason() },
        Act::Reply { object: "c9".to_owned() },
        Act::Class { class: Class::Upset },
        Act::Snooze { until: at("13:00") },
        Act::Pause { reason: reason(), until: None },
        Act::Resume,
    ];
    let leads_only = "only leads and managers may do so";
    let stranger = "only people of the brand may do so";
    // who, what they are told of the first seven acts, of the last three, why
    let table = [
        ("dana", "", leads_only, "the owner answers"),
        ("lee", "", leads_only, "the backup answers"),
        ("pat", "", leads_only, "to whom it was passed"),
        ("ned", "", leads_only, "a step names them"),
        ("dee", "", leads_only, "on duty"),
        ("kim", "", "", "leads"),
        ("ash", "", "", "manages"),
        ("ada", "", "", "administers"),
        ("sam", stranger, stranger, "in the configuration, and no part of the brand"),
        ("nobody", stranger, stranger, "left"),
    ];
    for (person, all, leads, why) in table {
        for (place, act) in acts.iter().enumerate() {
            let expected = if place < 7 { all } else { leads };
            assert_eq!(told(act, person, &turn), expected, "{person} ({why}): {act:?}");
        }
    }
}

#[test]
fn what_is_refused_whoever_asks() {
    let until = |time: &str| Some(at(time));
    let dismiss = |reason: &str| Act::Dismiss { reason: reason.to_owned() };
    let resolve = |reason: &str| Act::Resolve { reason: reason.to_owned() };
    let pause = |reason: &str, until| Act::Pause { reason: reason.to_owned(), until };
    let answered = |time: &str| Act::Answered { at: until(time), link: None };
    let bad_time = "the time is not one that is allowed";
    let no_reason = "it needs a reason of at most 500 characters";
    // the act at 12:00 on Wednesday, what kim is told, why
    let table = [
        (dismiss(""), no_reason, "no reason"),
        (dismiss(" \n"), no_reason, "blanks are none"),
        (dismiss(&"ä".repeat(500)), "", "five hundred characters, whatever their bytes"),
        (dismiss(&"a".repeat(501)), no_reason, "too long"),
        (resolve(" "), no_reason, "no reason"),
        (pause("", None), no_reason, "no reason"),
        (pause("legal", until("12:00")), bad_time, "over at once"),
        (pause("legal", until("12:01")), "", "a minute"),
        (pause("legal", until("+3 12:00")), "", "72 hours"),
        (pause("legal", until("+3 12:01")), bad_time, "longer"),
        (Act::Snooze { until: at("11:59") }, bad_time, "in the past"),
        (Act::Snooze { until: at("+1 08:00") }, "", "until the next opening"),
        (Act::Snooze { until: at("+1 08:01") }, bad_time, "beyond it"),
        (answered("08:59"), bad_time, "before the question"),
        (answered("09:00"), "", "with it"),
        (answered("12:00"), "", "now"),
        (answered("12:01"), bad_time, "in the future"),
        (Act::Pass { to: PersonId::from("sam") }, "", "anybody who can be told"),
        (Act::Pass { to: PersonId::from("zoe") }, "nobody is called zoe", "unknown"),
        (Act::Resume, "neither clock nor ladder is stopped", "nothing stands still"),
        (Act::Class { class: Class::Question }, "there is nothing to change", "what it is"),
        (Act::Class { class: Class::Spam }, "", "what it is not"),
    ];
    for (act, expected, why) in table {
        assert_eq!(told(&act, "kim", &turn("")), expected, "{act:?}: {why}");
    }
}

#[test]
fn one_person_has_it_twice_at_most() {
    let twice = turn("09:10 dana acks c1\n10:10 dana acks c1");
    assert_eq!(told(&Act::Ack, "dana", &twice), "the same person had it twice already");
    assert_eq!(told(&Act::Ack, "lee", &twice), "", "somebody else");
}

#[test]
fn a_rep_ends_only_what_they_stopped() {
    let resumes = |person: &str, lines: &str| told(&Act::Resume, person, &turn(lines));
    let leads_only = "only leads and managers may do so";
    // what was stopped, who resumes, what they are told, why
    let table = [
        ("11:50 dana acks c1", "dana", "", "her own"),
        ("11:50 dana acks c1", "lee", leads_only, "hers"),
        ("11:50 dana acks c1", "kim", "", "leads"),
        (
            "11:40 kim pauses c1: legal\n11:50 dana acks c1",
            "dana",
            leads_only,
            "the clock was stopped by the lead",
        ),
        ("11:00 kim snoozes c1 until=11:30\n11:50 dana acks c1", "dana", "", "the lead's is over"),
        ("11:00 kim pauses c1 until=11:30: legal", "kim", "neither clock nor ladder is stopped", "over"),
    ];
    for (lines, person, expected, why) in table {
        assert_eq!(resumes(person, lines), expected, "{person}, {lines}: {why}");
    }
}

#[test]
fn what_has_ended_is_left_as_it_is() {
    let answered = turn("09:20 brand says c2 > c1: On its way");
    for person in ["dana", "kim", "sam"] {
        assert_eq!(told(&Act::Ack, person, &answered), "it has ended already", "{person}");
    }
}

#[test]
fn a_promise_is_of_no_sort() {
    let promise = turn("09:20 brand says c2 > c1: We'll look into it and get back to you.");
    assert!(!promise.is_response());
    assert_eq!(told(&Act::Class { class: Class::Upset }, "dana", &promise), "there is nothing to change");
    assert_eq!(told(&Act::Dismiss { reason: reason() }, "dana", &promise), "", "that it was none");
}
