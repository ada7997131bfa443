//! `heard secrets check`: every problem at its place, and never a value.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use support::world::DANA_ALONE;

use crate::command_line::{file, heard, root, sorted};
use crate::runbooks::OURS;

const BROKEN: &str = r#"[[secret]]
id = "meta-app"
kind = "apq"
platform = "facebok"
value = "hunter2"
acounts = ["facebook:1"]

[[secret]]
id = "meta-app"
kind = "verify"
platform = "facebook"
value = ""
previous = 7
"#;

fn secrets(accounts: &str) -> String {
    format!(
        r#"[[secret]]
id = "meta-app"
kind = "app"
platform = "facebook"
value = "hunter2"
accounts = {accounts}

[[secret]]
id = "meta-verify"
kind = "verify"
platform = "facebook"
value = "hunter3"
{OURS}"#
    )
}

fn closed(path: &str) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn every_problem_is_told_with_its_place_and_no_value() {
    let (_folder, path) = file(BROKEN);
    closed(&path);
    let done = heard(&["secrets", "check", &path], b"");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
    let told: Vec<_> = done.err.lines().map(|line| line.strip_prefix(&format!("{path}:")).unwrap()).collect();
    let places = [
        ("1:1: file: no secret of kind", "kind = \"key\""),
        ("3:8: meta-app.kind: unknown kind; ", "write \"app\""),
        ("4:12: meta-app.platform: unknown platform; ", "write \"facebook\""),
        ("6:1: meta-app: unknown key \"acounts\"; ", "write accounts"),
        ("9:6: secret[1].id: the id \"meta-app\" stands twice; ", "write another"),
        ("12:9: meta-app.value: empty; ", "write "),
        ("13:12: meta-app.previous: a number instead of text; ", "write "),
    ];
    assert_eq!(told.len(), places.len(), "{told:#?}");
    for (told, (place, fix)) in told.iter().zip(places) {
        assert!(told.starts_with(place) && told.contains(fix), "{told}");
    }
    assert!(!done.err.contains("hunter2"));

    let list = heard(&["secrets", "check", &path, "--json"], b"");
    assert_eq!((list.code, list.err.as_str()), (1, ""), "{list:?}");
    let problems: Vec<Value> = serde_json::from_str(&list.out).unwrap();
    assert_eq!(problems.len(), places.len());
    for problem in &problems {
        let keys = problem.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(sorted(keys), ["column", "file", "fix", "level", "line", "path", "problem"]);
        assert_eq!(problem["level"], "error");
    }
}

