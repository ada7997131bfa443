//! `heard local`: the stack on a laptop, until somebody stops it.

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use super::{input, table};
use anyhow::{Context, Result};
use clap::Args;
use cloud::settings::Terms;
use flow::ports::Settings;
use heard::local::{Options, Stack};
use heard::{files, functions};
use tokio::signal::unix::{SignalKind, signal};

/// Run all functions on this machine, without Docker and without an AWS account
///
/// Prints `ready URL` to stdout as soon as it takes requests; what the functions log goes to stderr. Webhooks
/// come in at URL/hook/PLATFORM, mails are shown at URL/mailbox. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  heard local --config infra/config/example.toml --secrets infra/config/secrets.example.toml --data .heard")]
pub(crate) struct Local {
    /// Port of the HTTP API and the mailbox on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Folder that keeps table, queues and mails; left out, all is lost at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration to push as soon as the stack is ready; left out, the one in --data or an example
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Secrets to serve, a TOML file; left out, those of infra/config/secrets.example.toml
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Folder of the functions' binaries; left out, they are built
    #[arg(long, value_name = "DIR")]
    functions: Option<PathBuf>,
}

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
        let template = files::template();
        let functions =
            if let Some(folder) = self.functions { folder } else { built(template.clone()).await? };
        let secrets = match &self.secrets {
            // What is wrong with them is told here, to the one who wrote them: a function could only answer 500.
            Some(path) => input::secrets(path)?,
            None => files::EXAMPLE_SECRETS.to_owned(),
        };
        let config = match &self.config {
            Some(path) => {
                let text = input::text(path)?;
                input::config(path, &text)?;
                Some(text)
            }
            None => None,
        };
        let options =
            Options { port: self.port, data: self.data, template, functions, secrets, ..Options::default() };
        let stack = Stack::start(options).await?;
        let cloud = table::of(&stack).await?;
        let terms = Terms { go_back: true, ..Terms::default() };
        let number = match config {
            Some(text) => cloud.push(&text, terms).await?,
            // What an earlier run left in --data stays in force.
            None => match domain::versions::current(&cloud.pushes().await?) {
                Some(number) => number,
                None => cloud.push(files::EXAMPLE_CONFIG, terms).await?,
            },
        };
        eprintln!("configuration version {number} is in force");
        announce(&stack.url()).context("writing to stdout")?;
        let (url, aws) = (stack.url(), stack.aws_endpoint());
        eprintln!("mails: {url}/mailbox   metrics: {url}/metrics   AWS endpoint: {aws}");
        std::future::pending().await
    }
}

/// Returns the folder of the functions' binaries, built by then.
pub(super) async fn built(template: PathBuf) -> Result<PathBuf> {
    tokio::task::spawn_blocking(move || functions::folder(&template)).await?
}

/// The first line of stdout, which scripts wait for.
fn announce(url: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "ready {url}")?;
    out.flush()
}
