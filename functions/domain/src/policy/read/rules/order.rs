//! Ladders whose steps are not in the order of their times.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{LADDER, Step};
use crate::clock::{Span, Unit};
use crate::document::{Node, Problems};
use crate::policy::defaults::ladder;
use crate::policy::{Anchor, At, Class};

/// Reports every step that is certainly earlier than one before it, in the first turn or in a later one.
pub(super) fn report(problems: &mut Problems, first: Option<Span>, next: Option<Span>, steps: &[Step]) {
    let times: Vec<Option<At>> = steps.iter().map(|step| step.at).collect();
    let (in_first, in_next) = (early(first, &times), early(next, &times));
    for (place, Step { node, .. }) in steps.iter().enumerate() {
        if in_first.contains(&place) {
            let problem = "the step is earlier than the one before it";
            problems.report(&node.place, problem, "write the steps in the order of their times");
        } else if in_next.contains(&place) {
            let problem = "with next_response the step is earlier than the one before it";
            problems.report(&node.place, problem, "write steps that are in order with both targets");
        }
    }
}

/// Reports a target of later turns that ends before the warnings of the built-in ladder, which are shares of
/// the first.
pub(super) fn report_built_in(problems: &mut Problems, class: Class, first: Span, next: &Node, target: Span) {
    let times: Vec<Option<At>> = ladder(class, first, false).iter().map(|step| Some(step.at)).collect();
    if !early(Some(target), &times).is_empty() {
        let problem = "the built-in ladder warns later than that";
        problems.report(&next.place, problem, format!("write a longer one, or a ladder such as {LADDER}"));
    }
}

/// The places of the steps that are certainly earlier than one before them.
///
/// Open and elapsed time cannot be compared without a start, so that only like is compared with like; without
/// a target, neither what is counted from the start with what is counted from the due time.
fn early(target: Option<Span>, times: &[Option<At>]) -> Vec<usize> {
    let mut latest: BTreeMap<(Anchor, Unit), SignedDuration> = BTreeMap::new();
    let mut is_early = |at: At| {
        let own = Some(((at.anchor, at.unit), at.offset));
        let like =
            |target: &Span| at.anchor == Anchor::Due && (at.unit == target.unit || at.offset.is_zero());
        let from_start = target
            .filter(like)
            .map(|target| ((Anchor::Start, target.unit), target.length.saturating_add(at.offset)));
        let mut early = false;
        for (key, offset) in own.into_iter().chain(from_start) {
            let before = latest.entry(key).or_insert(offset);
            early |= offset < *before;
            *before = offset.max(*before);
        }
        early
    };
    let known = times.iter().enumerate().filter_map(|(place, at)| Some((place, (*at)?)));
    known.filter(|(_, at)| is_early(*at)).map(|(place, _)| place).collect()
}
