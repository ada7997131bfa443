//! `heard demo`: a story of signed webhooks, told by the real functions in real time.

mod story;
mod timeline;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cloud::Cloud;
use cloud::settings::Terms;
use domain::id::{BrandId, ConversationId, TurnId};
use domain::platform::Voices;
use flow::ports::Table;
use flow::secrets::Secrets;
use heard::local::{Options, Stack};
use heard::{files, http};
use jiff::Timestamp;
use tokio::time::{Instant, sleep, sleep_until};

use super::{input, local, table};
use story::{Act, Deed, MAILS, Mails};
use timeline::{Entry, Timeline};

/// Show the whole way in 50 seconds: webhooks come in, deadlines run, mails go out, answers stop them
///
/// Builds the functions, starts the local stack on a free port and plays four customers on four platforms and a
/// brand that answers three of them in time. Mailbox and table stay up until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard demo            and then look at the mailbox, at the address it prints
  heard demo --once --json")]
pub(crate) struct Args {
    /// End after the story instead of leaving the mailbox up
    #[arg(long)]
    once: bool,
    /// Print one JSON object a line: {at, what: event|deadline|mail|answer, …}
    #[arg(long)]
    json: bool,
}

/// What the demo looks at so often.
const GLANCE: Duration = Duration::from_millis(100);
/// How long the last answer, and what it leads to, may take to be seen.
const LAST_LOOK: Duration = Duration::from_secs(15);

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let template = files::template();
    let functions = local::built(template.clone()).await?;
    let secrets = files::EXAMPLE_SECRETS.to_owned();
    let options = Options { template, functions, secrets, quiet: true, ..Options::default() };
    let stack = Stack::start(options).await?;
    let cloud = table::of(&stack).await?;
    cloud.push(files::DEMO_CONFIG, Terms::default()).await?;
    eprintln!("mailbox: {}/mailbox", stack.url());

    // The platform's times are whole seconds: begun on one, the story reads without fractions.
    sleep(Duration::from_millis(1000 - input::now().as_millisecond().rem_euclid(1000).unsigned_abs())).await;
    let told = Show::new(&stack, &cloud, args.json)?.play().await;
    let code = match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in stack.logs().lines() {
                eprintln!("{line}");
            }
            return Err(error.context("the story went differently"));
        }
    };
    if !args.once {
        eprintln!("the mailbox stays at {}/mailbox until Ctrl-C", stack.url());
        tokio::signal::ctrl_c().await?;
    }
    stack.stop().await;
    Ok(code)
}

/// One person of the story who waits.
struct Customer {
    name: &'static str,
    conversation: ConversationId,
    turn: TurnId,
    asked_at: Timestamp,
    due: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    is_done: bool,
    mails: Mails,
}

struct Show<'a> {
    stack: &'a Stack,
    cloud: &'a Cloud,
    timeline: Timeline,
    secrets: Secrets,
    customers: BTreeMap<&'static str, Customer>,
    mails_seen: usize,
}

