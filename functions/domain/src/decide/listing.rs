//! Where a conversation is to be found: under objects whose removal does not say where they were, and under people
//! who asked in public and may be answered in private.

use std::collections::BTreeSet;
use std::iter;

use jiff::civil::Date;

use crate::event::Event;
use crate::fact::{Facts, Said, date};
use crate::history::LONGEST_BRIDGE;
use crate::id::{ConversationId, Platform, digest};

/// The name of an object that this conversation holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// Where the object is.
    pub platform: Platform,
    /// The platform's name for it.
    pub object: String,
}

impl Listing {
    /// Returns the listing of the object that `event` is about.
    #[must_use]
    pub fn of(event: &Event) -> Listing {
        Listing { platform: event.platform, object: event.object.clone() }
    }
}

/// That somebody asked in public.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Authored {
    /// The conversation in which they would be answered in private.
    pub dialogue: ConversationId,
    /// The UTC date of it.
    pub date: Date,
}

/// Returns the first UTC date on which somebody may have asked in public what a private message answers.
#[must_use]
pub fn answers_since(message: &Said) -> Date {
    date(message.event.occurred_at - LONGEST_BRIDGE)
}

/// What one check lists and links, and the names by which the head remembers it.
#[derive(Debug, Default)]
pub(super) struct Listings {
    pub(super) list: Vec<Listing>,
    pub(super) authors: Vec<Authored>,
    pub(super) links: Vec<Said>,
    pub(super) names: BTreeSet<String>,
}

impl Listings {
    /// Returns what `facts` ask for that is not among the names `before`.
    ///
    /// What was received before the date beside them was listed by the fold that sealed it.
    pub(super) fn of(facts: &Facts, before: Option<(&BTreeSet<String>, Date)>) -> Listings {
        let (before, sealed) = before.map_or((None, Date::MIN), |(names, sealed)| (Some(names), sealed));
        let mut listings = Listings::default();
        for said in facts.said.iter().filter(|said| date(said.received_at) >= sealed) {
            let event = &said.event;
            let is_new = |name: &String| before.is_none_or(|before| !before.contains(name));
            if event.is_listed() {
                for object in iter::once(event.object.as_str()).chain(event.edit_name()) {
                    let name = digest(object);
                    if is_new(&name) && !listings.names.contains(&name) {
                        let (platform, object) = (event.platform, object.to_owned());
                        listings.list.push(Listing { platform, object });
                    }
                    listings.names.insert(name);
                }
            }
            if let Some(dialogue) = said.dialogue.as_ref().filter(|_| !said.is_link()) {
                let authored = Authored { dialogue: dialogue.clone(), date: said.date() };
                let name = digest(&format!("author\n{dialogue}\n{}", authored.date));
                if is_new(&name) && !listings.names.contains(&name) {
                    listings.authors.push(authored);
                }
                listings.names.insert(name);
            }
            if event.is_heard_in_public() && !said.is_link() {
                let name =
                    digest(&format!("link\n{}\n{}\n{}", event.object, event.verb.name(), event.version));
                if is_new(&name) && !listings.names.contains(&name) {
                    listings.links.push(said.clone());
                }
                listings.names.insert(name);
            }
        }
        listings
    }
}
