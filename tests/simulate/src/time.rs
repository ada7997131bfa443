//! True time: milliseconds since the beginning of a history. What a machine believes it to be is its own matter.

use jiff::{SignedDuration, Timestamp};

/// Milliseconds since the beginning of the history; negative before it.
pub type Ms = i64;

/// When every history begins: a Wednesday at eight in the morning, UTC.
const BEGINS: i64 = 1_774_425_600_000;

/// One second.
pub const SECOND: Ms = 1000;
/// One minute.
pub const MINUTE: Ms = 60 * SECOND;
/// One hour.
pub const HOUR: Ms = 60 * MINUTE;

/// Returns the instant `ms` after the beginning.
#[must_use]
pub fn instant(ms: Ms) -> Timestamp {
    Timestamp::from_millisecond(BEGINS + ms).expect("a history is hours long")
}

/// Returns how long after the beginning an instant lies, rounded down to milliseconds.
#[must_use]
pub fn ms(at: Timestamp) -> Ms {
    at.as_millisecond() - BEGINS
}

/// Returns a length of time.
#[must_use]
pub fn length(ms: Ms) -> SignedDuration {
    SignedDuration::from_millis(ms)
}

/// Returns a moment as a person reads it: hours, minutes, seconds and milliseconds since the beginning.
#[must_use]
pub fn words(at: Ms) -> String {
    let sign = if at < 0 { "-" } else { "+" };
    let at = at.abs();
    let (hours, minutes, seconds) = (at / HOUR, at / MINUTE % 60, at / SECOND % 60);
    format!("{sign}{hours}:{minutes:02}:{seconds:02}.{:03}", at % SECOND)
}
