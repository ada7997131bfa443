//! The policy that holds when a brand names none, and what one says that leaves something out.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::{Anchor, At, Class, Policy, Role, Rules, Rung, Style, Targets};
use crate::clock::{Span, Unit};

/// How long the brand has to keep a promise.
const FOLLOW_UP: Span = Span::open(SignedDuration::from_hours(24));

/// A policy before it is known for whom: what it leaves out hangs on whether the brand has somebody on duty.
#[derive(Debug)]
pub(super) struct Outline {
    name: String,
    classes: BTreeMap<Class, Draft>,
    with_duty: OnceCell<Arc<Policy>>,
    without_duty: OnceCell<Arc<Policy>>,
}

/// What a policy says about a class.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) first_response: Option<Span>,
    pub(super) next_response: Option<Span>,
    pub(super) follow_up: Option<Span>,
    pub(super) steps: Option<Vec<Rung>>,
}

impl Outline {
    pub(super) fn new(name: &str, classes: BTreeMap<Class, Draft>) -> Outline {
        let name = name.to_owned();
        Outline { name, classes, with_duty: OnceCell::new(), without_duty: OnceCell::new() }
    }

    /// The policy that is built in: it says nothing of its own about the classes that have defaults.
    pub(super) fn built_in() -> Outline {
        let classes = [Class::Threat, Class::Upset, Class::Question, Class::Mention, Class::Praise];
        Outline::new("social-60", classes.map(|class| (class, Draft::default())).into())
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the policy as it holds for brands with or without somebody on duty; made once for each.
    pub(super) fn policy(&self, has_duty: bool) -> Arc<Policy> {
        let made = if has_duty { &self.with_duty } else { &self.without_duty };
        Arc::clone(made.get_or_init(|| Arc::new(self.complete(has_duty))))
    }

    fn complete(&self, has_duty: bool) -> Policy {
        let complete = |(class, draft): (&Class, &Draft)| (*class, draft.complete(*class, has_duty));
        let classes: BTreeMap<Class, Rules> = self.classes.iter().map(complete).collect();
        let question = classes.get(&Class::Question).cloned();
        let question = question.unwrap_or_else(|| Draft::default().complete(Class::Question, has_duty));
        Policy { name: self.name.clone(), classes, question }
    }
}

impl Draft {
    /// Returns the rules for the class; what is left out is the built-in policy's for it.
    fn complete(&self, class: Class, has_duty: bool) -> Rules {
        let targets = self.targets(class, has_duty);
        let steps = self.steps.clone();
        Rules { targets, steps: steps.unwrap_or_else(|| ladder(class, targets.first_response, has_duty)) }
    }

    /// Returns the targets: a later answer takes as long as the first, unless something else is said.
    fn targets(&self, class: Class, has_duty: bool) -> Targets {
        let targets = Targets::of(self.first_response.unwrap_or_else(|| target(class, has_duty)));
        Targets {
            next_response: self.next_response.unwrap_or(targets.next_response),
            follow_up: self.follow_up.unwrap_or(targets.follow_up),
            ..targets
        }
    }
}

impl Policy {
    /// Returns the policy that holds when a brand names none: an answer within 60 open minutes.
    ///
    /// Threats: 30 minutes, owner and lead at once. Mentions: 240 minutes. Praise: eight open hours, which
    /// is about the same time on the next day, and nobody is told. All times are open time.
    #[must_use]
    pub fn social_60() -> Policy {
        Outline::built_in().complete(false)
    }

    /// Returns the same policy for a brand with somebody on duty.
    ///
    /// The 30 minutes and the steps of a threat count day and night, and who is on duty is told besides.
    #[must_use]
    pub fn social_60_with_duty() -> Policy {
        Outline::built_in().complete(true)
    }
}

impl Targets {
    /// Returns the targets where only that of the first answer is given: later ones take as long, and to come
    /// back with what was promised takes 24 hours of open time.
    #[must_use]
    pub fn of(first_response: Span) -> Targets {
        Targets { first_response, next_response: first_response, follow_up: FOLLOW_UP }
    }
}

/// How long a first answer may take.
pub(super) fn target(class: Class, has_duty: bool) -> Span {
    let minutes = |minutes| Span::open(SignedDuration::from_mins(minutes));
    match class {
        Class::Threat if has_duty => Span { unit: Unit::Elapsed, ..minutes(30) },
        Class::Threat => minutes(30),
        Class::Mention => minutes(240),
        Class::Praise => minutes(480),
        Class::Upset | Class::Question | Class::Offensive | Class::Spam | Class::Thanks | Class::Other => {
            minutes(60)
        }
    }
}

/// Whom to tell when, if an answer may take `target`.
///
/// What comes before the due time is a share of the target, so that it does come before: 30 of 60 minutes are
/// 60 of 120. All steps count the time that the target counts.
pub(super) fn ladder(class: Class, target: Span, has_duty: bool) -> Vec<Rung> {
    use Role::{Backup, Duty, Lead, Manager, Owner};
    let rung = |anchor, offset, to: &[Role], style| Rung {
        at: At { anchor, offset, unit: target.unit },
        to: to.to_vec(),
        style,
    };
    let warn = |(part, whole): (i64, i64), to: &[Role]| {
        let offset = SignedDuration::from_secs(target.length.as_secs() * part / whole);
        rung(Anchor::Start, offset, to, Style::Single)
    };
    let after =
        |minutes, to: &[Role], style| rung(Anchor::Due, SignedDuration::from_mins(minutes), to, style);
    match class {
        Class::Threat => {
            // First of all, so that nobody stands in for them who is off duty.
            let duty = |roles: &[Role]| {
                let duty = has_duty.then_some(Duty).into_iter();
                duty.chain(roles.iter().cloned()).collect::<Vec<_>>()
            };
            vec![
                warn((0, 1), &duty(&[Owner, Lead])),
                after(0, &duty(&[Lead, Backup]), Style::Single),
                after(30, &[Manager], Style::Single),
                after(60, &[Manager], Style::Single),
            ]
        }
        Class::Upset => vec![
            warn((1, 3), &[Owner]),
            warn((2, 3), &[Owner]),
            after(0, &[Lead], Style::Single),
            after(30, &[Lead, Backup], Style::Single),
            after(60, &[Manager], Style::Batch),
        ],
        Class::Question | Class::Offensive | Class::Spam | Class::Thanks | Class::Other => vec![
            warn((1, 2), &[Owner]),
            warn((3, 4), &[Owner]),
            after(0, &[Lead], Style::Single),
            after(60, &[Manager], Style::Digest),
        ],
        Class::Mention => vec![warn((3, 4), &[Owner]), after(0, &[Owner], Style::Single)],
        Class::Praise => Vec::new(),
    }
}
