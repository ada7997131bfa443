//! A line in CloudWatch's embedded metric format → the values in it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Series;

const MAX_METRICS: usize = 100;
const MAX_VALUES: usize = 100;
const MAX_DIMENSIONS: usize = 30;
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// Why CloudWatch would make no metric of a line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("the line is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("_aws: {0}")]
    Metadata(serde_json::Error),
    #[error("the namespace is empty")]
    Namespace,
    #[error("{0} is no unit of CloudWatch")]
    Unit(String),
    #[error("the member {0} of a metric is neither a number nor a list of up to {MAX_VALUES} numbers")]
    Values(String),
    #[error("the member {0} of a dimension is no text")]
    Dimension(String),
    #[error("{0} metrics in one directive; {MAX_METRICS} are the most")]
    ManyMetrics(usize),
    #[error("{0} dimensions in one set; {MAX_DIMENSIONS} are the most")]
    ManyDimensions(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    /// Milliseconds since 1970; only its presence matters to sums.
    #[serde(rename = "Timestamp")]
    _timestamp: u64,
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    unit: Option<String>,
}

/// The values of a line by series; none if it is not a metric at all.
pub(super) fn read(line: &str) -> Result<Vec<(Series, Vec<f64>)>, Malformed> {
    // Most lines are log records, and need not be read a second time to see that.
    if !line.starts_with('{') || !line.contains(r#""_aws""#) {
        return Ok(Vec::new());
    }
    let root: Value = serde_json::from_str(line).map_err(Malformed::NotJson)?;
    let Some(metadata) = root.get("_aws") else {
        return Ok(Vec::new());
    };
    let metadata: Metadata = serde_json::from_value(metadata.clone()).map_err(Malformed::Metadata)?;
    let mut samples = Vec::new();
    for directive in metadata.cloud_watch_metrics {
        directive.read(&root, &mut samples)?;
    }
    Ok(samples)
}

impl Directive {
    fn read(self, root: &Value, samples: &mut Vec<(Series, Vec<f64>)>) -> Result<(), Malformed> {
        if self.namespace.is_empty() {
            return Err(Malformed::Namespace);
        }
        if self.metrics.len() > MAX_METRICS {
            return Err(Malformed::ManyMetrics(self.metrics.len()));
        }
        let sets = self.dimensions.iter().map(|names| dimensions(names, root));
        let sets = sets.collect::<Result<Vec<_>, _>>()?;
        for Definition { name, unit } in self.metrics {
            let unit = unit.unwrap_or_else(|| "None".to_owned());
            if !UNITS.contains(&unit.as_str()) {
                return Err(Malformed::Unit(unit));
            }
            let values = values(root.get(&name)).ok_or_else(|| Malformed::Values(name.clone()))?;
            // Each set of dimensions is a metric of its own with the same values.
            for dimensions in &sets {
                let series = Series {
                    namespace: self.namespace.clone(),
                    name: name.clone(),
                    unit: unit.clone(),
                    dimensions: dimensions.clone(),
                };
                samples.push((series, values.clone()));
            }
        }
        Ok(())
    }
}

fn dimensions(names: &[String], root: &Value) -> Result<BTreeMap<String, String>, Malformed> {
    if names.len() > MAX_DIMENSIONS {
        return Err(Malformed::ManyDimensions(names.len()));
    }
    let pair = |name: &String| {
        let value = root.get(name).and_then(Value::as_str);
        let value = value.ok_or_else(|| Malformed::Dimension(name.clone()))?;
        Ok((name.clone(), value.to_owned()))
    };
    names.iter().map(pair).collect()
}

fn values(member: Option<&Value>) -> Option<Vec<f64>> {
    let number = |value: &Value| value.as_f64().filter(|number| number.is_finite());
    match member? {
        Value::Array(list) if list.len() <= MAX_VALUES => list.iter().map(number).collect(),
        one => Some(vec![number(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line() -> Value {
        json!({
            "_aws": {
                "Timestamp": 1_760_000_000_123_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Heard",
                    "Dimensions": [["Brand", "Platform"], ["Brand"]],
                    "Metrics": [{ "Name": "EventStored", "Unit": "Count" }, { "Name": "Wait" }],
                }],
            },
            "EventStored": 2, "Wait": [0.5, 3], "Brand": "acme", "Platform": "x", "request": "of no metric",
        })
    }

    #[test]
    fn every_metric_counts_for_every_set_of_dimensions() {
        let read = read(&line().to_string()).unwrap();
        let told = read.iter().map(|(series, values)| {
            let Series { namespace, name, unit, dimensions } = series;
            let dimensions: Vec<_> = dimensions.values().map(String::as_str).collect();
            format!("{namespace} {name} {unit} {} {values:?}", dimensions.join("/"))
        });
        let expected = [
            "Heard EventStored Count acme/x [2.0]",
            "Heard EventStored Count acme [2.0]",
            "Heard Wait None acme/x [0.5, 3.0]",
            "Heard Wait None acme [0.5, 3.0]",
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_no_metric_is_passed_over() {
        let lines =
            ["", "thread 'main' panicked", r#"{"level":"INFO"}"#, r#"{"fields":{"message":"\"_aws\""}}"#];
        for line in lines {
            assert_eq!(read(line).unwrap(), [], "{line}");
        }
    }

    #[test]
    fn a_malformed_line_is_refused_with_the_reason() {
        assert!(matches!(read(r#"{"_aws": {"Timestamp""#), Err(Malformed::NotJson(_))));
        // pointer, what stands there instead, problem
        let table = [
            ("/_aws", json!(null), "_aws: invalid type: null, expected struct Metadata"),
            ("/_aws/Timestamp", json!("now"), "_aws: invalid type: string \"now\", expected u64"),
            ("/_aws/CloudWatchMetrics/0", json!({}), "_aws: missing field `Namespace`"),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!(""), "the namespace is empty"),
            (
                "/_aws/CloudWatchMetrics/0/Metrics/0/Unit",
                json!("Parsecs"),
                "Parsecs is no unit of CloudWatch",
            ),
            (
                "/_aws/CloudWatchMetrics/0/Dimensions/1",
                json!(["Page"]),
                "the member Page of a dimension is no text",
            ),
            ("/Brand", json!(7), "the member Brand of a dimension is no text"),
            (
                "/EventStored",
                json!("2"),
                "the member EventStored of a metric is neither a number nor a list of up to 100 numbers",
            ),
            (
                "/Wait",
                json!([1, "x"]),
                "the member Wait of a metric is neither a number nor a list of up to 100 numbers",
            ),
            (
                "/Wait",
                json!(vec![1; 101]),
                "the member Wait of a metric is neither a number nor a list of up to 100 numbers",
            ),
            (
                "/_aws/CloudWatchMetrics/0/Metrics",
                json!(vec![json!({"Name": "Wait"}); 101]),
                "101 metrics in one directive; 100 are the most",
            ),
            (
                "/_aws/CloudWatchMetrics/0/Dimensions/0",
                json!(vec!["Brand"; 31]),
                "31 dimensions in one set; 30 are the most",
            ),
        ];
        for (pointer, instead, problem) in table {
            let mut line = line();
            *line.pointer_mut(pointer).unwrap() = instead;
            assert_eq!(read(&line.to_string()).unwrap_err().to_string(), problem, "{pointer}");
        }
    }
}
