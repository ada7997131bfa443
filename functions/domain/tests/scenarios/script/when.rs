//! Dates and times as people write them: `Wed 25 Mar 2026`, `09:20`, `01:30 (UTC-4)`.

use std::iter::Peekable;
use std::str::SplitWhitespace;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The words of a sentence that are still to be read.
pub(crate) type Words<'a> = Peekable<SplitWhitespace<'a>>;

/// Reads `Wed 25 Mar 2026` if a date begins here; the year may be left out where `near` knows it.
pub(crate) fn date(words: &mut Words<'_>, near: Option<Date>) -> Result<Option<Date>, String> {
    let named = |word: &&str| WEEKDAYS.iter().find(|(name, _)| name == word);
    let Some((name, weekday)) = words.peek().and_then(named) else {
        return Ok(None);
    };
    words.next();
    let form = || format!("a date goes on with day, month and year, as in {name} 25 Mar 2026");
    let day: i8 = words.next().and_then(|day| day.parse().ok()).ok_or_else(form)?;
    let month = words.next().and_then(|name| MONTHS.iter().position(|month| *month == name));
    let month = month.and_then(|month| i8::try_from(month + 1).ok()).ok_or_else(form)?;
    let year = words.next_if(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let year = year.and_then(|year| year.parse().ok()).or(near.map(Date::year)).ok_or_else(form)?;
    let date = Date::new(year, month, day).map_err(|error| error.to_string())?;
    if date.weekday() != *weekday {
        return Err(format!("it is a {} on that date, not a {name}", in_words(date.weekday())));
    }
    Ok(Some(date))
}

/// Reads `09:20` or `09:20:30` if a time begins here, with `(UTC-4)` behind it where the clocks show it twice.
pub(crate) fn time(words: &mut Words<'_>) -> Result<Option<(Time, Option<Offset>)>, String> {
    let is_time = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(':');
    let Some(word) = words.next_if(is_time) else {
        return Ok(None);
    };
    let form = || format!("{word} is not a time; write it as 09:20 or 09:20:30");
    let well_formed = matches!(word.len(), 5 | 8);
    let time: Time = word.parse().ok().filter(|_| well_formed).ok_or_else(form)?;
    let offset = words.next_if(|word| word.starts_with("(UTC")).map(offset).transpose()?;
    Ok(Some((time, offset)))
}

fn offset(word: &str) -> Result<Offset, String> {
    let form = || format!("{word} is not an offset; write it as (UTC-4) or (UTC+10:30)");
    let inside = word.strip_prefix("(UTC").and_then(|word| word.strip_suffix(')')).ok_or_else(form)?;
    let (sign, inside) = match inside.split_at_checked(1) {
        Some(("+", inside)) => (1, inside),
        Some(("-", inside)) => (-1, inside),
        _ => return Err(form()),
    };
    let (hours, minutes) = inside.split_once(':').unwrap_or((inside, "0"));
    let part = |text: &str| text.parse::<i32>().map_err(|_| form());
    Offset::from_seconds(sign * (part(hours)? * 3600 + part(minutes)? * 60)).map_err(|_| form())
}

/// Reads `11:00`, or `Thu 26 Mar 2026 11:00`; without a date it is a time of the day of `near`.
pub(crate) fn instant(words: &mut Words<'_>, near: Date, zone: &TimeZone) -> Result<Timestamp, String> {
    let date = date(words, Some(near))?.unwrap_or(near);
    let Some((time, offset)) = time(words)? else {
        return Err("a time such as 11:00 or Thu 26 Mar 2026 11:00 is missing".to_owned());
    };
    at(date, time, offset, zone)
}

/// Returns when the clocks of `zone` show `time` on `date`.
pub(crate) fn at(
    date: Date,
    time: Time,
    offset: Option<Offset>,
    zone: &TimeZone,
) -> Result<Timestamp, String> {
    let wall = date.to_datetime(time);
    if let Some(offset) = offset {
        let at = offset.to_timestamp(wall).map_err(|error| error.to_string())?;
        let holds = zone.to_offset(at) == offset;
        return if holds { Ok(at) } else { Err("the clocks do not have that offset then".to_owned()) };
    }
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let shown = time.strftime("%H:%M");
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_err(|error| error.to_string()),
        AmbiguousOffset::Gap { .. } => Err(format!("the clocks never show {shown} that day: they jump")),
        AmbiguousOffset::Fold { .. } => {
            Err(format!("the clocks show {shown} twice that day: write the offset, as in 01:30 (UTC-4)"))
        }
    }
}

/// Says a date as [`date`] reads it.
pub(crate) fn date_in_words(date: Date) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    format!("{} {} {month} {}", in_words(date.weekday()), date.day(), date.year())
}

fn in_words(weekday: Weekday) -> &'static str {
    let named = WEEKDAYS.iter().find(|(_, other)| *other == weekday);
    named.expect("every weekday has a name").0
}
