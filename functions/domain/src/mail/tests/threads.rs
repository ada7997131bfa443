//! What keeps mails together, and apart.

use super::*;

fn header<'a>(mail: &'a Mail, name: &str) -> Option<&'a str> {
    mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn all_mails_about_a_case_to_a_person_are_one_thread() {
    let question = "09:00 maria says c1: Where is my parcel?";
    let answered = format!("{question}\n10:41 brand says c2 > c1: On its way.");
    for language in Language::ALL {
        let play = Play::new(language);
        let mails = [
            play.together(&[question], &["09:30", "10:00"], "kim"),
            play.together(&[&answered], &["09:30", "10:00", "10:41"], "kim"),
        ];
        for mail in &mails {
            assert_eq!(mail.to, "kim@acme.example");
            assert_eq!(mail.subject, mails[0].subject);
            for name in ["References", "In-Reply-To", "Thread-Topic", "Thread-Index"] {
                assert_eq!(header(mail, name), header(&mails[0], name), "{name}");
            }
        }
    }
}

#[test]
fn only_a_threat_is_urgent() {
    for Sample { name, mail, .. } in samples::all() {
        let is_threat = matches!(name, "threat" | "carry-over");
        assert_eq!(header(&mail, "Importance"), is_threat.then_some("high"), "{name}");
        assert_eq!(header(&mail, "Precedence"), None);
        assert_eq!(header(&mail, "List-Unsubscribe"), None);
    }
}

#[test]
fn a_threat_is_one_in_the_subject_from_the_first_mail_on_or_never() {
    let play = Play::new(Language::English);
    let mail = play.told("09:00 maria says c1 class=threat: My lawyer calls", &["09:30"]);
    assert!(mail.subject.starts_with("Threat: Maria on Facebook - Acme ["), "{}", mail.subject);
    let mut play = Play::new(Language::English);
    play.config = play.config.replace("to = \"manager\" }", "to = \"owner\" }");
    let later = "09:00 maria says c1: Where is it?\n09:40 dana calls c1 class=threat";
    let mail = play.together(&[later], &["09:30", "09:40", "10:00", "11:00"], "dana");
    assert!(mail.subject.starts_with("Unanswered: Maria on Facebook - Acme ["), "{}", mail.subject);
}
