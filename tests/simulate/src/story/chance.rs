//! Chances and moments, drawn from the seed.

use fastrand::Rng;

use crate::time::{HOUR, MINUTE, Ms, SECOND};

/// Returns whether something happens that does so in `percent` of a hundred cases.
pub(super) fn happens(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(0..100) < percent
}

/// Returns one of `all`.
pub(super) fn one<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(0..all.len())]
}

/// Returns a moment from `from` on and before `to`; `from` if there is none.
pub(super) fn between(rng: &mut Rng, from: Ms, to: Ms) -> Ms {
    if from < to { rng.i64(from..to) } else { from }
}

/// Returns a moment so close to `at` that what happens then meets what happens at `at`: half of them within 300
/// milliseconds.
pub(super) fn near(rng: &mut Rng, at: Ms) -> Ms {
    let apart = match rng.u32(0..100) {
        0..50 => 300,
        50..85 => 3 * SECOND,
        _ => 30 * SECOND,
    };
    rng.i64(at - apart..=at + apart)
}

/// Returns how long somebody takes who reacts: mostly seconds, sometimes minutes.
pub(super) fn soon(rng: &mut Rng) -> Ms {
    let longest = one(rng, &[SECOND, 10 * SECOND, MINUTE, 10 * MINUTE]);
    rng.i64(100..longest)
}

/// Returns how long something takes that goes wrong first: minutes to hours.
pub(super) fn late(rng: &mut Rng) -> Ms {
    let longest = one(rng, &[5 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR]);
    rng.i64(MINUTE..longest)
}
