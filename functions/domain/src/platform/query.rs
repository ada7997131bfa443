//! The query of a request as it came: which parameter counts, and what its bytes stand for.

/// Returns the first value of the parameter `name`, undecoded; empty if it has none, absent if it is not there.
///
/// Of a repeated parameter the first counts: what was checked and what is used must be the same.
pub(super) fn first<'q>(raw_query: &'q str, name: &str) -> Option<&'q str> {
    let pairs = raw_query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter(|(key, _)| decoded(key) == name.as_bytes()).map(|(_, value)| value).next()
}

/// Returns what a part of a query stands for; `%` without two digits stands for itself, and so does `+`.
pub(super) fn decoded(part: &str) -> Vec<u8> {
    let part = part.as_bytes();
    let mut decoded = Vec::with_capacity(part.len());
    let mut at = 0;
    while let Some(&byte) = part.get(at) {
        let mut escaped = [0];
        let digits = part.get(at + 1..at + 3).unwrap_or_default();
        if byte == b'%' && hex::decode_to_slice(digits, &mut escaped).is_ok() {
            decoded.push(escaped[0]);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    decoded
}

/// Returns what a part of a query stands for that was written like a form: `+` is a space.
pub(super) fn decoded_form(part: &str) -> Vec<u8> {
    decoded(&part.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_repeated_parameters_counts() {
        // query, value of `a`
        let table = [
            ("a=1&a=2", Some("1")),
            ("b=1&a=2", Some("2")),
            ("%61=1", Some("1")), // a name is decoded, a value is not yet
            ("a=%61+b", Some("%61+b")),
            ("a", Some("")),
            ("a=&a=2", Some("")),
            ("a=b=c", Some("b=c")),
            ("&&=x&a=1&", Some("1")),
            ("A=1&aa=1&+a=1", None),
            ("", None),
        ];
        for (query, value) in table {
            assert_eq!(first(query, "a"), value, "{query}");
        }
    }

    #[test]
    fn escapes_stand_for_bytes() {
        // part, what it stands for, what it stands for in a form
        let table: [(&str, &[u8], &[u8]); 6] = [
            ("a+b", b"a+b", b"a b"),
            ("a%2Bb%2b", b"a+b+", b"a+b+"),
            ("%20", b" ", b" "),
            ("%c3%A9", "é".as_bytes(), "é".as_bytes()),
            ("%2%zz%", b"%2%zz%", b"%2%zz%"), // no such escapes
            ("%252B", b"%2B", b"%2B"),        // decoded once
        ];
        for (part, plain, form) in table {
            assert_eq!((decoded(part).as_slice(), decoded_form(part).as_slice()), (plain, form), "{part}");
        }
    }
}
