//! What people wrote, who they are, and what proves who sent it: none of it is ever in a log.
//!
//! Words that stand nowhere else are planted wherever something comes in. Then every way through the functions
//! is walked, the ones that fail above all, and no word may have been printed.

use std::collections::HashMap;
use std::time::Duration;

use cloud::start::now;
use domain::platform::facebook;
use flow::metric::Metric;
use heard::local::Fault;
use serde_json::{Value, json};
use support::bodies::{ACME, Person, comment, comment_id, dialogue, echo, feed, feed_of, message, reply};
use support::world::{
    AttributeValue, MACHINE, OTHER_PAGE, PREVIOUS_SECRET, SECRET, STRANGE_PAGE, TOKEN, World,
};
use support::{eventually, http, world};

const SOON: Duration = Duration::from_secs(30);

const CUSTOMER: Person = Person { id: "4242424242", name: "Plantedname Customer" };
const TEXT: &str = "planted text, call 0160 555 0199";
const ANSWER: &str = "planted answer";
const LINK: &str = "https://planted-link.example/photo.jpg?token=planted";
const WRONG_TOKEN: &str = "planted-wrong-token";
const CHALLENGE: &str = "plantedchallenge";
const QUERY: &str = "planted_parameter";
const HEADER: &str = "planted-header";
const MESSAGE: &str = "planted message of a queue";
const ITEM: &str = "planted item of the table";
/// The name and the address of a recipient, and the name of a brand.
const RECIPIENT: &str = "Plantedname Recipient";
const ADDRESS: &str = "planted-address";

/// Two people are told, the third cannot be.
fn config() -> String {
    format!(
        r#"
        [brand.acme]
        accounts = ["facebook:100200300400", "facebook:100200300401"]
        policy = "quick"
        owner = "dana"
        backup = "lee"
        lead = ["kim"]
        automation = ["facebook:{MACHINE}"]

        [policy.quick.question]
        target = "3s"
        ladder = [{{ at = "due", to = ["owner", "lead"] }}, {{ at = "due+1s", to = "backup" }}]

        [mails]
        window = "0s"
        manager_window = "0s"

        [person.dana]
        name = "{RECIPIENT}"
        email = "{ADDRESS}-dana@acme.example"
        [person.kim]
        name = "{RECIPIENT}"
        email = "{ADDRESS}-kim@acme.example"
        [person.lee]
        name = "{RECIPIENT}"
        email = "{ADDRESS}-lee@acme.example"
        away = ["2020-01-01..2099-12-31"]
        "#
    )
}

/// Everything that must not be printed: what was planted, and the signatures that were sent.
struct Planted(Vec<String>);

impl Planted {
    fn new() -> Planted {
        let words = [
            "lantedname",
            TEXT,
            ANSWER,
            "planted-link",
            WRONG_TOKEN,
            CHALLENGE,
            QUERY,
            HEADER,
            MESSAGE,
            ITEM,
            ADDRESS,
            SECRET,
            PREVIOUS_SECRET,
            TOKEN,
            "test-key-that-names",
            "0160 555",
        ];
        Planted(words.map(str::to_owned).to_vec())
    }

    /// Signs a body, and remembers that nobody may see how.
    fn sign(&mut self, secret: &str, body: &str) -> String {
        let signature = facebook::sign(secret.as_bytes(), body.as_bytes());
        self.0.push(signature.trim_start_matches("sha256=").to_owned());
        signature
    }

    /// Delivers a body and returns the status.
    async fn deliver(&mut self, world: &World, body: &str) -> u16 {
        let signature = self.sign(SECRET, body);
        world.post(body, &[("x-hub-signature-256", &signature), ("x-planted", HEADER)]).await.status
    }

    /// Asserts that nothing of it was printed by anybody.
    fn assert_unseen(&self, world: &World) {
        let lines = world.stack.logs().lines();
        for planted in &self.0 {
            let seen = lines.iter().find(|line| line.contains(planted.as_str()));
            assert!(seen.is_none(), "{planted:?} is in {seen:?}");
        }
    }
}

fn question(number: u32) -> Value {
    let mut value = comment(number, CUSTOMER, TEXT, now());
    value["photos"] = json!([LINK]);
    value["link"] = json!(LINK);
    value
}

/// Waits until a function printed something: what was walked is seen to have been walked.
async fn printed(world: &World, text: &str) {
    let seen = async || world.logged(text).then_some(());
    eventually(SOON, format_args!("{text:?} in the log"), seen).await;
}

