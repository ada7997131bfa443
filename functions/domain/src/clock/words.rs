//! A deadline's sum as a sentence.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::Deadline;
use crate::calendar::Calendar;

/// Says how a deadline came about, by the clocks of `zone`.
#[must_use]
pub fn in_words(deadline: &Deadline, calendar: Option<&Calendar>, zone: &TimeZone) -> String {
    let _ = (deadline, calendar, zone);
    String::new()
}

/// Says how long `length` is.
#[must_use]
pub fn duration_in_words(length: SignedDuration) -> String {
    length.to_string()
}
