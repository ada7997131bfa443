//! The ports of the flows over the world: each call is asked for, waits, and meets what chance has for it.

use std::cell::{RefCell, RefMut};
use std::error::Error;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::decide::Listing;
use domain::event::Event;
use domain::fact::{Dropped, Facts, Notice, NoticeKey, Said, Sent};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use domain::mail::Mail;
use domain::policy::Config;
use domain::versions::Push;
use flow::message::{Check, Spread, Tell};
use flow::ports::{
    About, Cursor, Fault, Followed, List, Listed, Metric, PersonState, Pushed, Put, Raw, Saved, Stored, Todo,
    Unsent, Waiting,
};
use flow::remembered::Remembered;
use flow::secrets::Secrets;
use futures_util::future::{Either, select};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::call::Call;
use crate::choice::{What, name};
use crate::fault::Trip;
use crate::log::Accepted;
use crate::story::secrets::TEXT;
use crate::tally::Race;
use crate::time::Ms;
use crate::world::World;
use crate::world::queue::{Body, Line};
use crate::world::table::{FORM, Write, Written};

/// The world as one run of a function sees it.
#[derive(Clone, Debug)]
pub struct Port {
    pub(crate) world: Rc<RefCell<World>>,
    /// Which run.
    pub(crate) who: usize,
    /// The machine that it runs on.
    pub(crate) machine: usize,
    /// The form of what its code writes.
    pub(crate) form: u16,
}

/// A call that waits for its answer.
struct Asked<'p> {
    port: &'p Port,
    call: Call,
    slot: Option<usize>,
}

impl Future for Asked<'_> {
    type Output = Trip;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Trip> {
        let Port { world, who, .. } = self.port;
        let mut world = world.borrow_mut();
        let Some(slot) = self.slot else {
            let slot = world.ask(*who, self.call, context.waker());
            drop(world);
            self.slot = Some(slot);
            return Poll::Pending;
        };
        world.answered(*who, slot, context.waker()).map_or(Poll::Pending, Poll::Ready)
    }
}

/// A moment that is waited for.
struct Awaited<'p> {
    port: &'p Port,
    at: Ms,
    slot: Option<usize>,
}

impl Future for Awaited<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Port { world, who, .. } = self.port;
        let mut world = world.borrow_mut();
        let Some(slot) = self.slot else {
            let slot = world.wake_at(*who, self.at, context.waker());
            drop(world);
            self.slot = Some(slot);
            return Poll::Pending;
        };
        world.answered(*who, slot, context.waker()).map_or(Poll::Pending, |_| Poll::Ready(()))
    }
}

fn fault(call: Call, is_transient: bool, source: &str) -> Fault {
    let source: Box<dyn Error + Send + Sync> = source.into();
    Fault { doing: call.words().to_owned(), is_transient, source }
}

impl Port {
    async fn trip(&self, call: Call) -> Trip {
        Asked { port: self, call, slot: None }.await
    }

    pub(crate) fn now(&self) -> Timestamp {
        let world = self.world.borrow();
        world.machines[self.machine].clock(world.now)
    }

