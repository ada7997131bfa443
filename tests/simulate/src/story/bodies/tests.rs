//! Every kind of deed, as the protocols read it.

use domain::event::{Event, Side, Verb, Visibility};
use domain::platform::{Item, Parsed, Protocol};

use super::*;
use crate::story::configs::configs;
use crate::story::deed::{By, Does, Object, Place};
use crate::story::people::{BRANDS, Customer};
use crate::time::{MINUTE, Ms, instant};

const MARIA: Customer = Customer(0);
const PAUL: Customer = Customer(1);
const AT: Ms = 5 * MINUTE + 4000;

fn object(place: Place, number: u32) -> Object {
    Object { place, number }
}

fn deed(place: Place, by: By, does: Does) -> Deed {
    Deed { brand: 0, object: object(place, 7), by, with: Some(MARIA), under: None, does, at: AT }
}

fn say(text: &'static str) -> Does {
    Does::Say { to: Vec::new(), text }
}

fn parsed(deeds: &[Deed], flaw: Option<Flaw>) -> Parsed {
    let protocol = Protocol::of(deeds[0].object.place.platform()).unwrap();
    let voices = configs()[0].config.voices(protocol.platform());
    protocol.parse(body(deeds, flaw).as_bytes(), None, instant(AT + 2000), &voices).unwrap()
}

fn event(deed: Deed) -> Event {
    let words = deed.words();
    match <[Item; 1]>::try_from(parsed(&[deed], None).items) {
        Ok([Item::Event(event)]) => *event,
        other => panic!("{words}: {other:?}"),
    }
}

#[test]
fn every_deed_is_read_as_what_it_is() {
    let edit = |place| Does::Edit { new: object(place, 9), text: "Where is it?" };
    let mut deeds = Vec::new();
    for place in Place::ALL {
        for by in [By::Customer, By::Brand] {
            deeds.push(deed(place, by, say("Where is it?")));
            if place != Place::Direct {
                deeds.extend([deed(place, by, edit(place)), deed(place, by, Does::Remove)]);
            }
        }
    }
    deeds.extend([Does::Hide, Does::Show].map(|does| deed(Place::Comment, By::Customer, does)));
    deeds.push(deed(Place::Messenger, By::Machine, say("Where is it?")));
    for brand in [0, 1] {
        for deed in &deeds {
            let place = deed.object.place;
            let event = event(Deed { brand, ..deed.clone() });
            let words = deed.words();
            assert_eq!((event.object.as_str(), event.verb), (&*deed.object.id(), deed.verb()), "{words}");
            let side = match (brand, deed.by) {
                (_, By::Customer) => Side::Customer,
                (1, By::Brand | By::Machine) | (_, By::Brand) => Side::Brand, // only acme knows its machine
                (_, By::Machine) => Side::Automation,
            };
            assert_eq!(event.side, side, "{words}");
            let is_private = matches!(place, Place::Messenger | Place::Direct);
            assert_eq!(event.visibility == Visibility::Private, is_private, "{words}");
            assert_eq!(event.occurred_at, instant(AT), "{words}");
            let text = event.text.unwrap_or_default();
            assert_eq!(
                text.ends_with("Where is it?"),
                matches!(event.verb, Verb::Add | Verb::Edit),
                "{words}"
            );
            let account = if place.platform() == domain::id::Platform::X {
                BRANDS[brand].x
            } else {
                BRANDS[brand].page
            };
            assert_eq!(event.account, account, "{words}");
        }
    }
}

#[test]
fn answers_name_what_they_answer_and_whom() {
    let (maria, paul) = (MARIA.on_x().to_string(), PAUL.on_x().to_string());
    let under = |place, does| Deed { under: Some(object(place, 3)), ..deed(place, By::Brand, does) };
    let to_both = Does::Say { to: vec![PAUL], text: "On their way" };

    let post = event(under(Place::Post, to_both.clone()));
    assert_eq!((post.parent, post.counterpart), (Some(object(Place::Post, 3).id()), Some(maria.clone())));
    assert_eq!(post.mentions, [maria.clone(), paul]);
    let comment = event(under(Place::Comment, to_both));
    assert_eq!(comment.thread, Some(object(Place::Comment, 3).id()));
    assert_eq!(comment.mentions, [PAUL.on_facebook().to_string()]);

    let direct = event(deed(Place::Direct, By::Brand, say("On its way")));
    assert_eq!(direct.counterpart, Some(maria));
    let messenger = event(deed(Place::Messenger, By::Brand, say("On its way")));
    assert_eq!(messenger.counterpart, Some(MARIA.on_facebook().to_string()));

    for place in [Place::Comment, Place::Post] {
        let to_all = event(Deed { with: None, ..deed(place, By::Brand, say("Closed today")) });
        assert!(to_all.mentions.is_empty() && to_all.counterpart.is_none(), "{to_all:?}");
    }
    let gone = event(deed(Place::Post, By::Brand, Does::Remove));
    assert!(gone.mentions.is_empty() && gone.counterpart.is_none() && gone.thread.is_none(), "{gone:?}");
}

#[test]
fn an_edit_on_x_is_a_post_with_a_name_of_its_own() {
    let does = Does::Edit { new: object(Place::Post, 9), text: "Where is it?" };
    let edited = event(deed(Place::Post, By::Customer, does));
    assert_eq!(edited.edit_name(), Some(&*object(Place::Post, 9).id()));
}

#[test]
fn one_body_tells_several_things_and_a_flaw_costs_none() {
    for place in Place::ALL {
        let deeds = [7, 8, 9].map(|number| Deed {
            object: object(place, number),
            ..deed(place, By::Customer, say("Where is it?"))
        });
        for flaw in [None, Some(Flaw::Broken), Some(Flaw::Unknown)] {
            let items = parsed(&deeds, flaw).items;
            let read = items.iter().filter_map(|item| match item {
                Item::Event(event) => Some(event.object.clone()),
                Item::Refused(_) | Item::Unknown(_) => None,
            });
            let read: Vec<_> = read.collect();
            assert_eq!(read, deeds.clone().map(|deed| deed.object.id()), "{place:?} {flaw:?}");
            let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
            let flaws = (
                count(|item| matches!(item, Item::Refused(_))),
                count(|item| matches!(item, Item::Unknown(_))),
            );
            let expected =
                (usize::from(flaw == Some(Flaw::Broken)), usize::from(flaw == Some(Flaw::Unknown)));
            assert_eq!(flaws, expected, "{place:?}: {items:?}");
        }
    }
}

#[test]
fn objects_are_known_by_their_names() {
    for place in Place::ALL {
        for number in [1, 42, 12_345] {
            assert_eq!(Object::of(&object(place, number).id()), Some(object(place, number)));
        }
    }
    assert_eq!(Object::of("somebody"), None);
}
