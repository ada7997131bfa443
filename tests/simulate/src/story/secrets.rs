//! The secrets of the installation: on each platform one app speaks for both brands.

use domain::id::Platform;

/// The text that [`Secrets::parse`](flow::secrets::Secrets::parse) reads.
pub const TEXT: &str = r#"
[[secret]]
id = "meta-app"
kind = "app"
platform = "facebook"
value = "simulated-meta-app-secret"
accounts = ["facebook:100200300400", "facebook:500600700800"]

[[secret]]
id = "meta-verify"
kind = "verify"
platform = "facebook"
value = "simulated-verify-token"

[[secret]]
id = "x-app"
kind = "app"
platform = "x"
value = "simulated-x-consumer-secret"
accounts = ["x:2244994945", "x:2255005056"]

[[secret]]
id = "pager"
kind = "hook"
value = "whsec_c2ltdWxhdGVkLXNlY3JldC1vZi1hLXdlYmhvb2s="

[[secret]]
id = "names"
kind = "key"
value = "simulated-key-that-names-conversations"
"#;

/// Returns what the platform signs its bodies with.
///
/// # Panics
///
/// If the installation has no account there.
#[must_use]
pub fn app_secret(platform: Platform) -> &'static [u8] {
    match platform {
        Platform::Facebook => b"simulated-meta-app-secret",
        Platform::X => b"simulated-x-consumer-secret",
        other => panic!("no account on {other}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Account;
    use flow::secrets::Secrets;

    use super::super::people::BRANDS;
    use super::*;

    #[test]
    fn each_app_speaks_for_both_brands() {
        let secrets = Secrets::parse(TEXT).unwrap();
        for (platform, account) in [
            (Platform::Facebook, BRANDS[0].page),
            (Platform::Facebook, BRANDS[1].page),
            (Platform::X, BRANDS[0].x),
            (Platform::X, BRANDS[1].x),
        ] {
            let speaker = secrets.speaker(platform, |secret| secret == app_secret(platform)).unwrap();
            assert!(speaker.may_speak_for(&Account { platform, id: account.to_owned() }), "{account}");
        }
        assert_eq!(secrets.tokens(Platform::Facebook).count(), 1);
    }
}
