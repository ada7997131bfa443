//! What the functions measure, summed up as CloudWatch would since the stack started.

mod emf;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};

pub(crate) use emf::Malformed;

/// One metric with one set of dimensions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metric {
    /// Such as `Heard`.
    pub namespace: String,
    /// Such as `MailSent`.
    pub name: String,
    /// Such as `Count` or `Milliseconds`; `None` if nothing was said.
    pub unit: String,
    /// Values by name; empty for the metric without dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// How many values there were.
    pub count: u64,
    /// All values together.
    #[serde(serialize_with = "whole_if_it_is")]
    pub sum: f64,
    /// The smallest value.
    #[serde(serialize_with = "whole_if_it_is")]
    pub min: f64,
    /// The largest value.
    #[serde(serialize_with = "whole_if_it_is")]
    pub max: f64,
}

impl Metric {
    /// Returns the mean of all values.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody prints 2^53 values")]
    pub fn average(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// What makes a metric one of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    namespace: String,
    name: String,
    unit: String,
    dimensions: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy)]
struct Statistics {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
}

/// All metrics of all functions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics(Arc<Mutex<BTreeMap<Series, Statistics>>>);

impl Metrics {
    /// Adds what a line measures; a line that is no metric is passed over.
    ///
    /// # Errors
    ///
    /// [`Malformed`]; then nothing of the line counts.
    pub(crate) fn collect(&self, line: &str) -> Result<(), Malformed> {
        let samples = emf::read(line)?;
        let mut all = self.lock();
        for (series, values) in samples {
            for value in values {
                all.entry(series.clone()).or_insert(Statistics::NONE).add(value);
            }
        }
        Ok(())
    }

    /// Every metric so far, ordered by namespace, name, unit and dimensions.
    pub(crate) fn all(&self) -> Vec<Metric> {
        let all = self.lock();
        let metric = |(series, statistics): (&Series, &Statistics)| {
            let Series { namespace, name, unit, dimensions } = series.clone();
            let Statistics { count, sum, min, max } = *statistics;
            Metric { namespace, name, unit, dimensions, count, sum, min, max }
        };
        all.iter().map(metric).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Series, Statistics>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Statistics {
    const NONE: Self = Self { count: 0, sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY };

    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }
}

/// Writes 3, not 3.0: what is counted is whole.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn whole_if_it_is<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match format!("{value:.0}").parse::<i64>() {
        Ok(whole) if value.fract() == 0.0 => serializer.serialize_i64(whole),
        _ => serializer.serialize_f64(*value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_summed_by_metric_and_dimensions() {
        let metrics = Metrics::default();
        let line = |brand: &str, value: serde_json::Value| {
            let directive = json!({
                "Namespace": "Heard", "Dimensions": [["Brand"], []],
                "Metrics": [{ "Name": "Wait", "Unit": "Seconds" }],
            });
            let aws = json!({ "Timestamp": 1, "CloudWatchMetrics": [directive] });
            json!({ "_aws": aws, "Brand": brand, "Wait": value }).to_string()
        };
        metrics.collect(&line("acme", json!(3))).unwrap();
        metrics.collect(&line("acme", json!([1.5, 4]))).unwrap();
        metrics.collect(&line("other", json!(2))).unwrap();
        metrics.collect("nothing of the kind").unwrap();
        let told = serde_json::to_value(metrics.all()).unwrap();
        let metric = |dimensions, count, sum, min, max| {
            json!({
                "namespace": "Heard", "name": "Wait", "unit": "Seconds", "dimensions": dimensions,
                "count": count, "sum": sum, "min": min, "max": max,
            })
        };
        let expected = json!([
            metric(json!({}), 4, json!(10.5), json!(1.5), json!(4)),
            metric(json!({"Brand": "acme"}), 3, json!(8.5), json!(1.5), json!(4)),
            metric(json!({"Brand": "other"}), 1, json!(2), json!(2), json!(2)),
        ]);
        assert_eq!(told, expected);
    }
}
