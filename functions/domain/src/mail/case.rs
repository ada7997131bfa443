//! The mail about one case: somebody waits.

use std::cmp::Ordering;

use super::clean::{foreign, is_web_address, own};
use super::view::{Action, Kind, Tone, View};
use super::{Letter, NAME_LIMIT, ladder, subject, times};
use crate::clock::{self, Deadline};
use crate::event::{self, Visibility};
use crate::fact::{Notice, Purpose};
use crate::history::{End, Helper, Turn, TurnKind};
use crate::language::{Language, Reader, say};
use crate::policy::Class;
use crate::run::Source;

/// Longest quote of what a customer wrote, in characters: with more the button leaves a phone's first screen.
const QUOTE_LIMIT: usize = 280;
/// Longest quote of what they wrote later.
const LATER_LIMIT: usize = 140;
/// Longest reason of a pause shown, in characters.
const REASON_SHOWN: usize = 60;
/// So many replies of others, and so many later messages, are shown; the rest is counted.
const SHOWN: usize = 3;
/// A platform that tells us later than this is named as slow.
const SLOW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Returns what the mail says about somebody who waits.
pub(super) fn view(letter: &Letter<'_>) -> (Kind, View) {
    let Letter { turn, run, person, now, .. } = *letter;
    let (language, reader) = (person.language, person.reader());
    let event = &turn.opener().event;
    let (kind, tone, status) = standing(letter);
    let mut view = View::new(language, subject::of_case(letter), tone, status, headline(letter));
    let due = times::instant(run.due.at, reader);
    let platform = letter.platform();
    view.quote = quote(language, event, QUOTE_LIMIT);
    view.unquoted = match (event.visibility, &view.quote) {
        (_, Some(_)) => String::new(),
        (Visibility::Private, None) => say!(language, "case.private"),
        (Visibility::Public, None) => say!(language, "case.wordless"),
    };
    view.action = Some(action(letter));
    view.preheader = match kind {
        Kind::Warning => say!(language, "case.preheader_soon", platform = platform, due = due),
        _ => say!(language, "case.preheader_over", platform = platform, status = view.status),
    };
    view.facts = facts(letter, &due);
    let calendar = run.brand.calendar.as_deref();
    let zone = calendar.map_or(reader.zone, |calendar| calendar.zone());
    let sum = deadline_in_words(letter, Reader { language, zone });
    let zone = zone.iana_name().filter(|_| zone != reader.zone);
    let sum = zone.map_or(sum.clone(), |name| format!("{sum} ({name})"));
    view.section(say!(language, "section.deadline"), vec![sum]);
    view.section(say!(language, "section.thread"), thread(letter));
    let told = ladder::told(letter);
    let nobody = || vec![say!(language, "told.nobody")];
    view.section(say!(language, "section.told"), if told.is_empty() { nobody() } else { told });
    let next = ladder::next(letter);
    let nobody = || vec![say!(language, "next.nobody")];
    view.section(say!(language, "section.next"), if next.is_empty() { nobody() } else { next });
    view.section(say!(language, "section.why"), ladder::reasons(letter));
    let written = times::to_the_second(now, reader);
    let is_theirs = |notice: &&&Notice| notice.key.person == person.id && notice.is_told();
    let nth = 1 + letter.told.iter().filter(is_theirs).count();
    let reference = subject::reference(letter.conversation);
    view.footer = vec![if letter.is_posted() {
        say!(language, "footer.posted", reference = reference, time = written, nth = nth)
    } else {
        say!(language, "footer.case", reference = reference, time = written, nth = nth)
    }];
    (kind, view)
}

/// Says whether there is time left, and how much.
pub(super) fn standing(letter: &Letter<'_>) -> (Kind, Tone, String) {
    let (language, left) = (letter.language(), letter.left());
    let length = times::rough(language, left);
    match left.as_secs().cmp(&0) {
        Ordering::Greater => (Kind::Warning, Tone::Soon, say!(language, "status.left", length = length)),
        Ordering::Equal => (Kind::Due, Tone::Over, say!(language, "status.now")),
        Ordering::Less => (Kind::Due, Tone::Over, say!(language, "status.over", length = length)),
    }
}

/// Who waits, as people call them.
pub(crate) fn who(letter: &Letter<'_>) -> String {
    let authors = || letter.turn.waiting.iter().filter_map(|waiting| waiting.event.author.as_ref());
    let name = authors().find_map(|author| author.name.clone());
    let handle = || authors().find_map(|author| author.handle.as_deref()).map(|handle| format!("@{handle}"));
    let shown = name.or_else(handle).map(|name| foreign(&name, NAME_LIMIT)).filter(|name| !name.is_empty());
    shown.unwrap_or_else(|| say!(letter.language(), "somebody"))
}