    /// What the machine read of the pushes.
    fn remembered(&self) -> RefMut<'_, Remembered> {
        RefMut::map(self.world.borrow_mut(), |world| &mut world.machines[self.machine].pushes)
    }

    /// Makes a call that only reads.
    pub(crate) async fn read<T>(&self, call: Call, read: impl FnOnce(&mut World) -> T) -> Result<T, Fault> {
        match self.trip(call).await {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => {
                Ok(read(&mut self.world.borrow_mut()))
            }
            Trip::Throttled => Err(fault(call, true, "throttled")),
            _ => Err(fault(call, true, "timed out")),
        }
    }

    /// Makes a call that writes.
    pub(crate) async fn write(&self, call: Call, write: Write) -> Result<Written, Fault> {
        let trip = self.trip(call).await;
        let world = &mut *self.world.borrow_mut();
        match trip {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => {
                let written = world.write(write, self.form);
                note(world, self.who, call, written);
                Ok(written)
            }
            Trip::Throttled => Err(fault(call, true, "throttled")),
            Trip::AnswerLost => {
                world.write(write, self.form);
                Err(fault(call, true, "timed out"))
            }
            Trip::EffectLate(later) => {
                let effect = crate::world::Event::Effect(self.form, Box::new(write));
                let at = world.now + Ms::from(later);
                world.plan(at, effect);
                Err(fault(call, true, "timed out"))
            }
            Trip::RequestLost | Trip::InPart(_) | Trip::Waits | Trip::Refused => {
                Err(fault(call, true, "timed out"))
            }
        }
    }

    /// Makes a call that asks for something by messages.
    async fn send(&self, call: Call, line: Line, bodies: Vec<(Body, Timestamp)>) -> Result<(), Fault> {
        let trip = self.trip(call).await;
        let now = self.now();
        let world = &mut *self.world.borrow_mut();
        let form = self.form;
        let send = |most: usize| {
            for (body, at) in bodies.into_iter().take(most) {
                world.send(line, body.with_form(|v| v + (form - FORM)), at.duration_since(now));
            }
        };
        match trip {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => {
                send(usize::MAX);
                Ok(())
            }
            Trip::Throttled => Err(fault(call, true, "throttled")),
            // A message that is sent late is as good as one that travels long.
            Trip::AnswerLost | Trip::EffectLate(_) => {
                send(usize::MAX);
                Err(fault(call, true, "timed out"))
            }
            Trip::InPart(most) => {
                send(most as usize);
                Err(fault(call, true, "some of the messages refused"))
            }
            Trip::RequestLost | Trip::Waits | Trip::Refused => Err(fault(call, true, "timed out")),
        }
    }
}

/// Notes what was in the way of a write.
fn note(world: &mut World, who: usize, call: Call, written: Written) {
    let begins_anew = matches!(
        (call, written),
        (Call::SaveHead, Written::Saved(Saved::Lost)) | (Call::PutSaid, Written::Put(Put::New))
    );
    world.invocations[who].overtaken += usize::from(begins_anew);
    let race = match (call, written) {
        (Call::SaveHead, Written::Saved(Saved::Lost)) => Race::HeadLost,
        (Call::SavePerson, Written::Saved(Saved::Lost)) => Race::LeaseLost,
        (Call::MoveCursor, Written::Saved(Saved::Lost)) => Race::CursorLost,
        (Call::MarkDropped | Call::Postpone, Written::Saved(Saved::Lost)) => Race::MarkLost,
        (Call::Claim, Written::Put(Put::Known)) => Race::ClaimKnown,
        (Call::PutSaid, Written::Put(Put::Known)) => Race::EventKnown,
        (Call::PutRemoval, Written::Put(Put::Known)) => Race::RemovalKnown,
        _ => return,
    };
    world.tally.raced(race);
}

impl flow::ports::Clock for Port {
    fn now(&self) -> Timestamp {
        Port::now(self)
    }

    async fn within<T>(&self, limit: SignedDuration, work: impl Future<Output = T>) -> Option<T> {
        let at = self.world.borrow().now + Ms::try_from(limit.as_millis()).unwrap_or(0).max(0);
        let timer = Awaited { port: self, at, slot: None };
        match select(pin!(work), pin!(timer)).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    }
}

impl flow::ports::Table for Port {
    async fn put_said(&self, conversation: &ConversationId, said: &Said) -> Result<Put, Fault> {
        let write = Write::Said(conversation.clone(), said.clone());
        Ok(self.write(Call::PutSaid, write).await?.put())
    }

    async fn list(
        &self,
        listing: &Listing,
        brand: &BrandId,
        conversation: &ConversationId,
    ) -> Result<(), Fault> {
        let write = Write::List(listing.clone(), brand.clone(), conversation.clone());
        self.write(Call::List, write).await?;
        Ok(())
    }

    async fn put_removal(&self, removal: &Said) -> Result<Put, Fault> {
        Ok(self.write(Call::PutRemoval, Write::Removal(removal.clone())).await?.put())
    }

