//! The runbooks of the platforms: each that is built has one, its secrets are taken, and its commands work.

use std::fs;

use domain::platform::Protocol;
use domain::policy::{Config, Format};
use flow::secrets::{Examined, examine};

use crate::command_line::root;
use crate::help::shell;

/// What every text of secrets needs beside those of a platform.
pub(crate) const OURS: &str = r#"
[[secret]]
id = "names"
kind = "key"
value = "a-key-of-at-least-thirty-two-bytes"

[[secret]]
id = "links"
kind = "link"
value = "another-of-at-least-thirty-two-bytes"
"#;

fn page(protocol: Protocol) -> String {
    let name = format!("infra/runbooks/connect-{}.md", protocol.platform());
    fs::read_to_string(root().join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The lines of the block that begins with ```` ```toml ````, without their indentation.
fn toml(page: &str) -> String {
    let lines = page.lines().map(str::trim).skip_while(|line| *line != "```toml").skip(1);
    lines.take_while(|line| *line != "```").collect::<Vec<_>>().join("\n")
}

#[test]
fn every_platform_that_is_built_has_a_page_that_the_readme_links() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for protocol in Protocol::ALL {
        let platform = protocol.platform();
        let page = page(protocol);
        assert!(readme.contains(&format!("(infra/runbooks/connect-{platform}.md)")), "{platform}");
        assert!(page.contains(&format!("HookUrl/{platform}")), "{platform}: the address");
        for command in ["sign", "verify"] {
            assert!(page.contains(&format!("cargo heard {command} {platform} ")), "{platform}: {command}");
        }
        assert!(page.contains("When it does not"), "{platform}: typical failures");
    }
}

#[test]
fn the_secrets_of_each_page_are_taken_without_a_doubt() {
    for protocol in Protocol::ALL {
        let Examined { problems, doubts, accounts, .. } = examine(&(toml(&page(protocol)) + OURS), None);
        assert_eq!((problems, doubts), (vec![], vec![]), "{protocol:?}");
        let all_there = accounts.iter().all(|account| account.platform == protocol.platform());
        assert!(!accounts.is_empty() && all_there, "{protocol:?}: {accounts:?}");
    }
}

#[test]
fn the_commands_of_each_page_work() {
    for protocol in Protocol::ALL {
        let page = page(protocol);
        let commands = page.lines().filter_map(|line| line.strip_prefix("    "));
        let commands =
            commands.filter(|line| line.starts_with("cargo heard ") || line.contains("| cargo heard "));
        let mut ran = 0;
        for command in commands {
            let done = shell(&command.replace("cargo heard", "heard"));
            assert_eq!((done.code, done.err.as_str()), (0, ""), "{command}: {done:?}");
            ran += 1;
        }
        assert!(ran >= 1, "{protocol:?}");
    }
}

#[test]
fn what_the_page_of_webhooks_shows_can_be_used() {
    let name = "infra/runbooks/webhook-channel.md";
    let page = fs::read_to_string(root().join(name)).unwrap();
    let Examined { problems, doubts, hooks, .. } = examine(&(toml(&page) + OURS), None);
    assert_eq!((problems, doubts), (vec![], vec![]));
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let brand = "[brand.acme]\naccounts = [\"generic:hotline\"]\nowner = \"pager\"\nlead = [\"pager\"]\nmanager = [\"pager\"]\n";
    let config = format!("{brand}{}", lines.collect::<Vec<_>>().join("\n"));
    let config = Config::parse(&config).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let webhook = config.people[&"pager".into()].webhook.as_ref().unwrap();
    assert!(hooks.contains_key(webhook.secret.as_ref().unwrap()));
    for format in Format::ALL {
        assert!(page.contains(&format!("| `{}`", format.name())), "{format:?}");
    }
}
