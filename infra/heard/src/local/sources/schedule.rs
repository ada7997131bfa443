//! clock → function: every second, whatever the rate, so that a laptop need not wait for the minute.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::MissedTickBehavior;

use super::super::clock::Clock;
use super::super::template::{ACCOUNT, REGION};
use super::super::unique::uuid;
use super::{Wiring, chain};

const EVERY: Duration = Duration::from_secs(1);

pub(super) struct Schedule {
    pub(super) name: String,
    pub(super) function: String,
    pub(super) input: Option<String>,
}

impl Schedule {
    pub(super) async fn run(self, wiring: Wiring) {
        let mut ticks = tokio::time::interval(EVERY);
        // A slow run is not made up for: the next one finds the same.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let payload = self.input.clone().unwrap_or_else(|| self.event());
            if let Err(error) = wiring.runtime.invoke(&self.function, Bytes::from(payload)).await {
                wiring.logs.line(&self.function, &chain(&error));
            }
        }
    }

    /// What `EventBridge` Scheduler sends when the template gives no input.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html>
    fn event(&self) -> String {
        let now = Timestamp::from_millisecond(Clock::system().now_ms()).unwrap_or_default();
        let now = Timestamp::from_second(now.as_second()).unwrap_or_default();
        let event = json!({
            "version": "0",
            "id": uuid(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": now.to_string(),
            "region": REGION,
            "resources": [format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{}", self.name)],
            "detail": "{}",
        });
        event.to_string()
    }
}
