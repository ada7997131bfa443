//! The policy that holds when a brand names none.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{Anchor, At, Class, Policy, Role, Rules, Rung, Style, Targets};
use crate::clock::{Span, Unit};

/// How long the brand has to keep a promise.
const FOLLOW_UP: Span = Span::open(SignedDuration::from_hours(24));

impl Targets {
    /// Returns the targets where only that of the first answer is given: later ones take as long, and to come
    /// back with what was promised takes 24 hours of open time.
    #[must_use]
    pub fn of(first_response: Span) -> Targets {
        Targets { first_response, next_response: first_response, follow_up: FOLLOW_UP }
    }
}

impl Policy {
    /// Returns the policy that holds when a brand names none: an answer within 60 open minutes.
    ///
    /// Threats: 30 minutes, owner and lead at once. Mentions: 240 minutes. Praise: eight open hours, which
    /// is about the same time on the next day, and nobody is told. All times are open time.
    #[must_use]
    pub fn social_60() -> Policy {
        let classes = [
            (Class::Threat, threat()),
            (Class::Upset, upset()),
            (Class::Question, question()),
            (Class::Mention, mention()),
            (Class::Praise, Rules { targets: minutes(480), steps: Vec::new() }),
        ];
        Policy { name: "social-60".to_owned(), classes: BTreeMap::from(classes), question: question() }
    }

    /// Makes a policy of the rules for some classes.
    pub(super) fn of(name: &str, classes: BTreeMap<Class, Rules>) -> Policy {
        let question = classes.get(&Class::Question).cloned().unwrap_or_else(question);
        Policy { name: name.to_owned(), classes, question }
    }
}

fn threat() -> Rules {
    Rules {
        targets: minutes(30),
        steps: vec![
            rung(Anchor::Start, 0, &[Role::Owner, Role::Lead], Style::Single),
            rung(Anchor::Due, 0, &[Role::Lead, Role::Backup], Style::Single),
            rung(Anchor::Due, 30, &[Role::Manager], Style::Single),
            rung(Anchor::Due, 60, &[Role::Manager], Style::Single),
        ],
    }
}

fn upset() -> Rules {
    Rules {
        targets: minutes(60),
        steps: vec![
            rung(Anchor::Start, 20, &[Role::Owner], Style::Single),
            rung(Anchor::Start, 40, &[Role::Owner], Style::Single),
            rung(Anchor::Due, 0, &[Role::Lead], Style::Single),
            rung(Anchor::Due, 30, &[Role::Lead, Role::Backup], Style::Single),
            rung(Anchor::Due, 60, &[Role::Manager], Style::Batch),
        ],
    }
}

fn question() -> Rules {
    Rules {
        targets: minutes(60),
        steps: vec![
            rung(Anchor::Start, 30, &[Role::Owner], Style::Single),
            rung(Anchor::Start, 45, &[Role::Owner], Style::Single),
            rung(Anchor::Due, 0, &[Role::Lead], Style::Single),
            rung(Anchor::Due, 60, &[Role::Manager], Style::Digest),
        ],
    }
}

fn mention() -> Rules {
    Rules {
        targets: minutes(240),
        steps: vec![
            rung(Anchor::Start, 180, &[Role::Owner], Style::Single),
            rung(Anchor::Due, 0, &[Role::Owner], Style::Single),
        ],
    }
}

fn rung(anchor: Anchor, minutes: i64, to: &[Role], style: Style) -> Rung {
    let offset = SignedDuration::from_mins(minutes);
    Rung { at: At { anchor, offset, unit: Unit::Open }, to: to.to_vec(), style }
}

fn minutes(minutes: i64) -> Targets {
    Targets::of(Span::open(SignedDuration::from_mins(minutes)))
}
