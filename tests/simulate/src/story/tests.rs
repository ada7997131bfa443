//! What every story holds to.

use std::hint::black_box;
use std::time::Instant;

use domain::platform::{Item, Parsed, Protocol};
use fastrand::Rng;

use super::*;
use crate::time::{HOUR, instant, words};

mod kinds;

fn story(seed: u64) -> Story {
    Story::draw(&mut Rng::with_seed(seed))
}

fn parsed(post: &Post, at: Ms) -> Parsed {
    let voices = configs::configs()[0].config.voices(post.platform);
    let protocol = Protocol::of(post.platform).unwrap();
    protocol.parse(post.body.as_bytes(), None, instant(at), &voices).unwrap()
}

fn posts(story: &Story) -> impl Iterator<Item = (Ms, &Post)> {
    story.inputs.iter().filter_map(|input| match &input.what {
        What::Post(post) => Some((input.at, post)),
        What::Act { .. } | What::Push { .. } | What::Deploy => None,
    })
}

#[test]
fn a_seed_is_a_story_in_order() {
    for seed in 0..500 {
        let story = story(seed);
        let times: Vec<Ms> = story.inputs.iter().map(|input| input.at).collect();
        assert!(times.is_sorted() && times.iter().all(|at| *at >= 0), "seed {seed}: {times:?}");
        assert!(story.ends_at >= 6 * HOUR, "seed {seed}: ends at {}", words(story.ends_at));
        assert!(times.iter().all(|at| *at < story.ends_at), "seed {seed}: ends at {}", words(story.ends_at));
        let again = Story::draw(&mut Rng::with_seed(seed));
        assert_eq!(format!("{story:?}"), format!("{again:?}"), "seed {seed}");
    }
}

#[test]
fn every_body_says_what_it_tells() {
    for seed in 0..2000 {
        let story = story(seed);
        for (at, post) in posts(&story) {
            let parsed = parsed(post, at);
            let said: Vec<_> = parsed.events().map(|event| (event.object.as_str(), event.verb)).collect();
            let told: Vec<_> = post.tells.iter().map(|told| (told.object.as_str(), told.verb)).collect();
            assert_eq!(said, told, "seed {seed}: {}", post.body);
            let account = &people::BRANDS[post.brand];
            let account = if post.platform == Platform::X { account.x } else { account.page };
            assert!(parsed.events().all(|event| event.account == account), "seed {seed}: {}", post.body);
            let others: Vec<_> = parsed.items.iter().filter(|item| !matches!(item, Item::Event(_))).collect();
            let is_right = matches!(
                (post.flaw, &others[..]),
                (None, [])
                    | (Some(Flaw::Broken), [Item::Refused(_)])
                    | (Some(Flaw::Unknown), [Item::Unknown(_)])
            );
            assert!(is_right, "seed {seed}: {others:?} in {}", post.body);
        }
    }
}

#[test]
#[ignore = "a measurement, worth something in a release only"]
fn how_long_a_story_takes() {
    const STORIES: u32 = 200_000;
    let begun = Instant::now();
    let (mut inputs, mut bytes) = (0, 0);
    for seed in 0..STORIES {
        let story = black_box(story(seed.into()));
        inputs += story.inputs.len();
        bytes += posts(&story).map(|(_, post)| post.body.len()).sum::<usize>();
    }
    let each = begun.elapsed() / STORIES;
    let mean = |sum: usize| f64::from(u32::try_from(sum).unwrap()) / f64::from(STORIES);
    eprintln!("{each:?} a story of {:.1} inputs, {:.0} bytes of bodies", mean(inputs), mean(bytes));
}