/// What somebody wrote, in quotation marks; nothing of what was written in private.
pub(super) fn quote(language: Language, event: &event::Event, limit: usize) -> Option<String> {
    let text = match event.visibility {
        Visibility::Public => foreign(event.text.as_deref()?, limit),
        Visibility::Private => return None,
    };
    (!text.is_empty()).then(|| say!(language, "quote", text = text))
}

/// What to do now, and where.
pub(super) fn action(letter: &Letter<'_>) -> Action {
    let (language, platform) = (letter.language(), letter.platform());
    let event = &letter.turn.opener().event;
    let link = event.permalink.clone().filter(|link| is_web_address(link));
    let label = say!(language, "action.answer", platform = platform);
    let instruction = if link.is_none() {
        say!(language, "action.inbox", platform = platform, account = event.account())
    } else if letter.left().is_positive() {
        say!(language, "action.in_time")
    } else {
        say!(language, "action.late")
    };
    Action { link, label, instruction }
}

fn headline(letter: &Letter<'_>) -> String {
    let (language, brand, who) = (letter.language(), letter.brand(), who(letter));
    let length = times::rough(language, letter.waited());
    let of_purpose = |purpose| letter.notices.iter().any(|notice| notice.key.purpose == purpose);
    let is_reminder = letter.notices.iter().any(|notice| {
        let step = letter.run.step(notice.key.step.index);
        matches!(step.map(|step| step.source), Some(Source::Reminder(_)))
    });
    match &letter.turn.kind {
        TurnKind::FollowUp(promise) => {
            let phrase = promise.phrase;
            say!(language, "case.promised", who = who, length = length, brand = brand, phrase = phrase)
        }
        TurnKind::FirstResponse | TurnKind::NextResponse if of_purpose(Purpose::Removed) => {
            say!(language, "case.taken_back", who = who, length = length, brand = brand)
        }
        TurnKind::FirstResponse | TurnKind::NextResponse if of_purpose(Purpose::Passed) => {
            say!(language, "case.passed", who = who, length = length, brand = brand)
        }
        TurnKind::FirstResponse | TurnKind::NextResponse if is_reminder => {
            say!(language, "case.still_waits", who = who, length = length, brand = brand)
        }
        TurnKind::FirstResponse | TurnKind::NextResponse => {
            say!(language, "case.waits", who = who, length = length, brand = brand)
        }
    }
}

fn facts(letter: &Letter<'_>, due: &str) -> Vec<(String, String)> {
    let Letter { turn, run, person, .. } = *letter;
    let (language, reader, platform) = (person.language, person.reader(), letter.platform());
    let event = &turn.opener().event;
    let from = say!(
        language,
        "fact.from_whom",
        who = who(letter),
        platform = platform,
        kind = kind(language, event)
    );
    let to = format!("{} ({})", letter.brand(), event.account());
    let waited = times::rough(language, letter.waited());
    let waits = match turn.waiting.len() - 1 {
        0 => waited,
        more => say!(language, "fact.waits_more", length = waited, count = more),
    };
    let deadline = match standing(letter) {
        (Kind::Warning, _, status) => say!(language, "fact.due", status = status, time = due),
        (_, _, status) if letter.left().is_zero() => {
            say!(language, "fact.due_now", status = status, time = due)
        }
        (_, _, status) => say!(language, "fact.was_due", status = status, time = due),
    };
    let began =
        if turn.is_response() { say!(language, "fact.asked") } else { say!(language, "fact.promised") };
    let mut facts = vec![
        (say!(language, "fact.from"), from),
        (say!(language, "fact.to"), to),
        (began, times::instant(turn.start(), reader)),
        (say!(language, "fact.waiting"), waits),
        (say!(language, "fact.deadline"), deadline),
    ];
    let lag = turn.opener().received_at.duration_since(turn.start());
    if lag > SLOW {
        let length = times::rough(language, lag);
        let late = say!(language, "fact.delivered_late", length = length, platform = platform);
        facts.push((say!(language, "fact.delivered"), late));
    }
    if run.class != Class::Question {
        facts.push((say!(language, "fact.matter"), class(language, run.class)));
    }
    facts
}

