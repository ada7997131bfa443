//! How late messages left, by what went wrong.

use std::collections::BTreeMap;
use std::fmt;

use crate::fault::{Kind, Trouble};
use crate::histogram::Histogram;
use crate::story::{Story, What};
use crate::time::Ms;
use crate::verify::promise;

/// What went wrong around a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// Nothing.
    Calm,
    /// Nothing, but everything did at the brand next door.
    NextDoor,
    /// One thing, once.
    One(Kind),
    /// A configuration was pushed.
    Push,
    /// New code took over.
    Deploy,
    /// One thing, and a configuration was pushed or new code took over.
    OneAndChange,
    /// Everything, again and again.
    Storm,
    /// Everything, again and again, but for this brand only.
    StormHere,
}

impl Row {
    /// Returns where the messages of a history belong that concern the first brand, or the other.
    #[must_use]
    pub fn of(trouble: Trouble, story: &Story, is_first_brand: bool) -> Row {
        let has = |wanted: fn(&What) -> bool| story.inputs.iter().any(|input| wanted(&input.what));
        let is_pushed = has(|what| matches!(what, What::Push { .. }));
        let is_deployed = has(|what| matches!(what, What::Deploy));
        match trouble {
            Trouble::Storm => Row::Storm,
            Trouble::Neighbour if is_first_brand => Row::StormHere,
            Trouble::One(_) if is_pushed || is_deployed => Row::OneAndChange,
            Trouble::One(kind) => Row::One(kind),
            Trouble::Calm | Trouble::Neighbour if is_deployed => Row::Deploy,
            Trouble::Calm | Trouble::Neighbour if is_pushed => Row::Push,
            Trouble::Calm => Row::Calm,
            Trouble::Neighbour => Row::NextDoor,
        }
    }

    /// Returns every row in the order of the table.
    pub fn all() -> impl Iterator<Item = Row> {
        let ones = Kind::ALL.into_iter().map(Row::One);
        let before = [Row::Calm, Row::NextDoor].into_iter();
        before.chain(ones).chain([Row::Push, Row::Deploy, Row::OneAndChange, Row::Storm, Row::StormHere])
    }

    /// Returns what went wrong, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Row::Calm => "nothing",
            Row::NextDoor => "everything, at the brand next door",
            Row::One(kind) => kind.name(),
            Row::Push => "a configuration is pushed",
            Row::Deploy => "new code takes over",
            Row::OneAndChange => "one of these, and a push or new code",
            Row::Storm => "everything, again and again",
            Row::StormHere => "everything, at this brand only",
        }
    }

    /// Returns within what time a message leaves, whoever sends it; `None` where only the end counts.
    #[must_use]
    pub fn promise(self) -> Option<Ms> {
        match self {
            Row::Calm => promise(Trouble::Calm, false, true),
            Row::NextDoor => promise(Trouble::Neighbour, false, false),
            Row::One(kind) => promise(Trouble::One(kind), false, true),
            Row::Push | Row::Deploy => promise(Trouble::Calm, true, true),
            Row::OneAndChange => promise(Trouble::One(Kind::Crash), true, true),
            Row::Storm => promise(Trouble::Storm, false, true),
            Row::StormHere => promise(Trouble::Neighbour, false, true),
        }
    }
}

/// How late messages left, row by row. It shows as a table in Markdown, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lateness {
    rows: BTreeMap<Row, (u64, Histogram)>,
}

impl Lateness {
    /// Counts a history.
    pub fn history(&mut self, row: Row) {
        self.rows.entry(row).or_default().0 += 1;
    }

    /// Counts how late a message left.
    pub fn message(&mut self, row: Row, late: Ms) {
        self.rows.entry(row).or_default().1.count(late);
    }

    /// Adds what another counted.
    pub fn add(&mut self, other: &Lateness) {
        for (row, (histories, messages)) in &other.rows {
            let mine = self.rows.entry(*row).or_default();
            mine.0 += histories;
            mine.1.add(messages);
        }
    }

    /// Returns the longest that a message took where the same is promised as in `row`.
    fn worst(&self, row: Row) -> Option<Ms> {
        let rows = self.rows.iter().filter(|(other, _)| other.promise() == row.promise());
        rows.filter_map(|(_, (_, messages))| messages.max()).max()
    }

    /// Returns the longest that a message took where it had to leave at once.
    #[must_use]
    pub fn prompt(&self) -> Option<Ms> {
        self.worst(Row::Calm)
    }

    /// Returns the longest that a message took after something went wrong once.
    #[must_use]
    pub fn promised(&self) -> Option<Ms> {
        self.worst(Row::One(Kind::Crash))
    }
}

impl fmt::Display for Lateness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = Row::all().map(|row| row.name().len()).max().unwrap_or(0);
        let columns = ["histories", "messages", "p50", "p99", "p99.9", "max", "promise"];
        write!(f, "| {:width$} |", "what goes wrong")?;
        for column in columns {
            write!(f, " {column:>9} |")?;
        }
        write!(f, "\n|{:-<1$}|", "", width + 2)?;
        for _ in columns {
            write!(f, "{:->10}:|", "")?;
        }
        writeln!(f)?;
        let none = (0, Histogram::default());
        for row in Row::all() {
            let (histories, messages) = self.rows.get(&row).unwrap_or(&none);
            write!(f, "| {:width$} | {histories:>9} | {:>9} |", row.name(), messages.total())?;
            let times = [500, 990, 999].map(|thousandths| messages.quantile(thousandths));
            for time in times.into_iter().chain([messages.max(), row.promise()]) {
                write!(f, " {:>9} |", seconds(time))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Returns a time in seconds, rounded up to hundredths so that no promise looks better kept than it is.
pub(crate) fn seconds(time: Option<Ms>) -> String {
    let Some(time) = time else { return "–".to_owned() };
    let hundredths = time.unsigned_abs().div_ceil(10);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn seconds_are_never_rounded_down() {
        assert_eq!(seconds(Some(0)), "0.00");
        assert_eq!(seconds(Some(1)), "0.01");
        assert_eq!(seconds(Some(2991)), "3.00");
        assert_eq!(seconds(Some(121 * SECOND)), "121.00");
        assert_eq!(seconds(None), "–");
    }

    #[test]
    fn the_worst_is_looked_for_where_the_promise_is_made() {
        let mut lateness = Lateness::default();
        assert_eq!((lateness.prompt(), lateness.promised()), (None, None));
        for (row, late) in [
            (Row::Calm, 900),
            (Row::NextDoor, 1900),
            (Row::One(Kind::Crash), 100_000),
            (Row::Push, 61_000),
            (Row::Storm, 500_000),
        ] {
            lateness.message(row, late);
        }
        assert_eq!((lateness.prompt(), lateness.promised()), (Some(1900), Some(100_000)));
    }
}
