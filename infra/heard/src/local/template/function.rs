//! One `AWS::Serverless::Function` and its event sources.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::filter::Pattern;
use super::intrinsic::Scope;
use super::yaml::Node;
use super::{Function, Problem, Source};

/// Properties that change nothing here: who may do what, where logs go, how much may run.
const WITHOUT_EFFECT: [&str; 10] = [
    "Architectures",
    "Description",
    "FunctionName",
    "Handler",
    "PermissionsBoundary",
    "Policies",
    "ReservedConcurrentExecutions",
    "Role",
    "Tags",
    "RecursiveLoop",
];

pub(super) fn read(scope: &Scope<'_>, id: &str, node: Node<'_>) -> Result<Function, Problem> {
    super::resource::refuse_condition(node)?;
    let own = node.get("Properties").ok_or_else(|| node.problem(format!("{id} has no Properties")))?;
    let mut function = Function {
        id: id.to_owned(),
        binary: String::new(),
        memory_mb: 128,
        timeout: Duration::from_secs(3),
        log_format: "Text".to_owned(),
        environment: BTreeMap::new(),
        sources: Vec::new(),
    };
    // SAM's merge: the function's own value wins, maps are merged entry by entry; so the globals go first.
    for properties in scope.globals.into_iter().chain([own]) {
        for (name, value) in properties.entries() {
            property(scope, &mut function, name, value)?;
        }
    }
    if function.binary.is_empty() {
        return Err(node.problem(format!("{id} has no CodeUri")));
    }
    Ok(function)
}

fn property(scope: &Scope<'_>, function: &mut Function, name: &str, value: Node<'_>) -> Result<(), Problem> {
    match name {
        "CodeUri" => {
            let folder = scope.text(value)?;
            let last = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            last.clone_into(&mut function.binary);
        }
        "Runtime" => {
            let runtime = scope.text(value)?;
            if !runtime.starts_with("provided.") {
                return Err(value.problem(format!("the local stack runs binaries, not {runtime}")));
            }
        }
        "MemorySize" => function.memory_mb = number(scope, value)?,
        "Timeout" => function.timeout = Duration::from_secs(u64::from(number(scope, value)?)),
        "LoggingConfig" => {
            if let Some(format) = value.get("LogFormat") {
                function.log_format = scope.text(format)?;
            }
        }
        "Environment" => {
            for (name, value) in value.get("Variables").into_iter().flat_map(Node::entries) {
                function.environment.insert(name.to_owned(), scope.text(value)?);
            }
        }
        "Events" => {
            for (name, event) in value.entries() {
                function.sources.push(source(scope, name, event)?);
            }
        }
        name if WITHOUT_EFFECT.contains(&name) => {}
        name => return Err(value.problem(format!("the local stack does not know a function's {name}"))),
    }
    Ok(())
}

fn source(scope: &Scope<'_>, name: &str, event: Node<'_>) -> Result<Source, Problem> {
    let kind = event.get("Type").and_then(Node::plain).unwrap_or_default();
    let properties = event
        .get("Properties")
        .ok_or_else(|| event.problem(format!("the event {name} has no Properties")))?;
    match kind.as_str() {
        "SQS" => queue(scope, properties),
        "DynamoDB" => stream(scope, properties),
        "ScheduleV2" => schedule(scope, name, properties),
        other => Err(event.problem(format!("the local stack does not know events of type {other:?}"))),
    }
}

fn queue(scope: &Scope<'_>, properties: Node<'_>) -> Result<Source, Problem> {
    let (mut queue, mut batch_size, mut report_failures) = (String::new(), 10, false);
    for (name, value) in properties.entries() {
        match name {
            "Queue" => queue = last_part(&scope.text(value)?, ':'),
            "BatchSize" => batch_size = number(scope, value)?,
            "FunctionResponseTypes" => report_failures = reports(scope, value)?,
            "ScalingConfig" => {} // one poller is all a laptop needs
            name => {
                return Err(value.problem(format!("the local stack does not know {name} of an SQS event")));
            }
        }
    }
    if !(1..=10).contains(&batch_size) {
        return Err(properties.problem("BatchSize is 1 to 10 without a batching window"));
    }
    Ok(Source::Queue { queue, batch_size: batch_size as usize, report_failures })
}

