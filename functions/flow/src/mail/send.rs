//! The mails themselves: written from what was read, sent, and marked.

use domain::decide::{Telling, tellings};
use domain::fact::{Notice, NoticeKey, Purpose, Reason, Sent};
use domain::history::Turn;
use domain::id::{ConversationId, PersonId, digest};
use domain::mail::{Bundle, Letter, Pace};
use domain::pace::Pacing;
use domain::policy::{Person, Webhook};
use domain::run::{Run, run};
use domain::versions::Configs;
use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use super::case::{Loaded, forget};
use super::{AT_ONCE, goes_alone, hook, put_off, put_off_each};
use crate::caught::{caught, unless_panicked};
use crate::feedback;
use crate::message::{Check, Tell};
use crate::ports::{
    About, Clock, Fault, Hooks, Mailer, Metric, PersonState, Queues, Settings, Table, Telemetry, Unsent,
    Vault, Wait, chain,
};

/// While nobody is to be told, a notice is looked at again after this time at the latest: what stops a ladder
/// may end sooner than was planned.
const HELD: SignedDuration = SignedDuration::from_mins(5);

/// One person's mails of one run of the function.
pub(super) struct Errand<'a> {
    pub(super) tell: &'a Tell,
    pub(super) pacing: &'a Pacing,
}

/// A turn that the person is told of.
struct Case<'a> {
    conversation: &'a ConversationId,
    turn: &'a Turn,
    turns: &'a [Turn],
    run: Run<'a>,
    notices: Vec<Notice>,
    told: Vec<&'a Notice>,
    person: &'a Person,
}

