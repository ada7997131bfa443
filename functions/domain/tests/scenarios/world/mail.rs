//! notice → mail, as in the function `mail`: read again, drop what is no longer true, send, mark.

use std::collections::BTreeSet;

use domain::decide::{Tell, moot};
use domain::fact::{Dropped, Facts, Notice, NoticeKey, Purpose, Reason, Sent};
use domain::history::{History, Turn};
use domain::id::{ConversationId, PersonId};
use domain::mail::Letter;
use domain::run::run;

use super::World;

impl World<'_> {
    /// Sends what is due, one mail per person and turn.
    pub(super) fn send_mails(&mut self) {
        let (due, waiting) = self.mails.drain(..).partition(|tell| tell.at <= self.now);
        self.mails = waiting;
        // What waited for the same moment is told together.
        let mut together: Vec<Tell> = Vec::new();
        for tell in due {
            let tell: Tell = tell;
            match together.iter_mut().find(|other| other.person == tell.person && other.at == tell.at) {
                Some(other) => {
                    let known = |key: &NoticeKey| other.notices.contains(key);
                    let more: Vec<_> = tell.notices.into_iter().filter(|key| !known(key)).collect();
                    other.notices.extend(more);
                }
                None => together.push(tell),
            }
        }
        for tell in together {
            let ids: BTreeSet<ConversationId> =
                tell.notices.iter().map(|key| key.conversation.clone()).collect();
            for id in ids {
                self.send_mails_of(&id, &tell);
            }
        }
    }

    fn send_mails_of(&mut self, id: &ConversationId, tell: &Tell) {
        let conversation = self.table.conversations.get_mut(id).expect("somebody waits there");
        let facts = conversation.facts();
        let history = self.history(&facts, None);
        let conversation = self.table.conversations.get_mut(id).expect("it was read a moment ago");
        let mut by_turn: Vec<(&Turn, Vec<Notice>)> = Vec::new();
        for key in tell.notices.iter().filter(|key| key.conversation == *id) {
            let notice = conversation.notice(key).expect("it was claimed before it was asked for");
            if !notice.is_pending() {
                continue;
            }
            if notice.send_after > self.now {
                // It was put off since.
                continue;
            }
            match turn_of(&history, &facts, notice) {
                Ok(turn) => {
                    let goes = |(other, told): &&mut (&Turn, Vec<Notice>)| {
                        other.id == turn.id && goes_with(notice, told)
                    };
                    match by_turn.iter_mut().find(goes) {
                        Some((_, notices)) => notices.push(notice.clone()),
                        None => by_turn.push((turn, vec![notice.clone()])),
                    }
                }
                Err(reason) => {
                    notice.dropped = Some(Dropped { at: self.now, reason });
                    self.tale.dropped(self.now, self.configs.current(), notice, reason);
                }
            }
        }
        for (turn, notices) in by_turn {
            self.send(id, turn, &notices, &facts, &tell.person);
        }
    }

    fn send(&mut self, id: &ConversationId, turn: &Turn, notices: &[Notice], facts: &Facts, to: &PersonId) {
        let conversation = self.table.conversations.get_mut(id).expect("somebody waits there");
        let own = &self.configs.loaded[&notices[0].config_version];
        let run = run(turn, &notices[0].brand, &self.configs, self.now);
        let today = self.configs.current().and_then(|config| config.people.get(to));
        let (Some(run), Some(person)) = (run, today.or_else(|| own.people.get(to))) else {
            panic!("{}: {to} is in no configuration", self.script.title);
        };
        let is_step = |notice: &Notice| notice.key.purpose == Purpose::Step;
        if let Some(until) = run.held_until(self.now)
            && notices.iter().all(is_step)
        {
            self.tale.waits(self.now, &person.name, until);
            for notice in notices {
                conversation.notice(&notice.key).expect("it was read a moment ago").send_after = until;
            }
            let keys = notices.iter().map(|notice| notice.key.clone()).collect();
            self.mails.push(Tell { person: to.clone(), notices: keys, at: until });
            return;
        }
        let sent_before = |notice: &&Notice| notice.sent.is_some() && turn.holds(notice) && is_step(notice);
        let told: Vec<&Notice> = facts.notices.iter().filter(sent_before).collect();
        let letter =
            Letter { conversation: id, turn, run: &run, notices, told: &told, person, now: self.now };
        let mail = letter.write();
        self.tale.mail(self.now, &letter);
        if self.script.shows_mails {
            self.tale.text(&mail.subject, &mail.text);
        }
        self.sent.push((self.now, notices.to_vec()));
        let name = format!("mail {}", self.sent.len());
        for notice in notices {
            let sent = Sent { at: self.now, mail: name.clone() };
            let notice = conversation.notice(&notice.key).expect("it was read a moment ago");
            notice.sent.get_or_insert(sent);
        }
    }
}

/// Whether `notice` is told in the same mail as `told`: everything that asks for an answer, each other purpose
/// by itself.
fn goes_with(notice: &Notice, told: &[Notice]) -> bool {
    let purposes = |other: &Notice| notice.key.purpose == other.key.purpose;
    told.iter().all(|other| purposes(other) || (notice.key.purpose.asks() && other.key.purpose.asks()))
}

/// Returns the turn that a notice is about, or why there is nothing left to tell.
fn turn_of<'a>(history: &'a History, facts: &Facts, notice: &Notice) -> Result<&'a Turn, Reason> {
    if let Some(reason) = moot(history, notice) {
        return Err(reason);
    }
    let turn = history.turn_of(notice).ok_or(Reason::Gone)?;
    let told = facts.notices.iter().any(|other| {
        let key = &other.key;
        let same = key.step == notice.key.step && key.purpose == notice.key.purpose;
        let is_sent = other.sent.is_some() && same && key.person == notice.key.person;
        is_sent && history.turn_of(other).is_some_and(|about| about.id == turn.id)
    });
    if told { Err(Reason::Told) } else { Ok(turn) }
}
