//! How many megabytes of bodies one core reads and verifies in a second: `cargo bench -p domain --bench platform`.
//!
//! The machine is not the same every day, so what has a limit is a ratio: in a body of three megabytes a byte may cost
//! ten times what it costs in a body of one update, not more. More than that ends the run with an error: what is read of
//! one update would grow with the number of the others.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::platform::{Protocol, Sending, Voices};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How long each figure is measured.
const MEASURED: Duration = Duration::from_millis(500);
/// How much more a byte may cost in a large body than in a small one.
const MOST_FOR_LARGE: f64 = 10.0;
/// How large the large bodies are: what WhatsApp sends at most.
const LARGE: usize = 3_000_000;

/// When everything comes.
const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);
/// A secret that every platform could have given.
const SECRET: &[u8] = b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A body with one update, and the list that the update stands in. Telegram sends every update alone.
const ONE: [(Protocol, &str, &str); 7] = [
    (Protocol::Facebook, "comment-add", "/entry/0/changes"),
    (Protocol::Generic, "one-broken-among-neighbours", "/data"),
    (Protocol::Instagram, "comment", "/entry/0/changes"),
    (Protocol::Linkedin, "comment", "/notifications"),
    (Protocol::Threads, "reply-in-a-list", "/values"),
    (Protocol::Whatsapp, "message", "/entry/0/changes/0/value/messages"),
    (Protocol::X, "classic-mention", "/tweet_create_events"),
];

fn main() -> ExitCode {
    for protocol in Protocol::ALL {
        let platform = protocol.platform().name();
        let read = megabytes(&kept(protocol), |body| _ = black_box(parse(protocol, black_box(body))));
        println!("{platform:<10} kept bodies    {read:>8.1} MB a second read");
    }
    let ratios = ONE.map(|(protocol, name, list)| large(protocol, name, list));
    let is_fine = ratios.into_iter().all(|ratio| ratio <= MOST_FOR_LARGE);
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints what a large body costs, and returns how much more a byte of it costs than one of a small body.
fn large(protocol: Protocol, name: &str, list: &str) -> f64 {
    let platform = protocol.platform().name();
    let [small, large] = [1, LARGE].map(|bytes| vec![sized(protocol, name, list, bytes)]);
    let [of_small, of_large] =
        [&small, &large].map(|body| megabytes(body, |body| _ = black_box(parse(protocol, black_box(body)))));
    let (updates, ratio) = (parse(protocol, &large[0]), of_small / of_large);
    println!(
        "{platform:<10} {updates:>6} updates {of_large:>8.1} MB a second read, {ratio:.2} times the cost of one (limit {MOST_FOR_LARGE})"
    );
    let sending = Sending { id: "msg_1", at: RECEIVED };
    let headers = protocol.sign(SECRET, &large[0], &sending).expect("the secret is usable");
    let header = |asked: &str| {
        let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
        found.map(|(_, value)| value.as_str())
    };
    let verified = megabytes(&large, |body| {
        black_box(protocol.verify(SECRET, black_box(body), header, RECEIVED)).expect("it is signed");
    });
    println!("{platform:<10} the same body  {verified:>8.1} MB a second verified");
    ratio
}

/// Reads a body, and returns how many items it held.
fn parse(protocol: Protocol, body: &[u8]) -> usize {
    let account = protocol.scheme().in_path.then_some("7100000001");
    let parsed = protocol.parse(body, account, RECEIVED, &Voices::default());
    parsed.map_or(0, |parsed| black_box(parsed).items.len())
}

/// Returns the bodies of `tests/payloads` of a platform, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads its bodies from files")]
fn kept(protocol: Protocol) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder(protocol)).expect("the kept bodies are there");
    let mut files: Vec<_> = files.map(|file| file.expect("a file of the folder").path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a kept body can be read")).collect()
}

fn folder(protocol: Protocol) -> PathBuf {
    let payloads = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/payloads");
    payloads.join(protocol.platform().name())
}

/// Returns a kept body whose first update is there as often as it takes to make `bytes`, at least once.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads its bodies from files")]
fn sized(protocol: Protocol, name: &str, list: &str, bytes: usize) -> Vec<u8> {
    let file = folder(protocol).join(name).with_extension("json");
    let body = fs::read(&file).expect("a kept body can be read");
    let mut body: Value = serde_json::from_slice(&body).expect("a kept body is JSON");
    let updates = body.pointer_mut(list).expect("a kept body has its list");
    let one = updates[0].to_string().len() + 1;
    *updates = json!(vec![updates[0].clone(); (bytes / one).max(1)]);
    body.to_string().into_bytes()
}

/// Returns how many megabytes of the bodies `work` does in a second.
#[expect(clippy::disallowed_methods, reason = "a benchmark is the one thing here that has to know the time")]
fn megabytes(bodies: &[Vec<u8>], work: impl Fn(&[u8])) -> f64 {
    let (mut done, began) = (0_u32, Instant::now());
    while began.elapsed() < MEASURED {
        for body in bodies {
            work(body);
        }
        done += 1;
    }
    let took = began.elapsed().as_secs_f64();
    let bytes = bodies.iter().map(Vec::len).sum::<usize>();
    let bytes = u32::try_from(bytes).expect("the bodies are some megabytes");
    f64::from(bytes) * f64::from(done) / took / 1_000_000.0
}
