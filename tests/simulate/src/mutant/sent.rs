//! What mutants ask for by messages, and how they write to people.

use domain::hook::Post;
use domain::mail::Mail;
use flow::message::{Check, Spread, Tell};
use flow::ports::{Fault, Hooks, Mailer, Put, Queues, Table, Unposted, Unsent};
use jiff::{SignedDuration, Timestamp};

use super::{Mutant, Mutated};
use crate::call::Function;

/// What a check of [`Mutant::NearTooNear`] takes for near.
const TOO_NEAR: SignedDuration = SignedDuration::ZERO;

impl Queues for Mutated {
    async fn send_checks(&self, checks: &[(Check, Timestamp)]) -> Result<(), Fault> {
        if self.holds_sends() {
            self.held.borrow_mut().checks.extend_from_slice(checks);
            return Ok(());
        }
        if self.is(Mutant::TellBeforeClaim) {
            self.release().await?;
        }
        let sent: Vec<(Check, Timestamp)> =
            checks.iter().filter(|check| self.sends(check)).cloned().collect();
        if sent.is_empty() {
            return Ok(());
        }
        self.port.send_checks(&self.delayed(sent)).await
    }

    async fn send_spread(&self, spread: &Spread) -> Result<(), Fault> {
        if self.is(Mutant::HandOverLost) { Ok(()) } else { self.port.send_spread(spread).await }
    }

    async fn send_mails(&self, mails: &[(Tell, Timestamp)]) -> Result<(), Fault> {
        let mut mails: Vec<(Tell, Timestamp)> = mails.to_vec();
        if self.function() == Function::Check {
            mails.retain(|(_, at)| self.is_near(*at));
            for (tell, _) in &mut mails {
                let held = self.held.borrow();
                if self.is(Mutant::OnlyNewTold) {
                    tell.notices.retain(|key| held.claimed.contains(key));
                }
                for key in &mut tell.notices {
                    if let Some(other) = held.renamed.get(key) {
                        key.clone_from(other);
                    }
                }
            }
            mails.retain(|(tell, _)| !tell.notices.is_empty());
        }
        if self.holds_sends() || self.is(Mutant::HeadBeforeNotices) && self.function() == Function::Check {
            self.held.borrow_mut().mails.extend(mails);
            return Ok(());
        }
        if !mails.is_empty() {
            self.port.send_mails(&self.delayed(mails)).await?;
        }
        if self.is(Mutant::TellBeforeClaim) { self.release().await } else { Ok(()) }
    }
}

impl Mutated {
    pub(super) fn function(&self) -> Function {
        self.port.world.borrow().invocations[self.port.who].function
    }

    /// Does what was held back: claims first, then messages.
    pub(super) async fn release(&self) -> Result<(), Fault> {
        let claims = std::mem::take(&mut self.held.borrow_mut().claims);
        for notice in claims {
            let _: Put = self.port.claim(&notice).await?;
        }
        let mails = std::mem::take(&mut self.held.borrow_mut().mails);
        if !mails.is_empty() {
            self.port.send_mails(&mails).await?;
        }
        let checks = std::mem::take(&mut self.held.borrow_mut().checks);
        if checks.is_empty() { Ok(()) } else { self.port.send_checks(&checks).await }
    }

    /// Whether a report is kept without having anybody look.
    pub(super) fn follows_no_report(&self) -> bool {
        self.is(Mutant::ReportNotFollowed) && self.function() == Function::Feedback
    }

    /// Whether a sweep holds back what it sends.
    fn holds_sends(&self) -> bool {
        self.is(Mutant::CursorFirst) && self.function() == Function::Sweep && !self.held.borrow().is_moved
    }

    /// Whether a check is asked for at all.
    fn sends(&self, (check, at): &(Check, Timestamp)) -> bool {
        if self.function() != Function::Check {
            return !self.follows_no_report();
        }
        match self.mutant {
            Mutant::HandOverLost => check.fact.is_none(),
            Mutant::NearTooNear => self.is_near(*at),
            _ => true,
        }
    }

    fn is_near(&self, at: Timestamp) -> bool {
        !self.is(Mutant::NearTooNear) || at.duration_since(self.port.now()) <= TOO_NEAR
    }

    fn delayed<T>(&self, mut messages: Vec<(T, Timestamp)>) -> Vec<(T, Timestamp)> {
        if self.is(Mutant::DelayByTheMinute) {
            let now = self.port.now();
            for (_, at) in &mut messages {
                let seconds = at.duration_since(now).as_secs();
                if seconds > 0 {
                    *at = now + SignedDuration::from_mins((seconds + 59) / 60);
                }
            }
        }
        messages
    }
}

impl Mailer for Mutated {
    async fn send(&self, mail: &Mail, name: &str) -> Result<(), Unsent> {
        let sent = self.port.send(mail, name).await;
        match sent {
            Err(Unsent::Wait(..)) if self.is(Mutant::WaitTakenAsSent) => Ok(()),
            sent => sent,
        }
    }
}

impl Hooks for Mutated {
    async fn post(&self, post: &Post) -> Result<(), Unposted> {
        self.port.post(post).await
    }
}