    async fn listed(&self, listing: &Listing, brand: &BrandId) -> Result<Listed, Fault> {
        let listed = self.read(Call::Listed, |world| world.table.listed(listing, brand, self.form)).await?;
        listed.ok_or_else(|| fault(Call::Listed, true, "form is newer than this code"))
    }

    async fn put_raw(&self, _: &Raw<'_>) -> Result<(), Fault> {
        self.write(Call::PutRaw, Write::Raw).await?;
        Ok(())
    }

    async fn head(&self, conversation: &ConversationId) -> Result<Stored, Fault> {
        self.read(Call::Head, |world| {
            world.invocations[self.who].head_at = world.now;
            let stored = world.table.head(conversation, self.form);
            if stored.version > 0 && stored.head.is_none() {
                world.tally.raced(Race::HeadOther);
            }
            stored
        })
        .await
    }

    /// Reads one page after the other; what is written in between behind them is seen, before them is not.
    async fn facts(&self, conversation: &ConversationId, since: Date) -> Result<Facts, Fault> {
        let mut facts = Facts::default();
        let mut after = None;
        {
            let mut world = self.world.borrow_mut();
            let now = world.now;
            world.invocations[self.who].facts_at = now;
        }
        loop {
            let subject = {
                let world = self.world.borrow();
                name(world.invocations[self.who].label, crate::world::hash(conversation.as_str()))
            };
            let size = self.world.borrow().table.size(conversation);
            let limit = self.world.borrow_mut().choices.choose(What::Page, subject, |rng| {
                let most = u32::try_from(size).unwrap_or(u32::MAX).min(6);
                if most > 1 && rng.u32(0..3) == 0 { rng.u32(1..most) } else { 0 }
            });
            let limit = if limit == 0 { usize::MAX } else { limit as usize };
            let page = self
                .read(Call::Facts, |world| {
                    let page = world.table.page(conversation, since, after.as_ref(), limit, self.form);
                    if world.table.size(conversation) != size {
                        world.tally.raced(Race::TornRead);
                    }
                    if page.is_newer {
                        world.tally.raced(Race::FactNewer);
                    }
                    page
                })
                .await?;
            if page.is_newer {
                return Err(fault(Call::Facts, true, "form is newer than this code"));
            }
            facts.said.extend(page.facts.said);
            facts.actions.extend(page.facts.actions);
            facts.notices.extend(page.facts.notices);
            match page.next {
                Some(mark) => after = Some(mark),
                None => return Ok(facts),
            }
        }
    }

    async fn blank(&self, conversation: &ConversationId, event: &Event) -> Result<(), Fault> {
        self.write(Call::Blank, Write::Blank(conversation.clone(), event.clone())).await?;
        Ok(())
    }

    async fn claim(&self, notice: &Notice) -> Result<Put, Fault> {
        let put = self.write(Call::Claim, Write::Claim(Box::new(notice.clone()))).await?.put();
        self.world.borrow_mut().is_of_one_turn(notice);
        Ok(put)
    }

    async fn notice(&self, key: &NoticeKey) -> Result<Option<Notice>, Fault> {
        self.read(Call::Notice, |world| world.table.notice(key).cloned()).await
    }

    async fn mark_sent(&self, key: &NoticeKey, sent: &Sent) -> Result<(), Fault> {
        self.world.borrow_mut().is_sent(self.who, key);
        self.write(Call::MarkSent, Write::Sent(key.clone(), sent.clone())).await?;
        let mut world = self.world.borrow_mut();
        world.invocations[self.who].unmarked.retain(|unmarked| unmarked != key);
        Ok(())
    }

    async fn mark_dropped(&self, key: &NoticeKey, dropped: &Dropped) -> Result<(), Fault> {
        self.write(Call::MarkDropped, Write::Dropped(key.clone(), dropped.clone())).await?;
        Ok(())
    }

    async fn postpone(&self, key: &NoticeKey, from: Timestamp, until: Timestamp) -> Result<Saved, Fault> {
        Ok(self.write(Call::Postpone, Write::Postpone(key.clone(), from, until)).await?.saved())
    }