#[test]
fn a_sound_file_is_without_problems_and_a_config_can_be_held_against_it() {
    let (_config_folder, config) = file(DANA_ALONE);
    let check = |accounts: &str, more: &[&str]| {
        let (_folder, path) = file(&secrets(accounts));
        closed(&path);
        heard(&[&["secrets", "check", &path], more].concat(), b"")
    };
    let alone = check(r#"["facebook:100200300400"]"#, &["--json"]);
    assert_eq!((alone.code, alone.out.as_str(), alone.err.as_str()), (0, "[]\n", ""));

    let both = r#"["facebook:100200300400", "100200300401"]"#;
    let whole = check(both, &["--config", &config]);
    assert_eq!((whole.code, whole.err.lines().count()), (0, 1), "{whole:?}");
    assert!(whole.err.ends_with(": ok, speaking for 2 accounts\n"), "{whole:?}");

    let unheard = check(r#"["facebook:100200300400"]"#, &["--config", &config]);
    assert_eq!((unheard.code, unheard.err.lines().count()), (1, 1), "{unheard:?}");
    let place = format!("{config}:3:38: brand.acme.accounts: no secret may speak for facebook:100200300401");
    assert!(unheard.err.starts_with(&place), "{unheard:?}");

    let strange = check(r#"["100200300400", "100200300401", "100200300402"]"#, &["--config", &config]);
    assert_eq!((strange.code, strange.err.lines().count()), (0, 2), "{strange:?}");
    let told = "meta-app.accounts[2]: warning: no brand of the configuration has this account; write ";
    assert!(strange.err.contains(told), "{strange:?}");
}

#[test]
fn webhooks_are_held_against_their_secrets() {
    let hook = |format: &str| {
        let hook = format!(
            "webhook = {{ url = \"https://hooks.acme.example/\", format = \"{format}\", secret = \"pager\" }}"
        );
        format!("{DANA_ALONE}\n{hook}\n")
    };
    let check = |config: &str, more: &str| {
        let (_config_folder, config) = file(config);
        let (_folder, path) = file(&(secrets(r#"["facebook:100200300400", "100200300401"]"#) + more));
        closed(&path);
        heard(&["secrets", "check", &path, "--config", &config], b"")
    };
    let entry = |value: &str| format!("[[secret]]\nid = \"pager\"\nkind = \"hook\"\nvalue = \"{value}\"\n");
    let signs = entry("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let names = entry("0123456789abcdef0123456789abcdef");
    let none = "no secret of kind \"hook\" is called \"pager\", so nothing is posted; write [[secret]] with id = \"pager\"";
    // format, secrets, what is told
    let table = [
        ("standard", &signs, None),
        ("pagerduty", &names, None),
        ("slack", &signs, None),
        (
            "standard",
            &names,
            Some("the secret \"pager\" is of no use to a webhook of standard; write whsec_"),
        ),
        (
            "pagerduty",
            &signs,
            Some("the secret \"pager\" is of no use to a webhook of pagerduty; write the 32"),
        ),
        ("teams", &String::new(), Some(none)),
    ];
    for (format, secrets, told) in table {
        let done = check(&hook(format), secrets);
        assert_eq!(done.code, i32::from(told.is_some()), "{format}: {done:?}");
        if let Some(told) = told {
            assert!(done.err.contains(&format!(":8:1: person.dana.webhook.secret: {told}")), "{done:?}");
        }
    }
}

#[test]
fn the_example_can_be_used() {
    let example = root().join("infra/config/secrets.example.toml");
    let done = heard(&["secrets", "check", example.to_str().unwrap(), "--json"], b"");
    assert_eq!((done.code, done.out.as_str()), (0, "[]\n"), "{done:?}");
}

#[test]
fn a_file_that_others_can_read_is_told_and_one_that_is_not_there_is_1() {
    let (_folder, path) = file(&secrets(r#"["1"]"#));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let done = heard(&["secrets", "check", &path, "--json"], b"");
    assert_eq!((done.code, done.out.as_str(), done.err.lines().count()), (0, "[]\n", 1), "{done:?}");
    assert!(done.err.contains("chmod 600"), "{done:?}");
    assert_eq!(heard(&["secrets", "check", "/nowhere/secrets.toml"], b"").code, 1);
    assert_eq!(heard(&["secrets", "check"], b"").code, 2);
}

#[test]
fn what_is_no_text_is_told_with_its_place_and_not_what_it_is() {
    let (_folder, path) = file("");
    fs::write(&path, b"[[secret]]\nvalue = \"hunter\xff2\"\n").unwrap();
    closed(&path);
    let told = format!("{path}:2:16: file: not UTF-8 from here on; write the file as UTF-8\n");
    for arguments in [&["secrets", "check"], &["config", "check"], &["config", "push"]] {
        let done = heard(&[&arguments[..], &[&path]].concat(), b"");
        assert_eq!((done.code, done.out.as_str(), &done.err), (1, "", &told), "{arguments:?}");
    }
}

#[test]
fn local_does_not_start_with_secrets_that_cannot_be_used() {
    let (_folder, path) = file(BROKEN);
    let folder = support::binaries::folder().to_str().unwrap();
    let done = heard(&["local", "--port", "0", "--functions", folder, "--secrets", &path], b"");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
    assert!(
        done.err.contains(&format!("{path}:3:8: meta-app.kind")) && !done.err.contains("hunter2"),
        "{done:?}"
    );
}
