//! `[mails]`: how often people are written to.

use insta::assert_snapshot;
use jiff::SignedDuration;

use super::{GOOD, config, with};
use crate::pace::Pacing;

#[test]
fn windows_are_as_written_and_else_the_usual() {
    let text = |mails: &str| format!("{GOOD}\n[mails]\n{mails}\n");
    assert_eq!(config(GOOD).pacing, Pacing::default());
    assert_eq!(config(&text("")).pacing, Pacing::default());
    let minutes = SignedDuration::from_mins;
    let quick = Pacing { window: minutes(1), manager_window: minutes(60), an_hour: 60 };
    assert_eq!(config(&text("window = \"1m\"\nmanager_window = \"60m\"\nan_hour = 60")).pacing, quick);
    assert!(!config(&text("window = \"0s\"\nmanager_window = \"0s\"")).pacing.joins());
}

#[test]
fn windows_that_are_none() {
    assert_snapshot!(
        with("[person.dana]", "[mails]\nwindow = \"2 minutes\"\nmanager_window = \"61m\"\nan_hour = 0\nday = 1\n[person.dana]"),
        @r#"
    12:10: mails.window: "2 minutes" is not a time between two mails; write "2m", or "0m" for none
    13:18: mails.manager_window: "61m" is longer than an hour; write at most "60m"
    14:11: mails.an_hour: "0" is not from 1 to 60; write a number such as 6
    15:1: mails.day: unknown key "day"; write one of window, manager_window, an_hour
    "#
    );
}
