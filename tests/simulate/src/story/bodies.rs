//! The bodies in which the platforms tell of what is done on them: the shapes are those of `tests/payloads`.

use std::fmt::{self, Write};

use super::deed::{Deed, List};

mod facebook;
mod x;

/// What stands in a body besides, and cannot be stored as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// An item that lacks what it would have to say.
    Broken,
    /// An item of a kind that nobody knows.
    Unknown,
}

/// Returns the body that tells of `deeds`, all of one brand and for the same list.
pub(super) fn body(deeds: &[Deed], flaw: Option<Flaw>) -> String {
    let first = deeds.first().expect("a body tells something");
    let (brand, list) = (first.brand, first.list());
    let mut body = String::with_capacity(160 + 400 * deeds.len());
    let written = match list {
        List::Feed | List::Messaging => write!(body, "{}", facebook::Body { brand, list, deeds, flaw }),
        List::Posts | List::Removals | List::Directs => {
            write!(body, "{}", x::Body { brand, list, deeds, flaw })
        }
    };
    written.expect("a string takes whatever is written");
    body
}

/// Writes items with commas between them.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            f.write_char(',')?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// Writes the flaw, if there is one, and what sets it apart from the items after it.
fn flawed(f: &mut fmt::Formatter<'_>, flaw: Option<Flaw>, broken: &str, unknown: &str) -> fmt::Result {
    match flaw {
        None => Ok(()),
        Some(Flaw::Broken) => write!(f, "{broken},"),
        Some(Flaw::Unknown) => write!(f, "{unknown},"),
    }
}

#[cfg(test)]
mod tests;
