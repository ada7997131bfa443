use super::*;
use crate::decide::decide;
use crate::fact::{Facts, Said, Sent};
use crate::id::BrandId;
use crate::run::run;
use crate::story::{CONFIG, at, configs, folded, story};

mod purposes;
mod unreachable;

/// Writes the mail of the last step that is due at `now`; steps before it were told in time.
fn written(said: &[Said], config: &str, now: Timestamp) -> Mail {
    let configs = configs(&[config]);
    let facts = Facts { said: said.to_vec(), ..Facts::default() };
    let history = folded(&facts, now);
    let turn = history.turns.iter().find(|turn| turn.is_open()).unwrap();
    let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
    let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let mut notices = decide(&conversation, None, &facts, &history, &configs, now).unwrap().claim;
    let last = notices.pop().unwrap();
    for notice in &mut notices {
        notice.sent = Some(Sent { at: notice.step_at, mail: "mail".to_owned() });
    }
    let told: Vec<&Notice> = notices.iter().collect();
    let person = &run.config.people[&last.key.person];
    let notices = [last];
    let letter =
        Letter { conversation: &conversation, turn, run: &run, notices: &notices, told: &told, person, now };
    letter.write()
}

fn with_hours() -> String {
    CONFIG.replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
        + "[calendar.shop]\nzone = \"Europe/Paris\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n"
}

#[test]
fn a_mail_says_who_waits_until_when_and_why_the_reader_is_told() {
    let said = story(
        "
        16:40 maria says c1: Where is my parcel?
        16:50 maria says c2 > c1: Hello?
        ",
    );
    let mail = written(&said, &with_hours(), at("+1 08:20"));
    insta::assert_snapshot!(mail.subject, @"Unanswered: Maria on Facebook - Acme [C-ABCDEF]");
    insta::assert_snapshot!(mail.text);
    insta::assert_snapshot!(mail.html);
    insta::assert_debug_snapshot!(mail.headers);
}

#[test]
fn both_parts_say_the_same() {
    let mail = written(&story("09:00 maria says c1: Where is <my> parcel & \"why\"?"), CONFIG, at("10:00"));
    let body = &mail.html[mail.html.find("<body").unwrap()..];
    let shown: String = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).fold(
        String::new(),
        |mut all, text| {
            all.push_str(text);
            all.push(' ');
            all
        },
    );
    let plain = |text: &str| {
        let text =
            text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&").replace("&#34;", "\"");
        let text = text.replace("&ldquo;", "\"").replace("&rdquo;", "\"").to_lowercase();
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (html, text): (Vec<String>, Vec<String>) = (plain(&shown), plain(&mail.text));
    for word in &text {
        // The text shows the address that the button of the HTML leads to.
        assert!(html.contains(word) || mail.html.contains(word), "{word} is missing in the HTML");
    }
    for word in &html {
        let is_hidden = shown.split("  ").next().unwrap().to_lowercase().contains(word.as_str());
        assert!(text.contains(word) || is_hidden, "{word} is missing in the text");
    }
}

#[test]
fn what_was_written_in_private_is_not_in_the_mail() {
    let mail = written(&story("09:00 maria says m1 private: My card is 4711"), CONFIG, at("09:30"));
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains("4711"), "{part}");
    }
    assert!(mail.text.contains("What was written in private is not sent by mail."));
}

#[test]
fn those_who_gave_advice_are_named_and_the_others_counted() {
    let others = |lines: &str| {
        let mail =
            written(&story(&format!("09:00 maria says c1: Where is it?\n{lines}")), CONFIG, at("09:30"));
        let lines = mail.text.lines().filter_map(|line| line.trim().strip_prefix("Others"));
        lines.map(|line| line.trim_start_matches([':', ' ']).to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(others(""), "");
    assert_eq!(others("09:01 paul says c2 > c1: Typical!"), "1 other commented");
    insta::assert_snapshot!(others("
        09:01 paul says c2 > c1: You can track it on their page
        09:02 ann says c3 > c1: Typical!
        09:03 lee says c4 > c1: Have you tried the page
        09:04 kim says c5 > c1: You need to call them
        09:05 ash says c6 > c1: Try the shop
    "), @r"
    Paul replied Wed 25 Mar 09:01 UTC; please check
    Lee replied Wed 25 Mar 09:03 UTC; please check
    Kim replied Wed 25 Mar 09:04 UTC; please check
    2 others commented
    ");
}

#[test]
fn hostile_names_and_texts_stay_text() {
    let hostile = [
        "<script>alert(1)</script>",
        "\r\nBcc: everybody@acme.example",
        "\u{202E}gnp.exe",
        "{{ 7 * 7 }} ${7*7}",
        "\u{0}\u{7}\u{200B}\u{2066}",
        &"😀".repeat(10_000),
        &"x".repeat(4096),
        "javascript:alert(1)",
    ];
    for text in hostile {
        let mut said = story("09:00 maria says c1: Where is my parcel?");
        said[0].event.text = Some(text.to_owned());
        said[0].event.permalink = Some(text.to_owned());
        said[0].event.author.as_mut().unwrap().name = Some(text.to_owned());
        let mail = written(&said, CONFIG, at("09:30"));
        assert!(mail.subject.chars().count() <= SUBJECT_LIMIT, "{}", mail.subject);
        assert!(!mail.subject.chars().any(char::is_control), "{:?}", mail.subject);
        assert!(mail.subject.ends_with("[C-ABCDEF]"), "{}", mail.subject);
        for bad in ["\u{202E}", "\u{200B}", "\u{2066}", "\nBcc:"] {
            assert!(!mail.html.contains(bad) && !mail.text.contains(bad), "{bad:?}");
        }
        assert!(!mail.html.contains("<script") && !mail.html.contains("href=\"javascript:"), "{text}");
        assert!(mail.html.len() < 40_000, "{} bytes", mail.html.len());
        for (name, value) in &mail.headers {
            assert!(value.len() <= 995 && value.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{name}");
        }
    }
}
