//! What a stack of a test runs on: its secrets and its configuration.

use std::fmt::Write as _;

/// The secret that signs what [`World::deliver`](super::World::deliver) delivers.
pub const SECRET: &str = "test-app-secret";
/// The secret that was in force before it, and is believed still.
pub const PREVIOUS_SECRET: &str = "test-app-secret-before";
/// The secret that signs what [`World::deliver_x`](super::World::deliver_x) delivers.
pub const X_SECRET: &str = "test-consumer-secret";
/// The word of the handshake.
pub const TOKEN: &str = "test-verify-token";
/// A page of the brand that [`SECRET`] may not speak for.
pub const OTHER_PAGE: &str = "100200300401";
/// A page that [`SECRET`] may speak for and no brand has.
pub const STRANGE_PAGE: &str = "100200300499";
/// An app of the brand whose messages are not answers.
pub const MACHINE: &str = "268278000000001";

/// A step at the deadline, for [`config`].
pub const LEAD_WHEN_DUE: &str = r#"{ at = "due", to = "lead" }"#;

/// A configuration in which dana is everybody, for two pages and with the ladder that everybody has.
pub const DANA_ALONE: &str = r#"
[brand.acme]
accounts = ["facebook:100200300400", "facebook:100200300401"]
owner = "dana"
lead = ["dana"]
manager = ["dana"]

[person.dana]
email = "dana@acme.example"
"#;

/// Returns a text of secrets in which `value` signs, and `previous` did before.
#[must_use]
pub fn secrets(value: &str, previous: &str) -> String {
    format!(
        r#"
        [[secret]]
        id = "meta-app"
        kind = "app"
        platform = "facebook"
        value = "{value}"
        previous = "{previous}"
        accounts = ["facebook:100200300400", "facebook:100200300499"]

        [[secret]]
        id = "meta-verify"
        kind = "verify"
        platform = "facebook"
        value = "{TOKEN}"

        [[secret]]
        id = "x-app"
        kind = "app"
        platform = "x"
        value = "{X_SECRET}"
        accounts = ["x:2244994945", "x:2244994946", "x:3300000001"]

        [[secret]]
        id = "names"
        kind = "key"
        value = "test-key-that-names-conversations"
        "#
    )
}

/// Returns the configuration of one brand with this target and these steps, such as
/// `{ at = "due", to = "lead" }`. Owner is dana, backup lee, lead kim, manager ash. Every matter has a mail of its own.
#[must_use]
pub fn config(target: &str, steps: &[&str]) -> String {
    config_with_windows(target, steps, ["0s", "0s"])
}

/// Returns [`config`] with these windows: that of who answers, and that of managers.
#[must_use]
pub fn config_with_windows(target: &str, steps: &[&str], windows: [&str; 2]) -> String {
    let [window, manager_window] = windows;
    let mut text = format!(
        r#"
        [brand.acme]
        name = "Acme"
        accounts = ["facebook:100200300400", "facebook:100200300401", "x:2244994945", "x:2244994946"]
        policy = "quick"
        owner = "dana"
        backup = "lee"
        lead = ["kim"]
        manager = ["ash"]
        automation = ["facebook:{MACHINE}"]

        [policy.quick.question]
        target = "{target}"
        ladder = [{}]

        [mails]
        window = "{window}"
        manager_window = "{manager_window}"

        [admin]
        to = ["ash"]
        "#,
        steps.join(", ")
    );
    for person in ["dana", "lee", "kim", "ash"] {
        write!(text, "\n[person.{person}]\nemail = \"{person}@acme.example\"\n").expect("text takes text");
    }
    text
}
