//! notice → mail, as in the function `mail`: read again, drop what is no longer true, send, mark.

use std::collections::BTreeSet;

use domain::decide::{Tell, moot, run};
use domain::fact::{Dropped, Facts, Notice, Reason, Sent};
use domain::history::{History, Turn, fold};
use domain::id::{ConversationId, PersonId};
use domain::mail::{Letter, escalation};

use super::World;

impl World<'_> {
    /// Sends what is due, one mail per person and turn.
    pub(super) fn send_mails(&mut self) {
        let (due, waiting) = self.mails.drain(..).partition(|tell| tell.at <= self.now);
        self.mails = waiting;
        let due: Vec<Tell> = due;
        for tell in due {
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
        let history = fold(&facts.said, None, self.now);
        let mut by_turn: Vec<(&Turn, Vec<Notice>)> = Vec::new();
        for key in tell.notices.iter().filter(|key| key.conversation == *id) {
            let notice = conversation.notice(key).expect("it was claimed before it was asked for");
            if !notice.is_pending() {
                continue;
            }
            assert!(notice.send_after <= self.now, "{}: a mail is asked for too early", self.script.title);
            match turn_of(&history, &facts, notice) {
                Ok(turn) => match by_turn.iter_mut().find(|(other, _)| other.id == turn.id) {
                    Some((_, notices)) => notices.push(notice.clone()),
                    None => by_turn.push((turn, vec![notice.clone()])),
                },
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
        let run = run(turn, &notices[0].brand, &self.configs);
        let today = self.configs.current().and_then(|config| config.people.get(to));
        let (Some(run), Some(person)) = (run, today.or_else(|| own.people.get(to))) else {
            panic!("{}: {to} is in no configuration", self.script.title);
        };
        let sent_before = |notice: &&Notice| notice.sent.is_some() && turn.holds(notice);
        let told: Vec<&Notice> = facts.notices.iter().filter(sent_before).collect();
        let letter =
            Letter { conversation: id, turn, run: &run, notices, told: &told, person, now: self.now };
        let mail = escalation(&letter);
        self.tale.mail(self.now, &letter);
        if self.script.shows_mails {
            self.tale.text(&mail.subject, &mail.text);
        }
        for notice in notices {
            let sent = Sent { at: self.now, mail: "mail".to_owned() };
            let notice = conversation.notice(&notice.key).expect("it was read a moment ago");
            notice.sent.get_or_insert(sent);
        }
    }
}

/// Returns the turn that a notice is about, or why there is nothing left to tell.
fn turn_of<'a>(history: &'a History, facts: &Facts, notice: &Notice) -> Result<&'a Turn, Reason> {
    if let Some(reason) = moot(history, notice) {
        return Err(reason);
    }
    let turn = history.turns.iter().find(|turn| turn.is_open() && turn.holds(notice)).ok_or(Reason::Gone)?;
    let told = facts.notices.iter().any(|other| {
        let same = other.key.step == notice.key.step && other.key.person == notice.key.person;
        other.sent.is_some() && same && turn.holds(other)
    });
    if told { Err(Reason::Told) } else { Ok(turn) }
}
