//! The functions as they are deployed: a batch in, what failed of it out. The flows do the rest.

use flow::check::{check, check_or_wake, distinct};
use flow::feedback::feedback;
use flow::mail::mail;
use flow::message::{self, Check};
use flow::ports::{Clock, Hooks, Mailer, Queues, Settings, Table, Telemetry, Vault};
use flow::receive::{Request, receive};
use flow::removal::{spread, spread_or_queue};
use flow::sweep::sweep;
use jiff::Timestamp;

use crate::world::queue::{Body, Record};

/// Everything that a function stands on.
pub(crate) trait Ports:
    Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault
{
}
impl<W: Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault> Ports for W {}

/// How a run of a function ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The webhook answered with a status.
    Status(u16),
    /// These places of the batch failed.
    Failed(Vec<usize>),
}

pub(crate) async fn webhook<W: Ports>(world: W, request: Request) -> Outcome {
    Outcome::Status(receive(&world, request).await.status)
}

/// A batch of the queue of checks.
pub(crate) async fn moments<W: Ports>(world: W, bodies: Vec<Body>) -> Outcome {
    let mut failed = Vec::new();
    let mut batch = Vec::new();
    for (place, body) in bodies.into_iter().enumerate() {
        match body {
            Body::Check(check) => batch.push((place, check)),
            Body::Spread(request) if spread(&world, &request).await.is_err() => failed.push(place),
            Body::Spread(_) => {}
            Body::Tell(_) | Body::Report(..) => failed.push(place),
        }
    }
    for (places, request) in distinct(batch) {
        if check(&world, &request).await.is_err() {
            failed.extend(places);
        }
    }
    Outcome::Failed(failed)
}

/// A batch of the table's stream.
pub(crate) async fn records<W: Ports>(world: W, records: Vec<Record>, deadline: Timestamp) -> Outcome {
    let mut failed = Vec::new();
    let mut batch = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        match record {
            Record::Fact(conversation, fact) => {
                let (v, fact) = (message::FORM, Some(fact));
                batch.push((
                    place,
                    Check { v, conversation, brand: None, fact, moment: None, pushed_at: None },
                ));
            }
            Record::Removal(request) => {
                if spread_or_queue(&world, &request, deadline).await.is_err() {
                    failed.push(place);
                }
            }
        }
    }
    for (places, request) in distinct(batch) {
        if check_or_wake(&world, &request, deadline).await.is_err() {
            failed.extend(places);
        }
    }
    Outcome::Failed(failed)
}

/// A batch of the queue of mails.
pub(crate) async fn mails<W: Ports>(world: W, bodies: Vec<Body>) -> Outcome {
    let mut failed = Vec::new();
    for (place, body) in bodies.into_iter().enumerate() {
        match body {
            Body::Tell(tell) if mail(&world, &tell).await.is_ok() => {}
            _ => failed.push(place),
        }
    }
    Outcome::Failed(failed)
}

/// A batch of the queue of reports.
pub(crate) async fn reports<W: Ports>(world: W, bodies: Vec<Body>) -> Outcome {
    let mut failed = Vec::new();
    for (place, body) in bodies.into_iter().enumerate() {
        match body {
            Body::Report(report, _) if feedback(&world, &report).await.is_ok() => {}
            _ => failed.push(place),
        }
    }
    Outcome::Failed(failed)
}

/// The clock's minute.
pub(crate) async fn minute<W: Ports>(world: W) -> Outcome {
    Outcome::Failed(if sweep(&world).await.is_ok() { Vec::new() } else { vec![0] })
}
