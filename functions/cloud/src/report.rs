//! What SES reports of a mail, as `EventBridge` passes it on.
//!
//! Source: <https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html>, and for `detail`
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>.

use std::collections::BTreeMap;

use domain::fact::{Cause, address};
use flow::feedback::{Outcome, Report};
use serde::Deserialize;

use crate::batch::Misshapen;
use crate::mailer::TAG;

/// An event on the bus.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "detail-type")]
    kind: String,
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    mail: Option<Mail>,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
struct Mail {
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_sub_type: Option<String>,
}

/// Reads an event. One of a kind that this code does not know is read, and asks for nothing.
///
/// # Errors
///
/// [`Misshapen`] for what is no event of the bus.
pub(crate) fn read(body: &str) -> Result<Report, Misshapen> {
    let Event { kind, detail } = serde_json::from_str(body)?;
    let outcome = outcome(&kind, &detail);
    // One mail goes to one person. The address is the one it was sent to, not the one that answered for it.
    let (address, mail) = detail.mail.map_or((None, None), |mut mail| {
        let names = mail.tags.remove(TAG).unwrap_or_default();
        (mail.destination.first().map(|email| address(email)), names.into_iter().next())
    });
    Ok(Report { mail, address, outcome })
}

fn outcome(kind: &str, detail: &Detail) -> Outcome {
    match kind {
        "Email Bounced" => match &detail.bounce {
            Some(bounce) if bounce.bounce_type == "Permanent" => {
                Outcome::Failed(if is_of_suppression_list(bounce.bounce_sub_type.as_deref()) {
                    Cause::Suppressed
                } else {
                    Cause::Bounced
                })
            }
            // Transient and undetermined: a full mailbox, and also the answer of a machine that somebody is away.
            _ => Outcome::Delayed,
        },
        "Email Complaint Received" => {
            let kind =
                detail.complaint.as_ref().and_then(|complaint| complaint.complaint_sub_type.as_deref());
            Outcome::Failed(if is_of_suppression_list(kind) { Cause::Suppressed } else { Cause::Complained })
        }
        "Email Rejected" | "Email Rendering Failed" => Outcome::Failed(Cause::Rejected),
        "Email Delivery Delayed" => Outcome::Delayed,
        _ => Outcome::Other,
    }
}

/// Whether SES took the mail and never sent it, because of the suppression list of the account or of all of SES.
fn is_of_suppression_list(sub_type: Option<&str>) -> bool {
    matches!(sub_type, Some("Suppressed" | "OnAccountSuppressionList"))
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::sqs::SqsEvent;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_event_is_told_apart() {
        use Cause::{Bounced, Complained, Rejected, Suppressed};
        use Outcome::{Delayed, Failed, Other};
        let bounce = |kind: &str, sub: &str| json!({"bounce": {"bounceType": kind, "bounceSubType": sub}});
        let none = || json!({});
        // detail-type, what stands in its detail besides the mail, what it means
        let table = [
            ("Email Bounced", bounce("Permanent", "General"), Failed(Bounced)),
            ("Email Bounced", bounce("Permanent", "NoEmail"), Failed(Bounced)),
            ("Email Bounced", bounce("Permanent", "Suppressed"), Failed(Suppressed)),
            ("Email Bounced", bounce("Permanent", "OnAccountSuppressionList"), Failed(Suppressed)),
            ("Email Bounced", bounce("Transient", "MailboxFull"), Delayed),
            ("Email Bounced", bounce("Undetermined", "Undetermined"), Delayed),
            ("Email Bounced", none(), Delayed),
            (
                "Email Complaint Received",
                json!({"complaint": {"complaintSubType": null, "complaintFeedbackType": "abuse"}}),
                Failed(Complained),
            ),
            (
                "Email Complaint Received",
                json!({"complaint": {"complaintSubType": "OnAccountSuppressionList"}}),
                Failed(Suppressed),
            ),
            ("Email Rejected", json!({"reject": {"reason": "Bad content"}}), Failed(Rejected)),
            ("Email Rendering Failed", json!({"failure": {"errorMessage": "?"}}), Failed(Rejected)),
            ("Email Delivery Delayed", json!({"deliveryDelay": {"delayType": "MailboxFull"}}), Delayed),
            ("Email Sent", json!({"send": {}}), Other),
            ("Email Delivered", json!({"delivery": {}}), Other),
            ("Email of tomorrow", none(), Other),
        ];
        for (kind, mut detail, outcome) in table {
            detail["mail"] = json!({"destination": ["Dana@Acme.example"], "tags": {"mail": ["abc"], "ses:from-domain": ["x"]}});
            let event = json!({"version": "0", "detail-type": kind, "source": "aws.ses", "detail": detail});
            let report = read(&event.to_string()).unwrap();
            let (mail, address) = (Some("abc".to_owned()), Some(address("dana@acme.example")));
            assert_eq!(report, Report { mail, address, outcome }, "{kind} {detail}");
        }
    }

    #[test]
    fn what_is_no_event_is_refused_and_a_mail_without_a_name_is_read() {
        for body in
            ["", "{}", "[]", r#"{"detail-type":"Email Bounced"}"#, r#"{"detail-type":"x","detail":7}"#]
        {
            assert!(read(body).is_err(), "{body}");
        }
        let report = read(r#"{"detail-type":"Email Rejected","detail":{}}"#).unwrap();
        assert_eq!((report.mail, report.address), (None, None));
    }

    #[test]
    fn the_sample_is_a_hard_bounce() {
        let event: SqsEvent =
            serde_json::from_str(include_str!("../../../infra/events/feedback.json")).unwrap();
        let report = read(event.records[0].body.as_deref().unwrap()).unwrap();
        assert_eq!(report.outcome, Outcome::Failed(Cause::Bounced));
        assert_eq!(report.address, Some(address("bounce@simulator.amazonses.com")));
        assert_eq!(report.mail.as_deref(), Some("mfrggzdfmztwq2lknnwg23tpob"));
    }
}