    async fn save_head(&self, head: &Head) -> Result<Saved, Fault> {
        let saved = self.write(Call::SaveHead, Write::Head(Box::new(head.clone()))).await?.saved();
        if saved == Saved::Done {
            self.world.borrow_mut().knows_no_less(self.who, head);
        }
        Ok(saved)
    }

    async fn wake(&self, conversation: &ConversationId, at: Timestamp) -> Result<(), Fault> {
        self.write(Call::Wake, Write::Wake(conversation.clone(), at)).await?;
        Ok(())
    }

    async fn person(&self, person: &PersonId) -> Result<PersonState, Fault> {
        let now = self.now();
        self.read(Call::Person, |world| {
            let state = world.table.person(person);
            if state.leased_until.is_some_and(|until| until > now) {
                world.tally.raced(Race::PersonBusy);
            }
            state
        })
        .await
    }

    async fn save_person(&self, person: &PersonId, state: &PersonState) -> Result<Saved, Fault> {
        if state.leased_until.is_none() {
            self.world.borrow_mut().invocations[self.who].writes_to = None;
        }
        let saved = self.write(Call::SavePerson, Write::Person(person.clone(), *state)).await?.saved();
        if state.leased_until.is_some() && saved == Saved::Done {
            self.world.borrow_mut().invocations[self.who].writes_to = Some(person.clone());
        }
        Ok(saved)
    }

    async fn put_mail(&self, mail: &str, notices: &[NoticeKey], _: Timestamp) -> Result<(), Fault> {
        let person = notices.first().map(|key| key.person.clone());
        self.world.borrow_mut().invocations[self.who].writes_to = person;
        self.write(Call::PutMail, Write::Mail(mail.to_owned(), notices.to_vec())).await?;
        Ok(())
    }

    async fn todo(&self, list: List, shard: u8, until: Timestamp) -> Result<Vec<Todo>, Fault> {
        self.read(Call::Todo, |world| {
            if world.index.catch_up(world.now) > 0 {
                world.tally.raced(Race::IndexStale);
            }
            let todo = world.index.todo(list, shard, until);
            world.invocations[self.who].found.extend_from_slice(&todo);
            todo
        })
        .await
    }

    async fn cursor(&self) -> Result<Option<Cursor>, Fault> {
        self.read(Call::Cursor, |world| world.table.cursor()).await
    }

    async fn move_cursor(&self, cursor: &Cursor) -> Result<Saved, Fault> {
        let before = self.world.borrow().table.cursor();
        let saved = self.write(Call::MoveCursor, Write::Cursor(*cursor)).await?.saved();
        if saved == Saved::Done {
            self.world.borrow_mut().passes_nothing(self.who, before, cursor);
        }
        Ok(saved)
    }

    async fn follow(&self, followed: &Followed) -> Result<(), Fault> {
        self.write(Call::Follow, Write::Follow(*followed)).await?;
        Ok(())
    }

    async fn waiting(&self, brand: &BrandId) -> Result<Vec<Waiting>, Fault> {
        self.read(Call::Waiting, |world| {
            world.index.catch_up(world.now);
            world.index.waiting(brand)
        })
        .await
    }
}

impl flow::ports::Settings for Port {
    async fn pushes(&self) -> Result<Vec<Push>, Fault> {
        let now = self.now();
        if let Some(pushes) = self.remembered().fresh(now) {
            return Ok(pushes.to_vec());
        }
        let read = self.read(Call::Pushes, |world| world.pushes.clone()).await;
        let now = self.now();
        match read {
            Ok(pushes) => {
                self.remembered().remember(&pushes, now);
                Ok(pushes)
            }
            Err(fault) => self.remembered().hold(now).ok_or(fault),
        }
    }

    fn is_stale(&self) -> bool {
        self.remembered().is_stale()
    }

