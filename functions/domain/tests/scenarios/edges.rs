//! Every edge case has a story that bears its number, or a line in the README that says what shows it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{folder, stories};

/// How many edge cases there are.
const EDGES: u32 = 72;

/// Returns the edges that stories are named after.
fn told() -> BTreeSet<u32> {
    let number = |path: &Path| path.file_name()?.to_str()?.split('-').next()?.parse().ok();
    stories()
        .iter()
        .map(|path| number(path).unwrap_or_else(|| panic!("{} has no number", path.display())))
        .collect()
}

/// Returns the edges that the README says are shown elsewhere, with what shows them: `- 61: …`.
fn elsewhere() -> Vec<(u32, String)> {
    let readme = fs::read_to_string(folder().join("README.md")).expect("the README of the stories");
    let entry = |line: &str| {
        let (number, what) = line.strip_prefix("- ")?.split_once(": ")?;
        Some((number.parse().ok()?, what.to_owned()))
    };
    readme.lines().filter_map(entry).collect()
}

/// Returns the text of every source file below a folder.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder of the house") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() && !path.ends_with("target") {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source file"));
        }
    }
    text
}

#[test]
fn every_edge_has_a_story_or_is_said_to_be_shown_elsewhere() {
    let elsewhere: BTreeSet<u32> = elsewhere().into_iter().map(|(number, _)| number).collect();
    let told = told();
    let missing: Vec<u32> =
        (1..=EDGES).filter(|edge| !told.contains(edge) && !elsewhere.contains(edge)).collect();
    assert!(missing.is_empty(), "neither a story nor a line in the README: {missing:?}");
    let unknown: Vec<&u32> = told.union(&elsewhere).filter(|edge| !(1..=EDGES).contains(*edge)).collect();
    assert!(unknown.is_empty(), "no such edges: {unknown:?}");
}

#[test]
fn a_story_bears_the_number_of_its_title() {
    for path in stories() {
        let text = fs::read_to_string(&path).expect("a story");
        let title = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let [of_name, of_title] =
            [name, title].map(|text| text.split(['-', ' ']).next().unwrap_or_default().parse::<u32>());
        assert_eq!(of_name, of_title, "{name}");
        assert_eq!(
            name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len(),
            2,
            "{name}: two digits"
        );
    }
}

#[test]
fn the_tests_that_the_readme_names_are_there() {
    let root = folder().join("../..");
    let sources: String = ["functions", "infra", "tests"].map(|name| sources(&root.join(name))).concat();
    for (edge, what) in elsewhere() {
        // What stands between backquotes and looks like the name of a test.
        let named = what.split('`').skip(1).step_by(2).filter(|name| name.matches('_').count() > 2);
        for name in named {
            assert!(sources.contains(&format!("fn {name}(")), "edge {edge}: there is no test {name}");
        }
    }
}
