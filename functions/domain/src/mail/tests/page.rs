//! A mail's HTML as mail programs take it: parsed by the standard's rules, and held to what the worst of them can show.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

use super::*;

/// What a mail is built of; nothing else is needed, and much else is shown badly somewhere.
const ELEMENTS: [&str; 14] =
    ["html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "th", "p", "a", "h"];
/// What Outlook for Windows shows as it is meant, or leaves out without harm (rounded corners, the width of words).
const PROPERTIES: [&str; 24] = [
    "background-color",
    "border",
    "border-left",
    "border-radius",
    "border-top",
    "color",
    "display",
    "font-family",
    "font-size",
    "font-weight",
    "line-height",
    "margin",
    "margin-top",
    "max-height",
    "max-width",
    "mso-padding-alt",
    "overflow",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
];
/// Least contrast of text.
const CONTRAST: f64 = 4.5;
/// Least height of what a thumb is to hit, in pixels.
const THUMB: f64 = 44.0;

/// An element, or a text, with where it stands.
struct Node {
    parent: Option<usize>,
    name: String,
    attributes: BTreeMap<String, String>,
    /// Of a text its words; of an element nothing.
    text: String,
}

/// A page, every element of which is closed in the right order.
pub(super) struct Page {
    nodes: Vec<Node>,
    doctype: String,
}

impl Page {
    /// Parses a page; panics where a browser would have to guess.
    pub(super) fn parse(html: &str) -> Page {
        let mut page = Page { nodes: Vec::new(), doctype: String::new() };
        let mut open: Vec<usize> = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            match token {
                Token::Doctype(doctype) => page.doctype = text(&doctype.name),
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
                    let (parent, name) = (open.last().copied(), text(&tag.name));
                    let is_void = name == "meta";
                    let (attributes, text) = (attributes.collect(), String::new());
                    page.nodes.push(Node { parent, name, attributes, text });
                    open.extend((!is_void).then_some(page.nodes.len() - 1));
                }
                Token::EndTag(tag) => {
                    let closed = open.pop().map(|place| page.nodes[place].name.as_str());
                    assert_eq!(closed, Some(text(&tag.name).as_str()), "closed in another order than opened");
                }
                Token::String(words) => {
                    let parent = open.last().copied();
                    let (name, text) = (String::new(), text(&words));
                    page.nodes.push(Node { parent, name, attributes: BTreeMap::new(), text });
                }
                Token::Comment(comment) => {
                    assert!(text(&comment).contains("[if mso]"), "a comment that no program reads");
                }
                Token::Error(error) => panic!("{:?}", *error),
            }
        }
        assert_eq!(open, [0_usize; 0], "something is left open");
        page
    }

    /// Where the links lead.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        self.named("a").map(|place| self.nodes[place].attributes["href"].as_str())
    }

    /// All that is shown, in its order.
    pub(super) fn shown(&self) -> String {
        self.texts().map(|place| self.nodes[place].text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The texts that are shown.
    fn texts(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|place| {
            let is_text = self.nodes[*place].name.is_empty() && !self.nodes[*place].text.trim().is_empty();
            let mut above = self.above(*place);
            let hidden = |above: usize| {
                self.nodes[above].name == "head"
                    || self.style(above).get("display").is_some_and(|how| how == "none")
            };
            is_text && !above.any(hidden)
        })
    }

    fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |place| self.nodes[*place].name == name)
    }

    /// An element and all that it stands in, from the inside out.
    fn above(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(place), |place| self.nodes[*place].parent)
    }

    fn below(&self, place: usize, name: &str) -> Vec<usize> {
        self.named(name).filter(|node| self.above(*node).skip(1).any(|above| above == place)).collect()
    }

    fn words(&self, place: usize) -> String {
        let of = |node: &usize| self.above(*node).any(|above| above == place);
        self.texts().filter(of).map(|node| self.nodes[node].text.as_str()).collect()
    }

    fn style(&self, place: usize) -> BTreeMap<String, String> {
        declarations(self.nodes[place].attributes.get("style").map_or("", String::as_str))
    }

    /// The rules that hold where it is dark, in their order: class and declarations.
    fn dark(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let style = self.named("style").next().expect("a mail has rules for the dark");
        let rules = self.nodes.iter().find(|node| node.parent == Some(style)).unwrap().text.as_str();
        let (_, rules) = rules.split_once("(prefers-color-scheme: dark) {").expect("rules for the dark");
        let rule = |rule: &str| {
            let (class, declared) = rule.trim().strip_prefix('.')?.split_once('{')?;
            Some((class.trim().to_owned(), declarations(&declared.replace("!important", ""))))
        };
        rules.split('}').filter_map(rule).collect()
    }

    /// The value that holds for an element: where it is dark by its classes, else its own, else that of what it is in.
    fn value(
        &self,
        place: usize,
        property: &str,
        dark: &[(String, BTreeMap<String, String>)],
    ) -> Option<String> {
        self.above(place).find_map(|above| {
            let classes = self.nodes[above].attributes.get("class").map_or("", String::as_str);
            let has = |class: &str| classes.split(' ').any(|known| known == class);
            let by_class = dark
                .iter()
                .rev()
                .find_map(|(class, declared)| declared.get(property).filter(|_| has(class)).cloned());
            by_class.or_else(|| self.style(above).get(property).cloned())
        })
    }
}

