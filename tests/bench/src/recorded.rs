//! The numbers that a change is held against: `recorded.toml`, written by `--record`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

const HEADER: &str = "\
# What a change is held against; growth by more than 3 % fails. Written anew, one table at a time, by
#   cargo run --release --package bench -- sizes --record
#   cargo run --release --package bench -- instructions --record
";

/// All recorded numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    /// Bytes of the functions' binaries, by the machine they are for.
    #[serde(default)]
    pub(crate) sizes: BTreeMap<String, Numbers>,
    /// Instructions of `webhook`, by the machine they were counted on.
    #[serde(default)]
    pub(crate) instructions: BTreeMap<String, Numbers>,
}

/// Numbers by name, and what they were made with.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Numbers {
    /// The tools, with their versions.
    pub(crate) with: String,
    /// What was measured.
    #[serde(flatten)]
    pub(crate) of: BTreeMap<String, u64>,
}

impl Recorded {
    /// Reads the file of this source tree.
    pub(crate) fn read() -> Result<Recorded> {
        let path = path();
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// Writes the file of this source tree.
    pub(crate) fn write(&self) -> Result<()> {
        let path = path();
        let text = format!("{HEADER}\n{}", toml::to_string(self)?);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }
}

/// What became of the numbers since they were recorded.
#[derive(Debug, PartialEq)]
pub(crate) struct Comparison {
    /// One line for each number.
    pub(crate) lines: String,
    /// Whether one of them grew by more than 3 %, or was never recorded.
    pub(crate) has_grown: bool,
}

impl Numbers {
    /// Holds these numbers against those `before`.
    pub(crate) fn against(&self, before: Option<&Numbers>) -> Comparison {
        let mut comparison = Comparison { lines: String::new(), has_grown: false };
        for (name, now) in &self.of {
            let before = before.and_then(|before| before.of.get(name)).copied();
            let has_grown = before.is_none_or(|before| now * 100 > before * 103);
            let told = match before {
                None => "not recorded".to_owned(),
                Some(before) => format!(
                    "recorded {before}{}",
                    if has_grown { ", has grown by more than 3 %" } else { "" }
                ),
            };
            writeln!(comparison.lines, "{name:12}{now:>12}   {told}").expect("text takes text");
            comparison.has_grown |= has_grown;
        }
        comparison
    }
}

fn path() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/recorded.toml").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(webhook: u64) -> Numbers {
        Numbers { with: "rustc 1".to_owned(), of: [("webhook".to_owned(), webhook)].into() }
    }

    #[test]
    fn growth_counts_from_above_three_percent_and_shrinking_never() {
        // recorded, now, has grown
        for (before, now, has_grown) in [(1000, 1030, false), (1000, 1031, true), (1000, 1, false)] {
            let seen = numbers(now).against(Some(&numbers(before)));
            assert_eq!(seen.has_grown, has_grown, "{before} -> {now}: {}", seen.lines);
        }
    }

    #[test]
    fn what_was_never_recorded_is_growth() {
        assert!(numbers(1).against(None).has_grown);
        assert!(numbers(1).against(Some(&Numbers::default())).has_grown);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = Recorded {
            sizes: [("x86_64".to_owned(), numbers(7))].into(),
            instructions: [("x86_64".to_owned(), numbers(8))].into(),
        };
        let read: Recorded = toml::from_str(&toml::to_string(&written).unwrap()).unwrap();
        assert_eq!((read.sizes, read.instructions), (written.sizes, written.instructions));
    }

    #[test]
    fn the_file_of_this_tree_is_readable() {
        let recorded = Recorded::read().unwrap();
        assert!(recorded.sizes.contains_key("x86_64"));
    }
}
