//! `Ref`, `Fn::GetAtt` and `Fn::Sub`, in both spellings, with the names things have on a laptop.

use std::collections::BTreeMap;

use saphyr::ScalarOwned;
use serde_json::{Map, Value};

use super::yaml::Node;
use super::{ACCOUNT, Place, Problem, REGION, STACK, physical};

const PARTITION: &str = "aws";

/// All that a value of the template may refer to.
pub(super) struct Scope<'a> {
    resources: Node<'a>,
    parameters: BTreeMap<&'a str, String>,
    place: &'a Place,
    /// `Globals.Function`, if there is one.
    pub(super) globals: Option<Node<'a>>,
}

pub(super) fn secret_arn(id: &str) -> String {
    // AWS puts six characters of its own behind the name.
    format!("arn:{PARTITION}:secretsmanager:{REGION}:{ACCOUNT}:secret:{}-local1", physical(id))
}

impl<'a> Scope<'a> {
    pub(super) fn new(root: Node<'a>, place: &'a Place) -> Result<Self, Problem> {
        let resources = root.get("Resources").ok_or_else(|| root.problem("there are no Resources"))?;
        let mut parameters = BTreeMap::new();
        for (name, node) in root.get("Parameters").into_iter().flat_map(Node::entries) {
            let given = place.parameters.get(name).cloned();
            if let Some(value) = given.or_else(|| node.get("Default")?.plain()) {
                parameters.insert(name, value);
            }
        }
        if let Some(unknown) = place.parameters.keys().find(|name| !parameters.contains_key(name.as_str())) {
            return Err(root.problem(format!("there is no parameter {unknown}")));
        }
        let globals = root.get("Globals").and_then(|globals| globals.get("Function"));
        Ok(Self { resources, parameters, place, globals })
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> + use<'a> {
        self.resources.entries()
    }

