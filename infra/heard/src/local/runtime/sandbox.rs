//! One process of one function.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::super::kill::Entry;
use super::super::template::{ACCOUNT, Function, REGION};
use super::api::{Api, Reported, Work};
use super::{InvokeError, Surroundings};

/// Lambda's own limit for what happens before the first invocation.
const INIT: Duration = Duration::from_secs(10);
/// What a process printed before its end is read within this time; a child of its own may hold the pipe open.
const LAST_WORDS: Duration = Duration::from_secs(1);

pub(super) struct Sandbox {
    function: Arc<Function>,
    child: Child,
    work: mpsc::Sender<Work>,
    /// The two readers of the process's output.
    output: JoinSet<()>,
    /// The Runtime API; it ends with the sandbox.
    _api: JoinSet<()>,
    /// Given back last: who waits for the end of the sandbox finds its process gone.
    entry: Entry,
}

impl Sandbox {
    /// Starts the process and returns when it asks for its first invocation.
    pub(super) async fn start(
        function: Arc<Function>,
        surroundings: &Surroundings,
    ) -> Result<Self, InvokeError> {
        let path = surroundings.binaries.join(&function.binary);
        let failed = |source| InvokeError::Start { path: path.clone(), source };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?.to_string();

        let (work, receiver) = mpsc::channel(1);
        let (sender, ready) = oneshot::channel();
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", function.id);
        let api = Api::new(receiver, sender, arn, function.timeout);
        let mut serving = JoinSet::new();
        serving.spawn(async {
            // Serving ends with the sandbox; there is nobody to tell of a failure but the process itself.
            axum::serve(listener, api.router()).await.ok();
        });

        let entry = surroundings.sandboxes.enter();
        let mut command = command(&path, &function, surroundings, &address);
        let mut child = command.env("AWS_SESSION_TOKEN", entry.token()).spawn().map_err(failed)?;
        let mut output = JoinSet::new();
        if let Some(stdout) = child.stdout.take() {
            output.spawn(copy(stdout, function.id.clone(), surroundings.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            output.spawn(copy(stderr, function.id.clone(), surroundings.clone()));
        }
        let mut sandbox = Self { function, child, work, output, _api: serving, entry };
        sandbox.wait_until(ready).await?;
        Ok(sandbox)
    }

    async fn wait_until(
        &mut self,
        ready: oneshot::Receiver<Result<(), Reported>>,
    ) -> Result<(), InvokeError> {
        tokio::select! {
            biased; // a reason the function gave says more than its exit status
            said = ready => match said {
                Ok(Err(reported)) => Err(reported.into()),
                Ok(Ok(())) | Err(_) => Ok(()),
            },
            status = self.child.wait() => Err(self.exited(status).await),
            () = tokio::time::sleep(INIT) => Err(InvokeError::InitTimeout(INIT)),
        }
    }

    /// Hands over one payload and waits for the answer, the process's end or the time-out.
    pub(super) async fn invoke(&mut self, payload: Bytes) -> Result<Bytes, InvokeError> {
        let (answer, answered) = oneshot::channel();
        self.entry.begin();
        if self.work.send(Work { payload, answer }).await.is_err() {
            return Err(self.has_exited().await);
        }
        tokio::select! {
            biased; // an answer counts even if the process ended right behind it
            outcome = answered => match outcome {
                Ok(outcome) => outcome.map_err(InvokeError::from),
                Err(_) => Err(self.has_exited().await),
            },
            status = self.child.wait() => Err(self.exited(status).await),
            () = self.entry.ends() => {
                self.child.start_kill().ok(); // it may have ended by itself
                Err(self.has_exited().await)
            }
            () = tokio::time::sleep(self.function.timeout) => Err(InvokeError::TimedOut(self.function.timeout)),
        }
    }

    async fn has_exited(&mut self) -> InvokeError {
        let status = self.child.wait().await;
        self.exited(status).await
    }

    /// Reads the last words of a process that ended: they tell why.
    async fn exited(&mut self, status: io::Result<ExitStatus>) -> InvokeError {
        let read = async { while self.output.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_WORDS, read).await.ok();
        InvokeError::Exited(status.unwrap_or_default())
    }

    /// Whether the process still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the process, as Lambda does without asking it first.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.ok(); // it may have ended by itself
    }
}

impl From<Reported> for InvokeError {
    fn from(reported: Reported) -> Self {
        Self::Function { kind: reported.error_type, message: reported.error_message }
    }
}

/// The process with Lambda's environment and nothing of ours.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
fn command(path: &Path, function: &Function, surroundings: &Surroundings, api: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env_clear()
        .envs(&function.environment)
        .env("_HANDLER", "bootstrap")
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023")
        .env("AWS_LAMBDA_FUNCTION_NAME", &function.id)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string())
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.id))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_LAMBDA_LOG_FORMAT", &function.log_format)
        .env("AWS_LAMBDA_RUNTIME_API", api)
        .env("AWS_ENDPOINT_URL", &surroundings.aws_endpoint)
        .env("HOOK_SINK", &surroundings.hook_sink)
        // The gateway tells callers apart by this; nothing checks the signature.
        .env("AWS_ACCESS_KEY_ID", &function.id)
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("LANG", "en_US.UTF-8")
        .env("TZ", ":UTC")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Copies lines to the log, and what they measure to the metrics; a line that is not UTF-8 is shown as well
/// as can be.
async fn copy(output: impl AsyncRead + Unpin, function: String, surroundings: Surroundings) {
    let Surroundings { logs, metrics, .. } = surroundings;
    let mut output = BufReader::new(output);
    let mut bytes = Vec::new();
    while let Ok(1..) = output.read_until(b'\n', &mut bytes).await {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end();
        logs.line(&function, line);
        if let Err(problem) = metrics.collect(line) {
            logs.line(&function, &format!("a metric is lost: {problem}"));
        }
        bytes.clear();
    }
}
