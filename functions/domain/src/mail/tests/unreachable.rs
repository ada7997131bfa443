//! The mail to an administrator about somebody whom mail does not reach.

use super::*;
use crate::decide::{Telling, tellings};
use crate::fact::{Cause, Failed, address};
use crate::story::facts;

/// Dana is told, the mail fails for `cause` a minute later, and a check follows. Returns the mail to the administrator.
fn report(cause: Cause, config: &str) -> Mail {
    let mut known = facts("09:00 maria says c1: Where is my parcel?");
    let configs = configs(&[config]);
    let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let claimed = |known: &Facts, now| {
        decide(&conversation, None, known, &folded(known, now), &configs, now).unwrap().claim
    };
    let mut first = claimed(&known, at("09:30")).remove(0);
    first.sent = Some(Sent { at: at("09:30"), mail: "mail".to_owned() });
    let email = &configs.current().unwrap().people[&first.key.person].email;
    first.failed =
        Some(Failed { at: at("09:31"), cause, address: address(email.as_deref().unwrap()), known: false });
    known.notices.push(first);
    let now = at("09:31");
    let more = claimed(&known, now);
    known.notices.extend(more.clone());
    let ours = more.into_iter().find(|notice| notice.key.purpose == Purpose::Unreachable).unwrap();
    let history = folded(&known, now);
    let (tellings, untold) = tellings(&history, &known, vec![ours.clone()]);
    assert_eq!(untold, []);
    let Telling { turn, notices, told } = &tellings[0];
    let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
    let person = &run.config.people[&ours.key.person];
    Letter { conversation: &conversation, turn, run: &run, notices, told, person, now }.write()
}

#[test]
fn it_says_who_why_since_when_who_is_told_instead_and_what_to_do() {
    let mail = report(Cause::Bounced, CONFIG);
    assert_eq!(mail.to, "ash@acme.example");
    insta::assert_snapshot!("unreachable_text", mail.text);
    insta::assert_snapshot!("unreachable_html", mail.html);
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
        let Mail { text, html, .. } = report(cause, CONFIG);
        assert!(text.contains(helps) && html.contains(helps), "{cause:?}: {text}");
        assert!(!text.contains(does_not), "{cause:?}: {text}");
        assert!(!text.contains("@acme.example") && !html.contains("@acme.example"), "{cause:?}");
    }
}

#[test]
fn a_hostile_name_changes_nothing_of_the_mail() {
    let hostile =
        CONFIG.replace("Dana Ortiz", "<b>Dana\u{202e} of a very, very long name that nobody would read</b>");
    let mail = report(Cause::Bounced, &hostile);
    assert!(
        mail.subject.chars().count() <= SUBJECT_LIMIT && mail.subject.ends_with("[C-ABCDEF]"),
        "{}",
        mail.subject
    );
    assert!(!mail.html.contains("<b>") && !mail.text.contains('\u{202e}'), "{}", mail.html);
}
