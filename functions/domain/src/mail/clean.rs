//! Foreign text made harmless.

use super::masked::masked;

/// Accents and the like on one letter beyond this are dropped: heaped up they reach over other lines.
const MARKS: usize = 2;
/// A number of so many digits may be taken for one to call.
const CALLABLE: usize = 7;

/// Makes text of our own people fit to be shown: takes out what could change how the rest is shown, and cuts to
/// `limit` characters.
///
/// Control characters become spaces, direction marks and zero-width characters vanish; the joiner that holds emoji
/// together stays.
pub(crate) fn own(text: &str, limit: usize) -> String {
    cut(&shown(text), limit)
}

/// Makes text of strangers fit to be shown: besides, offensive words are masked, and what a mail program would turn into
/// a link is broken.
pub(super) fn foreign(text: &str, limit: usize) -> String {
    let shown = shown(text);
    // What is cut off need not be looked at; a word at the cut must be seen whole.
    let near = cut(&shown, limit.saturating_add(200));
    cut(&unlinked(&masked(&near)), limit)
}

/// Cuts to `limit` characters, the last of which says so.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end_matches(|c: char| c.is_whitespace() || c == JOINER).len());
    cut.push('…');
    cut
}

/// Whether a permalink is an address a mail may link to.
pub(crate) fn is_web_address(link: &str) -> bool {
    link.len() <= 1000
        && link.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && link.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\'))
}

/// Holds emoji together, and stays hidden anywhere else.
const JOINER: char = '\u{200D}';

fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let joins = c == JOINER && shown.ends_with(|c| c >= '\u{2190}');
        if is_hidden(c) && !joins || marks > MARKS {
            continue;
        }
        shown.push(if c.is_control() { ' ' } else { c });
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether nobody sees the character, or only by what it does to others.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Breaks what a mail program would make a link of, so that a reader still sees what was meant: `https[:]//x[.]example`,
/// `maria[@]x[.]example`, `030·123·456·7`.
///
/// Brackets are how people who handle such addresses write them, and no program links across them. A telephone number
/// may have brackets in it, so its digits are parted by dots that no number is written with.
fn unlinked(text: &str) -> String {
    uncalled(&text.split(' ').map(broken).collect::<Vec<_>>().join(" "))
}

/// Breaks a word that may be an address of the web or of mail.
fn broken(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut broken = String::with_capacity(word.len());
    for (place, c) in chars.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| chars[before]);
        let follows = |away: usize| chars.get(place + away).copied();
        let after_word = before.is_some_and(char::is_alphanumeric);
        let breaks = match c {
            ':' => follows(1) == Some('/') && follows(2) == Some('/'),
            '@' => after_word && follows(1).is_some_and(char::is_alphanumeric),
            // Two letters at least: a shop is at "x.de", and "z.B." is nowhere.
            '.' => [1, 2].iter().all(|away| follows(*away).is_some_and(char::is_alphabetic)) && after_word,
            _ => false,
        };
        if breaks {
            broken.extend(['[', *c, ']']);
        } else {
            broken.push(*c);
        }
    }
    broken
}

/// Parts the digits of what may be a telephone number.
fn uncalled(text: &str) -> String {
    let mut uncalled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| c.is_numeric()) {
        let number = &rest[begin..];
        let belongs = |c: char| c.is_numeric() || " -–()/.".contains(c);
        let end = number.find(|c| !belongs(c)).unwrap_or(number.len());
        let number = number[..end].trim_end_matches(|c: char| !c.is_numeric());
        uncalled.push_str(&rest[..begin]);
        rest = &rest[begin + number.len()..];
        if number.chars().filter(|c| c.is_numeric()).count() < CALLABLE {
            uncalled.push_str(number);
            continue;
        }
        let runs = number.split(|c: char| !c.is_numeric()).filter(|run| !run.is_empty());
        let runs = runs.flat_map(|run| {
            let digits: Vec<char> = run.chars().collect();
            let size = if digits.len() > 4 { 3 } else { digits.len() };
            digits.chunks(size).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>()
        });
        uncalled.push_str(&runs.collect::<Vec<_>>().join("·"));
    }
    uncalled.push_str(rest);
    uncalled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_makes_a_link_of_what_a_stranger_wrote() {
        // what was written, what is shown
        let table = [
            ("See https://evil.example/a?b=c", "See https[:]//evil[.]example/a?b=c"),
            ("www.evil.example", "www[.]evil[.]example"),
            ("go to evil.example.", "go to evil[.]example."),
            ("mail maria@evil.example now", "mail maria[@]evil[.]example now"),
            ("mailto:maria@evil.example", "mailto:maria[@]evil[.]example"),
            ("ftp://10.0.0.1/x", "ftp[:]//10.0.0.1/x"),
            ("call +49 30 1234567!", "call +49·30·123·456·7!"),
            ("call (030) 123-4567", "call (030·123·4567"),
            ("0301234567", "030·123·456·7"),
            ("bücher.example", "bücher[.]example"),
            // What is no address stays.
            ("@acme where is order 4711?", "@acme where is order 4711?"),
            ("It was 9.30, z.B. e.g. now...", "It was 9.30, z.B. e.g. now..."),
            ("3.50 for 2 at 18:30?", "3.50 for 2 at 18:30?"),
        ];
        for (text, shown) in table {
            assert_eq!(foreign(text, 100), shown, "{text}");
        }
    }

    #[test]
    fn what_is_hidden_is_gone() {
        // what was written, what is shown
        let table = [
            ("a\r\nBcc: b", "a Bcc: b"),
            ("\u{202E}gnp.exe", "gnp[.]exe"),
            ("fu\u{200B}ck", "f***"),
            ("a\u{2028}b\u{0}c", "a b c"),
            ("\u{2066}\u{200F}\u{FEFF}\u{E0041}", ""),
            ("👩\u{200D}👧 x\u{200D}y", "👩\u{200D}👧 xy"),
            ("Z\u{300}\u{301}\u{302}\u{303}algo", "Z\u{300}\u{301}algo"),
        ];
        for (text, shown) in table {
            assert_eq!(foreign(text, 100), shown, "{text:?}");
        }
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(cut("Maria", 5), "Maria");
        assert_eq!(cut("Maria Muster", 7), "Maria…");
        assert_eq!(foreign(&"x".repeat(4096), 10), "xxxxxxxxx…");
        assert_eq!(cut("Maria", 0), "…");
    }
}
