//! Pictures of every kind of mail, by a browser: narrow and wide, light and dark.
//!
//! They are made of the snapshots that the tests of `mail` hold every mail against, so that what is looked at is what
//! is sent. `HEARD_BROWSER=1 cargo test -p domain --test pictures -- --ignored` draws them into `target/mails`,
//! and the README's anew into `infra/pictures`; it needs `chromium`, or another of its family named by
//! `HEARD_CHROMIUM`.
#![expect(clippy::disallowed_methods, reason = "a test reads its snapshots, and draws")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domain::id::digest;

/// A phone, and a window of a mail program.
const WIDTHS: [u32; 2] = [360, 800];
/// What a phone shows before anybody has touched it, in pixels.
const FIRST_SCREEN: u32 = 640;
/// Kinds about one case: who waits, their words and the button are on that screen. Of several the numbers are.
const ONE_CASE: [&str; 5] = ["warning", "due", "correction", "taken", "clear"];
/// The mail in the README.
const SHOWN: &str = "due_en";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every kind's HTML, by kind and language, as the tests keep it.
fn mails() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mail/tests/snapshots");
    let paths = fs::read_dir(folder).expect("the snapshots").map(|entry| entry.expect("a file").path());
    let mails = paths.filter_map(|path| {
        let name = path.file_stem()?.to_str()?.strip_suffix("_html")?.rsplit("__").next()?.to_owned();
        let snapshot = fs::read_to_string(&path).expect("a snapshot");
        let (_, html) = snapshot.split_once("\n---\n").expect("a snapshot has a head");
        Some((name, html.trim_end().to_owned()))
    });
    mails.collect()
}

/// A page around a mail that is `width` pixels wide: no window of the browser is as narrow as a phone.
fn framed(mail: &str, name: &str, width: u32, height: u32) -> String {
    let mail = mail.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        r#"<iframe id="{name}" width="{width}" height="{height}" style="border:0;display:block" srcdoc="{mail}"></iframe>"#
    )
}

fn page(body: &str) -> String {
    format!("<!DOCTYPE html><meta charset=\"utf-8\"><body style=\"margin:0\">{body}")
}

/// Runs the browser on a page.
fn browse(folder: &Path, name: &str, html: &str, arguments: &[&str]) -> String {
    let file = folder.join(format!("{name}.html"));
    fs::write(&file, html).expect("the folder can be written to");
    let browser = std::env::var_os("HEARD_CHROMIUM").unwrap_or_else(|| "chromium".into());
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]);
    command.args(["--hide-scrollbars", "--force-device-scale-factor=2"]).args(arguments);
    let output = command.arg(format!("file://{}", file.display())).stderr(Stdio::null()).output();
    let output = output.expect("a browser; HEARD_CHROMIUM names another");
    assert!(output.status.success(), "{name}: {}", output.status);
    String::from_utf8(output.stdout).expect("a page is text")
}

/// Draws a page.
fn draw(folder: &Path, picture: &Path, html: &str, width: u32, height: u32, dark: bool) {
    _ = fs::remove_file(picture); // It may be the first time.
    let name = picture.file_stem().and_then(|name| name.to_str()).expect("a picture has a name");
    let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!dark));
    let (size, picture_argument) =
        (format!("--window-size={width},{height}"), format!("--screenshot={}", picture.display()));
    browse(folder, name, html, &[&scheme, &size, &picture_argument]);
    let drawn = fs::read(picture).unwrap_or_default();
    assert!(drawn.starts_with(b"\x89PNG"), "{} was not drawn", picture.display());
}

/// What the browser measures of a mail.
#[derive(Clone, Copy)]
struct Measured {
    /// How wide its content is.
    width: u32,
    height: u32,
    /// Where the first button ends; zero without one.
    button: u32,
}

