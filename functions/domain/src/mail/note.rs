//! Short mails to people who were told before: somebody has it, a mail was wrong, all is well.

use super::clean::{is_web_address, own};
use super::ladder::name;
use super::view::{Action, Kind, Tone, View};
use super::{Letter, case, subject, times, unreachable};
use crate::fact::Purpose;
use crate::history::End;
use crate::language::say;
use crate::outcome::{self, outcome};

/// Longest reason shown, in characters.
const REASON_LIMIT: usize = 280;

/// Returns what the mail says that asks for nothing.
pub(super) fn view(letter: &Letter<'_>) -> (Kind, View) {
    let language = letter.language();
    let (kind, tone, status) = match letter.purpose() {
        Purpose::Taken => (Kind::Taken, Tone::Note, say!(language, "status.taken")),
        Purpose::Correction => (Kind::Correction, Tone::Note, say!(language, "status.correction")),
        Purpose::Clear | Purpose::Step | Purpose::Removed | Purpose::Passed | Purpose::Unreachable => {
            (Kind::Clear, Tone::Calm, say!(language, "status.clear"))
        }
    };
    let headline = headline(letter);
    let mut view = View::new(language, subject::of_case(letter), tone, status, headline);
    view.preheader = say!(language, "note.preheader", status = view.status);
    view.lines = lines(letter);
    view.lines.push(say!(language, "note.nothing_to_do"));
    let answer = match &letter.turn.end {
        Some(End::Answered { permalink, .. }) => permalink.as_ref(),
        Some(End::Excluded { .. } | End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. })
        | None => None,
    };
    let link = answer.or(letter.turn.opener().event.permalink.as_ref());
    let link = link.filter(|link| is_web_address(link)).cloned();
    if link.is_some() {
        let label = say!(language, "action.see", platform = letter.platform());
        view.action = Some(Action { link, label, instruction: String::new() });
    }
    let written = times::to_the_second(letter.now, letter.person.reader());
    let reference = subject::reference(letter.conversation);
    view.footer = vec![say!(language, "footer.note", reference = reference, time = written)];
    (kind, view)
}

/// Says what became of it, in one sentence.
pub(super) fn headline(letter: &Letter<'_>) -> String {
    let language = letter.language();
    let time = |at| times::instant(at, letter.person.reader());
    let (who, platform) = (case::who(letter), letter.platform());
    match (letter.purpose(), &letter.turn.end) {
        (Purpose::Unreachable, _) => unreachable::headline(letter),
        (Purpose::Taken, _) => {
            let ack = letter.turn.rests.iter().rfind(|rest| rest.is_ack);
            let name = ack.map_or_else(|| say!(language, "somebody"), |ack| name(letter, &ack.person));
            say!(language, "note.taken", name = name, who = who, platform = platform)
        }
        (Purpose::Correction, Some(End::Answered { at, .. })) => {
            say!(language, "note.correction", who = who, platform = platform, time = time(*at))
        }
        (_, Some(End::Answered { at, .. })) => {
            say!(language, "note.answered", who = who, platform = platform, time = time(*at))
        }
        (_, Some(End::Excluded { at, .. })) => {
            say!(language, "note.settled", who = who, platform = platform, time = time(*at))
        }
        (_, Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. }) | None) => {
            say!(language, "note.over", who = who, platform = platform)
        }
    }
}

/// Says how that came about.
fn lines(letter: &Letter<'_>) -> Vec<String> {
    let Letter { turn, run, person, now, .. } = *letter;
    let language = letter.language();
    let time = |at| times::instant(at, person.reader());
    let waited = |until| times::rough(language, until);
    let mut lines = Vec::new();
    match (letter.purpose(), &turn.end) {
        (Purpose::Taken, _) => {
            let (length, due) = (waited(letter.waited()), time(run.due.at));
            lines.push(say!(language, "note.still_waits", length = length, due = due));
            let until = run.held_until(now);
            lines.extend(until.map(|until| say!(language, "note.goes_on", time = time(until))));
        }
        (purpose, Some(End::Answered { at, received_at, .. })) => {
            if purpose == Purpose::Correction {
                let ours = letter.told.iter().filter(|notice| notice.key.person == person.id);
                let sent = ours.filter_map(|notice| notice.sent.as_ref()).map(|sent| sent.at).max();
                lines.extend(sent.map(|sent| say!(language, "note.we_said", time = time(sent))));
                let (platform, received) = (letter.platform(), time(*received_at));
                lines.push(say!(language, "note.heard_late", platform = platform, time = received));
            }
            let length = waited(at.duration_since(turn.start()));
            let late = waited(at.duration_since(run.due.at));
            let is_met = outcome(turn, run, now).result == outcome::Result::Met;
            lines.push(match (turn.is_response(), is_met) {
                (true, true) => say!(language, "note.met", length = length),
                (true, false) => say!(language, "note.missed", length = length, late = late),
                (false, true) => say!(language, "note.kept", length = length),
                (false, false) => say!(language, "note.kept_late", length = length, late = late),
            });
        }
        (_, Some(End::Excluded { person, reason, .. })) => {
            let (name, reason) = (name(letter, person), own(reason, REASON_LIMIT));
            lines.push(if reason.is_empty() {
                say!(language, "note.by", name = name)
            } else {
                format!("{name}: {reason}")
            });
        }
        (_, Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Expired { .. }) | None) => {}
    }
    lines
}
