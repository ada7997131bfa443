//! What is told of a history, line by line, where somebody asks.

use domain::fact::{NoticeKey, Purpose};

use super::queue::{Body, Record};
use super::table::{Write, Written};
use super::{Cause, World};
use crate::call::Call;
use crate::choice::{Chosen, What};
use crate::fault::Trip;
use crate::functions::Outcome;
use crate::story::name;
use crate::time::{Ms, ms, words};
use flow::ports::{Put, Saved};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// When.
    pub(crate) at: Ms,
    /// Which run of a function does it, if any.
    pub(crate) who: Option<usize>,
    /// What sort of line it is.
    pub(crate) is: Is,
    /// What happens.
    pub(crate) words: String,
}

/// What sort of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    /// Something comes from outside.
    Input,
    /// A function begins.
    Begin,
    /// It reads something.
    Read,
    /// It does something.
    Do,
    /// Something goes wrong with it.
    Wrong,
    /// It tells how it went.
    End,
    /// Chance has it that something is not as usual.
    Chance,
}

/// The lines so far.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) lines: Vec<Line>,
    /// The run of a function that goes on now.
    pub(super) who: Option<usize>,
    /// How many of the notes of choices are told.
    notes: usize,
    /// How many of the mails that left are told.
    mails: usize,
}

impl Trace {
    pub(super) fn push(&mut self, at: Ms, is: Is, words: String) {
        self.lines.push(Line { at, who: self.who, is, words });
    }
}

/// Tells what chance chose since the last line, and which mails left.
pub(super) fn catch_up(world: &mut World) {
    let World { trace: Some(trace), choices, log, now, .. } = world else { return };
    for chosen in &choices.notes()[trace.notes..] {
        if let Some(words) = chance(chosen) {
            trace.push(*now, Is::Chance, words);
        }
    }
    for mail in &log.accepted[trace.mails..] {
        let told: Vec<String> = mail.keys.iter().map(key).collect();
        trace.push(mail.at, Is::Do, format!("a mail leaves: {}", told.join(", ")));
    }
    (trace.notes, trace.mails) = (choices.notes().len(), log.accepted.len());
}

/// Returns what a choice means; `None` for one that is told where it strikes.
fn chance(chosen: &Chosen) -> Option<String> {
    let value = chosen.value;
    Some(match chosen.place.what {
        What::Trip | What::CallTakes => return None,
        What::Page => format!("a page of facts holds {value}"),
        What::Machine => format!("environment {value} is used"),
        What::Skew => {
            let side = if value % 2 == 1 { "behind" } else { "ahead" };
            format!("the clock of machine {} is {} ms {side}", chosen.place.subject, value / 2)
        }
        What::MessageTakes => format!("the message travels {value} ms longer"),
        What::MessageLost => "the message is lost".to_owned(),
        What::MessageDoubled => format!("the message comes again {value} ms later"),
        What::Batch => format!("{value} more messages come with it, if there are"),
        What::StreamTakes => format!("the stream takes {value} ms longer"),
        What::IndexTakes => format!("the index lags {value} ms longer"),
        What::SweepMissed => "a sweep does not happen".to_owned(),
        What::SweepTakes => format!("a sweep is {value} ms late"),
        What::SweepDoubled => format!("a sweep happens again {value} ms later"),
        What::AgainTakes => format!("the platform waits {value} ms longer"),
        What::FirstSweep => "nobody ever swept before".to_owned(),
        What::BadAddress => "mail does not reach somebody".to_owned(),
        What::ReportTakes => format!("what became of the mail is reported {value} ms later"),
    })
}

/// Returns what a run was begun for.
pub(super) fn begun(world: &World, who: usize) -> String {
    let invocation = &world.invocations[who];
    let what = match &invocation.cause {
        // What is posted stands right above.
        Cause::Post(_) if invocation.form == super::table::FORM => String::new(),
        Cause::Post(_) => "is called".to_owned(),
        Cause::Minute => "is called for the minute".to_owned(),
        Cause::Messages(taken) => {
            let messages = taken.iter().map(|number| &world.messages[*number]);
            let told = messages.map(|message| match message.receives {
                0 | 1 => about(&message.body),
                times => format!("{} ({times} times by now)", about(&message.body)),
            });
            format!("gets {}", told.collect::<Vec<_>>().join(", "))
        }
        Cause::Records(shard, count) => {
            let records = world.shards[*shard].records.iter().take(*count);
            let told = records.map(|(record, _)| match record {
                Record::Fact(id, _) => format!("a fact in {id}"),
                Record::Removal(spread) => format!("the removal of {}", name(&spread.object)),
            });
            format!("gets from the stream {}", told.collect::<Vec<_>>().join(", "))
        }
    };
    let newer = if invocation.form > super::table::FORM { ", in newer code" } else { "" };
    format!("{what}{newer}")
}

