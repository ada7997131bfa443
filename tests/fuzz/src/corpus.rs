//! What the changes begin with: the kept bodies of a platform.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use domain::event::{Event, Side};
use domain::platform::{Group, Protocol, Sending, Voices};
use jiff::Timestamp;
use serde_json::Value;

use crate::input::Input;
use crate::target::{Target, What};

/// When everything comes: shortly after the times in the bodies.
pub(crate) const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

/// A secret that every platform could have given, and one that is not in force.
pub(crate) const SECRET: &[u8] = b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a platform may sign beside a body.
pub(crate) const SENDING: Sending<'_> = Sending { id: "msg_1", at: RECEIVED };

/// The inputs to begin with, the words to build others from, and who speaks for the brand in them.
pub(crate) struct Corpus {
    pub(crate) inputs: Vec<Input>,
    /// Every value of every body, and every key.
    pub(crate) words: Vec<Value>,
    pub(crate) voices: Voices,
    /// The account that the address names, where it names one.
    pub(crate) account: Option<&'static str>,
}

impl Corpus {
    /// Reads the kept bodies of the target's platform.
    pub(crate) fn read(target: Target) -> Result<Corpus> {
        let protocol = target.protocol;
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../payloads").join(protocol.platform().name());
        let files = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        let mut files: Vec<_> = files.map(|file| file.map(|file| file.path())).collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
        files.sort();
        ensure!(!files.is_empty(), "no bodies in {}", folder.display());
        let bodies: Vec<Vec<u8>> = files.iter().map(fs::read).collect::<Result<_, _>>()?;
        let mut words = Vec::new();
        for body in &bodies {
            if let Ok(body) = serde_json::from_slice(body) {
                gather(&body, &mut words);
            }
        }
        let account = protocol.scheme().in_path.then_some("7100000001");
        let voices = voices(protocol, account, &bodies);
        let inputs = match target.what {
            What::Parse => bodies.into_iter().map(|body| Input { body, ..Input::default() }).collect(),
            What::Verify => bodies.into_iter().flat_map(|body| signed(protocol, &body)).collect(),
            What::Handshake => {
                QUERIES.map(|query| Input { query: query.to_owned(), ..Input::default() }).into()
            }
        };
        Ok(Corpus { inputs, words, voices, account })
    }
}

/// What platforms ask.
const QUERIES: [&str; 4] = [
    "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=token",
    "crc_token=MzQ3NWE1&nonce=abc",
    "challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0&applicationId=78abc",
    "crc_token=a%2Bb%2Fc%3D%3D&challengeCode=%7B%7D&hub.challenge=%3Cscript%3E",
];

/// Returns `body` as the platform sends it, in each way that it signs.
fn signed(protocol: Protocol, body: &[u8]) -> Vec<Input> {
    let sent = protocol.sign(SECRET, body, &SENDING).into_iter();
    let oauth2 = protocol.scheme().oauth2.map(|sign| vec![sign(SECRET, body)]);
    let owned = |headers: Vec<(&str, String)>| {
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let input = |headers| Input {
        body: body.to_vec(),
        signed: body.to_vec(),
        headers: owned(headers),
        query: String::new(),
    };
    sent.chain(oauth2).map(input).collect()
}

/// Returns a brand group of all accounts that the bodies were delivered for; whoever else speaks for a brand in
/// them is its machine.
fn voices(protocol: Protocol, account: Option<&str>, bodies: &[Vec<u8>]) -> Voices {
    let none = Voices::default();
    let parsed = bodies.iter().filter_map(|body| protocol.parse(body, account, RECEIVED, &none).ok());
    let events: Vec<Event> = parsed.flat_map(|parsed| parsed.events().cloned().collect::<Vec<_>>()).collect();
    let accounts: BTreeSet<String> = events.iter().map(|event| event.account.clone()).collect();
    let brands = events.iter().filter(|event| event.side == Side::Brand);
    let authors = brands.filter_map(|event| event.author.as_ref()?.id.clone());
    let automation = authors.filter(|author| !accounts.contains(author)).collect();
    let group = Group { accounts, automation };
    Voices { groups: group.accounts.iter().map(|account| (account.clone(), group.clone())).collect() }
}

fn gather(value: &Value, words: &mut Vec<Value>) {
    words.push(value.clone());
    match value {
        Value::Array(values) => values.iter().for_each(|value| gather(value, words)),
        Value::Object(fields) => {
            for (key, value) in fields {
                words.push(Value::String(key.clone()));
                gather(value, words);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
