//! How many calls of AWS things cost: the budgets of the design, counted.

use std::time::Duration;

use cloud::start::now;
use flow::ports::{SHARDS, Table};
use jiff::SignedDuration;
use support::bodies::{ACME, JO, comment, comment_id, dialogue, feed, message, reply};
use support::world::{LEAD_WHEN_DUE, World, config};
use support::{eventually, until, x};

use crate::told::waiting;

const SOON: Duration = Duration::from_secs(20);

/// What the calls of a function came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spent {
    calls: u64,
    /// Bytes of the bodies, both ways.
    bytes: u64,
}

impl Spent {
    const UNKNOWN: Spent = Spent { calls: u64::MAX, bytes: u64::MAX };

    fn fewest(self, other: Spent) -> Spent {
        Spent { calls: self.calls.min(other.calls), bytes: self.bytes.min(other.bytes) }
    }

    /// The calls are exact. The bytes depend on ids, texts and times a little: what is recorded is what these
    /// tests' story cost, and a tenth more is growth that somebody has to mean.
    fn assert(self, calls: u64, bytes: u64) {
        assert_eq!(self.calls, calls);
        assert!(self.bytes <= bytes + bytes / 10, "{} bytes, {bytes} are recorded", self.bytes);
    }
}

/// What the calls of a function came to for `what`; all calls of before are forgotten.
fn spent(world: &World, function: &str, what: &str) -> Spent {
    let calls = world.stack.calls();
    let all: Vec<_> = calls.all().into_iter().filter(|(call, _)| call.function == function).collect();
    let named: Vec<_> = all.iter().map(|(call, count)| format!("{count} {}", call.operation)).collect();
    let bytes = calls.bytes_of(function);
    let sum = Spent { calls: calls.of(function), bytes: bytes.sent + bytes.received };
    eprintln!("{what}: {} calls ({}), {} bytes", sum.calls, named.join(", "), sum.bytes);
    calls.clear();
    sum
}

/// Waits until a sweep has followed the first push: from then on no check comes by itself.
async fn followed(world: &World) {
    let followed = async || world.cloud.cursor().await.unwrap()?.followed;
    eventually(SOON, "the push is followed", followed).await;
}

