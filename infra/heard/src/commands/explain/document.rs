//! An explanation for scripts.

use domain::id::{BrandId, PersonId};
use domain::policy::{Class, Style};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::play::{Explanation, Mail, Step};

/// The document of `--json`.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    brand: &'a BrandId,
    calendar: Option<&'a str>,
    zone: &'a str,
    class: Class,
    turn: &'static str,
    /// Somebody waits, and is told about.
    opens: bool,
    start: Timestamp,
    received: Timestamp,
    /// It was over due before it was received.
    late: bool,
    due: Timestamp,
    target_seconds: i64,
    unit: &'static str,
    /// Only what was pushed has a version, and this was read from a file.
    config_version: Option<u64>,
    slices: Vec<Slice>,
    steps: Vec<Moment<'a>>,
    /// What follows the ladder, up to the first line in a daily list; these go on until somebody answers.
    reminders: Vec<Moment<'a>>,
    /// Maintenance of the brand that lies between the receipt and the last of all these.
    holds: Vec<Hold>,
}

#[derive(Serialize)]
struct Slice {
    from: Timestamp,
    to: Timestamp,
    #[serde(serialize_with = "seconds")]
    seconds: SignedDuration,
}

#[derive(Serialize)]
struct Moment<'a> {
    at: Timestamp,
    role: String,
    to: Vec<&'a PersonId>,
    style: Style,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    /// When each mail may leave: not before the hours of the person.
    mails: &'a [Mail],
}

#[derive(Serialize)]
struct Hold {
    from: Timestamp,
    to: Timestamp,
}

impl Explanation<'_> {
    /// Returns what scripts read.
    pub(super) fn document(&self) -> Document<'_> {
        let slice = |from: Timestamp, to: Timestamp| Slice { from, to, seconds: to.duration_since(from) };
        let moment = |step| self.moment_document(step);
        Document {
            brand: &self.brand.id,
            calendar: self.brand.calendar_name.as_deref(),
            zone: self.zone.iana_name().unwrap_or("UTC"),
            class: self.turn.class,
            turn: self.turn.kind.name(),
            opens: self.opens,
            start: self.run.due.start,
            received: self.turn.received_at(),
            late: self.run.late,
            due: self.run.due.at,
            target_seconds: self.run.target.length.as_secs(),
            unit: self.run.target.unit.name(),
            config_version: None,
            slices: self.run.due.slices.iter().map(|counted| slice(counted.from, counted.to)).collect(),
            steps: self.steps.iter().map(moment).collect(),
            reminders: self.reminders.iter().map(moment).collect(),
            holds: self.holds().map(|hold| Hold { from: hold.from, to: hold.to }).collect(),
        }
    }

    fn moment_document<'a>(&'a self, step: &'a Step) -> Moment<'a> {
        Moment {
            at: step.at,
            role: step.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"),
            to: step.mails().iter().map(|mail| &mail.person).collect(),
            style: step.style,
            why: self.why(step),
            skipped: self.skipped(step),
            mails: step.mails(),
        }
    }
}

/// Whole seconds as a whole number.
fn seconds<S: Serializer>(length: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
    if length.subsec_nanos() == 0 {
        serializer.serialize_i64(length.as_secs())
    } else {
        serializer.serialize_f64(length.as_secs_f64())
    }
}
