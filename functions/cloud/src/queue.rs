//! The two queues. A message may come twice, late, out of order or never; consumers allow for all of it.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::id::BrandId;
use flow::message::{Check, Spread, Tell};
use flow::ports::Fault;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::fault::fault;
use crate::start::{Cloud, now};

/// The longest delay that SQS takes, in seconds; the sweep never asks for more than its horizon.
const LONGEST_DELAY: i64 = 900;
/// The most messages that SQS takes at once.
const BATCH: usize = 10;

/// Both queues and the client that speaks to them.
#[derive(Debug)]
pub(crate) struct Queues {
    pub(crate) client: Client,
    pub(crate) checks: String,
    pub(crate) mails: String,
}

impl flow::ports::Queues for Cloud {
    async fn send_checks(&self, checks: &[(Check, Timestamp)]) -> Result<(), Fault> {
        let queues = self.queues();
        let messages = checks.iter().map(|(check, at)| (check, check.brand.as_ref(), *at));
        queues.send("asking for checks", &queues.checks, messages).await
    }

    async fn send_spread(&self, spread: &Spread) -> Result<(), Fault> {
        let queues = self.queues();
        let message = std::iter::once((spread, Some(&spread.brand), now()));
        queues.send("asking for a removal to be told of", &queues.checks, message).await
    }

    async fn send_mails(&self, mails: &[(Tell, Timestamp)]) -> Result<(), Fault> {
        let queues = self.queues();
        let messages = mails.iter().map(|(tell, at)| (tell, tell.brand.as_ref(), *at));
        queues.send("asking for mails", &queues.mails, messages).await
    }
}

impl Cloud {
    fn queues(&self) -> &Queues {
        self.queues.as_ref().expect("a function that sends messages connects its queues at start-up")
    }
}

impl Queues {
    async fn send<'a, T: Serialize + 'a>(
        &self,
        doing: &str,
        url: &str,
        messages: impl Iterator<Item = (&'a T, Option<&'a BrandId>, Timestamp)>,
    ) -> Result<(), Fault> {
        let mut entries = Vec::new();
        for (index, (message, brand, at)) in messages.enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id((index % BATCH).to_string())
                .message_body(serde_json::to_string(message).map_err(|error| broken(doing, error))?)
                .delay_seconds(delay(at.duration_since(now())))
                // Fair queues: one brand's storm does not hold up another's single check.
                .set_message_group_id(brand.and_then(group))
                .build()
                .map_err(|error| broken(doing, error))?;
            entries.push(entry);
        }
        for batch in entries.chunks(BATCH) {
            self.send_batch(doing, url, batch.to_vec()).await?;
        }
        Ok(())
    }

    async fn send_batch(
        &self,
        doing: &str,
        url: &str,
        batch: Vec<SendMessageBatchRequestEntry>,
    ) -> Result<(), Fault> {
        let send = self.client.send_message_batch().queue_url(url).set_entries(Some(batch));
        let answer = send.send().await.map_err(|error| fault(doing, error))?;
        // The call can succeed while some of its messages were refused.
        match answer.failed.first() {
            None => Ok(()),
            Some(failed) => Err(Fault {
                doing: doing.to_owned(),
                is_transient: !failed.sender_fault,
                source: format!("{} of the messages refused: {}", answer.failed.len(), failed.code).into(),
            }),
        }
    }
}

fn broken(doing: &str, error: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault { doing: doing.to_owned(), is_transient: false, source: Box::new(error) }
}

/// Rounds up to whole seconds: a check that came before its moment would find nothing to do.
fn delay(wait: SignedDuration) -> i32 {
    let up = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    i32::try_from(up.clamp(0, LONGEST_DELAY)).unwrap_or(0)
}

/// Returns the brand as a message group, which takes 128 characters of ASCII letters, digits and marks.
fn group(brand: &BrandId) -> Option<String> {
    let fits = brand.as_str().len() <= 128 && brand.as_str().bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| brand.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_round_up_and_stay_within_what_sqs_takes() {
        // milliseconds to wait, seconds asked for
        for (wait, asked) in
            [(-5000, 0), (0, 0), (1, 1), (1000, 1), (1001, 2), (300_000, 300), (9_000_000, 900)]
        {
            assert_eq!(delay(SignedDuration::from_millis(wait)), asked, "{wait} ms");
        }
    }
}
