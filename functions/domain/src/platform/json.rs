//! Untrusted JSON: what a platform sent, read field by field.
//!
//! `null` is absent everywhere. What decides identity, side or place is refused with its place when it is of
//! the wrong type; times and addresses of pictures are only left out.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Item, Refused, Unreadable};

/// Longest id that is taken, in bytes.
pub const ID_LIMIT: usize = 512;

/// Longest name of a person, in bytes; the rest is cut off.
const NAME_LIMIT: usize = 256;

/// Longest address of a page or picture, in bytes; a longer one is left out, since a cut one leads nowhere.
const URL_LIMIT: usize = 2048;

/// The fields of a JSON object.
pub type Object = Map<String, Value>;

/// What is wrong with a value, and where, seen from the value that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer; grows at its front on the way out.
    pointer: String,
    reason: &'static str,
    /// Not broken, but of a kind we do not know.
    unknown: bool,
}

impl Flaw {
    /// Says that the value at `pointer` is broken.
    #[must_use]
    pub fn broken(pointer: &str, reason: &'static str) -> Flaw {
        Flaw { pointer: pointer.to_owned(), reason, unknown: false }
    }

    /// Says that the value at `pointer` is of a kind we do not know.
    #[must_use]
    pub fn unknown(pointer: &str, reason: &'static str) -> Flaw {
        Flaw { pointer: pointer.to_owned(), reason, unknown: true }
    }

    /// Returns the same flaw, seen from the value in which `prefix` leads to the one that was asked.
    #[must_use]
    pub fn under(self, prefix: &str) -> Flaw {
        Flaw { pointer: format!("{prefix}{}", self.pointer), ..self }
    }

    /// Returns the item that reports the flaw of something delivered for `account`.
    #[must_use]
    pub fn item(self, account: Option<&str>) -> Item {
        let refused =
            Refused { pointer: self.pointer, account: account.map(str::to_owned), reason: self.reason };
        if self.unknown { Item::Unknown(refused) } else { Item::Refused(refused) }
    }
}

/// Reads a body.
///
/// Half a surrogate pair, which senders produce when they cut a text within an emoji, is read as U+FFFD: one
/// such text must not cost the other updates of the body. Of a repeated key the last value counts.
///
/// # Errors
///
/// [`Unreadable`] if it is not JSON, not UTF-8, or nested deeper than 128 levels.
pub fn document(body: &[u8]) -> Result<Value, Unreadable> {
    let unreadable = |source: serde_json::Error| Unreadable { expected: "JSON", source: source.into() };
    serde_json::from_slice(body).or_else(|error| match mended(body) {
        Some(body) => serde_json::from_slice(&body).map_err(unreadable),
        None => Err(unreadable(error)),
    })
}

/// Returns the fields of `value`.
///
/// # Errors
///
/// [`Flaw`] if it is not an object.
pub fn object(value: &Value) -> Result<&Object, Flaw> {
    value.as_object().ok_or_else(|| Flaw::broken("", "not an object"))
}

/// Returns the value of `key` unless it is absent or `null`.
#[must_use]
pub fn field<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

/// Returns the object at `key`.
///
/// # Errors
///
/// [`Flaw`] if something else is there.
pub fn member<'a>(at: &'a Object, key: &str) -> Result<Option<&'a Object>, Flaw> {
    field(at, key).map(|value| object(value).map_err(|flaw| flaw.under(&pointer(key)))).transpose()
}

/// Returns the elements of the array at `key`.
///
/// # Errors
///
/// [`Flaw`] if something else is there.
pub fn list<'a>(at: &'a Object, key: &str) -> Result<Option<&'a [Value]>, Flaw> {
    let Some(value) = field(at, key) else { return Ok(None) };
    let Some(list) = value.as_array() else { return Err(Flaw::broken(&pointer(key), "not an array")) };
    Ok(Some(list))
}

/// Returns the string at `key`; absent if it is empty.
///
/// # Errors
///
/// [`Flaw`] if something else is there.
pub fn text<'a>(at: &'a Object, key: &str) -> Result<Option<&'a str>, Flaw> {
    let Some(value) = field(at, key) else { return Ok(None) };
    let Some(text) = value.as_str() else { return Err(Flaw::broken(&pointer(key), "not a string")) };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Returns whether `key` is `true`.
///
/// # Errors
///
/// [`Flaw`] if something other than `true` or `false` is there.
pub fn flag(at: &Object, key: &str) -> Result<bool, Flaw> {
    let Some(value) = field(at, key) else { return Ok(false) };
    value.as_bool().ok_or_else(|| Flaw::broken(&pointer(key), "neither true nor false"))
}

