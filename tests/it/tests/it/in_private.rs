//! Asked aloud, answered in private: on Facebook only the person says that the two belong together.

use std::time::Duration;

use cloud::start::now;
use domain::fact::Said;
use jiff::SignedDuration;
use support::bodies::{JO, MILA, comment, dialogue, echo, feed};
use support::until;
use support::world::{LEAD_WHEN_DUE, World, config};

use crate::told::{mails, recipients, settled, still, waiting};

const SOON: Duration = Duration::from_secs(20);
/// The app of the page's inbox, which is no machine.
const INBOX: &str = "263902037430900";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_messenger_ends_the_wait_under_the_post_of_whom_it_is_to() {
    let world = World::start(&config("4s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let jo = world.say(&feed(&[comment(1, JO, "Where is my parcel?", asked_at)])).await;
    let mila = world.say(&feed(&[comment(2, MILA, "And mine?", asked_at)])).await;
    waiting(&world, &jo, 1).await;
    // Facebook writes comments to the second, and messages to the millisecond.
    assert_eq!(world.deliver(&dialogue(&[echo("m_1", JO, INBOX, "Found it!", now())])).await, 200);
    settled(&world, &jo).await;
    let mails = mails(&world, 1, SOON).await;
    assert_eq!(recipients(&mails), ["kim"]);
    assert!(mails[0].text.contains("And mine?"), "{}", mails[0].text);
    let link = world.facts(&jo).await.said.into_iter().find(|said| said.event.object == "m_1").unwrap();
    assert!(link.is_link() && link.event.text.is_none(), "what was said in private stays there");
    still(&world, 1, asked_at + SignedDuration::from_secs(4)).await;
    waiting(&world, &mila, 1).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_comes_behind_its_answer_alarms_nobody() {
    let world = World::start(&config("2s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let answered_at = asked_at + SignedDuration::from_secs(1);
    until(answered_at).await;
    let answer = dialogue(&[echo("m_1", JO, INBOX, "Found it!", answered_at)]);
    assert_eq!(world.deliver(&answer).await, 200);
    until(asked_at + SignedDuration::from_secs(3)).await;
    let jo = world.say(&feed(&[comment(1, JO, "Where is my parcel?", asked_at)])).await;
    let known = async || world.facts(&jo).await.said.iter().any(Said::is_link).then_some(());
    support::eventually(SOON, "the answer is known", known).await;
    settled(&world, &jo).await;
    still(&world, 0, asked_at + SignedDuration::from_secs(3)).await;
    world.stop().await;
}
