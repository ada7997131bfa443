//! Hundreds who ask in the same minute and whom nobody answers: who leads and who manages hears of them all, in one
//! mail a window.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use domain::event::Verb;
use domain::id::{ConversationId, Platform};
use fastrand::Rng;

use crate::fault::{Faults, Trouble};
use crate::history::Script;
use crate::log::Accepted;
use crate::story::people::BRANDS;
use crate::story::theme::Theme;
use crate::story::{Input, Post, Story, Told, What};
use crate::time::{HOUR, MINUTE, Ms, SECOND, instant};
use crate::verify::verify;
use crate::world::World;

/// The brand whose people have no webhooks, which need no windows.
const BRAND: usize = 1;
/// How many people ask.
const ASKED: usize = 500;

/// Returns a story in which so many ask within a minute, ten in each body.
fn story() -> Story {
    let page = BRANDS[BRAND].page;
    let bodies = (0..ASKED / 10).map(|body| {
        let at = HOUR + Ms::try_from(body).unwrap() * SECOND;
        let mut changes = Vec::new();
        let mut tells = Vec::new();
        for number in body * 10..(body + 1) * 10 {
            let object = format!("555666777_9{number:03}");
            let mut change = String::new();
            write!(
                change,
                r#"{{"field":"feed","value":{{"item":"comment","verb":"add","comment_id":"{object}","post_id":"{page}_555666777","parent_id":"{page}_555666777","from":{{"id":"777{number:03}","name":"Jo"}},"message":"Where is parcel {number}?","created_time":{}}}}}"#,
                instant(at).as_second()
            )
            .unwrap();
            changes.push(change);
            tells.push(Told { object, verb: Verb::Add, words: format!("number {number} asks") });
        }
        let body = format!(
            r#"{{"object":"page","entry":[{{"id":"{page}","time":{},"changes":[{}]}}]}}"#,
            instant(at).as_second(),
            changes.join(",")
        );
        let post =
            Post { platform: Platform::Facebook, body, brand: BRAND, tells, flaw: None, is_again: false };
        Input { at, what: What::Post(post) }
    });
    Story { theme: Theme::Plain, inputs: bodies.collect(), ends_at: 6 * HOUR, left_out: Vec::new() }
}

/// Lives through the storm with the first trouble after `seed` that `fits`.
fn lived(seed: u64, fits: impl Fn(Trouble) -> bool) -> World {
    let story = Rc::new(story());
    let mut chance = Rng::with_seed(seed);
    let faults = std::iter::repeat_with(|| Faults::draw(&mut chance, story.theme, story.ends_at))
        .find(|faults| fits(faults.trouble))
        .unwrap();
    Script { story, chosen: None, faults, chance, mutant: None }.run(false, None)
}

/// The mails to each person, in the order of their times.
fn mails(world: &World) -> BTreeMap<&str, Vec<&Accepted>> {
    let mut mails: BTreeMap<&str, Vec<&Accepted>> = BTreeMap::new();
    for mail in &world.log.accepted {
        mails.entry(mail.keys[0].person.as_str()).or_default().push(mail);
    }
    mails
}

/// Asserts that everybody was told of everybody.
fn assert_all_told(world: &World) {
    let mails = mails(world);
    for name in
        [BRANDS[BRAND].answers[0], BRANDS[BRAND].answers[1], BRANDS[BRAND].lead, BRANDS[BRAND].manager]
    {
        let mut told: Vec<&ConversationId> =
            mails[name].iter().flat_map(|mail| &mail.keys).map(|key| &key.conversation).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), ASKED, "{name} was told of {}", told.len());
    }
}

#[test]
fn of_five_hundred_who_wait_nobody_is_left_out_and_each_window_has_one_mail() {
    let mut world = lived(1, |trouble| trouble == Trouble::Calm);
    assert_all_told(&world);
    for (name, window) in [(BRANDS[BRAND].lead, 2 * MINUTE), (BRANDS[BRAND].manager, 15 * MINUTE)] {
        let mails = &mails(&world)[name];
        let gaps: Vec<Ms> = mails.windows(2).map(|two| two[1].at - two[0].at).collect();
        assert!(gaps.iter().all(|gap| *gap >= window), "{name}: {gaps:?}");
        // Three steps tell who leads, one who manages, and what is due meanwhile comes along.
        assert!(mails.len() <= 12, "{name} got {} mails", mails.len());
    }
    assert_eq!(verify(&mut world).violations, []);
}

#[test]
fn whatever_goes_wrong_in_a_storm_nobody_is_left_out() {
    for seed in 0..12 {
        let mut world = lived(seed, |trouble| matches!(trouble, Trouble::One(_)));
        assert_all_told(&world);
        let violations = verify(&mut world).violations;
        assert_eq!(violations, [], "seed {seed}, {:?}", world.faults.trouble);
    }
}
