//! The mail to an administrator about somebody whom mail does not reach.

use super::samples::Played;
use super::*;
use crate::decide::decide;
use crate::fact::{Cause, Facts, Failed, Sent, address};
use crate::story::{configs, facts, folded};

const NOW: &str = "09:31";

/// Plays a story in which Dana is told, the mail fails for `cause` a minute later, and a check follows.
fn played(play: &Play, nth: char, cause: Cause, lines: &str) -> Played {
    let mut known = facts(lines);
    let configs = configs(&[&play.config]);
    let conversation = ConversationId(format!("{nth}BCDEFGHIJKLMNOPQRSTUVWXYZ"));
    let claimed = |known: &Facts, now| {
        decide(&conversation, None, known, &folded(known, now), &configs, now).unwrap().claim
    };
    let mut first = claimed(&known, at("09:30")).remove(0);
    first.sent = Some(Sent { at: at("09:30"), mail: "mail".to_owned() });
    let email = &configs.current().unwrap().people[&first.key.person].email;
    first.failed =
        Some(Failed { at: at(NOW), cause, address: address(email.as_deref().unwrap()), known: false });
    known.notices.push(first);
    let more = claimed(&known, at(NOW));
    known.notices.extend(more.clone());
    let report = more.into_iter().find(|notice| notice.key.purpose == Purpose::Unreachable).unwrap();
    Played { conversation, history: folded(&known, at(NOW)), facts: known, pending: vec![report] }
}

/// Returns the report of one mail that failed.
pub(super) fn report(play: &Play, cause: Cause) -> Mail {
    play.mail(&[played(play, 'A', cause, "09:00 maria says c1: Where is my parcel?")], at(NOW))
}

#[test]
fn those_told_before_are_told_with_the_way_and_whether_it_reached_them() {
    let hook = "webhook = { url = \"https://hooks.acme.example/lee\", format = \"slack\" }";
    let email = "email = \"lee@acme.example\"";
    // what Lee has, what is said of Lee in each language
    let table = [
        (email.to_owned(), ["mail Wed", "E-Mail am Mi"]),
        (hook.to_owned(), ["by webhook Wed", "per Webhook am Mi"]),
        (format!("{email}\n{hook}"), ["by webhook Wed", "per Webhook am Mi"]),
    ];
    for (lee, said) in table {
        for (language, said) in Language::ALL.into_iter().zip(said) {
            let mut play = Play::new(language);
            play.config = play.config.replace(email, &lee);
            let mut known = played(&play, 'A', Cause::Bounced, "09:00 maria says c1: Where is my parcel?");
            for notice in &mut known.facts.notices {
                notice.sent.get_or_insert(Sent { at: at(NOW), mail: "mail".to_owned() });
            }
            let configs = configs(&[&play.config]);
            let now = at("10:00");
            let history = folded(&known.facts, now);
            let decided = decide(&known.conversation, None, &known.facts, &history, &configs, now).unwrap();
            let next = decided.claim.into_iter().find(|notice| notice.key.person.as_str() == "kim").unwrap();
            let text = play.mail(&[Played { history, pending: vec![next], ..known }], at(NOW)).text;
            let mut lees = text.lines().filter(|line| line.starts_with("Lee Wong ("));
            assert!(lees.any(|line| line.contains(said)), "{lee}: {text}");
            let failed =
                say!(language, "told.failed", name = "Dana Ortiz", role = say!(language, "role.owner"));
            assert!(text.contains(&format!("\n{failed}\n")), "{text}");
        }
    }
}

#[test]
fn what_to_do_depends_on_why_and_no_address_stands_in_it() {
    // cause, what is to be done, what would not help
    let table = [
        (Cause::Bounced, "Correct the address", "Ask them"),
        (Cause::Suppressed, "suppression list", "Ask them"),
        (Cause::Complained, "Ask them", "Correct the address"),
        (Cause::Rejected, "refused mail", "suppression list of SES"),
    ];
    for (cause, helps, does_not) in table {
        let mail = report(&Play::new(Language::English), cause);
        checks::fits(&mail);
        let Mail { text, html, .. } = mail;
        assert!(text.contains(helps) && html.contains(helps), "{cause:?}: {text}");
        assert!(!text.contains(does_not), "{cause:?}: {text}");
        assert!(!text.contains("@acme.example") && !html.contains("@acme.example"), "{cause:?}");
    }
}

#[test]
fn several_reports_come_in_one_mail_which_does_not_say_that_there_is_nothing_to_do() {
    for language in Language::ALL {
        let play = Play::new(language);
        let reports = [('A', Cause::Bounced), ('B', Cause::Complained)]
            .map(|(nth, cause)| played(&play, nth, cause, "09:00 maria says c1: Where is my parcel?"));
        let mail = play.mail(&reports, at(NOW));
        checks::fits(&mail);
        page::check(&mail);
        let said = [
            say!(language, "unreachable.headline", names = "Dana Ortiz"),
            say!(language, "unreachable.bounced"),
            say!(language, "unreachable.complained"),
            say!(language, "unreachable.correct"),
            say!(language, "unreachable.ask"),
        ];
        for said in said {
            assert!(mail.text.contains(&said), "{said}: {}", mail.text);
        }
        let idle = say!(language, "batch.notes", what = say!(language, "count.cases", count = 2));
        assert!(!mail.text.contains(&idle), "{}", mail.text);
    }
}

#[test]
fn a_hostile_name_changes_nothing_of_the_mail() {
    let mut play = Play::new(Language::English);
    play.config = play
        .config
        .replace("Dana Ortiz", "<b>Dana\u{202e} of a very, very long name that nobody would read</b>");
    let mail = report(&play, Cause::Bounced);
    assert!(
        mail.subject.chars().count() <= subject::LIMIT && mail.subject.ends_with("[C-ABCDEF]"),
        "{}",
        mail.subject
    );
    assert!(!mail.html.contains("<b>") && !mail.text.contains('\u{202e}'), "{}", mail.html);
    checks::fits(&mail);
}