/// Returns what a message says.
fn about(body: &Body) -> String {
    match body {
        Body::Check(check) => match (check.moment, check.pushed_at) {
            (Some(at), _) => format!("a check of {} for {}", check.conversation, words(ms(at))),
            (None, Some(_)) => format!("a check of {} for a push", check.conversation),
            (None, None) => format!("a check of {}", check.conversation),
        },
        Body::Spread(spread) => format!("the removal of {}", name(&spread.object)),
        Body::Report(report, _) => format!("the report {:?} of a mail", report.outcome),
        Body::Tell(tell) => {
            let told: Vec<String> = tell.notices.iter().map(key).collect();
            format!("a message to {}: {}", tell.person, told.join(", "))
        }
    }
}

/// Returns what is asked for by a message that waits for so many seconds.
pub(super) fn asked(body: &Body, seconds: i64) -> String {
    match seconds {
        0 => about(body),
        _ => format!("{}, in {seconds} s", about(body)),
    }
}

/// Returns what a write is to do, after "it".
pub(super) fn wrote(write: &Write) -> String {
    match write {
        Write::Said(id, said) => {
            format!("stores the {} of {} in {id}", said.event.verb.name(), name(&said.event.object))
        }
        Write::Acted(id, action) => format!("what {} did is stored in {id}", action.person),
        Write::List(listing, _, id) => format!("lists {id} under {}", name(&listing.object)),
        Write::Author(authored, id) => {
            format!("lists {id} under who would be answered in {}", authored.dialogue)
        }
        Write::Removal(said) => format!("keeps the removal of {}", name(&said.event.object)),
        Write::Raw => "keeps the body raw".to_owned(),
        Write::Blank(_, event) => format!("blanks {}", name(&event.object)),
        Write::Claim(notice) => {
            format!("claims {}, to be sent at {}", key(&notice.key), words(ms(notice.send_after)))
        }
        Write::Sent(notice, _) => format!("marks {} sent", key(notice)),
        Write::Dropped(notice, dropped) => format!("drops {}: {:?}", key(notice), dropped.reason),
        Write::Failed(notice, failed) => format!("marks {} failed: {:?}", key(notice), failed.cause),
        Write::Postpone(notice, _, until) => format!("puts {} off until {}", key(notice), words(ms(*until))),
        Write::Head(head) => {
            let waits = match head.next_at {
                Some(at) => format!("for {}", words(ms(at))),
                None => "for nothing".to_owned(),
            };
            format!("saves head {} of {}, which waits {waits}", head.version + 1, head.conversation)
        }
        Write::Wake(id, at) => format!("wakes the head of {id} at {}", words(ms(*at))),
        Write::Person(person, state) => match state.leased_until {
            Some(until) => format!("leases {person} until {}", words(ms(until))),
            None => format!("gives {person} back"),
        },
        Write::Unreachable(person, _) => format!("marks {person} unreachable"),
        Write::Mail(..) => "names the mail".to_owned(),
        Write::Cursor(cursor) => format!("moves the cursor to {}", words(ms(cursor.until))),
        Write::Follow(followed) => format!("remembers the push of {}", words(ms(followed.pushed_at))),
    }
}

/// Returns what a write did, from the words for what it was to do.
pub(super) fn found(words: String, written: Written) -> String {
    match written {
        Written::Put(Put::New) | Written::Saved(Saved::Done) => words,
        Written::Put(Put::Known) => format!("{words}; it is known"),
        Written::Saved(Saved::Lost) => format!("{words}; the condition does not hold"),
    }
}

/// Returns what went wrong with a call.
pub(crate) fn tripped(call: Call, trip: Trip) -> String {
    let doing = call.words();
    match trip {
        Trip::Well => format!("is {doing}"),
        Trip::CrashBefore => format!("CRASHES before {doing}"),
        Trip::CrashAfter => format!("CRASHES right after {doing}:"),
        Trip::Throttled => format!("is THROTTLED {doing}"),
        Trip::RequestLost => format!("TIMES OUT {doing}; nothing happened"),
        Trip::AnswerLost => format!("TIMES OUT {doing}; it happened:"),
        Trip::EffectLate(later) => format!("TIMES OUT {doing}; it happens {later} ms later"),
        Trip::Slow(longer) => format!("takes {longer} ms {doing}"),
        Trip::InPart(most) => format!("FAILS in part {doing}; the first {most} are taken:"),
        Trip::Waits => format!("is asked to WAIT {doing}"),
        Trip::Refused => format!("is REFUSED {doing}"),
    }
}

/// Returns how a run is ended that does not come to an end.
pub(crate) fn ended(world: &World, who: usize) -> String {
    let function = world.invocations[who].function;
    format!("{} is ENDED from outside after {} s", function.name(), function.limit() / 1000)
}

/// Returns how a run ended, if that is worth a line.
pub(crate) fn outcome(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Status(status) => Some(format!("answers {status}")),
        Outcome::Failed(failed) if failed.is_empty() => None,
        Outcome::Failed(failed) => Some(format!("fails at {} of what it was given", failed.len())),
    }
}

/// Returns what a notice tells whom.
pub(crate) fn key(key: &NoticeKey) -> String {
    let NoticeKey { conversation, step, purpose, person, .. } = key;
    match purpose {
        Purpose::Step => format!("step {step} to {person} about {conversation}"),
        _ => format!("\"{}\" of step {step} to {person} about {conversation}", purpose.name()),
    }
}