fn declarations(style: &str) -> BTreeMap<String, String> {
    let split = |declaration: &str| {
        let (name, value) = declaration.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    style.split(';').filter_map(split).collect()
}

fn pixels(length: &str) -> f64 {
    length.trim_end_matches("px").parse().unwrap_or_else(|_| panic!("not pixels: {length}"))
}

/// The relative luminance of a colour such as `#1c2128`.
///
/// **Source:** <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
fn luminance(colour: &str) -> f64 {
    let hex = colour
        .strip_prefix('#')
        .filter(|hex| hex.len() == 6)
        .unwrap_or_else(|| panic!("no colour: {colour}"));
    let part = |at: usize| {
        let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Asserts that a mail's HTML is fit for every program.
pub(super) fn check(mail: &Mail) {
    let page = Page::parse(&mail.html);
    structure(mail, &page);
    tables(&page);
    links(&page);
    styles(&page);
    colours(&page);
}

fn structure(mail: &Mail, page: &Page) {
    assert!(
        mail.html.starts_with("<!DOCTYPE html>") && page.doctype == "html",
        "no doctype: {:?}",
        mail.subject
    );
    let root = &page.nodes[page.named("html").next().expect("a page")];
    assert!(root.parent.is_none() && ["en", "de"].contains(&root.attributes["lang"].as_str()));
    let title = page.named("title").next().unwrap();
    let title: Vec<&str> =
        page.nodes.iter().filter(|node| node.parent == Some(title)).map(|node| node.text.as_str()).collect();
    assert_eq!(title.concat(), mail.subject);
    let meta = |name: &str| {
        page.nodes.iter().any(|node| {
            node.name == "meta"
                && (node.attributes.get("name").is_some_and(|known| known == name)
                    || node.attributes.contains_key(name))
        })
    };
    for name in ["charset", "viewport", "color-scheme", "supported-color-schemes", "format-detection"] {
        assert!(meta(name), "no {name}");
    }
    let mut level = 0;
    for node in &page.nodes {
        let heading = node.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok());
        let name = if heading.is_some() { "h" } else { node.name.as_str() };
        assert!(name.is_empty() || ELEMENTS.contains(&name), "{name} is shown differently everywhere");
        if let Some(heading) = heading {
            assert!(heading <= level + 1, "h{heading} after h{level}");
            assert!(heading > 1 || level == 0, "a second h1");
            level = heading;
        }
    }
    assert!(level > 0, "no heading");
    let preheader = page.named("div").next().unwrap();
    let preheader = page.nodes.iter().find(|node| node.parent == Some(preheader)).unwrap().text.trim();
    assert!((10..=90).contains(&preheader.chars().count()), "{preheader:?}");
}

fn tables(page: &Page) {
    for table in page.named("table") {
        let own = |cell: &usize| {
            page.above(*cell).skip(1).find(|above| page.nodes[*above].name == "table") == Some(table)
        };
        let heads: Vec<usize> = page.below(table, "th").into_iter().filter(own).collect();
        let role = page.nodes[table].attributes.get("role").map(String::as_str);
        match role {
            Some("presentation") => assert!(heads.is_empty(), "a table for layout has heads"),
            None => {
                assert!(
                    !heads.is_empty(),
                    "a table of data without heads, or one for layout without its role"
                );
                for head in heads {
                    let scope = page.nodes[head].attributes.get("scope").map(String::as_str);
                    assert!(matches!(scope, Some("col" | "row")), "a head of {scope:?}");
                    assert!(!page.words(head).trim().is_empty(), "an empty head");
                }
            }
            Some(role) => panic!("a table as {role}"),
        }
        for name in ["cellpadding", "cellspacing", "border"] {
            assert_eq!(
                page.nodes[table].attributes.get(name).map(String::as_str),
                Some("0"),
                "Outlook adds its own"
            );
        }
    }
}

fn links(page: &Page) {
    for link in page.named("a") {
        let href = &page.nodes[link].attributes["href"];
        assert!(href.starts_with("https://") && !href.contains(['"', '<', ' ', '\\']), "{href}");
        assert!(!page.words(link).trim().is_empty(), "a link without words");
        let style = page.style(link);
        let padding = pixels(style["padding"].split(' ').next().unwrap());
        let height = 2.0 * padding + pixels(&style["line-height"]);
        assert!(height >= THUMB, "{height} px are too small for a thumb");
    }
    let shown = page.shown();
    assert!(
        !shown.contains("://") && !shown.contains("www."),
        "an address that programs make a link of: {shown}"
    );
}

fn styles(page: &Page) {
    for node in 0..page.nodes.len() {
        for (name, value) in page.style(node) {
            let known = PROPERTIES.contains(&name.as_str()) || name == "word-break";
            assert!(known, "{name} is not for every program");
            assert!(!value.contains("auto") && !value.contains('('), "{name}: {value}");
            assert!(name != "display" || ["none", "block"].contains(&value.as_str()), "{value}");
        }
        for (name, value) in &page.nodes[node].attributes {
            assert!(!name.starts_with("on") && !value.contains("javascript:"), "{name}");
        }
    }
    for text in page.texts() {
        let size = page.value(text, "font-size", &[]).expect("a size");
        assert!(pixels(&size) >= 13.0, "{size} is too small to read");
        assert!(page.value(text, "font-family", &[]).is_some_and(|family| family.ends_with("sans-serif")));
    }
}

fn colours(page: &Page) {
    let dark = page.dark();
    assert!(dark.len() >= 8, "only {} rules for the dark", dark.len());
    for text in page.texts() {
        let mut shown = Vec::new();
        for rules in [&[][..], &dark] {
            let value =
                |property| page.value(text, property, rules).unwrap_or_else(|| panic!("no {property}"));
            let (ink, ground) = (value("color"), value("background-color"));
            let contrast = contrast(&ink, &ground);
            let words = page.nodes[text].text.trim();
            assert!(contrast >= CONTRAST, "{contrast:.2} for {ink} on {ground}: {words}");
            shown.push((ink, ground));
        }
        assert!(
            shown[0].0 != shown[1].0 && shown[0].1 != shown[1].1,
            "{shown:?} does not change in the dark"
        );
    }
}

#[test]
fn every_mail_is_fit_for_every_program() {
    for Sample { mail, .. } in samples::all() {
        check(&mail);
    }
}

#[test]
fn what_no_program_should_see_is_found() {
    let Sample { mail, .. } = samples::all().swap_remove(2);
    // what is put for what, what is said of it
    let table: [(&str, &str, &str); 12] = [
        ("</h1>", "", "closed in another order than opened"),
        ("<h2 ", "<h4 ", "closed in another order than opened"),
        (" lang=\"en\"", "", "no entry found"),
        ("scope=\"row\"", "", "a head of None"),
        (" role=\"presentation\"", "", "a table of data without heads"),
        ("padding:12px 20px", "padding:2px 20px", "too small for a thumb"),
        ("display:block", "display:flex", "flex"),
        ("color:#555e69", "color:#a5aeb9", "2.23 for"),
        (".mute { color: #aeb7c2 !important; }", "", "for #555e69 on"),
        ("https://", "http://", "http://"),
        ("<h1 ", "<img src=\"https://a.example/b.png\"><h1 ", "closed in another order than opened"),
        ("font-size:13px", "font-size:9px", "too small to read"),
    ];
    for (place, other, said) in table {
        assert!(mail.html.contains(place), "{place} is not there");
        let broken = Mail { html: mail.html.replace(place, other), ..mail.clone() };
        let panic = std::panic::catch_unwind(|| check(&broken)).expect_err(place);
        let words = panic.downcast_ref::<String>().map_or("", String::as_str);
        let words = panic.downcast_ref::<&str>().copied().unwrap_or(words);
        assert!(words.contains(said), "{place}: {words}");
    }
}
