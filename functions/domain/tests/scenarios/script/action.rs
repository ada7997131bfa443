//! What somebody of the brand does about a turn: `kim snoozes until 11:00`.

use domain::action::Act;
use domain::id::PersonId;

use super::sentence::{self, Cast, Scene, is_object};
use super::when::{self, Words};

/// Somebody of the brand acts on a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) person: String,
    /// An object of the turn; without one, the only turn there is.
    pub(crate) object: Option<String>,
    pub(crate) act: Act,
}

/// Reads what somebody of the brand does about a turn: `c1 until 11:00`.
pub(super) fn action(
    cast: &Cast,
    scene: &Scene<'_>,
    (person, verb): (&str, &str),
    words: &mut Words<'_>,
    text: Option<&str>,
) -> Result<Action, String> {
    let people = scene.settings.people();
    let known = |name: &str| match people.get(name) {
        Some(name) => Ok(name.clone()),
        None => Err(format!("nobody of the brand is called {name}")),
    };
    let unknown = || format!("nobody knows what is meant by {verb:?}");
    let verb = match verb {
        "has" if words.next_if_eq(&"answered").is_some() => "has answered",
        "has" | "replies" | "snoozes" | "pauses" | "resumes" | "dismisses" | "passes" | "resolves"
        | "calls" => verb,
        _ => return Err(unknown()),
    };
    let person = known(person)?;
    let reply = if verb == "replies" {
        let reply =
            words.next_if(|word| is_object(word)).ok_or("the name of the reply is missing, such as c9")?;
        words.next_if_eq(&"to").ok_or("to what? Write it behind to, as in dana replies c9 to c1")?;
        reply
    } else {
        ""
    };
    let object = match words.next_if_eq(&"it") {
        Some(_) => None,
        None => words.next_if(|word| is_object(word)),
    };
    if let Some(object) = object.filter(|object| !cast.contains_key(*object)) {
        return Err(format!("nobody said {object} before"));
    }
    let mut until = |word: &str| match words.next_if_eq(&word) {
        Some(_) => when::instant(words, scene.today, scene.zone).map(Some),
        None => Ok(None),
    };
    let reason = || text.map(str::to_owned).ok_or("why? Write the reason behind a colon");
    let act = match verb {
        "has" => Act::Ack,
        "has answered" => Act::Answered { at: until("at")?, link: text.map(str::to_owned) },
        "snoozes" => Act::Snooze { until: until("until")?.ok_or("until when?")? },
        "pauses" => Act::Pause { until: until("until")?, reason: reason()? },
        "replies" => Act::Reply { object: reply.to_owned() },
        "resumes" => Act::Resume,
        "dismisses" => Act::Dismiss { reason: reason()? },
        "resolves" => Act::Resolve { reason: reason()? },
        "passes" => match (words.next(), words.next()) {
            (Some("to"), Some(to)) => Act::Pass { to: PersonId::from(known(to)?.as_str()) },
            _ => return Err("to whom?".to_owned()),
        },
        "calls" => {
            let class = words.find(|word| !matches!(*word, "a" | "an")).ok_or("calls it what?")?;
            Act::Class { class: sentence::class(class)? }
        }
        _ => return Err(unknown()),
    };
    match words.next() {
        Some(word) => Err(format!("nobody knows what is meant by {word:?}")),
        None => Ok(Action { person, object: object.map(str::to_owned), act }),
    }
}