/// Checks one conversation, so that every function used here is warm and has read the configuration.
async fn warm(world: &World) {
    followed(world).await;
    let conversation = world.say(&feed(&[comment(99, JO, "Hello?", now())])).await;
    waiting(world, &conversation, 1).await;
    world.check(&conversation).await;
    world.stack.calls().clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_makes_one_call_for_a_new_and_for_a_known_event() {
    let world = World::quiet().await;
    warm(&world).await;
    let body = feed(&[comment(1, JO, "Where is my parcel?", now())]);
    assert_eq!(world.deliver(&body).await, 200);
    spent(&world, "WebhookFunction", "webhook, new").assert(1, 842);
    assert_eq!(world.deliver(&body).await, 200);
    spent(&world, "WebhookFunction", "webhook, known").assert(1, 960);
    world.stop().await;
}

/// What the checks of one story cost: opening a turn and telling somebody, changing nothing, answering, and
/// changing nothing once more.
async fn checks_of_a_story(world: &World, number: u32) -> [Spent; 4] {
    let asked_at = now();
    let question = comment(number, JO, "Where is my parcel?", asked_at);
    let conversation = world.say(&feed(&[question])).await;
    waiting(world, &conversation, 1).await;
    let opened = spent(world, "CheckFunction", "check that opens a turn, tells and looks again");

    let sent = async || world.facts(&conversation).await.notices.first()?.sent.clone();
    eventually(SOON, "the mail", sent).await;
    world.stack.calls().clear();
    world.check(&conversation).await;
    let idle = spent(world, "CheckFunction", "check that changes nothing");

    // Facebook writes whole seconds: an answer of the second in which the owner was told corrects that mail.
    until(asked_at + SignedDuration::from_secs(2)).await;
    world.say(&feed(&[reply(number + 1, &comment_id(number), ACME, "On its way!", now())])).await;
    waiting(world, &conversation, 0).await;
    let answered = spent(world, "CheckFunction", "check that answers a turn");
    world.check(&conversation).await;
    let settled = spent(world, "CheckFunction", "check of a settled conversation");
    [opened, idle, answered, settled]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_keeps_to_its_budget() {
    // The first step fires at once and the next is near enough for the queue: the most that a check does. It
    // is too far for the sweep to ask for it as well.
    let steps = [r#"{ at = "0s", to = "owner" }"#, LEAD_WHEN_DUE];
    let world = World::start(&config("460s", &steps)).await;
    warm(&world).await;
    // On a busy machine the stream may repeat a check that took too long, and both are counted: the fewest
    // calls of some stories are those of one check.
    let mut fewest = [Spent::UNKNOWN; 4];
    for story in 1..=5 {
        let calls = checks_of_a_story(&world, story * 10).await;
        fewest = std::array::from_fn(|at| fewest[at].fewest(calls[at]));
        if fewest.map(|spent| spent.calls) == [8, 2, 3, 2] {
            break;
        }
    }
    let [opened, idle, answered, settled] = fewest;
    opened.assert(8, 4949);
    idle.assert(2, 3209);
    answered.assert(3, 4709);
    settled.assert(2, 3448);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_only_opens_a_turn_makes_three_calls_and_two_more_in_public() {
    let world = World::quiet().await;
    warm(&world).await;
    let conversation = world.say(&feed(&[comment(1, JO, "Where is my parcel?", now())])).await;
    waiting(&world, &conversation, 1).await;
    spent(&world, "CheckFunction", "check that opens a turn for later").assert(5, 2951);

    let conversation = world.say(&dialogue(&[message("m_1", JO, "Where is my parcel?", now())])).await;
    waiting(&world, &conversation, 1).await;
    spent(&world, "CheckFunction", "check that opens a turn for later, in private").assert(3, 2159);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_x_an_answer_costs_two_calls_more_and_its_removal_one_webhook_call() {
    let world = World::quiet().await;
    followed(&world).await;
    let asked = x::post("1", JO, None, &[x::ACME], "@acme where is it?", now());
    let conversation = world.say_x(&x::posts(x::ACME, &[asked])).await;
    waiting(&world, &conversation, 1).await;
    world.check(&conversation).await;
    world.stack.calls().clear();

    let answer = x::post("2", x::ACME, Some(("1", JO)), &[JO], "@jo on its way", now());
    assert_eq!(world.deliver_x(&x::posts(x::ACME, &[answer])).await, 200);
    waiting(&world, &conversation, 0).await;
    assert_eq!(world.stack.calls().of("WebhookFunction"), 1);
    spent(&world, "CheckFunction", "check that answers a turn on X").assert(5, 4501);
    let mut settled = Spent::UNKNOWN;
    // The invocation before may not have ended: the first of these then starts a function that knows nothing yet.
    for _ in 0..5 {
        world.check(&conversation).await;
        settled = settled.fewest(spent(&world, "CheckFunction", "check of a settled conversation on X"));
        if settled.calls == 2 {
            break;
        }
    }
    settled.assert(2, 2516);

    assert_eq!(world.deliver_x(&x::removal(x::ACME, "2", x::ACME, now())).await, 200);
    waiting(&world, &conversation, 1).await;
    assert_eq!(world.stack.calls().of("WebhookFunction"), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_without_a_push_makes_one_call_more_than_its_lists() {
    let world = World::quiet().await;
    followed(&world).await;
    let calls = world.stack.calls();
    calls.clear();
    let sweeps = async || Some(calls.to("SweepFunction", "UpdateItem")).filter(|sweeps| *sweeps >= 5);
    let sweeps = eventually(SOON, "five sweeps", sweeps).await;
    let (reads, queries) = (calls.to("SweepFunction", "GetItem"), calls.to("SweepFunction", "Query"));
    // Cursor and newest push, the shards of both lists, the cursor moved. Two sweeps may be seen in part.
    let shards = 2 * u64::from(SHARDS);
    assert!((2 * (sweeps - 2)..=2 * (sweeps + 2)).contains(&reads), "{reads} reads in {sweeps} sweeps");
    assert!(queries <= shards * (sweeps + 2), "{queries} queries in {sweeps} sweeps");
    assert_eq!(calls.to("SweepFunction", "SendMessageBatch"), 0);
    world.stop().await;
}
