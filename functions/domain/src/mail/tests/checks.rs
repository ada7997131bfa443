//! What holds for every mail: limits, and that both parts say the same.

use std::collections::BTreeSet;

use super::page::Page;
use super::*;

/// Asserts what a mailer takes and what a phone shows.
pub(super) fn fits(mail: &Mail) {
    assert!(mail.subject.chars().count() <= 60, "{}", mail.subject);
    assert!(mail.html.len() <= 40_000, "{} bytes", mail.html.len());
    assert!(mail.text.len() <= 40_000, "{} bytes", mail.text.len());
    assert!(mail.headers.len() <= 15, "{:?}", mail.headers);
    for (name, value) in &mail.headers {
        assert!(
            value.len() <= 995 && value.chars().all(|c| c.is_ascii_graphic() || c == ' '),
            "{name}: {value}"
        );
        assert!(!value.is_empty() && name.len() <= 126, "{name}");
    }
    let names: BTreeSet<&str> = mail.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), mail.headers.len(), "a field stands twice");
    assert_eq!(same(mail), Ok(()));
}

/// Compares the words of both parts, and the addresses that they lead to.
fn same(mail: &Mail) -> Result<(), String> {
    let page = Page::parse(&mail.html);
    let leads: BTreeSet<String> = page.links().map(str::to_owned).collect();
    let (addresses, rest): (Vec<&str>, Vec<&str>) =
        mail.text.lines().partition(|line| line.starts_with("https://"));
    let addresses: BTreeSet<String> = addresses.into_iter().map(str::to_owned).collect();
    if addresses != leads {
        return Err(format!("the text leads to {addresses:?}, the HTML to {leads:?}"));
    }
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        // Headings are in capitals in the text; a sharp s becomes two.
        let mut words: Vec<String> = words.map(str::to_uppercase).collect();
        words.sort_unstable();
        words
    };
    let (text, html) = (words(&rest.join("\n")), words(&page.shown()));
    // What is in one and not, or not as often, in the other.
    let differ = |one: &[String], other: &[String]| -> Vec<String> {
        let mut rest = other.to_vec();
        let mut missing = one.to_vec();
        missing.retain(|word| match rest.iter().position(|known| known == word) {
            Some(place) => {
                rest.swap_remove(place);
                false
            }
            None => true,
        });
        missing
    };
    let (only_text, only_html) = (differ(&text, &html), differ(&html, &text));
    if only_text.is_empty() && only_html.is_empty() {
        return Ok(());
    }
    Err(format!("only in the text: {only_text:?}; only in the HTML: {only_html:?}"))
}

#[test]
fn every_mail_fits_and_says_the_same_twice() {
    for Sample { mail, .. } in samples::all() {
        fits(&mail);
    }
}

#[test]
fn a_fact_that_is_in_one_part_only_is_found() {
    let Sample { mail, .. } = samples::all().swap_remove(0);
    let mut lacks = mail.clone();
    lacks.text = lacks.text.replace("Kim Park", "somebody");
    assert!(same(&lacks).unwrap_err().contains("only in the HTML: [\"KIM\", \"PARK\"]"));
    let mut leads = mail.clone();
    leads.html = leads.html.replace("https://www", "https://w");
    assert!(same(&leads).unwrap_err().contains("leads to"));
}

#[test]
fn names_of_any_length_leave_the_reference_in_the_subject() {
    let long = "Wolfeschlegelsteinhausenbergerdorff Maximiliane";
    for language in Language::ALL {
        for class in ["question", "threat"] {
            let mut facts = crate::story::facts(&format!("09:00 maria says c1 class={class}: Hello?"));
            facts.said[0].event.author.as_mut().unwrap().name = Some(long.to_owned());
            let mut play = Play::new(language);
            play.config =
                play.config.replace("name = \"Acme\"", "name = \"Donaudampfschifffahrtsgesellschaft Wien\"");
            let mail = play.written(&[facts.clone()], &["09:00", "09:30"], None);
            assert_eq!(mail.subject.chars().count(), 60, "{}", mail.subject);
            assert!(mail.subject.ends_with(']') && mail.subject.contains("[C-"), "{}", mail.subject);
            let several = play.written(&[facts.clone(), facts], &["09:00", "09:30", "10:00"], Some("kim"));
            assert!(several.subject.contains("Donau"), "{}", several.subject);
            fits(&several);
        }
    }
}
