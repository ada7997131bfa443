use std::sync::Arc;

use serde_json::{Value, json};

use super::{Clock, Mailbox, Store};

fn mailbox() -> Mailbox {
    Mailbox::new(Arc::new(Store::open(None).unwrap()), Clock::manual(1_760_000_004_000))
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
