//! A history can be run again, from its seed or from its notes, and cut down to what matters in it.

use simulate::history::{History, Script};
use simulate::shrink::{Unshrunk, shrink_while};
use simulate::tell::tell;

#[test]
fn a_history_is_the_same_drawn_noted_and_given() {
    for seed in 0..300 {
        let script = Script::draw(seed);
        let drawn = script.live(false);
        let noted = script.live(true);
        assert_eq!(drawn.seen, noted.seen, "seed {seed}, noted");
        let given = Script { chosen: Some(noted.chosen.clone()), ..script }.live(true);
        assert_eq!(noted.chosen, given.chosen, "seed {seed}, given");
        assert_eq!(noted.seen, given.seen, "seed {seed}, given");
    }
}

#[test]
fn a_history_is_cut_down_to_what_it_is_about() {
    // what happens, and what is told of it
    for (what, told) in [
        ("check crashes after claiming a notice", "CRASHES right after claiming a notice"),
        ("mail crashes before marking a notice sent", "CRASHES before marking a notice sent"),
        ("webhook crashes after storing an event", "CRASHES right after storing an event"),
        ("a message is lost", "(the message is lost)"),
    ] {
        let happens = |history: &History| history.tally.counts()[what] > 0;
        let mut scripts = (0..).map(Script::draw);
        let script = scripts.find(|script| happens(&script.live(false))).unwrap();
        let shrunk = shrink_while(&script, &happens).unwrap();
        assert!(happens(&shrunk.script.live(false)), "{what}");
        assert!(shrunk.inputs + shrunk.choices <= 20, "{what}: {:?}", shrunk.script);
        let story = tell(&shrunk.script);
        assert!(story.contains(told), "{what}: {story}");
        let again = shrink_while(&shrunk.script, &happens).unwrap();
        assert_eq!((again.inputs, again.choices), (shrunk.inputs, shrunk.choices), "{what}");
    }
}

#[test]
fn what_does_not_happen_cannot_be_shortened() {
    let outcome = shrink_while(&Script::draw(1), &|_| false);
    assert_eq!(outcome.unwrap_err(), Unshrunk::Right);
}
