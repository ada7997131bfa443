//! What a process has used so far, as the kernel counts it.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, io};

use anyhow::{Context, Result, bail};

/// How often is looked whether a process sleeps.
const GLANCE: Duration = Duration::from_millis(1);
/// No function works longer for one event, not even emulated.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until every thread of a process sleeps, and returns the CPU time that they have used together.
///
/// Resolution: the scheduler counts nanoseconds, and brings its count up to date when a thread leaves its
/// CPU; that is why they must sleep. A thread that has ended is not counted.
///
/// # Errors
///
/// The process has ended, or does not come to rest within a minute.
///
/// Source: <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>
pub(crate) async fn at_rest(process: u32) -> Result<Duration> {
    let started = Instant::now();
    let mut before = None;
    loop {
        let seen = sleeping(process).with_context(|| format!("looking at process {process}"))?;
        // Twice the same: it has not woken up in between to do the next thing.
        if let Some(used) = seen.filter(|used| before == Some(*used)) {
            return Ok(used);
        }
        if started.elapsed() > PATIENCE {
            bail!("process {process} does not come to rest");
        }
        before = seen;
        tokio::time::sleep(GLANCE).await;
    }
}

/// Returns the most memory that a process has had resident at once, in bytes.
///
/// # Errors
///
/// The process has ended.
pub(crate) fn peak_memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.context("the kernel tells no VmHWM")?.parse()?;
    Ok(kilobytes * 1024)
}

/// Returns what all threads have used, or nothing if one of them runs.
fn sleeping(process: u32) -> io::Result<Option<Duration>> {
    let mut used = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?.path();
        if state(&thread)? != Some('S') {
            return Ok(None);
        }
        let schedstat = fs::read_to_string(thread.join("schedstat"))?;
        let nanos = schedstat.split_whitespace().next().and_then(|nanos| nanos.parse::<u64>().ok());
        used += nanos.ok_or_else(|| io::Error::other("the kernel keeps no schedstat"))?;
    }
    Ok(Some(Duration::from_nanos(used)))
}

/// Returns the letter behind the program's name, which stands in brackets and may hold anything.
fn state(thread: &Path) -> io::Result<Option<char>> {
    let stat = fs::read_to_string(thread.join("stat"))?;
    Ok(stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next()))
}
