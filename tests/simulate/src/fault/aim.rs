//! Where what goes wrong is to strike: at calls that are seldom made as often as at others.

use fastrand::Rng;

use super::Kind;
use crate::call::{Call, Function};
use crate::story::theme::Theme;

/// The calls that nearly every history makes, with how often each is aimed at, compared to the others: what is
/// called all the time is struck without aim.
const COMMON: &[(Function, Call, u32)] = {
    use Function::{Check, Mail, Sweep, Webhook};
    &[
        (Webhook, Call::Pushes, 2),
        (Webhook, Call::PutSaid, 2),
        (Webhook, Call::End, 1),
        (Check, Call::Head, 1),
        (Check, Call::Facts, 1),
        (Check, Call::Pushes, 1),
        (Check, Call::Claim, 4),
        (Check, Call::SendMails, 4),
        (Check, Call::SendChecks, 1),
        (Check, Call::SaveHead, 2),
        (Check, Call::Wake, 2),
        (Check, Call::End, 1),
        (Mail, Call::Person, 1),
        (Mail, Call::SavePerson, 1),
        (Mail, Call::Notice, 2),
        (Mail, Call::Outstanding, 2),
        (Mail, Call::Head, 3),
        (Mail, Call::Facts, 2),
        (Mail, Call::Pushes, 3),
        (Mail, Call::PutMail, 2),
        (Mail, Call::SendMail, 3),
        (Mail, Call::MarkSent, 4),
        (Mail, Call::End, 1),
        (Sweep, Call::Cursor, 3),
        (Sweep, Call::Todo, 1),
        (Sweep, Call::SendChecks, 2),
        (Sweep, Call::MoveCursor, 3),
        (Sweep, Call::Pushes, 3),
        (Sweep, Call::End, 1),
    ]
};

/// How often a kind that strikes at calls is aimed, compared to others: there are more places where a function can
/// crash than any other kind has.
const AIMED: [(Kind, u32); 6] = [
    (Kind::Crash, 10),
    (Kind::RequestLost, 4),
    (Kind::AnswerLost, 3),
    (Kind::EffectLate, 3),
    (Kind::Throttled, 3),
    (Kind::Slow, 3),
];

/// Something that is to go wrong at a call of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    kind: Kind,
    function: Function,
    call: Call,
    /// So many calls are spared first.
    spared: u32,
    /// So many it strikes then.
    left: u32,
}

impl Target {
    /// Draws one thing that goes wrong once.
    pub(super) fn once(kind: Kind, theme: Theme, rng: &mut Rng) -> Target {
        let (function, call) = place(kind, theme, rng);
        let spared = if rng.u32(0..100) < 85 { 0 } else { rng.u32(1..6) };
        Target { kind, function, call, spared, left: 1 }
    }

    /// Draws something that goes wrong in a storm, and what leads to where it strikes.
    pub(super) fn often(theme: Theme, rng: &mut Rng) -> [Option<Target>; 2] {
        let (kind, _) = weighed(&AIMED, |(_, weight)| *weight, rng).expect("some kinds strike at calls");
        let (function, call) = place(kind, theme, rng);
        let target = Target { kind, function, call, spared: rng.u32(0..4) / 3, left: rng.u32(1..=2) };
        // These are made only when something else failed.
        let before = match call {
            Call::SendSpread => Some(Call::Listed),
            Call::Wake => Some(Call::Head),
            _ => None,
        };
        let before =
            before.map(|call| Target { kind: Kind::RequestLost, call, spared: 0, left: 2, ..target });
        [Some(target), before]
    }

    /// Returns what goes wrong with this call, if it is one that this strikes.
    pub(super) fn strikes(&mut self, function: Function, call: Call) -> Option<Kind> {
        if self.left == 0 || self.call != call || self.function != function {
            return None;
        }
        if self.spared > 0 {
            self.spared -= 1;
            return None;
        }
        self.left -= 1;
        Some(self.kind)
    }
}

/// Returns the call at which something strikes: mostly one to which the theme leads.
fn place(kind: Kind, theme: Theme, rng: &mut Rng) -> (Function, Call) {
    let weight = |(_, call, weight): &(Function, Call, u32)| if kind.fits(*call) { *weight } else { 0 };
    let places = if rng.u32(0..100) < 83 { theme.places() } else { COMMON };
    let drawn = weighed(places, weight, rng).or_else(|| weighed(COMMON, weight, rng));
    let (function, call, _) = drawn.expect("every kind fits a common call");
    (function, call)
}

/// Returns one of `all`, each as likely as it weighs; absent if nothing weighs anything.
fn weighed<T: Copy>(all: &[T], weight: impl Fn(&T) -> u32, rng: &mut Rng) -> Option<T> {
    let sum: u32 = all.iter().map(&weight).sum();
    let mut rest = (sum > 0).then(|| rng.u32(0..sum))?;
    all.iter()
        .find(|one| {
            let weight = weight(one);
            let is_it = rest < weight;
            rest = rest.saturating_sub(weight);
            is_it
        })
        .copied()
}
