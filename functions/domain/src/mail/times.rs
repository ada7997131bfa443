//! Instants and lengths as somebody reads them in a hurry.

use jiff::{SignedDuration, Timestamp};

use crate::clock::duration_in_words;
use crate::language::{Language, Reader, say};

/// Says when something was or will be, by the reader's clocks: `Wed 25 Mar 10:00 CET`.
///
/// Seconds are said where they are not zero.
pub(super) fn instant(at: Timestamp, reader: Reader<'_>) -> String {
    let second = at.to_zoned(reader.zone.clone()).second();
    said(at, reader, if second == 0 { "%H:%M" } else { "%H:%M:%S" })
}

/// Says an instant to the second, even if that is zero.
pub(super) fn to_the_second(at: Timestamp, reader: Reader<'_>) -> String {
    said(at, reader, "%H:%M:%S")
}

fn said(at: Timestamp, Reader { language, zone }: Reader<'_>, clock: &str) -> String {
    let at = at.to_zoned(zone.clone());
    let nth = |words: String, place: i8| {
        words.split(' ').nth(usize::from(place.unsigned_abs())).unwrap_or_default().to_owned()
    };
    let weekday = nth(say!(language, "weekdays"), at.weekday().to_monday_zero_offset());
    let month = nth(say!(language, "months"), at.month() - 1);
    let abbreviation = at.strftime("%Z").to_string();
    let zones = say!(language, "zones");
    let known = zones.split(' ').find_map(|zone| zone.strip_prefix(abbreviation.as_str())?.strip_prefix(':'));
    let (clock, zone) = (at.strftime(clock), known.unwrap_or(&abbreviation));
    say!(language, "time", weekday = weekday, day = at.day(), month = month, clock = clock, zone = zone)
}

/// Says a length as exactly as somebody wants to know it who waits that long: to the second below ten minutes, to the
/// minute below two days, then to the hour.
pub(super) fn rough(language: Language, length: SignedDuration) -> String {
    let seconds = length.as_secs().abs();
    let whole = |unit: i64| SignedDuration::from_secs(seconds / unit * unit);
    match seconds {
        0..600 => duration_in_words(whole(1)),
        600..172_800 => duration_in_words(whole(60)),
        _ => {
            let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3600);
            if hours == 0 {
                say!(language, "days", days = days)
            } else {
                say!(language, "days_and_hours", days = days, hours = hours)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn an_instant_is_said_by_the_reader_s_clocks_and_in_their_language() {
        // instant, zone, English, German
        let table = [
            ("2026-03-25T08:00:00Z", "Europe/Berlin", "Wed 25 Mar 09:00 CET", "Mi, 25. März, 09:00 Uhr MEZ"),
            (
                "2026-05-01T22:30:07Z",
                "Europe/Berlin",
                "Sat 2 May 00:30:07 CEST",
                "Sa, 2. Mai, 00:30:07 Uhr MESZ",
            ),
            ("2026-12-31T23:59:00Z", "UTC", "Thu 31 Dec 23:59 UTC", "Do, 31. Dez., 23:59 Uhr UTC"),
            ("2026-07-04T16:00:00Z", "America/New_York", "Sat 4 Jul 12:00 EDT", "Sa, 4. Juli, 12:00 Uhr EDT"),
            // The hour that comes twice is told apart by the zone.
            (
                "2026-10-25T00:30:00Z",
                "Europe/Berlin",
                "Sun 25 Oct 02:30 CEST",
                "So, 25. Okt., 02:30 Uhr MESZ",
            ),
            ("2026-10-25T01:30:00Z", "Europe/Berlin", "Sun 25 Oct 02:30 CET", "So, 25. Okt., 02:30 Uhr MEZ"),
        ];
        for (at, zone, english, german) in table {
            let (at, zone) = (at.parse().unwrap(), TimeZone::get(zone).unwrap());
            let said = Language::ALL.map(|language| instant(at, Reader { language, zone: &zone }));
            assert_eq!(said, [english, german]);
        }
    }

    #[test]
    fn a_long_wait_is_told_roughly() {
        // seconds, English, German
        let table = [
            (0, "0 min", "0 min"),
            (59, "59 s", "59 s"),
            (599, "9 min 59 s", "9 min 59 s"),
            (600, "10 min", "10 min"),
            (4499, "74 min", "74 min"),
            (7859, "2 h 10 min", "2 h 10 min"),
            (172_799, "47 h 59 min", "47 h 59 min"),
            (172_800, "2 days", "2 d"),
            (-180_000, "2 days 2 h", "2 d 2 h"),
        ];
        for (seconds, english, german) in table {
            let said = Language::ALL.map(|language| rough(language, SignedDuration::from_secs(seconds)));
            assert_eq!(said, [english, german], "{seconds} s");
        }
    }
}
