//! What people did about somebody who waits: facts in the table like what the platforms tell.

use std::time::Duration;

use cloud::start::now;
use domain::id::{ConversationId, TurnId};
use flow::ports::{Errand, List};
use jiff::{SignedDuration, Timestamp};
use support::eventually;
use support::world::{AttributeValue, Item, LEAD_WHEN_DUE, World, config};

use crate::flow::{question, seconds, written};
use crate::told::{assert_in_time, mails, purposes, settled, still, waiting};

const SOON: Duration = Duration::from_secs(20);
/// What was lost is sent again when it is ten seconds late.
const FOUND_AGAIN: Duration = Duration::from_secs(45);
/// For so long an ack holds the ladder back at least.
const ACK: SignedDuration = SignedDuration::from_mins(30);

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// An act with a reason, as it stands in the table.
fn reasoned(act: &str, reason: &str) -> AttributeValue {
    let reason = Item::from([("reason".to_owned(), s(reason))]);
    AttributeValue::M(Item::from([(act.to_owned(), AttributeValue::M(reason))]))
}

/// Puts an action about the conversation's question into the table, as a page does.
async fn act(world: &World, conversation: &ConversationId, person: &str, at: Timestamp, act: AttributeValue) {
    let asked = world.facts(conversation).await.said.remove(0).event.object;
    let nonce = format!("{person}-{}", at.as_nanosecond());
    let item = [
        ("pk", s(format!("CONV#{conversation}"))),
        ("sk", s(format!("{}#ACT#{nonce}", at.strftime("%Y%m%d")))),
        ("kind", s("action")),
        ("v", AttributeValue::N("1".to_owned())),
        ("nonce", s(nonce)),
        ("brand", s("acme")),
        ("turn", s(TurnId::of(&asked).as_str())),
        ("person", s(person)),
        ("at", s(at.to_string())),
        ("act", act),
    ];
    world.put(item.map(|(name, value)| (name.to_owned(), value)).into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_somebody_has_it_the_ladder_waits() {
    let world = World::start(&config("30m", &[LEAD_WHEN_DUE])).await;
    // Due in four seconds; eight more until nobody has it any more.
    let asked_at = written(now()) - ACK + seconds(4);
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;
    act(&world, &conversation, "dana", asked_at + seconds(8), s("ack")).await;
    let goes_on = asked_at + seconds(8) + ACK;
    let held = async || (world.head(&conversation).await?.next_at == Some(goes_on)).then_some(());
    eventually(Duration::from_secs(3), "the ladder waits before it is due", held).await;

    let mails = mails(&world, 1, SOON).await;
    assert_in_time(&mails[0], goes_on);
    assert_eq!(purposes(&mails), ["kim step"]);
    assert_eq!(mails[0].headers["X-Step"], "1.0.0", "the ladder's second round");
    still(&world, 1, goes_on).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_answer_mails_nobody() {
    let world = World::start(&config("6s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;
    act(&world, &conversation, "dana", now(), reasoned("dismiss", "It praises us.")).await;
    settled(&world, &conversation).await;
    still(&world, 0, written(asked_at) + seconds(6)).await;
    assert!(world.facts(&conversation).await.notices.is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_cannot_be_read_is_counted_and_the_rest_still_counts() {
    let world = World::start(&config("6s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;
    act(&world, &conversation, "dana", now(), reasoned("applaud", "It praises us.")).await;
    eventually(SOON, "it is counted", async || (world.metric("FactUnreadable") > 0).then_some(())).await;
    let mails = mails(&world, 1, SOON).await;
    assert_eq!(purposes(&mails), ["kim step"]);
    assert_in_time(&mails[0], written(asked_at) + seconds(6));
    // What can be read beside it is done.
    act(&world, &conversation, "ash", now(), reasoned("resolve", "By telephone.")).await;
    let over = async || (world.head(&conversation).await?.open.is_empty()).then_some(());
    eventually(SOON, "nobody waits", over).await;
    assert_eq!(world.dead_letters(), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_on_its_way_waits_while_somebody_has_it() {
    let world = World::start(&config("3s", &[LEAD_WHEN_DUE])).await;
    world.stack.discard("MailsQueue", true);
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let claimed = async || world.facts(&conversation).await.notices.pop();
    eventually(SOON, "a notice", claimed).await;
    let since = now();
    act(&world, &conversation, "dana", since, s("ack")).await;
    let held = async || (world.head(&conversation).await?.next_at? >= since + ACK).then_some(());
    eventually(SOON, "the ladder waits", held).await;
    world.stack.discard("MailsQueue", false);

    // The sweep sends the lost message again; whoever was to be told is not.
    let due = written(asked_at) + seconds(3);
    let put_off = async || world.todo(List::Out).await.into_iter().find(|todo| todo.at > due + seconds(60));
    let entry = eventually(FOUND_AGAIN, "the notice is put off", put_off).await;
    assert!(entry.at <= since + ACK, "{entry:?} is later than the ladder goes on");
    assert!(matches!(&entry.what, Errand::Send(key) if key.person.as_str() == "kim"), "{entry:?}");
    let notice = world.facts(&conversation).await.notices.remove(0);
    assert!(notice.is_pending());
    still(&world, 0, now()).await;
    world.stop().await;
}
