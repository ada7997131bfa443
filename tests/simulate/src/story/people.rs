//! Who there is: two brands with their people, and the customers.

use std::fmt;

/// A brand of the installation.
#[derive(Debug)]
pub struct Brand {
    /// The `acme` of `[brand.acme]`, and its handle on X.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Its page on Facebook.
    pub page: &'static str,
    /// Its account on X.
    pub x: &'static str,
    /// Who answers, and who answers when the first cannot.
    pub answers: [&'static str; 2],
    /// Who leads.
    pub lead: &'static str,
    /// Who answers for the lead.
    pub manager: &'static str,
}

/// The brands, in the order in which [`Post::brand`](super::Post::brand) counts them and the configuration names
/// them.
pub static BRANDS: [Brand; 2] = [
    Brand {
        id: "acme",
        name: "Acme",
        page: "100200300400",
        x: "2244994945",
        answers: ["dana", "lee"],
        lead: "kim",
        manager: "ash",
    },
    Brand {
        id: "zeta",
        name: "Zeta",
        page: "500600700800",
        x: "2255005056",
        answers: ["sam", "ines"],
        lead: "noor",
        manager: "vera",
    },
];

/// Who looks after the installation, and belongs to no brand.
pub const ADMIN: &str = "pat";

/// Returns everybody who may be written to.
pub(crate) fn everybody() -> impl Iterator<Item = &'static str> {
    let of_brands =
        BRANDS.iter().flat_map(|brand| brand.answers.into_iter().chain([brand.lead, brand.manager]));
    of_brands.chain([ADMIN])
}

/// A post of every page, without the page's id: all comments are made under it.
pub(super) const PAGE_POST: &str = "555666777";
/// The app whose messages are a machine's.
pub(super) const MACHINE: &str = "268278000000001";

/// The customers' names.
const NAMES: [&str; 24] = [
    "maria", "paul", "ann", "bo", "mila", "jo", "ada", "ben", "cleo", "dov", "eda", "finn", "gita", "hugo",
    "ida", "jan", "kaya", "leo", "mona", "nils", "olga", "per", "rosa", "tove",
];

/// How many customers there are.
pub(super) const CUSTOMERS: usize = NAMES.len();

/// Somebody who writes to a brand: a place in the list of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Customer(pub(super) usize);

impl Customer {
    /// Returns the name that the story tells of, which is the handle on X too.
    pub(super) fn name(self) -> &'static str {
        NAMES[self.0]
    }

    /// Returns the name as Facebook shows it.
    pub(super) fn shown(self) -> impl fmt::Display {
        let (first, rest) = self.name().split_at(1);
        fmt::from_fn(move |f| write!(f, "{}{rest}", first.to_ascii_uppercase()))
    }

    /// Returns the id that Facebook gives to who comments, and Messenger to who writes.
    pub(super) fn on_facebook(self) -> impl fmt::Display {
        fmt::from_fn(move |f| write!(f, "42424242{:02}", self.0))
    }

    /// Returns the id on X.
    pub(super) fn on_x(self) -> impl fmt::Display {
        fmt::from_fn(move |f| write!(f, "19762{:02}", self.0))
    }
}
