//! `heard handshake`, and the flags of `sign` and `verify`.

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
    let table: [(&[&str], &str); 5] = [
        (&["sign", "facebook", "--secret", "s", "--at", "2025-10-09T08:53:24Z"], "--at"),
        (&["sign", "facebook", "--secret", "s", "--id", "msg_1"], "--id"),
        (&["sign", "facebook", "--secret", "s", "--oauth2"], "--oauth2"),
        (
            &["verify", "facebook", "--secret", "s", "--header", header, "--at", "2025-10-09T08:53:24Z"],
            "--at",
        ),
        (&["verify", "facebook", "--secret", "s", "--header", header, "--jwks", "keys.json"], "--jwks"),
    ];
    for (arguments, flag) in table {
        let done = heard(arguments, b"{}");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{done:?}");
        let told = format!(": {flag} means nothing for it\n");
        assert!(done.err.starts_with("error: facebook ") && done.err.ends_with(&told), "{done:?}");
    }
}
