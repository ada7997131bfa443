//! One sentence of a story: `maria asks c1: Where is my parcel?`, `kim snoozes until 11:00`.

use std::collections::BTreeMap;

use domain::event::{Kind, Verb, Visibility};
use domain::id::Platform;
use domain::policy::Class;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::What;
use super::action::action;
use super::settings::Settings;
use super::when::{self, Words};

/// Somebody adds, edits, removes, hides or shows an object.
#[derive(Clone)]
pub(crate) struct Speech {
    pub(crate) who: Who,
    pub(crate) verb: Verb,
    /// The name of the post, comment or message.
    pub(crate) object: String,
    /// On X: the name that the edit has.
    pub(crate) edit: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) platform: Platform,
    pub(crate) visibility: Visibility,
    /// The brand's account it is delivered for.
    pub(crate) account: String,
    /// The customer of a dialogue.
    pub(crate) counterpart: Option<String>,
    pub(crate) thread: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) mentions: Vec<String>,
    pub(crate) text: Option<String>,
    pub(crate) picture: bool,
    /// What sort of matter it is found to be.
    pub(crate) class: Option<Class>,
    pub(crate) dated: Dated,
    /// When the platform delivers it: once, or more often.
    pub(crate) arrives: Vec<Timestamp>,
}

/// Who speaks.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// A person whom the platform does not name.
    Somebody,
    /// Anybody who is not the brand.
    Person(String),
    /// An account of a brand.
    Account(String),
    /// A machine that writes for a brand.
    Machine(String),
}

/// Which time the platform gives an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dated {
    /// The time it happened.
    Rightly,
    /// Another one.
    Wrongly(Timestamp),
    /// None.
    Not,
}

/// What was said before, by the names of the objects.
pub(super) type Cast = BTreeMap<String, Speech>;

/// Where and when a sentence stands.
pub(super) struct Scene<'a> {
    pub(super) settings: &'a Settings,
    pub(super) today: Date,
    pub(super) zone: &'a TimeZone,
    pub(super) at: Timestamp,
}

/// Reads a sentence; returns it without what was said, and what it means.
pub(super) fn read(cast: &mut Cast, scene: &Scene<'_>, line: &str) -> Result<(String, What), String> {
    let (line, options) = match line.strip_suffix(']').and_then(|line| line.split_once(" [")) {
        Some((line, options)) => (line, Some(options)),
        None => (line, None),
    };
    let (sentence, text) = line.split_once(": ").map_or((line, None), |(line, text)| (line, Some(text)));
    let mut words = sentence.split_whitespace().peekable();
    let (Some(who), Some(verb)) = (words.next(), words.next()) else {
        return Err("who does what?".to_owned());
    };
    if let Some((verb, kind)) = verb_of(verb) {
        let mut speech = speech(cast, scene, (who, verb, kind), &mut words)?;
        speech.text = text.map(str::to_owned);
        options.map_or(Ok(()), |options| self::options(&mut speech, options, scene))?;
        if matches!(verb, Verb::Add) {
            cast.insert(speech.object.clone(), speech.clone());
        }
        let what = What::Said(Box::new(speech));
        return Ok((sentence.to_owned(), what));
    }
    if options.is_some() {
        return Err("only what somebody says arrives".to_owned());
    }
    let action = action(cast, scene, (who, verb), &mut words, text)?;
    Ok((line.to_owned(), What::Did(action)))
}

fn verb_of(word: &str) -> Option<(Verb, Option<Kind>)> {
    Some(match word {
        "asks" | "says" | "writes" | "answers" => (Verb::Add, None),
        "posts" => (Verb::Add, Some(Kind::Post)),
        "reviews" => (Verb::Add, Some(Kind::Review)),
        "edits" => (Verb::Edit, None),
        "deletes" => (Verb::Remove, None),
        "hides" => (Verb::Hide, None),
        "shows" => (Verb::Unhide, None),
        _ => return None,
    })
}

