//! The way out: one SES message per person.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use domain::mail::Mail;
use flow::ports::{Fault, Unsent, Wait};
use std::time::Duration;

use crate::fault::fault;
use crate::start::Cloud;

/// SES, the address that mails come from, and the configuration set that reports what became of them.
#[derive(Debug)]
pub(crate) struct Mailer {
    client: Client,
    from: String,
    configuration_set: String,
}

impl Mailer {
    /// Connects SES without the SDK's retries: SES does not recognise a second attempt, so each one could
    /// be a second mail. The queue repeats what failed.
    pub(crate) fn new(aws: &SdkConfig, from: String, configuration_set: String) -> Mailer {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            // Both are named: what is left out is taken from the other clients, whose attempts are shorter,
            // and a mail that SES took after that would be sent again.
            .operation_attempt_timeout(Duration::from_secs(6))
            .operation_timeout(Duration::from_secs(6))
            .build();
        let config = aws_sdk_sesv2::config::Builder::from(aws)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .build();
        Mailer { client: Client::from_conf(config), from, configuration_set }
    }

    async fn send(&self, mail: &Mail, name: &str) -> Result<(), Unsent> {
        let doing = "sending a mail";
        let content = |text: &str| Content::builder().charset("UTF-8").data(text).build();
        let built = |error| Fault { doing: doing.to_owned(), is_transient: false, source: Box::new(error) };
        let text = content(&mail.text).map_err(built)?;
        let html = content(&mail.html).map_err(built)?;
        let mut message = Message::builder()
            .subject(content(&mail.subject).map_err(built)?)
            .body(Body::builder().text(text).html(html).build());
        for (header, value) in &mail.headers {
            let header = MessageHeader::builder().name(header).value(value).build();
            message = message.headers(header.map_err(built)?);
        }
        // The tag comes back with every delivery report and names the notices.
        let tag = MessageTag::builder().name(TAG).value(name).build().map_err(built)?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .configuration_set_name(&self.configuration_set)
            .email_tags(tag)
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        if let Some(wait) = wait(error.code(), error.message()) {
            return Err(Unsent::Wait(wait, Box::new(error)));
        }
        match error {
            // SES quotes addresses in what it says; its code is enough, and no address belongs in a log.
            SdkError::ServiceError(answer) => {
                let code = answer.err().code().unwrap_or("an unnamed error").to_owned();
                let is_transient = answer.raw().status().is_server_error();
                let source = format!("SES refused: {code}").into();
                Err(Unsent::Fault(Fault { doing: doing.to_owned(), is_transient, source }))
            }
            error => Err(Unsent::Fault(fault(doing, error))),
        }
    }
}

/// The tag that names a mail.
pub(crate) const TAG: &str = "mail";

/// Returns why SES takes no mail for now, where the mail itself is sound. The rate and the day's quota come under one
/// code, and only the words tell them apart.
///
/// Source: <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>
fn wait(code: Option<&str>, message: Option<&str>) -> Option<Wait> {
    let says = |words: &str| message.is_some_and(|message| message.to_ascii_lowercase().contains(words));
    match code? {
        "SendingPausedException" | "AccountSuspendedException" => Some(Wait::Paused),
        "LimitExceededException" => Some(Wait::Quota),
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" if says("quota") => {
            Some(Wait::Quota)
        }
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" => Some(Wait::Rate),
        _ => None,
    }
}

impl flow::ports::Mailer for Cloud {
    async fn send(&self, mail: &Mail, name: &str) -> Result<(), Unsent> {
        let mailer = self.mailer.as_ref();
        mailer.expect("a function that sends mails connects the mailer at start-up").send(mail, name).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ses_asks_to_wait_for_is_told_apart() {
        // code, message, what it means
        let table = [
            ("TooManyRequestsException", "Maximum sending rate exceeded.", Some(Wait::Rate)),
            ("TooManyRequestsException", "Daily message quota exceeded.", Some(Wait::Quota)),
            ("ThrottlingException", "", Some(Wait::Rate)),
            ("LimitExceededException", "There are too many instances", Some(Wait::Quota)),
            ("SendingPausedException", "Sending paused for this account.", Some(Wait::Paused)),
            ("AccountSuspendedException", "", Some(Wait::Paused)),
            ("MessageRejected", "Email address is not verified; see your quota", None),
            ("BadRequestException", "", None),
        ];
        for (code, message, expected) in table {
            assert_eq!(wait(Some(code), Some(message)), expected, "{code} {message}");
        }
        assert_eq!(wait(None, Some("Maximum sending rate exceeded.")), None);
        assert_eq!(wait(Some("TooManyRequestsException"), None), Some(Wait::Rate));
    }
}
