//! A service that fails for half a minute: nobody's question is lost, and nobody is told of it later than the
//! fault and the design allow.

use std::fmt;
use std::time::Duration;

use cloud::start::now;
use flow::ports::List;
use futures_util::future::join_all;
use heard::local::{Fault, Mail, Matching};
use jiff::{SignedDuration, Timestamp};
use support::bodies::{JO, comment, feed};
use support::world::{World, config};
use support::{eventually, until};

use crate::told::{REMINDED, delay, person};

const FAULT: Duration = Duration::from_secs(30);
/// What the design promises after any single fault.
const PROMISED: SignedDuration = SignedDuration::from_secs(150);
/// Steps, their people, and seconds from the question. The first is far enough from the question's first check
/// that the fault begins between the two. The target is longer than the fault: of a question that is over due
/// when it arrives, only the first step is told at once, the others a quarter of an hour later.
const STEPS: [(&str, &str, i64); 3] = [
    (r#"{ at = "4s", to = "owner" }"#, "dana", 4),
    (r#"{ at = "8s", to = "backup" }"#, "lee", 8),
    (r#"{ at = "due", to = "lead" }"#, "kim", 40),
];
const TARGET: &str = "40s";
/// When questions are asked, in seconds from the beginning of the fault; one more is asked before it.
const DURING: [i64; 3] = [3, 12, 24];
/// A platform repeats what was not taken; ours is quicker than any.
const REPEATED: Duration = Duration::from_secs(2);

/// One customer's question, known by its text.
struct Question {
    number: u32,
    asked_at: Timestamp,
}

impl Question {
    fn new(number: u32) -> Question {
        // Facebook writes whole seconds.
        Question { number, asked_at: Timestamp::from_second(now().as_second()).unwrap() }
    }

    fn body(&self) -> String {
        feed(&[comment(self.number, JO, &self.text(), self.asked_at)])
    }

    fn text(&self) -> String {
        format!("Where is parcel number {}?", self.number)
    }

    /// Delivers it until it is taken; returns how often it was not.
    async fn deliver(&self, world: &World) -> u32 {
        let mut refused = 0;
        loop {
            match world.deliver(&self.body()).await {
                200 => return refused,
                500 => refused += 1,
                other => panic!("{self} was answered {other}"),
            }
            tokio::time::sleep(REPEATED).await;
        }
    }

    /// The mails about it to a person.
    fn mails<'a>(&self, mails: &'a [Mail], to: &str) -> Vec<&'a Mail> {
        let about = mails.iter().filter(|mail| mail.text.contains(&self.text()));
        about.filter(|mail| person(mail) == to).collect()
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "question {}", self.number)
    }
}

/// Asks before and during a fault, and asserts that everybody is told once of everything, in time.
///
/// Returns how often a delivery was refused, so that the platform had to repeat it.
async fn weather(service: &str, fault: Fault) -> u32 {
    let world = World::start(&config(TARGET, &STEPS.map(|(step, ..)| step))).await;
    let before = Question::new(1);
    let conversation = world.say(&before.body()).await;
    let checked = async || world.head(&conversation).await.filter(|head| !head.open.is_empty());
    eventually(FAULT, "the first question is checked", checked).await;

    let began = now();
    let outage = world.stack.outage(Matching::service(service), fault, FAULT);
    let ask = async |(number, second)| {
        until(began + SignedDuration::from_secs(second)).await;
        let question = Question::new(number);
        let refused = question.deliver(&world).await;
        (question, refused)
    };
    let asked = join_all((2..).zip(DURING).map(ask)).await;
    until(began + SignedDuration::try_from(FAULT).unwrap()).await;
    assert!(outage.hits() > 0, "{service} failed for nobody");

    let refused = asked.iter().map(|(_, refused)| refused).sum();
    let questions: Vec<_> = asked.into_iter().map(|(question, _)| question).chain([before]).collect();
    let count = questions.len() * STEPS.len();
    let over = async || {
        let is_over = world.mails().len() >= count && !world.is_busy() && world.is_at_rest().await;
        is_over.then_some(())
    };
    let within = FAULT + Duration::try_from(PROMISED).unwrap();
    eventually(within, format_args!("{count} mails in spite of {service}"), over).await;
    // Nobody answered: each question has its reminder of the next day before it, and nothing else.
    let mut left: Vec<_> = world.todo(List::Due).await.into_iter().map(|todo| todo.at).collect();
    let last = SignedDuration::from_secs(STEPS[STEPS.len() - 1].2);
    let mut reminders: Vec<_> =
        questions.iter().map(|question| question.asked_at + last + REMINDED).collect();
    left.sort_unstable();
    reminders.sort_unstable();
    assert_eq!(left, reminders, "{service}");

    let mails = world.mails();
    let mut latest = SignedDuration::ZERO;
    for question in &questions {
        for (_, to, second) in STEPS {
            let about = question.mails(&mails, to);
            assert_eq!(about.len(), 1, "{service}: {question} to {to}");
            let late = delay(about[0], question.asked_at + SignedDuration::from_secs(second));
            eprintln!("{service}: {question} told to {to} {} ms after its moment", late.as_millis());
            assert!(!late.is_negative(), "{service}: {question} to {to}, {late:?}");
            latest = latest.max(late);
        }
    }
    assert_eq!(mails.len(), count, "{service}");
    assert!(latest <= PROMISED + SignedDuration::try_from(FAULT).unwrap(), "{service}: {latest:?}");
    eprintln!("{service}: {} calls failed, latest mail {} ms late", outage.hits(), latest.as_millis());
    assert_eq!(world.dead_letters(), 0, "{service}");
    world.stop().await;
    refused
}

/// Side by side: each is a stack of its own, and waits for most of its time.
#[tokio::test(flavor = "multi_thread")]
async fn of_services_that_fail_for_half_a_minute_none_loses_or_delays_more_than_is_promised() {
    let (by_table, by_queues, by_mailer) = tokio::join!(
        weather("dynamodb", Fault::Throttle),
        weather("sqs", Fault::ServerError),
        weather("ses", Fault::Throttle),
    );
    assert!(by_table > 0, "what cannot be stored is not taken");
    assert_eq!((by_queues, by_mailer), (0, 0), "a webhook needs neither queues nor mailer");
}
