//! Offensive words, of which only the first letter is shown.
//!
//! A mail is read on a screen that others see, and its subject on one that is locked. The list is short on purpose: it
//! masks, it judges nobody, and what it lacks is only shown as it was written. The whole text is on the platform.

/// A word that begins so is masked.
const STEMS: [&str; 26] = [
    "arschl",
    "asshole",
    "bitch",
    "bullshit",
    "cocksuck",
    "cunt",
    "dickhead",
    "drecksau",
    "faggot",
    "fotze",
    "fuck",
    "gefickt",
    "hurensohn",
    "kanake",
    "missgeburt",
    "motherfuck",
    "nigger",
    "nutte",
    "scheiss",
    "schlampe",
    "schwuchtel",
    "shitt",
    "verfickt",
    "verpiss",
    "wanker",
    "wichs",
];
/// A word that is so is masked: others that begin so mean no harm.
const WORDS: [&str; 15] = [
    "arsch", "bastard", "bastards", "fick", "ficken", "ficker", "fickt", "nigga", "piss", "pissed", "shit",
    "shits", "slut", "spast", "twat",
];

/// Returns a text with its offensive words masked: `f***`.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}') {
            word.push(c);
            continue;
        }
        if is_offensive(&word) {
            masked.extend(word.chars().take(1));
            masked.push_str("***");
        } else {
            masked.push_str(&word);
        }
        word.clear();
        masked.push(c);
    }
    masked.pop();
    masked
}

fn is_offensive(word: &str) -> bool {
    let plain = plain(word);
    STEMS.iter().any(|stem| plain.starts_with(stem)) || WORDS.contains(&plain.as_str())
}

/// The word in small letters, with digits as the letters that they are used for.
fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ß' => plain.push_str("ss"),
            '0' => plain.push('o'),
            '1' => plain.push('i'),
            '3' => plain.push('e'),
            '4' => plain.push('a'),
            '5' => plain.push('s'),
            '\u{300}'..='\u{36F}' => {}
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_offensive_word_the_first_letter_is_left() {
        // what was written, what is shown
        let table = [
            ("What the fuck is this?", "What the f*** is this?"),
            ("FUCKING Sh1t!", "F*** S***!"),
            ("So eine Scheiße, ihr Arschlöcher", "So eine S***, ihr A***"),
            ("SCHEISS-Laden", "S***-Laden"),
            // What only sounds alike stays.
            ("A cockroach in Scunthorpe, Dickens", "A cockroach in Scunthorpe, Dickens"),
            ("Das Ding ist dick, die Ficklerstraße", "Das Ding ist dick, die Ficklerstraße"),
            ("", ""),
        ];
        for (text, shown) in table {
            assert_eq!(masked(text), shown, "{text}");
        }
    }
}
