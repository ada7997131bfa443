//! What is no longer read makes no difference to who waits and who is told.

use super::*;
use crate::decide::decide;
use crate::fact::{Dropped, NoticeKey, Sent};
use crate::history::{REOPEN, TurnKind, fold, is_partial};
use crate::story::{CONFIG, at, configs, facts, told};
use crate::versions::Configs;

/// A conversation as the table would hold it, and how much of it is read.
struct World {
    head: Option<Head>,
    facts: Facts,
    reads: Reads,
}

/// What a check reads.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    /// Every fact there ever was.
    All,
    /// What the head says is not sealed.
    Unsealed,
}

impl World {
    fn new(reads: Reads) -> World {
        World { head: None, facts: Facts::default(), reads }
    }

    fn add(&mut self, facts: &Facts) {
        self.facts.said.extend_from_slice(&facts.said);
        self.facts.actions.extend_from_slice(&facts.actions);
    }

    fn read(&self) -> Facts {
        let Some(head) = self.head.as_ref().filter(|_| self.reads == Reads::Unsealed) else {
            return self.facts.clone();
        };
        let mut facts = self.facts.clone();
        facts.said.retain(|said| said.date() >= head.sealed);
        facts.actions.retain(|action| date(action.at) >= head.sealed);
        facts.notices.retain(|notice| notice.key.date >= head.sealed);
        if is_partial(&facts) { self.facts.clone() } else { facts }
    }

    fn history(&self, facts: &Facts, now: Timestamp) -> History {
        let nothing = Kept::default();
        fold(facts, self.head.as_ref().map_or(&nothing, |head| &head.kept), REOPEN, now)
    }

    /// Carries a plan out as far as the table, and returns who is told anew.
    fn check(&mut self, configs: &Configs, now: Timestamp) -> Vec<NoticeKey> {
        let facts = self.read();
        let history = self.history(&facts, now);
        let conversation = ConversationId::from("CONVERSATION");
        let plan = decide(&conversation, self.head.as_ref(), &facts, &history, configs, now);
        let Some(plan) = plan else { return Vec::new() };
        let mut told = Vec::new();
        for notice in plan.claim {
            if self.facts.notices.iter().all(|known| known.key != notice.key) {
                told.push(notice.key.clone());
                self.facts.notices.push(notice);
            }
        }
        for (key, reason) in plan.drop {
            let dropped = self.facts.notices.iter_mut().find(|notice| notice.key == key);
            dropped.unwrap().dropped = Some(Dropped { at: now, reason });
        }
        for key in plan.tell.into_iter().filter(|tell| tell.at <= now).flat_map(|tell| tell.notices) {
            let notice = self.facts.notices.iter_mut().find(|notice| notice.key == key).unwrap();
            notice.sent.get_or_insert(Sent { at: now, mail: "mail".to_owned() });
        }
        self.head = Some(plan.head);
        told.sort();
        told
    }

    /// Adds the lines at their times, and checks then and each day at noon until `until`.
    fn live(&mut self, configs: &Configs, lines: &[&str], until: Timestamp) {
        let lines: Vec<Facts> = lines.iter().map(|line| facts(line)).collect();
        let mut times: Vec<Timestamp> = (0..60).map(|day| at(&format!("+{day} 12:00"))).collect();
        times.extend(lines.iter().map(known_at));
        times.sort();
        for now in times.into_iter().filter(|now| *now <= until) {
            for line in lines.iter().filter(|line| known_at(line) == now) {
                self.add(line);
            }
            self.check(configs, now);
        }
    }
}

