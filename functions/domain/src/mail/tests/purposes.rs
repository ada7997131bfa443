//! One mail of each purpose, as its reader gets it.

use super::*;
use crate::decide::{Telling, tellings};
use crate::fact::Purpose;
use crate::story::facts;

/// Plays a story: at each moment what is known by then is decided on, and all that is claimed is sent at once.
/// Returns the last mail, which is for `purpose`.
fn last(lines: &str, config: &str, moments: &[&str], purpose: Purpose) -> Mail {
    let all = facts(lines);
    let configs = configs(&[config]);
    let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let mut sent: Vec<Notice> = Vec::new();
    let mut last = None;
    for now in moments.iter().map(|moment| at(moment)) {
        let mut known = all.clone();
        known.said.retain(|said| said.received_at <= now);
        known.actions.retain(|action| action.at <= now);
        known.notices.clone_from(&sent);
        let history = folded(&known, now);
        let claimed = decide(&conversation, None, &known, &history, &configs, now).unwrap().claim;
        for mut notice in claimed {
            let (tellings, untold) = tellings(&history, &known, vec![notice.clone()]);
            assert_eq!(untold, []);
            let Telling { turn, notices, told } = &tellings[0];
            let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
            let person = &run.config.people[&notice.key.person];
            let letter = Letter { conversation: &conversation, turn, run: &run, notices, told, person, now };
            last = Some((notice.key.purpose, letter.write()));
            notice.sent = Some(Sent { at: now, mail: format!("mail {}", sent.len()) });
            sent.push(notice);
        }
    }
    let (told, mail) = last.unwrap();
    assert_eq!(told, purpose);
    mail
}

/// Holds a mail against how it was looked at, as text and as HTML.
macro_rules! assert_looks {
    ($name:literal, $mail:expr) => {
        let mail = $mail;
        insta::assert_snapshot!(concat!($name, "_text"), mail.text);
        insta::assert_snapshot!(concat!($name, "_html"), mail.html);
    };
}

const QUESTION: &str = "09:00 maria says c1: Where is my parcel?";

#[test]
fn who_was_told_hears_who_has_it() {
    let lines = format!("{QUESTION}\n09:40 lee acks c1");
    assert_looks!("taken", last(&lines, CONFIG, &["09:30", "09:40"], Purpose::Taken));
}

#[test]
fn a_correction_says_when_the_answer_came_and_when_we_heard_of_it() {
    let lines = format!("{QUESTION}\n09:20 brand says c2 > c1 got=10:07: On its way.");
    assert_looks!("correction", last(&lines, CONFIG, &["09:30", "10:07"], Purpose::Correction));
}

#[test]
fn an_all_clear_says_how_late_the_answer_was() {
    let lines = format!("{QUESTION}\n10:41 brand says c2 > c1: On its way.");
    assert_looks!("clear", last(&lines, CONFIG, &["09:30", "10:00", "10:41"], Purpose::Clear));
}

#[test]
fn an_all_clear_says_who_settled_it_and_how() {
    let lines = format!("{QUESTION}\n10:41 dana resolves c1: Called her; the parcel is there.");
    assert_looks!("settled", last(&lines, CONFIG, &["09:30", "10:00", "10:41"], Purpose::Clear));
}

#[test]
fn a_promise_that_nobody_kept_is_quoted() {
    let lines = format!("{QUESTION}\n09:20 brand says c2 > c1: Sorry! We are looking into it.");
    assert_looks!("promise", last(&lines, CONFIG, &["09:20", "+1 09:20"], Purpose::Step));
}

#[test]
fn who_it_was_passed_to_gets_the_whole_matter() {
    let lines = format!("{QUESTION}\n09:40 dana passes c1 to=lee");
    assert_looks!("passed", last(&lines, CONFIG, &["09:30", "09:40"], Purpose::Passed));
}

#[test]
fn an_answer_that_was_taken_back_is_told() {
    let lines = format!(
        "{QUESTION}
        09:10 brand says c2 > c1: On its way.
        09:12 brand removes c2"
    );
    assert_looks!("removed", last(&lines, CONFIG, &["09:10", "09:12", "09:27"], Purpose::Removed));
}

#[test]
fn a_reminder_says_which_one_it_is() {
    let moments = ["09:30", "10:00", "11:00", "+1 11:00"];
    assert_looks!("reminder", last(QUESTION, CONFIG, &moments, Purpose::Step));
}

#[test]
fn what_only_stands_in_the_daily_list_says_so() {
    let steps: Vec<String> =
        (1..=13).map(|step| format!("{{ at = \"{}m\", to = \"owner\" }}", step * 4)).collect();
    let ladder = CONFIG.split_once("ladder = [").unwrap().0.to_owned();
    let config = format!("{ladder}ladder = [{}]\n", steps.join(", "));
    let moments: Vec<String> = (1..=13).map(|step| format!("09:{:02}", step * 4)).collect();
    let moments: Vec<&str> = moments.iter().map(String::as_str).collect();
    assert_looks!("capped", last(QUESTION, &config, &moments, Purpose::Step));
}
