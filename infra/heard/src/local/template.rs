//! `template.yaml` → what the local stack starts: functions, tables, queues, routes, secrets.
//!
//! The deployed template is the only description of the wiring. What is read here is read completely:
//! a property, an event type or an intrinsic this module does not know is an error with its line, because
//! a laptop that quietly differs from the cloud is worse than one that refuses to start. Roles, logs,
//! alarms and topics change nothing on a laptop and are skipped.

mod bus;
mod filter;
mod function;
mod intrinsic;
mod resource;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use bus::{MailEvents, Rule};
pub use filter::Pattern;
use intrinsic::Scope;
use yaml::Node;

/// The region the local stack says it is.
pub const REGION: &str = "us-east-1";
/// The account the local stack says it is.
pub const ACCOUNT: &str = "000000000000";
/// The stack's name, in front of every physical name.
pub const STACK: &str = "heard";

/// What the template says, as far as it matters on a laptop; in the template's order.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// Every `AWS::Serverless::Function`.
    pub functions: Vec<Function>,
    /// Every `AWS::DynamoDB::Table`.
    pub tables: Vec<Table>,
    /// Every `AWS::SQS::Queue`.
    pub queues: Vec<Queue>,
    /// Every `AWS::ApiGatewayV2::Route`.
    pub routes: Vec<Route>,
    /// The ARN of every `AWS::SecretsManager::Secret`.
    pub secrets: Vec<String>,
    /// The name of every `AWS::SES::ConfigurationSet`.
    pub configuration_sets: Vec<String>,
    /// Every `AWS::SES::ConfigurationSetEventDestination`.
    pub mail_events: Vec<MailEvents>,
    /// Every `AWS::Events::Rule`.
    pub rules: Vec<Rule>,
}

/// One function and what starts it.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its logical id, such as `CheckFunction`; the local stack's name for it everywhere.
    pub id: String,
    /// The file name of its binary: the last part of `CodeUri`.
    pub binary: String,
    /// Its memory, only told to the function.
    pub memory_mb: u32,
    /// After this long an invocation is cut off and the sandbox killed.
    pub timeout: Duration,
    /// `LoggingConfig.LogFormat`: `JSON` or `Text`.
    pub log_format: String,
    /// The variables of `Globals` and its own.
    pub environment: BTreeMap<String, String>,
    /// Its event sources.
    pub sources: Vec<Source>,
}

/// One entry of a function's `Events`.
#[derive(Debug, Clone)]
pub enum Source {
    /// `Type: SQS`.
    Queue {
        /// The queue's name.
        queue: String,
        /// At most this many messages an invocation, 1 to 10.
        batch_size: usize,
        /// Whether the answer's `batchItemFailures` count.
        report_failures: bool,
    },
    /// `Type: DynamoDB`, from the trim horizon.
    Stream {
        /// The table's name.
        table: String,
        /// A record goes on if it matches any; all do if there is none.
        filters: Vec<Pattern>,
        /// At most this many records an invocation.
        batch_size: usize,
        /// Whether a failed batch is cut in two.
        bisect: bool,
        /// Whether the answer's `batchItemFailures` count.
        report_failures: bool,
        /// Retries before a failing batch is skipped; `None` is for ever.
        retries: Option<u32>,
    },
    /// `Type: ScheduleV2` with a `rate(…)`.
    Schedule {
        /// The event's name in the template.
        name: String,
        /// `ScheduleExpression`, as written.
        expression: String,
        /// `Input`, if the template gives one.
        input: Option<String>,
    },
}

/// One table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its physical name.
    pub name: String,
    /// The `CreateTable` request.
    pub create: serde_json::Value,
    /// The attribute of `TimeToLiveSpecification`, if enabled.
    pub time_to_live: Option<String>,
}

/// One standard queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its physical name.
    pub name: String,
    /// `VisibilityTimeout`; 30 s if left out.
    pub visibility: Duration,
    /// `MessageRetentionPeriod`; 4 days if left out.
    pub retention: Duration,
    /// `DelaySeconds`; 0 if left out.
    pub delay: Duration,
    /// `MaximumMessageSize`; 1 MiB if left out.
    pub max_bytes: usize,
    /// `ReceiveMessageWaitTimeSeconds`; 0 if left out.
    pub wait: Duration,
    /// `RedrivePolicy`.
    pub redrive: Option<Redrive>,
}