    async fn pushes_anew(&self) -> Result<Option<Vec<Push>>, Fault> {
        let now = self.now();
        if self.remembered().looked_just_now(now) {
            return Ok(None);
        }
        let pushes = self.read(Call::Pushes, |world| world.pushes.clone()).await?;
        let now = self.now();
        let is_new = self.remembered().remember(&pushes, now);
        Ok(is_new.then_some(pushes))
    }

    async fn pushed(&self) -> Result<Option<Pushed>, Fault> {
        let (pushes, brands) =
            self.read(Call::Pushes, |world| (world.pushes.clone(), world.brands())).await?;
        let now = self.now();
        self.remembered().remember(&pushes, now);
        Ok(pushes.last().map(|push| Pushed { at: push.pushed_at, brands }))
    }

    async fn config(&self, number: u32) -> Result<Arc<Config>, Fault> {
        if !self.world.borrow().machines[self.machine].has(number) {
            self.read(Call::Config, |_| ()).await?;
            self.world.borrow_mut().machines[self.machine].keep(number);
        }
        Ok(World::config(number))
    }
}

impl flow::ports::Vault for Port {
    async fn secrets(&self) -> Result<Arc<Secrets>, Fault> {
        static SECRETS: OnceLock<Arc<Secrets>> = OnceLock::new();
        let read = || Arc::new(Secrets::parse(TEXT).expect("the secrets of the stories are in order"));
        Ok(Arc::clone(SECRETS.get_or_init(read)))
    }

    async fn secrets_anew(&self) -> Result<Option<Arc<Secrets>>, Fault> {
        Ok(None)
    }
}

impl flow::ports::Queues for Port {
    async fn send_checks(&self, checks: &[(Check, Timestamp)]) -> Result<(), Fault> {
        let bodies = checks.iter().map(|(check, at)| (Body::Check(check.clone()), *at)).collect();
        self.send(Call::SendChecks, Line::Checks, bodies).await
    }

    async fn send_spread(&self, spread: &Spread) -> Result<(), Fault> {
        let bodies = vec![(Body::Spread(spread.clone()), self.now())];
        self.send(Call::SendSpread, Line::Checks, bodies).await
    }

    async fn send_mails(&self, mails: &[(Tell, Timestamp)]) -> Result<(), Fault> {
        let bodies = mails.iter().map(|(tell, at)| (Body::Tell(tell.clone()), *at)).collect();
        self.send(Call::SendMails, Line::Mails, bodies).await
    }
}

impl flow::ports::Mailer for Port {
    async fn send(&self, _: &Mail, name: &str) -> Result<(), Unsent> {
        let trip = self.trip(Call::SendMail).await;
        let world = &mut *self.world.borrow_mut();
        world.writes_alone(self.who);
        let (now, invocation) = (world.now, &mut world.invocations[self.who]);
        let mut accept = || {
            let keys = world.table.mail(name).to_vec();
            invocation.unmarked.extend(keys.iter().cloned());
            if keys.iter().any(|key| world.log.answered(&key.conversation, invocation.facts_at)) {
                world.tally.raced(Race::AnswerInFlight);
            }
            world.log.accepted.push(Accepted { at: now, facts_at: invocation.facts_at, keys });
        };
        let call = Call::SendMail;
        match trip {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => {
                accept();
                Ok(())
            }
            Trip::AnswerLost | Trip::EffectLate(_) => {
                accept();
                Err(Unsent::Fault(fault(call, true, "timed out")))
            }
            Trip::Throttled | Trip::Waits => Err(Unsent::Wait("slow down".into())),
            Trip::Refused => Err(Unsent::Fault(fault(call, false, "refused"))),
            Trip::RequestLost | Trip::InPart(_) => Err(Unsent::Fault(fault(call, true, "timed out"))),
        }
    }
}

impl flow::ports::Telemetry for Port {
    fn count(&self, metric: Metric, _: About<'_>) {
        let log = &mut self.world.borrow_mut().log;
        match metric {
            Metric::EventStored => log.counted += 1,
            Metric::NoticeClaimed => log.counted_claims += 1,
            _ => {}
        }
    }

    fn lateness(&self, _: Duration) {}
}
