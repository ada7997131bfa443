//! Every body of `tests/payloads` against what it should become, and what holds for bodies nobody wrote.
//!
//! Beside `NAME.json` lies `NAME.expected`: a line for every item, in the body's order. With `HEARD_BLESS` set
//! the tests write these files instead of comparing them; read the difference before it is committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Group, Item, Parsed, Voices, facebook};
use crate::event::{Event, TEXT_LIMIT};

/// When every body came: shortly after the times in them.
const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

/// A brand with two pages and one machine.
fn voices() -> Voices {
    let set = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let group =
        Group { accounts: set(&["100200300400", "100200300401"]), automation: set(&["268278000000001"]) };
    Voices { groups: group.accounts.iter().map(|account| (account.clone(), group.clone())).collect() }
}

fn parse(body: &[u8]) -> Parsed {
    facebook::parse(body, RECEIVED, &voices()).unwrap()
}

fn lines(parsed: &Parsed) -> String {
    let line = |item: &Item| match item {
        Item::Event(event) => serde_json::to_string(event).unwrap(),
        Item::Refused(refused) => format!("refused {refused}"),
        Item::Unknown(unknown) => format!("unknown {unknown}"),
    };
    parsed.items.iter().map(|item| line(item) + "\n").collect()
}

/// Returns every body of the folder, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
fn bodies() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/payloads/facebook");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), std::fs::read(&file).unwrap())).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
fn every_body_becomes_what_lies_beside_it() {
    let bodies = bodies();
    assert!(bodies.len() >= 25, "{} bodies", bodies.len());
    for (file, body) in bodies {
        let got = lines(&parse(&body));
        let beside = file.with_extension("expected");
        if std::env::var_os("HEARD_BLESS").is_some() {
            std::fs::write(&beside, &got).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(got, expected, "{}", file.display());
    }
}
