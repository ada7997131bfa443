//! Opening hours of one day, as people write them.

use std::fmt;
use std::str::FromStr;

/// Minutes of a day by the wall clock.
const DAY: u16 = 24 * 60;

/// Opening hours by the wall clock, from `open` up to, not including, `close`; written `09:00-18:00`.
///
/// A close that is not later than the open is on the next day, so that hours are at most 24 long.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hours {
    /// Minutes after midnight, less than [`DAY`].
    open: u16,
    /// Minutes after the same midnight; more than `open`.
    close: u16,
}

/// Text that is not of the form `HH:MM-HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hours are not of the form HH:MM-HH:MM, 00:00 to 24:00")]
pub struct BadHours;

impl Hours {
    /// Returns when they open, in minutes after midnight of their day.
    #[must_use]
    pub fn open_minute(self) -> u16 {
        self.open
    }

    /// Returns when they close, in minutes after the same midnight; 1440 is the end of the day.
    #[must_use]
    pub fn close_minute(self) -> u16 {
        self.close
    }
}

impl FromStr for Hours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Hours, BadHours> {
        let (open, close) = text.split_once('-').ok_or(BadHours)?;
        let (open, close) = (minute(open)?, minute(close)?);
        if open == DAY {
            return Err(BadHours);
        }
        Ok(Hours { open, close: if close > open { close } else { close + DAY } })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let close = if self.close > DAY { self.close - DAY } else { self.close };
        let wall = |minute: u16| (minute / 60, minute % 60);
        let ((h, m), (close_h, close_m)) = (wall(self.open), wall(close));
        write!(f, "{h:02}:{m:02}-{close_h:02}:{close_m:02}")
    }
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Sorts the hours of one day and makes one of those that overlap or touch.
pub(super) fn merged(mut hours: Vec<Hours>) -> Vec<Hours> {
    hours.sort_unstable();
    hours.dedup_by(|next, last| {
        let joined = next.open <= last.close;
        if joined {
            last.close = last.close.max(next.close);
        }
        joined
    });
    hours
}

/// Reads `HH:MM` up to and including `24:00`.
fn minute(text: &str) -> Result<u16, BadHours> {
    let [h1, h2, b':', m1, m2] = text.as_bytes() else { return Err(BadHours) };
    let digit = |byte: &u8| char::from(*byte).to_digit(10).and_then(|digit| u16::try_from(digit).ok());
    let number = |ten, one| Some(digit(ten)? * 10 + digit(one)?);
    let (Some(hour), Some(minute)) = (number(h1, h2), number(m1, m2)) else { return Err(BadHours) };
    let at = hour * 60 + minute;
    if minute < 60 && at <= DAY { Ok(at) } else { Err(BadHours) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_read_what_they_print() {
        for text in [
            "09:00-18:00",
            "22:00-06:00",
            "00:00-24:00",
            "00:00-00:00",
            "09:00-09:00",
            "22:00-24:00",
            "09:00-23:59",
        ] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!(hours.to_string().parse(), Ok(hours), "{text}");
        }
        let bad = [
            "",
            "-",
            "9:00-18:00",
            "09:00",
            "09:00-18:00-19:00",
            "24:00-06:00",
            "09:00-24:01",
            "09:60-10:00",
        ];
        for text in bad.into_iter().chain(["09:00–18:00", " 09:00-18:00", "+9:00-18:00", "09.00-18.00"]) {
            assert_eq!(text.parse::<Hours>(), Err(BadHours), "{text:?}");
        }
    }

    #[test]
    fn overlapping_and_touching_hours_become_one() {
        // as written, as meant
        let table = [
            (vec!["14:00-18:00", "09:00-12:00"], "[09:00-12:00, 14:00-18:00]"), // any order
            (vec!["09:00-12:00", "12:00-18:00"], "[09:00-18:00]"),              // touching
            (vec!["09:00-18:00", "10:00-11:00"], "[09:00-18:00]"),              // one inside the other
            (vec!["22:00-06:00", "20:00-23:00"], "[20:00-06:00]"),              // over midnight
        ];
        for (written, meant) in table {
            let hours = written.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(format!("{:?}", merged(hours)), meant, "{written:?}");
        }
    }
}