impl Errand<'_> {
    /// Sends what is still true of what was read: each severe turn by itself, everything else in one mail.
    pub(super) async fn run<W>(
        &self,
        world: &W,
        loaded: &[Loaded],
        ours: &mut PersonState,
    ) -> Result<(), Fault>
    where
        W: Clock + Hooks + Mailer + Queues + Settings + Table + Telemetry + Vault,
    {
        let mut failed = None;
        let mut posts: Vec<Case<'_>> = Vec::new();
        let mut alone: Vec<Case<'_>> = Vec::new();
        let mut together: Vec<Case<'_>> = Vec::new();
        for one in loaded {
            let doing = format!("telling of {}", one.conversation);
            match caught(doing, Box::pin(self.cases(world, one, ours))).await {
                Ok(cases) => {
                    for case in cases {
                        let is_alone = !self.pacing.joins() || case.notices.iter().any(goes_alone);
                        match case.webhook() {
                            Some(_) => posts.push(case),
                            None if is_alone => alone.push(case),
                            None => together.push(case),
                        }
                    }
                }
                Err(fault) => failed = Some(fault),
            }
        }
        for case in &posts {
            let Some(webhook) = case.webhook() else { continue };
            let letter = case.letter(world.now());
            let posted = hook::send(world, self.tell, &letter, webhook, ours);
            let doing = format!("posting of {}", case.conversation);
            failed = caught(doing, Box::pin(posted)).await.err().or(failed);
        }
        for case in &alone {
            failed = self.send(world, std::slice::from_ref(case), ours).await.err().or(failed);
        }
        together.sort_by_key(|case| case.turn.start());
        match self.all_wait(&together, ours, world.now()) {
            // What they were to go along with is not told now.
            Some(waiting) => failed = put_off_each(world, self.tell, waiting).await.err().or(failed),
            None if together.is_empty() => {}
            None => failed = self.send(world, &together, ours).await.err().or(failed),
        }
        failed.map_or(Ok(()), Err)
    }

    /// Returns until when each notice waits for the window, if all of them do.
    fn all_wait(
        &self,
        cases: &[Case<'_>],
        ours: &PersonState,
        now: Timestamp,
    ) -> Option<Vec<(Notice, Timestamp)>> {
        let until = |notice: &Notice| self.pacing.waits_until(notice, &ours.mails, now);
        let notices = cases.iter().flat_map(|case| &case.notices);
        let waiting: Option<Vec<(Notice, Timestamp)>> =
            notices.map(|notice| Some((notice.clone(), until(notice)?))).collect();
        waiting.filter(|waiting| !waiting.is_empty())
    }

    /// Returns what there is to tell of a conversation; drops what is no longer true, and puts off what nobody is to
    /// be told of now.
    async fn cases<'l, W>(
        &self,
        world: &W,
        loaded: &'l Loaded,
        ours: &PersonState,
    ) -> Result<Vec<Case<'l>>, Fault>
    where
        W: Clock + Queues + Settings + Table + Telemetry,
    {
        let Loaded { conversation, facts, history, notices, .. } = loaded;
        let now = world.now();
        let (tellings, untold) = tellings(history, facts, notices.clone());
        if facts.unreadable > 0 && !untold.is_empty() {
            // What could not be read may be the very question: nothing is given up.
            let source = "some of its facts are unreadable".into();
            return Err(Fault { doing: format!("telling of {conversation}"), is_transient: false, source });
        }
        for (notice, reason) in untold {
            forget(world, &notice, now, reason).await?;
        }
        let mut cases = Vec::new();
        for telling in tellings {
            cases.extend(self.case(world, loaded, telling, ours).await?);
        }
        Ok(cases)
    }

    async fn case<'l, W>(
        &self,
        world: &W,
        loaded: &'l Loaded,
        telling: Telling<'l>,
        ours: &PersonState,
    ) -> Result<Option<Case<'l>>, Fault>
    where
        W: Clock + Queues + Settings + Table + Telemetry,
    {
        let Loaded { conversation, history, configs, .. } = loaded;
        let Telling { turn, notices, told } = telling;
        let now = world.now();
        let Notice { brand, config_version, .. } = &notices[0];
        let person = find(configs, *config_version, &self.tell.person);
        let (Some(run), Some(person)) = (run(turn, brand, configs, now), person) else {
            // Neither today's configuration nor the turn's own knows them: there is no address.
            tracing::error!(%conversation, %brand, "brand or person is in no configuration; notice dropped");
            world.count(Metric::NobodyReachable, About::brand(brand));
            for notice in &notices {
                forget(world, notice, now, Reason::Gone).await?;
            }
            // The step told nobody: the next check fires it again, for whoever is there now. It must not go by an
            // older configuration than we do: it would choose the same person, again and again.
            let pushed_at = configs.pushes.last().map(|push| push.pushed_at);
            let again = Check { pushed_at, ..Check::at(conversation.clone(), Some(brand.clone()), now) };
            world.send_checks(&[(again, now)]).await?;
            return Ok(None);
        };
        let held_until = run.held_until(now);
        let waits = |notice: &Notice| held_until.is_some() && notice.key.purpose == Purpose::Step;
        let (waiting, notices): (Vec<Notice>, Vec<Notice>) = notices.into_iter().partition(waits);
        if let Some(until) = held_until {
            // Somebody has it, or has put it off: what was claimed before waits with the ladder, even if there is
            // something to say that does not.
            put_off(world, self.tell, &waiting, until.min(now + HELD)).await?;
        }
        if notices.is_empty() {
            return Ok(None);
        }
        let is_mail = person.webhook_for(notices[0].key.channel).is_none();
        if let Some(known) = feedback::known(ours, person).filter(|_| is_mail) {
            feedback::give_up(world, &notices, known).await?;
            return Ok(None);
        }
        let turns = &history.turns;
        Ok(Some(Case { conversation, turn, turns, run, notices, told, person }))
    }

    /// Sends one mail of all the cases; if that cannot be written, one of each.
    async fn send<W>(&self, world: &W, cases: &[Case<'_>], ours: &mut PersonState) -> Result<(), Fault>
    where
        W: Clock + Mailer + Queues + Table + Telemetry,
    {
        let now = world.now();
        let letters: Vec<Letter<'_>> = cases.iter().map(|case| case.letter(now)).collect();
        let bundle = Bundle { letters: &letters, pace: self.pace(cases, ours, now) };
        match unless_panicked(|| bundle.write()) {
            Ok(mail) => self.send_mail(world, &mail, cases, ours).await,
            Err(_) if cases.len() > 1 => {
                // Whichever it is that cannot be written must not keep the others back.
                let mut failed = None;
                for case in cases {
                    let one = Box::pin(self.send(world, std::slice::from_ref(case), ours));
                    failed = one.await.err().or(failed);
                }
                failed.map_or(Ok(()), Err)
            }
            Err(panicked) => {
                let doing = format!("writing of {}", cases[0].conversation);
                Err(Fault { doing, is_transient: false, source: Box::new(panicked) })
            }
        }
    }

    /// Returns what the reader is told about when the next mail comes.
    fn pace(&self, cases: &[Case<'_>], ours: &PersonState, now: Timestamp) -> Pace {
        let mut mails = ours.mails.clone();
        self.pacing.note(&mut mails, now);
        let notices = cases.iter().flat_map(|case| &case.notices).filter(|notice| !goes_alone(notice));
        let windows = notices.map(|notice| self.pacing.window_of(notice, &mails, now));
        let window = windows.min().filter(|window| !window.is_zero());
        Pace { next_at: window.map(|window| now + window), is_crowded: self.pacing.is_crowded(&mails, now) }
    }

    async fn send_mail<W>(
        &self,
        world: &W,
        mail: &domain::mail::Mail,
        cases: &[Case<'_>],
        ours: &mut PersonState,
    ) -> Result<(), Fault>
    where
        W: Clock + Mailer + Queues + Table + Telemetry,
    {
        let notices: Vec<Notice> = cases.iter().flat_map(|case| &case.notices).cloned().collect();
        let keys: Vec<NoticeKey> = notices.iter().map(|notice| notice.key.clone()).collect();
        let name = name(&self.tell.person, ours.version, &keys);
        world.put_mail(&name, &keys, world.now()).await?;
        match world.send(mail, &name).await {
            Ok(()) => {}
            Err(Unsent::Wait(wait, cause)) => {
                // Nothing was sent and nothing is wrong. The sweep finds what this message loses.
                tracing::warn!(?wait, error = chain(&*cause), "mailer asks to wait");
                world.count(metric(wait), About::default());
                return put_off(world, self.tell, &notices, world.now() + pause(wait)).await;
            }
            Err(Unsent::Fault(fault)) => return Err(fault),
        }
        let sent = Sent { at: world.now(), mail: name };
        if !notices.iter().any(goes_alone) {
            self.pacing.note(&mut ours.mails, sent.at);
        }
        // Each mark that fails would be a doubled mail; the others must not suffer for it.
        let mut marking =
            stream::iter(&keys).map(async |key| world.mark_sent(key, &sent).await).buffered(AT_ONCE);
        let mut failed = None;
        while let Some(marked) = marking.next().await {
            failed = marked.err().or(failed);
        }
        drop(marking);
        world.count(Metric::MailSent, About::brand(&notices[0].brand));
        tracing::info!(person = %self.tell.person, cases = cases.len(), notices = keys.len(), "mail sent");
        failed.map_or(Ok(()), Err)
    }
}

impl Case<'_> {
    /// Returns the webhook that it goes to in place of a mail.
    fn webhook(&self) -> Option<&Webhook> {
        self.person.webhook_for(self.notices[0].key.channel)
    }

    fn letter(&self, now: Timestamp) -> Letter<'_> {
        let Case { conversation, turn, turns, run, notices, told, person } = self;
        Letter { conversation, turn, turns, run, notices, told, person, now }
    }
}

/// Returns after which time a mail is tried again that was not taken.
fn pause(wait: Wait) -> SignedDuration {
    match wait {
        Wait::Rate => SignedDuration::from_secs(10),
        Wait::Paused => SignedDuration::from_mins(5),
        // The day is a sliding one: a little is free again soon.
        Wait::Quota => SignedDuration::from_mins(15),
    }
}

fn metric(wait: Wait) -> Metric {
    match wait {
        Wait::Rate => Metric::MailerThrottled,
        Wait::Quota => Metric::MailerQuota,
        Wait::Paused => Metric::MailerPaused,
    }
}

/// Returns a person as they are today; somebody who left since the step fired as they were then. Around a
/// push two people may be told, never nobody.
fn find<'a>(configs: &'a Configs, version: u32, person: &PersonId) -> Option<&'a Person> {
    let own = configs.loaded.get(&version).map(AsRef::as_ref);
    configs.current().into_iter().chain(own).find_map(|config| config.people.get(person))
}

/// Returns the name of a message: made of what it tells and the lease it is sent under, so that it needs no
/// randomness and two attempts have two names.
fn name(person: &PersonId, lease: u64, keys: &[NoticeKey]) -> String {
    let mut text = format!("{person}\n{lease}");
    for NoticeKey { conversation, turn, step, purpose, channel, .. } in keys {
        let (purpose, channel) = (purpose.name(), channel.name());
        text.extend(["\n", conversation.as_str(), turn.as_str(), &step.to_string(), purpose, channel]);
    }
    digest(&text).to_lowercase()
}
