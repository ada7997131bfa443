//! A story in the words of a person.

use std::borrow::Cow;

use domain::action::Act;

use super::deed::Object;
use super::{Flaw, Post, What};
use crate::time::{ms, words};

impl What {
    /// Returns what happens as a person would tell it, such as `paul removes c2` or `dana acks c1`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            What::Post(post) => told(post),
            What::Act { object, person, act } => format!("{person} {}", done(act, &name(object))),
            What::Push { config, apply_to_open: false } => format!("configuration {config} is pushed"),
            What::Push { config, apply_to_open: true } => {
                format!("configuration {config} is pushed, for who waits too")
            }
            What::Deploy => "newer code begins to take over".to_owned(),
        }
    }
}

fn told(post: &Post) -> String {
    let mut words = post.tells.iter().map(|told| told.words.as_str()).collect::<Vec<_>>().join("; ");
    match post.flaw {
        None => {}
        Some(Flaw::Broken) => words.push_str("; beside something broken"),
        Some(Flaw::Unknown) => words.push_str("; beside something unknown"),
    }
    if post.is_again {
        words.push_str(" (again)");
    }
    words
}

fn done(act: &Act, object: &str) -> String {
    match act {
        Act::Ack => format!("acks {object}"),
        Act::Snooze { until } => format!("snoozes {object} until {}", words(ms(*until))),
        Act::Pause { reason, until: None } => format!("pauses {object}: {reason}"),
        Act::Pause { reason, until: Some(until) } => {
            format!("pauses {object} until {}: {reason}", words(ms(*until)))
        }
        Act::Resume => format!("resumes {object}"),
        Act::Dismiss { reason } => format!("dismisses {object}: {reason}"),
        Act::Pass { to } => format!("passes {object} to {to}"),
        Act::Answered { at: None, .. } => format!("says that {object} is answered"),
        Act::Answered { at: Some(at), .. } => {
            format!("says that {object} was answered at {}", words(ms(*at)))
        }
        Act::Resolve { reason } => format!("resolves {object}: {reason}"),
        Act::Reply { object: reply } => format!("replies to {object} with {}", name(reply)),
        Act::Class { class } => format!("calls {object} {class}"),
    }
}

/// Returns the name that a story has for an object, such as `c1`; any other as it is.
fn name(object: &str) -> Cow<'_, str> {
    Object::of(object).map_or(Cow::Borrowed(object), |object| Cow::Owned(object.to_string()))
}
