//! Every key of the one table: written here and nowhere else.
//!
//! What came from outside stands hashed inside keys. Sort keys of facts begin with a date, so that a check
//! reads only what is still alive; `HEAD` sorts behind them all.

use domain::decide::{Authored, Listing};
use domain::event::Event;
use domain::fact::{Channel, NoticeKey, Purpose, date};
use domain::id::{BrandId, ConversationId, PersonId, Step, TurnId, digest};
use flow::ports::{List, SHARDS};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The key of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Key {
        Key { pk: pk.into(), sk: sk.into() }
    }
}

/// `CONV#<cid>`: where everything of a conversation stands.
#[must_use]
pub fn conversation(conversation: &ConversationId) -> String {
    format!("CONV#{conversation}")
}

/// Returns the conversation whose partition key this is.
#[must_use]
pub fn conversation_of(pk: &str) -> Option<ConversationId> {
    pk.strip_prefix("CONV#").map(ConversationId::from)
}

/// `CONV#<cid>` / `<date>#EVENT#<object>#<verb>#<version>`: one event, stored once.
#[must_use]
pub fn event(cid: &ConversationId, event: &Event) -> Key {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let version = if event.version.len() <= 32 && event.version.chars().all(plain) {
        event.version.clone()
    } else {
        digest(&event.version)
    };
    let (day, object, verb) = (day(date(event.occurred_at)), digest(&event.object), event.verb.name());
    Key::new(conversation(cid), format!("{day}#EVENT#{object}#{verb}#{version}"))
}

/// `CONV#<cid>` / `<date of the turn's start>#NOTICE#<turn>#<step>#<person>#<channel>`: one claim. What is told
/// about a step besides it has its purpose before the step: `correction.0.1.0`.
#[must_use]
pub fn notice(key: &NoticeKey) -> Key {
    let NoticeKey { conversation: cid, date, turn, step, purpose, person, channel } = key;
    let step = match purpose {
        Purpose::Step => step.to_string(),
        other => format!("{}.{step}", other.name()),
    };
    let sk = format!("{}#NOTICE#{turn}#{step}#{person}#{}", day(*date), channel.name());
    Key::new(conversation(cid), sk)
}

/// Reads a notice's key back; `None` if it is the key of something else.
#[must_use]
pub fn notice_of(key: &Key) -> Option<NoticeKey> {
    let mut parts = key.sk.splitn(5, '#');
    let (date, "NOTICE", turn, step) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?) else {
        return None;
    };
    let named = Purpose::ALL.into_iter().find_map(|purpose| {
        let step = step.strip_prefix(purpose.name())?.strip_prefix('.')?;
        Some((purpose, step))
    });
    let (purpose, step) = named.unwrap_or((Purpose::Step, step));
    // A person's name comes from the configuration and may hold anything but the last part.
    let (person, channel) = parts.next()?.rsplit_once('#')?;
    Some(NoticeKey {
        conversation: conversation_of(&key.pk)?,
        date: date_of(date)?,
        turn: TurnId::from(turn),
        step: step.parse::<Step>().ok()?,
        purpose,
        person: PersonId::from(person),
        channel: Channel::ALL.into_iter().find(|known| known.name() == channel)?,
    })
}

/// `CONV#<cid>` / `HEAD`: the fold's result, and what is due next.
#[must_use]
pub fn head(cid: &ConversationId) -> Key {
    Key::new(conversation(cid), "HEAD")
}

/// `OBJ#<platform>#<object>`: where the conversations that hold an object are listed.
#[must_use]
pub fn object(listing: &Listing) -> String {
    format!("OBJ#{}#{}", listing.platform, digest(&listing.object))
}

/// `OBJ#<platform>#<object>` / `<brand>#<cid>`: one conversation of a brand that holds the object.
///
/// The brand comes first, so that one brand's removal reaches nothing of another's.
#[must_use]
pub fn listing(listing: &Listing, brand: &BrandId, cid: &ConversationId) -> Key {
    Key::new(object(listing), format!("{}{cid}", listings(brand)))
}

/// `AUTHOR#<dialogue>`: where the conversations are listed in which somebody asked in public. They are named by where
/// they would be answered in private, which is a keyed hash.
#[must_use]
pub fn authored(dialogue: &ConversationId) -> String {
    format!("AUTHOR#{dialogue}")
}

