//! The largest bodies that platforms send: answered at once, and each thing in them kept.

use cloud::start::now;
use domain::platform::Protocol;
use jiff::Timestamp;
use serde_json::{Value, json};
use support::bodies::{JO, comment, feed};
use support::world::{LEAD_WHEN_DUE, SECRET, World, config};

/// The largest body that Meta documents, for WhatsApp.
const LARGEST: usize = 3 * 1024 * 1024;
/// A number of the brand on WhatsApp.
const NUMBER: &str = "106540352242922";

/// A stack whose brand has a number on WhatsApp, too.
async fn world() -> World {
    let secrets = format!(
        r#"{}
        [[secret]]
        id = "whatsapp-app"
        kind = "app"
        platform = "whatsapp"
        value = "{SECRET}"
        accounts = ["whatsapp:{NUMBER}"]
        "#,
        support::world::secrets(SECRET, "another-before")
    );
    let config = config("60m", &[LEAD_WHEN_DUE]);
    World::patient(
        &secrets,
        &config.replacen("accounts = [", &format!("accounts = [\"whatsapp:{NUMBER}\", "), 1),
    )
    .await
}

/// A message of WhatsApp of about `length` bytes, written by one person of fifty.
fn message(number: usize, length: usize, at: Timestamp) -> Value {
    json!({
        "from_user_id": format!("US.{:020}", number % 50), "id": format!("wamid.{number}"),
        "timestamp": at.as_second().to_string(), "type": "text", "text": { "body": "a".repeat(length) },
    })
}

fn from_whatsapp(messages: &[Value]) -> String {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": NUMBER },
        "messages": messages,
    });
    let change = json!({ "field": "messages", "value": value });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] })
        .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_updates_of_meta_one_is_broken_and_the_others_are_stored() {
    let world = world().await;
    let mut values: Vec<_> =
        (1..=1000).map(|number| comment(number, JO, &format!("Question {number}"), now())).collect();
    values[499]["comment_id"] = json!(1.5);
    let body = feed(&values);
    assert_eq!(world.deliver(&body).await, 200);
    assert_eq!(world.items("event").await.len(), 999);
    assert_eq!(World::unpacked(&world.items("raw").await), body.as_bytes(), "the broken one can be replayed");
    assert_eq!(world.deliver(&body).await, 200, "Meta may repeat it");
    assert_eq!(world.items("event").await.len(), 999);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_body_of_whatsapp_is_taken_whole() {
    let world = world().await;
    // As many messages as an update may have, long enough to fill the body.
    let messages: Vec<_> = (0..1000).map(|number| message(number, 3020, now())).collect();
    let body = from_whatsapp(&messages);
    assert!((LARGEST - 50_000..=LARGEST).contains(&body.len()), "{}", body.len());
    assert_eq!(world.deliver_to(Protocol::Whatsapp, SECRET, &body).await, 200);
    assert_eq!(world.items("event").await.len(), 1000);
    assert_eq!(world.items("raw").await.len(), 0);

    // The same size in one message: what Heard keeps of a text is cut, and the message is there.
    let one = from_whatsapp(&[message(1000, LARGEST - 1000, now())]);
    assert_eq!(world.deliver_to(Protocol::Whatsapp, SECRET, &one).await, 200);
    assert_eq!(world.items("event").await.len(), 1001);
    world.stop().await;
}
