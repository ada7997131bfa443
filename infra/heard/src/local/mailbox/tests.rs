use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::queue::Queues;
use super::super::template::{MailEvents, Pattern, Queue, Rule};
use super::{Clock, Mailbox, Reports, Store};

fn mailbox() -> Mailbox {
    with_reports(&[]).0
}

/// A mailbox whose configuration set `set` reports events of these types, and the queue that a rule sends them to.
fn with_reports(types: &[&str]) -> (Mailbox, Arc<Queues>) {
    let (store, clock) = (Arc::new(Store::open(None).unwrap()), Clock::manual(1_760_000_004_000));
    let queue = Queue {
        name: "reports".to_owned(),
        visibility: Duration::from_secs(30),
        retention: Duration::from_hours(1),
        delay: Duration::ZERO,
        max_bytes: 1 << 20,
        wait: Duration::ZERO,
        redrive: None,
    };
    let queues = Queues::new(vec![queue], String::new(), Arc::clone(&store), clock.clone());
    let queues = Arc::new(queues);
    let pattern = r#"{"source":["aws.ses"],"detail":{"mail":{"tags":{"ses:configuration-set":["set"]}}}}"#;
    let reports = Reports {
        configuration_sets: vec!["set".to_owned(), "silent".to_owned()],
        destinations: vec![MailEvents {
            configuration_set: "set".to_owned(),
            types: types.iter().map(|kind| (*kind).to_owned()).collect(),
        }],
        rules: vec![Rule { pattern: Pattern::parse(pattern).unwrap(), queues: vec!["reports".to_owned()] }],
        queues: Arc::clone(&queues),
    };
    (Mailbox::new(store, clock, reports), queues)
}

fn request() -> Value {
    json!({
        "FromEmailAddress": "Heard <alerts@heard.example>",
        "Destination": {"ToAddresses": ["dana@acme.example"]},
        "Content": {"Simple": {
            "Subject": {"Data": "Möbel <kaputt>"},
            "Body": {"Text": {"Data": "Hello"}, "Html": {"Data": "<p>Hello</p>"}},
            "Headers": [{"Name": "X-Case", "Value": "case_1"}],
        }},
    })
}

#[test]
fn a_mail_is_kept_whole_and_read_back_oldest_first() {
    let mailbox = mailbox();
    let answer = mailbox.answer(request().to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let mail = &mailbox.all().unwrap()[0];
    assert_eq!((mail.to.as_str(), mail.sent_at.as_str()), ("dana@acme.example", "2025-10-09T08:53:24Z"));
    assert_eq!((mail.text.as_str(), mail.html.as_str()), ("Hello", "<p>Hello</p>"));
    assert_eq!(mail.headers["X-Case"], "case_1");
    assert_eq!(mailbox.find(&mail.id).unwrap().as_ref(), Some(mail));

    let eml = String::from_utf8(mail.to_eml()).unwrap();
    for line in ["From: Heard <alerts@heard.example>\r\n", "X-Case: case_1\r\n", "multipart/alternative"] {
        assert!(eml.contains(line), "{line} in {eml}");
    }
}

#[test]
fn what_ses_refuses_is_refused() {
    let many = |count: usize| (0..count).map(|n| json!(format!("p{n}@x.example"))).collect::<Vec<_>>();
    let headers: Vec<_> = (0..16).map(|n| json!({"Name": format!("X-{n}"), "Value": "1"})).collect();
    let bad_header = json!([{"Name": "X-Ü", "Value": "1"}]);
    // place, value, part of the message
    let table = [
        ("/Destination", json!({}), "Missing destination"),
        ("/Destination/ToAddresses", json!(many(51)), "Recipient count exceeds 50"),
        ("/Destination/ToAddresses", json!(["dana"]), "Missing final '@domain'"),
        ("/FromEmailAddress", json!(null), "Missing FromEmailAddress"),
        ("/Content/Simple", json!(null), "Simple content only"),
        ("/Content/Simple/Body", json!({}), "Empty body"),
        ("/Content/Simple/Headers", json!(headers), "15 headers at most"),
        ("/Content/Simple/Headers", bad_header, "Invalid header name"),
        ("/Content/Simple/Subject/Data", json!("a\r\nBcc: x@y.example"), "line breaks"),
    ];
    let mailbox = mailbox();
    for (place, value, problem) in table {
        let mut request = request();
        *request.pointer_mut(place).unwrap() = value;
        let answer = mailbox.answer(request.to_string().as_bytes());
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 400 && body.contains(problem), "{place}: {body}");
    }
    assert!(mailbox.all().unwrap().is_empty());
}

/// Types asked for, configuration set, address, detail-type and sub-type of each event that is reported.
type Case<'a> = (&'a [&'a str], &'a str, &'a str, &'a [(&'a str, Option<&'a str>)]);

#[tokio::test]
async fn the_simulators_addresses_are_reported_as_far_as_the_configuration_set_asks() {
    let all = ["send", "delivery", "bounce", "complaint"];
    let (wanted, bad) = (["bounce", "complaint"], "Permanent");
    let table: [Case<'_>; 8] = [
        (&wanted, "set", "bounce@simulator.amazonses.com", &[("Email Bounced", Some("General"))]),
        (&wanted, "set", "bounce+dana@simulator.amazonses.com", &[("Email Bounced", Some("General"))]),
        (&wanted, "set", "suppressionlist@simulator.amazonses.com", &[("Email Bounced", Some("Suppressed"))]),
        (&wanted, "set", "complaint@simulator.amazonses.com", &[("Email Complaint Received", None)]),
        (&wanted, "set", "success@simulator.amazonses.com", &[]),
        (&all, "set", "dana@acme.example", &[("Email Sent", None), ("Email Delivered", None)]),
        (&all, "set", "bounce@acme.example", &[("Email Sent", None), ("Email Delivered", None)]),
        (&all, "silent", "bounce@simulator.amazonses.com", &[]),
    ];
    for (types, set, to, expected) in table {
        let (mailbox, queues) = with_reports(types);
        let mut request = request();
        request["ConfigurationSetName"] = json!(set);
        request["EmailTags"] = json!([{"Name": "mail", "Value": "abc"}]);
        request["Destination"]["ToAddresses"] = json!([to]);
        assert_eq!(mailbox.answer(request.to_string().as_bytes()).status, 200);
        let messages = queues.receive("reports", 10, Duration::ZERO, None).await.unwrap();
        let told: Vec<Value> =
            messages.iter().map(|message| serde_json::from_str(&message.content.body).unwrap()).collect();
        let kinds: Vec<_> = told
            .iter()
            .map(|event| {
                assert_eq!(event.pointer("/detail/mail/tags/mail/0"), Some(&json!("abc")), "{event}");
                assert_eq!(event.pointer("/detail/mail/destination/0"), Some(&json!(to)), "{event}");
                let bounce = event.pointer("/detail/bounce");
                assert!(bounce.is_none_or(|bounce| bounce["bounceType"] == bad), "{event}");
                let sub_type = bounce.and_then(|bounce| bounce["bounceSubType"].as_str());
                (event["detail-type"].as_str().unwrap(), sub_type)
            })
            .collect();
        assert_eq!(kinds, expected, "{to} of {set}");
    }
    let (mailbox, _) = with_reports(&all);
    let mut request = request();
    request["ConfigurationSetName"] = json!("other");
    assert_eq!(mailbox.answer(request.to_string().as_bytes()).status, 404);
}
