//! What people are told when the answer is there: that a mail was wrong, that all is well.

use std::time::Duration;

use cloud::start::now;
use domain::fact::Purpose;
use support::bodies::{ACME, JO, MILA, comment, comment_id, feed, reply};
use support::world::{LEAD_WHEN_DUE, World, config, config_with_windows};
use support::{eventually, until};

use crate::flow::{answer, question, seconds, written};
use crate::told::{mails, purposes, settled, still};

const SOON: Duration = Duration::from_secs(20);
/// The owner first, then the lead.
const STEPS: [&str; 2] = [r#"{ at = "2s", to = "owner" }"#, LEAD_WHEN_DUE];

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_there_before_the_mails_corrects_each_of_them_once() {
    let world = World::start(&config("3s", &STEPS)).await;
    let asked_at = written(now());
    let conversation = world.say(&question(asked_at)).await;
    mails(&world, 2, SOON).await;
    let sent = async || {
        let notices = world.facts(&conversation).await.notices;
        notices.iter().all(|notice| notice.sent.is_some()).then_some(())
    };
    eventually(SOON, "both are marked", sent).await;

    // Answered a second after it was asked; Facebook tells it now, and a second time.
    let late = feed(&[reply(2, &comment_id(1), ACME, "On its way, sorry!", asked_at + seconds(1))]);
    assert_eq!(world.say(&late).await, conversation);
    assert_eq!(world.say(&late).await, conversation);
    settled(&world, &conversation).await;
    world.check(&conversation).await;
    let all = mails(&world, 4, SOON).await;
    let mut told = purposes(&all);
    told[2..].sort_unstable();
    assert_eq!(told, ["dana step", "kim step", "dana correction", "kim correction"]);
    for right in &all[2..] {
        let wrong = all[..2].iter().find(|mail| mail.to == right.to).unwrap();
        assert!(right.text.starts_with("Correction\nJo Muster on Facebook was answered"), "{}", right.text);
        assert!(right.text.contains("after the question, in time."), "{}", right.text);
        assert_eq!(right.subject, wrong.subject, "mailboxes keep them in one thread");
        assert_eq!(right.headers["References"], wrong.headers["References"]);
    }
    still(&world, 4, now()).await;
    assert!(world.is_at_rest().await);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_case_told_in_one_mail_is_corrected_once() {
    let config = config_with_windows("3s", &[LEAD_WHEN_DUE], ["15s", "15s"]);
    let world = World::start(&config).await;
    world.say(&question(written(now()))).await;
    mails(&world, 1, SOON).await;
    // Both fall due within the window that the first mail began.
    let asked_at = written(now());
    let ask = |number, from| feed(&[comment(number, from, "Where is my parcel?", asked_at)]);
    let both = [world.say(&ask(2, JO)).await, world.say(&ask(3, MILA)).await];
    let all = mails(&world, 2, Duration::from_secs(40)).await;
    assert!(all[1].text.contains("2 posts past due"), "{}", all[1].text);

    let corrected = async |conversation| {
        let notices = world.facts(conversation).await.notices.into_iter();
        let corrections = notices.filter(|notice| notice.key.purpose == Purpose::Correction);
        corrections.filter(|notice| notice.sent.is_some()).count()
    };
    let answer = |number| reply(number + 10, &comment_id(number), ACME, "On its way!", asked_at + seconds(1));
    let late = feed(&[answer(2), answer(3)]);
    for _ in 0..2 {
        world.say(&late).await;
    }
    let told = async || {
        let told = [corrected(&both[0]).await, corrected(&both[1]).await];
        (!told.contains(&0)).then_some(told)
    };
    assert_eq!(eventually(Duration::from_mins(1), "both are corrected", told).await, [1, 1]);
    for conversation in &both {
        settled(&world, conversation).await;
        world.check(conversation).await;
    }
    let told = world.items("mail").await.into_iter().flat_map(|mail| mail["notices"].as_l().unwrap().clone());
    let told =
        told.filter(|notice| notice.as_m().unwrap()["purpose"].as_s().unwrap() == "correction").count();
    assert_eq!(told, 2, "and in no mail besides");
    assert!(world.is_at_rest().await);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_it_is_answered_those_above_get_one_all_clear() {
    let world = World::start(&config("3s", &STEPS)).await;
    let asked_at = written(now());
    let conversation = world.say(&question(asked_at)).await;
    mails(&world, 2, SOON).await;
    until(asked_at + seconds(5)).await;
    let late = answer(now());
    assert_eq!(world.say(&late).await, conversation);
    assert_eq!(world.say(&late).await, conversation);
    settled(&world, &conversation).await;
    world.check(&conversation).await;
    let all = mails(&world, 3, SOON).await;
    assert_eq!(purposes(&all), ["dana step", "kim step", "kim clear"]);
    assert!(all[2].text.starts_with("All clear\nJo Muster on Facebook was answered"), "{}", all[2].text);
    assert!(all[2].text.contains("after the deadline"), "{}", all[2].text);
    assert_eq!(all[2].subject, all[1].subject, "mailboxes keep them in one thread");
    still(&world, 3, now()).await;
    assert!(world.is_at_rest().await);
    world.stop().await;
}
