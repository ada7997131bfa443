//! The local stack: the deployed function binaries on a laptop, wired as `template.yaml` says.
//!
//! One process holds what AWS would: DynamoDB, the queues, a mailbox for SES, a sink for
//! webhooks, the secrets, Lambda itself and
//! the HTTP API. It knows the AWS services and no rule of Heard's.

mod answer;
pub mod aws;
pub mod clock;
pub mod dynamo;
mod front;
pub mod kill;
mod logs;
pub mod mailbox;
pub mod metrics;
pub mod queue;
pub mod runtime;
mod secrets;
mod sink;
mod sources;
mod store;
pub mod template;
mod unique;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use aws::{BodyBytes, Call, Calls, Fault, Matching, Outage};
pub use kill::{Kill, Killing};
pub use logs::Logs;
pub use mailbox::Mail;
pub use metrics::Metric;
pub use queue::Depth;
pub use sink::Post;

use aws::Gateway;
use clock::Clock;
use dynamo::{Dynamo, DynamoError};
use front::{Front, Routes};
use kill::Sandboxes;
use mailbox::{Mailbox, Reports};
use metrics::Metrics;
use queue::{QueueError, Queues};
use runtime::{InvokeError, Runtime, Surroundings};
use secrets::Secrets;
use sink::Sink;
use store::Store;
use template::{Place, Template, TemplateError};

/// How a stack is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the HTTP API and the mailbox listen on 127.0.0.1; 0 takes a free port.
    pub port: u16,
    /// The folder that keeps table, queues and mails; left out, all is lost at the end.
    pub data: Option<PathBuf>,
    /// The SAM template.
    pub template: PathBuf,
    /// The folder of the functions' binaries.
    pub functions: PathBuf,
    /// The text behind every secret of the template.
    pub secrets: String,
    /// Parameters of the template that shall differ from their defaults.
    pub parameters: BTreeMap<String, String>,
    /// Keeps what functions print instead of showing it on stderr.
    pub quiet: bool,
}

