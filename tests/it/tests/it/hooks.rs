//! People with a webhook: what is posted there, and what becomes of it when nobody takes it.

use std::time::Duration;

use cloud::start::now;
use domain::fact::{Channel, Notice};
use domain::id::{ConversationId, PersonId};
use domain::platform::generic;
use flow::ports::{Failing, List, PersonState, Saved, Table};
use heard::local::Post;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::world::{LEAD_WHEN_DUE, PREVIOUS_SECRET, SECRET, World, config, secrets};
use support::{eventually, http, until};

use crate::flow::{answer, question, seconds};

const SOON: Duration = Duration::from_secs(30);
const URL: &str = "https://hooks.acme.example/heard?room=1";
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A world in which kim, who is told after a second, has a webhook and no address.
async fn world() -> World {
    let hook = format!("webhook = {{ url = \"{URL}\", secret = \"pager\" }}");
    let config = config("1s", &[LEAD_WHEN_DUE]).replace("email = \"kim@acme.example\"", &hook);
    let secrets = secrets(SECRET, PREVIOUS_SECRET);
    let hook = format!("[[secret]]\nid = \"pager\"\nkind = \"hook\"\nvalue = \"{KEY}\"\n");
    World::with_secrets(&format!("{secrets}\n{hook}"), &config).await
}

fn kim() -> PersonId {
    PersonId::from("kim")
}

/// The notice to kim, once there is one.
async fn notice(world: &World, conversation: &ConversationId) -> Notice {
    let notice = async || {
        let notices = world.facts(conversation).await.notices;
        notices.into_iter().find(|notice| notice.key.person == kim())
    };
    eventually(SOON, "kim's notice", notice).await
}

/// The requests so far, once there are so many.
async fn posts(world: &World, count: usize) -> Vec<Post> {
    let posts = async || Some(world.stack.posts()).filter(|posts| posts.len() >= count);
    eventually(SOON, "the request", posts).await
}

/// Kim's state, once the webhook is known to fail and nobody writes to kim.
async fn failing(world: &World) -> (PersonState, Failing) {
    let failing = async || {
        let state = world.cloud.person(&kim()).await.ok()?;
        state.failing.filter(|_| state.leased_until.is_none()).map(|failing| (state, failing))
    };
    eventually(SOON, "the failure is remembered", failing).await
}

/// Lets the webhook have failed since `since`, and what waits for it be tried again now.
async fn try_again(world: &World, conversation: &ConversationId, since: Timestamp) {
    let changed = async || {
        let (state, failing) = failing(world).await;
        let failing = Failing { since, again_at: now(), ..failing };
        let state = PersonState { failing: Some(failing), ..state };
        (world.cloud.save_person(&kim(), &state).await.ok()? == Saved::Done).then_some(())
    };
    eventually(SOON, "the state is changed", changed).await;
    let notice = notice(world, conversation).await;
    let moved = world.cloud.postpone(&notice.key, notice.send_after, now()).await;
    assert_eq!(moved.expect("the table takes it"), Saved::Done);
}

/// Waits until `holds`.
async fn comes(what: &str, holds: impl AsyncFn() -> bool) {
    eventually(SOON, what, async || holds().await.then_some(())).await;
}

