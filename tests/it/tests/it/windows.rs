//! Windows: of hundreds who wait at once each person is told in a few mails, and nobody is left out.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud::start::now;
use domain::pace::KNOWN_BY;
use flow::ports::List;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::bodies::{JO, comment, feed};
use support::eventually;
use support::world::{World, config_with_windows};

use crate::told::person;

/// How many people ask in the same second.
const ASKED: u32 = 500;
/// The window of who leads, and that of managers.
const WINDOWS: [(&str, i64); 2] = [("kim", 4), ("ash", 8)];
/// The local stack needs a while for so many.
const WITHIN: Duration = Duration::from_mins(4);

/// Of which conversations each mail tells whom.
async fn told(world: &World) -> Vec<(String, BTreeSet<String>)> {
    let mails = world.items("mail").await.into_iter();
    let told = mails.map(|mail| {
        let notices: Vec<_> =
            mail["notices"].as_l().unwrap().iter().map(|notice| notice.as_m().unwrap()).collect();
        let conversations = notices.iter().map(|notice| notice["conversation"].as_s().unwrap().clone());
        (notices[0]["person"].as_s().unwrap().clone(), conversations.collect())
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_who_wait_each_manager_hears_in_one_mail_a_window() {
    let steps = [r#"{ at = "due", to = ["lead", "manager"] }"#];
    let windows = WINDOWS.map(|(_, window)| format!("{window}s"));
    let world = World::start(&config_with_windows("20s", &steps, [&windows[0], &windows[1]])).await;
    let asked_at = Timestamp::from_second(now().as_second()).unwrap();
    let asked: Vec<Value> =
        (1..=ASKED).map(|number| comment(number, JO, &format!("Question {number}"), asked_at)).collect();
    assert_eq!(world.deliver(&feed(&asked)).await, 200);

    let all = async || {
        // A look reads the whole table: too many would hold up what they look for.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let told = told(&world).await;
        let of = |name: &str| {
            let theirs = told.iter().filter(|(person, _)| person == name);
            theirs.flat_map(|(_, conversations)| conversations).collect::<BTreeSet<_>>().len()
        };
        let is_all = WINDOWS.iter().all(|(person, _)| of(person) == ASKED as usize);
        is_all.then_some(told)
    };
    let told = eventually(WITHIN, "everybody is told of everybody", all).await;
    let out = async || world.todo(List::Out).await.is_empty().then_some(());
    eventually(WITHIN, "nothing is left to send", out).await;

    let mails = world.mails();
    assert_eq!(mails.len(), told.len(), "every mail left once");
    for (name, window) in WINDOWS {
        let mut left: Vec<Timestamp> = mails
            .iter()
            .filter(|mail| person(mail) == name)
            .map(|mail| mail.sent_at.parse().unwrap())
            .collect();
        left.sort_unstable();
        let gaps: Vec<SignedDuration> = left.windows(2).map(|two| two[1].duration_since(two[0])).collect();
        eprintln!("{name}: {} mails about {ASKED}, {gaps:?} apart", left.len());
        // The mailbox notes when a mail came, the window counts from when it was seen to have left.
        let least = SignedDuration::from_secs(window) - SignedDuration::from_millis(500);
        // What was known for two minutes when a mail had no room for it need not wait for the next window.
        let early = left.iter().filter(|at| at.duration_since(asked_at) < KNOWN_BY).count();
        assert!(gaps.iter().take(early.max(1) - 1).all(|gap| *gap >= least), "{name}: {gaps:?} apart");
        let lasted = left[left.len() - 1].duration_since(left[0]).as_secs();
        let windows = usize::try_from(lasted / window).unwrap() + 1;
        assert!(left.len() <= windows, "{name} got {} mails in {windows} windows", left.len());
    }
    assert_eq!(world.dead_letters(), 0);
    world.stop().await;
}
