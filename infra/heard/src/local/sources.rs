//! Event sources: what Lambda does between a queue, a stream or a clock and a function.

mod batch;
mod poller;
mod schedule;
mod stream;

use std::error::Error;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::dynamo::Dynamo;
use super::logs::Logs;
use super::queue::Queues;
use super::runtime::Runtime;
use super::store::Store;
use super::template::{Function, Source};

/// What event sources read from and write to.
#[derive(Clone)]
pub(crate) struct Wiring {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) queues: Arc<Queues>,
    pub(crate) dynamo: Dynamo,
    pub(crate) store: Arc<Store>,
    pub(crate) logs: Logs,
}

/// Batches of one queue that are in work at the same time. AWS begins with five; two are enough to show
/// what a function does when another one runs beside it.
const POLLERS: usize = 2;

/// Starts every source of every function.
pub(crate) fn start(functions: &[Function], wiring: &Wiring, tasks: &mut JoinSet<()>) {
    for function in functions {
        for source in &function.sources {
            let (wiring, id) = (wiring.clone(), function.id.clone());
            match source.clone() {
                Source::Queue { queue, batch_size, report_failures } => {
                    for _ in 0..POLLERS {
                        let poller = poller::Poller {
                            queue: queue.clone(),
                            function: id.clone(),
                            batch_size,
                            report_failures,
                        };
                        tasks.spawn(poller.run(wiring.clone()));
                    }
                }
                Source::Stream { table, filters, batch_size, bisect, report_failures, retries } => {
                    let reader = stream::Reader {
                        table,
                        function: id,
                        filters,
                        batch_size,
                        bisect,
                        report_failures,
                        retries,
                    };
                    tasks.spawn(reader.run(wiring));
                }
                Source::Schedule { name, input, .. } => {
                    tasks.spawn(schedule::Schedule { name, function: id, input }.run(wiring));
                }
            }
        }
    }
}

/// An error and all that caused it on one line, outermost first.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}
