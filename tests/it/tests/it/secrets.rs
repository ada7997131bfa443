//! Whom a signature speaks for: one secret at a time, for its own accounts, on its own platform, while it is in force.

use std::fmt::Write as _;
use std::time::Duration;

use cloud::start::now;
use domain::platform::{Protocol, Sending, facebook, linkedin, x};
use heard::files;
use heard::local::Kill;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::bodies::{JO, comment, feed};
use support::eventually;
use support::http::{self, Answer};
use support::world::{LEAD_WHEN_DUE, PREVIOUS_SECRET, SECRET, World, config, secrets};

use crate::command_line::root;

const SOON: Duration = Duration::from_secs(20);

/// A platform, the account that a fixture of it is for, another account there, and the fixture.
const PLATFORMS: [(Protocol, &str, &str, &str); 8] = [
    (Protocol::Facebook, "100200300400", "100200300401", "facebook/message"),
    (Protocol::Generic, "hotline", "front-desk", "generic/message"),
    (Protocol::Instagram, "17841400000000001", "17841400000000002", "instagram/comment"),
    (Protocol::Linkedin, "urn:li:organization:5500001", "urn:li:organization:5500002", "linkedin/comment"),
    (Protocol::Telegram, "7100000001", "7100000002", "telegram/message"),
    (Protocol::Threads, "17841400000000001", "17841400000000002", "threads/reply"),
    (Protocol::Whatsapp, "106540352242922", "106540352242923", "whatsapp/message"),
    (Protocol::X, "2244994945", "2244994946", "x/activity-mention"),
];

/// A secret of a form that every platform gives out.
fn value(protocol: Protocol, whose: &str) -> String {
    format!("{:A<28}{whose}1234", protocol.platform().name())
}

/// Secrets and configuration of a brand with two accounts everywhere, each signed for by an app of its own.
async fn everywhere() -> World {
    let mut secrets = r#"
        [[secret]]
        id = "names"
        kind = "key"
        value = "test-key-that-names-conversations"
        "#
    .to_owned();
    let mut accounts = Vec::new();
    for (protocol, own, other, _) in PLATFORMS {
        let platform = protocol.platform();
        for (whose, account) in [("ours", own), ("else", other)] {
            let value = value(protocol, whose);
            accounts.push(format!("{platform}:{account}"));
            write!(
                secrets,
                r#"
                [[secret]]
                id = "{platform}-{whose}"
                kind = "app"
                platform = "{platform}"
                value = "{value}"
                accounts = ["{platform}:{account}"]
                "#
            )
            .expect("text takes text");
        }
    }
    let text = config("60m", &[LEAD_WHEN_DUE]);
    let (start, rest) = text.split_once("accounts = [").expect("the brand has accounts");
    let (_, rest) = rest.split_once(']').expect("a list ends");
    World::with_secrets(&secrets, &format!("{start}accounts = {accounts:?}{rest}")).await
}

/// Posts a body to where `account` is spoken to, as the holder of `secret` would at `at`.
async fn post(
    world: &World,
    protocol: Protocol,
    account: &str,
    secret: &str,
    kind: &str,
    body: &str,
) -> Answer {
    post_at(world, protocol, account, secret, kind, body, now()).await
}

async fn post_at(
    world: &World,
    protocol: Protocol,
    account: &str,
    secret: &str,
    kind: &str,
    body: &str,
    at: Timestamp,
) -> Answer {
    let sending = Sending { id: "msg_1", at };
    let signed = protocol.sign(secret.as_bytes(), body.as_bytes(), &sending).unwrap();
    let mut headers: Vec<_> = signed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    headers.push(("content-type", kind));
    let of_account = if protocol.scheme().in_path { format!("/{account}") } else { String::new() };
    let url = world.url(&format!("/hook/{}{of_account}", protocol.platform()));
    http::send("POST", &url, &headers, body.to_owned()).await
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(root().join(format!("tests/payloads/{name}.json"))).unwrap()
}

/// The refusal of anything, whatever the reason: nobody learns from it what was nearly right.
fn assert_refused(answer: &Answer, why: &str) {
    assert_eq!((answer.status, answer.body.len()), (401, 0), "{why}");
    let told: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
    let same = |name: &String| {
        ["content-type", "content-length", "date", "x-content-type-options", "apigw-requestid"]
            .contains(&name.as_str())
    };
    assert!(told.iter().all(same), "{why}: {told:?}");
    assert_eq!(answer.headers["content-type"], "text/plain", "{why}");
}