    pub(super) fn resource(&self, id: &str) -> Option<Node<'a>> {
        self.resources.get(id)
    }

    pub(super) fn kind(&self, id: &str) -> Result<&'a str, Problem> {
        let node =
            self.resource(id).ok_or_else(|| self.resources.problem(format!("there is no resource {id}")))?;
        match node.get("Type").and_then(Node::scalar) {
            Some(ScalarOwned::String(kind)) => Ok(kind),
            _ => Err(node.problem(format!("{id} has no Type"))),
        }
    }

    /// The value as text, with every intrinsic carried out.
    pub(super) fn text(&self, node: Node<'_>) -> Result<String, Problem> {
        match self.value(node)? {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(node.problem("a text is expected here")),
        }
    }

    /// The value as JSON, with every intrinsic carried out.
    pub(super) fn value(&self, node: Node<'_>) -> Result<Value, Problem> {
        if let Some((function, argument)) = intrinsic(node) {
            return self.call(node, function, argument).map(Value::String);
        }
        if let Some(items) = node.items() {
            return items.map(|item| self.value(item)).collect();
        }
        if node.is_mapping() {
            let entries = node.entries().map(|(key, value)| Ok((key.to_owned(), self.value(value)?)));
            return entries.collect::<Result<Map<_, _>, _>>().map(Value::Object);
        }
        match node.scalar() {
            Some(ScalarOwned::Null) => Ok(Value::Null),
            Some(ScalarOwned::Boolean(truth)) => Ok(Value::Bool(*truth)),
            Some(ScalarOwned::Integer(number)) => Ok(Value::from(*number)),
            Some(ScalarOwned::FloatingPoint(number)) => Ok(Value::from(number.0)),
            Some(ScalarOwned::String(text)) => Ok(Value::String(text.clone())),
            None => Err(node.problem("the local stack cannot read this value")),
        }
    }

    fn call(&self, node: Node<'_>, function: &str, argument: Node<'_>) -> Result<String, Problem> {
        match function {
            "Ref" => {
                let name = argument.plain().ok_or_else(|| node.problem("Ref needs a name"))?;
                self.reference(node, &name)
            }
            "GetAtt" => {
                let path = match argument.items() {
                    Some(parts) => parts.filter_map(Node::plain).collect::<Vec<_>>().join("."),
                    None => argument.plain().unwrap_or_default(),
                };
                self.attribute(node, &path)
            }
            "Sub" => self.substitute(node, argument),
            other => Err(node.problem(format!("the local stack does not know the function {other}"))),
        }
    }

    fn reference(&self, node: Node<'_>, name: &str) -> Result<String, Problem> {
        match name {
            "AWS::Region" => return Ok(REGION.to_owned()),
            "AWS::AccountId" => return Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => return Ok(PARTITION.to_owned()),
            "AWS::StackName" => return Ok(STACK.to_owned()),
            "AWS::URLSuffix" => return Ok("amazonaws.com".to_owned()),
            _ => {}
        }
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if self.resource(name).is_none() {
            return Err(node.problem(format!("nothing is called {name}")));
        }
        match self.kind(name)? {
            "AWS::DynamoDB::Table" | "AWS::Serverless::Function" | "AWS::SES::ConfigurationSet" => {
                Ok(physical(name))
            }
            "AWS::SQS::Queue" => Ok(format!("{}/{ACCOUNT}/{}", self.place.aws_endpoint, physical(name))),
            "AWS::SecretsManager::Secret" => Ok(secret_arn(name)),
            "AWS::ApiGatewayV2::Api" | "AWS::ApiGatewayV2::Integration" => Ok(name.to_owned()),
            kind => Err(node.problem(format!("the local stack cannot refer to a {kind}"))),
        }
    }

    fn attribute(&self, node: Node<'_>, path: &str) -> Result<String, Problem> {
        let (id, attribute) =
            path.split_once('.').ok_or_else(|| node.problem("GetAtt needs a resource and an attribute"))?;
        if self.resource(id).is_none() {
            return Err(node.problem(format!("nothing is called {id}")));
        }
        let name = physical(id);
        let arn =
            |service: &str, rest: String| Ok(format!("arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{rest}"));
        match (self.kind(id)?, attribute) {
            ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", format!("table/{name}")),
            ("AWS::DynamoDB::Table", "StreamArn") => arn("dynamodb", format!("table/{name}/stream/local")),
            ("AWS::SQS::Queue", "Arn") => arn("sqs", name),
            ("AWS::SQS::Queue", "QueueName") => Ok(name),
            ("AWS::SQS::Queue", "QueueUrl") => self.reference(node, id),
            // By logical id, so that routes and integrations find the function.
            ("AWS::Serverless::Function", "Arn") => arn("lambda", format!("function:{id}")),
            ("AWS::SecretsManager::Secret", "Id") => Ok(secret_arn(id)),
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => Ok(self.place.api_endpoint.clone()),
            (kind, _) => Err(node.problem(format!("the local stack does not know {attribute} of a {kind}"))),
        }
    }

    fn substitute(&self, node: Node<'_>, argument: Node<'_>) -> Result<String, Problem> {
        let (text, own) = match argument.items() {
            None => (argument, None),
            Some(mut items) => {
                let text = items.next().ok_or_else(|| node.problem("Sub needs a text"))?;
                (text, items.next())
            }
        };
        let text = text.plain().ok_or_else(|| node.problem("Sub needs a text"))?;
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, after) =
                after.split_once('}').ok_or_else(|| node.problem("a ${ of this Sub is never closed"))?;
            if let Some(literal) = name.strip_prefix('!') {
                out.extend(["${", literal, "}"]);
            } else if let Some(value) = own.and_then(|own| own.get(name)) {
                out.push_str(&self.text(value)?);
            } else if name.contains('.') {
                out.push_str(&self.attribute(node, name)?);
            } else {
                out.push_str(&self.reference(node, name)?);
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The function's short name and its argument, for `!Sub x` as for `Fn::Sub: x`.
fn intrinsic(node: Node<'_>) -> Option<(&str, Node<'_>)> {
    if let Some(tagged) = node.tagged() {
        return Some(tagged);
    }
    let mut entries = node.entries();
    let (name, argument) = entries.next()?;
    if entries.next().is_some() {
        return None;
    }
    match name {
        "Ref" | "Condition" => Some((name, argument)),
        _ => name.strip_prefix("Fn::").map(|name| (name, argument)),
    }
}
