//! Changes to inputs: of bytes, and of JSON as such.

use fastrand::Rng;
use serde_json::{Number, Value};

use crate::corpus::Corpus;
use crate::input::Input;

/// Longest body that is made, in bytes.
const LONGEST: usize = 64 * 1024;

/// Bytes that mean something to JSON, to queries or to headers.
const MARKS: &[u8] = b"\"\\{}[]:,0e-.+=&%/ \0\xff\xc3u";

/// Changes one or more places of an input.
pub(crate) fn change(input: &mut Input, corpus: &Corpus, rng: &mut Rng) {
    for _ in 0..=rng.usize(..4) {
        let parts = [!input.body.is_empty(), !input.headers.is_empty(), !input.query.is_empty()];
        let which = (0..8).map(|_| rng.usize(..parts.len())).find(|part| parts[*part]);
        match which.unwrap_or_default() {
            0 => body(&mut input.body, corpus, rng),
            1 => {
                let at = rng.usize(..input.headers.len());
                text(&mut input.headers[at].1, corpus, rng);
            }
            _ => text(&mut input.query, corpus, rng),
        }
    }
}

fn body(body: &mut Vec<u8>, corpus: &Corpus, rng: &mut Rng) {
    if rng.u8(..4) > 0
        && let Ok(mut document) = serde_json::from_slice::<Value>(body)
    {
        let mut number = rng.usize(..count(&document));
        let mut with = |value: &mut Value| json(value, corpus, rng);
        at(&mut document, &mut number, &mut with);
        *body = document.to_string().into_bytes();
    } else {
        bytes(body, corpus, rng);
    }
    body.truncate(LONGEST);
}

fn text(text: &mut String, corpus: &Corpus, rng: &mut Rng) {
    let mut changed = std::mem::take(text).into_bytes();
    bytes(&mut changed, corpus, rng);
    changed.truncate(LONGEST);
    *text = String::from_utf8_lossy(&changed).into_owned();
}

fn bytes(bytes: &mut Vec<u8>, corpus: &Corpus, rng: &mut Rng) {
    let at = rng.usize(..=bytes.len());
    let end = (at + rng.usize(..16)).min(bytes.len());
    match rng.u8(..8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
        1 if at < bytes.len() => bytes[at] = rng.u8(..),
        2 => bytes.insert(at, MARKS[rng.usize(..MARKS.len())]),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        5 => bytes.truncate(at),
        6 => {
            let other = &corpus.inputs[rng.usize(..corpus.inputs.len())].body;
            let from = rng.usize(..=other.len());
            bytes.splice(at.., other[from..].iter().copied());
        }
        _ => {
            let word = corpus.words[rng.usize(..corpus.words.len())].to_string();
            bytes.splice(at..end, word.into_bytes());
        }
    }
}

/// Changes one value of a body.
fn json(value: &mut Value, corpus: &Corpus, rng: &mut Rng) {
    let word = |rng: &mut Rng| corpus.words[rng.usize(..corpus.words.len())].clone();
    match rng.u8(..10) {
        0 => *value = odd(rng),
        1..4 => *value = word(rng),
        4 => {
            if let Some(number) = scaled(value, rng) {
                *value = number;
            }
        }
        5 => *value = Value::Array(vec![value.clone(); rng.usize(..4)]),
        _ => match value {
            Value::Object(fields) => {
                let keys: Vec<String> = fields.keys().cloned().collect();
                let key = keys.get(rng.usize(..=keys.len())).cloned();
                let new = word(rng);
                match (key, word(rng)) {
                    (Some(key), _) if rng.bool() => drop(fields.remove(&key)),
                    // What stood under one name stands under another.
                    (Some(key), Value::String(name)) => {
                        if let Some(moved) = fields.remove(&key) {
                            fields.insert(name, moved);
                        }
                    }
                    (None, Value::String(name)) => drop(fields.insert(name, new)),
                    (Some(_) | None, _) => {}
                }
            }
            Value::Array(values) => {
                let at = rng.usize(..=values.len());
                match values.get(at).cloned() {
                    Some(_) if rng.bool() => drop(values.remove(at)),
                    Some(again) => values.insert(at, again),
                    None => values.push(word(rng)),
                }
            }
            Value::String(text) => {
                let mut changed = std::mem::take(text).into_bytes();
                bytes(&mut changed, corpus, rng);
                *text = String::from_utf8_lossy(&changed).into_owned();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => *value = odd(rng),
        },
    }
}

/// Returns a value that nobody expects.
fn odd(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0 => Value::Null,
        1 => Value::Bool(rng.bool()),
        2 => Value::from(""),
        3 => Value::from("x".repeat(rng.usize(..6000))),
        4 => Value::from("ä\u{1f621}\u{0}\r\n".repeat(rng.usize(..4))),
        5 => Value::from(i64::MIN),
        6 => Value::from(u64::MAX),
        7 => ["1e300", "-0", "0.1", "1E2", "123456789012345678901234567890"][rng.usize(..5)]
            .parse::<Number>()
            .map_or(Value::Null, Value::Number),
        8 => Value::Array(Vec::new()),
        9 => Value::Object(serde_json::Map::new()),
        10 => Value::from(rng.i64(..).to_string()),
        _ => Value::from(rng.i64(..)),
    }
}

/// Returns the number that `value` is in another unit of time, or just beside it.
fn scaled(value: &Value, rng: &mut Rng) -> Option<Value> {
    let number: i64 = value.as_str().map_or_else(|| value.as_i64(), |text| text.parse().ok())?;
    let scaled = match rng.u8(..6) {
        0 => number.saturating_mul(1000),
        1 => number / 1000,
        2 => number.saturating_add(rng.i64(-400..400)),
        3 => number.saturating_neg(),
        4 => number.saturating_mul(1_000_000),
        _ => 0,
    };
    Some(if value.is_string() { Value::from(scaled.to_string()) } else { Value::from(scaled) })
}

/// Returns how many values there are in `value`, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum::<usize>(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Does `with` to the `number`th value in `value`.
fn at(value: &mut Value, number: &mut usize, with: &mut impl FnMut(&mut Value)) {
    if *number == 0 {
        with(value);
        *number = usize::MAX;
        return;
    }
    *number -= 1;
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| at(value, number, with)),
        Value::Object(fields) => fields.values_mut().for_each(|value| at(value, number, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
