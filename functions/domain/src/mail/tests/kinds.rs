//! Every kind as it was looked at: subject, headers and text, and the HTML, in each language.

use std::fmt::Write;

use super::samples::{Sample, all};

/// The kinds, each with its folder of templates; the other samples differ from them in words alone.
const KINDS: [&str; 9] =
    ["warning", "due", "batch", "carry-over", "correction", "taken", "clear", "deaf", "unreachable"];

#[test]
fn every_mail_is_as_it_was_looked_at() {
    let mut kinds = 0;
    for Sample { name, language, mail } in all() {
        let mut head = format!("To: {}\nSubject: {}\n", mail.to, mail.subject);
        for (name, value) in &mail.headers {
            writeln!(head, "{name}: {value}").unwrap();
        }
        insta::assert_snapshot!(format!("{name}_{language}"), format!("{head}\n{}", mail.text));
        if KINDS.contains(&name) {
            kinds += 1;
            insta::assert_snapshot!(format!("{name}_{language}_html"), mail.html);
        }
    }
    assert_eq!(kinds, 2 * KINDS.len());
}