/// What happened, who waits then, and why.
const STORIES: [(&[&str], &str, &str); 14] = [
    (
        &[
            "09:00 ann says c1: Hi?",
            "09:01 paul says c2 > c1: Mine is lost",
            "09:05 brand says c3 > c2 @ann: It is here",
            "+5 09:00 paul says c4 > c2: But now it is broken!",
            "+5 09:10 brand says c5 > c2: We sent a new one.",
        ],
        "",
        "what an answer answered is sealed before the answer",
    ),
    (
        &[
            "09:00 maria says c1: Where is it?",
            "09:01 paul says c2 > c1: Mine is lost",
            "09:05 brand says c3 > c2 @maria: It is here",
            "+12 09:00 paul says c4 > c2: But now it is broken!",
            "+12 09:20 brand says c5 > c3: We sent a new one.",
        ],
        "",
        "what is answered was sealed before it was answered again",
    ),
    (
        &[
            "09:00 maria says m1 private: Where is it?",
            "09:05 brand says m2 private: It is here.",
            "+5 09:00 maria says m3 private: 👍",
        ],
        "",
        "a picture after an answer that is sealed",
    ),
    (
        &[
            "09:00 maria says m1 private: Where is it?",
            "09:05 brand says m2 private: Is this the one?",
            "+5 09:00 maria says m3 private: 👍",
        ],
        "again maria m3 from 09:00: waits",
        "a picture that answers what the brand asked",
    ),
    (
        &[
            "09:00 maria says c1: Where is it?",
            "09:02 brand says c2 > c1: It is here.",
            "+1 23:50 maria says c3 > c1: Really?",
            "+2 00:05 paul says c4 > c3: You can look it up on their page",
            "+2 00:10 brand says c5 > c3: Yes",
        ],
        "",
        "advice to somebody whose question is sealed",
    ),
    (
        &[
            "09:00 maria says c1: Where is it?",
            "+1 23:50 maria says c3 > c1: Really?",
            "+2 00:05 maria says c4 > c1: Hello?",
            "+2 00:10 dana dismisses c1: a joke",
        ],
        "",
        "the rest of what was dismissed under the name of what is sealed",
    ),
    (
        &[
            "23:59:30 maria says m1 private: Where is it?",
            "23:59:50 brand says m2 private: Here",
            "+1 00:00:10 maria says m3 private: Where is it?",
        ],
        "",
        "the same once more, right after midnight",
    ),
    (
        &[
            "09:00 maria says m1 private: Where is it?",
            "+1 09:00 maria says m2 private: Hello?",
            "+1 09:10 maria removes m1",
            "+1 09:20 dana dismisses m1: a joke",
        ],
        "",
        "dismissed by a name that it no longer bears",
    ),
    (
        &["00:10 brand says c2 > c1: Here", "+1 23:50 maria says c1: Where is it?"],
        "",
        "an answer that bears a date before its question",
    ),
    (
        &[
            "00:00 paul says c1: Where is it?",
            "+12 00:16 brand says c3 > c2: On its way",
            "+13 23:30 maria says c2 > c1: You can look it up on their page",
        ],
        "",
        "advice in the instant of an answer that bears an earlier date",
    ),
    (
        &[
            "00:00 maria says c1: Where is it?",
            "00:10 brand says c2 > c1: Here",
            "+3 00:10 maria says c4 > c3: Thank you, this is it",
            "+5 23:30 paul says c3 > c1: You can look it up on their page",
            "+5 23:40 dana dismisses c4: thanks",
        ],
        "paul c3 from 23:30: waits",
        "advice to somebody whose reply to it bears an earlier date",
    ),
    (
        &[
            "00:00 maria says c1: Where is it?",
            "06:55 brand says a2 > c2: On its way",
            "+1 00:17 brand says a1 > c2: On its way",
            "+2 00:00 maria says c3 > a2: And the other one?",
            "+2 23:30 maria says c2: Where is it?",
        ],
        "again maria c3 from 23:30: waits",
        "a question about an answer to what bears a later date than both",
    ),
    (
        &[
            "09:00 maria says m1 private: Where is it?",
            "09:10 dana calls m1 class=spam",
            "+15 09:00 kim calls m1 class=question",
        ],
        "maria m1 from 09:00: waits",
        "a click of long ago, undone",
    ),
    (
        &[
            "00:00 ann says c1: Where is it?",
            "+1 00:00 ann says c2 > c1: Hello?",
            "+1 00:01 dana calls c2 class=spam",
            "+2 23:30 maria says c3: Where is it?",
            "+17 00:00 kim calls c2 class=question",
        ],
        "ann c1,c2 from 00:00: waits\nmaria c3 from 23:30: waits",
        "a click of long ago, undone by the name of what is still read for somebody else",
    ),
];