/// `AUTHOR#<dialogue>` / `<date>#<cid>`: that they asked in one conversation on a day.
#[must_use]
pub fn author(asked: &Authored, cid: &ConversationId) -> Key {
    Key::new(authored(&asked.dialogue), format!("{}#{cid}", day(asked.date)))
}

/// What stands in the place of a conversation where an object's removal is kept.
pub(crate) const REMOVAL: &str = "-";

/// `OBJ#<platform>#<object>` / `<brand>#-`: the object's removal; sorts before the conversations.
#[must_use]
pub fn removal(listing: &Listing, brand: &BrandId) -> Key {
    Key::new(object(listing), format!("{}{REMOVAL}", listings(brand)))
}

/// `<brand>#`: what the sort keys of everything begin with that a brand has under an object.
#[must_use]
pub fn listings(brand: &BrandId) -> String {
    format!("{}#", digest(brand.as_str()))
}

/// `PERSON#<id>` / `STATE`: the lease, and whether mail reaches them.
#[must_use]
pub fn person(person: &PersonId) -> Key {
    Key::new(format!("PERSON#{person}"), "STATE")
}

/// `MAIL#<name>` / `MAIL`: what a message told.
#[must_use]
pub fn mail(name: &str) -> Key {
    Key::new(format!("MAIL#{name}"), "MAIL")
}

/// `RAW#<day>` / `<hash of the body>#<part>`: a body not understood; the same body is the same items.
#[must_use]
pub fn raw(received_at: Timestamp, body: &str, part: usize) -> Key {
    Key::new(format!("RAW#{}", day(date(received_at))), format!("{body}#{part:03}"))
}

/// `SWEEP` / `CURSOR`.
#[must_use]
pub fn cursor() -> Key {
    Key::new("SWEEP", "CURSOR")
}

/// `CONFIG` / `CURRENT`: which versions were pushed when.
#[must_use]
pub fn pushes() -> Key {
    Key::new("CONFIG", "CURRENT")
}

/// `CONFIG` / `V#<number>`: the text of one version; it never changes.
#[must_use]
pub fn config(number: u32) -> Key {
    Key::new("CONFIG", format!("V#{number}"))
}

/// `DUE#<shard>`: the partition of the index `todo` that a conversation's entry is in.
#[must_use]
pub fn due_of(cid: &ConversationId) -> String {
    todo(List::Due, shard_of(cid.as_str()))
}

/// `OUT#<shard>`: the partition of the index `todo` that all notices to a person are in.
#[must_use]
pub fn out_of(person: &PersonId) -> String {
    todo(List::Out, shard_of(person.as_str()))
}

fn shard_of(name: &str) -> u8 {
    name.bytes().fold(0_u8, u8::wrapping_add) % SHARDS
}

/// `DUE#<shard>` or `OUT#<shard>`.
#[must_use]
pub fn todo(list: List, shard: u8) -> String {
    match list {
        List::Due => format!("DUE#{shard}"),
        List::Out => format!("OUT#{shard}"),
    }
}

/// `<moment in ms, 13 digits>#<what>`: sorts by time.
///
/// What lies within a millisecond stands at its end: the moment that a list tells is never before the one that is
/// meant, so that a message sent for it is not taken for one of an earlier moment.
#[must_use]
pub fn moment(at: Timestamp, what: &str) -> String {
    let end = (at.as_nanosecond() + 999_999).div_euclid(1_000_000);
    format!("{:013}#{what}", end.max(0))
}

/// What sorts behind every [`moment`] up to `until`, and before all others.
#[must_use]
pub fn moments_until(until: Timestamp) -> String {
    // `~` sorts behind every name: the whole last moment is in.
    format!("{:013}#~", until.as_millisecond().max(0))
}

/// Reads the moment of an entry of the index `todo`.
#[must_use]
pub fn moment_of(sk: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(sk.split('#').next()?.parse().ok()?).ok()
}

/// `BRAND#<brand>`: the partition of the index `open`.
#[must_use]
pub fn open(brand: &BrandId) -> String {
    format!("BRAND#{brand}")
}

