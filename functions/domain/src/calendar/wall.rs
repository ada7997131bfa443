//! Wall times as instants.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Which of the two instants a wall time stands for that the clocks show twice.
#[derive(Clone, Copy)]
pub(crate) enum Twice {
    First,
    Last,
}

/// Returns the instant at which clocks in `zone` show `wall`; the first instant after the gap if they skip it.
///
/// `None` beyond what a timestamp can hold.
pub(crate) fn instant(zone: &TimeZone, wall: DateTime, twice: Twice) -> Option<Timestamp> {
    match (zone.to_ambiguous_timestamp(wall).offset(), twice) {
        (AmbiguousOffset::Unambiguous { offset }, _)
        | (AmbiguousOffset::Fold { before: offset, .. }, Twice::First)
        | (AmbiguousOffset::Fold { after: offset, .. }, Twice::Last) => offset.to_timestamp(wall).ok(),
        (AmbiguousOffset::Gap { after, .. }, _) => {
            let before_the_gap = after.to_timestamp(wall).ok()?;
            zone.following(before_the_gap).next().map(|change| change.timestamp())
        }
    }
}
