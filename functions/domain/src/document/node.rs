//! Values of the text with their places, read as what they should be.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problems, quoted};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// Where.
    pub place: Place,
    value: &'t DeValue<'t>,
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub struct Key<'t> {
    /// Where.
    pub place: Place,
    /// The key itself.
    pub name: &'t str,
}

/// A table, its entries in the order of their keys.
#[derive(Debug)]
pub struct Table<'t> {
    /// Where.
    pub place: Place,
    /// What stands in it.
    pub entries: Vec<(Key<'t>, Node<'t>)>,
}

impl<'t> Node<'t> {
    /// Returns the same value under another path.
    #[must_use]
    pub fn called(&self, path: &str) -> Node<'t> {
        Node { place: Place::new(self.place.at, path), value: self.value }
    }

    /// Returns the text; reports anything else, with an example of what to write.
    pub fn text(&self, problems: &mut Problems, example: &str) -> Option<&'t str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.report_type(problems, "text", example);
        }
        text
    }

    /// Returns text that is shown to people: not blank, short, on one line.
    pub fn title(&self, problems: &mut Problems, example: &str) -> Option<String> {
        let text = self.text(problems, example)?;
        if text.trim().is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
            let problem = "a name is 1 to 100 characters on one line";
            problems.report(&self.place, problem, format!("write {example}"));
            return None;
        }
        Some(text.to_owned())
    }

    /// Returns whether it is true; reports anything but `true` and `false`.
    pub fn truth(&self, problems: &mut Problems, example: &str) -> Option<bool> {
        let truth = self.value.as_bool();
        if truth.is_none() {
            self.report_type(problems, "true or false", example);
        }
        truth
    }

    /// Returns the whole number; reports anything else, and a number outside `range`.
    pub fn whole_number(
        &self,
        problems: &mut Problems,
        range: RangeInclusive<i64>,
        example: &str,
    ) -> Option<i64> {
        let DeValue::Integer(integer) = self.value else {
            self.report_type(problems, "a whole number", example);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (first, last) = range.into_inner();
            let problem = format!("{} is not from {first} to {last}", quoted(integer.as_str()));
            problems.report(&self.place, problem, format!("write a number such as {example}"));
        }
        number
    }

    /// Returns the date, with or without quotes; reports anything else.
    pub fn date(&self, problems: &mut Problems, example: &str) -> Option<Date> {
        let text = match self.value {
            DeValue::Datetime(at) => at.to_string(),
            _ => self.text(problems, example)?.to_owned(),
        };
        let date = date(&text);
        if date.is_none() {
            report_no_date(problems, &self.place, &text);
        }
        date
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Returns the entries; reports anything but a list.
    pub fn list(&self, problems: &mut Problems, example: &str) -> Option<Vec<Node<'t>>> {
        let Some(array) = self.value.as_array() else {
            self.report_type(problems, "a list", example);
            return None;
        };
        let entries = array.iter().enumerate().map(|(index, value)| Node {
            place: self.place.index(index, &value.span()),
            value: value.get_ref(),
        });
        Some(entries.collect())
    }

    /// Returns what `read` makes of the entries; reports anything but a list.
    ///
    /// `None` if an entry is nothing that can be used; the others are read all the same.
    pub fn each<T>(
        &self,
        problems: &mut Problems,
        example: &str,
        mut read: impl FnMut(&mut Problems, Node<'t>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let entries = self.list(problems, example)?.into_iter().map(|node| read(problems, node));
        // Collected first: every wrong entry is to be reported, not only the first.
        entries.collect::<Vec<_>>().into_iter().collect()
    }

    /// Returns what `read` makes of the texts of a list; reports everything in it that is none.
    pub fn texts<T>(
        &self,
        problems: &mut Problems,
        example: &str,
        mut read: impl FnMut(&mut Problems, Node<'t>, &'t str) -> Option<T>,
    ) -> Option<Vec<T>> {
        if self.value.as_array().is_none() {
            self.report_type(problems, "a list", &format!("[{example}]"));
            return None;
        }
        self.each(problems, example, |problems, node| {
            let text = node.text(problems, example)?;
            read(problems, node, text)
        })
    }

    /// Returns what `read` makes of one text or of the texts of a list.
    pub fn text_or_texts<T>(
        &self,
        problems: &mut Problems,
        example: &str,
        mut read: impl FnMut(&mut Problems, Node<'t>, &'t str) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.value.as_str() {
            Some(text) => Some(vec![read(problems, self.clone(), text)?]),
            None => self.texts(problems, example, read),
        }
    }

    /// Returns the table; reports anything else.
    pub fn table(&self, problems: &mut Problems, example: &str) -> Option<Table<'t>> {
        let Some(table) = self.value.as_table() else {
            self.report_type(problems, "a table", example);
            return None;
        };
        Some(Table::new(self.place.clone(), table))
    }

    fn report_type(&self, problems: &mut Problems, expected: &str, example: &str) {
        let got = match self.value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let problem = format!("{got} instead of {expected}");
        problems.report_unless_broken(&self.place, problem, format!("write {example}"));
    }
}

