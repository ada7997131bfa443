//! What somebody does on a platform, before it is known how and when the platform tells of it.

use std::fmt;

use domain::event::Verb;
use domain::id::Platform;

use super::people::{BRANDS, Customer, PAGE_POST};
use crate::time::Ms;

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Under the post of a page.
    Comment,
    /// In Messenger.
    Messenger,
    /// In public on X.
    Post,
    /// In private on X.
    Direct,
}

impl Place {
    pub(super) const ALL: [Place; 4] = [Place::Comment, Place::Messenger, Place::Post, Place::Direct];

    pub(super) fn platform(self) -> Platform {
        match self {
            Place::Comment | Place::Messenger => Platform::Facebook,
            Place::Post | Place::Direct => Platform::X,
        }
    }

    /// Returns the letter by which a story calls what is written there.
    fn letter(self) -> char {
        match self {
            Place::Comment => 'c',
            Place::Messenger => 'm',
            Place::Post => 'p',
            Place::Direct => 'd',
        }
    }

    /// Returns how the platform's names of what is written there begin: a number follows.
    fn prefix(self) -> &'static str {
        match self {
            Place::Comment => "555666777_",
            Place::Messenger => "m_",
            Place::Post => "19762000000000",
            Place::Direct => "19763000000000",
        }
    }
}

/// Something written: the third of a history is `c3` in the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) place: Place,
    pub(super) number: u32,
}

impl Object {
    /// Returns the platform's name of it.
    pub(super) fn id(self) -> String {
        format!("{}{:03}", self.place.prefix(), self.number)
    }

    /// Returns what bears the name `id` on a platform; absent if nothing of this simulation does.
    pub(super) fn of(id: &str) -> Option<Object> {
        let of = |place: Place| Some((place, id.strip_prefix(place.prefix())?.parse().ok()?));
        let (place, number) = Place::ALL.into_iter().find_map(of)?;
        Some(Object { place, number })
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.place.letter(), self.number)
    }
}

/// Who wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Who waits for the brand, or waited.
    Customer,
    /// The brand.
    Brand,
    /// The brand's machine.
    Machine,
}

/// Something that somebody does on a platform.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    /// Which brand it is about.
    pub(super) brand: usize,
    /// What it is done with.
    pub(super) object: Object,
    /// Who wrote that.
    pub(super) by: By,
    /// Who that customer is, or to whom it was written; nobody if the brand speaks to everybody.
    pub(super) with: Option<Customer>,
    /// What it answers.
    pub(super) under: Option<Object>,
    /// What is done.
    pub(super) does: Does,
    /// When, by the platform's clock.
    pub(super) at: Ms,
}

/// What is done.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// It is written.
    Say {
        /// Whom the brand names in it besides.
        to: Vec<Customer>,
        /// What it says.
        text: &'static str,
    },
    /// It is written anew.
    Edit {
        /// The name that X gives to the new text; elsewhere only its number counts.
        new: Object,
        /// What it says now.
        text: &'static str,
    },
    /// Its author deletes it, which names it as it was written last.
    Remove,
    /// The brand hides it from the public.
    Hide,
    /// The brand shows it again.
    Show,
}

/// The lists in which bodies deliver: what stands in one list can come in one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Feed,
    Messaging,
    Posts,
    Removals,
    Directs,
}

impl Deed {
    pub(super) fn list(&self) -> List {
        match (self.object.place, &self.does) {
            (Place::Comment, _) => List::Feed,
            (Place::Messenger, _) => List::Messaging,
            (Place::Post, Does::Remove) => List::Removals,
            (Place::Post, _) => List::Posts,
            (Place::Direct, _) => List::Directs,
        }
    }

    pub(super) fn verb(&self) -> Verb {
        match self.does {
            Does::Say { .. } => Verb::Add,
            Does::Edit { .. } => Verb::Edit,
            Does::Remove => Verb::Remove,
            Does::Hide => Verb::Hide,
            Does::Show => Verb::Unhide,
        }
    }

    /// Returns the deed as a person would tell it.
    pub(super) fn words(&self) -> String {
        let Deed { object, .. } = self;
        let brand = BRANDS[self.brand].id;
        let who = match (self.by, self.with) {
            (By::Customer, Some(customer)) => customer.name(),
            (By::Customer, None) => "somebody",
            (By::Brand, _) => brand,
            (By::Machine, _) => "a machine",
        };
        match &self.does {
            Does::Say { to, text } => {
                let spoken = fmt::from_fn(|f| self.spoken(f, to));
                format!("{who} {spoken}: {text}")
            }
            Does::Edit { new, text } if object.place == Place::Post => {
                format!("{who} edits {object} as {new}: {text}")
            }
            Does::Edit { text, .. } => format!("{who} edits {object}: {text}"),
            Does::Remove => format!("{who} removes {object}"),
            Does::Hide => format!("{brand} hides {object}"),
            Does::Show => format!("{brand} shows {object} again"),
        }
    }

    /// Writes where what is said to whom, as in `answers p3 with p7 on X to @maria and @paul`.
    fn spoken(&self, f: &mut fmt::Formatter<'_>, to: &[Customer]) -> fmt::Result {
        let Deed { object, under, brand, .. } = self;
        match (self.by, under) {
            (By::Customer, None) => write!(f, "asks {} {object}", BRANDS[*brand].id)?,
            (By::Customer, Some(under)) => write!(f, "writes {object} under {under}")?,
            (By::Brand | By::Machine, Some(under)) => write!(f, "answers {under} with {object}")?,
            (By::Brand | By::Machine, None) => write!(f, "says {object}")?,
        }
        f.write_str(match object.place {
            Place::Comment => " on Facebook",
            Place::Messenger => " in Messenger",
            Place::Post => " on X",
            Place::Direct => " in private on X",
        })?;
        let named = match (self.by, object.place) {
            (By::Brand | By::Machine, Place::Messenger | Place::Direct) => {
                return self.with.iter().try_for_each(|who| write!(f, " to {}", who.name()));
            }
            (By::Brand | By::Machine, Place::Post) => self.with,
            // Whom it answers it need not name.
            (By::Brand | By::Machine, Place::Comment) | (By::Customer, _) => None,
        };
        for (place, who) in named.iter().chain(to).enumerate() {
            write!(f, " {} @{}", if place == 0 { "to" } else { "and" }, who.name())?;
        }
        Ok(())
    }
}

/// Returns the name of the post under which everything on a page is written.
pub(super) fn page_post(brand: usize) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{}_{PAGE_POST}", BRANDS[brand].page))
}
