//! What the webhook does not take, and what it takes without understanding it.

use std::time::Duration;

use cloud::settings::Terms;
use cloud::start::now;
use domain::platform::facebook;
use heard::local::Fault;
use serde_json::json;
use support::bodies::{JO, MILA, PAGE, comment, feed, feed_of};
use support::eventually;
use support::http::{self, Answer};
use support::world::{
    LEAD_WHEN_DUE, OTHER_PAGE, PREVIOUS_SECRET, SECRET, STRANGE_PAGE, TOKEN, World, config,
};

const SOON: Duration = Duration::from_secs(20);

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

fn question() -> String {
    feed(&[comment(1, JO, "Where is my parcel?", now())])
}

fn signed(body: &[u8]) -> String {
    facebook::sign(SECRET.as_bytes(), body)
}

/// Delivers a body as Facebook does.
async fn delivered(world: &World, body: &str) -> Answer {
    world.post(body, &[(facebook::SIGNATURE, &signed(body.as_bytes()))]).await
}

/// Waits until a metric was counted so often.
async fn counted(world: &World, metric: &str, count: u64) {
    let counted = async || (world.metric(metric) >= count).then_some(());
    eventually(SOON, format_args!("{count} of {metric}"), counted).await;
    assert_eq!(world.metric(metric), count, "{metric}");
}

async fn assert_nothing_stored(world: &World) {
    assert_eq!(world.items("event").await.len() + world.items("raw").await.len(), 0);
}

