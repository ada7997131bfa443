//! The binaries of the functions and of `heard`: built once for a run, however many processes test.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use heard::{files, functions};

/// Returns the folder with the binaries of all functions and of the command line.
///
/// That is `HEARD_BIN_DIR` if it is set. Else they are built by the cargo that runs the tests: once for a
/// process, and once for a run of nextest, which starts a process for every test.
#[must_use]
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| match std::env::var_os("HEARD_BIN_DIR") {
        Some(folder) => folder.into(),
        None => built(),
    })
}

fn built() -> PathBuf {
    let run = std::env::var_os("NEXTEST_RUN_ID").map(|run| run.to_string_lossy().into_owned());
    let Some(run) = run else { return build() };
    let us = std::env::current_exe().expect("a running program has a file");
    let beside = us.parent().expect("a file is in a folder");
    // Whoever comes first builds; the others wait here and find the answer.
    let lock = File::create(beside.join("heard-binaries.lock")).expect("the target folder takes files");
    lock.lock().expect("files of the target folder can be locked");
    let note = beside.join("heard-binaries");
    let noted = fs::read_to_string(&note).unwrap_or_default();
    if let Some((_, folder)) = noted.split_once('\n').filter(|(noted, _)| *noted == run) {
        return folder.into();
    }
    let folder = build();
    let mut note = File::create(note).expect("the target folder takes files");
    write!(note, "{run}\n{}", folder.display()).expect("the target folder takes files");
    folder
}

fn build() -> PathBuf {
    functions::folder(&files::template()).expect("the functions build")
}
