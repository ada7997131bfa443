//! How it is told: e-mails, as text and as HTML, from a complete snapshot.
//!
//! Everything a customer wrote or is called is foreign: control characters, direction marks and zero-width
//! characters are taken out before it reaches a template, the HTML template escapes, and no address that
//! came from outside becomes a link except the platform's own permalink.

use std::cmp::Ordering;

use askama::Template;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock::{self, Deadline, Unit};
use crate::decide::{MAILS_A_TURN, reachable};
use crate::event::{Kind, Visibility};
use crate::fact::{Notice, Purpose};
use crate::history::{Helper, Turn, TurnKind};
use crate::id::ConversationId;
use crate::ladder;
use crate::policy::{Anchor, At, Class, Person, Style};
use crate::run::{Planned, Reminder, Run, Source};

mod batch;
mod note;
mod unreachable;

/// Longest subject, in characters; a phone shows little more.
const SUBJECT_LIMIT: usize = 60;
/// Longest quote of what a customer wrote, in characters.
const QUOTE_LIMIT: usize = 500;
/// Longest reason of a pause shown, in characters.
const REASON_SHOWN: usize = 60;
/// So many replies of others are shown; the rest is counted.
const HELPERS_SHOWN: usize = 3;
/// Longest name shown, in characters.
const NAME_LIMIT: usize = 40;

/// A mail to one person, ready for the mailer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// One line without control characters.
    pub subject: String,
    /// The complete message as plain text.
    pub text: String,
    /// The same facts as HTML.
    pub html: String,
    /// Further header fields, ASCII.
    pub headers: Vec<(String, String)>,
}

/// What a mail is written from.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The conversation.
    pub conversation: &'a ConversationId,
    /// The turn that it is about.
    pub turn: &'a Turn,
    /// The ladder it runs on.
    pub run: &'a Run<'a>,
    /// What is told now: one or more steps of the turn.
    pub notices: &'a [Notice],
    /// What was told before, to anybody.
    pub told: &'a [&'a Notice],
    /// Who is told.
    pub person: &'a Person,
    /// The present instant.
    pub now: Timestamp,
}

/// Everything that one mail tells its reader.
#[derive(Debug)]
pub struct Bundle<'a> {
    /// What is told: never empty, all to one person at one instant. One letter keeps the thread of its case, several
    /// are told in one mail.
    pub letters: &'a [Letter<'a>],
    /// How soon the person can be written to again.
    pub pace: Pace,
}

/// How soon after a mail the next one may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Whatever else comes until then waits for it, and comes together; absent if nothing has to wait.
    pub next_at: Option<Timestamp>,
    /// The person got so many mails within the hour that they come together for longer than usual.
    pub is_crowded: bool,
}

#[derive(Template)]
#[template(path = "mail/escalation.txt")]
struct Text<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "mail/escalation.html")]
struct Html<'a> {
    view: &'a View,
}

/// What both parts say, in words.
struct View {
    subject: String,
    preheader: String,
    headline: String,
    facts: Vec<(&'static str, String)>,
    quote: Option<String>,
    unquoted: &'static str,
    link: Option<String>,
    link_text: String,
    instruction: String,
    deadline: String,
    told: Vec<String>,
    next: Vec<String>,
    reasons: Vec<String>,
    reference: String,
}

impl Bundle<'_> {
    /// Writes the mail. The same bundle is the same mail.
    #[must_use]
    pub fn write(&self) -> Mail {
        match self.letters {
            [letter] => letter.write(),
            letters => batch::batch(letters),
        }
    }
}

impl Letter<'_> {
    /// Writes the mail of the notices, which all ask for an answer or are all for one other purpose.
    #[must_use]
    pub fn write(&self) -> Mail {
        match self.notices.first().map_or(Purpose::Clear, |notice| notice.key.purpose) {
            Purpose::Step | Purpose::Removed | Purpose::Passed => escalation(self),
            Purpose::Taken | Purpose::Correction | Purpose::Clear => note::note(self),
            Purpose::Unreachable => unreachable::unreachable(self),
        }
    }
}

/// Writes the mail that tells a person about somebody who waits.
fn escalation(letter: &Letter<'_>) -> Mail {
    let view = view(letter);
    Mail {
        to: letter.person.email.clone().unwrap_or_default(),
        subject: view.subject.clone(),
        text: Text { view: &view }.render().expect("a template over strings cannot fail"),
        html: Html { view: &view }.render().expect("a template over strings cannot fail"),
        headers: headers(letter),
    }
}

