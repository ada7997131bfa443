//! What is measured: one line per business fact, as `functions/README.md` lists them.

use std::time::Duration;

use cloud::start::now;
use heard::local::Metric;
use support::bodies::{JO, comment, feed};
use support::eventually;
use support::world::{World, config};

use crate::told::mails;

const SOON: Duration = Duration::from_secs(20);

/// A metric on one line.
fn told(metric: &Metric) -> String {
    let Metric { namespace, name, unit, dimensions, count, sum, min, max } = metric;
    let dimensions: Vec<_> = dimensions.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let dimensions = dimensions.join(", ");
    format!("{namespace} {name} in {unit} by {dimensions}: {count} times, {sum} in all, {min} to {max}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_counted_fact_by_fact() {
    let steps = [r#"{ at = "1s", to = "owner" }"#, r#"{ at = "due", to = ["lead", "backup"] }"#];
    let world = World::start(&config("2s", &steps)).await;
    let body = feed(&[comment(1, JO, "Where is my parcel?", now())]);
    world.say(&body).await;
    world.say(&body).await;
    mails(&world, 3, SOON).await;
    // A line is printed behind what it counts.
    eventually(SOON, "the last line", async || (world.metric("MailSent") >= 3).then_some(())).await;

    let all = world.stack.metrics();
    let of_platform = "Brand acme, Platform facebook";
    // name, dimensions, how often
    let table =
        [("EventStored", of_platform, 1), ("NoticeClaimed", "Brand acme", 3), ("MailSent", "Brand acme", 3)];
    for (name, dimensions, count) in table {
        let found: Vec<_> = all.iter().filter(|metric| metric.name == name).map(told).collect();
        let expected =
            format!("Heard {name} in Count by {dimensions}: {count} times, {count} in all, 1 to 1");
        assert_eq!(found, [expected], "{name}");
    }
    let overdue = all.iter().find(|metric| metric.name == "OldestOverdue").unwrap();
    assert_eq!((overdue.unit.as_str(), overdue.dimensions.len()), ("Milliseconds", 0));
    assert!(!world.logged("a metric is lost"), "every line is in the format");
    world.stop().await;
}
