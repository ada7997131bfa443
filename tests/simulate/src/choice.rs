//! Every choice that chance makes while a history runs.
//!
//! A choice is a number, and 0 is always the dullest: no fault, no delay, the usual order. A history is first run by
//! drawing. Run again it can note each choice under the place where it was made; and then it can be run from such
//! notes alone, each left out falling back to 0. That is how a history is shortened: a place is named so that it stays
//! the same when another choice is left out.

use std::collections::HashMap;

use fastrand::Rng;

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// What goes wrong with a call.
    Trip,
    /// How much longer than usual a call takes, in ms.
    CallTakes,
    /// How many items a page of facts holds; 0 is all.
    Page,
    /// Which of the environments of a function is used.
    Machine,
    /// How far the clock of a machine is off, in ms; odd numbers are behind.
    Skew,
    /// How much longer than usual a message travels, in ms.
    MessageTakes,
    /// Whether a message gets lost.
    MessageLost,
    /// After how many ms a message comes a second time.
    MessageDoubled,
    /// How many more messages come in the same batch.
    Batch,
    /// How much longer than usual the stream takes, in ms.
    StreamTakes,
    /// How much longer than usual an index lags, in ms.
    IndexTakes,
    /// Whether a sweep does not happen.
    SweepMissed,
    /// How much later than usual a sweep comes, in ms.
    SweepTakes,
    /// After how many ms a sweep happens once more.
    SweepDoubled,
    /// How much later than usual a platform tries again, in ms.
    AgainTakes,
    /// Whether nobody ever swept before.
    FirstSweep,
    /// Why mail does not reach a person; 0 is that it does.
    BadAddress,
    /// How much longer than usual it takes until what became of a mail is reported, in ms.
    ReportTakes,
}

/// Where a choice is made: what, about what, and the how manieth of its sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// What is chosen.
    pub what: What,
    /// About what: a name made by [`name`].
    pub subject: u64,
    /// How often the same was chosen before.
    pub nth: u32,
}

/// A choice other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Where.
    pub place: Place,
    /// What, never 0.
    pub value: u32,
}

impl Chosen {
    /// Returns the same with less of it; `None` if there is nothing less but nothing at all.
    #[must_use]
    pub fn halved(self) -> Option<Chosen> {
        let value = match self.place.what {
            // The lowest four bits say what goes wrong, the others for how long.
            What::Trip if self.value >> 4 > 1 => ((self.value >> 5) << 4) | (self.value & 15),
            // Odd numbers are behind.
            What::Skew if self.value > 3 => ((self.value >> 2) << 1) | (self.value & 1),
            What::Trip | What::Skew | What::BadAddress => 0,
            _ => self.value / 2,
        };
        (value > 0).then_some(Chosen { value, ..self })
    }
}

/// Makes the choices of one history.
#[derive(Debug)]
pub struct Choices {
    source: Source,
    /// How often each was made; `None` where nobody asks.
    made: Option<HashMap<(What, u64), u32>>,
    notes: Vec<Chosen>,
}

#[derive(Debug)]
enum Source {
    Drawn(Rng),
    Given(HashMap<Place, u32>),
}

impl Choices {
    /// Returns choices drawn from `rng`, noted if they are to be told.
    #[must_use]
    pub fn drawn(rng: Rng, noted: bool) -> Choices {
        Choices { source: Source::Drawn(rng), made: noted.then(HashMap::new), notes: Vec::new() }
    }

    /// Returns choices that were noted before; each that is missing is 0.
    #[must_use]
    pub fn given(chosen: &[Chosen]) -> Choices {
        let given = chosen.iter().map(|chosen| (chosen.place, chosen.value)).collect();
        Choices { source: Source::Given(given), made: Some(HashMap::new()), notes: Vec::new() }
    }

    /// Makes a choice: `draw` where chance decides, else what was given for this place.
    pub fn choose(&mut self, what: What, subject: u64, draw: impl FnOnce(&mut Rng) -> u32) -> u32 {
        let place = self.made.as_mut().map(|made| {
            let nth = made.entry((what, subject)).or_default();
            *nth += 1;
            Place { what, subject, nth: *nth - 1 }
        });
        let value = match (&mut self.source, place) {
            (Source::Drawn(rng), _) => draw(rng),
            (Source::Given(given), Some(place)) => given.get(&place).copied().unwrap_or(0),
            (Source::Given(_), None) => unreachable!("given choices are always counted"),
        };
        if let Some(place) = place.filter(|_| value != 0) {
            self.notes.push(Chosen { place, value });
        }
        value
    }

    /// Returns the choices other than 0 so far, as [`into_notes`](Choices::into_notes) does in the end.
    #[must_use]
    pub fn notes(&self) -> &[Chosen] {
        &self.notes
    }

    /// Returns the choices other than 0 in the order in which they were made; none if they were not noted.
    #[must_use]
    pub fn into_notes(self) -> Vec<Chosen> {
        self.notes
    }
}

/// Returns the name of a subject made of two others.
#[must_use]
pub fn name(one: u64, other: u64) -> u64 {
    // Any mixing does, as long as it stays the same from run to run.
    let mixed = (one ^ other.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_can_be_given_again_and_what_is_left_out_is_dull() {
        let ask = |choices: &mut Choices| -> Vec<u32> {
            (0..20).map(|step| choices.choose(What::CallTakes, step % 3, |rng| rng.u32(0..4))).collect()
        };
        let mut drawn = Choices::drawn(Rng::with_seed(7), true);
        let first = ask(&mut drawn);
        let notes = drawn.into_notes();
        assert_eq!(ask(&mut Choices::given(&notes)), first);
        let mut unnoted = Choices::drawn(Rng::with_seed(7), false);
        assert_eq!(ask(&mut unnoted), first, "noting changes nothing");
        assert_eq!(unnoted.into_notes(), []);
        let without = ask(&mut Choices::given(&notes[1..]));
        let changed = first.iter().zip(&without).filter(|(one, other)| one != other).count();
        assert_eq!(changed, 1, "the others stay where they are");
    }

    #[test]
    fn what_is_halved_stays_of_its_sort() {
        let halved = |what, value| {
            let place = Place { what, subject: 0, nth: 0 };
            Chosen { place, value }.halved().map(|chosen| chosen.value)
        };
        let late = |ms: u32| 6 | (ms << 4);
        // what is chosen, how much of it, half of that
        let table = [
            (What::Trip, 1, None),
            (What::Trip, late(9), Some(late(4))),
            (What::Trip, late(1), None),
            (What::Skew, 9, Some(5)), // four behind, two behind
            (What::Skew, 8, Some(4)),
            (What::Skew, 1, None),
            (What::MessageTakes, 61_000, Some(30_500)),
            (What::MessageLost, 1, None),
        ];
        for (what, value, half) in table {
            assert_eq!(halved(what, value), half, "{what:?} {value}");
        }
    }
}
