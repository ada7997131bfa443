//! Tables, queues and routes.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::queue::{MAX_RECEIVES, Setting};
use super::function::{last_part, number};
use super::intrinsic::Scope;
use super::yaml::Node;
use super::{Problem, Queue, Redrive, Route, Table, physical};

/// Whether resources of this type are only about rights, logs, alarms, or read where a route needs them.
pub(super) fn changes_nothing_locally(kind: &str) -> bool {
    const GROUPS: [&str; 7] = [
        "AWS::ApiGatewayV2::",
        "AWS::CloudWatch::",
        "AWS::IAM::",
        "AWS::Lambda::Permission",
        "AWS::Logs::",
        "AWS::SNS::",
        "AWS::SQS::QueuePolicy",
    ];
    GROUPS.iter().any(|group| kind.starts_with(group))
}

/// Conditions are not evaluated: what is behind one must not matter here.
pub(super) fn refuse_condition(node: Node<'_>) -> Result<(), Problem> {
    match node.get("Condition") {
        Some(condition) => Err(condition.problem("the local stack does not evaluate conditions")),
        None => Ok(()),
    }
}

pub(super) fn table(scope: &Scope<'_>, id: &str, node: Node<'_>) -> Result<Table, Problem> {
    refuse_condition(node)?;
    let properties = node.get("Properties").ok_or_else(|| node.problem(format!("{id} has no Properties")))?;
    let name = physical(id);
    let mut create = Map::from_iter([("TableName".to_owned(), json!(name))]);
    let mut time_to_live = None;
    for (property, value) in properties.entries() {
        match property {
            // CloudFormation and CreateTable agree on these to the letter.
            "AttributeDefinitions" | "BillingMode" | "GlobalSecondaryIndexes" | "KeySchema" => {
                create.insert(property.to_owned(), scope.value(value)?);
            }
            "StreamSpecification" => {
                let mut stream = scope.value(value)?;
                stream["StreamEnabled"] = json!(true);
                create.insert(property.to_owned(), stream);
            }
            "TimeToLiveSpecification" => {
                let ttl = scope.value(value)?;
                if ttl["Enabled"] == json!(true) {
                    time_to_live = ttl["AttributeName"].as_str().map(str::to_owned);
                }
            }
            "PointInTimeRecoverySpecification"
            | "DeletionProtectionEnabled"
            | "SSESpecification"
            | "Tags" => {}
            property => {
                return Err(value.problem(format!("the local stack does not know a table's {property}")));
            }
        }
    }
    Ok(Table { name, create: Value::Object(create), time_to_live })
}

pub(super) fn queue(scope: &Scope<'_>, id: &str, node: Node<'_>) -> Result<Queue, Problem> {
    refuse_condition(node)?;
    let mut queue = Queue {
        name: physical(id),
        visibility: Duration::from_secs(30),
        retention: Duration::from_hours(4 * 24),
        delay: Duration::ZERO,
        max_bytes: 1024 * 1024,
        wait: Duration::ZERO,
        redrive: None,
    };
    for (property, value) in node.get("Properties").into_iter().flat_map(Node::entries) {
        if let Some(setting) = Setting::ALL.into_iter().find(|setting| setting.name() == property) {
            setting.set(&mut queue, bounded(scope, value, property, setting.bounds())?);
            continue;
        }
        match property {
            "RedrivePolicy" => {
                let part = |name: &str| {
                    value.get(name).ok_or_else(|| value.problem(format!("a RedrivePolicy needs {name}")))
                };
                let count = part("maxReceiveCount")?;
                queue.redrive = Some(Redrive {
                    dead_letters: last_part(&scope.text(part("deadLetterTargetArn")?)?, ':'),
                    max_receives: bounded(scope, count, "maxReceiveCount", MAX_RECEIVES)?,
                });
            }
            "KmsMasterKeyId" | "SqsManagedSseEnabled" | "RedriveAllowPolicy" | "Tags" => {}
            property => {
                return Err(value.problem(format!("the local stack does not know a queue's {property}")));
            }
        }
    }
    Ok(queue)
}

/// A number that SQS would take.
fn bounded(
    scope: &Scope<'_>,
    value: Node<'_>,
    property: &str,
    bounds: RangeInclusive<u32>,
) -> Result<u32, Problem> {
    let found = number(scope, value)?;
    if bounds.contains(&found) {
        return Ok(found);
    }
    let (low, high) = bounds.into_inner();
    Err(value.problem(format!("{property} is {found}; it must be {low} to {high}")))
}

/// Follows a route to its integration and from there to the function.
pub(super) fn route(scope: &Scope<'_>, node: Node<'_>) -> Result<Route, Problem> {
    refuse_condition(node)?;
    let property = |node: Node<'_>, name: &str| -> Result<String, Problem> {
        let value = node.get("Properties").and_then(|properties| properties.get(name));
        scope.text(value.ok_or_else(|| node.problem(format!("{name} is missing")))?)
    };
    let key = property(node, "RouteKey")?;
    let target = property(node, "Target")?;
    let integration = target.strip_prefix("integrations/").and_then(|id| scope.resource(id));
    let integration = integration
        .ok_or_else(|| node.problem(format!("Target {target:?} is not an integration of this file")))?;
    if property(integration, "IntegrationType")? != "AWS_PROXY" {
        return Err(integration.problem("the local stack knows AWS_PROXY integrations only"));
    }
    if property(integration, "PayloadFormatVersion")? != "2.0" {
        return Err(integration.problem("the local stack speaks payload format 2.0 only"));
    }
    let function = last_part(&property(integration, "IntegrationUri")?, ':');
    if scope.resource(&function).is_none() {
        return Err(integration.problem(format!("{function} is not a function of this file")));
    }
    Ok(Route { key, function })
}
