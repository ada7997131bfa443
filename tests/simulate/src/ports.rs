//! The ports of the flows over the world: each call is asked for, waits, and meets what chance has for it.

use std::cell::{RefCell, RefMut};
use std::error::Error;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::fact::{NoticeKey, address};
use domain::hook::Post;
use domain::mail::Mail;
use domain::platform::generic;
use domain::policy::Config;
use domain::versions::Push;
use flow::feedback::{Outcome, Report};
use flow::message::{Check, Spread, Tell};
use flow::ports::{About, Fault, Metric, Pushed, Unposted, Unsent, Wait};
use flow::remembered::Remembered;
use flow::secrets::Secrets;
use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};

use crate::call::Call;
use crate::fault::Trip;
use crate::log::{Accepted, Way};
use crate::story::secrets::TEXT;
use crate::tally::Race;
use crate::time::Ms;
use crate::world::World;
use crate::world::queue::{Body, Line};
use crate::world::table::{FORM, Write, Written};

mod table;

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
                table::note(world, self.who, call, written);
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
    async fn send(&self, mail: &Mail, name: &str) -> Result<(), Unsent> {
        let call = Call::SendMail;
        let trip = self.hand_over(name, Way::Mailed).await;
        if trip.takes_effect() {
            let world = &mut *self.world.borrow_mut();
            let keys = world.table.mail(name).to_vec();
            let why = keys.first().and_then(|key| world.bad.get(&key.person)).copied();
            if let Some(why) = why {
                let (mail, address) = (Some(name.to_owned()), Some(address(&mail.to)));
                world.bounce(Report { mail, address, outcome: Outcome::Failed(why) }, &keys);
            }
        }
        match trip {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => Ok(()),
            Trip::Throttled | Trip::Waits => Err(Unsent::Wait(Wait::Rate, "slow down".into())),
            Trip::Refused => Err(Unsent::Fault(fault(call, false, "refused"))),
            Trip::AnswerLost | Trip::EffectLate(_) | Trip::RequestLost | Trip::InPart(_) => {
                Err(Unsent::Fault(fault(call, true, "timed out")))
            }
        }
    }
}

impl flow::ports::Hooks for Port {
    /// The message is known by its id, as its receiver knows it. What goes wrong on the way is what goes wrong with mails.
    async fn post(&self, post: &Post) -> Result<(), Unposted> {
        let id = post.headers.iter().find(|(name, _)| *name == generic::ID);
        let (_, id) = id.expect("the webhooks of the stories are signed");
        match self.hand_over(id, Way::Posted).await {
            Trip::Well | Trip::Slow(_) | Trip::CrashBefore | Trip::CrashAfter => Ok(()),
            Trip::Throttled | Trip::Waits => Err(Unposted::Refused(429)),
            Trip::Refused => Err(Unposted::Refused(500)),
            Trip::AnswerLost | Trip::EffectLate(_) | Trip::RequestLost | Trip::InPart(_) => {
                Err(Unposted::Unreached("timed out".into()))
            }
        }
    }
}

impl Port {
    /// Makes a call that hands a message over to somebody outside, and keeps what they got of it.
    async fn hand_over(&self, name: &str, way: Way) -> Trip {
        let trip = self.trip(Call::SendMail).await;
        let world = &mut *self.world.borrow_mut();
        world.writes_alone(self.who);
        let (who, now, invocation) = (self.who, world.now, &mut world.invocations[self.who]);
        if trip.takes_effect() {
            let keys = world.table.mail(name).to_vec();
            invocation.unmarked.extend(keys.iter().cloned());
            let facts_at = |key: &NoticeKey| invocation.facts_at_of(&key.conversation);
            if keys.iter().any(|key| world.log.answered(&key.conversation, facts_at(key))) {
                world.tally.raced(Race::AnswerInFlight);
            }
            let read_at = invocation.read_at.clone();
            world.log.accepted.push(Accepted { at: now, who, way, read_at, keys });
        }
        trip
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
