//! What travels: records of the stream, messages of the queues.

use jiff::SignedDuration;

use domain::fact::NoticeKey;
use flow::feedback::{Outcome, Report};

use super::queue::{Body, Line, Message, RECEIVES};
use super::trace::Is;
use super::{Event, USUAL, World, hash, is_first, trace};
use crate::choice::{What, name};
use crate::fault::{Kind, Trouble};
use crate::tally::Race;
use crate::time::Ms;

/// How long a message travels at least, in ms.
const MESSAGE_TAKES: Ms = 15;
/// How long it takes at least until what became of a mail is reported, in ms.
const REPORT_TAKES: Ms = 50;

impl World {
    /// Lets a shard hand out what it has in a while.
    pub(crate) fn stream_in(&mut self, shard: usize, takes: Ms, is_first_brand: bool) {
        let about = self.about(self.shards[shard].records.front().map_or(0, |(record, _)| record.subject()));
        let faults = &mut self.faults;
        let now = self.now;
        let longer = self.choices.choose(What::StreamTakes, about, |rng| {
            if faults.strikes(Kind::StreamLate, is_first_brand, now, rng) {
                return rng.u32(1000..60_000);
            }
            rng.u32(0..USUAL)
        });
        if longer >= USUAL {
            self.tally.struck(Kind::StreamLate);
        }
        self.shards[shard].is_busy = true;
        self.plan(now + takes + Ms::from(longer), Event::Stream(shard));
    }

    /// Takes a message that a machine sends, to be handed out at `at` by that machine's clock.
    pub(crate) fn send(&mut self, line: Line, body: Body, wait: SignedDuration) {
        let seconds = (wait.as_secs() + i64::from(wait.subsec_nanos() > 0)).clamp(0, 900);
        self.tell(Is::Do, |_| format!("asks for {}", trace::asked(&body, seconds)));
        self.is_claimed(&body);
        self.log.done.ask(&body, self.now);
        let subject = self.about(body.subject());
        let is_first_brand = match &body {
            Body::Spread(spread) => is_first(&spread.brand),
            Body::Check(_) | Body::Tell(_) | Body::Report(..) => {
                body.conversation().is_some_and(|id| self.is_first_brand(id))
            }
        };
        let faults = &mut self.faults;
        let now = self.now;
        let lost = self.choices.choose(What::MessageLost, subject, |rng| {
            u32::from(faults.strikes(Kind::MessageLost, is_first_brand, now, rng))
        });
        if lost > 0 {
            self.tally.struck(Kind::MessageLost);
            if let Body::Spread(spread) = body {
                self.log.forgotten.push(spread.object);
            }
            return;
        }
        self.travel(line, body, is_first_brand, seconds * 1000);
    }

    /// A mail that the mailer took does not reach its reader, which is reported in a while. What the bus takes it brings,
    /// late and doubled as it may come: nobody could tell a report that never comes from a mail that arrived.
    pub(crate) fn bounce(&mut self, report: Report, keys: &[NoticeKey]) {
        let Some(conversation) = keys.first().map(|key| key.conversation.clone()) else { return };
        let is_first_brand = self.is_first_brand(&conversation);
        let subject = self.about(hash(report.mail.as_deref().unwrap_or_default()));
        let longer = self.choices.choose(What::ReportTakes, subject, |rng| {
            // Often before the mail is marked sent.
            if rng.bool() { rng.u32(0..20) } else { rng.u32(0..3000) }
        });
        if matches!(report.outcome, Outcome::Failed(_)) {
            self.tally.raced(Race::Bounced);
        }
        let wait = REPORT_TAKES + Ms::from(longer);
        self.log.bounced.push((self.now + wait, keys.to_vec()));
        self.travel(Line::Reports, Body::Report(report, conversation), is_first_brand, wait);
    }

    /// Lets a message be handed out when it has waited and travelled.
    fn travel(&mut self, line: Line, body: Body, is_first_brand: bool, wait: Ms) {
        let subject = self.about(body.subject());
        let faults = &mut self.faults;
        let now = self.now;
        let mut strikes =
            |kind: Kind, rng: &mut fastrand::Rng| faults.strikes(kind, is_first_brand, now, rng);
        let longer = self.choices.choose(What::MessageTakes, subject, |rng| {
            if strikes(Kind::MessageLate, rng) { rng.u32(500..90_000) } else { rng.u32(0..60) }
        });
        if longer >= USUAL {
            self.tally.struck(Kind::MessageLate);
        }
        let doubled = self.choices.choose(What::MessageDoubled, subject, |rng| {
            if !strikes(Kind::MessageDoubled, rng) {
                return 0;
            }
            // Often both are handed out at the same time.
            if rng.bool() { rng.u32(1..20) } else { rng.u32(1..60_000) }
        });
        let due = now + wait + MESSAGE_TAKES + Ms::from(longer);
        let label = self.label(name(subject, line as u64));
        let message =
            Message { body, line, label, due, receives: 0, is_done: false, is_dead: false, is_first_brand };
        if doubled > 0 {
            self.tally.struck(Kind::MessageDoubled);
            let due = due + Ms::from(doubled) - 1;
            self.plan(due, Event::Message(self.messages.len()));
            self.messages.push(Message { due, label: name(label, 1), ..message.clone() });
        }
        self.plan(due, Event::Message(self.messages.len()));
        self.messages.push(message);
    }

    /// Takes messages from a queue for one run of a function: the one that is due, and at times others that soon
    /// are. Returns none if it is none any more.
    pub(crate) fn take(&mut self, first: usize) -> Vec<usize> {
        let (line, due) = (self.messages[first].line, self.messages[first].due);
        if self.messages[first].is_done || self.messages[first].is_dead || due != self.now {
            return Vec::new();
        }
        let subject = self.about(self.messages[first].body.subject());
        let most = u32::try_from(line.batch() - 1).expect("a batch is small");
        let more = self.choices.choose(What::Batch, subject, |rng| {
            if most > 0 && rng.u32(0..8) == 0 { rng.u32(1..=most) } else { 0 }
        });
        let mut taken = vec![first];
        if more > 0 {
            let soon = self.now..=self.now + 200;
            // What comes in one run shares its end: with the first brand's messages, that is in trouble.
            let is_apart = self.faults.trouble == Trouble::Neighbour;
            let is_first_brand = self.messages[first].is_first_brand;
            let others = self.messages.iter().enumerate().filter(|(other, message)| {
                let waits = !message.is_done && !message.is_dead && soon.contains(&message.due);
                let fits = !is_apart || message.is_first_brand == is_first_brand;
                *other != first && waits && fits && message.line == line
            });
            taken.extend(others.map(|(other, _)| other).take(more as usize));
        }
        taken.retain(|number| {
            let message = &mut self.messages[*number];
            message.receives += 1;
            message.is_dead = message.receives > RECEIVES;
            if let Body::Spread(spread) = &message.body
                && message.is_dead
            {
                self.log.forgotten.push(spread.object.clone());
            }
            message.due = self.now + line.hides();
            !message.is_dead
        });
        for number in taken.clone() {
            self.plan(self.messages[number].due, Event::Message(number));
        }
        taken
    }
}
