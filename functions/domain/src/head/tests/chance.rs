//! Stories by chance, read whole and read as far as they are not sealed.

use proptest::prelude::*;

use super::*;
use crate::event::Side;
use crate::fact::Said;

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
