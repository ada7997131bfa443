//! `bench sizes`: bytes of the deployed binaries.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::build::{self, FUNCTIONS};
use crate::recorded::{Numbers, Recorded};

/// The most that a binary for arm64, which is what is deployed, may have.
const BUDGET: u64 = 6_500_000;

/// Print the sizes of the four functions, and fail if one has grown by more than 3 %.
///
/// Binaries for arm64 also fail above 6.5 MB. Small changes of the compiler show here too: if the growth is the
/// compiler's, record it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder with the binaries, as FUNCTION or FUNCTION/bootstrap; left out, cargo builds them.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Write the numbers to recorded.toml instead of comparing them with it.
    #[arg(long)]
    record: bool,
}

/// Prints one line per function.
///
/// # Errors
///
/// A binary is missing, not stripped, or for another machine than the rest.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => build::release(&FUNCTIONS)?,
    };
    let (machine, now) = measure(&folder)?;
    let mut recorded = Recorded::read()?;
    let comparison = now.against(recorded.sizes.get(machine));
    let mut out = std::io::stdout().lock();
    writeln!(out, "bytes for {machine}, {}", now.with)?;
    write!(out, "{}", comparison.lines)?;
    let above: Vec<_> = now.of.iter().filter(|(_, size)| machine == "aarch64" && **size > BUDGET).collect();
    for (name, size) in &above {
        writeln!(out, "{name}: {size} bytes are above the budget of {BUDGET}")?;
    }
    if args.record {
        recorded.sizes.insert(machine.to_owned(), now);
        recorded.write()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(before) = recorded.sizes.get(machine).filter(|before| before.with != now.with) {
        writeln!(out, "recorded with {}; if the growth is the compiler's: --record", before.with)?;
    }
    let is_fine = above.is_empty() && !comparison.has_grown;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure(folder: &Path) -> Result<(&'static str, Numbers)> {
    let mut machines = BTreeMap::new();
    let mut sizes = BTreeMap::new();
    for name in FUNCTIONS {
        let path = [folder.join(name).join("bootstrap"), folder.join(name)];
        let path = path.iter().find(|path| path.is_file());
        let path = path.with_context(|| format!("{name} is not in {}", folder.display()))?;
        let binary = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        // Symbols would be counted too, and are never deployed.
        ensure!(find(&binary, b".symtab").is_none(), "{} is not stripped", path.display());
        machines.insert((machine(&binary)?, compiler(&binary)), name);
        sizes.insert(name.to_owned(), u64::try_from(binary.len())?);
    }
    let mut machines = machines.into_keys();
    let (Some((machine, with)), None) = (machines.next(), machines.next()) else {
        bail!("the binaries in {} are not of one build", folder.display());
    };
    Ok((machine, Numbers { with, of: sizes }))
}

/// Reads `e_machine` of an ELF header.
///
/// Source: <https://gabi.xinuos.com/elf/02-eheader.html>
fn machine(binary: &[u8]) -> Result<&'static str> {
    match binary.get(..20) {
        Some([0x7f, b'E', b'L', b'F', .., 62, 0]) => Ok("x86_64"),
        Some([0x7f, b'E', b'L', b'F', .., 183, 0]) => Ok("aarch64"),
        _ => bail!("not a binary for x86-64 or arm64"),
    }
}

/// Returns what the compiler wrote into the comment section, such as `rustc 1.95.0`.
pub(crate) fn compiler(binary: &[u8]) -> String {
    const MARK: &[u8] = b"rustc version ";
    let version = find(binary, MARK).map(|at| &binary[at + MARK.len()..]).unwrap_or_default();
    let version = version.split(|byte| matches!(byte, b' ' | 0)).next().unwrap_or_default();
    format!("rustc {}", String::from_utf8_lossy(version))
}

fn find(binary: &[u8], what: &[u8]) -> Option<usize> {
    binary.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_tells_its_machine_and_its_compiler() {
        let mut binary = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\xb7\0".to_vec();
        binary.extend(b"\0rustc version 1.95.0 (59807616e 2026-04-14)\0");
        assert_eq!(machine(&binary).unwrap(), "aarch64");
        assert_eq!(compiler(&binary), "rustc 1.95.0");
        assert!(machine(b"#!/bin/sh").is_err());
    }
}