fn speech(
    cast: &Cast,
    scene: &Scene<'_>,
    (who, verb, kind): (&str, Verb, Option<Kind>),
    words: &mut Words<'_>,
) -> Result<Speech, String> {
    let who = speaker(scene.settings, who);
    let object = words.next().ok_or("the name of what is said is missing, such as c1")?;
    if !is_object(object) {
        return Err(format!("{object} is not a name of something said; it ends with a digit, as c1 does"));
    }
    if verb == Verb::Add {
        return added(cast, scene, who, kind, object, words);
    }
    let before = cast.get(object).ok_or_else(|| format!("nobody said {object} before"))?;
    let mut speech = Speech {
        who,
        verb,
        edit: None,
        text: None,
        picture: false,
        class: None,
        dated: Dated::Rightly,
        arrives: vec![scene.at],
        ..before.clone()
    };
    while let Some(word) = words.next() {
        match (word, words.next()) {
            ("as", Some(name)) if verb == Verb::Edit && before.platform == Platform::X => {
                speech.edit = Some(name.to_owned());
            }
            _ => return Err(format!("nobody knows what is meant by {word:?}")),
        }
    }
    if verb == Verb::Edit && before.platform == Platform::X && speech.edit.is_none() {
        return Err("on X an edit has a name of its own: maria edits p1 as p2".to_owned());
    }
    Ok(speech)
}

/// Reads something new: `c2 to c1 mentioning paul, ann on X in private at acme-help`.
fn added(
    cast: &Cast,
    scene: &Scene<'_>,
    who: Who,
    kind: Option<Kind>,
    object: &str,
    words: &mut Words<'_>,
) -> Result<Speech, String> {
    if cast.contains_key(object) {
        return Err(format!("{object} was said before; give this another name"));
    }
    let (mut to, mut platform, mut account) = (None, None, None);
    let mut mentions = Vec::new();
    let mut is_private = false;
    while let Some(word) = words.next() {
        match word {
            "in" if words.next_if_eq(&"private").is_some() => is_private = true,
            "to" => to = words.next(),
            "at" => account = words.next(),
            "on" => {
                let name = words.next().unwrap_or_default().to_lowercase();
                platform = Some(name.parse::<Platform>().map_err(|error| error.to_string())?);
            }
            "mentioning" => {
                let name = |word: &str| word.trim_end_matches(',').to_owned();
                mentions.extend(words.next().map(name));
                let is_preposition = |word: &&str| matches!(*word, "to" | "at" | "on" | "in");
                while let Some(word) = words.next_if(|word| !is_preposition(word)) {
                    mentions.extend(Some(name(word)).filter(|word| word != "and"));
                }
            }
            other => return Err(format!("nobody knows what is meant by {other:?}")),
        }
    }
    let parent = match to.filter(|to| is_object(to)) {
        Some(parent) => Some(cast.get(parent).ok_or_else(|| format!("nobody said {parent} before"))?),
        None => None,
    };
    let addressee = to.filter(|to| !is_object(to)).map(str::to_owned);
    if addressee.is_some() && !is_private {
        return Err("what is public is said to something, such as c1, or mentions somebody".to_owned());
    }
    let platform = platform.or(parent.map(|parent| parent.platform)).unwrap_or(Platform::Facebook);
    let is_private = is_private || parent.is_some_and(|parent| parent.visibility == Visibility::Private);
    let is_brand = matches!(who, Who::Account(_) | Who::Machine(_));
    let other = addressee.or(parent.and_then(Speech::customer));
    let author = match &who {
        Who::Person(name) => Some(name.clone()),
        Who::Somebody | Who::Account(_) | Who::Machine(_) => None,
    };
    if platform == Platform::X && is_brand && !is_private {
        // Whom an answer is to, X says among those whom it mentions.
        let answered = parent.and_then(Speech::customer).filter(|name| !mentions.contains(name));
        mentions.splice(0..0, answered);
    }
    let counterpart = match (is_private, platform, is_brand) {
        (true, _, true) => Some(other.ok_or("in private to whom?")?),
        (true, _, false) | (false, Platform::X, false) => author,
        (false, Platform::X, true) => mentions.first().cloned(),
        (false, _, _) => None,
    };
    let own = match &who {
        Who::Account(name) => Some(name.clone()),
        Who::Somebody | Who::Person(_) | Who::Machine(_) => None,
    };
    let account = account.map(str::to_owned).or(own).or(parent.map(|parent| parent.account.clone()));
    Ok(Speech {
        verb: Verb::Add,
        edit: None,
        kind: kind.unwrap_or(match (is_private, platform, parent, is_brand) {
            (true, _, _, _) => Kind::Message,
            (false, Platform::X, None, false) => Kind::Mention,
            (false, Platform::X, None, true) => Kind::Post,
            (false, _, _, _) => Kind::Comment,
        }),
        thread: thread(platform, is_private, is_brand, object, parent),
        visibility: if is_private { Visibility::Private } else { Visibility::Public },
        parent: parent.map(|parent| parent.object.clone()),
        object: object.to_owned(),
        account: account.unwrap_or_else(|| "acme".to_owned()),
        text: None,
        picture: false,
        class: None,
        dated: Dated::Rightly,
        arrives: vec![scene.at],
        who,
        platform,
        counterpart,
        mentions,
    })
}

