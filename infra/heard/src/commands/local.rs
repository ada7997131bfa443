//! `heard local`: the stack on a laptop, until somebody stops it.

use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use heard::functions;
use heard::local::{Options, Stack};
use tokio::signal::unix::{SignalKind, signal};

/// Runs all functions on this machine, without Docker and without an AWS account.
#[derive(Debug, Args)]
pub(crate) struct Local {
    /// Port of the HTTP API and the mailbox on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Folder that keeps table, queues and mails; left out, all is lost at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration to push as soon as the stack is ready
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// TOML text to serve as the secret of the template
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Folder of the functions' binaries; left out, they are built
    #[arg(long, value_name = "DIR")]
    functions: Option<PathBuf>,
}

/// The template this binary was built beside.
const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");

impl Local {
    pub(crate) async fn run(self) -> Result<()> {
        // Listened for from the start: a signal during the build ends us as well.
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let stopped = async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        tokio::select! {
            done = self.serve() => done,
            () = stopped => Ok(()), // dropping the stack ends all it started
        }
    }

    async fn serve(self) -> Result<()> {
        let template = template();
        let functions = if let Some(folder) = self.functions {
            folder
        } else {
            let template = template.clone();
            tokio::task::spawn_blocking(move || functions::folder(&template)).await??
        };
        let secrets = match &self.secrets {
            Some(path) => read(path)?,
            None => String::new(),
        };
        let options =
            Options { port: self.port, data: self.data, template, functions, secrets, ..Options::default() };
        let stack = Stack::start(options).await?;
        if let Some(path) = &self.config {
            push(&stack, &read(path)?);
        }
        announce(&stack.url()).context("writing to stdout")?;
        eprintln!("mails: {}/mailbox   AWS endpoint: {}", stack.url(), stack.aws_endpoint());
        std::future::pending().await
    }
}

/// The checkout's template, or the one in the current folder if the binary has left its checkout.
fn template() -> PathBuf {
    let built = Path::new(TEMPLATE);
    if built.is_file() { built.to_owned() } else { PathBuf::from("template.yaml") }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// The place of `config push` on a stack that is just ready.
fn push(stack: &Stack, _config: &str) {
    eprintln!("the configuration is not pushed: `config push` to {} is still to come", stack.table_name());
}

/// The first line of stdout, which scripts wait for.
fn announce(url: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "ready {url}")?;
    out.flush()
}