/// Returns the id at `key`: a string as it is or a whole number digit by digit; absent if it is empty.
///
/// # Errors
///
/// [`Flaw`] if something else is there, such as `1.0`, `1e3` or more than [`ID_LIMIT`] bytes.
pub fn id(at: &Object, key: &str) -> Result<Option<String>, Flaw> {
    field(at, key).map_or(Ok(None), |value| id_of(value).map_err(|flaw| flaw.under(&pointer(key))))
}

/// Returns the id that `value` is, like [`id`].
///
/// # Errors
///
/// [`Flaw`] as for [`id`].
pub fn id_of(value: &Value) -> Result<Option<String>, Flaw> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Number(number) if !number.as_str().contains(['.', 'e', 'E']) => number.as_str(),
        Value::Number(_) => return Err(Flaw::broken("", "not a whole number")),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(Flaw::broken("", "not an id"));
        }
    };
    if text.len() > ID_LIMIT {
        return Err(Flaw::broken("", "id is too long"));
    }
    Ok(Some(text.to_owned()).filter(|id| !id.is_empty()))
}

/// Returns `found`, or a flaw that says that `key` is missing.
///
/// # Errors
///
/// [`Flaw`] if nothing was found.
pub fn need<T>(key: &str, found: Option<T>) -> Result<T, Flaw> {
    found.ok_or_else(|| Flaw::broken(&pointer(key), "missing"))
}

/// Returns the name at `key`, cut to a length that fits a mail.
#[must_use]
pub fn name(at: &Object, key: &str) -> Option<String> {
    let name = field(at, key)?.as_str()?;
    Some(name[..name.floor_char_boundary(NAME_LIMIT)].to_owned()).filter(|name| !name.is_empty())
}

/// Returns the web address that `value` is; anything else, such as `javascript:`, is left out.
#[must_use]
pub fn url(value: &Value) -> Option<String> {
    let url = value.as_str()?;
    let web = url.starts_with("https://") || url.starts_with("http://");
    let clean = url.len() <= URL_LIMIT && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (web && clean).then(|| url.to_owned())
}

/// Returns the time at `key`, in seconds since 1970.
#[must_use]
pub fn seconds(at: &Object, key: &str) -> Option<Timestamp> {
    Timestamp::from_second(whole(field(at, key)?)?).ok()
}

/// Returns the time at `key`, in milliseconds since 1970.
#[must_use]
pub fn milliseconds(at: &Object, key: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(whole(field(at, key)?)?).ok()
}