/// What is delivered: taken, refused, foreign, broken, unknown, unreadable.
async fn deliveries(world: &World, planted: &mut Planted) {
    let body = feed(&[question(1)]);
    // Now, while nothing else is checked that would use up the faults: as often as the SDK tries.
    world.stack.fail("CheckFunction", "Query", Fault::ServerError, 3);
    assert_eq!(planted.deliver(world, &body).await, 200);
    printed(world, "check failed; somebody else repeats it").await;
    assert_eq!(planted.deliver(world, &body).await, 200, "known");
    let said = [message("m_1", CUSTOMER, TEXT, now()), echo("m_2", CUSTOMER, MACHINE, ANSWER, now())];
    assert_eq!(planted.deliver(world, &dialogue(&said)).await, 200);

    let forged = planted.sign("planted-secret", &body);
    assert_eq!(world.post(&body, &[("x-hub-signature-256", &forged)]).await.status, 401);
    assert_eq!(world.post(&body, &[("x-hub-signature-256", "sha256=planted-link")]).await.status, 401);
    assert_eq!(world.post(&body, &[]).await.status, 401);
    printed(world, "delivery refused").await;

    for page in [OTHER_PAGE, STRANGE_PAGE] {
        assert_eq!(planted.deliver(world, &feed_of(page, &[question(2)])).await, 200);
    }
    printed(world, "may not speak for it").await;

    let mut broken = question(3);
    broken["comment_id"] = json!(1.5);
    let mut unknown = question(4);
    unknown["item"] = json!(TEXT);
    let field = json!({ "object": "page", "entry": [{ "id": support::bodies::PAGE, "changes": [{ "field": TEXT, "value": {} }] }] });
    for body in [feed(&[broken]), feed(&[unknown]), field.to_string(), format!("{TEXT} is no JSON")] {
        assert_eq!(planted.deliver(world, &body).await, 200, "{body}");
    }
    for text in ["item refused", "item unknown", "signed body is not readable"] {
        printed(world, text).await;
    }

    let long = format!("{TEXT}{}", " ".repeat(3 * 1024 * 1024));
    assert_eq!(planted.deliver(world, &long).await, 413);
    printed(world, "delivery is too large").await;
}

async fn handshakes(world: &World) {
    for (token, status) in [(TOKEN, 200), (WRONG_TOKEN, 403)] {
        let query =
            format!("hub.mode=subscribe&hub.challenge={CHALLENGE}&hub.verify_token={token}&{QUERY}=1");
        let answer = http::send("GET", &world.url(&format!("/hook/facebook?{query}")), &[], "").await;
        assert_eq!(answer.status, status, "{query}");
    }
    printed(world, "handshake refused").await;
}

/// What comes to the functions on ways of our own and is not what it should be.
async fn oddities(world: &World) {
    let conversation = world.conversation(&feed(&[question(1)]));
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let key =
        |sk: &str| [("pk".to_owned(), text(&format!("CONV#{conversation}"))), ("sk".to_owned(), text(sk))];
    let odd = [("event".to_owned(), text(ITEM)), ("v".to_owned(), number("1"))];
    let item: HashMap<_, _> =
        key(&now().strftime("%Y%m%d#EVENT#NOBODY#add#-").to_string()).into_iter().chain(odd).collect();
    world.put(item).await;
    world.queue_check(&conversation).await;
    printed(world, "fact is unreadable").await;
    let form = domain::head::FORM.to_string();
    let odd = [("v", number(&form)), ("version", number("7")), ("open", text(ITEM))];
    let odd = odd.map(|(name, value)| (name.to_owned(), value));
    world.put(key("HEAD").into_iter().chain(odd).collect()).await;
    world.queue_check(&conversation).await;
    printed(world, "head is unreadable").await;

    let bodies = [json!(MESSAGE).to_string(), MESSAGE.to_owned(), json!({ "v": MESSAGE }).to_string()];
    for function in ["CheckFunction", "MailFunction", "FeedbackFunction"] {
        let records: Vec<_> = bodies.iter().map(|body| world::message("odd", body)).collect();
        let event = json!({ "Records": records });
        world.stack.invoke(function, event.to_string()).await.unwrap();
    }
    printed(world, "message stays on the queue").await;
    printed(world, "report stays on the queue").await;
    let event = json!({ "Records": [{ "eventSource": "aws:dynamodb", "dynamodb": MESSAGE }] });
    world.stack.invoke("CheckFunction", event.to_string()).await.unwrap_err();
    printed(world, "event is neither a batch").await;
}