/// How often each secret matched, by its name.
fn matched(world: &World) -> Vec<(String, u64)> {
    let metrics = world.stack.metrics().into_iter().filter(|metric| metric.name == "SecretMatched");
    let named = metrics.map(|metric| (metric.dimensions["Secret"].clone(), metric.count));
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

/// Ends the webhook's sandbox: the next one reads the secrets anew, as every function does within five minutes.
async fn restart_webhook(world: &World, number: u32) {
    let killing = world.stack.kill("WebhookFunction", 1, Kill::Before);
    let body = feed(&[comment(number, JO, "Hello?", now())]);
    while killing.hit().is_none() {
        world.deliver(&body).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_costs_no_delivery_and_ends_with_the_previous_secret() {
    let after = "test-app-secret-after";
    let world = World::quiet().await;
    let body = feed(&[comment(1, JO, "Where is my parcel?", now())]);
    let signed_by = async |secret: &str| world.deliver_to(Protocol::Facebook, secret, &body).await;
    assert_eq!((signed_by(SECRET).await, signed_by(PREVIOUS_SECRET).await), (200, 200));
    assert_eq!(signed_by(after).await, 401, "not yet");
    let both = [("meta-app".to_owned(), 1), ("meta-app:previous".to_owned(), 1)];
    eventually(SOON, "both are counted", async || (matched(&world) == both).then_some(())).await;

    world.stack.replace_secrets(secrets(after, SECRET));
    restart_webhook(&world, 2).await;
    assert_eq!((signed_by(after).await, signed_by(SECRET).await), (200, 200));
    assert_eq!(signed_by(PREVIOUS_SECRET).await, 401, "it is over");

    let alone = secrets(after, SECRET).replace(&format!("previous = \"{SECRET}\""), "");
    world.stack.replace_secrets(alone);
    restart_webhook(&world, 3).await;
    assert_eq!((signed_by(after).await, signed_by(SECRET).await), (200, 401));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_every_platform_a_secret_speaks_for_its_own_accounts_only() {
    let world = everywhere().await;
    let (mut foreign, mut stored) = (0, 0);
    for (protocol, account, _, name) in PLATFORMS {
        let (ours, theirs, body) = (value(protocol, "ours"), value(protocol, "else"), fixture(name));
        let json = "application/json";
        // A valid signature of another tenant's app over a body that names our account.
        let forged = post(&world, protocol, account, &theirs, json, &body).await;
        assert_eq!((forged.status, forged.body.len()), (200, 0), "{name}");
        foreign += 1;
        // A line is printed behind what it counts.
        let counted = async || (world.metric("ForeignAccount") == foreign).then_some(());
        eventually(SOON, name, counted).await;
        assert_eq!(world.items("event").await.len(), stored, "{name}");
        // In base64 as the API passes on what it takes for no text, and as text: the same bytes.
        for kind in ["application/octet-stream", json] {
            assert_eq!(
                post(&world, protocol, account, &ours, kind, &body).await.status,
                200,
                "{name} {kind}"
            );
        }
        stored += 1;
        assert_eq!(world.items("event").await.len(), stored, "{name}");
    }
    let names = PLATFORMS.iter().flat_map(|(protocol, ..)| {
        let platform = protocol.platform();
        [(format!("{platform}-else"), 1), (format!("{platform}-ours"), 2)]
    });
    let names: Vec<_> = names.collect();
    eventually(SOON, "every secret is counted", async || (matched(&world) == names).then_some(())).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_of_refusal_is_answered_alike() {
    let world = everywhere().await;
    for (protocol, account, _, name) in PLATFORMS {
        let (ours, json, body) = (value(protocol, "ours"), "application/json", fixture(name));
        let of_account = if protocol.scheme().in_path { format!("/{account}") } else { String::new() };
        let url = world.url(&format!("/hook/{}{of_account}", protocol.platform()));
        assert_refused(&http::send("POST", &url, &[], body.clone()).await, "no signature");
        let another = "AnotherSecretOfTheSameFormAAAAAAAAAA";
        assert_refused(&post(&world, protocol, account, another, json, &body).await, "another secret");
        for (elsewhere, ..) in PLATFORMS.iter().filter(|(other, ..)| *other != protocol) {
            let theirs = value(*elsewhere, "ours");
            assert_refused(
                &post(&world, protocol, account, &theirs, json, &body).await,
                "another platform's",
            );
        }
        let signed =
            protocol.sign(ours.as_bytes(), body.as_bytes(), &Sending { id: "1", at: now() }).unwrap();
        let mangled: Vec<_> = signed.iter().map(|(name, value)| (*name, format!("{value}!"))).collect();
        let mangled: Vec<_> = mangled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_refused(&http::send("POST", &url, &mangled, body.clone()).await, "of no form");
        if protocol != Protocol::Telegram {
            let headers: Vec<_> = signed.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_refused(&http::send("POST", &url, &headers, format!("{body} ")).await, "a changed body");
        }
    }
    let (body, ours) = (fixture("generic/message"), value(Protocol::Generic, "ours"));
    for minutes in [-6, 6] {
        let at = now() + SignedDuration::from_mins(minutes);
        let kind = "application/json";
        let late = post_at(&world, Protocol::Generic, "hotline", &ours, kind, &body, at).await;
        assert_refused(&late, "sent at another time");
    }
    assert_eq!(world.items("event").await.len() + world.items("raw").await.len(), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_believed_as_meta_escaped_it_and_not_as_somebody_rewrote_it() {
    let world = World::quiet().await;
    // A vector of Meta's way to escape; its page is none of ours.
    let escaped = r#"{"object":"page","entry":[{"id":"100200300","time":1760000000,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"555_777","post_id":"100200300_555","parent_id":"100200300_555","from":{"id":"42","name":"J\u00f6rg"},"created_time":1760000000,"message":"\u00e4\u00f6\u00e5 50\u0025 a\u0040b.se \u003C3 https:\/\/x.y"}}]}]}"#;
    let signature = "sha256=5758dbf254f2af3420e8df1ed30039384641264613ad59523204a8fe259ea00a";
    let rewritten = serde_json::from_str::<Value>(escaped).unwrap().to_string();
    assert_ne!(rewritten, escaped);
    let headers = [(facebook::SIGNATURE, signature)];
    assert_eq!(world.post(escaped, &headers).await.status, 200);
    assert_eq!(world.post(&rewritten, &headers).await.status, 401);
    // The same for a page of ours: what is stored is what was meant.
    let ours = escaped.replace("100200300", "100200300400");
    let conversation = world.say(&ours).await;
    let said = world.facts(&conversation).await.said;
    assert_eq!(said[0].event.text.as_deref(), Some("äöå 50% a@b.se <3 https://x.y"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_signs_nothing_that_is_believed_as_a_body() {
    let world = everywhere().await;
    let secrets = [value(Protocol::X, "ours"), value(Protocol::Linkedin, "ours")];
    // What an attacker would have signed, and how it is asked for.
    for (path, name, prefix) in [("x", "crc_token", ""), ("linkedin", "challengeCode", "hmacsha256%3D")] {
        let ask = async |value: &str| {
            http::send("GET", &world.url(&format!("/hook/{path}?{name}={value}")), &[], "").await
        };
        let body = "%7B%22for_user_id%22%3A%222244994945%22%7D";
        for forbidden in [format!("{prefix}{body}"), body.to_owned(), "a%20b".to_owned(), String::new()] {
            let answer = ask(&forbidden).await;
            assert_eq!((answer.status, answer.body.len()), (400, 0), "{path} {forbidden}");
        }
        assert_eq!(ask("harmless").await.status, 200, "{path}");
    }
    // And what was signed is no body.
    let token = b"harmless";
    let by_x = x::sign(secrets[0].as_bytes(), token);
    let by_linkedin = linkedin::sign(secrets[1].as_bytes(), token);
    let answer = http::send("GET", &world.url("/hook/linkedin?challengeCode=harmless"), &[], "").await;
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let response = answer["challengeResponse"].as_str().unwrap();
    assert_ne!(response, by_linkedin, "the prefix keeps them apart");
    // platform, header, signature
    let table = [
        (Protocol::X, x::SIGNATURE, by_x.as_str()),
        (Protocol::X, x::SIGNATURE_OAUTH2, by_x.as_str()),
        (Protocol::Linkedin, linkedin::SIGNATURE, response),
    ];
    for (protocol, header, signature) in table {
        let answer = world.post_to(protocol, "harmless", &[(header, signature)]).await;
        assert_refused(&answer, header);
    }
    assert_eq!(world.items("raw").await.len(), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_events_are_taken_with_the_example_s_secrets_and_configuration() {
    let world = World::with_secrets(files::EXAMPLE_SECRETS, files::EXAMPLE_CONFIG).await;
    for (stored, protocol) in (1..).zip(Protocol::ALL) {
        let name = format!("infra/events/webhook-{}.json", protocol.platform());
        let event = std::fs::read_to_string(root().join(&name)).unwrap();
        let answer = world.stack.invoke("WebhookFunction", event).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["statusCode"], 200, "{name}: {answer}");
        assert_eq!(world.items("event").await.len(), stored, "{name}");
    }
    world.stop().await;
}
