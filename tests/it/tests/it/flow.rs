//! From a signed webhook to the mail, or to no mail.

use std::time::Duration;

use cloud::settings::{PushError, Terms};
use cloud::start::now;
use flow::ports::{Errand, List};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use support::bodies::{ACME, JO, MILA, comment, comment_id, dialogue, echo, feed, message, removal, reply};
use support::world::{LEAD_WHEN_DUE, MACHINE, World, config};
use support::{eventually, until};

use crate::told::{
    REMINDED, assert_in_time, delay, mails, person, purposes, recipients, settled, still, waiting,
};

/// A mail that is promised comes within this time, or not at all.
const SOON: Duration = Duration::from_secs(20);

/// The whole second that Facebook writes for `at`.
pub(crate) fn written(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap()
}

pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// A world with a target of three seconds and one step, at its end.
pub(crate) async fn three_seconds() -> World {
    World::start(&config("3s", &[LEAD_WHEN_DUE])).await
}

/// Jo's comment, under the number 1.
pub(crate) fn question(at: Timestamp) -> String {
    feed(&[comment(1, JO, "Where is my parcel?", at)])
}

/// The page's answer to it.
pub(crate) fn answer(at: Timestamp) -> String {
    feed(&[reply(2, &comment_id(1), ACME, "On its way, sorry!", at)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_delivered_again_and_again_is_stored_and_counted_once() {
    let world = World::quiet().await;
    let body = question(now());
    let (first, second, third) =
        tokio::join!(world.deliver(&body), world.deliver(&body), world.deliver(&body));
    assert_eq!([first, second, third, world.deliver(&body).await], [200; 4]);

    let conversation = world.conversation(&body);
    waiting(&world, &conversation, 1).await;
    assert_eq!(world.facts(&conversation).await.said.len(), 1);
    assert_eq!(world.items("event").await.len(), 1);
    eventually(SOON, "the metric", async || (world.metric("EventStored") > 0).then_some(())).await;
    assert_eq!(world.metric("EventStored"), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_comes_after_the_deadline_and_within_two_seconds() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let mails = mails(&world, 1, SOON).await;
    assert_eq!(recipients(&mails), ["kim"]);
    assert_in_time(&mails[0], written(asked_at) + seconds(3));
    let mail = &mails[0];
    assert!(mail.subject.contains("Jo Muster"), "{}", mail.subject);
    assert!(mail.text.contains("Where is my parcel?") && mail.html.contains("Where is my parcel?"));
    assert_eq!(mail.headers["X-Step"], "0.0.0");

    let marked = async || world.facts(&conversation).await.notices.pop()?.sent;
    let sent = eventually(SOON, "the notice is marked", marked).await;
    assert_eq!(mail.tags["mail"], sent.mail, "the tag names the message's own item");
    assert!(world.todo(List::Out).await.is_empty());
    // Nobody answered: what is left is the reminder of the next day.
    let reminder = written(asked_at) + seconds(3) + REMINDED;
    let left = async || world.todo(List::Due).await.into_iter().map(|todo| (todo.at, todo.what)).next();
    let left = eventually(SOON, "the reminder is planned", left).await;
    assert_eq!(left, (reminder, Errand::Check(conversation)));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_the_page_answers_in_time_mails_nobody() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    until(asked_at + seconds(1)).await;
    assert_eq!(world.say(&answer(now())).await, conversation);
    settled(&world, &conversation).await;
    still(&world, 0, asked_at + seconds(3)).await;
    assert!(world.facts(&conversation).await.notices.is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_an_echo_answers_mails_nobody_whatever_the_tool() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&dialogue(&[message("m_1", JO, "Hello?", asked_at)])).await;
    until(asked_at + seconds(1)).await;
    // Not an app that anybody configured: a telephone, a desk, another product.
    let said = dialogue(&[echo("m_2", JO, "26390203743090", "Hello Jo!", now())]);
    assert_eq!(world.say(&said).await, conversation);
    settled(&world, &conversation).await;
    still(&world, 0, asked_at + seconds(3)).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_of_the_brands_automation_is_no_answer() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&dialogue(&[message("m_1", JO, "Hello?", asked_at)])).await;
    let said = dialogue(&[echo("m_2", JO, MACHINE, "We will be with you shortly.", now())]);
    assert_eq!(world.say(&said).await, conversation);
    let mails = mails(&world, 1, SOON).await;
    assert_in_time(&mails[0], asked_at + seconds(3));
    assert!(!mails[0].text.contains("Hello?"), "what was written in private is not sent by mail");
    assert_eq!(world.facts(&conversation).await.said.len(), 2, "it is recorded");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_told_once_however_often_webhook_and_checks_are_repeated() {
    let steps = [r#"{ at = "2s", to = "owner" }"#, LEAD_WHEN_DUE, r#"{ at = "due+2s", to = "manager" }"#];
    let world = World::start(&config("4s", &steps)).await;
    let asked_at = now();
    let body = question(asked_at);
    let conversation = world.say(&body).await;
    let last = written(asked_at) + seconds(6);
    while now() < last + seconds(2) {
        assert_eq!(world.deliver(&body).await, 200);
        world.queue_check(&conversation).await;
        tokio::join!(world.check(&conversation), world.check(&conversation));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    still(&world, 3, last).await;
    let mails = world.mails();
    assert_eq!(recipients(&mails), ["dana", "kim", "ash"]);
    for (mail, (step, at)) in mails.iter().zip([("0.0.0", 2), ("0.1.0", 4), ("0.2.0", 6)]) {
        assert_eq!(mail.headers["X-Step"], step);
        assert_in_time(mail, written(asked_at) + seconds(at));
    }
    assert_eq!(world.facts(&conversation).await.notices.len(), 3);
    assert_eq!((world.metric("EventStored"), world.metric("MailSent")), (1, 3));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_between_two_steps_stops_the_rest() {
    let steps = [LEAD_WHEN_DUE, r#"{ at = "due+3s", to = "manager" }"#];
    let world = World::start(&config("2s", &steps)).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let told = mails(&world, 1, SOON).await;
    assert_in_time(&told[0], written(asked_at) + seconds(2));
    // Facebook writes whole seconds: later than the step, or its mail would be corrected.
    until(written(asked_at) + seconds(3)).await;
    world.say(&answer(now())).await;
    settled(&world, &conversation).await;
    still(&world, 2, written(asked_at) + seconds(5)).await;
    // The lead, who was told that nobody had answered, hears that somebody has; the manager hears of nothing.
    assert_eq!(purposes(&world.mails()), ["kim step", "kim clear"]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_deleted_in_time_mails_nobody_and_is_blanked() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;
    until(asked_at + seconds(1)).await;
    assert_eq!(world.say(&feed(&[removal(1, JO, now())])).await, conversation);
    settled(&world, &conversation).await;
    let blanked = async || {
        let said = world.facts(&conversation).await.said;
        let named = |author: &domain::event::Author| author.name.is_some();
        let tells = said
            .iter()
            .any(|said| said.event.text.is_some() || said.event.author.as_ref().is_some_and(named));
        (said.len() == 2 && !tells).then_some(())
    };
    eventually(SOON, "text and name are blank", blanked).await;
    let kept = format!("{:?}", world.items("event").await);
    assert!(!kept.contains("parcel") && !kept.contains("Muster"), "{kept}");
    still(&world, 0, asked_at + seconds(3)).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_arrives_before_its_question_mails_nobody() {
    let world = three_seconds().await;
    let asked_at = now() - seconds(2);
    let conversation = world.say(&answer(asked_at + seconds(1))).await;
    eventually(SOON, "a head", async || world.head(&conversation).await.map(drop)).await;
    assert_eq!(world.say(&question(asked_at)).await, conversation);
    still(&world, 0, now() + seconds(1)).await;
    settled(&world, &conversation).await;
    assert_eq!(world.facts(&conversation).await.said.len(), 2);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_wait_in_a_thread_the_one_not_answered_waits_on() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let too = reply(3, &comment_id(1), MILA, "Mine is missing too.", asked_at);
    assert_eq!(world.say(&feed(&[too])).await, conversation);
    waiting(&world, &conversation, 2).await;
    // To the comment of Jo; Mila is neither its author nor named.
    world.say(&answer(now())).await;
    let mails = mails(&world, 1, SOON).await;
    assert_in_time(&mails[0], written(asked_at) + seconds(3));
    assert!(mails[0].subject.contains("Mila"), "{}", mails[0].subject);
    still(&world, 1, now()).await;
    let head = world.head(&conversation).await.unwrap();
    assert_eq!(head.open.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_in_the_same_second_nobody_waits_for_a_lease_or_the_sweep() {
    let world = World::start(&config("4s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    for number in 1..=8 {
        world.say(&feed(&[comment(number, JO, &format!("Question {number}"), asked_at)])).await;
    }
    for mail in mails(&world, 8, Duration::from_mins(1)).await {
        // The sweep would come after ten seconds, the lease ends after 25; a busy machine needs less.
        let delay = delay(&mail, written(asked_at) + seconds(4));
        assert!(delay < seconds(9), "a mail came after {delay:?}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_waits_for_the_hours_of_its_person() {
    // Hours that begin in two days: an hour of that weekday, by UTC.
    let opens = (now() + SignedDuration::from_hours(48)).to_zoned(TimeZone::UTC);
    let opens = opens.date().at(10, 0, 0, 0);
    let day = opens.strftime("%a").to_string().to_lowercase();
    let text = config("2s", &[LEAD_WHEN_DUE]).replace(
        "[person.kim]",
        &format!("[calendar.rare]\nzone = \"UTC\"\nweek = {{ {day} = [\"10:00-11:00\"] }}\n[person.kim]\nhours = \"rare\""),
    );
    let world = World::start(&text).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let waiting = async || world.todo(List::Out).await.pop();
    let entry = eventually(SOON, "the notice waits", waiting).await;
    let opens = TimeZone::UTC.to_timestamp(opens).unwrap();
    assert_eq!(entry.at, opens);
    assert!(matches!(&entry.what, Errand::Send(key) if key.person.as_str() == "kim"), "{entry:?}");
    still(&world, 0, written(asked_at) + seconds(2)).await;
    let notices = world.facts(&conversation).await.notices;
    assert_eq!((notices.len(), notices[0].is_pending(), notices[0].send_after), (1, true, opens));
    assert_eq!(world.todo(List::Out).await.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_keeps_the_ladder_of_the_version_it_began_with() {
    let world = World::kept(&config("8s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    waiting(&world, &conversation, 1).await;

    let other = config("2s", &[r#"{ at = "due", to = "manager" }"#]);
    assert_eq!(world.cloud.push(&other, Terms::default()).await.unwrap(), 2);
    // Cold functions: what they cached would hide the second version for a minute.
    let world = world.restart().await;
    let second_asked_at = now();
    let second = world.say(&dialogue(&[message("m_1", MILA, "Hello?", second_asked_at)])).await;

    let mails = mails(&world, 2, SOON).await;
    let told = |person_: &str| mails.iter().find(|mail| person(mail) == person_).unwrap();
    assert_in_time(told("kim"), written(asked_at) + seconds(8));
    assert_in_time(told("ash"), second_asked_at + seconds(2));
    let version = async |conversation| world.facts(conversation).await.notices[0].config_version;
    assert_eq!((version(&conversation).await, version(&second).await), (1, 2));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_configuration_keeps_its_number() {
    let (one, other) = (config("3s", &[LEAD_WHEN_DUE]), config("4s", &[LEAD_WHEN_DUE]));
    let world = World::start(&one).await;
    assert_eq!(world.cloud.push(&one, Terms::default()).await.unwrap(), 1);
    assert_eq!(world.cloud.push(&other, Terms::default()).await.unwrap(), 2);
    assert_eq!(world.cloud.push(&other, Terms::default()).await.unwrap(), 2);
    let refused = world.cloud.push(&one, Terms::default()).await.unwrap_err();
    assert!(matches!(refused, PushError::Older(1)), "{refused}");
    assert_eq!(world.cloud.push(&one, Terms { go_back: true, ..Terms::default() }).await.unwrap(), 1);
    let broken = world.cloud.push("[brand.acme]", Terms::default()).await.unwrap_err();
    assert!(matches!(broken, PushError::Problems(_)), "{broken}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_does_not_change_its_brand_while_somebody_waits_there() {
    let text = config("3s", &[LEAD_WHEN_DUE]);
    let world = World::start(&text).await;
    let renamed = text.replace("[brand.acme]", "[brand.acme-two]");
    let asked_at = now();
    world.say(&question(asked_at)).await;
    waiting(&world, &world.conversation(&question(asked_at)), 1).await;
    let refused = world.cloud.push(&renamed, Terms::default()).await.unwrap_err();
    assert!(matches!(refused, PushError::Waiting { .. }), "{refused}");
    world.say(&answer(now())).await;
    settled(&world, &world.conversation(&question(asked_at))).await;
    assert_eq!(world.cloud.push(&renamed, Terms::default()).await.unwrap(), 2);
    world.stop().await;
}
