//! What is counted, as lines that CloudWatch turns into metrics.
//!
//! An EMF line is one JSON object with `_aws` at the top, printed alone: inside a log record CloudWatch
//! would not see it.

use std::time::Duration;

use flow::ports::{About, Metric, Telemetry};
use jiff::Timestamp;
use serde_json::json;

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
    let dimensions: Vec<(&str, String)> = said.collect();
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Heard",
                "Dimensions": [names],
                "Metrics": [{ "Name": metric.name(), "Unit": metric.unit().name() }],
            }],
        },
        metric.name(): value,
    });
    for (name, value) in dimensions {
        line[name] = json!(value);
    }
    line.to_string()
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
            @r#"{"Brand":"acme","EventStored":2,"Platform":"facebook","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Brand","Platform"]],"Metrics":[{"Name":"EventStored","Unit":"Count"}],"Namespace":"Heard"}],"Timestamp":1760000000123}}"#
        );
        insta::assert_snapshot!(
            emf(at, Metric::OldestOverdue, 1500, &about),
            @r#"{"OldestOverdue":1500,"_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":[{"Name":"OldestOverdue","Unit":"Milliseconds"}],"Namespace":"Heard"}],"Timestamp":1760000000123}}"#
        );
    }
}