/// `<yyyymmdd>`.
#[must_use]
pub fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Reads `<yyyymmdd>` from the front of a sort key.
#[must_use]
pub fn date_of(sk: &str) -> Option<Date> {
    let digits = sk.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i16>().ok();
    let small = |range| number(range).and_then(|number| i8::try_from(number).ok());
    Date::new(number(0..4)?, small(4..6)?, small(6..8)?).ok()
}

/// Returns the moment after which an item may vanish, as the table wants it: whole seconds since 1970.
#[must_use]
pub fn expiry(from: Timestamp, kept: jiff::SignedDuration) -> i64 {
    let at = from.checked_add(kept).unwrap_or(Timestamp::MAX);
    at.to_zoned(TimeZone::UTC).timestamp().as_second()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn notices_read_what_they_print(
            turn in "[A-Z2-7]{26}", round in 0_u16..9, index in 0_u16..99, repeat in 0_u16..9,
            purpose in 0..Purpose::ALL.len(), person in "[a-z#.0-9]{1,20}", days in 0_i32..40_000,
        ) {
            let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let key = NoticeKey {
                conversation: ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                date,
                turn: TurnId(turn),
                step: Step { round, index, repeat },
                purpose: Purpose::ALL[purpose],
                person: PersonId(person),
                channel: Channel::Email,
            };
            prop_assert_eq!(notice_of(&notice(&key)), Some(key));
        }

        #[test]
        fn moments_sort_by_time(a in 0_i64..4_000_000_000_000, b in 0_i64..4_000_000_000_000) {
            let at = |ms| Timestamp::from_millisecond(ms).unwrap();
            prop_assert_eq!(moment(at(a), "x") < moment(at(b), "x"), a < b);
            prop_assert_eq!(moment_of(&moment(at(a), "x")), Some(at(a)));
        }

        #[test]
        fn a_moment_reads_as_the_end_of_its_millisecond(
            at in 0_i128..4_000_000_000_000_000_000, until in -3_000_000_i128..3_000_000,
        ) {
            let (at, until) = (Timestamp::from_nanosecond(at).unwrap(), at + until);
            let until = Timestamp::from_nanosecond(until.max(0)).unwrap();
            let read = moment_of(&moment(at, "x")).unwrap();
            prop_assert!(at <= read && read.duration_since(at) < SignedDuration::from_millis(1));
            prop_assert_eq!(moment(at, "x") < moments_until(until), read <= until);
        }
    }

    #[test]
    fn a_removal_sorts_before_the_conversations_and_within_its_brand() {
        let listed = Listing { platform: domain::id::Platform::X, object: "1976200000000000123".to_owned() };
        let (acme, zeta) = (BrandId::from("acme"), BrandId::from("zeta"));
        let conversation = listing(&listed, &acme, &ConversationId::from("234567ABCDEFGHIJKLMNOPQRST"));
        let gone = removal(&listed, &acme);
        assert_eq!((&gone.pk, gone.pk.starts_with("OBJ#x#")), (&conversation.pk, true));
        let (from, to) = (listings(&acme), format!("{}~", listings(&acme)));
        assert!(from < gone.sk && gone.sk < conversation.sk && conversation.sk < to);
        assert!(!(from..to).contains(&removal(&listed, &zeta).sk));
    }

    #[test]
    fn facts_sort_by_date_and_before_the_head() {
        let cid = ConversationId::from("A");
        let key = NoticeKey {
            conversation: cid.clone(),
            date: Date::constant(2026, 3, 25),
            turn: TurnId::from("T"),
            step: Step { round: 0, index: 1, repeat: 0 },
            purpose: Purpose::Step,
            person: PersonId::from("dana"),
            channel: Channel::Email,
        };
        let Key { pk, sk } = notice(&key);
        assert_eq!((pk.as_str(), sk.as_str()), ("CONV#A", "20260325#NOTICE#T#0.1.0#dana#email"));
        assert!(sk < head(&cid).sk);
        assert_eq!(date_of(&sk), Some(key.date));
        for bad in ["2026", "20261341#", "HEAD", "2026032é"] {
            assert_eq!(date_of(bad), None, "{bad}");
        }
    }
}
