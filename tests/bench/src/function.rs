//! The function under measurement: a process of its own with Lambda's environment.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::backend::{Backend, SECRETS_ARN};
use crate::{cpu, event};

/// A running function and the backend that it alone talks to.
pub(crate) struct Function {
    backend: Backend,
    child: Child,
    process: u32,
    told: u32,
}

impl Function {
    /// Starts a binary, behind the words of `runner` if there are any, such as an emulator.
    pub(crate) async fn start(binary: &Path, runner: &[OsString]) -> Result<Function> {
        let backend = Backend::start().await?;
        let words = runner.iter().cloned().chain([binary.into()]).collect::<Vec<_>>();
        let address = backend.address.to_string();
        let child = Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "bench")
            .env("AWS_SECRET_ACCESS_KEY", "bench")
            .env("AWS_SESSION_TOKEN", "bench")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ENDPOINT_URL", format!("http://{address}"))
            .env("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023")
            .env("AWS_LAMBDA_FUNCTION_NAME", "webhook")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/webhook")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_LOG_LEVEL", "INFO")
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("TABLE", "heard-bench")
            .env("SECRETS_ARN", SECRETS_ARN)
            .stdin(Stdio::null())
            // Lambda reads what a function prints; writing it is part of the work, showing it is not.
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", words[0].display()))?;
        let process = child.id().context("the process has ended")?;
        Ok(Function { backend, child, process, told: 0 })
    }

    /// From now on every event is one that the table has.
    pub(crate) fn know_all(&self) {
        self.backend.know_all();
    }

    /// Delivers that many events, one after the other, each another comment.
    ///
    /// # Errors
    ///
    /// One of them was not answered 200 after exactly one put.
    pub(crate) async fn tell(&mut self, events: u32) -> Result<()> {
        for _ in 0..events {
            self.told += 1;
            let payload = event::comment(self.told);
            let answer = tokio::select! {
                answer = self.backend.invoke(payload) => answer?,
                status = self.child.wait() => bail!("the function has ended: {}", status?),
            };
            let answer: Value = serde_json::from_slice(&answer).context("reading the function's answer")?;
            ensure!(answer["statusCode"] == 200, "the function answered {answer}");
        }
        let puts = self.backend.puts();
        ensure!(puts == self.told, "{} events were told and {puts} put", self.told);
        Ok(())
    }

    /// Returns the CPU time used since the process was started, once it waits for the next event.
    pub(crate) async fn cpu(&self) -> Result<Duration> {
        cpu::at_rest(self.process).await
    }

    /// Returns the most memory that was resident at once, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        cpu::peak_memory(self.process)
    }

    /// Asks the process to end, and waits until it has: a runner may have something to write first.
    pub(crate) async fn end(mut self) -> Result<()> {
        let asked = Command::new("kill").arg(self.process.to_string()).status().await;
        ensure!(asked.context("starting kill")?.success(), "process {} cannot be asked to end", self.process);
        self.child.wait().await.context("waiting for the function's end")?;
        Ok(())
    }
}