/// Why a stack does not start.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// See [`TemplateError`].
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// See [`DynamoError`].
    #[error(transparent)]
    Dynamo(#[from] DynamoError),
    /// The port is taken, or none is free.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 is any.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The folder for the data cannot be made.
    #[error("cannot use the folder {}", path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file of queues and mails cannot be opened.
    #[error("cannot open the queues and mails")]
    Store(#[source] rusqlite::Error),
}

/// A running stack. Dropping it ends everything it started, processes included.
pub struct Stack {
    address: SocketAddr,
    aws_endpoint: String,
    table: String,
    gateway: Arc<Gateway>,
    runtime: Arc<Runtime>,
    sandboxes: Arc<Sandboxes>,
    logs: Logs,
    metrics: Metrics,
    sink: Sink,
    tasks: JoinSet<()>,
}

impl Stack {
    /// Starts a stack and returns when it takes requests.
    ///
    /// No function is started yet: each starts at its first event, as on AWS.
    ///
    /// # Errors
    ///
    /// [`StackError`], before anything is left running.
    pub async fn start(options: Options) -> Result<Self, StackError> {
        let (front, address) = listen(options.port).await?;
        let (aws, aws_address) = listen(0).await?;
        let (database, database_address) = listen(0).await?;
        let aws_endpoint = format!("http://{aws_address}");
        let place = Place {
            aws_endpoint: aws_endpoint.clone(),
            api_endpoint: format!("http://{address}"),
            parameters: options.parameters,
        };
        let template = Template::read(&options.template, &place)?;

        let file = |name: &str| options.data.as_ref().map(|folder| folder.join(name));
        if let Some(path) = &options.data {
            std::fs::create_dir_all(path)
                .map_err(|source| StackError::Data { path: path.clone(), source })?;
        }
        let dynamo = Dynamo::open(file("dynamodb.sqlite").as_deref(), &template.tables, database_address)?;
        let store = Store::open(file("queues.sqlite").as_deref()).map_err(StackError::Store)?;
        let (store, clock) = (Arc::new(store), Clock::system());
        let queues =
            Arc::new(Queues::new(template.queues, aws_endpoint.clone(), Arc::clone(&store), clock.clone()));
        let reports = Reports {
            configuration_sets: template.configuration_sets,
            destinations: template.mail_events,
            rules: template.rules,
            queues: Arc::clone(&queues),
        };
        let mailbox = Arc::new(Mailbox::new(Arc::clone(&store), clock, reports));
        let secrets = Secrets::new(template.secrets, options.secrets);
        let sandboxes = Arc::new(Sandboxes::default());
        let gateway =
            Gateway::new(dynamo.clone(), Arc::clone(&queues), mailbox, secrets, Arc::clone(&sandboxes));
        let gateway = Arc::new(gateway);

        let (logs, metrics, sink) = (Logs::new(options.quiet), Metrics::default(), Sink::default());
        let surroundings = Surroundings {
            binaries: options.functions,
            aws_endpoint: aws_endpoint.clone(),
            hook_sink: format!("http://{address}/sink"),
            logs: logs.clone(),
            metrics: metrics.clone(),
            sandboxes: Arc::clone(&sandboxes),
        };
        let runtime = Arc::new(Runtime::new(template.functions.clone(), surroundings));
        let table = template.tables.first().map(|table| table.name.clone()).unwrap_or_default();

        let mut tasks = JoinSet::new();
        tasks.spawn(dynamo.clone().serve(database));
        tasks.spawn(Arc::clone(&gateway).serve(aws));
        let http = Front {
            runtime: Arc::clone(&runtime),
            gateway: Arc::clone(&gateway),
            routes: Routes::new(&template.routes),
            logs: logs.clone(),
            metrics: metrics.clone(),
            sink: sink.clone(),
            aws_endpoint: aws_endpoint.clone(),
            table: table.clone(),
        };
        tasks.spawn(http.serve(front));
        let wiring =
            sources::Wiring { runtime: Arc::clone(&runtime), queues, dynamo, store, logs: logs.clone() };
        sources::start(&template.functions, &wiring, &mut tasks);
        Ok(Self { address, aws_endpoint, table, gateway, runtime, sandboxes, logs, metrics, sink, tasks })
    }

    /// The address of the HTTP API and the mailbox, such as `http://127.0.0.1:3000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The AWS endpoint of the stack, for any SDK.
    #[must_use]
    pub fn aws_endpoint(&self) -> &str {
        &self.aws_endpoint
    }

    /// The physical name of the template's (first) table.
    #[must_use]
    pub fn table_name(&self) -> &str {
        &self.table
    }

    /// The physical names of the queues.
    #[must_use]
    pub fn queue_names(&self) -> Vec<String> {
        self.gateway.queues.names()
    }

    /// The address of a queue, by physical or logical name.
    #[must_use]
    pub fn queue_url(&self, queue: &str) -> String {
        self.gateway.queues.url(&physical(queue))
    }

    /// Every mail so far, oldest first.
    ///
    /// # Errors
    ///
    /// [`StackError::Store`].
    pub fn mails(&self) -> Result<Vec<Mail>, StackError> {
        self.gateway.mailbox.all().map_err(StackError::Store)
    }

    /// Every request to somebody's webhook so far, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.sink.all()
    }

    /// From now on requests to webhooks are answered with this status.
    pub fn answer_posts(&self, status: u16) {
        self.sink.answer(status);
    }

    /// Every metric the functions printed since the stack started, summed up.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        self.metrics.all()
    }

    /// The count of AWS calls by function; it goes on counting.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.gateway.calls()
    }

    /// The last lines the functions printed, and what the stack said about them.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Makes the next `times` calls of a function (by logical id) to an operation (such as `PutItem`) fail.
    pub fn fail(&self, function: &str, operation: &str, fault: Fault, times: u32) {
        self.gateway.fail(Matching::operation(operation).by(function), fault, times);
    }

    /// Makes all calls that match fail from now on, for `length` or until the outage is ended;
    /// [`Duration::MAX`] is for ever.
    ///
    /// What Lambda itself does (polling queues, reading streams) goes on.
    #[must_use = "it tells how many calls it hit"]
    pub fn outage(&self, matching: Matching, fault: Fault, length: Duration) -> Outage {
        self.gateway.outage(matching, fault, length)
    }

    /// Ends, by SIGKILL and once, the sandbox of `function` (by logical id) that comes first to the `nth` AWS
    /// call of one invocation, counted from 1; what it calls while it starts is of no invocation.
    ///
    /// As on AWS the invocation fails, the sandbox is thrown away, and the source repeats what it brought.
    #[must_use = "it tells whether it came to that"]
    pub fn kill(&self, function: &str, nth: usize, kill: Kill) -> Killing {
        self.sandboxes.plan(function, nth, kill)
    }

    /// From now on messages sent to the queue (by physical or logical name) are accepted and lost, or kept.
    pub fn discard(&self, queue: &str, discard: bool) {
        self.gateway.queues.discard(&physical(queue), discard);
    }

    /// How many messages a queue (by physical or logical name) holds.
    ///
    /// # Errors
    ///
    /// [`QueueError::NoSuchQueue`], or the store's error.
    pub fn queue_depth(&self, queue: &str) -> Result<Depth, QueueError> {
        self.gateway.queues.depth(&physical(queue))
    }

    /// Changes the text behind the secrets; functions see it when they read it next.
    pub fn replace_secrets(&self, text: String) {
        self.gateway.secrets.replace(text);
    }

    /// Invokes a function (by logical id) and returns its answer.
    ///
    /// # Errors
    ///
    /// [`InvokeError`].
    pub async fn invoke(&self, function: &str, payload: String) -> Result<Vec<u8>, InvokeError> {
        self.runtime.invoke(function, payload.into()).await.map(|answer| answer.to_vec())
    }

    /// Ends everything and returns when it has ended.
    pub async fn stop(mut self) {
        // Sources first: a function that is told to stop must not be started again.
        self.tasks.shutdown().await;
        self.runtime.stop().await;
    }
}

async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StackError> {
    let failed = |source| StackError::Listen { port, source };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// `ChecksQueue` and `heard-ChecksQueue` are the same queue.
fn physical(queue: &str) -> String {
    let prefix = format!("{}-", template::STACK);
    if queue.starts_with(&prefix) { queue.to_owned() } else { format!("{prefix}{queue}") }
}
