//! `maintenance` of a brand: when nobody is told.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::calendar::Stretch;
use crate::calendar::wall::{self, Twice};
use crate::document::{Node, Problems, quoted};

const EXAMPLE: &str = "\"2026-11-28T22:00/2026-11-29T06:00\"";

/// Hardly anybody means to hear nothing for longer.
const USUAL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Reads times by the clocks of `zone`; returns them sorted, and as one what overlaps or touches.
///
/// A time that the clocks show twice begins at its first and ends at its last occurrence.
pub(super) fn read(problems: &mut Problems, zone: &TimeZone, node: &Node) -> Option<Vec<Stretch>> {
    let mut stretches =
        node.texts(problems, EXAMPLE, |problems, node, text| stretch(problems, zone, &node, text))?;
    stretches.sort_unstable_by_key(|stretch| stretch.from);
    stretches.dedup_by(|next, last| {
        let joined = next.from <= last.to;
        if joined {
            last.to = last.to.max(next.to);
        }
        joined
    });
    Some(stretches)
}

fn stretch(problems: &mut Problems, zone: &TimeZone, node: &Node, text: &str) -> Option<Stretch> {
    let walls = text.split_once('/').and_then(|(from, to)| Some((wall_time(from)?, wall_time(to)?)));
    let Some((from, to)) = walls else {
        let problem = format!("{} is not a time from when to when", quoted(text));
        let fix = format!("write {EXAMPLE}, without an offset: by the clocks of the brand's calendar");
        problems.report(&node.place, problem, fix);
        return None;
    };
    if to <= from {
        let problem = format!("{} ends before it begins", quoted(text));
        problems.report(&node.place, problem, "write the earlier time first");
        return None;
    }
    let (from, to) = (wall::instant(zone, from, Twice::First), wall::instant(zone, to, Twice::Last));
    let stretch =
        from.zip(to).map(|(from, to)| Stretch { from, to }).filter(|Stretch { from, to }| from < to);
    let Some(stretch) = stretch else {
        let problem = format!("the clocks of the brand's calendar skip {}", quoted(text));
        problems.report(&node.place, problem, "write times that there are");
        return None;
    };
    if stretch.length() > USUAL {
        let doubt = format!("nobody is told for more than {} days", USUAL.as_hours() / 24);
        problems.doubt(&node.place, doubt, "write a shorter time if that is not meant");
    }
    Some(stretch)
}

/// Reads `2026-11-28T22:00` and no other form.
fn wall_time(text: &str) -> Option<DateTime> {
    let plain = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-T:".contains(&byte));
    text.parse().ok().filter(|_| plain)
}
