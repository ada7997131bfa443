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
        let mut dimensions = Vec::new();
        if let Some(brand) = about.brand {
            dimensions.push(("Brand", brand.to_string()));
        }
        if let Some(platform) = about.platform {
            dimensions.push(("Platform", platform.to_string()));
        }
        print(&emf(now(), name(metric), "Count", 1, &dimensions));
    }

    fn lateness(&self, oldest: Duration) {
        let late = u64::try_from(oldest.as_millis()).unwrap_or(u64::MAX);
        print(&emf(now(), "OldestOverdue", "Milliseconds", late, &[]));
    }
}

fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::EventStored => "EventStored",
        Metric::WebhookRejected => "WebhookRejected",
        Metric::ForeignAccount => "ForeignAccount",
        Metric::BodyKeptRaw => "BodyKeptRaw",
        Metric::ItemRefused => "ItemRefused",
        Metric::NoticeClaimed => "NoticeClaimed",
        Metric::MailSent => "MailSent",
        Metric::NoticeDropped => "NoticeDropped",
        Metric::NobodyReachable => "NobodyReachable",
        Metric::FactUnreadable => "FactUnreadable",
    }
}

/// Writes one measurement in CloudWatch's embedded metric format.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn emf(at: Timestamp, name: &str, unit: &str, value: u64, dimensions: &[(&str, String)]) -> String {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Heard",
                "Dimensions": [names],
                "Metrics": [{ "Name": name, "Unit": unit }],
            }],
        },
        name: value,
    });
    for (name, value) in dimensions {
        line[*name] = json!(value);
    }
    line.to_string()
}

#[expect(clippy::print_stdout, reason = "stdout is where CloudWatch reads metrics")]
fn print(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_one_line_with_its_dimensions() {
        let at = Timestamp::from_millisecond(1_760_000_000_123).unwrap();
        let dimensions = [("Brand", "acme".to_owned()), ("Platform", "facebook".to_owned())];
        insta::assert_snapshot!(
            emf(at, "EventStored", "Count", 2, &dimensions),
            @r#"{"Brand":"acme","EventStored":2,"Platform":"facebook","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Brand","Platform"]],"Metrics":[{"Name":"EventStored","Unit":"Count"}],"Namespace":"Heard"}],"Timestamp":1760000000123}}"#
        );
    }
}