/// Returns what the thread hangs on, as the platforms tell it: a customer's comment under a post of the brand
/// is a thread of its own, and on X only what answers nothing says where it belongs.
fn thread(
    platform: Platform,
    is_private: bool,
    is_brand: bool,
    object: &str,
    parent: Option<&Speech>,
) -> Option<String> {
    match parent {
        _ if is_private => None,
        None => Some(object.to_owned()),
        Some(_) if platform == Platform::X => None,
        Some(parent) if parent.kind == Kind::Post && parent.customer().is_none() && !is_brand => {
            Some(object.to_owned())
        }
        Some(parent) => parent.thread.clone(),
    }
}

impl Speech {
    /// Returns the person who is not the brand: the author, or whom the brand writes to in private.
    fn customer(&self) -> Option<String> {
        match &self.who {
            Who::Person(name) => Some(name.clone()),
            Who::Somebody => None,
            Who::Account(_) | Who::Machine(_) => self.counterpart.clone(),
        }
    }
}

fn speaker(settings: &Settings, name: &str) -> Who {
    let [accounts, machines] = settings.voices();
    match name {
        "somebody" => Who::Somebody,
        _ if machines.contains(name) => Who::Machine(name.to_owned()),
        _ if accounts.contains(name) => Who::Account(name.to_owned()),
        _ => Who::Person(name.to_owned()),
    }
}

/// What was said ends with a digit, as in `c1`; people and accounts do not.
pub(super) fn is_object(name: &str) -> bool {
    name.ends_with(|c: char| c.is_ascii_digit())
}

/// `arrives 09:25 and 09:40; dated 11:00`, `not dated`, `not delivered`, `with a picture`, `class upset`
fn options(speech: &mut Speech, options: &str, scene: &Scene<'_>) -> Result<(), String> {
    for option in options.split("; ") {
        let mut words = option.split_whitespace().peekable();
        let first = words.next().unwrap_or_default();
        let instant = |words: &mut Words<'_>| when::instant(words, scene.today, scene.zone);
        match first {
            "arrives" => {
                speech.arrives = vec![instant(&mut words)?];
                while words.next_if_eq(&"and").is_some() {
                    speech.arrives.push(instant(&mut words)?);
                }
                if speech.arrives.iter().any(|at| *at < scene.at) {
                    return Err("nothing arrives before it is said".to_owned());
                }
            }
            "dated" => speech.dated = Dated::Wrongly(instant(&mut words)?),
            "class" => speech.class = Some(class(words.next().unwrap_or_default())?),
            "not" => match words.next() {
                Some("dated") => speech.dated = Dated::Not,
                Some("delivered") => speech.arrives.clear(),
                _ => return Err(format!("nobody knows what is meant by [{option}]")),
            },
            "with" if words.by_ref().eq(["a", "picture"]) => speech.picture = true,
            _ => return Err(format!("nobody knows what is meant by [{option}]")),
        }
        if words.next().is_some() {
            return Err(format!("nobody knows what is meant by [{option}]"));
        }
    }
    Ok(())
}

/// Reads the name of a class.
pub(super) fn class(name: &str) -> Result<Class, String> {
    name.parse().map_err(|error: domain::policy::UnknownClass| error.to_string())
}
