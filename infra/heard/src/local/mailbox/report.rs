//! What SES tells of a mail after it took it: events on the bus, and the queues that rules bring them to.
//!
//! Addresses of SES's own simulator fare as they do there; all others take every mail.
//! Source: <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::queue::{Content, Queues};
use super::super::template::{ACCOUNT, MailEvents, REGION, Rule};
use super::super::unique::uuid;
use super::Mail;

/// Who is told of what becomes of mails, as the template says.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) configuration_sets: Vec<String>,
    pub(crate) destinations: Vec<MailEvents>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) queues: Arc<Queues>,
}

/// One thing that becomes of a mail.
struct Fate {
    /// As a configuration set names it.
    kind: &'static str,
    detail_type: &'static str,
    event_type: &'static str,
    /// The part of the event that only this kind has, and its name.
    own: (&'static str, Value),
}

impl Reports {
    /// Whether there is such a configuration set.
    pub(crate) fn knows(&self, configuration_set: &str) -> bool {
        self.configuration_sets.iter().any(|known| known == configuration_set)
    }

    /// Puts on the bus what becomes of a mail, as far as its configuration set asks to know, at once and in order.
    pub(crate) fn raise(&self, mail: &Mail, configuration_set: Option<&str>) {
        let Some(set) = configuration_set else { return };
        let wanted = |kind: &str| {
            let destinations = self.destinations.iter().filter(|known| known.configuration_set == set);
            destinations.flat_map(|known| &known.types).any(|known| known == kind)
        };
        for address in mail.to.split(", ") {
            for fate in fates(address, &mail.sent_at).into_iter().filter(|fate| wanted(fate.kind)) {
                self.publish(&event(mail, set, fate));
            }
        }
    }

    fn publish(&self, event: &Value) {
        for rule in self.rules.iter().filter(|rule| rule.pattern.matches(event)) {
            for queue in &rule.queues {
                let content = Content { body: event.to_string(), ..Content::default() };
                self.queues.send(queue, &content, None).ok(); // the template was checked: the queue is there
            }
        }
    }
}

/// What becomes of a mail to `address`.
fn fates(address: &str, at: &str) -> Vec<Fate> {
    let sent = Fate { kind: "send", detail_type: "Email Sent", event_type: "Send", own: ("send", json!({})) };
    let delivered = Fate {
        kind: "delivery",
        detail_type: "Email Delivered",
        event_type: "Delivery",
        own: ("delivery", json!({"timestamp": at, "recipients": [address], "smtpResponse": "250 ok"})),
    };
    let bounced = |sub_type: &str| Fate {
        kind: "bounce",
        detail_type: "Email Bounced",
        event_type: "Bounce",
        own: (
            "bounce",
            json!({
                "feedbackId": uuid(),
                "bounceType": "Permanent",
                "bounceSubType": sub_type,
                "bouncedRecipients": [{"emailAddress": address}],
                "timestamp": at,
            }),
        ),
    };
    let complained = Fate {
        kind: "complaint",
        detail_type: "Email Complaint Received",
        event_type: "Complaint",
        own: (
            "complaint",
            json!({
                "feedbackId": uuid(),
                "complaintSubType": null,
                "complainedRecipients": [{"emailAddress": address}],
                "complaintFeedbackType": "abuse",
                "timestamp": at,
            }),
        ),
    };
    // What stands behind a plus sign is the sender's own.
    let simulated = address.strip_suffix("@simulator.amazonses.com").and_then(|name| name.split('+').next());
    match simulated {
        Some("bounce") => vec![sent, bounced("General")],
        Some("suppressionlist") => vec![sent, bounced("Suppressed")],
        Some("complaint") => vec![sent, delivered, complained],
        _ => vec![sent, delivered],
    }
}

/// An event as it stands on the bus.
fn event(mail: &Mail, set: &str, fate: Fate) -> Value {
    let mut tags: serde_json::Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    tags.insert("ses:configuration-set".to_owned(), json!([set]));
    let mut detail = json!({
        "eventType": fate.event_type,
        "mail": {
            "timestamp": mail.sent_at,
            "source": mail.from,
            "sendingAccountId": ACCOUNT,
            "messageId": mail.id,
            "destination": mail.to.split(", ").collect::<Vec<_>>(),
            "headersTruncated": false,
            "tags": tags,
        },
    });
    let (name, own) = fate.own;
    detail[name] = own;
    json!({
        "version": "0",
        "id": uuid(),
        "detail-type": fate.detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": mail.sent_at,
        "region": REGION,
        "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")],
        "detail": detail,
    })
}
