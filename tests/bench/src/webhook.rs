//! `bench webhook`: cold start, CPU per event and memory of the function that platforms wait for.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::build;
use crate::function::Function;

/// So many events are delivered in one go. Before the first go that counts, one makes every buffer and cache
/// as large as it will be.
const GO: u32 = 100;

/// Measure `webhook`: CPU and time to the first answer, CPU per event, resident memory.
///
/// CPU is what the process itself used, as the scheduler counts it in nanoseconds (/proc/PID/task/*/schedstat);
/// the backend it talks to is another process. Connections are plain HTTP, so no TLS handshake is in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How often the function is started.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
    /// How often 100 new events are delivered to a warm function, and as often 100 known ones.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    goes: u32,
    /// The binary; left out, cargo builds it.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Words to start the binary with, such as `qemu-aarch64-static`.
    #[arg(long, value_name = "WORDS", value_delimiter = ' ')]
    runner: Vec<OsString>,
}

/// Prints one table.
///
/// # Errors
///
/// The function does not build, start or answer as it should.
pub(crate) async fn run(args: &Args) -> Result<ExitCode> {
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => build::release(&["webhook"])?.join("webhook"),
    };
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..args.starts {
        let started = Instant::now();
        let mut function = Function::start(&binary, &args.runner).await?;
        function.tell(1).await?;
        wall.push(started.elapsed());
        cpu.push(function.cpu().await?);
        function.end().await?;
    }
    let mut function = Function::start(&binary, &args.runner).await?;
    let new = per_event(&mut function, args.goes).await?;
    function.know_all();
    let known = per_event(&mut function, args.goes).await?;
    let memory = function.peak_memory()?;
    function.end().await?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "{} starts, 2 × {} × {GO} events, {}", args.starts, args.goes, binary.display())?;
    writeln!(out, "{:32}{:>12}{:>12}   budget", "", "least", "median")?;
    writeln!(out, "{}   8 ms, with a TLS handshake", row("cold start to first answer, CPU", cpu))?;
    writeln!(out, "{}", row("cold start to first answer, time", wall))?;
    writeln!(out, "{}   150 µs", row("CPU per new event", new))?;
    writeln!(out, "{}   150 µs", row("CPU per known event", known))?;
    let megabytes = Duration::from_micros(memory).as_secs_f64(); // a million to one, without a lossy cast
    writeln!(out, "{:32}{megabytes:>21.1} MB   12 MB", "resident memory, peak")?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the CPU time of one event, as each go tells it.
async fn per_event(function: &mut Function, goes: u32) -> Result<Vec<Duration>> {
    let mut each = Vec::new();
    function.tell(GO).await?;
    for _ in 0..goes {
        let before = function.cpu().await?;
        function.tell(GO).await?;
        each.push(function.cpu().await?.saturating_sub(before) / GO);
    }
    Ok(each)
}

/// Writes the least and the median: the one is what the work takes, the other shows what else the machine did.
fn row(name: &str, mut times: Vec<Duration>) -> String {
    times.sort();
    let [least, median] = [0, times.len() / 2].map(|place| {
        let micros = times[place].as_secs_f64() * 1e6;
        if micros < 1000.0 { format!("{micros:.0} µs") } else { format!("{:.2} ms", micros / 1000.0) }
    });
    format!("{name:32}{least:>12}{median:>12}")
}
