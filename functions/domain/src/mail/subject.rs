//! Subjects: at most 60 characters, and the same in every mail about a case to a person, because mail programs put
//! together what is called the same.

use super::clean::{cut, own};
use super::{Letter, NAME_LIMIT, case};
use crate::fact::Notice;
use crate::id::ConversationId;
use crate::language::{Language, say};
use crate::policy::Class;

/// Longest subject, in characters; a phone shows little more.
pub(super) const LIMIT: usize = 60;

/// What a case is called in mails.
pub(crate) fn reference(conversation: &ConversationId) -> String {
    format!("C-{}", conversation.as_str().chars().take(6).collect::<String>())
}

/// Returns the subject of every mail about the case to the person. It says neither how long somebody waits nor
/// how it ended: that would be another subject each time.
pub(super) fn of_case(letter: &Letter<'_>) -> String {
    let language = letter.language();
    let (who, platform) = (case::who(letter), letter.platform());
    let (brand, reference) = (own(&letter.run.brand.name, NAME_LIMIT), reference(letter.conversation));
    let is_threat = first_class(letter) == Class::Threat;
    // (who, brand, reference)
    let said = |who: &str, brand: &str| {
        let (who, brand, reference, platform) = (&who, &brand, &reference, &platform);
        if is_threat {
            say!(
                language,
                "subject.threat",
                who = who,
                platform = platform,
                brand = brand,
                reference = reference
            )
        } else {
            say!(
                language,
                "subject.case",
                who = who,
                platform = platform,
                brand = brand,
                reference = reference
            )
        }
    };
    // Names give way to the length, the reference never does.
    let room = LIMIT.saturating_sub(said("", "").chars().count());
    let brand = cut(&brand, (room / 2).max(room.saturating_sub(who.chars().count())));
    said(&cut(&who, room.saturating_sub(brand.chars().count())), &brand)
}

/// What the matter was when the person first heard of it: what it turns out to be later does not change the subject.
fn first_class(letter: &Letter<'_>) -> Class {
    let is_theirs = |notice: &&Notice| notice.key.person == letter.person.id && notice.is_told();
    let before = letter.told.iter().copied().filter(is_theirs);
    let first = before.chain(letter.notices).min_by_key(|notice| notice.step_at);
    first.map_or(letter.turn.class, |notice| notice.class)
}

/// Fits the one part of a subject that may be of any length; `said` says the whole with it.
pub(super) fn fitted(part: &str, said: impl Fn(&str) -> String) -> String {
    let room = LIMIT.saturating_sub(said("").chars().count());
    cut(&said(&cut(part, room)), LIMIT)
}

/// Names brands: the first, and how many more there are.
pub(super) fn brands(language: Language, names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [name, more @ ..] => say!(language, "brands.more", brand = name, count = more.len()),
    }
}
