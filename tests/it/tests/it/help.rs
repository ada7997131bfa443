//! The help: it teaches, its examples work, and nothing in it is meant for a terminal only.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use support::binaries;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::command_line::{Done, heard, root};

/// Every command with a help of its own.
const COMMANDS: [&[&str]; 13] = [
    &["demo"],
    &["local"],
    &["config", "check"],
    &["config", "push"],
    &["config", "list"],
    &["config", "rollback"],
    &["secrets", "check"],
    &["explain"],
    &["normalize"],
    &["verify"],
    &["sign"],
    &["handshake"],
    &[],
];

fn help(command: &[&str]) -> String {
    let done = heard(&[command, &["--help"]].concat(), b"");
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{command:?}");
    done.out
}

/// Runs a line of the help as somebody would who pastes it into a shell of the checkout.
pub(crate) fn shell(line: &str) -> Done {
    let line = format!("PATH='{}':$PATH; {line}", binaries::folder().display());
    Command::new("sh").args(["-c", &line]).current_dir(root()).output().unwrap().into()
}

#[test]
fn every_command_has_an_example_and_each_example_works() {
    // They need a running stack, or run until they are stopped; other tests do it.
    let elsewhere =
        ["heard demo", "heard local", "heard config push", "heard config list", "heard config rollback"];
    let mut ran = 0;
    for command in COMMANDS {
        let help = help(command);
        let examples: Vec<_> = help
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("heard ") || line.contains("| heard "))
            .collect();
        assert!(!examples.is_empty(), "{command:?} has no example");
        for example in examples {
            if elsewhere.iter().any(|line| example.starts_with(line)) {
                continue;
            }
            let done = shell(example);
            assert_eq!(done.code, 0, "{example}: {done:?}");
            ran += 1;
        }
    }
    assert!(ran >= 12, "{ran}");
}

#[test]
fn the_short_help_shows_examples_that_work() {
    let done = heard(&["-h"], b"");
    let (_, start) = done.out.split_once("Start here:").unwrap();
    let joined = start.replace("\\\n", " ");
    let explain = joined.lines().find(|line| line.contains("heard explain")).unwrap();
    let explain = explain.split("     until when").next().unwrap();
    assert_eq!(shell(explain).code, 0, "{explain}");
}

#[test]
fn heard_alone_says_where_to_start_and_that_something_is_missing() {
    let done = heard(&[], b"");
    assert_eq!((done.code, done.out.as_str()), (2, ""), "{done:?}");
    assert!(done.err.contains("Start here:") && done.err.contains("heard demo"), "{}", done.err);
    let long = help(&[]);
    for told in ["Exit codes:", "Environment:", "HEARD_TABLE", "HEARD_LOCAL", "stdin"] {
        assert!(long.contains(told), "{told}");
    }
    // In the order in which somebody needs them.
    let places = ["  demo ", "  config ", "  secrets ", "  normalize "].map(|name| long.find(name).unwrap());
    assert!(places.is_sorted(), "{long}");
}

#[test]
fn a_slip_of_the_pen_is_answered_with_what_was_meant() {
    for (typed, meant) in [("handshak", "handshake"), ("secret", "secrets"), ("normalise", "normalize")] {
        let done = heard(&[typed], b"");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{done:?}");
        assert!(done.err.contains(&format!("'{meant}'")), "{}", done.err);
    }
    let done = heard(&["config", "chek", "x"], b"");
    assert!(done.code == 2 && done.err.contains("'check'"), "{done:?}");
}

#[test]
fn off_a_terminal_there_is_no_colour() {
    let mut lines: Vec<Vec<&str>> = COMMANDS.iter().map(|command| [*command, &["--help"]].concat()).collect();
    lines.push(vec!["handshak"]);
    lines.push(vec!["config", "check", "/nowhere"]);
    lines.push(vec!["sign", "facebook", "--secret", "s", "--oauth2"]);
    for line in lines {
        let done = heard(&line, b"");
        assert!(!done.out.contains('\u{1b}') && !done.err.contains('\u{1b}'), "{line:?}: {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_its_story_as_json_too() {
    let mut command = tokio::process::Command::new(binaries::folder().join("heard"));
    // Without cargo it takes the functions that lie beside it.
    command.args(["demo", "--once", "--json"]).env_remove("CARGO").kill_on_drop(true);
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = BTreeSet::new();
    let told = async {
        while seen.len() < 4 {
            let line = lines.next_line().await.unwrap().expect("the story goes on");
            let line: Value = serde_json::from_str(&line).expect("each line is an object");
            let at: jiff::Timestamp = line["at"].as_str().unwrap().parse().unwrap();
            assert!(at.as_second() > 1_700_000_000, "{line}");
            seen.insert(line["what"].as_str().unwrap().to_owned());
        }
    };
    tokio::time::timeout(Duration::from_mins(2), told).await.expect("all kinds of lines come");
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), ["answer", "deadline", "event", "mail"]);
    child.kill().await.unwrap();
}
