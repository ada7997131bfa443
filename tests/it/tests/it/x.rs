//! X: conversations are with persons, whatever handle answers, and posts vanish.

use std::time::Duration;

use cloud::start::now;
use domain::event::Verb;
use domain::platform::Protocol;
use domain::platform::x::{SIGNATURE, SIGNATURE_OAUTH2, sign};
use heard::local::Fault;
use jiff::Timestamp;
use serde_json::Value;
use support::bodies::{JO, MILA, Person};
use support::eventually;
use support::http;
use support::world::{LEAD_WHEN_DUE, World, X_SECRET, config};
use support::x::{ACME, ACME_HELPS, message, post, posts, removal};

use crate::told::{mails, recipients, settled, still, waiting};

const SOON: Duration = Duration::from_secs(20);

/// The id of Jo's question.
const QUESTION: &str = "1976200000000000123";
/// The id of the answer.
pub(crate) const ANSWER: &str = "1976200000000000301";

/// Jo's question, delivered for a handle of the brand.
pub(crate) fn question(account: Person) -> String {
    posts(account, &[post(QUESTION, JO, None, &[ACME, ACME_HELPS], "@acme where is it?", now())])
}

/// The brand's answer to it.
pub(crate) fn answer(at: Timestamp) -> Value {
    post(ANSWER, ACME, Some((QUESTION, JO)), &[JO], "@jo on its way", at)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_on_x_and_the_lead_hears_of_it() {
    let world = World::start(&config("3s", &[LEAD_WHEN_DUE])).await;
    let conversation = world.say_x(&question(ACME)).await;
    assert_eq!(world.deliver_x(&question(ACME_HELPS)).await, 200);
    let mails = mails(&world, 1, SOON).await;
    assert_eq!(recipients(&mails), ["kim"]);
    assert!(mails[0].text.contains("@acme where is it?"), "{}", mails[0].text);
    assert_eq!(world.facts(&conversation).await.said.len(), 1, "delivered for two handles, said once");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_any_handle_or_in_private_stops_the_clock() {
    let world = World::start(&config("4s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let jo = world.say_x(&question(ACME)).await;
    let asked = post("1976200000000000200", MILA, None, &[ACME], "@acme and mine?", now());
    let mila = world.say_x(&posts(ACME, &[asked])).await;
    assert_ne!(jo, mila);
    let answer = post(ANSWER, ACME_HELPS, Some((QUESTION, JO)), &[JO], "@jo on its way", now());
    assert_eq!(world.deliver_x(&posts(ACME_HELPS, &[answer])).await, 200);
    assert_eq!(world.deliver_x(&message(ACME, "9", ACME, MILA, "Found it!", now())).await, 200);
    settled(&world, &jo).await;
    settled(&world, &mila).await;
    still(&world, 0, asked_at + jiff::SignedDuration::from_secs(4)).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_post_answers_everybody_it_names_and_its_removal_lets_all_of_them_wait_again() {
    let world = World::quiet().await;
    let jo = world.say_x(&question(ACME)).await;
    let asked = post("1976200000000000200", MILA, None, &[ACME], "@acme and mine?", now());
    let mila = world.say_x(&posts(ACME, &[asked])).await;
    waiting(&world, &jo, 1).await;
    waiting(&world, &mila, 1).await;
    let answer = post(ANSWER, ACME, None, &[JO, MILA], "@jo @mila on their way", now());
    assert_eq!(world.deliver_x(&posts(ACME, &[answer])).await, 200);
    waiting(&world, &jo, 0).await;
    waiting(&world, &mila, 0).await;

    let gone = removal(ACME, ANSWER, ACME, now());
    for _ in 0..2 {
        assert_eq!(world.deliver_x(&gone).await, 200);
    }
    waiting(&world, &jo, 1).await;
    waiting(&world, &mila, 1).await;
    assert_eq!(world.facts(&jo).await.said.len(), 3, "delivered twice, removed once");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_comes_before_its_post_waits_for_it() {
    let world = World::quiet().await;
    let jo = world.say_x(&question(ACME)).await;
    let at = now();
    assert_eq!(world.deliver_x(&removal(ACME, ANSWER, ACME, at)).await, 200);
    assert_eq!(world.deliver_x(&posts(ACME, &[answer(at)])).await, 200);
    // A head that knows of the answer, and of its removal.
    let waits = async || {
        let head = world.head(&jo).await?;
        (head.listed.len() == 1 && head.open.len() == 1).then_some(())
    };
    eventually(SOON, "Jo waits again", waits).await;
    let facts = world.facts(&jo).await;
    assert!(facts.said.iter().any(|said| said.event.verb == Verb::Remove));
    world.stop().await;
}

/// Removes Jo's answer while the check function is hit by `faults`, and waits until Jo waits again.
async fn removed_during(faults: &[(&str, Fault)], logged: &str) {
    let world = World::quiet().await;
    let jo = world.say_x(&question(ACME)).await;
    waiting(&world, &jo, 1).await;
    assert_eq!(world.deliver_x(&posts(ACME, &[answer(now())])).await, 200);
    waiting(&world, &jo, 0).await;
    for (operation, fault) in faults {
        // Every try of one call.
        world.stack.fail("CheckFunction", operation, *fault, 3);
    }
    assert_eq!(world.deliver_x(&removal(ACME, ANSWER, ACME, now())).await, 200);
    waiting(&world, &jo, 1).await;
    assert!(world.logged(logged));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_is_told_by_the_queue_if_the_table_could_not_be_read_at_first() {
    removed_during(&[("Query", Fault::ServerError)], "the queue repeats it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_is_told_by_the_stream_if_the_queue_could_not_be_asked_either() {
    let faults = [("Query", Fault::Throttle), ("SendMessageBatch", Fault::ServerError)];
    removed_during(&faults, "the stream repeats it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_removal_of_one_brand_touches_nothing_of_another() {
    let two = config("60m", &[LEAD_WHEN_DUE])
        + r#"
        [brand.zeta]
        name = "Zeta"
        accounts = ["x:3300000001"]
        policy = "quick"
        owner = "ash"
        lead = ["ash"]
        "#;
    let zeta = Person { id: "3300000001", name: "Zeta" };
    let world = World::start(&two).await;
    // One post that names two brands is a question to each.
    let asked = post(QUESTION, JO, None, &[ACME, zeta], "@acme @zeta who pays?", now());
    let (to_acme, to_zeta) =
        (posts(ACME, std::slice::from_ref(&asked)), posts(zeta, std::slice::from_ref(&asked)));
    let at_acme = world.say_x(&to_acme).await;
    assert_eq!(world.deliver_x(&to_zeta).await, 200);
    let at_zeta = world.conversation_of(Protocol::X, "zeta", &to_zeta);
    waiting(&world, &at_acme, 1).await;
    waiting(&world, &at_zeta, 1).await;
    let answer = post(ANSWER, zeta, Some((QUESTION, JO)), &[JO], "@jo we do", now());
    assert_eq!(world.deliver_x(&posts(zeta, &[answer])).await, 200);
    waiting(&world, &at_zeta, 0).await;
    waiting(&world, &at_acme, 1).await;
    // The same id, said by the other brand.
    assert_eq!(world.deliver_x(&removal(ACME, ANSWER, ACME, now())).await, 200);
    assert_eq!(world.items("removal").await.len(), 1);
    assert_eq!(world.facts(&at_zeta).await.said.len(), 2);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x_is_believed_by_its_newest_signature_and_answered_in_its_handshake() {
    let world = World::quiet().await;
    let body = question(ACME);
    let right = sign(X_SECRET.as_bytes(), body.as_bytes());
    let wrong = sign(b"another secret", body.as_bytes());
    let table: [(&[(&str, &str)], u16); 6] = [
        (&[], 401),
        (&[(SIGNATURE, &wrong)], 401),
        (&[(SIGNATURE, &right), (SIGNATURE_OAUTH2, &wrong)], 401), // the newer one alone decides
        (&[(SIGNATURE, &wrong), (SIGNATURE_OAUTH2, &right)], 200),
        (&[(SIGNATURE_OAUTH2, &right)], 200),
        (&[(SIGNATURE, &right)], 200),
    ];
    for (headers, status) in table {
        assert_eq!(world.post_x(&body, headers).await.status, status, "{headers:?}");
    }
    let ask = async |query: &str| http::send("GET", &world.url(&format!("/hook/x?{query}")), &[], "").await;
    let answer = ask("crc_token=crc-token-123").await;
    assert_eq!(
        (answer.status, answer.headers["content-type"].as_bytes()),
        (200, b"application/json".as_slice())
    );
    assert_eq!(answer.body, r#"{"response_token":"sha256=m3yscIcSwL62BbDuWy/k/ml4+4Yfj3c0hep3IWko1Ws="}"#);
    // Else anybody could have a body signed here.
    assert_eq!(ask("crc_token=%7B%22for_user_id%22%3A%221%22%7D").await.status, 400);
    assert_eq!(ask("").await.status, 400);
    world.stop().await;
}
