//! The functions' binaries: built by the cargo that runs us, or found beside us.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Read, stderr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::local::template::{Place, Template};

/// Returns the folder with the binaries of all functions of a template.
///
/// Under `cargo run` and `cargo test` they are built first, so that they never lag behind the source.
/// Without cargo they must lie beside the running executable.
///
/// # Errors
///
/// The template cannot be read, the build fails, or a binary is missing.
pub fn folder(template: &Path) -> Result<PathBuf> {
    let functions = Template::read(template, &Place::default())?.functions;
    let mut names: Vec<_> = functions.into_iter().map(|function| function.binary).collect();
    names.sort();
    names.dedup();
    match std::env::var_os("CARGO") {
        Some(cargo) => build(cargo, &names),
        None => beside_us(&names),
    }
}

fn beside_us(names: &[String]) -> Result<PathBuf> {
    let us = std::env::current_exe().context("finding the running executable")?;
    let folder = us.parent().context("finding the folder of the running executable")?.to_owned();
    match names.iter().find(|name| !folder.join(name).is_file()) {
        Some(name) => bail!(
            "the function {name} is not in {}; start with `cargo run`, or name its folder with --functions",
            folder.display()
        ),
        None => Ok(folder),
    }
}

/// What cargo says about each piece it has built.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
    #[serde(default)]
    fresh: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

fn build(cargo: OsString, names: &[String]) -> Result<PathBuf> {
    let started = Instant::now();
    let mut child = command(cargo, names).spawn().context("starting cargo")?;
    let complaints = drain(&mut child);
    let bar = progress();
    let mut folder = None;
    let stdout = child.stdout.take().context("reading from cargo")?;
    for line in BufReader::new(stdout).lines() {
        let Ok(message) = serde_json::from_str::<Message>(&line.context("reading from cargo")?) else {
            continue; // not one of the messages we know
        };
        let Some(target) = message.target.filter(|_| message.reason == "compiler-artifact") else { continue };
        if !message.fresh {
            report(bar.as_ref(), &target.name);
        }
        if names.contains(&target.name) {
            folder = message.executable.and_then(|path| Some(path.parent()?.to_owned())).or(folder);
        }
    }
    let status = child.wait().context("waiting for cargo")?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if !status.success() {
        // Cargo's own words, colours and all, are the best explanation.
        eprint!("{}", complaints.join().unwrap_or_default());
        bail!("the functions do not build");
    }
    eprintln!("{} functions ready after {:.1} s", names.len(), started.elapsed().as_secs_f32());
    folder.context("cargo built no function")
}

fn command(cargo: OsString, names: &[String]) -> Command {
    let mut command = Command::new(cargo);
    command.args(["build", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml")]);
    // `heard` is among them, though it runs already: cargo then unites the features of the same crates as
    // for `cargo run`, and nothing is compiled twice.
    for name in names.iter().map(String::as_str).chain(["heard"]) {
        command.args(["--package", name]);
    }
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command.arg("--message-format=json-render-diagnostics");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Reads what cargo writes for people, so that it never waits for us.
fn drain(child: &mut Child) -> thread::JoinHandle<String> {
    let stderr = child.stderr.take();
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut stderr) = stderr {
            // Half of an explanation is better than none.
            stderr.read_to_end(&mut text).ok();
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

fn progress() -> Option<ProgressBar> {
    if !stderr().is_terminal() {
        eprintln!("building the functions");
        return None;
    }
    let style =
        ProgressStyle::with_template("{spinner} building the functions: {pos} crates, {msg} ({elapsed})");
    let bar =
        ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(100));
    Some(bar)
}

fn report(bar: Option<&ProgressBar>, name: &str) {
    match bar {
        Some(bar) => {
            bar.inc(1);
            bar.set_message(name.to_owned());
        }
        None => eprintln!("compiled {name}"),
    }
}
