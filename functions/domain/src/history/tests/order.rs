//! Any order of arrival leads to the same.

use proptest::prelude::*;

use super::*;

/// A fact of a small conversation, so that facts meet.
fn any_fact() -> impl Strategy<Value = String> {
    let who = prop_oneof!["maria", "paul", "brand", "bot"];
    let verb = prop_oneof![6 => Just("says"), 1 => Just("edits"), 1 => Just("removes"), 1 => Just("hides")];
    let place = prop_oneof![2 => Just(""), 1 => Just(" x"), 1 => Just(" x @maria")];
    let text = prop_oneof![
        6 => Just("text"),
        1 => Just("We'll get back to you"),
        1 => Just("👍"),
        1 => Just("Where?"),
        1 => Just("2/2 text"),
    ];
    let class = prop_oneof![8 => Just(""), 1 => Just(" class=upset"), 1 => Just(" class=spam")];
    let said = (0..59, who, verb, 1..7, 1..7, prop::bool::ANY, (place, class, text), 0..59).prop_map(
        |(minute, who, verb, object, other, is_reply, (place, class, text), got)| {
            let parent = if is_reply { format!(" > c{other}") } else { String::new() };
            // On X an edit has a name of its own, by which it may be answered or removed.
            let name = if verb == "edits" { format!(" as c{other}") } else { String::new() };
            format!(
                "09:{minute:02} {who} {verb} c{object}{parent}{name}{place}{class} got=10:{got:02}: {text}"
            )
        },
    );
    let act = prop_oneof![
        Just("acks c# x"),
        Just("snoozes c# until=09:50"),
        Just("pauses c#: legal"),
        Just("resumes c# x"),
        Just("passes c# to=lee"),
        Just("dismisses c#: a joke"),
        Just("answered c# at=09:30"),
        Just("replied c# as=c5"),
        Just("calls c# class=threat"),
    ];
    let done = (0..59_u32, 1..7_u32, act).prop_map(|(minute, object, act): (u32, u32, &str)| {
        format!("09:{minute:02} dana {}", act.replace('#', &object.to_string()))
    });
    prop_oneof![4 => said, 1 => done]
}

/// Returns turns without what somebody wrote and what they are called.
fn untold(mut turns: Vec<Turn>) -> Vec<Turn> {
    for turn in &mut turns {
        for event in turn.waiting.iter_mut().map(|waiting| &mut waiting.event) {
            event.author = event.author.take().map(|author| Author { id: author.id, ..Author::default() });
            (event.text, event.permalink) = (None, None);
        }
        for helper in &mut turn.helped_by {
            helper.name = None;
        }
    }
    turns
}

proptest! {
    #[test]
    fn any_order_of_arrival_leads_to_the_same_turns(
        lines in prop::collection::vec(any_fact(), 0..14).prop_shuffle(), seed in any::<u64>(),
    ) {
        let mut once = facts(&lines.join("\n"));
        // The table keeps one fact per key; what comes second is known.
        let mut keys = BTreeSet::new();
        once.said.retain(|Said { event, .. }| {
            keys.insert((event.object.clone(), event.verb, event.version.clone()))
        });
        let mut nonces = BTreeSet::new();
        once.actions.retain(|action| nonces.insert(action.nonce.clone()));
        // Doubled and turned about by the seed.
        let mut shuffled = once.clone();
        let middle = |length| usize::try_from(seed % 13).unwrap().min(length);
        let (said, actions) = (middle(once.said.len()), middle(once.actions.len()));
        shuffled.said.rotate_left(said);
        shuffled.said.extend(once.said.iter().take(said).cloned());
        shuffled.said.reverse();
        shuffled.actions.rotate_left(actions);
        shuffled.actions.extend(once.actions.iter().take(actions).cloned());
        shuffled.actions.reverse();
        let (a, b) = (folded(&once, at("20:00")), folded(&shuffled, at("20:00")));
        prop_assert_eq!(&a.turns, &b.turns);
        prop_assert_eq!(&a.kept, &b.kept);
        // What was taken back leaves no text behind, and everything else as it was.
        for said in once.said.iter_mut().filter(|said| a.to_blank.contains(&said.event)) {
            said.blank();
        }
        let blanked = folded(&once, at("20:00"));
        prop_assert_eq!(untold(blanked.turns), untold(a.turns));
        prop_assert_eq!(blanked.kept, a.kept);
        prop_assert_eq!(blanked.to_blank, []);
    }
}
