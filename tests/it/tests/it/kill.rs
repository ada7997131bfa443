//! `kill -9` of `check` and of `mail`, before and after every AWS call they make: one story, told in a stack of
//! its own for each kill, ends with the mails of an undisturbed run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use cloud::start::now;
use futures_util::stream::{self, StreamExt};
use heard::local::{Call, Kill, Killing};
use support::bodies::{JO, comment, feed};
use support::eventually;
use support::world::{World, config};

use crate::told::person;

/// A crash leaves its lease to `mail` for 25 seconds, and its message hidden; a busy machine needs longer.
const AT_LAST: Duration = Duration::from_secs(100);
/// What a crash left unfinished comes back after this time instead of the template's half minute.
const VISIBILITY: Duration = Duration::from_secs(3);
/// Stories told at the same time: one that waits for a lease does nothing else for most of its time.
const WAITING: usize = 8;
/// And those that are soon over.
const BUSY: usize = 2;

/// Two steps, the second to two people, and nothing after that.
const STEPS: [&str; 2] = [r#"{ at = "2s", to = "owner" }"#, r#"{ at = "due", to = ["lead", "backup"] }"#];
/// A notice for each person of each step.
const NOTICES: usize = 3;

/// A mail as its reader tells it from others: person, step, subject.
type Told = (String, String, String);

/// How often each mail went out.
type Mails = BTreeMap<Told, usize>;

/// One run of the story.
#[derive(Clone, Copy)]
struct Case {
    function: &'static str,
    /// What the kill waits for.
    armed: Armed,
    nth: usize,
    kill: Kill,
}

/// From when on the function may be killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Armed {
    /// From the start.
    AtOnce,
    /// When the question is known and checked, so that what the stream brings is over and the queue's turn is.
    Checked,
}

/// What came of it.
struct Played {
    case: Case,
    /// The calls of the invocation that was killed at the last of them.
    calls: Vec<Call>,
    mails: Mails,
    took: Duration,
}

impl Played {
    /// The calls that were carried out before the end.
    fn done(&self) -> impl Iterator<Item = &str> {
        let lost = usize::from(self.case.kill == Kill::Before);
        self.calls[..self.calls.len() - lost].iter().map(|call| call.operation.as_str())
    }

    /// Whether the mailer had taken a mail whose notice was not marked yet.
    fn was_cut(&self) -> bool {
        let after_sending: Vec<_> = self.done().skip_while(|operation| *operation != "SendEmail").collect();
        !after_sending.is_empty() && !after_sending.contains(&"UpdateItem")
    }

    fn doubled(&self) -> usize {
        self.mails.values().map(|count| count - 1).sum()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.kill == Kill::Before { "before" } else { "after" };
        write!(f, "{} killed {side} call {}", self.function, self.nth)
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.case, operations(&self.calls))
    }
}

fn operations(calls: &[Call]) -> String {
    let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    operations.join(", ")
}

/// Asks a question that nobody answers, and waits until everybody is told and nothing is left to do.
async fn story(case: Option<Case>) -> (Option<Killing>, Mails) {
    let world = World::start(&config("3s", &STEPS)).await;
    for queue in ["ChecksQueue", "MailsQueue"] {
        world.set_visibility(queue, VISIBILITY).await;
    }
    let plan = |case: Case| world.stack.kill(case.function, case.nth, case.kill);
    let mut killing = case.filter(|case| case.armed == Armed::AtOnce).map(plan);
    let conversation = world.say(&feed(&[comment(1, JO, "Where is my parcel?", now())])).await;
    if killing.is_none() {
        let checked = async || world.head(&conversation).await.filter(|head| head.open.len() == 1);
        eventually(AT_LAST, "the question is checked", checked).await;
        killing = case.map(plan);
    }
    let over = async || {
        // The mailbox costs nothing to look at, the table a dozen calls.
        if world.mails().len() < NOTICES || world.is_busy() {
            return None;
        }
        let notices = world.facts(&conversation).await.notices;
        let is_told = notices.len() == NOTICES && notices.iter().all(|notice| notice.sent.is_some());
        (is_told && world.is_at_rest().await).then_some(())
    };
    // Written when it is read: by then it is known where the function was killed.
    let happened = fmt::from_fn(|f| match (case, killing.as_ref().and_then(Killing::hit)) {
        (Some(case), Some(calls)) => write!(f, "{case} of {}", operations(calls)),
        (Some(case), None) => write!(f, "{case}, which it has not made"),
        (None, _) => f.write_str("nobody killed"),
    });
    eventually(AT_LAST, format_args!("everybody is told; {happened}"), over).await;
    assert_eq!(world.dead_letters(), 0, "{happened}");
    let mut mails = Mails::new();
    for mail in world.mails() {
        let told = (person(&mail).to_owned(), mail.headers["X-Step"].clone(), mail.subject);
        *mails.entry(told).or_default() += 1;
    }
    world.stop().await;
    (killing, mails)
}