/// Lays out every mail in every width, and measures it.
fn measure(folder: &Path, mails: &BTreeMap<String, String>) -> BTreeMap<String, Measured> {
    const MEASURE: &str = "<script>onload = () => {
        document.body.innerHTML = [...document.querySelectorAll('iframe')].map((frame) => {
            const page = frame.contentDocument;
            const button = page.querySelector('a');
            const bottom = button ? button.getBoundingClientRect().bottom : 0;
            const root = page.documentElement;
            const height = page.body.getBoundingClientRect().height;
            return `measured ${frame.id} ${root.scrollWidth} ${Math.ceil(height)} ${Math.ceil(bottom)}\\n`;
        }).join('');
    };</script>";
    let mut body = String::new();
    for (name, html) in mails {
        for width in WIDTHS {
            write!(body, "{}", framed(html, &format!("{name}-{width}"), width, 100))
                .expect("a string takes all text");
        }
    }
    let measured = browse(folder, "measured", &page(&(body + MEASURE)), &["--dump-dom"]);
    let lines = measured.split("measured ").filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some((name, Measured { width: number()?, height: number()?, button: number()? }))
    });
    lines.collect()
}

/// Of which mail the README's picture is.
fn drawn() -> String {
    let drawn = fs::read_to_string(root().join("infra/pictures/mail.txt")).unwrap_or_default();
    drawn.trim().to_owned()
}

#[test]
#[ignore = "needs a browser: HEARD_BROWSER=1 and --ignored"]
fn every_kind_is_drawn_narrow_and_wide_light_and_dark() {
    if std::env::var_os("HEARD_BROWSER").is_none() {
        return;
    }
    let folder = root().join("target/mails");
    fs::create_dir_all(&folder).unwrap();
    let folder = folder.canonicalize().unwrap();
    let mails = mails();
    let measured = measure(&folder, &mails);
    assert_eq!(measured.len(), mails.len() * WIDTHS.len(), "not every mail was laid out");
    for (name, html) in &mails {
        for width in WIDTHS {
            let measured = measured[&format!("{name}-{width}")];
            assert_eq!(measured.width, width, "{name} is wider than the window");
            if width == WIDTHS[0] && ONE_CASE.iter().any(|kind| name.starts_with(kind)) {
                let shown = (1..=FIRST_SCREEN).contains(&measured.button);
                assert!(shown, "{name}: the button ends at {} pixels of a phone's screen", measured.button);
            }
            for (dark, scheme) in [(false, "light"), (true, "dark")] {
                let picture = folder.join(format!("{name}-{width}-{scheme}.png"));
                let html = page(&framed(html, name, width, measured.height));
                draw(&folder, &picture, &html, width, measured.height, dark);
            }
        }
    }
    if drawn() == digest(&mails[SHOWN]) {
        return; // Another browser would only draw the letters a little differently.
    }
    let kept = root().join("infra/pictures").canonicalize().unwrap();
    let html = page(&framed(&mails[SHOWN], SHOWN, WIDTHS[0], FIRST_SCREEN));
    for (dark, name) in [(false, "mail-light.png"), (true, "mail-dark.png")] {
        draw(&folder, &kept.join(name), &html, WIDTHS[0], FIRST_SCREEN, dark);
    }
    fs::write(kept.join("mail.txt"), format!("{}\n", digest(&mails[SHOWN]))).unwrap();
}

#[test]
fn the_picture_in_the_readme_is_of_the_present_mail() {
    let again = "HEARD_BROWSER=1 cargo test -p domain --test pictures -- --ignored";
    assert_eq!(drawn(), digest(&mails()[SHOWN]), "the mail changed since; draw it anew: {again}");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for name in ["infra/pictures/mail-light.png", "infra/pictures/mail-dark.png"] {
        assert!(readme.contains(name), "the README does not show {name}");
        assert!(fs::read(root().join(name)).unwrap().starts_with(b"\x89PNG"));
    }
}

#[test]
fn every_kind_is_there_in_every_language() {
    let mails = mails();
    for kind in
        ["warning", "due", "batch", "carry-over", "correction", "taken", "clear", "deaf", "unreachable"]
    {
        for language in domain::language::Language::ALL {
            assert!(
                mails.contains_key(&format!("{kind}_{language}")),
                "{kind} in {language}: {:?}",
                mails.keys()
            );
        }
    }
}
