//! fact or moment → plan, as in the function `check`: read, fold, decide, carry out.

use std::collections::BTreeSet;

use domain::decide::{Authored, Plan, answers_since, decide};
use domain::fact::{Dropped, Said};
use domain::head::Head;
use domain::history::{History, Turn};
use domain::id::ConversationId;
use jiff::civil::Date;

use super::World;
use super::table::Listed;

/// Lost races in a row that a real check takes, too.
const RACES: usize = 5;

impl World<'_> {
    /// Checks a conversation, as the function `check` does.
    pub(super) fn check(&mut self, id: &ConversationId, fact: Option<Date>) {
        for _ in 0..RACES {
            let Some(conversation) = self.table.conversations.get(id) else { return };
            let head = conversation.head.clone();
            let sealed = head.as_ref().map_or(Date::MIN, |head| head.sealed);
            let facts = conversation.facts_as_read(fact.map_or(sealed, |date| date.min(sealed)));
            let history = self.history(&facts, head.as_ref());
            self.assert_nothing_is_sealed_too_early(id, &history);
            let Some(plan) = decide(id, head.as_ref(), &facts, &history, &self.configs, self.now) else {
                return;
            };
            let links = plan.links.clone();
            if self.carry_out(id, plan) {
                return self.link(id, &links);
            }
        }
        panic!("{}: a check never comes to an end", self.script.title);
    }

    /// Puts private messages of the brand wherever their reader asked in public, and checks there.
    fn link(&mut self, dialogue: &ConversationId, messages: &[Said]) {
        let authored = self.table.authors.get(dialogue).cloned().unwrap_or_default();
        for said in messages {
            for (_, id) in authored.iter().filter(|(date, _)| *date >= answers_since(said)) {
                self.table.conversations.entry(id.clone()).or_default().put(said.linked(dialogue));
                self.check(id, Some(said.date()));
            }
        }
    }

    /// Whoever waits is the same, whether old facts are read or only remembered.
    fn assert_nothing_is_sealed_too_early(&self, id: &ConversationId, history: &History) {
        let all = self.history(&self.table.conversations[id].facts(), None);
        let open = |history: &History| {
            history.turns.iter().filter(|turn| turn.is_open()).cloned().collect::<Vec<Turn>>()
        };
        assert_eq!(open(history), open(&all), "{}: old facts are missed", self.script.title);
    }

    /// Carries a plan out; `false` if a removal or an answer turned up, so that it has to be
    /// decided again.
    fn carry_out(&mut self, id: &ConversationId, plan: Plan) -> bool {
        for Authored { dialogue, date } in plan.authors {
            self.table.authors.entry(dialogue.clone()).or_default().insert((date, id.clone()));
            let there = self.table.conversations.get(&dialogue).map(|there| there.facts().said);
            let answers = there.into_iter().flatten().filter(|said| said.event.is_heard_in_public());
            let links: Vec<Said> = answers.map(|said| said.linked(&dialogue)).collect();
            let conversation = self.table.conversations.get_mut(id).expect("it was read a moment ago");
            if links.into_iter().filter(|link| link.date() >= date).any(|link| conversation.put(link)) {
                return false;
            }
        }
        let conversation = self.table.conversations.get_mut(id).expect("it was read a moment ago");
        for (key, reason) in plan.drop {
            let notice = conversation.notice(&key).expect("a plan drops what it read");
            if notice.dropped.is_none() {
                notice.dropped = Some(Dropped { at: self.now, reason });
                self.tale.dropped(self.now, self.configs.current(), notice, reason);
            }
        }
        let Head { open, next_at, .. } = &plan.head;
        assert!(open.is_empty() || next_at.is_some(), "{}: nobody looks again", self.script.title);
        if !plan.unheard.is_empty() {
            self.tale.unheard(self.now);
        }
        for notice in plan.claim {
            conversation.claim(notice);
        }
        self.mails.extend(plan.tell);
        let blanked = plan.blank.iter().filter(|event| conversation.blank(event));
        let blanked: BTreeSet<&str> = blanked.map(|event| event.object.as_str()).collect();
        self.tale.blanked(&blanked);
        for listing in plan.list {
            let Listed { conversations, removal } = self.table.objects.entry(listing).or_default();
            conversations.insert(id.clone());
            if removal.clone().is_some_and(|removal| conversation.put(removal)) {
                return false;
            }
        }
        let is_said = conversation.head.as_ref().is_some_and(|head| head.says_the_same_as(&plan.head));
        if !is_said {
            let version = conversation.head.as_ref().map_or(0, |head| head.version);
            assert_eq!(version, plan.head.version, "nobody else saves a head here");
            let mut head = plan.head;
            head.version += 1;
            conversation.head = Some(head);
        }
        true
    }
}