/// The mails of a run in which nothing happens to anybody.
async fn undisturbed() -> Mails {
    let (_, mails) = story(None).await;
    let told: Vec<_> = mails.keys().map(|(person, step, _)| format!("{person} {step}")).collect();
    assert_eq!(told, ["dana 0.0.0", "kim 0.1.0", "lee 0.1.0"]);
    assert!(mails.values().all(|count| *count == 1), "{mails:?}");
    mails
}

/// Kills a function before and after its first, second, third call and so on, until there is no such call.
///
/// Whatever happens, everybody is told what the undisturbed run tells, in mails `expected` of it.
async fn killed_everywhere(function: &'static str, armed: Armed, at_once: usize) -> Vec<Played> {
    let expected = undisturbed().await;
    let play = async |case: Case| {
        let started = Instant::now();
        let (killing, mails) = story(Some(case)).await;
        let calls = killing.as_ref().and_then(Killing::hit)?.to_vec();
        Some(Played { case, calls, mails, took: started.elapsed() })
    };
    let sides = [Kill::Before, Kill::After];
    let cases = (1..).flat_map(|nth| sides.map(|kill| Case { function, armed, nth, kill }));
    let mut runs = stream::iter(cases).map(play).buffered(at_once);
    let mut all = Vec::new();
    while let Some(Some(played)) = runs.next().await {
        eprintln!("{played}: {} doubled, {:.1?}", played.doubled(), played.took);
        assert!(played.mails.keys().eq(expected.keys()), "{played}: {:?}", played.mails);
        all.push(played);
    }
    all
}

/// Asserts that the operation was among those that were killed.
fn assert_reached(runs: &[Played], operation: &str) {
    let reached =
        runs.iter().any(|played| played.calls.last().is_some_and(|call| call.operation == operation));
    assert!(reached, "{operation} was never reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_fact_comes() {
    let runs = killed_everywhere("CheckFunction", Armed::AtOnce, BUSY).await;
    for operation in ["GetItem", "Query", "SendMessageBatch", "PutItem"] {
        assert_reached(&runs, operation);
    }
    for played in &runs {
        assert_eq!(played.doubled(), 0, "{played}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_moment_comes() {
    let runs = killed_everywhere("CheckFunction", Armed::Checked, BUSY).await;
    for operation in ["GetItem", "Query", "PutItem", "SendMessageBatch"] {
        assert_reached(&runs, operation);
    }
    for played in &runs {
        assert_eq!(played.doubled(), 0, "{played}");
    }
}

/// The mailer does not know a mail again. Who is killed between handing it over and marking its notice has
/// told somebody and nobody knows: it goes out once more, rather than never. That is after `SendEmail`, and
/// before the `UpdateItem` that follows it.
#[tokio::test(flavor = "multi_thread")]
async fn mail_may_be_killed_at_any_call_and_doubles_only_what_was_cut_from_its_mark() {
    let runs = killed_everywhere("MailFunction", Armed::AtOnce, WAITING).await;
    for operation in ["GetItem", "Query", "PutItem", "SendEmail", "UpdateItem"] {
        assert_reached(&runs, operation);
    }
    for played in &runs {
        let allowed = usize::from(played.was_cut());
        assert!(played.doubled() <= allowed, "{played}: {:?}", played.mails);
    }
}
