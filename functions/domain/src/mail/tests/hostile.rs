//! Whatever strangers call themselves and write lands as harmless text.

use proptest::prelude::*;

use super::*;
use crate::story::story;

const HOSTILE: [&str; 11] = [
    "<script>alert(1)</script>",
    "\r\nBcc: everybody@acme.example",
    "\u{202E}gnp.exe",
    "{{ 7 * 7 }} ${7*7} {who}",
    "\u{0}\u{7}\u{200B}\u{2066}",
    "javascript:alert(1)",
    "https://evil.example/\" onclick=\"alert(1)",
    "--><style>.card{display:none}</style>",
    "]]><![endif]--> <img src=https://evil.example/x.png>",
    "fucking +49 30 1234567 maria@evil.example www.evil.example",
    "=?utf-8?q?Subject?= %0d%0aBcc: x",
];

/// The mails about one conversation, and about two, in which everything is called `text`.
pub(super) fn mails(text: &str) -> Vec<Mail> {
    let mut said = story("09:00 maria says c1: Where is my parcel?\n09:05 maria says c2 > c1: Hello?");
    for said in &mut said {
        said.event.text = Some(text.to_owned());
        said.event.permalink = Some(text.to_owned());
        said.event.author.as_mut().unwrap().name = Some(text.to_owned());
    }
    said.extend(story("09:06 paul says c3 > c1: You can track it on their page."));
    said[2].event.author.as_mut().unwrap().name = Some(text.to_owned());
    let facts = crate::fact::Facts { said, ..crate::fact::Facts::default() };
    let mails = Language::ALL.map(|language| {
        let play = Play::new(language);
        let one = play.written(std::slice::from_ref(&facts), &["09:30", "10:00"], None);
        [one, play.written(&[facts.clone(), facts.clone()], &["09:30", "10:01"], Some("kim"))]
    });
    mails.into_iter().flatten().collect()
}

fn harmless(text: &str) {
    for mail in mails(text) {
        let shown = format!("{}\n{}\n{}", mail.subject, mail.text, mail.html);
        assert!(mail.subject.chars().count() <= 60, "{}", mail.subject);
        assert!(!mail.subject.chars().any(char::is_control), "{:?}", mail.subject);
        let controls = |c: char| c.is_control() && c != '\n';
        assert!(!shown.contains(controls), "{shown:?}");
        let hidden = ['\u{202E}', '\u{200B}', '\u{2066}', '\u{200F}', '\u{FEFF}', '\u{2028}'];
        assert!(!shown.contains(hidden), "{text:?}");
        for bad in
            ["<script", "<img", "onclick=\"", "href=\"javascript", "display:none}</style", "<![endif]--> <"]
        {
            assert!(!mail.html.contains(bad), "{bad}: {text:?}");
        }
        for bad in ["evil.example", "https://e", "1234567", "@evil", "ucking"] {
            assert!(!shown.contains(bad), "{bad}: {shown}");
        }
        checks::fits(&mail);
        page::check(&mail);
    }
}

#[test]
fn hostile_names_and_texts_stay_text() {
    let long = [
        "😀".repeat(10_000),
        "x".repeat(4096),
        "é".repeat(2048),
        "👩\u{200D}👧".repeat(500),
        "a ".repeat(2000),
    ];
    for text in HOSTILE.into_iter().chain(long.iter().map(String::as_str)) {
        harmless(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_harmless(text in "\\PC{0,80}|[\\x00-\\x{FFFF}]{0,60}|([<>&\"'{}/:.@\r\n\u{202E}\u{200B}]|[a-z0-9]){0,200}") {
        harmless(&text);
    }
}

#[test]
fn five_hundred_cases_fit_into_one_mail() {
    let stories: Vec<String> = (0..250)
        .map(|nth| {
            let text = "😀<script>&\"'".repeat(40);
            format!("09:{:02}:{:02} maria{nth} says c1: {text}", nth / 60, nth % 60)
        })
        .collect();
    let stories: Vec<&str> = stories.iter().map(String::as_str).collect();
    for language in Language::ALL {
        let mail = Play::new(language).together(&stories, &["09:30", "10:15"], "kim");
        checks::fits(&mail);
        page::check(&mail);
        assert!(mail.subject.contains("250"), "{}", mail.subject);
        assert!(mail.text.contains("245"), "the others are not counted: {}", mail.text);
    }
}