/// Where a message goes that was received too often.
#[derive(Debug, Clone)]
pub struct Redrive {
    /// The dead-letter queue's name.
    pub dead_letters: String,
    /// How often a message is received before it goes there.
    pub max_receives: u32,
}

/// One route of the HTTP API.
#[derive(Debug, Clone)]
pub struct Route {
    /// Such as `ANY /hook/{proxy+}` or `$default`.
    pub key: String,
    /// The logical id of the function behind it.
    pub function: String,
}

/// What a template's values are resolved against.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The AWS endpoint, in front of queue addresses.
    pub aws_endpoint: String,
    /// The address of the HTTP API.
    pub api_endpoint: String,
    /// Parameters that shall differ from their defaults.
    pub parameters: BTreeMap<String, String>,
}

/// Why a template cannot be run here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file is not there or not readable.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line says something the local stack does not do.
    #[error("{file}:{line}: {problem}")]
    Line {
        /// The file's name, without its folder.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// A problem and its line, before the file's name is known.
#[derive(Debug)]
struct Problem {
    line: usize,
    text: String,
}

impl Template {
    /// Reads a template file.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] at the first thing that cannot be run here.
    pub fn read(path: &Path, place: &Place) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| TemplateError::Read { path: path.to_owned(), source })?;
        let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self::parse(&text, place).map_err(|problem| TemplateError::Line {
            file,
            line: problem.line,
            problem: problem.text,
        })
    }

    fn parse(text: &str, place: &Place) -> Result<Self, Problem> {
        let root = yaml::load(text)?;
        let root = Node::of(&root);
        let scope = Scope::new(root, place)?;
        let mut template = Self::default();
        for (id, node) in scope.resources() {
            match scope.kind(id)? {
                "AWS::Serverless::Function" => template.functions.push(function::read(&scope, id, node)?),
                "AWS::DynamoDB::Table" => template.tables.push(resource::table(&scope, id, node)?),
                "AWS::SQS::Queue" => template.queues.push(resource::queue(&scope, id, node)?),
                "AWS::ApiGatewayV2::Route" => template.routes.push(resource::route(&scope, node)?),
                "AWS::SecretsManager::Secret" => template.secrets.push(intrinsic::secret_arn(id)),
                "AWS::SES::ConfigurationSet" => template.configuration_sets.push(physical(id)),
                "AWS::SES::ConfigurationSetEventDestination" => {
                    template.mail_events.push(bus::mail_events(&scope, node)?);
                }
                "AWS::Events::Rule" => template.rules.push(bus::rule(&scope, id, node)?),
                kind if resource::changes_nothing_locally(kind) => {}
                kind => return Err(node.problem(format!("the local stack does not know the type {kind}"))),
            }
        }
        template.check_references(root)?;
        Ok(template)
    }

    /// A source or a redrive that names a queue or table of another stack could never work here.
    fn check_references(&self, root: Node<'_>) -> Result<(), Problem> {
        let missing = |what: &str, name: &str| {
            Err(root.problem(format!(
                "{what} {name} is used as an event source, a target or for dead letters, but not defined"
            )))
        };
        let dead = self.queues.iter().filter_map(|queue| Some(queue.redrive.as_ref()?.dead_letters.as_str()));
        let sources = || self.functions.iter().flat_map(|function| &function.sources);
        let polled = sources().filter_map(|source| match source {
            Source::Queue { queue, .. } => Some(queue.as_str()),
            Source::Stream { .. } | Source::Schedule { .. } => None,
        });
        let targets = self.rules.iter().flat_map(|rule| &rule.queues).map(String::as_str);
        for name in dead.chain(polled).chain(targets) {
            if !self.queues.iter().any(|queue| queue.name == name) {
                return missing("queue", name);
            }
        }
        for source in sources() {
            if let Source::Stream { table, .. } = source
                && !self.tables.iter().any(|known| known.name == *table)
            {
                return missing("table", table);
            }
        }
        Ok(())
    }
}

/// The physical name of a resource: its logical id behind the stack's name.
fn physical(id: &str) -> String {
    format!("{STACK}-{id}")
}

#[cfg(test)]
mod tests;