impl<'a> Show<'a> {
    fn new(stack: &'a Stack, cloud: &'a Cloud, json: bool) -> Result<Show<'a>> {
        let secrets = Secrets::parse(files::EXAMPLE_SECRETS)?;
        let begin = Timestamp::from_second(input::now().as_second()).map_err(anyhow::Error::msg)?;
        Ok(Show {
            stack,
            cloud,
            timeline: Timeline::new(json, begin),
            secrets,
            customers: BTreeMap::new(),
            mails_seen: 0,
        })
    }

    /// Plays all acts and watches what the functions make of them.
    async fn play(mut self) -> Result<()> {
        let begin = Instant::now();
        for act in story::acts() {
            let until = begin + act.after;
            while Instant::now() + GLANCE < until {
                self.look().await?;
                sleep(GLANCE).await;
            }
            sleep_until(until).await;
            self.perform(&act).await?;
        }
        let last = Instant::now() + LAST_LOOK;
        while !self.is_over() && Instant::now() < last {
            self.look().await?;
            sleep(GLANCE).await;
        }
        if self.customers.values().any(|customer| !customer.is_done) {
            bail!("an answer was not seen within {} s", LAST_LOOK.as_secs());
        }
        self.end()
    }

    async fn perform(&mut self, act: &Act) -> Result<()> {
        let now = input::now();
        let body = (act.body)(now);
        let signature = act.signature(&self.secrets, &body, now)?;
        let headers: Vec<_> = signature.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let url = format!("{}/hook/{}", self.stack.url(), act.protocol.platform());
        let answer = http::post(&url, &headers, body.clone()).await?;
        if answer.status != 200 {
            bail!("the webhook answered {}", answer.status);
        }
        let parsed = act.protocol.parse(body.as_bytes(), None, now, &Voices::default())?;
        let event = parsed.events().next().context("an act of the story is an event")?;
        let text = event.text.clone().unwrap_or_default();
        match act.deed {
            Deed::Asks => {
                let conversation = event.conversations(&BrandId::from("acme"), self.secrets.key()).remove(0);
                let customer = Customer {
                    name: act.who,
                    conversation,
                    turn: TurnId::of(&event.object),
                    asked_at: event.occurred_at,
                    due: None,
                    answered_at: None,
                    is_done: false,
                    mails: Mails::default(),
                };
                self.customers.insert(act.who, customer);
                self.timeline.tell(now, &Entry::CameIn { who: act.who, how: act.how, text: &text })
            }
            Deed::AsksAgain => self.timeline.tell(now, &Entry::Repeated { who: act.who, how: act.how }),
            Deed::IsAnswered => {
                if let Some(customer) = self.customers.get_mut(act.who) {
                    customer.answered_at = Some(event.occurred_at);
                }
                self.timeline.tell(now, &Entry::Replied { to: act.who, how: act.how, text: &text })
            }
        }
    }

    /// Tells what changed since the last look: heads in the table, mails in the mailbox.
    async fn look(&mut self) -> Result<()> {
        for customer in self.customers.values_mut().filter(|customer| !customer.is_done) {
            let head = self.cloud.head(&customer.conversation).await?.head;
            let open = head.and_then(|head| head.open.into_iter().find(|open| open.turn == customer.turn));
            match (open, customer.due, customer.answered_at) {
                (Some(open), None, _) => {
                    customer.due = Some(open.due);
                    let entry = Entry::Deadline { who: customer.name, due: open.due };
                    self.timeline.tell(input::now(), &entry)?;
                }
                (None, Some(due), Some(answered_at)) => {
                    customer.is_done = true;
                    let entry = Entry::Stopped {
                        who: customer.name,
                        waited: answered_at.duration_since(customer.asked_at),
                        spare: due.duration_since(answered_at),
                        mails: customer.mails.steps,
                    };
                    self.timeline.tell(input::now(), &entry)?;
                }
                _ => {}
            }
        }
        let mails = self.stack.mails()?;
        for mail in &mails[self.mails_seen..] {
            let about = self.customers.values_mut().find(|customer| mail.subject.contains(customer.name));
            let about = about.context("a mail is about one of the customers")?;
            let (to, subject, who) = (mail.to.as_str(), mail.subject.as_str(), about.name);
            let entry = match mail.headers.get("X-Purpose").map(String::as_str) {
                Some("step") => {
                    about.mails.steps += 1;
                    Entry::Mailed { to, subject, who }
                }
                // Said once it is said that somebody was answered.
                Some("clear") if !about.is_done => break,
                Some("clear") => {
                    about.mails.clears += 1;
                    Entry::Cleared { to, subject, who }
                }
                other => bail!("nobody expects a mail to {to} for {other:?}"),
            };
            let sent_at = mail.sent_at.parse().map_err(anyhow::Error::msg)?;
            self.timeline.tell(sent_at, &entry)?;
            self.mails_seen += 1;
        }
        Ok(())
    }

    fn mails(&self, who: &str) -> Mails {
        self.customers.get(who).map_or(Mails::default(), |customer| customer.mails)
    }

    /// Whether everybody was answered, and everybody knows who has to.
    fn is_over(&self) -> bool {
        self.customers.values().all(|customer| customer.is_done)
            && MAILS.iter().all(|(who, mails)| self.mails(who) == *mails)
    }

    /// Holds what happened against what the ladder says must happen.
    fn end(self) -> Result<()> {
        for (who, expected) in MAILS {
            let Mails { steps, clears } = self.mails(who);
            if (Mails { steps, clears }) != expected {
                bail!(
                    "{who}: {} mails and {} all clears should have gone out, {steps} and {clears} did",
                    expected.steps,
                    expected.clears
                );
            }
        }
        self.timeline.end(self.customers.len(), self.mails_seen)
    }
}
