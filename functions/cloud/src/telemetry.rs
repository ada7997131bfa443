//! What is counted, as lines that CloudWatch turns into metrics.
//!
//! An EMF line is one JSON object with `_aws` at the top, printed alone: inside a log record CloudWatch
//! would not see it.

use std::time::Duration;

use flow::ports::{About, Metric, Telemetry};
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::start::{Cloud, now};

impl Telemetry for Cloud {
    fn count(&self, metric: Metric, about: About<'_>) {
        print(&emf(now(), metric, 1, &about));
    }

    fn lateness(&self, oldest: Duration) {
        let late = u64::try_from(oldest.as_millis()).unwrap_or(u64::MAX);
        print(&emf(now(), Metric::OldestOverdue, late, &About::default()));
    }
}

/// Writes one measurement in CloudWatch's embedded metric format.
///
/// A dimension that nothing was said about is left out: the measurement is then a metric of its own. A set
/// without any dimension is legal.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn emf(at: Timestamp, metric: Metric, value: u64, about: &About<'_>) -> String {
    let said = metric.dimensions().iter().filter_map(|one| Some((one.name(), about.value(*one)?)));
    let measured = Measured { at, metric, value, dimensions: said.collect() };
    serde_json::to_string(&measured)
        .unwrap_or_else(|error| unreachable!("numbers and texts are JSON: {error}"))
}

/// One measurement. It is written as it stands, without a tree of JSON in between: a request counts several.
struct Measured {
    at: Timestamp,
    metric: Metric,
    value: u64,
    dimensions: Vec<(&'static str, String)>,
}

impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.dimensions.iter().map(|(name, _)| *name).collect();
        let metric = Named { name: self.metric.name(), unit: self.metric.unit().name() };
        let directive = MetricDirective { namespace: "Heard", dimensions: [names], metrics: [metric] };
        let aws = Aws { timestamp: self.at.as_millisecond(), cloud_watch_metrics: [directive] };
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("_aws", &aws)?;
        line.serialize_entry(self.metric.name(), &self.value)?;
        for (name, value) in &self.dimensions {
            line.serialize_entry(name, value)?;
        }
        line.end()
    }
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Aws {
    timestamp: i64,
    cloud_watch_metrics: [MetricDirective; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDirective {
    namespace: &'static str,
    dimensions: [Vec<&'static str>; 1],
    metrics: [Named; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: &'static str,
    unit: &'static str,
}

#[expect(clippy::print_stdout, reason = "stdout is where CloudWatch reads metrics")]
fn print(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use domain::id::{BrandId, Platform};

    use super::*;

    #[test]
    fn a_count_is_one_line_with_its_dimensions() {
        let at = Timestamp::from_millisecond(1_760_000_000_123).unwrap();
        let brand = BrandId::from("acme");
        let about = About { brand: Some(&brand), ..About::platform(Platform::Facebook) };
        insta::assert_snapshot!(
            emf(at, Metric::EventStored, 2, &about),
            @r#"{"_aws":{"Timestamp":1760000000123,"CloudWatchMetrics":[{"Namespace":"Heard","Dimensions":[["Brand","Platform"]],"Metrics":[{"Name":"EventStored","Unit":"Count"}]}]},"EventStored":2,"Brand":"acme","Platform":"facebook"}"#
        );
        insta::assert_snapshot!(
            emf(at, Metric::OldestOverdue, 1500, &about),
            @r#"{"_aws":{"Timestamp":1760000000123,"CloudWatchMetrics":[{"Namespace":"Heard","Dimensions":[[]],"Metrics":[{"Name":"OldestOverdue","Unit":"Milliseconds"}]}]},"OldestOverdue":1500}"#
        );
    }
}
