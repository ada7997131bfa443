//! How many calls of AWS things cost: the budgets of the design, counted.

use std::time::Duration;

use cloud::start::now;
use domain::id::ConversationId;
use support::bodies::{ACME, JO, comment, comment_id, feed, reply};
use support::world::{World, config};
use support::{eventually, x};

const SOON: Duration = Duration::from_secs(20);

/// What of the calls of a function comes to `what`; all its calls of before are forgotten.
fn spent(world: &World, function: &str, what: &str) -> u64 {
    let calls = world.stack.calls();
    let all: Vec<_> = calls.all().into_iter().filter(|(call, _)| call.function == function).collect();
    let named: Vec<_> = all.iter().map(|(call, count)| format!("{count} {}", call.operation)).collect();
    eprintln!("{what}: {}", named.join(", "));
    let sum = calls.of(function);
    calls.clear();
    sum
}

/// Waits until the check behind a fact has saved its head, which is its last call.
async fn saved(world: &World, conversation: &ConversationId, open: usize) {
    let saved = async || world.head(conversation).await.filter(|head| head.open.len() == open).map(drop);
    eventually(SOON, "a head", saved).await;
}

/// Checks one conversation, so that every function used here is warm and has read the configuration.
async fn warm(world: &World) {
    let conversation = world.say(&feed(&[comment(99, JO, "Hello?", now())])).await;
    saved(world, &conversation, 1).await;
    world.check(&conversation).await;
    world.stack.calls().clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_makes_one_call_for_a_new_and_for_a_known_event() {
    let world = World::start(&config("60m", &[r#"{ at = "due", to = "lead" }"#])).await;
    warm(&world).await;
    let body = feed(&[comment(1, JO, "Where is my parcel?", now())]);
    assert_eq!(world.deliver(&body).await, 200);
    assert_eq!(spent(&world, "WebhookFunction", "webhook, new"), 1);
    assert_eq!(world.deliver(&body).await, 200);
    assert_eq!(spent(&world, "WebhookFunction", "webhook, known"), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_keeps_to_its_budget() {
    // The first step fires at once and the next is near enough for the queue: the most that a check does. It
    // is too far for the sweep to ask for it as well.
    let steps = [r#"{ at = "0s", to = "owner" }"#, r#"{ at = "due", to = "lead" }"#];
    let world = World::start(&config("460s", &steps)).await;
    warm(&world).await;

    let conversation = world.say(&feed(&[comment(1, JO, "Where is my parcel?", now())])).await;
    saved(&world, &conversation, 1).await;
    let opened = spent(&world, "CheckFunction", "check that opens a turn, tells and looks again");
    assert!(opened <= 6, "{opened}");

    let sent = async || world.facts(&conversation).await.notices.first()?.sent.clone();
    eventually(SOON, "the mail", sent).await;
    world.stack.calls().clear();
    world.check(&conversation).await;
    assert_eq!(spent(&world, "CheckFunction", "check that changes nothing"), 2);

    world.say(&feed(&[reply(2, &comment_id(1), ACME, "On its way!", now())])).await;
    saved(&world, &conversation, 0).await;
    let answered = spent(&world, "CheckFunction", "check that answers a turn");
    assert!(answered <= 6, "{answered}");
    world.check(&conversation).await;
    assert_eq!(spent(&world, "CheckFunction", "check of a settled conversation"), 2);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_only_opens_a_turn_makes_three_calls() {
    let world = World::start(&config("60m", &[r#"{ at = "due", to = "lead" }"#])).await;
    warm(&world).await;
    let conversation = world.say(&feed(&[comment(1, JO, "Where is my parcel?", now())])).await;
    saved(&world, &conversation, 1).await;
    assert_eq!(spent(&world, "CheckFunction", "check that opens a turn for later"), 3);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_x_an_answer_costs_two_calls_more_and_its_removal_one_webhook_call() {
    let world = World::start(&config("60m", &[r#"{ at = "due", to = "lead" }"#])).await;
    let asked = x::post("1", JO, None, &[x::ACME], "@acme where is it?", now());
    let conversation = world.say_x(&x::posts(x::ACME, &[asked])).await;
    saved(&world, &conversation, 1).await;
    world.check(&conversation).await;
    world.stack.calls().clear();

    let answer = x::post("2", x::ACME, Some(("1", JO)), &[JO], "@jo on its way", now());
    assert_eq!(world.deliver_x(&x::posts(x::ACME, &[answer])).await, 200);
    saved(&world, &conversation, 0).await;
    assert_eq!(world.stack.calls().of("WebhookFunction"), 1);
    assert_eq!(spent(&world, "CheckFunction", "check that answers a turn on X"), 5);
    world.check(&conversation).await;
    assert_eq!(spent(&world, "CheckFunction", "check of a settled conversation on X"), 2);

    assert_eq!(world.deliver_x(&x::removal(x::ACME, "2", x::ACME, now())).await, 200);
    saved(&world, &conversation, 1).await;
    assert_eq!(world.stack.calls().of("WebhookFunction"), 1);
    world.stop().await;
}
