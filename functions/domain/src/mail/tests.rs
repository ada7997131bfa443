use super::*;
use crate::story::at;

mod checks;
mod hostile;
mod kinds;
mod page;
mod samples;
mod threads;
mod unreachable;

use samples::{Play, Sample};

#[test]
fn what_was_written_in_private_is_not_in_the_mail() {
    for language in Language::ALL {
        let lines =
            "09:00 maria says m1 private: My card is 4711\n09:05 maria says m2 private: And the code 0815";
        let alone = Play::new(language).told(lines, &["09:30"]);
        let among = Play::new(language).together(&[lines, "09:00 paul says c1: Hello?"], &["09:30"], "dana");
        for mail in [alone, among] {
            for secret in ["4711", "0815"] {
                let parts = [&mail.subject, &mail.text, &mail.html];
                assert!(parts.iter().all(|part| !part.contains(secret)), "{}", mail.text);
            }
            let said = say!(language, "case.private");
            assert!(mail.text.contains(&said) && mail.html.contains(&said), "{}", mail.text);
        }
    }
}

#[test]
fn those_who_gave_advice_are_named_and_the_others_counted() {
    let before = |lines: &str| {
        let lines = format!("09:00 maria says c1: Where is it?\n{lines}");
        let text = Play::new(Language::English).told(&lines, &["09:30"]).text;
        let section = text.split_once("WHAT HAPPENED BEFORE\n").map_or("", |(_, section)| section);
        section.split_once("\n\n").map_or("", |(section, _)| section).to_owned()
    };
    assert_eq!(before(""), "");
    assert_eq!(before("09:01 paul says c2 > c1: Typical!"), "1 other commented.");
    insta::assert_snapshot!(before("
        09:01 paul says c2 > c1: You can track it on their page
        09:02 ann says c3 > c1: Typical!
        09:03 lee says c4 > c1: Have you tried the page
        09:04 kim says c5 > c1: You need to call them
        09:05 ash says c6 > c1: Try the shop
    "), @r"
    Paul replied Wed 25 Mar 09:01 UTC; please check.
    Lee replied Wed 25 Mar 09:03 UTC; please check.
    Kim replied Wed 25 Mar 09:04 UTC; please check.
    2 others commented.
    ");
}

#[test]
fn of_many_messages_the_last_are_shown_and_the_others_counted() {
    let lines: Vec<String> =
        (0..6).map(|nth| format!("09:0{nth} maria says c{nth} > c0: Message {nth}?")).collect();
    let text = Play::new(Language::English).told(&lines.join("\n").replace("c0 > c0", "c0"), &["09:30"]).text;
    assert!(text.contains("“Message 0?”") && text.contains("Wrote 2 more times in between."), "{text}");
    assert!(!text.contains("Message 2") && text.contains("UTC: “Message 3?”\n"), "{text}");
}

#[test]
fn two_mails_about_a_case_never_say_the_same() {
    let mail = |now| Play::new(Language::English).told("09:00 maria says c1: Where is it?", &[now]);
    let [one, other] = ["09:30", "09:30:01"].map(mail);
    assert_ne!(one.text.lines().last(), other.text.lines().last());
    assert_eq!(one.subject, other.subject);
}

#[test]
fn who_can_be_written_to_again_when_is_said() {
    let pace = Pace { next_at: Some(at("09:45")), is_crowded: true };
    let lines = ["09:00 maria says c1: Where is it?", "09:00 paul says d1: Hello?"];
    for language in Language::ALL {
        let said = [
            Play { pace, ..Play::new(language) }.told(lines[0], &["09:30"]),
            Play { pace, ..Play::new(language) }.together(&lines, &["09:30"], "dana"),
        ];
        for mail in said {
            let clock = if language == Language::German { "09:45 Uhr UTC" } else { "09:45 UTC" };
            assert!(mail.text.contains(clock) && mail.text.contains(&say!(language, "pace.crowded")));
        }
    }
    // What is past needs no words.
    let pace = Pace { next_at: Some(at("09:30")), is_crowded: false };
    let mail = Play { pace, ..Play::new(Language::English) }.told(lines[0], &["09:30"]);
    assert!(!mail.text.contains("The next mail"), "{}", mail.text);
}

#[test]
fn what_fell_due_while_closed_is_carried_over_at_the_opening_and_not_later() {
    let mut play = Play::in_paris(Language::English);
    play.config = play.config.replace("calendar = \"shop\"\n", "");
    play.config = play.config.replace("[person.kim]", "[person.kim]\nhours = \"shop\"");
    let night = ["18:30 maria says c1: Where is it?", "18:40 paul says d1: Hello?"];
    let morning = [night[0], "+1 07:00 paul says d1: Hello?"];
    // stories, the moment of the mail (an hour before the time in Paris), carried over, why
    let table = [
        (night, "+1 08:00", true, "at the opening"),
        (night, "+1 08:14", true, "a quarter of an hour is near enough"),
        (night, "+1 08:16", false, "the opening is long past"),
        (morning, "+1 08:02", false, "one fell due after the opening"),
    ];
    for (stories, now, expected, why) in table {
        let mail = play.together(&stories, &["19:00", "19:10", "19:30", "19:40", "+1 07:30", now], "kim");
        assert_eq!(
            mail.subject.starts_with("While you were away: 2 posts"),
            expected,
            "{why}: {}",
            mail.text
        );
        assert!(mail.subject.contains("2 posts"), "{why}: {}", mail.subject);
    }
}
