//! A text as plain words and breaks, so that a phrase is written down once.

/// Returns the words of a text and the breaks between them, each followed by a space.
///
/// Words are in lower case without accents, contractions are written out ("we’ll" is `we will`), handles and
/// links are left out. A sentence ends with `.` or, if it asks, with `?`; a clause with `,`.
pub(super) fn folded(text: &str) -> String {
    let mut words = Words { all: String::with_capacity(text.len() + 16), begin: 0 };
    for line in text.lines() {
        for token in line.split_whitespace().map(|token| token.trim_matches(is_hidden)) {
            if is_link(token) {
                words.mark(if token.ends_with('?') { '?' } else { ',' });
            } else {
                words.token(without_mention(token));
            }
        }
        words.mark('.');
    }
    words.all
}

/// Whether nobody sees the character: direction marks, zero widths, accents of their own.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
        | '\u{061C}' | '\u{00AD}' | '\u{FE00}'..='\u{FE0F}')
}

/// Whether a token is an address of the web.
pub(super) fn is_link(token: &str) -> bool {
    token.contains(':') && token.contains("://") || token.starts_with("www.")
}

/// Returns what a token says besides the handle that it begins with.
pub(super) fn without_mention(token: &str) -> &str {
    if !token.contains('@') {
        return token;
    }
    let after = token.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
    let handle = after.strip_prefix('@').filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    handle.map_or(token, |rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The words found so far; the last one is being read.
struct Words {
    all: String,
    /// Where the last one begins.
    begin: usize,
}

impl Words {
    fn token(&mut self, token: &str) {
        if matches!(token, "-" | "–" | "—" | "--") {
            return self.mark(',');
        }
        for c in token.chars() {
            match c {
                'a'..='z' | '0'..='9' => self.all.push(c),
                'A'..='Z' => self.all.push(c.to_ascii_lowercase()),
                _ if is_hidden(c) || is_accent(c) => {}
                '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇' | '′' => self.all.push('\''),
                '.' | '…' | '!' | '。' | '！' => self.mark('.'),
                ',' | ';' | ':' | '(' | ')' | '–' | '—' | '，' => self.mark(','),
                '-' | '‐' | '‑' if &self.all[self.begin..] == "e" => {} // "e-mail"
                _ if super::is_question_mark(c) => self.mark('?'),
                _ if c.is_alphanumeric() => fold(c, &mut self.all),
                _ => self.end(),
            }
        }
        self.end();
    }

    fn mark(&mut self, mark: char) {
        self.end();
        self.all.extend([mark, ' ']);
        self.begin = self.all.len();
    }

    /// Ends the word, written out if it is a contraction.
    fn end(&mut self) {
        let word = &self.all[self.begin..];
        let whole = match word {
            "" => return,
            "cannot" | "cant" | "can't" => Some("can not".to_owned()),
            "dont" => Some("do not".to_owned()),
            "wont" | "won't" => Some("will not".to_owned()),
            _ if word.contains('\'') => Some(written_out(word.trim_matches('\''))),
            _ => None,
        };
        if let Some(whole) = whole {
            self.all.truncate(self.begin);
            self.all.push_str(&whole);
        }
        if self.all.len() > self.begin {
            self.all.push(' ');
        }
        self.begin = self.all.len();
    }
}

/// Returns the words that an apostrophe holds together, with a space between them.
fn written_out(word: &str) -> String {
    let (stem, rest) = match word.rsplit_once('\'') {
        Some((stem, "t")) => (stem.strip_suffix('n').unwrap_or(stem), "not"),
        Some((stem, "ll")) => (stem, "will"),
        Some((stem, "re")) => (stem, "are"),
        Some((stem, "m")) => (stem, "am"),
        Some((stem, "s")) => (stem, "is"),
        Some((stem, "ve")) => (stem, "have"),
        Some((stem, "d")) => (stem, "would"),
        Some((stem, rest)) => (stem, rest), // "j'ai"
        None => (word, ""),
    };
    let parts = stem.split('\'').chain([rest]).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// Writes a letter or digit in lower case, narrow and without its accent.
fn fold(c: char, to: &mut String) {
    let narrow = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    for c in narrow.to_lowercase() {
        match c {
            'ß' => to.push_str("ss"),
            'œ' => to.push_str("oe"),
            'à'..='å' => to.push('a'),
            'ç' => to.push('c'),
            'è'..='ë' => to.push('e'),
            'ì'..='ï' => to.push('i'),
            'ñ' => to.push('n'),
            'ò'..='ö' => to.push('o'),
            'ù'..='ü' => to.push('u'),
            _ if is_accent(c) => {}
            _ => to.push(c),
        }
    }
}

/// Whether the character is an accent of the letter before it.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}
