//! How often what can happen did happen: a proof that never saw a crash between two calls says nothing about it.

use std::collections::BTreeMap;

use crate::call::{Call, Function};
use crate::fault::{Kind, Trip};

const CALLS: usize = Call::ALL.len();

/// Something that two do at the same time, or that comes in an order which was not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Race {
    /// Facts came in between two pages of one read.
    TornRead,
    /// A head was saved by somebody else in between.
    HeadLost,
    /// A person was being written to by somebody else.
    PersonBusy,
    /// A lease was taken by somebody else in between.
    LeaseLost,
    /// Another sweep moved the cursor further.
    CursorLost,
    /// A notice was claimed by two.
    ClaimKnown,
    /// A platform delivered the same again.
    EventKnown,
    /// A removal was known.
    RemovalKnown,
    /// Something was to be marked that was sent or dropped before.
    MarkLost,
    /// An answer came while a mail about it was under way.
    AnswerInFlight,
    /// A message was handed out again.
    MessageAgain,
    /// The stream handed out a record again.
    RecordAgain,
    /// A message was written by newer code than its reader.
    MessageNewer,
    /// A fact was written by newer code than its reader.
    FactNewer,
    /// A head was written by other code than its reader.
    HeadOther,
    /// An index told what was no longer so.
    IndexStale,
    /// A write took effect long after its caller gave it up.
    EffectLate,
    /// A function was ended from outside.
    Ended,
    /// A mail did not reach its reader.
    Bounced,
    /// A mail was not sent, because it was known not to reach its reader.
    GivenUp,
    /// What became of a mail was reported before the mail was marked sent.
    ReportFirst,
}

impl Race {
    /// Every one.
    pub const ALL: [Race; 21] = [
        Race::TornRead,
        Race::HeadLost,
        Race::PersonBusy,
        Race::LeaseLost,
        Race::CursorLost,
        Race::ClaimKnown,
        Race::EventKnown,
        Race::RemovalKnown,
        Race::MarkLost,
        Race::AnswerInFlight,
        Race::MessageAgain,
        Race::RecordAgain,
        Race::MessageNewer,
        Race::FactNewer,
        Race::HeadOther,
        Race::IndexStale,
        Race::EffectLate,
        Race::Ended,
        Race::Bounced,
        Race::GivenUp,
        Race::ReportFirst,
    ];
}

/// Counts of everything that has to happen now and then.
#[derive(Clone, Debug)]
pub struct Tally {
    crashes: [[[u64; 2]; CALLS]; Function::ALL.len()],
    failed: [[u64; CALLS]; Kind::ALL.len()],
    struck: [u64; Kind::ALL.len()],
    races: [u64; Race::ALL.len()],
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            crashes: [[[0; 2]; CALLS]; Function::ALL.len()],
            failed: [[0; CALLS]; Kind::ALL.len()],
            struck: [0; Kind::ALL.len()],
            races: [0; Race::ALL.len()],
        }
    }
}

impl Tally {
    pub(crate) fn tripped(&mut self, function: Function, call: Call, trip: Trip) {
        let kind = match trip {
            Trip::Well => return,
            Trip::CrashBefore | Trip::CrashAfter => {
                let after = usize::from(trip == Trip::CrashAfter);
                self.crashes[function as usize][call as usize][after] += 1;
                Kind::Crash
            }
            Trip::Throttled => Kind::Throttled,
            Trip::RequestLost | Trip::InPart(_) => Kind::RequestLost,
            Trip::AnswerLost => Kind::AnswerLost,
            Trip::EffectLate(_) => Kind::EffectLate,
            Trip::Slow(_) => Kind::Slow,
            Trip::Waits => Kind::MailerWaits,
            Trip::Refused => Kind::MailerRefuses,
        };
        self.failed[kind as usize][call as usize] += 1;
        self.struck[kind as usize] += 1;
    }

    pub(crate) fn struck(&mut self, kind: Kind) {
        self.struck[kind as usize] += 1;
    }

    pub(crate) fn raced(&mut self, race: Race) {
        self.races[race as usize] += 1;
    }

    /// Adds what another history counted.
    pub fn add(&mut self, other: &Tally) {
        let rows = self.crashes.iter_mut().flatten().flatten().zip(other.crashes.iter().flatten().flatten());
        let failed = self.failed.iter_mut().flatten().zip(other.failed.iter().flatten());
        let struck = self.struck.iter_mut().zip(&other.struck);
        let races = self.races.iter_mut().zip(&other.races);
        for (mine, theirs) in rows.chain(failed).chain(struck).chain(races) {
            *mine += theirs;
        }
    }

    /// Returns everything that has to happen, and how often it did.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for function in Function::ALL {
            for call in function.calls() {
                let [before, after] = self.crashes[function as usize][*call as usize];
                counts.insert(format!("{} crashes before {}", function.name(), call.words()), before);
                if *call != Call::End {
                    counts.insert(format!("{} crashes after {}", function.name(), call.words()), after);
                }
            }
        }
        for kind in Kind::ALL {
            counts.insert(kind.name().to_owned(), self.struck[kind as usize]);
        }
        for kind in [Kind::RequestLost, Kind::AnswerLost, Kind::EffectLate, Kind::Throttled] {
            for call in Call::ALL.iter().filter(|call| **call != Call::End) {
                if call.is_write() || matches!(kind, Kind::RequestLost | Kind::Throttled) {
                    let count = self.failed[kind as usize][*call as usize];
                    counts.insert(format!("{}: {}", kind.name(), call.words()), count);
                }
            }
        }
        for race in Race::ALL {
            counts.insert(format!("{race:?}"), self.races[race as usize]);
        }
        counts
    }
}
