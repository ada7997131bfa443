//! table stream → function: in order, each record until it is done.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::super::template::Pattern;
use super::batch::{Failed, failed};
use super::{Wiring, chain};

/// A write that did not come through the gateway is seen this much later.
const AT_THE_LATEST: Duration = Duration::from_secs(1);
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(10);

pub(super) struct Reader {
    pub(super) table: String,
    pub(super) function: String,
    pub(super) filters: Vec<Pattern>,
    pub(super) batch_size: usize,
    pub(super) bisect: bool,
    pub(super) report_failures: bool,
    pub(super) retries: Option<u32>,
}

impl Reader {
    pub(super) async fn run(self, wiring: Wiring) {
        let mut after = self.position(&wiring);
        loop {
            // Listening starts before the stream is read, or a write between the two would wait.
            let written = wiring.dynamo.written();
            let records = match wiring.dynamo.records(&self.table, after.as_deref(), self.batch_size) {
                Ok(records) => records,
                Err(error) => {
                    wiring.logs.line(&self.table, &chain(&error));
                    Vec::new()
                }
            };
            let Some(last) = records.last().map(|record| sequence(record).to_owned()) else {
                tokio::select! {
                    () = written => {}
                    () = tokio::time::sleep(AT_THE_LATEST) => {}
                }
                continue;
            };
            let wanted: Vec<_> = records.into_iter().filter(|record| self.wants(record)).collect();
            if !wanted.is_empty() {
                self.deliver(&wiring, wanted).await;
            }
            self.save(&wiring, &last);
            after = Some(last);
        }
    }

    fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }

    /// Invokes the function until the whole batch is done, or skipped after the template's retries.
    async fn deliver(&self, wiring: &Wiring, batch: Vec<Value>) {
        let mut parts = VecDeque::from([batch]);
        let (mut tries, mut pause) = (0, FIRST_RETRY);
        while let Some(mut part) = parts.pop_front() {
            let Some(first_failed) = self.invoke(wiring, &part).await else {
                (tries, pause) = (0, FIRST_RETRY);
                continue;
            };
            let mut rest = part.split_off(first_failed);
            if self.bisect && first_failed == 0 && rest.len() > 1 {
                // A cut is no retry: the halves get all of theirs.
                let second = rest.split_off(rest.len().div_ceil(2));
                parts.push_front(second);
                parts.push_front(rest);
                continue;
            }
            if self.retries.is_some_and(|retries| tries >= retries) {
                wiring
                    .logs
                    .line(&self.function, &format!("{} records of the stream are skipped", rest.len()));
                tries = 0;
                continue;
            }
            parts.push_front(rest);
            tries += 1;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LAST_RETRY);
        }
    }

    /// The index of the first record that is not done; a stream's checkpoint never jumps over one.
    async fn invoke(&self, wiring: &Wiring, part: &[Value]) -> Option<usize> {
        let payload = Bytes::from(json!({"Records": part}).to_string());
        let place = |id: &str| part.iter().position(|record| sequence(record) == id);
        match wiring.runtime.invoke(&self.function, payload).await {
            Ok(answer) if self.report_failures => match failed(&answer, |id| place(id).is_some()) {
                Failed::None => None,
                Failed::All => Some(0),
                Failed::Some(ids) => ids.iter().filter_map(|id| place(id)).min(),
            },
            Ok(_) => None,
            Err(error) => {
                wiring.logs.line(&self.function, &chain(&error));
                Some(0)
            }
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.table, self.function)
    }

    /// Where the last run of the stack stopped; the trim horizon if it has not run.
    fn position(&self, wiring: &Wiring) -> Option<String> {
        let connection = wiring.store.lock();
        let query = "SELECT after FROM position WHERE source = ?1";
        let found = connection.query_row(query, params![self.name()], |row| row.get(0)).optional();
        found.unwrap_or_else(|error| {
            wiring.logs.line(&self.table, &chain(&error));
            None
        })
    }

    /// A position that is not saved means records that come twice, which every function stands.
    fn save(&self, wiring: &Wiring, after: &str) {
        let query = "INSERT INTO position VALUES (?1, ?2) ON CONFLICT (source) DO UPDATE SET after = ?2";
        if let Err(error) = wiring.store.lock().execute(query, params![self.name(), after]) {
            wiring.logs.line(&self.table, &chain(&error));
        }
    }
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}