/// What else was said and done, in the order of time.
fn thread(letter: &Letter<'_>) -> Vec<String> {
    let Letter { turn, person, .. } = *letter;
    let language = person.language;
    let time = |at| times::instant(at, person.reader());
    let mut lines = Vec::new();
    lines.extend(
        turn.follows.as_ref().map(|past| say!(language, "thread.before", time = time(past.ended_at))),
    );
    lines.extend(earlier(letter));
    for returned in &turn.returned {
        let (answered, removed) = (time(returned.answered_at), time(returned.at));
        lines.push(say!(language, "thread.returned", answered = answered, removed = removed));
    }
    let later = &turn.waiting[1..];
    if turn.is_response() && !later.is_empty() {
        // The last of them say how it stands.
        let hidden = later.len().saturating_sub(SHOWN);
        lines.extend((hidden > 0).then(|| say!(language, "thread.more", count = hidden)));
        lines.extend(later[hidden..].iter().map(|waiting| {
            let (who, time) = (who(letter), time(waiting.at));
            match quote(language, &waiting.event, LATER_LIMIT) {
                Some(quote) => say!(language, "thread.wrote", who = who, time = time, quote = quote),
                None => say!(language, "thread.wrote_again", who = who, time = time),
            }
        }));
    }
    let helpers: Vec<&Helper> = turn.helped_by.iter().filter(|helper| helper.may_help).take(SHOWN).collect();
    for helper in &helpers {
        let name =
            helper.name.as_deref().map(|name| foreign(name, NAME_LIMIT)).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| say!(language, "somebody"));
        lines.push(say!(language, "thread.helped", name = name, time = time(helper.at)));
    }
    match turn.helped_by.len() - helpers.len() {
        0 => {}
        1 => lines.push(say!(language, "thread.other")),
        count => lines.push(say!(language, "thread.others", count = count)),
    }
    lines
}

/// What the same person wrote before in this conversation, and what came of it.
fn earlier(letter: &Letter<'_>) -> Vec<String> {
    let Letter { turn, turns, person, .. } = *letter;
    let (language, time) = (person.language, |at| times::instant(at, person.reader()));
    let is_theirs = |other: &&Turn| {
        let is_before = other.is_response() && other.start() < turn.start() && other.id != turn.id;
        is_before && other.author.is_some() && other.author == turn.author
    };
    let mut earlier: Vec<&Turn> = turns.iter().filter(is_theirs).collect();
    earlier.sort_by_key(|other| other.start());
    let hidden = earlier.len().saturating_sub(SHOWN);
    let counted = (hidden > 0).then(|| say!(language, "thread.earlier_more", count = hidden));
    let line = |other: &&Turn| match &other.end {
        Some(End::Answered { at, .. }) => {
            let length = times::rough(language, at.duration_since(other.start()));
            say!(language, "thread.earlier_answered", time = time(other.start()), length = length)
        }
        Some(End::Withdrawn { .. } | End::Dismissed { .. } | End::Excluded { .. } | End::Expired { .. })
        | None => say!(language, "thread.earlier", time = time(other.start())),
    };
    counted.into_iter().chain(earlier[hidden..].iter().map(line)).collect()
}

/// Says how the deadline came about, with what stopped the clock, and what a change of the configuration did to
/// it.
fn deadline_in_words(letter: &Letter<'_>, reader: Reader<'_>) -> String {
    let Letter { turn, run, .. } = *letter;
    let language = reader.language;
    let began =
        if turn.is_response() { say!(language, "clock.asked") } else { say!(language, "clock.promised") };
    let reasons: Vec<String> = turn.pauses.iter().map(|pause| own(&pause.reason, REASON_SHOWN)).collect();
    let pauses = turn.pauses.iter().zip(&reasons).map(|(pause, reason)| (pause.time, reason.as_str()));
    let summed = Deadline { at: run.summed_at, ..run.due.clone() };
    let sum = clock::in_words(&summed, &began, run.brand.calendar.as_deref(), reader, pauses);
    if run.summed_at == run.due.at {
        return sum;
    }
    let at = clock::instant_in_words(run.due.at, turn.start(), reader);
    say!(language, "deadline.changed", sum = sum, time = at)
}

fn kind(language: Language, event: &event::Event) -> String {
    match (event.kind, event.visibility) {
        (event::Kind::Post, _) => say!(language, "kind.post"),
        (event::Kind::Comment, _) => say!(language, "kind.comment"),
        (event::Kind::Message, Visibility::Private) => say!(language, "kind.private"),
        (event::Kind::Message, Visibility::Public) => say!(language, "kind.message"),
        (event::Kind::Review, _) => say!(language, "kind.review"),
        (event::Kind::Mention, _) => say!(language, "kind.mention"),
    }
}

/// What sort of matter it is, as a reader calls it.
pub(super) fn class(language: Language, class: Class) -> String {
    match class {
        Class::Threat => say!(language, "class.threat"),
        Class::Upset => say!(language, "class.upset"),
        Class::Question => say!(language, "class.question"),
        Class::Praise => say!(language, "class.praise"),
        Class::Mention => say!(language, "class.mention"),
        Class::Offensive => say!(language, "class.offensive"),
        Class::Spam => say!(language, "class.spam"),
        Class::Thanks => say!(language, "class.thanks"),
        Class::Other => say!(language, "class.other"),
    }
}
