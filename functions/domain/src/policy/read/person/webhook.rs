//! `webhook = { url = …, format = …, secret = … }` of a person.

use super::super::super::{Format, Webhook};
use crate::document::{Node, Problems, nearest, quoted};
use crate::hook::address::{self, Flaw};

const EXAMPLE: &str = "{ url = \"https://hooks.acme.example/heard\", secret = \"pager\" }";
const URL: &str = "\"https://hooks.acme.example/heard\"";
const SECRET: &str = "\"pager\"";
const FORMAT: &str = "\"slack\"";

pub(super) fn read(problems: &mut Problems, node: &Node) -> Option<Webhook> {
    let table = node.table(problems, EXAMPLE)?;
    table.only(problems, &["url", "format", "secret"]);
    let url = table.required(problems, "url", URL).and_then(|node| url(problems, node));
    let format = match table.get("format") {
        Some(node) => format(problems, node),
        None => Some(Format::Standard),
    };
    let secret = match table.get("secret") {
        Some(node) => secret(problems, node).map(Some),
        None if format.is_some_and(Format::needs_secret) => {
            table.required(problems, "secret", SECRET);
            None
        }
        None => Some(None),
    };
    Some(Webhook { url: url?, secret: secret?, format: format? })
}

/// Reads an address. It is not repeated in a problem: that of a chat is a secret.
fn url(problems: &mut Problems, node: &Node) -> Option<String> {
    let url = node.text(problems, URL)?;
    match address::check(url) {
        Ok(()) => Some(url.to_owned()),
        Err(flaw) => {
            let fix = match flaw {
                Flaw::Inside => format!("write one that everybody can reach, such as {URL}"),
                Flaw::Login => format!("write it without, such as {URL}, and what signs into the secrets"),
                Flaw::Scheme | Flaw::Length | Flaw::Form => format!("write an address such as {URL}"),
            };
            problems.report(&node.place, format!("the address {}", flaw.words()), fix);
            None
        }
    }
}

fn format(problems: &mut Problems, node: &Node) -> Option<Format> {
    let name = node.text(problems, FORMAT)?;
    let known = Format::ALL.into_iter().find(|format| format.name() == name);
    if known.is_none() {
        let names = Format::ALL.map(Format::name);
        let fix = match nearest(name, names) {
            Some(meant) => format!("write {}", quoted(meant)),
            None => format!("write one of {}", names.join(", ")),
        };
        problems.report(&node.place, format!("unknown format {}", quoted(name)), fix);
    }
    known
}

/// Reads the id of a secret; whether there is such a secret, the configuration cannot know.
fn secret(problems: &mut Problems, node: &Node) -> Option<String> {
    let id = node.text(problems, SECRET)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let good = (1..=64).contains(&id.len()) && id.chars().all(plain);
    if !good {
        // Somebody may have written the secret itself here.
        let fix =
            format!("write the id of a [[secret]] of kind \"hook\", such as {SECRET}, never the secret");
        problems.report(&node.place, "not the id of a secret", fix);
    }
    good.then(|| id.to_owned())
}
