//! `heard handshake`, and the flags of `sign` and `verify`.

use domain::platform::{Proof, Protocol};
use support::world::TOKEN;

use crate::command_line::heard;

fn handshake(query: &str) -> (i32, String) {
    let done = heard(&["handshake", "facebook", "--token", "other", "--token", TOKEN, query], b"");
    assert_eq!(done.err, "", "{query}");
    (done.code, done.out)
}

#[test]
fn a_handshake_is_answered_as_the_webhook_would() {
    let asked = |token: &str, challenge: &str| {
        format!("hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={token}")
    };
    // query, exit code, printed
    let table = [
        (asked(TOKEN, "1158201444"), 0, "200 text/plain\n1158201444\n"),
        (asked("other", "1158201444"), 0, "200 text/plain\n1158201444\n"),
        (format!("?{}", asked(TOKEN, "1158201444")), 0, "200 text/plain\n1158201444\n"), // copied with its mark
        (asked("wrong", "1158201444"), 1, "403 text/plain\n"),
        (asked("", "1158201444"), 1, "403 text/plain\n"),
        (asked(TOKEN, "%3Cb%3E"), 1, "400 text/plain\n"),
        (String::new(), 1, "403 text/plain\n"),
    ];
    for (query, code, printed) in table {
        assert_eq!(handshake(&query), (code, printed.to_owned()), "{query}");
    }
}

#[test]
fn a_handshake_without_what_proves_it_is_wrong_use() {
    for arguments in [
        &["handshake", "facebook", "hub.mode=subscribe"][..],
        &["handshake", "facebook", "--secret", "s", "hub.mode=subscribe"],
        &["handshake", "facebook", "--token", "", "hub.mode=subscribe"],
        &["handshake", "facebook", "--token", "t"],
        &["handshake", "myspace", "--token", "t", "q"],
    ] {
        let done = heard(arguments, b"");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{arguments:?}: {done:?}");
        assert!(done.err.starts_with("error: "), "{done:?}");
    }
    let done = heard(&["handshake", "facebook", "--secret", "s", "q"], b"");
    assert_eq!(done.err, "error: facebook names a verify token: give it with --token T\n");
}

#[test]
fn a_flag_that_means_nothing_for_a_platform_is_wrong_use() {
    let header = "X-Hub-Signature-256: sha256=00";
    // arguments, the flag that is named
    let table: [(&[&str], &str); 2] = [
        (&["sign", "facebook", "--secret", "s", "--oauth2"], "--oauth2"),
        (&["verify", "facebook", "--secret", "s", "--header", header, "--jwks", "keys.json"], "--jwks"),
    ];
    for (arguments, flag) in table {
        let done = heard(arguments, b"{}");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{done:?}");
        let told = format!(": {flag} means nothing for it\n");
        assert!(done.err.starts_with("error: facebook ") && done.err.ends_with(&told), "{done:?}");
    }
}

#[test]
fn a_flag_for_other_platforms_may_stand_in_a_script_for_all() {
    let plain = heard(&["sign", "x", "--secret", "DDD"], b"{}");
    let flags = ["--at", "2025-10-09T08:53:24Z", "--id", "msg_1"];
    let done = heard(&[&["sign", "x", "--secret", "DDD"][..], &flags].concat(), b"{}");
    assert_eq!((done.code, &done.out), (0, &plain.out));
    assert_eq!(
        done.err,
        "note: x signs no time: --at changes nothing\nnote: x signs no message id: --id changes nothing\n"
    );
}

#[test]
fn x_is_signed_verified_and_answered_like_the_real_one() {
    let body = br#"{"for_user_id":123,"key":"value"}"#;
    let sum = "sha256=JjEmBe1lVKT8XldrYUKibF+D5ehp8f0jDk3PXZSHEWI=";
    let (old, new) = ("x-twitter-webhooks-signature", "X-Twitter-Webhooks-Signature-OAuth2");
    assert_eq!(heard(&["sign", "x", "--secret", "DDD"], body).out, format!("{old}: {sum}\n"));
    assert_eq!(heard(&["sign", "x", "--secret", "DDD", "--oauth2"], body).out, format!("{new}: {sum}\n"));
    let (right, wrong) = (format!("{old}: {sum}"), format!("{new}: {}", sum.replace('J', "K")));
    assert_eq!(heard(&["verify", "x", "--secret", "DDD", "--header", &right], body).out, "ok\n");
    let both = heard(&["verify", "x", "--secret", "DDD", "--header", &right, "--header", &wrong], body);
    assert_eq!((both.code, both.out.as_str()), (1, ""), "the newer header alone decides");

    let done = heard(&["handshake", "x", "--secret", "DDD", "crc_token=some_random"], b"");
    let proof = r#"{"response_token":"sha256=VE19eUk6krbdSqWPdvH71xtFhApBAU81uPW3UT65vOs="}"#;
    assert_eq!((done.code, done.out), (0, format!("200 application/json\n{proof}\n")));
    let done = heard(&["handshake", "x", "--secret", "DDD", "crc_token=%7B%22key%22%3A1%7D"], b"");
    assert_eq!((done.code, done.out.lines().count()), (1, 1), "a body is never signed: {}", done.out);
    assert!(done.out.starts_with("400 "));
}

#[test]
fn every_platform_that_is_built_is_signed_verified_and_answered() {
    let asked = "hub.mode=subscribe&hub.challenge=77&hub.verify_token=t&crc_token=77&challengeCode=77";
    // Of a form that every platform gives out.
    let secret = ["--secret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    for protocol in Protocol::ALL {
        let name = protocol.platform().name();
        let signed = heard(&[&["sign", name][..], &secret].concat(), b"{}");
        assert_eq!((signed.code, signed.err.as_str()), (0, ""), "{name}");
        let headers: Vec<_> = signed.out.lines().flat_map(|line| ["--header", line]).collect();
        let verified = |secret: &[&str], headers: &[&str]| {
            heard(&[&["verify", name][..], secret, headers].concat(), b"{}")
        };
        assert_eq!(verified(&secret, &headers).out, "ok\n", "{name}");
        let another = ["--secret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"];
        for done in [verified(&another, &headers), verified(&secret, &[])] {
            assert_eq!((done.code, done.out.as_str()), (1, ""), "{name}");
            assert_eq!(done.err.lines().count(), 1, "{name}");
        }
        let (proof, code, status) = match protocol.scheme().handshake {
            Proof::Token => (["--token", "t"], 0, "200 "),
            Proof::Secret => (secret, 0, "200 "),
            Proof::Nothing => (secret, 1, "405 "),
        };
        let answered = heard(&["handshake", name, proof[0], proof[1], asked], b"");
        assert_eq!(answered.code, code, "{name}: {answered:?}");
        assert!(answered.out.starts_with(status), "{name}: {answered:?}");
    }
}

#[test]
fn a_platform_that_is_not_known_is_answered_with_those_that_are() {
    for command in ["normalize", "verify", "sign", "handshake"] {
        let done = heard(&[command, "facebok"], b"");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{command}");
        for protocol in Protocol::ALL {
            assert!(done.err.contains(protocol.platform().name()), "{command}: {}", done.err);
        }
    }
}
