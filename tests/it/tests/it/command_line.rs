//! The command line as scripts see it: what goes in, what comes out, the exit code.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use support::{binaries, http};
use tokio::io::{AsyncBufReadExt, BufReader};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs the built `heard` with `input` on its stdin.
pub(crate) fn heard(arguments: &[&str], input: &[u8]) -> Done {
    let mut command = Command::new(binaries::folder().join("heard"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses its arguments does not read to the end.
    child.stdin.take().unwrap().write_all(input).ok();
    child.wait_with_output().unwrap().into()
}

/// Runs the built `heard` on the table of the local stack at `url`.
pub(crate) async fn heard_at(url: &str, arguments: &[&str]) -> Done {
    let mut command = tokio::process::Command::new(binaries::folder().join("heard"));
    command.args(arguments).env("HEARD_LOCAL", url).env_remove("HEARD_TABLE").stdin(Stdio::null());
    command.output().await.unwrap().into()
}

/// A file that is gone with the test.
pub(crate) fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heard.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// One brand, open from Monday to Friday in Paris, as in every office.
const OFFICE: &str = r#"
[brand.acme]
accounts = ["facebook:100200300400", "facebook:100200300401", "x:2244994945", "x:2244994946"]
automation = ["facebook:268278000000001", "x:268278"]
calendar = "office"
owner = "dana"
lead = ["dana"]
manager = ["dana"]

[calendar.office]
zone = "Europe/Paris"
week = { mon-fri = ["09:00-18:00"] }
days = { 2026-05-01 = [] }

[person.dana]
email = "dana@acme.example"
"#;

#[test]
fn normalize_prints_what_lies_beside_every_body() {
    let (_folder, config) = file(OFFICE);
    for (platform, least) in [("facebook", 25), ("x", 60)] {
        let mut compared = 0;
        for entry in fs::read_dir(root().join("tests/payloads").join(platform)).unwrap() {
            let body = entry.unwrap().path();
            if body.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            let expected = fs::read_to_string(body.with_extension("expected")).unwrap();
            let (events, complaints): (Vec<_>, Vec<_>) =
                expected.lines().partition(|line| line.starts_with('{'));
            // What lies beside was written for another time of receipt: it shows where the body says no time.
            let undated = ["2025-10-09T08:54:00Z", "\"delivery\""];
            if undated.iter().any(|sign| events.iter().any(|line| line.contains(sign))) {
                continue;
            }
            let arguments = ["normalize", platform, "--config", &config];
            let done = heard(&arguments, &fs::read(&body).unwrap());
            let name = body.display();
            assert_eq!(done.code, 0, "{name}: {}", done.err);
            assert_eq!(done.out.lines().collect::<Vec<_>>(), events, "{name}");
            assert_eq!(done.err.lines().collect::<Vec<_>>(), complaints, "{name}");
            compared += 1;
        }
        assert!(compared >= least, "{compared} bodies of {platform}");
    }
}

#[test]
fn normalize_names_what_it_refuses_and_goes_on() {
    let body = json!({ "object": "page", "entry": [{ "id": "1", "time": 1_760_000_000, "changes": [
        { "field": "feed", "value": { "item": "comment", "verb": "add", "comment_id": 1.5 } },
        { "field": "feed", "value": { "item": "comment", "verb": "add", "comment_id": "1_2", "from": { "id": "7" } } },
    ] }] });
    let done = heard(&["normalize", "facebook"], body.to_string().as_bytes());
    assert_eq!((done.code, done.out.lines().count()), (0, 1), "{done:?}");
    assert_eq!(done.err, "refused /entry/0/changes/0/value/comment_id: not a whole number\n");
    let event: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&event["object"], &event["side"]), (&json!("1_2"), &json!("customer")));

    let own = heard(&["normalize", "facebook", "--account", "7"], body.to_string().as_bytes());
    assert!(own.out.contains(r#""side":"brand""#), "{own:?}");
}

#[test]
fn normalize_of_what_is_no_json_is_1_and_of_no_platform_2() {
    let done = heard(&["normalize", "facebook"], b"<feed/>");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
    assert!(!done.err.is_empty());
    let done = heard(&["normalize", "myspace"], b"{}");
    assert_eq!((done.code, done.out.as_str()), (2, ""), "{done:?}");
    assert_eq!(heard(&["nonsense"], b"").code, 2);
    assert_eq!(heard(&[], b"").code, 2);
}

#[test]
fn what_is_signed_is_verified_and_nothing_else() {
    for body in [b"{}".as_slice(), b"{}\n", b"", "Größe 🎈".as_bytes(), &[0, 255, 10, 13]] {
        let signed = heard(&["sign", "facebook", "--secret", "s3cret"], body);
        assert_eq!((signed.code, signed.out.lines().count()), (0, 1), "{signed:?}");
        let header = signed.out.trim_end();
        assert!(header.starts_with("X-Hub-Signature-256: sha256="), "{header}");
        let verify = |secret: &str, header: &str, body: &[u8]| {
            heard(&["verify", "facebook", "--secret", secret, "--header", header], body)
        };
        let right = verify("s3cret", header, body);
        assert_eq!((right.code, right.out.as_str(), right.err.as_str()), (0, "ok\n", ""));
        let longer = [body, b" "].concat();
        for wrong in [
            verify("secret", header, body),
            verify("s3cret", header, &longer),
            verify("s3cret", "X-Hub-Signature-256: sha256=00", body),
            verify("s3cret", "X-Other: 1", body),
        ] {
            assert_eq!((wrong.code, wrong.out.as_str(), wrong.err.lines().count()), (1, "", 1), "{wrong:?}");
        }
    }
    assert_eq!(heard(&["verify", "facebook", "--header", "X: 1"], b"{}").code, 2, "no secret");
    assert_eq!(heard(&["verify", "facebook", "--secret", "s", "--header", "X"], b"{}").code, 2, "no colon");
}

#[test]
fn signatures_that_others_published_are_believed() {
    let published = r#"{"object":"page","entry":[{"id":"1717527131834678","time":1475942721780,"messaging":[{"sender":{"id":"1256217357730577"},"recipient":{"id":"1717527131834678"},"timestamp":1475942721741,"message":{"mid":"mid.1475942721728:3b9e3646712f9bed52","seq":123,"text":"34wrr3wr"}}]}]}"#;
    // As Meta writes it: the backslashes are bytes of the body.
    let escaped = r#"{"object":"page","entry":[{"id":"100200300","time":1760000000,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"555_777","post_id":"100200300_555","parent_id":"100200300_555","from":{"id":"42","name":"J\u00f6rg"},"created_time":1760000000,"message":"\u00e4\u00f6\u00e5 50\u0025 a\u0040b.se \u003C3 https:\/\/x.y"}}]}]}"#;
    let written_again = escaped
        .replace(r"\u00f6", "ö")
        .replace(r"\u00e4", "ä")
        .replace(r"\u00e5", "å")
        .replace(r"\u0025", "%")
        .replace(r"\u0040", "@")
        .replace(r"\u003C", "<")
        .replace(r"\/", "/");
    assert_eq!((escaped.len(), written_again.len()), (348, 315));
    let key = "60efff025951cddde78c8d03de52cc90";
    let digits = "2c28be6e4b8c62b732b3487f445dbec6624868db6844b347567ebc86d7da3ad4";
    let escaped_digits = "5758dbf254f2af3420e8df1ed30039384641264613ad59523204a8fe259ea00a";
    // secret, signature, body, exit code
    let table = [
        (key, digits, published, 0),
        ("test-app-secret", escaped_digits, escaped, 0),
        ("test-app-secret", escaped_digits, &written_again, 1),
        ("test-app-secret", digits, published, 1),
    ];
    for (secret, digits, body, code) in table {
        let header = format!("x-hub-signature-256: sha256={digits}");
        let arguments = ["verify", "facebook", "--secret", secret, "--header", &header];
        assert_eq!(heard(&arguments, body.as_bytes()).code, code, "{body}");
    }
}

#[test]
fn config_check_finds_nothing_in_the_examples() {
    for name in ["example.toml", "demo.toml"] {
        let path = root().join("infra/config").join(name);
        let path = path.to_str().unwrap();
        let done = heard(&["config", "check", path], b"");
        assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
        let done = heard(&["config", "check", path, "--json"], b"");
        assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (0, "[]\n", ""));
    }
}

#[test]
fn config_check_tells_every_problem_with_its_place() {
    let text = r#"[brand.acme]
accounts = ["facebook:100200300400", "myspace:1"]
calendar = "shoop"
owner = "dana"

[calendar.shop]
zone = "Europe/Pariss"
week = { mon-fri = ["09:00-18:00"] }

[person.dana]
email = "dana"
hours = 3

[policy.quick.question]
target = "soon"
ladder = [{ at = "due", to = "boss" }]
"#;
    let (_folder, path) = file(text);
    let done = heard(&["config", "check", &path], b"");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
    // LINE:COL: key.path: problem; write …
    for (line, key) in [
        (2, "brand.acme.accounts"),
        (3, "brand.acme.calendar"),
        (7, "zone"),
        (11, "email"),
        (12, "hours"),
        (15, "target"),
        (16, "to"),
    ] {
        let place = format!("{path}:{line}:");
        let told = done.err.lines().find(|told| told.starts_with(&place));
        let told = told.unwrap_or_else(|| panic!("nothing about line {line}: {}", done.err));
        let column = told[place.len()..].split(':').next().unwrap();
        assert!(column.parse::<usize>().unwrap() >= 1, "{told}");
        assert!(told.contains(key) && told.contains("; write "), "{told}");
    }
    let list = heard(&["config", "check", &path, "--json"], b"");
    assert_eq!(list.code, 1);
    let problems: Vec<Value> = serde_json::from_str(&list.out).unwrap();
    assert_eq!(problems.len(), done.err.lines().count(), "the same problems");
    for problem in &problems {
        let keys: Vec<_> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(sorted(keys), ["column", "fix", "line", "path", "problem"]);
    }

    let (_folder, path) = file("[brand.acme\n");
    let done = heard(&["config", "check", &path], b"");
    assert_eq!(done.code, 1);
    assert!(done.err.starts_with(&format!("{path}:1:")), "{}", done.err);
    assert_eq!(heard(&["config", "check", "/nowhere/heard.toml"], b"").code, 1);
}

pub(crate) fn sorted(mut keys: Vec<&str>) -> Vec<&str> {
    keys.sort_unstable();
    keys
}

#[test]
fn explain_prints_the_sum() {
    let (_folder, config) = file(OFFICE);
    let explain = |at: &str, more: &[&str]| {
        let arguments = ["explain", "--config", &config, "--account", "facebook:100200300400", "--at", at];
        let done = heard(&[&arguments[..], more].concat(), b"");
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
        done.out
    };
    // asked, by the clocks of Paris; due; the sum: over a weekend in which they change, and over a holiday
    let table = [
        ("2026-03-27T17:45", "2026-03-30T07:45:00Z", ["15 min", "45 min", "Mon 09:45"]),
        ("2026-04-30T17:40", "2026-05-04T07:40:00Z", ["20 min", "40 min", "Mon 09:40"]),
    ];
    for (asked, due, sum) in table {
        let text = explain(asked, &[]);
        for part in sum {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let document: Value = serde_json::from_str(&explain(asked, &["--json"])).unwrap();
        assert_eq!(document["due"], due);
        let spent =
            document["slices"].as_array().unwrap().iter().map(|slice| slice["seconds"].as_i64().unwrap());
        assert_eq!(spent.sum::<i64>(), 3600, "{document}");
        let keys = document.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = vec![
            "brand",
            "calendar",
            "zone",
            "class",
            "turn",
            "opens",
            "start",
            "received",
            "late",
            "due",
            "target_seconds",
            "unit",
            "config_version",
            "slices",
            "steps",
            "reminders",
            "holds",
        ];
        assert_eq!(sorted(keys), sorted(documented));
        for step in document["steps"].as_array().unwrap() {
            let keys = step.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
            for key in ["at", "role", "style", "to", "why"] {
                assert!(keys.contains(&key), "{key} is not in {keys:?}");
            }
        }
    }
    // Heard of after it was due: the first step comes with the receipt, no other within a quarter of an hour.
    let late = ["--received", "2026-03-31T12:00", "--turn", "next_response", "--json"];
    let document: Value = serde_json::from_str(&explain("2026-03-27T17:45", &late)).unwrap();
    assert_eq!((&document["turn"], &document["late"]), (&json!("next_response"), &json!(true)));
    let steps = document["steps"].as_array().unwrap().iter();
    let times: Vec<&str> = steps.map(|step| step["at"].as_str().unwrap()).collect();
    assert_eq!(times[0], "2026-03-31T10:00:00Z");
    assert!(times[1..].iter().all(|at| *at >= "2026-03-31T10:15:00Z"), "{times:?}");
    let spam: Value =
        serde_json::from_str(&explain("2026-03-27T17:45", &["--class", "spam", "--json"])).unwrap();
    assert_eq!((&spam["opens"], &spam["steps"]), (&json!(false), &json!([])));
}

#[test]
fn explain_refuses_what_cannot_be() {
    let (_folder, config) = file(OFFICE);
    let explain = |account: &str, more: &[&str]| {
        let arguments = ["explain", "--config", &config, "--account", account, "--at", "2026-03-27T17:45"];
        heard(&[&arguments[..], more].concat(), b"")
    };
    let early = explain("facebook:100200300400", &["--received", "2026-03-27T17:44:59"]);
    assert_eq!((early.code, early.out.as_str()), (2, ""), "{early:?}");
    assert!(early.err.contains("--received is before --at"), "{}", early.err);
    let unknown = explain("x:1", &[]);
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn local_says_ready_takes_a_configuration_and_stops_when_told() {
    let folder = binaries::folder();
    let mut command = tokio::process::Command::new(folder.join("heard"));
    command.args(["local", "--port", "0", "--functions"]).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await;
    let ready = ready.expect("it says so").unwrap().expect("one line");
    let url = ready.strip_prefix("ready ").unwrap_or_else(|| panic!("{ready}"));
    assert!(url.starts_with("http://127.0.0.1:"), "{ready}");
    assert_eq!(http::send("GET", &format!("{url}/health"), &[], "").await.status, 200);

    let example = root().join("infra/config/example.toml");
    let push = ["config", "push", example.to_str().unwrap()];
    for _ in 0..2 {
        let pushed = heard_at(url, &push).await;
        assert_eq!((pushed.code, pushed.out.as_str()), (0, "version 1\n"), "{pushed:?}");
    }

    let process = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    let status =
        tokio::time::timeout(Duration::from_secs(20), child.wait()).await.expect("it stops").unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(lines.next_line().await.unwrap(), None, "stdout carries results only");
    let pushed = heard_at(url, &push).await;
    assert_eq!((pushed.code, pushed.out.as_str()), (1, ""), "nobody listens: {pushed:?}");
}
