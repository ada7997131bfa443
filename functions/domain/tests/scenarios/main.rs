//! The stories in `tests/scenarios`: each is run through the domain with a virtual clock, and what came of it
//! stands beside it. `tests/scenarios/README.md` says how they are written.
//!
//! `UPDATE_SCENARIOS=1 cargo test -p domain --test scenarios` writes anew what came of them.
#![expect(clippy::disallowed_methods, reason = "a test reads its stories, and whether to write their ends")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod edges;
mod lines;
mod properties;
mod script;
mod tell;
mod world;

use world::{Run, run_story};

/// Returns the folder of the stories.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

/// Returns every story, by name.
fn stories() -> BTreeSet<PathBuf> {
    files("txt")
}

fn files(kind: &str) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder of the stories");
    let paths = entries.map(|entry| entry.expect("an entry of the folder").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == kind)).collect()
}

/// Runs a story in every way, and compares what came of it with what stands beside it.
fn tell(path: &Path) -> Result<(), String> {
    let name = path.strip_prefix(folder()).unwrap_or(path).display();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let wrong = |wrong| format!("tests/scenarios/{name}:{wrong}");
    let script = script::read(&text).map_err(wrong)?;
    let told = run_story(&script, Run::Once).map_err(wrong)?;
    for way in [Run::ArrivalsRepeated, Run::ChecksRepeated] {
        let again = run_story(&script, way).map_err(wrong)?;
        if again != told {
            let difference = lines::difference(&told, &again);
            return Err(format!("tests/scenarios/{name}: with {way:?} it ends otherwise\n{difference}"));
        }
    }
    let beside = path.with_extension("out");
    if std::env::var_os("UPDATE_SCENARIOS").is_some() {
        return fs::write(&beside, told).map_err(|error| format!("{}: {error}", beside.display()));
    }
    let expected = fs::read_to_string(&beside).unwrap_or_default();
    if expected == told {
        return Ok(());
    }
    let difference = lines::difference(&expected, &told);
    let update = "UPDATE_SCENARIOS=1 cargo test -p domain --test scenarios";
    let file = beside.file_name().unwrap_or_default().display();
    Err(format!("tests/scenarios/{file} is not what came of it; if it should be: {update}\n{difference}"))
}

#[test]
fn every_story_ends_as_it_is_written_beside_it_however_often_it_is_told() {
    let stories = stories();
    let failures: Vec<String> = stories.iter().filter_map(|path| tell(path).err()).collect();
    assert!(!stories.is_empty(), "there are no stories");
    let beside: BTreeSet<PathBuf> = stories.iter().map(|path| path.with_extension("out")).collect();
    let left_over: Vec<PathBuf> = files("out").difference(&beside).cloned().collect();
    assert!(left_over.is_empty(), "what came of stories that are gone: {left_over:?}");
    assert!(
        failures.is_empty(),
        "{} of {} stories\n\n{}",
        failures.len(),
        stories.len(),
        failures.join("\n\n")
    );
}
