//! Building the functions the way they are deployed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The functions of the template, each the only binary of the package of its name.
pub(crate) const FUNCTIONS: [&str; 5] = ["webhook", "check", "mail", "feedback", "sweep"];

/// Returns the folder with the functions' release binaries, after the cargo that runs us has built `functions`.
///
/// Only they are built: together with other packages their dependencies would get more features than deployed
/// functions have.
///
/// # Errors
///
/// We were not started by cargo, or the build fails.
pub(crate) fn release(functions: &[&str]) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").context("start with `cargo run`, or name the binaries")?;
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest);
    for function in functions {
        command.args(["--package", function]);
    }
    // What `cargo run` tells about this package is no business of the build: build scripts that look at it
    // would run again, and everything above them.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    if !command.status().context("starting cargo")?.success() {
        bail!("the functions do not build");
    }
    // The release binary of `bench` itself lies there too; a debug one lies in the folder beside.
    let us = std::env::current_exe().context("finding the running executable")?;
    let target = us.parent().and_then(Path::parent).context("finding the target folder")?;
    Ok(target.join("release"))
}