fn id(post: &Post) -> &str {
    &post.headers[generic::ID]
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_webhook_gets_a_signed_request_in_place_of_a_mail() {
    let world = world().await;
    let conversation = world.say(&question(now())).await;
    let first = posts(&world, 1).await.remove(0);
    assert_eq!((first.url.as_str(), first.headers["content-type"].as_str()), (URL, "application/json"));
    let header = |name: &str| first.headers.get(name).map(String::as_str);
    assert_eq!(generic::verify(KEY.as_bytes(), first.body.as_bytes(), header, now()), Ok(()));
    let body: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["person"]), (&"case.waiting".into(), &"kim".into()));
    assert_eq!(body["data"]["conversation"], conversation.as_str());

    let sent = async || notice(&world, &conversation).await.sent;
    let sent = eventually(SOON, "the notice is marked", sent).await;
    assert_eq!(sent.mail, id(&first));
    assert_eq!(notice(&world, &conversation).await.key.channel, Channel::Webhook);

    // What it began, the webhook hears the end of. Facebook tells whole seconds: an answer of the same one would be a
    // correction.
    until(sent.at + seconds(2)).await;
    assert_eq!(world.deliver(&answer(now())).await, 200);
    let clear = posts(&world, 2).await.remove(1);
    let body: Value = serde_json::from_str(&clear.body).unwrap();
    assert_eq!(body["type"], "case.cleared");
    assert_ne!(id(&clear), id(&first));
    comes("everything is done", async || world.is_at_rest().await).await;
    assert_eq!((world.stack.posts().len(), world.mails().len()), (2, 0));
    assert_eq!(world.metric("WebhookTold"), 2);

    // Whoever tries it out sees the same, and nothing of a request runs.
    let get = async |path: &str| {
        let answer = http::send("GET", &world.url(path), &[], "").await;
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let page = get("/sink").await;
    assert!(page.contains("case.cleared") && page.contains("room=1") && !page.contains("<script"), "{page}");
    let list: Vec<Value> = serde_json::from_str(&get("/sink.json").await).unwrap();
    assert_eq!(list.iter().map(|post| &post["url"]).collect::<Vec<_>>(), [URL, URL]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_for_long_loses_nothing_and_is_reported_once() {
    let world = world().await;
    world.stack.answer_posts(500);
    let conversation = world.say(&question(now())).await;
    posts(&world, 1).await;
    let (_, known) = failing(&world).await;
    let wait = known.again_at.duration_since(known.since);
    assert!(!known.is_reported && wait >= seconds(10), "{known:?}");
    assert!(notice(&world, &conversation).await.is_pending());
    assert_eq!(world.metric("WebhookFailing"), 0);

    let long_ago = now() - SignedDuration::from_mins(6);
    for tries in [2, 3] {
        try_again(&world, &conversation, long_ago).await;
        posts(&world, tries).await;
        let reported = async || failing(&world).await.1.is_reported;
        comes("it is reported", reported).await;
        assert_eq!(world.metric("WebhookFailing"), 1);
        let (_, known) = failing(&world).await;
        let wait = known.again_at.duration_since(now());
        assert!(wait <= SignedDuration::from_mins(5), "{known:?}");
    }
    // A redirect is followed by nobody, and is no success.
    world.stack.answer_posts(307);
    try_again(&world, &conversation, long_ago).await;
    posts(&world, 4).await;

    world.stack.answer_posts(200);
    try_again(&world, &conversation, long_ago).await;
    let sent = async || notice(&world, &conversation).await.sent.is_some();
    comes("it is told", sent).await;
    comes("nothing is left to send", async || world.todo(List::Out).await.is_empty()).await;
    let posts = world.stack.posts();
    assert_eq!(posts.iter().map(|post| post.answered).collect::<Vec<_>>(), [500, 500, 500, 307, 200]);
    assert!(posts.iter().all(|post| post.url == URL && id(post) == id(&posts[0])), "{posts:#?}");
    assert_eq!((world.metric("WebhookFailing"), world.dead_letters()), (1, 0));
    assert_eq!(world.cloud.person(&kim()).await.unwrap().failing, None);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_secret_is_nowhere_waits_for_it_and_posts_nothing() {
    let world = world().await;
    world.stack.replace_secrets(secrets(SECRET, PREVIOUS_SECRET));
    let conversation = world.say(&question(now())).await;
    let (_, known) = failing(&world).await;
    assert!(!known.is_reported);
    assert!(notice(&world, &conversation).await.is_pending());
    assert!(world.logged("the webhook's secret is not among the secrets"));
    assert_eq!(world.stack.posts(), []);
    world.stop().await;
}
