//! Every planted fault of the protocol is found.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use simulate::mutant::{Found, Mutant, hunt};

/// Within so many histories each of them has to show.
const SEEDS: u64 = 1000;
/// So many are hunted at the same time.
const HUNTERS: usize = 2;

#[test]
fn every_mutant_is_found() {
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(Mutant, Option<Found>)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..HUNTERS {
            scope.spawn(|| {
                while let Some(mutant) = Mutant::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let hunted = (*mutant, hunt(*mutant, 0..SEEDS));
                    found.lock().unwrap().push(hunted);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(mutant, _)| *mutant);
    for (mutant, found) in &found {
        let seen = found.as_ref().map_or_else(
            || "survives".to_owned(),
            |Found { seed, violation }| format!("{seed:>4}  I{:<2} {}", violation.invariant, violation.words),
        );
        eprintln!("{:<20} {seen}", mutant.name());
    }
    let survivors: Vec<&str> =
        found.iter().filter(|(_, found)| found.is_none()).map(|(mutant, _)| mutant.words()).collect();
    assert!(survivors.is_empty(), "nobody notices in {SEEDS} histories: {survivors:#?}");
}
