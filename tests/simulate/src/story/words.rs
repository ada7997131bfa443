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
pub(crate) fn name(object: &str) -> Cow<'_, str> {
    Object::of(object).map_or(Cow::Borrowed(object), |object| Cow::Owned(object.to_string()))
}

#[cfg(test)]
mod tests {
    use domain::event::Verb;
    use domain::id::Platform;
    use domain::policy::Class;

    use super::super::Told;
    use super::*;
    use crate::time::{MINUTE, instant};

    #[test]
    fn what_happens_is_told_as_a_person_would() {
        let at = instant(90 * MINUTE);
        let reason = || "by telephone".to_owned();
        let act = |act| What::Act { object: "555666777_003".to_owned(), person: "dana".into(), act };
        let told = |words: &str| Told { object: "m_1".to_owned(), verb: Verb::Add, words: words.to_owned() };
        let post = |flaw, is_again| {
            let tells = vec![told("maria asks acme m1"), told("paul removes m2")];
            let (platform, body) = (Platform::Facebook, String::new());
            What::Post(Post { platform, body, brand: 0, tells, flaw, is_again })
        };
        let table = [
            (post(None, false), "maria asks acme m1; paul removes m2"),
            (post(None, true), "maria asks acme m1; paul removes m2 (again)"),
            (post(Some(Flaw::Broken), false), "maria asks acme m1; paul removes m2; beside something broken"),
            (
                post(Some(Flaw::Unknown), false),
                "maria asks acme m1; paul removes m2; beside something unknown",
            ),
            (act(Act::Ack), "dana acks c3"),
            (act(Act::Snooze { until: at }), "dana snoozes c3 until +1:30:00.000"),
            (act(Act::Pause { reason: reason(), until: None }), "dana pauses c3: by telephone"),
            (
                act(Act::Pause { reason: reason(), until: Some(at) }),
                "dana pauses c3 until +1:30:00.000: by telephone",
            ),
            (act(Act::Resume), "dana resumes c3"),
            (act(Act::Dismiss { reason: reason() }), "dana dismisses c3: by telephone"),
            (act(Act::Pass { to: "lee".into() }), "dana passes c3 to lee"),
            (act(Act::Answered { at: None, link: None }), "dana says that c3 is answered"),
            (
                act(Act::Answered { at: Some(at), link: None }),
                "dana says that c3 was answered at +1:30:00.000",
            ),
            (act(Act::Resolve { reason: reason() }), "dana resolves c3: by telephone"),
            (act(Act::Reply { object: "19762000000000009".to_owned() }), "dana replies to c3 with p9"),
            (act(Act::Class { class: Class::Threat }), "dana calls c3 threat"),
            (What::Push { config: 3, apply_to_open: false }, "configuration 3 is pushed"),
            (What::Push { config: 3, apply_to_open: true }, "configuration 3 is pushed, for who waits too"),
            (What::Deploy, "newer code begins to take over"),
        ];
        for (what, words) in table {
            assert_eq!(what.words(), words);
        }
    }
}
