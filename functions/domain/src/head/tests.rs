//! What is no longer read makes no difference to who waits and who is told.

use proptest::prelude::*;

use super::*;
use crate::decide::decide;
use crate::event::Side;
use crate::fact::{Dropped, NoticeKey, Said, Sent};
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

/// A line of a story over six weeks.
fn any_line() -> impl Strategy<Value = Line> {
    // Near the beginning and near midnight, so that things meet.
    let minute = prop_oneof![
        (0..3_u32, 0..1440_u32).prop_map(|(day, minute)| day * 1440 + minute),
        (0..14_u32, 0..60_u32).prop_map(|(day, minute)| day * 1440 + 1410 + minute),
        (0..30_u32, 0..1440_u32).prop_map(|(day, minute)| day * 1440 + minute),
    ];
    let text = prop::sample::select(vec![
        "Where is it?",
        "Mine is lost too",
        "👍",
        "You can look it up on their page",
        "Typical!",
        "Buy followers class=spam",
    ]);
    let answer = prop::sample::select(vec![
        "On its way",
        "On its way",
        "Is this the one?",
        "We'll look into it and get back to you",
        "Please send us a DM",
    ]);
    let act = prop::sample::select(vec![
        "dana dismisses c#: a joke",
        "dana resolves c#: by phone",
        "dana calls c# class=spam",
        "kim calls c# class=question",
        "kim calls c# class=upset",
        "dana acks c#",
        "dana replied c# as=a#",
        "dana answered c#",
    ]);
    let who = prop::sample::select(vec!["maria", "paul", "ann"]);
    // Some deliveries are late; what is done here is known at once.
    let late = prop_oneof![6 => Just(0_u32), 1 => 1..3000_u32];
    let line = (0..11_u32, 1..9_u32, 1..9_u32, who, text, answer, act, prop::bool::ANY);
    (minute, late, line).prop_map(|(minute, late, (sort, one, other, who, text, answer, act, is_reply))| {
        let (text, class) = text.split_once(" class=").map_or((text, ""), |(text, _)| (text, " class=spam"));
        // Nobody answers what is younger.
        let parent = if is_reply && other < one { format!(" > c{other}") } else { String::new() };
        let words = match sort {
            0..4 => format!("{who} says c{one}{parent}{class}: {text}"),
            4..6 => format!("brand says a{one} > c{other}: {answer}"),
            6 => format!("{who} says c{one} > a{other}{class}: {text}"),
            7 => format!("{who} removes c{one}"),
            8 => format!("brand removes a{one}"),
            _ => act.replace('#', &one.to_string()),
        };
        let words = format!("{} {words}", time(minute));
        let mut facts = facts(&words);
        for said in &mut facts.said {
            said.received_at += SignedDuration::from_mins(i64::from(late));
        }
        Line { words, facts }
    })
}

/// A line of a story, told late or at once.
struct Line {
    words: String,
    facts: Facts,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, known at {}", self.words, known_at(&self.facts))
    }
}

/// Puts a story in the order in which it becomes known, and leaves out what no platform tells: twice the same, and
/// what speaks of something that is said much later. Of what happens in the same minute the first counts: its
/// order goes by how deep it hangs in the thread, which is not known of all that is sealed.
fn told_by_platforms(story: Vec<Line>) -> Vec<Facts> {
    let mut story = story;
    story.sort_by_key(|line| known_at(&line.facts));
    let mut minutes = BTreeSet::new();
    story.retain(|line| minutes.insert(happened_at(&line.facts)));
    let mut keys = BTreeSet::new();
    story.retain(|line| {
        line.facts.said.iter().all(|Said { event, .. }| {
            keys.insert((event.object.clone(), event.verb.name(), event.version.clone()))
        })
    });
    let said: Vec<Said> = story.iter().flat_map(|line| line.facts.said.clone()).collect();
    story.retain(|line| {
        let known_at = known_at(&line.facts);
        let is_action = !line.facts.actions.is_empty();
        let speaks_of = |object: &str| line.words.split([' ', '=', ':']).any(|word| word == object);
        said.iter().filter(|said| said.event.verb == Verb::Add && speaks_of(&said.event.object)).all(|said| {
            let lag = said.event.occurred_at.duration_since(known_at);
            let is_near = lag.abs() <= SignedDuration::from_hours(48);
            match (is_action, said.event.side) {
                // A person sees what they act on.
                (true, Side::Customer) => said.received_at <= known_at,
                // What they answer through us is told back to us soon.
                (true, Side::Brand | Side::Automation) => is_near,
                // A platform may tell of an answer first.
                (false, _) => is_near || said.received_at <= known_at,
            }
        })
    });
    story.into_iter().map(|line| line.facts).collect()
}

/// Returns a minute of the story as it stands in a line.
fn time(minute: u32) -> String {
    format!("+{} {:02}:{:02}", minute / 1440, minute / 60 % 24, minute % 60)
}

/// Returns when the facts of one line are known to us.
fn known_at(line: &Facts) -> Timestamp {
    let said = line.said.iter().map(|said| said.received_at);
    said.chain(line.actions.iter().map(|action| action.at)).next().unwrap()
}

/// Returns when what the facts of one line tell happened.
fn happened_at(line: &Facts) -> Timestamp {
    let said = line.said.iter().map(|said| said.event.occurred_at);
    said.chain(line.actions.iter().map(|action| action.at)).next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Sealing only saves reading.
    #[test]
    fn who_waits_and_who_is_told_is_the_same_as_if_everything_were_always_read(
        story in prop::collection::vec(any_line(), 1..24),
    ) {
        let configs = configs(&[CONFIG]);
        let story = told_by_platforms(story);
        let mut times: Vec<Timestamp> = (0..45).map(|day| at(&format!("+{day} 12:00"))).collect();
        times.extend(story.iter().map(known_at));
        times.sort();
        times.dedup();
        let (mut all, mut some) = (World::new(Reads::All), World::new(Reads::Unsealed));
        for now in times {
            for line in story.iter().filter(|line| known_at(line) == now) {
                all.add(line);
                some.add(line);
            }
            // A note that all is well goes to who got a mail, and not a line of a list as the cap of a case makes it.
            let asks = |told: Vec<NoticeKey>| told.into_iter().filter(|key| key.purpose.asks()).collect::<Vec<_>>();
            let told = [&mut all, &mut some].map(|world| asks(world.check(&configs, now)));
            prop_assert_eq!(&told[0], &told[1], "told at {}", now);
            let open = |world: &World| world.head.as_ref().map(|head| (head.open.clone(), head.next_at));
            prop_assert_eq!(open(&all), open(&some), "open at {}", now);
        }
    }
}