#[test]
fn who_was_answered_waits_for_nothing_when_the_beginning_is_no_longer_read() {
    let configs = configs(&[CONFIG]);
    for (lines, waits, why) in STORIES {
        for day in 5..25 {
            let mut world = World::new(Reads::Unsealed);
            let until = at(&format!("+{day} 12:00"));
            world.live(&configs, lines, until);
            let history = world.history(&world.read(), until);
            let open =
                History { turns: history.turns.into_iter().filter(Turn::is_open).collect(), ..history };
            let is_over = lines.iter().all(|line| known_at(&facts(line)) <= until);
            assert!(!is_over || told(&open) == waits, "{why}, on day {day}: {}", told(&open));
        }
    }
}

#[test]
fn a_turn_keeps_its_case_its_kind_and_its_time_when_the_case_begins_before_what_is_read() {
    let configs = configs(&[&CONFIG.replace("target = \"60m\"", "target = \"60m\"\nnext_response = \"4h\"")]);
    let lines = [
        "09:00 maria says m1 private: Where is it?",
        "09:05 brand says m2 private: It is here.",
        "+5 09:00 maria says m3 private: It is broken",
    ];
    let mut world = World::new(Reads::Unsealed);
    for day in 5..30 {
        let mut world = World::new(Reads::Unsealed);
        let until = at(&format!("+{day} 12:00"));
        world.live(&configs, &lines, until);
        assert_eq!(world.head.as_ref().unwrap().open[0].due, at("+5 13:00"), "on day {day}");
        let history = world.history(&world.read(), until);
        let open = history.turns.last().unwrap();
        assert_eq!((&open.kind, &open.case), (&TurnKind::NextResponse, &TurnId::of("m1")), "on day {day}");
    }
    world.live(&configs, &lines[..2], at("+12 12:00"));
    assert_eq!(world.read().said, [], "the first turn is sealed");
}

#[test]
fn what_was_answered_before_it_was_found_to_be_a_matter_waits_for_nothing() {
    // By the platform's clock the answer is the older.
    let lines = [
        "00:00 brand says c2 > c1: Here",
        "+1 00:00 maria says c1 class=spam: Where is it?",
        "+2 00:00 maria says c3: And the other?",
        "+11 00:00 kim calls c1 class=question",
    ];
    let mut world = World::new(Reads::Unsealed);
    world.live(&configs(&[CONFIG]), &lines, at("+11 00:00"));
    let open: Vec<TurnId> = world.head.unwrap().open.into_iter().map(|open| open.turn).collect();
    assert_eq!(open, [TurnId::of("c3")]);
}

#[test]
fn what_is_kept_is_bounded() {
    let configs = configs(&[CONFIG]);
    let mut world = World::new(Reads::Unsealed);
    for person in 0..600_u32 {
        let (hour, minute) = (8 + person / 60, person % 60);
        world.add(&facts(&format!("{hour:02}:{minute:02} p{person} says q{person} > c1: Where is mine?")));
        world.add(&facts(&format!("{hour:02}:{minute:02} brand says a{person} > q{person}: Here")));
    }
    world.check(&configs, at("+12 12:00"));
    let kept = &world.head.as_ref().unwrap().kept;
    assert_eq!((kept.past.len(), kept.traces.len()), (500, 500));
    assert_eq!(kept.past[0].opener, TurnId::of("q599"), "the newest");
    // A conversation of one person keeps what may be gone on with, however long it lasts.
    let mut world = World::new(Reads::Unsealed);
    for month in 0..12_u32 {
        let day = month * 30;
        world.add(&facts(&format!("+{day} 09:00 maria says m{day} private: Where is it?")));
        world.add(&facts(&format!("+{day} 09:10 brand says a{day} private: Here")));
        world.check(&configs, at(&format!("+{day} 12:00")));
        world.check(&configs, at(&format!("+{} 12:00", day + 10)));
        let kept = &world.head.as_ref().unwrap().kept;
        // The last turn that may be read again, and the one before it.
        assert!(kept.past.len() <= 2 && kept.traces.is_empty(), "in month {month}: {kept:?}");
    }
}

/// Returns when the facts of one line are known to us.
fn known_at(line: &Facts) -> Timestamp {
    let said = line.said.iter().map(|said| said.received_at);
    said.chain(line.actions.iter().map(|action| action.at)).next().unwrap()
}

mod chance;