/// What fails outside while somebody waits and is told.
async fn faults(world: &World, planted: &mut Planted) {
    world.stack.fail("WebhookFunction", "PutItem", Fault::Throttle, 3);
    assert_eq!(planted.deliver(world, &feed(&[question(10)])).await, 500);
    printed(world, "webhook answered 500").await;

    world.stack.fail("MailFunction", "SendEmail", Fault::ServerError, 1);
    world.stack.fail("MailFunction", "SendEmail", Fault::Throttle, 1);
    assert_eq!(planted.deliver(world, &feed(&[question(11)])).await, 200);
    for text in ["a step is due and nobody can be told", "not told yet", "mailer asks to wait", "mail sent"] {
        printed(world, text).await;
    }
    assert_eq!(planted.deliver(world, &feed(&[reply(12, &comment_id(11), ACME, ANSWER, now())])).await, 200);

    world.stack.fail("SweepFunction", "Query", Fault::ServerError, 50);
    world.stack.invoke("SweepFunction", "{}".to_owned()).await.unwrap_err();
    printed(world, "reading what is to do").await;
}

/// What SES reports of a mail: it names its reader, and what the other side said.
async fn reports(world: &World) {
    let sent = eventually(SOON, "a mail", async || world.mails().into_iter().next()).await;
    let event = |kind: &str| {
        let mail =
            json!({ "destination": [sent.to], "tags": { "mail": [sent.tags["mail"]] }, "source": HEADER });
        let recipients = json!([{ "emailAddress": sent.to, "diagnosticCode": MESSAGE }]);
        let bounce = json!({ "bounceType": "Permanent", "bouncedRecipients": recipients });
        json!({ "detail-type": kind, "detail": { "mail": mail, "bounce": bounce } }).to_string()
    };
    let kinds = ["Email Sent", "Email Delivery Delayed", "Email Bounced"];
    let records: Vec<_> = kinds.iter().map(|kind| world::message(kind, &event(kind))).collect();
    world.stack.invoke("FeedbackFunction", json!({ "Records": records }).to_string()).await.unwrap();
    printed(world, "not reached by mail").await;
}

async fn walk(world: &World) -> Planted {
    let mut planted = Planted::new();
    deliveries(world, &mut planted).await;
    handshakes(world).await;
    faults(world, &mut planted).await;
    reports(world).await;
    oddities(world).await;
    planted
}

/// Every measurement that was printed is one of the list, with the dimensions and the unit of the list.
fn assert_metrics(world: &World) {
    let lines = world.stack.logs().lines();
    let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line.split_once(": ")?.1).ok());
    let mut seen = Vec::new();
    for line in lines.filter(|line| line.get("_aws").is_some()) {
        let about = &line["_aws"]["CloudWatchMetrics"][0];
        let name = about["Metrics"][0]["Name"].as_str().unwrap();
        let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name);
        let metric = metric.unwrap_or_else(|| panic!("{name} is not in the list"));
        let names: Vec<_> = metric.dimensions().iter().map(|dimension| dimension.name()).collect();
        assert_eq!(about["Dimensions"], json!([names]), "{line}");
        assert_eq!(about["Metrics"], json!([{ "Name": name, "Unit": metric.unit().name() }]), "{line}");
        assert!(line[name].is_u64() && line["_aws"]["Timestamp"].is_u64(), "{line}");
        assert!(
            names.iter().all(|name| line[*name].as_str().is_some_and(|value| !value.is_empty())),
            "{line}"
        );
        seen.push(metric);
    }
    let missing: Vec<_> = Metric::ALL.into_iter().filter(|metric| !seen.contains(metric)).collect();
    // Nobody in this story has a webhook, and the stack's SES knows neither a quota nor a pause.
    let elsewhere = [
        Metric::NoticeDropped,
        Metric::MailerQuota,
        Metric::MailerPaused,
        Metric::WebhookTold,
        Metric::WebhookFailing,
    ];
    assert!(missing.iter().all(|metric| elsewhere.contains(metric)), "not counted: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_planted_is_in_the_log() {
    let world = World::start(&config()).await;
    let planted = walk(&world).await;
    planted.assert_unseen(&world);
    assert_metrics(&world);
    assert!(!world.logged("signature holds"), "that is said at DEBUG");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_planted_is_in_the_log_at_its_loudest() {
    let world = World::logging("TRACE", &config()).await;
    let planted = walk(&world).await;
    // Ours say more, and name the secret that matched by its id.
    for text in ["signature holds", r#""secret":"meta-app""#, "event was known"] {
        printed(&world, text).await;
    }
    planted.assert_unseen(&world);
    world.stop().await;
}
