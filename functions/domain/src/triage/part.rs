//! Replies that were too long for one: "(1/2)", "2/2 ^JR".

use super::words::{is_hidden, is_link, without_mention};

/// Most parts that are believed: "24/7" and "10/10" are none.
const MOST: u8 = 9;
/// Most parts without brackets, where a date is more likely than a fifth part.
const MOST_BARE: u8 = 4;
/// A mark is looked for in so many tokens from the end; a signature or a link may follow it.
const LAST: usize = 6;

/// Words before a bare "1/2" that make it a date or half of something.
const BEFORE_A_NUMBER: [&str; 20] = [
    "a", "after", "am", "an", "and", "before", "bis", "by", "from", "of", "on", "only", "or", "since", "the",
    "till", "to", "until", "vom", "&",
];

/// Returns which part of how many a text says it is: "1/2", "(2/2)", "[1 of 3]", at its beginning or end.
///
/// Handles may stand before it, a signature or a link behind it. The first number is from 1 and at most the
/// second. Absent for what looks like a date, a fraction or a rating.
#[must_use]
pub fn is_part(text: &str) -> Option<(u8, u8)> {
    first(text).or_else(|| last(text))
}

fn first(text: &str) -> Option<(u8, u8)> {
    let mut text = text.trim_start_matches(is_blank);
    while let Some(token) =
        text.split_whitespace().next().filter(|token| without_mention(token).chars().all(is_hidden))
    {
        text = text[token.len()..].trim_start_matches(is_blank);
    }
    let mark = Mark::read(text)?;
    // "1/2 price" and "2/3 of it" go on in lower case; a last part may, too.
    let goes_on =
        mark.rest.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_lowercase);
    (mark.in_brackets || !goes_on || mark.part == mark.of).then_some((mark.part, mark.of))
}

fn last(text: &str) -> Option<(u8, u8)> {
    let text = text.trim_end_matches(is_blank);
    let tokens = text.rmatch_indices(is_blank).map(|(at, blank)| at + blank.len());
    let tokens = tokens.filter(|at| !text[*at..].starts_with(is_blank)).take(LAST);
    let bracket = text.rfind(OPENING);
    tokens.chain(bracket).find_map(|at| {
        let mark = Mark::read(&text[at..]).filter(|mark| is_signature(mark.rest))?;
        let before = text[..at].split(is_blank).rfind(|token| !token.is_empty()).unwrap_or_default();
        let counts = before.chars().all(char::is_numeric)
            || BEFORE_A_NUMBER.iter().any(|word| word.eq_ignore_ascii_case(before));
        (mark.in_brackets || !counts).then_some((mark.part, mark.of))
    })
}

/// A "1/2" and what follows it.
struct Mark<'a> {
    part: u8,
    of: u8,
    in_brackets: bool,
    rest: &'a str,
}

impl<'a> Mark<'a> {
    /// Reads a mark at the very beginning of `text`.
    fn read(text: &'a str) -> Option<Mark<'a>> {
        let inside = text.strip_prefix(OPENING);
        let in_brackets = inside.is_some();
        let (part, rest) = digit(inside.unwrap_or(text).trim_start_matches(is_blank))?;
        let rest = rest.trim_start_matches(is_blank);
        let word = || BETWEEN.iter().filter(|_| in_brackets).find_map(|word| rest.strip_prefix(word));
        let (of, rest) = digit(rest.strip_prefix('/').or_else(word)?.trim_start_matches(is_blank))?;
        let rest = if in_brackets { rest.trim_start_matches(is_blank).strip_prefix(CLOSING)? } else { rest };
        let is_longer = rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '%'));
        let most = if in_brackets { MOST } else { MOST_BARE };
        let fits = 1 <= part && part <= of && 2 <= of && of <= most && !is_longer;
        fits.then_some(Mark { part, of, in_brackets, rest })
    }
}

const OPENING: [char; 3] = ['(', '[', '（'];
const CLOSING: [char; 3] = [')', ']', '）'];
/// What may stand instead of the stroke, in brackets.
const BETWEEN: [&str; 5] = ["of ", "von ", "de ", "sur ", "out of "];

fn digit(text: &str) -> Option<(u8, &str)> {
    let digit = text.bytes().next().filter(u8::is_ascii_digit)?;
    Some((digit - b'0', &text[1..]))
}

/// Whether `rest` says nothing: it is empty, a link, pictures, or who wrote it, as in "^JR", "/AY", "- Lee".
fn is_signature(rest: &str) -> bool {
    let mut tokens = rest.split(is_blank).filter(|token| !token.is_empty());
    let is_signed = rest.trim_start_matches(is_blank).starts_with(['^', '/', '-', '–', '—', '~', '*']);
    let is_short = tokens.clone().nth(3).is_none();
    is_signed && is_short || tokens.all(|token| is_link(token) || !token.contains(char::is_alphanumeric))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_hidden(c)
}
