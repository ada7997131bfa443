//! `bench instructions`: what the processor is asked to do, counted by callgrind.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::function::Function;
use crate::recorded::{Numbers, Recorded};
use crate::sizes;

/// The most instructions from the start of the process to its first answer, without TLS.
const BUDGET: u64 = 5_000_000;
/// Two runs that differ by so many events tell what one of them takes.
const EVENTS: u32 = 100;

/// Count the instructions of `webhook`: a cold start up to the first answer, a new and a known event.
///
/// Needs valgrind. Counts hang on the compiler, valgrind and glibc: they are compared only with what the same
/// three recorded, and else only shown. The budget of a cold start holds in any case.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The binary; left out, cargo builds it.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Write the numbers to recorded.toml instead of comparing them with it.
    #[arg(long, conflicts_with = "binary")]
    record: bool,
    /// Keep the cold start's profile, for `callgrind_annotate --inclusive=yes FILE`. It names functions if the
    /// binary was built with `cargo build --profile profiling`.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

/// Prints one line per number.
///
/// # Errors
///
/// Valgrind is missing, or the function does not answer as it should.
pub(crate) async fn run(args: &Args) -> Result<ExitCode> {
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => build::release(&["webhook"])?.join("webhook"),
    };
    let now = Numbers { with: tools(&binary)?, of: count(&binary, args.keep.as_deref()).await? };
    let mut recorded = Recorded::read()?;
    let before = recorded.instructions.get(std::env::consts::ARCH);
    let comparison = now.against(before);
    let mut out = std::io::stdout().lock();
    writeln!(out, "instructions on {}, {}", std::env::consts::ARCH, now.with)?;
    write!(out, "{}", comparison.lines)?;
    let is_above = now.of["cold_start"] > BUDGET;
    if is_above {
        writeln!(out, "cold_start is above the budget of {BUDGET}")?;
    }
    let is_same = before.is_some_and(|before| before.with == now.with);
    if args.record {
        recorded.instructions.insert(std::env::consts::ARCH.to_owned(), now);
        recorded.write()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(before) = before.filter(|_| !is_same) {
        writeln!(out, "not comparable: recorded with {}", before.with)?;
    }
    let has_grown = is_same && comparison.has_grown;
    Ok(if is_above || has_grown { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn count(binary: &Path, keep: Option<&Path>) -> Result<BTreeMap<String, u64>> {
    let folder = tempfile::tempdir().context("making a folder for profiles")?;
    let profile = folder.path().join("profile");
    let cold = counted(binary, &profile, 1, false).await?;
    if let Some(keep) = keep {
        fs::copy(&profile, keep).with_context(|| format!("writing {}", keep.display()))?;
    }
    let new = counted(binary, &profile, 1 + EVENTS, false).await?;
    let first_known = counted(binary, &profile, 1, true).await?;
    let known = counted(binary, &profile, 1 + EVENTS, true).await?;
    let each = |many: u64, one: u64| many.saturating_sub(one) / u64::from(EVENTS);
    Ok(BTreeMap::from([
        ("cold_start".to_owned(), cold),
        ("new_event".to_owned(), each(new, cold)),
        ("known_event".to_owned(), each(known, first_known)),
    ]))
}

/// Returns the instructions of a whole run of that many events.
async fn counted(binary: &Path, profile: &Path, events: u32, are_known: bool) -> Result<u64> {
    let to = format!("--callgrind-out-file={}", profile.display());
    let runner = ["valgrind", "--quiet", "--tool=callgrind", &to].map(Into::into);
    let mut function = Function::start(binary, &runner).await.context("is valgrind installed?")?;
    if are_known {
        function.know_all();
    }
    function.tell(events).await?;
    // It has asked for the next event, and will not get one.
    function.cpu().await?;
    function.end().await?;
    let text = fs::read_to_string(profile).with_context(|| format!("reading {}", profile.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total.context("the profile has no totals")?.trim().parse()?)
}

fn tools(binary: &Path) -> Result<String> {
    let rustc = sizes::compiler(&fs::read(binary).with_context(|| format!("reading {}", binary.display()))?);
    let (valgrind, glibc) = (said("valgrind", "--version")?, said("getconf", "GNU_LIBC_VERSION")?);
    Ok(format!("{rustc}, {}, {glibc}", valgrind.replace('-', " ")))
}

fn said(program: &str, word: &str) -> Result<String> {
    let output = Command::new(program).arg(word).output().with_context(|| format!("starting {program}"))?;
    ensure!(output.status.success(), "{program} {word} failed");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
