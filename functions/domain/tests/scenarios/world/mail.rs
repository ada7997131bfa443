//! notice → mail, as in the function `mail`: read again, drop what is no longer true, send, mark.

use std::collections::BTreeSet;

use domain::decide::{Tell, Telling, tellings};
use domain::fact::{Cause, Dropped, Failed, Notice, NoticeKey, Purpose, Sent, address};
use domain::history::Turn;
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
        let ours = tell.notices.iter().filter(|key| key.conversation == *id);
        let notices =
            ours.map(|key| conversation.notice(key).expect("it was claimed before it was asked for").clone());
        // What was put off since has its time still to come.
        let due = notices.filter(|notice| notice.is_pending() && notice.send_after <= self.now).collect();
        let (tellings, untold) = tellings(&history, &facts, due);
        for (notice, reason) in untold {
            let dropped = Dropped { at: self.now, reason };
            conversation.notice(&notice.key).expect("it was read a moment ago").dropped = Some(dropped);
            self.tale.dropped(self.now, self.configs.current(), &notice, reason);
        }
        for telling in &tellings {
            self.send(id, telling, &history.turns, &tell.person);
        }
    }

    fn send(&mut self, id: &ConversationId, telling: &Telling<'_>, turns: &[Turn], to: &PersonId) {
        let Telling { turn, notices, told } = telling;
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
        let today = person.email.as_deref().map(address);
        if let Some(today) = today.filter(|today| self.unreachable.get(to) == Some(today)) {
            // Why does not matter any more.
            let failed = Failed { at: self.now, cause: Cause::Suppressed, address: today, known: true };
            for notice in notices {
                conversation.notice(&notice.key).expect("it was read a moment ago").failed =
                    Some(failed.clone());
            }
            self.tale.not_sent(self.now, &person.name);
            return self.check(id, None);
        }
        let letter =
            Letter { conversation: id, turn, turns, run: &run, notices, told, person, now: self.now };
        let mail = letter.write();
        self.tale.mail(self.now, &letter);
        if self.script.shows_mails {
            self.tale.text(&mail.subject, &mail.text);
        }
        self.sent.push((self.now, notices.clone()));
        let name = format!("mail {}", self.sent.len());
        for notice in notices {
            let sent = Sent { at: self.now, mail: name.clone() };
            let notice = conversation.notice(&notice.key).expect("it was read a moment ago");
            notice.sent.get_or_insert(sent);
        }
    }
}
