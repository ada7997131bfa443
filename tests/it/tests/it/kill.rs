//! `kill -9` of `check` and of `mail`, before and after every AWS call they make: a story, told in a stack of
//! its own for each kill, ends with the mails of an undisturbed run.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use cloud::start::now;
use domain::decide::Listing;
use domain::id::{ConversationId, Platform, digest};
use flow::ports::{Errand, List, Table};
use futures_util::stream::{self, StreamExt};
use heard::local::{Call, Kill, Killing};
use support::bodies::{JO, comment, feed};
use support::eventually;
use support::world::{LEAD_WHEN_DUE, World, config};
use support::x::{self, ACME, posts};

use crate::told::{REMINDED, person};
use crate::x::{ANSWER, answer, question};

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

/// One run of a story.
#[derive(Clone, Copy)]
struct Case {
    function: &'static str,
    armed: Armed,
    nth: usize,
    kill: Kill,
}

/// From when on in a story the function may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Armed {
    /// From the start.
    AtOnce,
    /// When the question is known and checked, so that what the stream brings is over and the queue's turn is.
    Checked,
    /// When the answer is known and checked.
    Answered,
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

/// A stack in which a story is told, and what happens to its functions meanwhile.
struct Stage {
    world: World,
    case: Option<Case>,
    killing: OnceCell<Killing>,
}

impl Stage {
    async fn open(case: Option<Case>, config: &str) -> Stage {
        let world = World::start(config).await;
        for queue in ["ChecksQueue", "MailsQueue"] {
            world.set_visibility(queue, VISIBILITY).await;
        }
        let stage = Stage { world, case, killing: OnceCell::new() };
        stage.reached(Armed::AtOnce);
        stage
    }

    /// Plans the kill, if the case waits for this point of the story.
    fn reached(&self, point: Armed) {
        if let Some(case) = self.case.filter(|case| case.armed == point) {
            let planned = self.world.stack.kill(case.function, case.nth, case.kill);
            assert!(self.killing.set(planned).is_ok(), "{point:?} is reached once");
        }
    }

    /// Says what happened. Written when it is read: by then it is known where the function was killed.
    fn happened(&self) -> impl fmt::Display {
        fmt::from_fn(|f| match (self.case, self.killing.get().and_then(Killing::hit)) {
            (Some(case), Some(calls)) => write!(f, "{case} of {}", operations(calls)),
            (Some(case), None) => write!(f, "{case}, which it has not made"),
            (None, _) => f.write_str("nobody killed"),
        })
    }

    /// Waits for something that comes whatever happens.
    async fn eventually<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        eventually(AT_LAST, format_args!("{what}; {}", self.happened()), look).await
    }

    /// Waits until `count` wait in the conversation.
    async fn waiting(&self, conversation: &ConversationId, count: usize) {
        let waiting = async || (self.world.head(conversation).await?.open.len() == count).then_some(());
        self.eventually(&format!("{count} wait"), waiting).await;
    }

    /// Waits until there are `count` notices, and all of them are sent.
    async fn told(&self, conversation: &ConversationId, count: usize) {
        let told = async || {
            // The mailbox costs nothing to look at, the table a call.
            if self.world.mails().len() < count {
                return None;
            }
            let notices = self.world.facts(conversation).await.notices;
            (notices.len() == count && notices.iter().all(|notice| notice.sent.is_some())).then_some(())
        };
        self.eventually("everybody is told", told).await;
    }

    /// Ends the stack; returns the calls of the invocation that was killed, and the mails.
    async fn close(self) -> (Option<Vec<Call>>, Mails) {
        assert_eq!(self.world.dead_letters(), 0, "{}", self.happened());
        let mut mails = Mails::new();
        for mail in self.world.mails() {
            let told = (person(&mail).to_owned(), mail.headers["X-Step"].clone(), mail.subject);
            *mails.entry(told).or_default() += 1;
        }
        self.world.stop().await;
        (self.killing.get().and_then(Killing::hit).map(<[Call]>::to_vec), mails)
    }
}