fn stream(scope: &Scope<'_>, properties: Node<'_>) -> Result<Source, Problem> {
    let (mut table, mut filters, mut batch_size) = (String::new(), Vec::new(), 100);
    let (mut bisect, mut report_failures, mut retries) = (false, false, None);
    for (name, value) in properties.entries() {
        match name {
            "Stream" => {
                let arn = scope.text(value)?;
                let name = arn.split_once(":table/").and_then(|(_, rest)| rest.split_once("/stream/"));
                let (name, _) = name.ok_or_else(|| value.problem("Stream is not a table's StreamArn"))?;
                name.clone_into(&mut table);
            }
            "StartingPosition" => {
                if scope.text(value)? != "TRIM_HORIZON" {
                    return Err(value.problem("the local stack starts a stream at TRIM_HORIZON only"));
                }
            }
            "BatchSize" => batch_size = number(scope, value)?,
            "BisectBatchOnFunctionError" => bisect = scope.value(value)? == Value::Bool(true),
            "FunctionResponseTypes" => report_failures = reports(scope, value)?,
            "MaximumRetryAttempts" => {
                // -1 is AWS's word for "for ever".
                retries = if scope.text(value)? == "-1" { None } else { Some(number(scope, value)?) };
            }
            "FilterCriteria" => filters = patterns(scope, value)?,
            name => {
                return Err(
                    value.problem(format!("the local stack does not know {name} of a DynamoDB event"))
                );
            }
        }
    }
    if batch_size == 0 {
        return Err(properties.problem("BatchSize is at least 1"));
    }
    let batch_size = batch_size as usize;
    Ok(Source::Stream { table, filters, batch_size, bisect, report_failures, retries })
}

fn schedule(scope: &Scope<'_>, event: &str, properties: Node<'_>) -> Result<Source, Problem> {
    let (mut expression, mut input) = (String::new(), None);
    for (name, value) in properties.entries() {
        match name {
            "ScheduleExpression" => expression = scope.text(value)?,
            "Input" => input = Some(scope.text(value)?),
            // A failed run is followed by the next one a second later.
            "RetryPolicy" | "Name" | "Description" | "FlexibleTimeWindow" => {}
            name => {
                return Err(
                    value.problem(format!("the local stack does not know {name} of a ScheduleV2 event"))
                );
            }
        }
    }
    if !expression.starts_with("rate(") {
        return Err(properties.problem("the local stack runs rate(…) schedules only"));
    }
    Ok(Source::Schedule { name: event.to_owned(), expression, input })
}

fn patterns(scope: &Scope<'_>, criteria: Node<'_>) -> Result<Vec<Pattern>, Problem> {
    let filters = criteria.get("Filters").and_then(Node::items).into_iter().flatten();
    filters
        .map(|filter| {
            let pattern = filter.get("Pattern").ok_or_else(|| filter.problem("a filter needs a Pattern"))?;
            Pattern::parse(&scope.text(pattern)?).map_err(|why| pattern.problem(why))
        })
        .collect()
}

fn reports(scope: &Scope<'_>, node: Node<'_>) -> Result<bool, Problem> {
    let types = scope.value(node)?;
    Ok(types.as_array().is_some_and(|types| types.iter().any(|one| one == "ReportBatchItemFailures")))
}

pub(super) fn number(scope: &Scope<'_>, node: Node<'_>) -> Result<u32, Problem> {
    let text = scope.text(node)?;
    text.parse().map_err(|_| node.problem(format!("{text:?} is not a whole number")))
}

pub(super) fn last_part(text: &str, separator: char) -> String {
    text.rsplit(separator).next().unwrap_or_default().to_owned()
}
