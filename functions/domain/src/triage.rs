//! What a text is, as far as the clock needs it: a promise, a request to write in private, a part of a longer
//! reply, nothing but pictures, the same once more, a word from one customer to another.
//!
//! Every function takes whatever anybody typed, in time that grows with its length alone. None can be certain:
//! in doubt a message has words, so that somebody reads them, and a reply is nothing but an answer.

mod answer;
mod around;
mod aside;
mod gist;
mod part;
mod pattern;
mod phrases;
mod words;

pub use answer::{Answer, answer};
pub use aside::{Aside, aside};
pub use gist::Gist;
pub use part::is_part;

use words::{is_hidden, is_link, without_mention};

/// Whether a text asks something: whether it has a question mark, of whatever script.
///
/// Those within a link are the link's own and not counted; those at its end are.
#[must_use]
pub fn asks(text: &str) -> bool {
    text.split_whitespace().any(|token| {
        let ends = |c: char| is_question_mark(c) || is_hidden(c);
        let link = if is_link(token) { token.trim_end_matches(ends).len() } else { 0 };
        token[link..].contains(is_question_mark)
    })
}

/// Whether a message has nothing that could be read: only emoji, punctuation, mentions and white space, or no
/// text at all, as with a picture or a voice message.
///
/// On X a picture stands in the text as a link to `t.co`, which counts as a picture. A text that
/// [`asks`] is never without words, be it a lone question mark.
#[must_use]
pub fn is_wordless(text: Option<&str>) -> bool {
    let Some(text) = text else {
        return true;
    };
    let is_silent = |token: &str| is_picture(token) || !has_words(without_mention(token));
    text.split_whitespace().all(is_silent) && !asks(text)
}

/// Whether two texts are the same but for white space, case and characters that nobody sees.
#[must_use]
pub fn same_text(a: &str, b: &str) -> bool {
    shown(a).split_whitespace().eq(shown(b).split_whitespace())
}

/// Returns a text as it is seen, in small letters.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether a character is a question mark of a script in use, or a picture of one.
#[rustfmt::skip]
fn is_question_mark(c: char) -> bool {
    matches!(c, '?' | '？' | '؟' | '❓' | '❔' | '¿' | '⁇' | '⁈' | '⁉' | '‽' | '⸮' | '﹖' | '︖'
        | '\u{37E}' // Greek: looks like a semicolon
        | '՞' | '፧' | '꛷') // Armenian, Ethiopic, Bamum
}

/// Whether `token` is the link that X puts into a text where a picture is.
fn is_picture(token: &str) -> bool {
    let token = token.trim_start_matches(|c: char| !c.is_alphanumeric());
    let address = token.strip_prefix("https://").or_else(|| token.strip_prefix("http://"));
    address.is_some_and(|address| address.starts_with("t.co/"))
}

/// Whether `token` has a letter or a digit that is not the ground of an emoji.
fn has_words(token: &str) -> bool {
    let mut chars = token.chars().filter(|c| *c != VARIATION).peekable();
    while let Some(c) = chars.next() {
        let is_key = chars.peek() == Some(&KEYCAP);
        if c.is_alphanumeric() && !is_key && !LETTERS_AS_EMOJI.contains(&c) {
            return true;
        }
    }
    false
}

/// Asks for the coloured form of the character before.
const VARIATION: char = '\u{FE0F}';
/// Makes a key of the digit before.
const KEYCAP: char = '\u{20E3}';
/// Letters to Unicode, pictures to everybody else.
const LETTERS_AS_EMOJI: [char; 6] = ['ℹ', 'Ⓜ', '🅰', '🅱', '🅾', '🅿'];

#[cfg(test)]
mod tests;
