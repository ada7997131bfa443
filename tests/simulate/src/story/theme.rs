//! What a history is about. Most of what can happen does so seldom by itself; a theme brings it about, and the faults
//! of the history strike where it leads.

use fastrand::Rng;

use super::people::{ADMIN, BRANDS};
use crate::call::{Call, Function};

/// What a history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Somebody asks, and whatever may happen then.
    Plain,
    /// What a brand said on X is removed, which names nobody.
    Removed,
    /// A customer removes what they said.
    TakenBack,
    /// Bodies hold what is not understood.
    Flawed,
    /// The platform tells of a question when its ladder is half over: what is due waits for what else comes.
    CaughtUp,
    /// The same, and somebody says that they have it before anybody is told.
    PutOff,
    /// A configuration is pushed while somebody waits.
    Pushed,
    /// Somebody comes into the configuration, is to be told, and leaves it before their day goes on.
    Gone,
    /// New code takes over while somebody is told, and something is written.
    Deployed,
    /// What is asked in public is answered in private.
    InPrivate,
    /// The answer comes while the mail is written.
    InFlight,
    /// Mail does not reach some of the people.
    Unreached,
}

impl Theme {
    pub(super) fn draw(rng: &mut Rng) -> Theme {
        match rng.u32(0..100) {
            0..2 => Theme::Plain,
            2..12 => Theme::Removed,
            12..18 => Theme::InPrivate,
            18..24 => Theme::TakenBack,
            24..27 => Theme::Flawed,
            27..36 => Theme::CaughtUp,
            36..49 => Theme::PutOff,
            49..59 => Theme::Pushed,
            59..67 => Theme::Gone,
            67..71 => Theme::Deployed,
            71..84 => Theme::InFlight,
            _ => Theme::Unreached,
        }
    }

    /// Returns the calls that are made because the history is about this, and seldom else; with how often each is
    /// aimed at, compared to the others.
    #[must_use]
    pub fn places(self) -> &'static [(Function, Call, u32)] {
        use Function::{Check, Feedback, Mail, Sweep, Webhook};
        match self {
            Theme::Plain | Theme::Deployed => &[],
            Theme::Removed => &[
                (Webhook, Call::PutRemoval, 4),
                (Check, Call::List, 2),
                (Check, Call::Listed, 2),
                (Check, Call::PutSaid, 2),
                (Check, Call::SendSpread, 7),
                (Check, Call::Wake, 1),
            ],
            Theme::TakenBack => &[(Check, Call::Blank, 3), (Check, Call::Wake, 1)],
            Theme::Flawed => &[(Webhook, Call::PutRaw, 1)],
            Theme::CaughtUp => {
                &[(Check, Call::MarkDropped, 1), (Check, Call::SendChecks, 2), (Mail, Call::MarkDropped, 2)]
            }
            Theme::PutOff => &[
                (Check, Call::MarkDropped, 2),
                (Mail, Call::Postpone, 7),
                (Mail, Call::SendMails, 4),
                (Sweep, Call::SendMails, 3),
            ],
            Theme::Pushed => &[
                (Webhook, Call::Config, 3),
                (Check, Call::Config, 2),
                (Mail, Call::Config, 3),
                (Sweep, Call::Waiting, 2),
                (Sweep, Call::Follow, 6),
                (Sweep, Call::SendChecks, 1),
                (Sweep, Call::Pushes, 1),
            ],
            Theme::Gone => &[(Mail, Call::MarkDropped, 2), (Mail, Call::SendChecks, 7)],
            Theme::InPrivate => {
                &[(Check, Call::PutAuthor, 5), (Check, Call::Authored, 6), (Check, Call::PutSaid, 1)]
            }
            Theme::InFlight => {
                &[(Mail, Call::PutMail, 1), (Mail, Call::SendMail, 8), (Mail, Call::MarkSent, 1)]
            }
            Theme::Unreached => &[
                (Feedback, Call::Mail, 4),
                (Feedback, Call::Person, 5),
                (Feedback, Call::MarkFailed, 4),
                (Feedback, Call::MarkUnreachable, 9),
                (Feedback, Call::Outstanding, 8),
                (Feedback, Call::Wake, 4),
                (Feedback, Call::SendChecks, 4),
                (Feedback, Call::End, 2),
                (Mail, Call::MarkFailed, 16),
                (Mail, Call::Wake, 12),
                (Mail, Call::SendChecks, 1),
                (Mail, Call::MarkSent, 1),
            ],
        }
    }

    /// Draws why mail does not reach somebody, as a number; 0 is that it does.
    #[must_use]
    pub(crate) fn bad_address(self, person: &str, rng: &mut Rng) -> u32 {
        if self != Theme::Unreached {
            return 0;
        }
        // Mostly those who are told first.
        let of_hundred =
            match BRANDS.iter().find_map(|brand| brand.answers.iter().position(|name| *name == person)) {
                Some(0) => 95,
                Some(_) => 70,
                None if person == ADMIN => 20,
                None => 55,
            };
        if rng.u32(0..100) >= of_hundred {
            return 0;
        }
        // A bounce more often than the others.
        [1, 1, 1, 2, 3, 4][rng.usize(0..6)]
    }
}