fn assert_empty(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.body.len()), (status, 0), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_401_without_a_word() {
    let world = World::quiet().await;
    let body = question();
    let right = signed(body.as_bytes());
    let wrong_byte = body.replace("parcel", "parceL");
    let digits = right.trim_start_matches("sha256=").to_owned();
    let name = "X-Hub-Signature-256";
    let (upper, sha1, short) =
        (right.to_uppercase(), format!("sha1={digits}"), right[..right.len() - 2].to_owned());
    let foreign = facebook::sign(b"another secret", body.as_bytes());
    // body, headers, why
    let table: [(&str, Headers, &str); 9] = [
        (&wrong_byte, &[(name, &right)], "a wrong byte"),
        (&body, &[], "no header"),
        (&body, &[("x-hub-signature", &sha1)], "the older header only"),
        (&body, &[(name, "")], "an empty header"),
        (&body, &[(name, &digits)], "no name of the method"),
        (&body, &[(name, &upper)], "capitals"),
        (&body, &[(name, &short)], "a byte short"),
        (&body, &[(name, &right), (name, &right)], "two headers"),
        (&body, &[(name, &foreign)], "another secret"),
    ];
    for (body, headers, why) in table {
        let answer = world.post(body, headers).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{why}");
    }
    assert_nothing_stored(&world).await;
    counted(&world, "WebhookRejected", 9).await;
    assert_eq!(world.post(&body, &[(name, &right)]).await.status, 200, "the same body signed");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_speaks_for_its_own_accounts_only() {
    let world = World::quiet().await;
    for (count, page) in [(1, OTHER_PAGE), (2, STRANGE_PAGE)] {
        let body = feed_of(page, &[comment(1, JO, "Where is my parcel?", now())]);
        assert_empty(&delivered(&world, &body).await, 200);
        counted(&world, "ForeignAccount", count).await;
        let lines = world.stack.logs().lines();
        let line = lines.iter().find(|line| line.contains("may not speak for it") && line.contains(page));
        assert!(line.is_some(), "{lines:#?}");
    }
    assert_nothing_stored(&world).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_previous_secret_is_believed_too() {
    let world = World::quiet().await;
    let body = question();
    let signature = facebook::sign(PREVIOUS_SECRET.as_bytes(), body.as_bytes());
    assert_eq!(world.post(&body, &[("x-hub-signature-256", &signature)]).await.status, 200);
    assert_eq!(world.items("event").await.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_is_answered_as_plain_text_or_refused() {
    let world = World::quiet().await;
    // query, status, body
    let table = [
        (format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}"), 200, "1158201444"),
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=wrong".to_owned(), 403, ""),
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=".to_owned(), 403, ""),
        (String::new(), 403, ""),
        (format!("hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token={TOKEN}"), 400, ""),
        (format!("hub.mode=subscribe&hub.verify_token={TOKEN}"), 400, ""),
    ];
    for (query, status, body) in table {
        let answer = http::send("GET", &world.url(&format!("/hook/facebook?{query}")), &[], "").await;
        assert_eq!((answer.status, &answer.body[..]), (status, body.as_bytes()), "{query}");
        let kind = answer.headers["content-type"].to_str().unwrap();
        assert_eq!(kind.split(';').next(), Some("text/plain"), "{query}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_paths_are_refused() {
    let world = World::quiet().await;
    let body = question();
    let signature = signed(body.as_bytes());
    // method, path, status
    let table = [
        ("PUT", "/hook/facebook", 405),
        ("DELETE", "/hook/facebook", 405),
        ("PATCH", "/hook/facebook", 405),
        ("POST", "/hook/myspace", 404),
        ("GET", "/hook/myspace", 404),
        ("POST", "/hook/facebook/more", 404),
        ("POST", "/hook/telegram", 404), // a bot's updates do not name it
        ("POST", "/hook/telegram/", 404),
        ("POST", "/hook/telegram/7100000001/more", 404),
        ("POST", "/hook/telegram/7100000001", 401),
        ("GET", "/hook/telegram/7100000001", 405),
        ("GET", "/hook/generic", 405),
        ("POST", "/hook", 404),
        ("POST", "/elsewhere", 404),
    ];
    for (method, path, status) in table {
        let headers = [("content-type", "application/json"), ("x-hub-signature-256", signature.as_str())];
        let answer = http::send(method, &world.url(path), &headers, body.clone()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        if path.starts_with("/hook/") {
            assert_eq!(answer.body.len(), 0, "{method} {path}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{method} {path}");
    }
    assert_nothing_stored(&world).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_three_mebibytes_are_413_and_exactly_three_are_read() {
    let world = World::quiet().await;
    let limit = 3 * 1024 * 1024;
    let long = question() + &" ".repeat(limit);
    let (fits, too_long) = (&long[..limit], &long[..=limit]);
    let answer = delivered(&world, too_long).await;
    assert_empty(&answer, 413);
    assert_nothing_stored(&world).await;
    let answer = delivered(&world, fits).await;
    assert_empty(&answer, 200);
    assert_eq!(world.items("event").await.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_api_passes_on_in_base64_is_the_same_body() {
    let world = World::quiet().await;
    let body = feed(&[comment(1, JO, "Größe XL, bitte 🎈", now())]);
    let signature = signed(body.as_bytes());
    for kind in ["application/octet-stream", "application/json; charset=utf-8"] {
        let headers = [("content-type", kind), ("X-Hub-Signature-256", signature.as_str())];
        let answer = http::send("POST", &world.url("/hook/facebook"), &headers, body.clone()).await;
        assert_empty(&answer, 200);
    }
    let said = world.facts(&world.conversation(&body)).await.said;
    assert_eq!(said.len(), 1, "the second is the first");
    assert_eq!(said[0].event.text.as_deref(), Some("Größe XL, bitte 🎈"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_body_that_is_not_understood_is_kept_whole() {
    let unknown_item = json!({ "item": "hologram", "verb": "add", "post_id": "1_2" });
    let bodies = [
        "no JSON at all".to_owned(),
        feed(&[unknown_item]),
        json!({ "object": "page", "entry": [{ "id": PAGE, "changes": [{ "field": "moods", "value": {} }] }] })
            .to_string(),
        json!({ "object": "whirligig", "entry": [] }).to_string(),
    ];
    for body in bodies {
        let world = World::quiet().await;
        assert_eq!(world.deliver(&body).await, 200, "{body}");
        assert_eq!(world.deliver(&body).await, 200, "{body}");
        let raw = world.items("raw").await;
        assert_eq!(raw.len(), 1, "the same body is the same item: {body}");
        assert_eq!(World::unpacked(&raw), body.as_bytes());
        assert_eq!(raw[0]["secret"].as_s().unwrap(), "meta-app");
        assert_eq!(world.items("event").await.len(), 0, "{body}");
        counted(&world, "BodyKeptRaw", 2).await;
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_body_that_is_not_understood_is_kept_in_parts() {
    let world = World::quiet().await;
    // Hashes do not shrink: what is kept is more than two parts of 300 KiB.
    let noise: String = (0..25_000).map(|n| domain::id::digest(&n.to_string())).collect();
    assert_eq!(world.deliver(&noise).await, 200);
    let raw = world.items("raw").await;
    assert!(raw.len() >= 2, "{} parts", raw.len());
    assert_eq!(World::unpacked(&raw), noise.as_bytes());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_beyond_two_to_the_53rd_are_exact() {
    let world = World::quiet().await;
    let mut value = comment(1, JO, "Where is my parcel?", now());
    value["from"] = json!({ "id": 9_007_199_254_740_993_u64 });
    value["comment_id"] = serde_json::from_str("18446744073709551617000001").unwrap();
    let body = feed(&[value]);
    let conversation = world.say(&body).await;
    let event = world.facts(&conversation).await.said.remove(0).event;
    assert_eq!(event.object, "18446744073709551617000001");
    assert_eq!(event.author.unwrap().id.as_deref(), Some("9007199254740993"));
    let text = format!("{:?}", world.items("event").await);
    assert!(text.contains("18446744073709551617000001") && text.contains("9007199254740993"), "{text}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_no_whole_number_costs_its_own_item_only() {
    let world = World::quiet().await;
    let mut broken = comment(2, JO, "I am lost", now());
    broken["comment_id"] = json!(1.5);
    let body = feed(&[comment(1, JO, "First", now()), broken, comment(3, MILA, "Third", now())]);
    assert_eq!(world.deliver(&body).await, 200);
    let texts = format!("{:?}", world.items("event").await);
    assert_eq!(world.items("event").await.len(), 2, "{texts}");
    assert!(texts.contains("First") && texts.contains("Third") && !texts.contains("I am lost"), "{texts}");
    counted(&world, "ItemRefused", 1).await;
    assert_eq!(World::unpacked(&world.items("raw").await), body.as_bytes(), "it can be replayed");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_configuration_the_platform_is_asked_to_repeat() {
    let world = World::unconfigured().await;
    let body = question();
    assert_empty(&delivered(&world, &body).await, 500);
    assert_nothing_stored(&world).await;
    world.cloud.push(&config("60m", &[LEAD_WHEN_DUE]), Terms::default()).await.unwrap();
    assert_eq!(world.deliver(&body).await, 200);
    assert_eq!(world.items("event").await.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_table_does_not_take_now_the_platform_is_asked_to_repeat() {
    let world = World::quiet().await;
    // One more than the SDK tries: the first delivery fails, the second gets through.
    for (number, fault) in (1..).zip([Fault::Throttle, Fault::ServerError, Fault::Drop]) {
        let body = feed(&[comment(number, JO, "Where is my parcel?", now())]);
        world.stack.fail("WebhookFunction", "PutItem", fault, 3);
        assert_empty(&delivered(&world, &body).await, 500);
        assert_eq!(world.items("event").await.len() + 1, number as usize, "{fault:?}");
        assert_eq!(world.deliver(&body).await, 200, "{fault:?}");
        assert_eq!(world.items("event").await.len(), number as usize, "{fault:?}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_body_half_stored_the_repeat_stores_the_rest() {
    let world = World::quiet().await;
    let values: Vec<_> = (1..=40).map(|n| comment(n, JO, &format!("Question {n}"), now())).collect();
    let body = feed(&values);
    world.stack.fail("WebhookFunction", "PutItem", Fault::ServerError, 60);
    assert_eq!(world.deliver(&body).await, 500);
    let half = world.items("event").await.len();
    assert!(half < 40, "{half}");
    // What is left of the faults wears off with each repeat, as the platform's repeats would find it.
    let stored = async || (world.deliver(&body).await == 200).then_some(());
    eventually(Duration::from_mins(1), "a repeat is taken", stored).await;
    assert_eq!(world.items("event").await.len(), 40);
    counted(&world, "EventStored", 40).await;
    world.stop().await;
}
