//! Short mails to people who were told before: somebody has it, a mail was wrong, all is well.

use askama::Template;
use jiff::Timestamp;

use super::{
    Letter, Mail, QUOTE_LIMIT, clean, headers, is_web_address, name, reference, subject_of, time, who,
};
use crate::clock;
use crate::fact::Purpose;
use crate::history::End;
use crate::outcome::{self, outcome};

#[derive(Template)]
#[template(path = "mail/note.txt")]
struct Text<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "mail/note.html")]
struct Html<'a> {
    view: &'a View,
}

/// What both parts say, in words.
struct View {
    subject: String,
    preheader: &'static str,
    headline: String,
    lines: Vec<String>,
    link: Option<String>,
    link_text: String,
    reference: String,
}

/// Writes the mail of a notice that asks for nothing.
pub(super) fn note(letter: &Letter<'_>) -> Mail {
    let view = view(letter);
    Mail {
        to: letter.person.email.clone().unwrap_or_default(),
        subject: view.subject.clone(),
        text: Text { view: &view }.render().expect("a template over strings cannot fail"),
        html: Html { view: &view }.render().expect("a template over strings cannot fail"),
        headers: headers(letter),
    }
}

fn view(letter: &Letter<'_>) -> View {
    let Letter { turn, run, person, now, .. } = *letter;
    let zone = &person.zone;
    let at = |at| time(at, zone);
    let platform = turn.opener().event.platform.title();
    let who = format!("{} on {platform}", who(turn));
    let due = run.due.at;
    let waited = |until: Timestamp| clock::duration_in_words(until.duration_since(turn.start()));
    let purpose = letter.notices.first().map_or(Purpose::Clear, |notice| notice.key.purpose);
    let mut lines = Vec::new();
    let mut link = turn.opener().event.permalink.as_deref();
    let headline = match (purpose, &turn.end) {
        (Purpose::Taken, _) => {
            let ack = turn.rests.iter().rfind(|rest| rest.is_ack);
            let has = ack.map_or("Somebody".to_owned(), |ack| name(letter, ack.person.as_str()));
            lines.push(format!("Waiting for {}, due {}.", waited(now), at(due)));
            lines.extend(
                run.held_until(now)
                    .map(|until| format!("If nobody answers, the next step follows {}.", at(until))),
            );
            format!("{has} has it: {who}.")
        }
        (_, Some(End::Answered { at: answered_at, received_at, permalink, .. })) => {
            link = permalink.as_deref().or(link);
            if purpose == Purpose::Correction {
                let sent = letter.told.iter().filter(|notice| notice.key.person == person.id);
                let sent = sent.filter_map(|notice| notice.sent.as_ref()).map(|sent| sent.at).max();
                lines.extend(
                    sent.map(|sent| format!("Our mail of {} said that nobody had answered.", at(sent))),
                );
                lines.push(format!("{platform} told us {}.", at(*received_at)));
            }
            let judged = if outcome(turn, run, now).result == outcome::Result::Met {
                "in time".to_owned()
            } else {
                format!("{} after the deadline", clock::duration_in_words(answered_at.duration_since(due)))
            };
            let began = if turn.is_response() { "question" } else { "promise" };
            lines.push(format!("That was {} after the {began}, {judged}.", waited(*answered_at)));
            match purpose {
                Purpose::Correction => format!("Correction: {who} was answered {}.", at(*answered_at)),
                _ => format!("All clear: {who} was answered {}.", at(*answered_at)),
            }
        }
        (_, Some(End::Excluded { at: settled_at, person, reason })) => {
            let (name, reason) = (name(letter, person.as_str()), clean(reason, QUOTE_LIMIT));
            lines.push(if reason.is_empty() {
                format!("{name} did so.")
            } else {
                format!("{name}: {reason}")
            });
            format!("All clear: the matter of {who} was settled {}.", at(*settled_at))
        }
        (_, Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. }) | None) => {
            format!("{who} no longer waits.")
        }
    };
    let preheader = "You need not do anything.";
    lines.push(preheader.to_owned());
    View {
        subject: subject_of(letter),
        preheader,
        headline,
        lines,
        link: link.filter(|link| is_web_address(link)).map(str::to_owned),
        link_text: format!("See it on {platform}"),
        reference: reference(letter.conversation),
    }
}