/// Returns the time at `key`, in seconds or milliseconds: whichever gives a year before 5138.
#[must_use]
pub fn seconds_or_milliseconds(at: &Object, key: &str) -> Option<Timestamp> {
    let number = whole(field(at, key)?)?;
    if number < 100_000_000_000 {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

/// Returns the whole number that `value` is, as a number or as a string.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_str().parse().ok(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Our keys hold neither `~` nor `/`: nothing is to be escaped.
fn pointer(key: &str) -> String {
    format!("/{key}")
}

/// Returns `body` with every half of a surrogate pair replaced by U+FFFD; absent if there is none.
fn mended(body: &[u8]) -> Option<Vec<u8>> {
    let mut mended = None;
    let mut at = 0;
    while at < body.len() {
        let (is_half, length) = match (body[at], unit(body, at)) {
            (_, Some(0xD800..=0xDBFF)) if matches!(unit(body, at + 6), Some(0xDC00..=0xDFFF)) => (false, 12),
            (_, Some(0xD800..=0xDFFF)) => (true, 6),
            (_, Some(_)) => (false, 6),
            (b'\\', None) => (false, 2),
            (_, None) => (false, 1),
        };
        if is_half {
            mended.get_or_insert_with(|| body.to_vec())[at..at + 6].copy_from_slice(br"\ufffd");
        }
        at += length;
    }
    mended
}

/// Returns the UTF-16 unit that the escape `\uXXXX` at `at` stands for.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Object {
        object(&document(json.as_bytes()).unwrap()).unwrap().clone()
    }

    #[test]
    fn ids_come_out_exactly_as_they_came() {
        let long = "9".repeat(ID_LIMIT);
        let longer = "9".repeat(ID_LIMIT + 1);
        // value, id or what is wrong with it
        let table = [
            (r#""100200300400""#, Ok(Some("100200300400"))),
            ("100200300400", Ok(Some("100200300400"))),
            ("9007199254740993", Ok(Some("9007199254740993"))), // beyond 2^53
            ("18446744073709551617", Ok(Some("18446744073709551617"))), // beyond u64
            (long.as_str(), Ok(Some(long.as_str()))),
            (longer.as_str(), Err("id is too long")),
            (r#""00123""#, Ok(Some("00123"))),
            (r#""m_AbC-dEf:1 \u00e4""#, Ok(Some("m_AbC-dEf:1 ä"))), // opaque
            (r#""""#, Ok(None)),
            ("null", Ok(None)),
            ("1.0", Err("not a whole number")),
            ("1e3", Err("not a whole number")),
            ("1E3", Err("not a whole number")),
            ("true", Err("not an id")),
            (r#"{"id":"1"}"#, Err("not an id")),
            (r#"["1"]"#, Err("not an id")),
        ];
        for (value, expected) in table {
            let got = id(&fields(&format!(r#"{{"k":{value}}}"#)), "k");
            let expected =
                expected.map(|id| id.map(str::to_owned)).map_err(|reason| Flaw::broken("/k", reason));
            assert_eq!(got, expected, "{value}");
        }
    }

    #[test]
    fn times_are_read_in_their_unit_or_not_at_all() {
        // value, as seconds, as milliseconds, as either
        let table = [
            ("1760000001", Some(1_760_000_001_000), Some(1_760_000_001), Some(1_760_000_001_000)),
            ("1760000001123", None, Some(1_760_000_001_123), Some(1_760_000_001_123)),
            (r#""1760000001""#, Some(1_760_000_001_000), Some(1_760_000_001), Some(1_760_000_001_000)),
            ("99999999999999999999", None, None, None),
            ("-99999999999999999999", None, None, None),
            ("1760000001.5", None, None, None),
            ("true", None, None, None),
            (r#""yesterday""#, None, None, None),
            ("null", None, None, None),
        ];
        for (value, as_seconds, as_milliseconds, as_either) in table {
            let fields = fields(&format!(r#"{{"t":{value}}}"#));
            let read = [seconds, milliseconds, seconds_or_milliseconds]
                .map(|read| read(&fields, "t").map(Timestamp::as_millisecond));
            assert_eq!(read, [as_seconds, as_milliseconds, as_either], "{value}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character() {
        // body, text
        let table = [
            (r#"{"t":"a\ud83d"}"#, "a\u{fffd}"),
            (r#"{"t":"a\ud83d\n"}"#, "a\u{fffd}\n"),
            (r#"{"t":"\ude00b"}"#, "\u{fffd}b"),
            (r#"{"t":"\ud83d\ud83d\ude00"}"#, "\u{fffd}😀"),
            (r#"{"t":"\ud83d\u00e4"}"#, "\u{fffd}ä"),
            (r#"{"t":"\\ud83d \ud83d"}"#, "\\ud83d \u{fffd}"), // an escaped backslash begins no escape
            (r#"{"t":"\\ud83d"}"#, "\\ud83d"),
        ];
        for (body, expected) in table {
            assert_eq!(text(&fields(body), "t"), Ok(Some(expected)), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_unreadable() {
        let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
        let table: [&[u8]; 7] =
            [b"", b"{", b"<feed/>", b"{\"t\":\"\xff\"}", br#"{"t":"\u+123"}"#, br#"{"t":"\ud83"#, &deep];
        for body in table {
            assert!(document(body).is_err(), "{:?}", body.get(..20));
        }
    }

    #[test]
    fn addresses_lead_to_the_web_or_nowhere() {
        let url = |text: &str| url(&Value::from(text));
        assert_eq!(url("https://a.example/b?c=d#e").as_deref(), Some("https://a.example/b?c=d#e"));
        for text in ["", "javascript:alert(1)", "//a.example", "https://a b", "https://a\r\nb", "data:x"] {
            assert_eq!(url(text), None, "{text:?}");
        }
        assert_eq!(url(&format!("https://{}", "a".repeat(URL_LIMIT))), None);
    }

    #[test]
    fn names_are_cut_at_a_character() {
        let long = fields(&format!(r#"{{"name":"{}"}}"#, "ä€".repeat(200)));
        assert_eq!(name(&long, "name").unwrap().len(), 255);
        for json in [r#"{"name":""}"#, r#"{"name":7}"#, "{}"] {
            assert_eq!(name(&fields(json), "name"), None, "{json}");
        }
    }
}