impl Key<'_> {
    /// Returns the date that the key is; reports anything else.
    pub fn date(&self, problems: &mut Problems) -> Option<Date> {
        let date = date(self.name);
        if date.is_none() {
            report_no_date(problems, &self.place, self.name);
        }
        date
    }
}

impl<'t> Table<'t> {
    /// Returns the table that stands at `place`.
    #[must_use]
    pub fn new(place: Place, table: &'t DeTable<'t>) -> Table<'t> {
        let entries = table.iter().map(|(key, value)| {
            let name: &str = key.get_ref();
            let of_key = place.key(name, &key.span());
            let of_value = of_key.at(value.span().start);
            (Key { place: of_key, name }, Node { place: of_value, value: value.get_ref() })
        });
        let entries = entries.collect();
        Table { place, entries }
    }

    /// Returns the value of the key `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node<'t>> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// Returns the value of the key `name`; reports that it is missing.
    pub fn required(&self, problems: &mut Problems, name: &str, example: &str) -> Option<&Node<'t>> {
        let node = self.get(name);
        if node.is_none() {
            let fix = format!("write {name} = {example}");
            problems.report_unless_broken(&self.place, format!("`{name}` is missing"), fix);
        }
        node
    }

    /// Reports every key that is not one of `known`.
    pub fn only(&self, problems: &mut Problems, known: &[&str]) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !known.contains(&key.name)) {
            report_unknown_key(problems, key, known, "key");
        }
    }
}

/// Reports a key that stands for nothing here, with the one that was probably meant.
pub fn report_unknown_key(problems: &mut Problems, key: &Key, known: &[&str], kind: &str) {
    let fix = match nearest(key.name, known.iter().copied()) {
        Some(meant) => format!("write {meant}"),
        None if known.len() == 1 => format!("write {}", known[0]),
        None => format!("write one of {}", known.join(", ")),
    };
    problems.report(&key.place, format!("unknown {kind} {}", quoted(key.name)), fix);
}

/// Reads `2026-12-24` and no other form.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| plain)
}

fn report_no_date(problems: &mut Problems, place: &Place, text: &str) {
    problems.report(place, format!("{} is not a date", quoted(text)), "write it as 2026-12-24");
}

/// Returns the known name that `name` is most likely a slip of the pen for.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().filter(|known| known.len().abs_diff(name.len()) <= allowed);
    let near = near.map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, known)| known)
}

/// How many letters to insert, leave out, replace or swap with their neighbour to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        // written, meant
        let table = [
            ("Europe/Pari", Some("Europe/Paris")),  // a letter left out
            ("europe/paris", Some("Europe/Paris")), // case
            ("Eruope/Paris", Some("Europe/Paris")), // two letters swapped
            ("Europa/Paris", Some("Europe/Paris")), // another letter
            ("backpu", Some("backup")),
            ("x", None),
            ("quantum", None),
        ];
        for (written, meant) in table {
            assert_eq!(nearest(written, ["owner", "backup", "Europe/Paris"]), meant, "{written}");
        }
    }
}
