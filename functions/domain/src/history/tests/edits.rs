//! What edits, removals and facts that come alone say.

use super::*;

#[test]
fn an_edit_stands_for_an_object_that_was_never_seen() {
    insta::assert_snapshot!(turns("
        09:00 maria edits c1: Where is my parcel??
    "), @"maria c1 from 09:00: waits");
    let facts = facts(
        "
        09:00 maria says c1: Where is my parcel?
        09:00 maria edits c1 got=09:02: Where is my blue parcel?
        ",
    );
    let history = folded(&facts, at("10:00"));
    assert_eq!(history.turns[0].opener().event.text.as_deref(), Some("Where is my blue parcel?"));
}

#[test]
fn an_edit_makes_a_matter_worse_or_milder_from_then_on() {
    /// A class that a turn had, and until when.
    type Before = (Class, &'static str);
    // edits, class at the end, classes before
    let table: [(&str, Class, &[Before]); 6] = [
        ("09:10 maria edits c1 class=upset: Where is it?!", Class::Upset, &[(Class::Question, "09:10")]),
        (
            "09:10 maria edits c1 class=threat: I will sue you
             09:20 maria edits c1 class=question: Sorry. Where is it?",
            Class::Question,
            &[(Class::Question, "09:10"), (Class::Threat, "09:20")],
        ),
        ("09:10 maria edits c1: Where is it, please?", Class::Question, &[]),
        // What somebody else of the turn said is still upset; what a person called it stays unless it gets worse.
        (
            "09:05 maria says c2 > c1 class=upset: A disgrace
             09:10 maria edits c1 class=praise: Nice",
            Class::Upset,
            &[(Class::Question, "09:05")],
        ),
        (
            "09:05 kim calls c1 class=upset
             09:10 maria edits c1 class=praise: Nice",
            Class::Upset,
            &[(Class::Question, "09:05")],
        ),
        // A closing word does not end it by itself.
        ("09:10 maria edits c1 class=thanks: Found it", Class::Question, &[]),
    ];
    for (edits, class, before) in table {
        let history = folded(&facts(&format!("09:00 maria says c1: Where is it?\n{edits}")), at("10:00"));
        let before: Vec<(Class, Timestamp)> = before.iter().map(|(class, time)| (*class, at(time))).collect();
        assert_eq!((history.turns[0].class, &history.turns[0].classes_before), (class, &before), "{edits}");
    }
    // What nobody had to answer is a question by its edit.
    insta::assert_snapshot!(turns("
        09:00 maria says c1 class=spam: Cheap watches
        09:10 maria edits c1 class=question: Are these yours?
    "), @"maria c1 from 09:00: waits");
}

#[test]
fn nobody_is_told_about_what_waited_for_thirty_days() {
    let said = story("09:00 maria says c1: Where is my parcel?");
    assert_eq!(told(&fold_said(&said, at("+29 23:00"))), "maria c1 from 09:00: waits");
    assert_eq!(told(&fold_said(&said, at("+30 09:00"))), "maria c1 from 09:00: expired");
}

#[test]
fn an_answer_reaches_the_author_of_a_first_object_that_is_no_longer_read() {
    let said = story(
        "
        09:00 maria says c7 > c1: And now?
        09:10 brand says c8 > c1: On its way
    ",
    );
    assert_eq!(told(&fold_said(&said, at("10:00"))), "maria c7 from 09:00: waits");
    let author = Some("maria".to_owned());
    let root = Trace { object: "c1".to_owned(), author, side: Side::Customer, parent: None };
    let kept = Kept { root: Some(root), ..Kept::default() };
    let history = fold(&Facts { said, ..Facts::default() }, &kept, REOPEN, at("10:00"));
    assert_eq!(told(&history), "maria c7 from 09:00: answered 09:10 by c8");
    assert_eq!(history.kept.root, kept.root, "kept for the next fold");
}

#[test]
fn what_was_removed_is_blanked_as_long_as_it_tells_anything() {
    let mut said = story(
        "
        09:00 maria says c1: My number is 12345
        09:10 maria removes c1
    ",
    );
    let blank = fold_said(&said, at("10:00")).to_blank;
    assert_eq!(blank.iter().map(|event| event.verb).collect::<Vec<_>>(), [Verb::Add, Verb::Remove]);
    said.iter_mut().for_each(Said::blank);
    assert_eq!(fold_said(&said, at("10:00")).to_blank, []);
    let answer = story("09:10 brand says c2 > c1: Dear Maria\n09:20 brand removes c2");
    assert_eq!(fold_said(&answer, at("10:00")).to_blank, [], "whom it named is still needed");
}

#[test]
fn a_text_that_is_gone_counts_as_it_did() {
    // what happens, the turns, why
    let table = [
        (
            "09:00 maria says c1: Where is it?
             09:05 brand says c2 > c1: Here
             09:10 ann says c3 > c1: And where is mine?
             10:20 ann removes c3",
            "maria c1 from 09:00: answered 09:05 by c2\nann c3 from 09:10: withdrawn 10:20",
            "it had words",
        ),
        (
            "09:00 maria says c1: Where is it?
             09:01 ann says c2 > c1: 👍
             09:05 ann removes c2",
            "maria c1 from 09:00: waits",
            "it had none",
        ),
        (
            "09:00 maria says c1: Where is it?
             09:01 ann says c2 > c1: Typical!
             09:02 ann removes c2",
            "maria c1 from 09:00: waits",
            "a remark to somebody else",
        ),
        (
            "09:00:00 maria says m1 private: Where is it?
             09:00:20 brand says m2 private: Which one?
             09:00:30 maria says m3 private: where  is it?
             09:05 maria removes m1",
            "maria m1 from 09:00: answered 09:00 by m2",
            "sent twice, and one of the two was taken back",
        ),
    ];
    for (lines, turns, why) in table {
        let mut all = facts(lines);
        let history = folded(&all, at("11:00"));
        assert_eq!(told(&history), turns, "{why}");
        for said in all.said.iter_mut().filter(|said| history.to_blank.contains(&said.event)) {
            said.blank();
        }
        let blanked = folded(&all, at("11:00"));
        assert_eq!((told(&blanked).as_str(), blanked.to_blank), (turns, Vec::new()), "{why}");
    }
}

#[test]
fn what_speaks_of_something_that_is_not_there_needs_all_facts() {
    let answered = "09:00 maria says c1: Where is it?\n09:10 brand says c2 > c1: There";
    // the facts, whether the rest has to be read, why
    let table = [
        (answered.to_owned(), false, "all is there"),
        ("09:10 maria removes c1".to_owned(), true, "an object that began before"),
        ("09:10 brand edits c2: Here".to_owned(), true, "an object that began before"),
        ("09:10 brand says c2 > c1: There\n09:20 brand removes c2".to_owned(), false, "its turn is alive"),
        (
            "09:10 brand says c2 > c1: There\n+7 09:20 brand removes c2".to_owned(),
            true,
            "its turn may be sealed",
        ),
        (
            "09:10 brand says c2 > c1: There\n+7 09:20 brand hides c2".to_owned(),
            true,
            "its turn may be sealed",
        ),
        ("09:10 maria says c2 > c1: Hm\n+7 09:20 maria removes c2".to_owned(), false, "no answer"),
        (format!("{answered}\n+9 09:00 kim calls c1 class=upset"), false, "of a turn that is there"),
        ("+9 09:00 kim calls c1 class=upset".to_owned(), true, "perhaps undoes what ended a turn"),
        ("+9 09:00 kim calls c1 class=spam".to_owned(), false, "opens nothing"),
        ("+9 09:00 kim dismisses c1: no".to_owned(), false, "opens nothing"),
    ];
    for (lines, partial, why) in table {
        assert_eq!(is_partial(&facts(&lines)), partial, "{why}: {lines}");
    }
}

#[test]
fn an_edit_with_a_name_of_its_own_is_the_same_post() {
    insta::assert_snapshot!(turns("
        09:00 maria says p1 x: Where is my parcel?
        09:05 maria edits p1 as p2 x: Where is my parcel 77?
        09:10 maria removes p2 x
    "), @"maria p1 from 09:00: withdrawn 09:10");
    insta::assert_snapshot!(turns("
        09:00 maria says p1 x: Where is my parcel?
        09:05 maria edits p1 as p2 x: Where is my parcel 77?
        09:10 brand says p3 > p2 x: On its way
    "), @"maria p1 from 09:00: answered 09:10 by p3");
    insta::assert_snapshot!(turns("
        09:00 maria says p1 x: Where is my parcel?
        09:10 brand says p3 x @maria: On its way
        09:12 brand edits p3 as p4 x @maria: On its way to you
        09:20 brand removes p4 x
    "), @"maria p1 from 09:00: waits, answer taken back 1x");
}

#[test]
fn the_last_edit_made_is_what_a_post_says_and_all_of_them_go_with_it() {
    let mut said = story(
        "
        09:00 maria says p1 x: Where is my parcel 1?
        09:07 maria edits p1 as p3 x got=09:08: Where is my parcel 3?
        09:05 maria edits p1 as p2 x got=09:20: Where is my parcel 2?
        09:05 maria says p2 x got=09:05: Where is my parcel 2?
    ",
    );
    let history = fold_said(&said, at("10:00"));
    assert_eq!(history.turns.len(), 1, "the other product told the edit as a post");
    assert_eq!(history.turns[0].opener().event.text.as_deref(), Some("Where is my parcel 3?"));
    said.extend(story("09:30 maria removes p2 x"));
    let all = Facts { said: said.clone(), ..Facts::default() };
    assert!(!is_partial(&all), "p2 began as p1");
    let blank = fold_said(&said, at("10:00")).to_blank;
    assert_eq!(blank.len(), 5);
    said.iter_mut().for_each(Said::blank);
    assert_eq!(fold_said(&said, at("10:00")).to_blank, [], "nothing tells of her any more");
}

#[test]
fn a_post_told_by_two_names_in_one_instant_goes_by_its_own() {
    let said = story(
        "
        09:00 maria edits p2 as p1 x: Where is my parcel 2?
        09:00 maria says p2 x: Where is my parcel?
        09:00 maria says p1 x: Where is my parcel?
    ",
    );
    let backwards: Vec<Said> = said.iter().rev().cloned().collect();
    for said in [said, backwards] {
        let history = fold_said(&said, at("10:00"));
        assert_eq!(told(&history), "maria p2 from 09:00: waits");
    }
}
