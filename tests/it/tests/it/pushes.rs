//! A configuration pushed while people wait: they are checked for it, and told by it.

use std::time::Duration;

use cloud::settings::Terms;
use cloud::start::now;
use domain::id::ConversationId;
use flow::ports::Table;
use jiff::Timestamp;
use support::bodies::{JO, MILA, comment, dialogue, feed, message};
use support::eventually;
use support::world::{LEAD_WHEN_DUE, World, config};

use crate::flow::{question, seconds, written};
use crate::told::{assert_in_time, mails, purposes, still, waiting};

const SOON: Duration = Duration::from_secs(20);
const APPLIED: Terms = Terms { go_back: false, apply_to_open: true };

/// Waits until a conversation is looked at next at that moment.
async fn looked_at(world: &World, conversation: &ConversationId, at: Timestamp) {
    let planned = async || (world.head(conversation).await?.next_at == Some(at)).then_some(());
    eventually(SOON, format_args!("{conversation} is looked at {at}"), planned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_opens_earlier_is_kept_to_by_those_who_wait() {
    let open = config("15s", &[LEAD_WHEN_DUE]);
    // Open for an hour, on the day before yesterday's weekday.
    let day = (now() - seconds(48 * 3600)).strftime("%a").to_string().to_lowercase();
    let closed = open.replace("policy = \"quick\"", "policy = \"quick\"\ncalendar = \"rare\"")
        + &format!("[calendar.rare]\nzone = \"UTC\"\nweek = {{ {day} = [\"10:00-11:00\"] }}\n");
    let world = World::start(&closed).await;
    let asked_at = written(now());
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;
    let far = world.head(&conversation).await.unwrap().next_at.unwrap();
    assert!(far > asked_at + seconds(48 * 3600), "{far}");

    assert_eq!(world.cloud.push(&open, Terms::default()).await.unwrap(), 2);
    looked_at(&world, &conversation, asked_at + seconds(15)).await;
    let told = mails(&world, 1, SOON).await;
    assert_eq!(purposes(&told), ["kim step"]);
    assert_in_time(&told[0], asked_at + seconds(15));
    still(&world, 1, now()).await;
    assert_eq!(world.facts(&conversation).await.notices.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_applies_to_open_moves_the_next_moment_of_everybody_who_waits() {
    let world = World::start(&config("60m", &[LEAD_WHEN_DUE])).await;
    let asked_at = written(now());
    let mut waits = Vec::new();
    // More than one call of the queue takes.
    for number in 1..=12 {
        waits.push(world.say(&feed(&[comment(number, JO, &format!("Question {number}"), asked_at)])).await);
    }
    waits.push(world.say(&dialogue(&[message("m_1", MILA, "Hello?", asked_at)])).await);
    for conversation in &waits {
        looked_at(&world, conversation, asked_at + seconds(3600)).await;
    }

    let sooner = config("20m", &[LEAD_WHEN_DUE]);
    assert_eq!(world.cloud.push(&sooner, APPLIED).await.unwrap(), 2);
    for conversation in &waits {
        looked_at(&world, conversation, asked_at + seconds(1200)).await;
    }
    // The same text once more: only that it applies to open makes it a push.
    let before = world.cloud.cursor().await.unwrap().unwrap().followed;
    assert_eq!(world.cloud.push(&sooner, APPLIED).await.unwrap(), 2);
    let milder = config("60m", &[LEAD_WHEN_DUE]);
    let back = Terms { go_back: true, ..APPLIED };
    assert_eq!(world.cloud.push(&milder, back).await.unwrap(), 1);
    for conversation in &waits {
        looked_at(&world, conversation, asked_at + seconds(3600)).await;
    }
    let followed = async || {
        let followed = world.cloud.cursor().await.unwrap()?.followed;
        (followed != before).then_some(())
    };
    eventually(SOON, "it is remembered", followed).await;
    still(&world, 0, now()).await;
    assert_eq!(world.dead_letters(), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_followed_though_the_queue_refuses_at_first() {
    let world = World::start(&config("60m", &[LEAD_WHEN_DUE])).await;
    let asked_at = written(now());
    let conversation = world.say(&question(asked_at)).await;
    looked_at(&world, &conversation, asked_at + seconds(3600)).await;
    // As often as the SDK tries, and once more.
    world.stack.fail("SweepFunction", "SendMessageBatch", heard::local::Fault::ServerError, 4);
    assert_eq!(world.cloud.push(&config("20m", &[LEAD_WHEN_DUE]), APPLIED).await.unwrap(), 2);
    looked_at(&world, &conversation, asked_at + seconds(1200)).await;
    world.stop().await;
}
