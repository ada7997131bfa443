//! What of the checkout the command line takes along: the template, and configurations to start with.

use std::path::{Path, PathBuf};

/// The template this binary was built beside.
const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");

/// A configuration to look at and to change.
pub const EXAMPLE_CONFIG: &str = include_str!("../../config/example.toml");
/// Secrets that are none: for the local stack.
pub const EXAMPLE_SECRETS: &str = include_str!("../../config/secrets.example.toml");
/// What the demo runs on.
pub const DEMO_CONFIG: &str = include_str!("../../config/demo.toml");

/// Returns the checkout's template, or the one in the current folder if the binary has left its checkout.
#[must_use]
pub fn template() -> PathBuf {
    let built = Path::new(TEMPLATE);
    if built.is_file() { built.to_owned() } else { PathBuf::from("template.yaml") }
}
