//! What SES reports, and the rules that bring it from the bus to queues.

use super::filter::Pattern;
use super::function::last_part;
use super::intrinsic::Scope;
use super::resource::refuse_condition;
use super::yaml::Node;
use super::{Problem, physical};

/// Which events of mails a configuration set puts on the bus.
#[derive(Debug, Clone)]
pub struct MailEvents {
    /// The set's name.
    pub configuration_set: String,
    /// Such as `bounce`; none if the destination is not enabled.
    pub types: Vec<String>,
}

/// Which events of the bus go to which queues.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What an event has to look like.
    pub pattern: Pattern,
    /// The names of the queues that get it.
    pub queues: Vec<String>,
}

/// The types of events that SES knows, as `CloudFormation` takes them.
const TYPES: [&str; 10] = [
    "bounce",
    "click",
    "complaint",
    "delivery",
    "deliveryDelay",
    "open",
    "reject",
    "renderingFailure",
    "send",
    "subscription",
];

pub(super) fn mail_events(scope: &Scope<'_>, node: Node<'_>) -> Result<MailEvents, Problem> {
    refuse_condition(node)?;
    let property = |name: &str| {
        let value = node.get("Properties").and_then(|properties| properties.get(name));
        value.ok_or_else(|| node.problem(format!("{name} is missing")))
    };
    let mut events =
        MailEvents { configuration_set: scope.text(property("ConfigurationSetName")?)?, types: Vec::new() };
    let destination = property("EventDestination")?;
    let mut is_enabled = false;
    let mut is_bus = false;
    for (name, value) in destination.entries() {
        match name {
            "Enabled" => is_enabled = scope.text(value)? == "true",
            "MatchingEventTypes" => {
                for item in value.items().into_iter().flatten() {
                    let kind = scope.text(item)?;
                    if !TYPES.contains(&kind.as_str()) {
                        return Err(item.problem(format!("SES knows no events of type {kind:?}")));
                    }
                    events.types.push(kind);
                }
            }
            "EventBridgeDestination" => is_bus = true,
            "Name" => {}
            name => {
                return Err(value.problem(format!("the local stack reports to the bus only, not to {name}")));
            }
        }
    }
    if !is_bus {
        return Err(destination.problem("EventBridgeDestination is missing"));
    }
    if !is_enabled {
        events.types.clear();
    }
    Ok(events)
}

pub(super) fn rule(scope: &Scope<'_>, id: &str, node: Node<'_>) -> Result<Rule, Problem> {
    refuse_condition(node)?;
    let mut pattern = None;
    let mut queues = Vec::new();
    for (name, value) in node.get("Properties").into_iter().flat_map(Node::entries) {
        match name {
            "EventPattern" => {
                let text = scope.value(value)?.to_string();
                pattern = Some(Pattern::parse(&text).map_err(|why| value.problem(why))?);
            }
            "Targets" => {
                for target in value.items().into_iter().flatten() {
                    queues.push(self::target(scope, target)?);
                }
            }
            "Description" | "Name" => {}
            name => return Err(value.problem(format!("the local stack does not know a rule's {name}"))),
        }
    }
    let name = physical(id);
    let pattern = pattern.ok_or_else(|| node.problem(format!("{name} has no EventPattern")))?;
    Ok(Rule { pattern, queues })
}

/// The queue that a target names; whatever changes an event on its way is refused.
fn target(scope: &Scope<'_>, target: Node<'_>) -> Result<String, Problem> {
    let mut queue = None;
    for (name, value) in target.entries() {
        match name {
            "Id" | "DeadLetterConfig" | "RetryPolicy" => {}
            "Arn" => {
                let arn = scope.text(value)?;
                if !arn.contains(":sqs:") {
                    return Err(value.problem("the local stack brings events to queues only"));
                }
                queue = Some(last_part(&arn, ':'));
            }
            name => return Err(value.problem(format!("the local stack does not know a target's {name}"))),
        }
    }
    queue.ok_or_else(|| target.problem("a target needs an Arn"))
}