fn headers(letter: &Letter<'_>) -> Vec<(String, String)> {
    let root = format!("<case.{}.{}@heard.invalid>", letter.conversation, letter.person.id);
    let headers = [
        // One invented root per case and person keeps their mails in one thread, whatever ids SES gives.
        ("References", root.clone()),
        ("In-Reply-To", root),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("X-Case", reference(letter.conversation)),
        ("X-Step", steps(letter.notices)),
        // For rules of a mailbox, which may keep an all clear out of the way of who waits.
        ("X-Purpose", purposes(letter.notices)),
    ];
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a case is called in mails.
pub(crate) fn reference(conversation: &ConversationId) -> String {
    format!("C-{}", &conversation.as_str()[..6])
}

fn steps(notices: &[Notice]) -> String {
    notices.iter().map(|notice| notice.key.step.to_string()).collect::<Vec<_>>().join(", ")
}

fn purposes(notices: &[Notice]) -> String {
    let mut purposes: Vec<&str> = notices.iter().map(|notice| notice.key.purpose.name()).collect();
    purposes.dedup();
    purposes.join(", ")
}

fn view(letter: &Letter<'_>) -> View {
    let Letter { turn, run, person, now, .. } = *letter;
    let event = &turn.opener().event;
    let zone = &person.zone;
    let due = run.due.at;
    let brand = clean(&run.brand.name, NAME_LIMIT);
    let platform = event.platform.title();
    let who = who(turn);
    let waited = clock::duration_in_words(now.duration_since(turn.start()));
    let left = due.duration_since(now).as_secs();
    let margin = clock::duration_in_words(SignedDuration::from_secs(left.abs()));
    // (how it stands, when it was due)
    let (state, due) = match left.cmp(&0) {
        Ordering::Greater => (format!("{margin} left"), format!("due {}", time(due, zone))),
        Ordering::Equal => ("Due now".to_owned(), time(due, zone)),
        Ordering::Less => (format!("Overdue by {margin}"), format!("it was due {}", time(due, zone))),
    };
    let more = turn.waiting.len() - 1;
    let mut facts = vec![
        ("From", format!("{who} on {platform}, {}", kind(event.kind, event.visibility))),
        ("To", format!("{brand} ({})", event.account())),
        (if turn.is_response() { "Asked" } else { "Promised" }, time(turn.start(), zone)),
        ("Waiting", if more == 0 { waited.clone() } else { format!("{waited}; {more} more since then") }),
        ("Deadline", format!("{state}, {due}")),
    ];
    let lag = turn.opener().received_at.duration_since(turn.start());
    if lag > SignedDuration::from_mins(5) {
        let late = clock::duration_in_words(lag);
        facts.push(("Delivered", format!("{late} after it was asked, by {platform}")));
    }
    if !matches!(turn.class, Class::Question) {
        facts.push(("Matter", turn.class.to_string()));
    }
    if let Some(past) = &turn.follows {
        facts.push(("Before", format!("wrote already; that case ended {}", time(past.ended_at, zone))));
    }
    let helpers: Vec<&Helper> =
        turn.helped_by.iter().filter(|helper| helper.may_help).take(HELPERS_SHOWN).collect();
    for helper in &helpers {
        let name = helper.name.as_deref().map_or("Somebody".to_owned(), |name| clean(name, NAME_LIMIT));
        facts.push(("Others", format!("{name} replied {}; please check", time(helper.at, zone))));
    }
    match turn.helped_by.len() - helpers.len() {
        0 => {}
        1 => facts.push(("Others", "1 other commented".to_owned())),
        count => facts.push(("Others", format!("{count} others commented"))),
    }
    let quote = match event.visibility {
        Visibility::Public => event.text.as_deref().map(|text| clean(text, QUOTE_LIMIT)),
        Visibility::Private => None,
    };
    let link = event.permalink.as_deref().filter(|link| is_web_address(link)).map(str::to_owned);
    let calendar = run.brand.calendar.as_deref();
    let calendar_zone = calendar.map_or(zone, |calendar| calendar.zone());
    View {
        subject: subject_of(letter),
        preheader: format!("{state}. Answer on {platform}; only a published answer stops this."),
        headline: match &turn.kind {
            TurnKind::FirstResponse | TurnKind::NextResponse => {
                format!("{}{who} has been waiting {waited} for an answer from {brand}.", occasion(letter))
            }
            TurnKind::FollowUp(promise) => {
                format!("{brand} told {who} {waited} ago: \"{}\". Nothing came since.", promise.phrase)
            }
        },
        facts,
        unquoted: match (event.visibility, &quote) {
            (_, Some(_)) => "",
            (Visibility::Private, None) => "What was written in private is not sent by mail.",
            (Visibility::Public, None) => "There is no text, only an attachment.",
        },
        quote: quote.filter(|quote| !quote.is_empty()),
        link_text: format!("Answer on {platform}"),
        instruction: if link.is_some() {
            format!("Answer on {platform}. Any published answer by the brand stops the clock.")
        } else {
            format!(
                "Answer in the {platform} inbox of {}. Any published answer by the brand stops the clock.",
                event.account()
            )
        },
        link,
        deadline: {
            let sum = deadline_in_words(turn, run, calendar_zone);
            let name = calendar_zone.iana_name().filter(|_| calendar_zone != zone);
            name.map_or(sum.clone(), |name| format!("{sum} ({name})"))
        },
        told: told(letter),
        next: next(letter),
        reasons: reasons(letter),
        reference: reference(letter.conversation),
    }
}

/// Says what is new about somebody of whom the reader may know already.
fn occasion(letter: &Letter<'_>) -> &'static str {
    let of_purpose = |purpose| letter.notices.iter().any(|notice| notice.key.purpose == purpose);
    let is_reminder = |notice: &Notice| {
        let step = letter.run.step(notice.key.step.index);
        matches!(step.map(|step| step.source), Some(Source::Reminder(_)))
    };
    if of_purpose(Purpose::Removed) {
        "An answer was taken back: "
    } else if of_purpose(Purpose::Passed) {
        "Passed to you: "
    } else if letter.notices.iter().any(is_reminder) {
        "Still unanswered: "
    } else {
        ""
    }
}

/// Says how the deadline came about, with what stopped the clock, and what a change of the configuration did to
/// it.
fn deadline_in_words(turn: &Turn, run: &Run<'_>, zone: &TimeZone) -> String {
    let began = match turn.kind {
        TurnKind::FirstResponse | TurnKind::NextResponse => "asked",
        TurnKind::FollowUp(_) => "promised",
    };
    let reasons: Vec<String> = turn.pauses.iter().map(|pause| clean(&pause.reason, REASON_SHOWN)).collect();
    let pauses = turn.pauses.iter().zip(&reasons).map(|(pause, reason)| (pause.time, reason.as_str()));
    let summed = Deadline { at: run.summed_at, ..run.due.clone() };
    let sum = clock::in_words(&summed, began, run.brand.calendar.as_deref(), zone, pauses);
    if run.summed_at == run.due.at {
        return sum;
    }
    let at = clock::instant_in_words(run.due.at, turn.start(), zone);
    format!("{sum}; the configuration changed meanwhile, so {at}")
}

fn subject_of(letter: &Letter<'_>) -> String {
    let brand = clean(&letter.run.brand.name, NAME_LIMIT);
    let platform = letter.turn.opener().event.platform.title();
    subject(&who(letter.turn), platform, &brand, &reference(letter.conversation))
}

/// The same subject for every mail about a case to a person: Gmail threads by it. Names give way to the
/// length, the reference never does.
fn subject(who: &str, platform: &str, brand: &str, reference: &str) -> String {
    let frame = format!("Unanswered:  on {platform} -  [{reference}]").chars().count();
    let room = SUBJECT_LIMIT.saturating_sub(frame);
    let brand = cut(brand, room / 2);
    let who = cut(who, room - brand.chars().count());
    format!("Unanswered: {who} on {platform} - {brand} [{reference}]")
}

pub(crate) fn who(turn: &Turn) -> String {
    let authors = turn.waiting.iter().filter_map(|waiting| waiting.event.author.as_ref());
    let handle =
        authors.clone().find_map(|author| author.handle.as_deref()).map(|handle| format!("@{handle}"));
    let name = authors.clone().find_map(|author| author.name.clone());
    let shown = name.or(handle).map(|name| clean(&name, NAME_LIMIT)).filter(|name| !name.is_empty());
    shown.unwrap_or_else(|| "Somebody".to_owned())
}

fn kind(kind: Kind, visibility: Visibility) -> &'static str {
    match (kind, visibility) {
        (Kind::Post, _) => "a post",
        (Kind::Comment, _) => "a comment",
        (Kind::Message, Visibility::Private) => "a private message",
        (Kind::Message, Visibility::Public) => "a message",
        (Kind::Review, _) => "a review",
        (Kind::Mention, _) => "a mention",
    }
}

/// Who was told before, in the order of time.
fn told(letter: &Letter<'_>) -> Vec<String> {
    let steps = letter.told.iter().filter(|notice| notice.key.purpose == Purpose::Step);
    let mut told: Vec<&&Notice> = steps.collect();
    told.sort_by_key(|notice| (notice.sent.as_ref().map(|sent| sent.at), &notice.key));
    let line = |notice: &&&Notice| {
        let name = name(letter, notice.key.person.as_str());
        if notice.failed.is_some() {
            return Some(format!("{} ({}), not reached by mail", name, notice.role));
        }
        let sent = notice.sent.as_ref()?;
        Some(format!("{} ({}), mail {}", name, notice.role, time(sent.at, &letter.person.zone)))
    };
    told.iter().filter_map(line).collect()
}

/// Who is told next, should nobody answer; whoever is away by then is passed over when it comes.
fn next(letter: &Letter<'_>) -> Vec<String> {
    let Run { steps, brand, config, .. } = letter.run;
    let last = letter.notices.iter().map(|notice| notice.key.step.index).max().unwrap_or(0);
    let is_capped = letter.notices.iter().any(|notice| notice.capped);
    let steps = steps.iter().filter(|step| step.index > last && step.at > letter.now);
    let is_reachable = reachable(letter.told, config);
    let line = |step: &Planned| {
        let people = ladder::resolve(&step.to, brand, config, step.at, &[], &is_reachable);
        let people: Vec<String> = people
            .iter()
            .map(|told| format!("{} ({})", name(letter, told.person.as_str()), told.role))
            .collect();
        let people = if people.is_empty() {
            "nobody is there, the next step takes over".into()
        } else {
            people.join(", ")
        };
        let form = match (step.source, step.style) {
            _ if is_capped => ", in the daily list",
            (Source::Reminder(Reminder::Daily), _) | (_, Style::Digest) => ", in the daily list",
            (Source::Reminder(Reminder::Opening(_)), Style::Single | Style::Batch) => ", a reminder",
            (Source::Step(_), Style::Single | Style::Batch) => "",
        };
        format!("{}: {people}{form}", time(step.at, &letter.person.zone))
    };
    steps.map(line).collect()
}

/// Why this person gets this mail.
fn reasons(letter: &Letter<'_>) -> Vec<String> {
    letter.notices.iter().map(|notice| reason(letter, notice)).collect()
}

fn reason(letter: &Letter<'_>, notice: &Notice) -> String {
    let count = letter.run.length;
    let index = usize::from(notice.key.step.index);
    let role = &notice.role;
    let mut line = match notice.key.purpose {
        Purpose::Removed => {
            format!("You are told as {role}: an answer was taken back, and the wait goes on.")
        }
        Purpose::Passed => "It was passed to you.".to_owned(),
        Purpose::Step | Purpose::Taken | Purpose::Correction | Purpose::Clear | Purpose::Unreachable => {
            match letter.run.step(notice.key.step.index).map(|step| step.source) {
                Some(Source::Step(_)) if !letter.turn.is_response() => {
                    format!("You are told as {role}: the time for what was promised is over.")
                }
                Some(Source::Step(at)) => {
                    format!("You are told as {role}, step {} of {count}{}.", index + 1, moment(at))
                }
                Some(Source::Reminder(Reminder::Opening(nth))) => {
                    format!(
                        "You are told as {role}, reminder {nth}: nobody has answered since the last step."
                    )
                }
                Some(Source::Reminder(Reminder::Daily)) => {
                    format!("You are told as {role}: it stands in the daily list until somebody answers.")
                }
                None => format!("You are told as {role}, step {}.", index + 1),
            }
        }
    };
    for skipped in &notice.skipped {
        let number = (skipped + 1).to_string();
        line.extend([" Step ", &number, " was skipped: nobody was reachable."]);
    }
    for held in &notice.held {
        let number = (held + 1).to_string();
        line.extend([" Step ", &number, " fell due while the ladder was stopped."]);
    }
    if notice.capped {
        let mails = MAILS_A_TURN.to_string();
        line.extend([
            " ",
            &mails,
            " mails were sent about this; from now on it only stands in the daily list.",
        ]);
    }
    line
}

/// Says when a step fires, such as ` (20 min after the question)`.
fn moment(at: At) -> String {
    let length = clock::duration_in_words(at.offset);
    let unit = match at.unit {
        Unit::Open => "",
        Unit::Elapsed => " by the wall clock",
    };
    match at.anchor {
        Anchor::Start => format!(" ({length}{unit} after the question)"),
        Anchor::Due if at.offset.is_zero() => " (at the deadline)".to_owned(),
        Anchor::Due => format!(" ({length}{unit} after the deadline)"),
    }
}

fn name(letter: &Letter<'_>, person: &str) -> String {
    let known = letter.run.config.people.get(&person.into());
    known.map_or_else(|| person.to_owned(), |person| clean(&person.name, NAME_LIMIT))
}

fn time(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    let format = if at.second() == 0 { "%a %-d %b %H:%M %Z" } else { "%a %-d %b %H:%M:%S %Z" };
    at.strftime(format).to_string()
}

/// Takes out what could change how the rest is shown, and cuts to `limit` characters.
///
/// Control characters become spaces, direction marks and zero-width characters vanish; the joiner that
/// holds emoji together stays.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let hidden = |c: char| {
        matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
    };
    let shown = text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let words = shown.collect::<String>();
    cut(&words.split_whitespace().collect::<Vec<_>>().join(" "), limit)
}

pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Whether a permalink is an address a mail may link to.
pub(crate) fn is_web_address(link: &str) -> bool {
    link.len() <= 1000
        && link.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && link.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\'))
}

#[cfg(test)]
mod tests;