/// Asks a question that nobody answers.
async fn unanswered(case: Option<Case>) -> (Option<Vec<Call>>, Mails) {
    let stage = Stage::open(case, &config("3s", &STEPS)).await;
    let conversation = stage.world.say(&feed(&[comment(1, JO, "Where is my parcel?", now())])).await;
    stage.waiting(&conversation, 1).await;
    stage.reached(Armed::Checked);
    stage.told(&conversation, NOTICES).await;
    let is_at_rest = async || stage.world.is_at_rest().await.then_some(());
    stage.eventually("nothing is left to do", is_at_rest).await;
    let due = stage.world.head(&conversation).await.unwrap().open[0].due;
    let left: Vec<_> =
        stage.world.todo(List::Due).await.into_iter().map(|todo| (todo.at, todo.what)).collect();
    assert_eq!(left, [(due + REMINDED, Errand::Check(conversation))], "{}", stage.happened());
    stage.close().await
}

/// In which order a post and its removal are delivered.
#[derive(Clone, Copy)]
enum Order {
    PostFirst,
    RemovalFirst,
}

/// On X, asks a question that is answered by a post that is removed.
///
/// Whatever happens, the question waits again for its old deadline, and the answer is listed.
async fn unsaid(case: Option<Case>, order: Order) -> (Option<Vec<Call>>, Mails) {
    // One step fires before the answer comes, the other long after the story.
    let steps = [r#"{ at = "0s", to = "owner" }"#, LEAD_WHEN_DUE];
    let stage = Stage::open(case, &config("60m", &steps)).await;
    let world = &stage.world;
    let conversation = world.say_x(&question(ACME)).await;
    stage.told(&conversation, 1).await;
    stage.waiting(&conversation, 1).await;
    stage.reached(Armed::Checked);
    let asked = world.head(&conversation).await.unwrap();
    let (said, gone) = (posts(ACME, &[answer(now())]), x::removal(ACME, ANSWER, ACME, now()));
    match order {
        Order::PostFirst => {
            assert_eq!(world.deliver_x(&said).await, 200);
            stage.waiting(&conversation, 0).await;
            stage.reached(Armed::Answered);
            assert_eq!(world.deliver_x(&gone).await, 200);
        }
        Order::RemovalFirst => {
            assert_eq!([world.deliver_x(&gone).await, world.deliver_x(&said).await], [200; 2]);
        }
    }
    let reopened = async || {
        let head = world.head(&conversation).await?;
        let knows_of_both = head.listed == BTreeSet::from([digest(ANSWER)]) && head.open == asked.open;
        (knows_of_both && !world.is_busy()).then_some(head)
    };
    let head = stage.eventually("the question waits again", reopened).await;
    let next_at = head.next_at.filter(|at| *at <= asked.open[0].due);
    assert!(next_at.is_some(), "{:?} is too late; {}", head.next_at, stage.happened());
    let answered = Listing { platform: Platform::X, object: ANSWER.to_owned() };
    let listed = world.cloud.listed(&answered, &head.brand).await.unwrap();
    assert_eq!(listed.conversations, [conversation], "{}", stage.happened());
    stage.close().await
}

/// Kills a function before and after its first, second, third call and so on, until there is no such call.
///
/// Whatever happens, everybody is told what the undisturbed run tells, which is `expected`: person and step.
async fn killed_everywhere(
    function: &'static str,
    armed: Armed,
    at_once: usize,
    expected: &[&str],
    story: impl AsyncFn(Option<Case>) -> (Option<Vec<Call>>, Mails),
) -> Vec<Played> {
    let (_, undisturbed) = story(None).await;
    let told: Vec<_> = undisturbed.keys().map(|(person, step, _)| format!("{person} {step}")).collect();
    assert_eq!(told, expected);
    assert!(undisturbed.values().all(|count| *count == 1), "{undisturbed:?}");
    let play = async |case: Case| {
        let started = Instant::now();
        let (calls, mails) = story(Some(case)).await;
        Some(Played { case, calls: calls?, mails, took: started.elapsed() })
    };
    let sides = [Kill::Before, Kill::After];
    let cases = (1..).flat_map(|nth| sides.map(|kill| Case { function, armed, nth, kill }));
    let mut runs = stream::iter(cases).map(play).buffered(at_once);
    let mut all = Vec::new();
    while let Some(Some(played)) = runs.next().await {
        eprintln!("{played}: {} doubled, {:.1?}", played.doubled(), played.took);
        assert!(played.mails.keys().eq(undisturbed.keys()), "{played}: {:?}", played.mails);
        all.push(played);
    }
    all
}

/// Asserts that each of these operations was among those that were killed.
fn assert_reached(runs: &[Played], operations: &[&str]) {
    for operation in operations {
        let reached =
            runs.iter().any(|played| played.calls.last().is_some_and(|call| call.operation == *operation));
        assert!(reached, "{operation} was never reached");
    }
}

/// Asserts that a function was killed at each call of an invocation that makes these and no others.
fn assert_walked(runs: &[Played], calls: &str) {
    let walked: Vec<_> = runs.iter().map(|played| operations(&played.calls)).collect();
    assert!(walked.iter().any(|walked| walked == calls), "nobody killed at the end of {calls}: {walked:#?}");
}

fn assert_none_doubled(runs: &[Played]) {
    for played in runs {
        assert_eq!(played.doubled(), 0, "{played}");
    }
}

/// Everybody of the unanswered question's ladder.
const EVERYBODY: [&str; NOTICES] = ["dana 0.0.0", "kim 0.1.0", "lee 0.1.0"];

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_fact_comes() {
    let runs = killed_everywhere("CheckFunction", Armed::AtOnce, BUSY, &EVERYBODY, unanswered).await;
    assert_reached(&runs, &["GetItem", "Query", "SendMessageBatch", "PutItem"]);
    assert_none_doubled(&runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_moment_comes() {
    let runs = killed_everywhere("CheckFunction", Armed::Checked, BUSY, &EVERYBODY, unanswered).await;
    assert_reached(&runs, &["GetItem", "Query", "PutItem", "SendMessageBatch"]);
    assert_none_doubled(&runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_an_answer_is_listed() {
    let story = async |case| unsaid(case, Order::PostFirst).await;
    let runs = killed_everywhere("CheckFunction", Armed::Checked, BUSY, &["dana 0.0.0"], story).await;
    // Head and facts, the list and what stands there, the head.
    assert_walked(&runs, "GetItem, Query, PutItem, Query, PutItem");
    assert_none_doubled(&runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_removal_is_spread() {
    let story = async |case| unsaid(case, Order::PostFirst).await;
    let runs = killed_everywhere("CheckFunction", Armed::Answered, BUSY, &["dana 0.0.0"], story).await;
    // What is listed, and the removal into its conversation; then the check of that.
    assert_walked(&runs, "Query, PutItem");
    assert_walked(&runs, "GetItem, Query, PutItem");
    assert_none_doubled(&runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_may_be_killed_at_any_call_when_a_removal_waits_for_its_post() {
    let story = async |case| unsaid(case, Order::RemovalFirst).await;
    let runs = killed_everywhere("CheckFunction", Armed::Checked, BUSY, &["dana 0.0.0"], story).await;
    // Listed, the removal is found and put; decided without it, the check starts again and finds it known.
    let listing = "GetItem, Query, PutItem, Query, PutItem";
    assert_walked(&runs, &format!("{listing}, {listing}, PutItem"));
    assert_none_doubled(&runs);
}

/// The mailer does not know a mail again. Who is killed between handing it over and marking its notice has
/// told somebody and nobody knows: it goes out once more, rather than never. That is after `SendEmail`, and
/// before the `UpdateItem` that follows it.
#[tokio::test(flavor = "multi_thread")]
async fn mail_may_be_killed_at_any_call_and_doubles_only_what_was_cut_from_its_mark() {
    let runs = killed_everywhere("MailFunction", Armed::AtOnce, WAITING, &EVERYBODY, unanswered).await;
    assert_reached(&runs, &["GetItem", "Query", "PutItem", "SendEmail", "UpdateItem"]);
    for played in &runs {
        let allowed = usize::from(played.was_cut());
        assert!(played.doubled() <= allowed, "{played}: {:?}", played.mails);
    }
}
