use proptest::prelude::*;

use super::*;
use crate::action::{Refusal, refusal};
use crate::calendar::Stretch;
use crate::event::Author;
use crate::fact::{Channel, NoticeKey, Purpose, date};
use crate::id::{BrandId, ConversationId, PersonId, Step};
use crate::policy::Style;
use crate::run::run;
use crate::story::{CONFIG, at, configs, facts, folded, story, told};

fn fold_said(said: &[Said], now: Timestamp) -> History {
    folded(&Facts { said: said.to_vec(), ..Facts::default() }, now)
}

fn turns(lines: &str) -> String {
    told(&folded(&facts(lines), at("20:00")))
}

#[test]
fn a_question_waits_until_the_brand_answers_whatever_tool_wrote_it() {
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
    "), @"maria c1 from 09:00: waits");
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: On its way
    "), @"maria c1 from 09:00: answered 09:10 by c2");
    insta::assert_snapshot!(turns("
        09:00 maria says m1 private: Where is my parcel?
        09:10 brand says m2 private: On its way
        09:20 maria says m3 private: Since when?
    "), @r"
    maria m1 from 09:00: answered 09:10 by m2
    again maria m3 from 09:20: waits
    ");
}

#[test]
fn more_messages_while_waiting_keep_the_oldest_start() {
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:30 maria says c2 > c1: Hello?
    "), @"maria c1,c2 from 09:00: waits");
}

#[test]
fn an_answer_to_one_does_not_answer_another_unless_named() {
    let two = "
        09:00 maria says c1: Where is my parcel?
        09:05 paul says c2 > c1: Mine is lost too
    ";
    insta::assert_snapshot!(turns(&format!("{two}
        09:10 brand says c3 > c1: On its way
    ")), @r"
    maria c1 from 09:00: answered 09:10 by c3
    paul c2 from 09:05: waits
    ");
    insta::assert_snapshot!(turns(&format!("{two}
        09:10 brand says c3 > c1 @paul: On its way, both
    ")), @r"
    maria c1 from 09:00: answered 09:10 by c3
    paul c2 from 09:05: answered 09:10 by c3
    ");
    insta::assert_snapshot!(turns(&format!("{two}
        09:10 brand says c3 > c1: Dear Paul, dear Maria, on its way
    ")), @r"
    maria c1 from 09:00: answered 09:10 by c3
    paul c2 from 09:05: answered 09:10 by c3
    ");
}

#[test]
fn a_second_question_in_a_thread_is_answered_under_the_first() {
    // Facebook nests two levels: every answer hangs on the top-level comment.
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: On its way
        09:20 maria says c3 > c1: Since when?
        09:30 brand says c4 > c1: Since Monday
    "), @r"
    maria c1 from 09:00: answered 09:10 by c2
    again maria c3 from 09:20: answered 09:30 by c4
    ");
}

#[test]
fn automation_and_third_parties_do_not_answer() {
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:01 bot says c2 > c1: We got your message
    "), @"maria c1 from 09:00: waits");
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:01 paul says c2 > c1: Look at the tracking page
    "), @"maria c1 from 09:00: waits");
}

#[test]
fn who_only_speaks_to_another_customer_opens_nothing_while_that_one_waits() {
    let waits = "09:00 maria says c1: Where is my parcel?";
    // what is said under it, whether the speaker waits for the brand, why
    let table = [
        ("09:05 paul says c2 > c1: You can track it on their page", false, "advice to who waits"),
        ("09:05 paul says c2 > c1: Typical!", false, "a remark"),
        ("09:05 paul says c2 > c1", false, "a picture"),
        ("09:05 paul says c2 > c1: Mine is lost too", true, "a matter of their own"),
        ("09:05 paul says c2 > c1: You can track it, or not?", true, "asks"),
        ("09:05 paul says c2 > c1: The shop in town has it", true, "nobody can be sure"),
        ("09:05 paul says c2 > c0: You can track it on their page", true, "under something that nobody saw"),
        ("09:05 paul says c2 > c1 @page: You should send it", true, "names the brand"),
        ("09:05 paul says c2 > c1 class=threat: You should sue them", true, "a threat"),
        (
            "09:05 brand says c2 > c1: On its way\n09:06 paul says c3 > c1: You can track it",
            true,
            "nobody waits",
        ),
        ("09:05 brand says c2 > c1: On its way\n09:06 paul says c3 > c1", false, "a picture to nobody"),
        (
            "09:05 brand says c2 > c1: Here\n09:06 maria says c3 > c1: Where?\n09:07 paul says c4 > c1: You can look it up",
            false,
            "the one above waits again",
        ),
        (
            "09:05 paul says c2 > c1: You can track it\n09:06 lee says c3 > c2: You can call them",
            false,
            "under advice to who waits",
        ),
        (
            "09:05 paul says c2 > c1: Typical!\n09:06 paul says c3 > c1: And where is mine?",
            true,
            "asks after all",
        ),
        (
            "09:05 paul says c2 > c1: Typical!\n09:06 paul edits c2: Where is mine?",
            true,
            "asks since an edit",
        ),
    ];
    for (lines, opens, why) in table {
        let history = folded(&facts(&format!("{waits}\n{lines}")), at("20:00"));
        let speaks = |turn: &Turn| turn.author.as_deref() == Some("paul");
        assert_eq!(history.turns.iter().any(speaks), opens, "{why}: {lines}");
        assert!(history.turns.iter().any(|turn| turn.opener().event.object == "c1"), "{why}: maria asked");
    }
}

#[test]
fn those_who_speak_to_whoever_waits_are_noted_with_the_turn() {
    let history = folded(
        &facts(
            "
            09:00 maria says c1: Where is my parcel?
            09:01 paul says c2 > c1: You can track it on their page
            09:02 ann says c3 > c1: Typical!
            09:03 lee says c4 > c2: Mine is lost too
            09:04 kim says c5 > c1: You need to call them
            09:05 kim removes c5
            ",
        ),
        at("10:00"),
    );
    let turn = &history.turns[0];
    let noted = turn.helped_by.iter().map(|helper| (helper.object.as_str(), helper.may_help));
    assert_eq!(noted.collect::<Vec<_>>(), [("c2", true), ("c3", false), ("c4", false)]);
    assert_eq!(turn.helped_by[0].name.as_deref(), Some("Paul"));
    assert!(turn.is_open(), "no answer of the brand");
}

#[test]
fn whoever_comments_under_a_post_of_the_brand_has_a_case_of_their_own() {
    insta::assert_snapshot!(turns("
        09:00 brand says c0: Our new shop opens
        09:01 maria says c1 > c0: Where is it?
        09:02 paul says c2 > c0: You can find it in the park
        09:03 ann says c3 > c0: Typical!
        09:10 brand says c4 > c0 @maria @ann: In the park
    "), @r"
    maria c1 from 09:01: answered 09:10 by c4
    paul c2 from 09:02: waits
    ann c3 from 09:03: answered 09:10 by c4
    ");
}

#[test]
fn an_answer_before_the_question_answers_nothing_and_one_at_its_second_does() {
    insta::assert_snapshot!(turns("
        08:59 brand says c0: New shop
        09:00 maria says c1 > c0: Where is my parcel?
    "), @"maria c1 from 09:00: waits");
    insta::assert_snapshot!(turns("
        09:00 brand says a2 > c1: On its way
        09:00 maria says c1: Where is my parcel?
    "), @"maria c1 from 09:00: answered 09:00 by a2");
    // The question came without its own time, dated by its delivery: its answer cannot be older.
    insta::assert_snapshot!(turns("
        09:05 brand says a2 > c1: On its way
        09:07 maria says c1: Where is my parcel?
    "), @"maria c1 from 09:07: answered 09:07 by a2");
}

#[test]
fn what_a_customer_deletes_no_longer_waits() {
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:10 maria removes c1
    "), @"maria c1 from 09:00: withdrawn 09:10");
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:05 maria says c2 > c1: Hello?
        09:10 maria removes c1
    "), @"maria c2 from 09:05: waits");
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: On its way
        09:20 maria removes c1
    "), @"maria c1 from 09:00: answered 09:10 by c2");
    insta::assert_snapshot!(turns("
        09:10 maria removes c1
    "), @"");
    // Dated with the time of what was removed, received later.
    insta::assert_snapshot!(turns("
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: On its way
        09:00 maria removes c1 got=09:20
    "), @"maria c1 from 09:00: answered 09:10 by c2");
}

#[test]
fn an_answer_taken_back_opens_the_turn_again_with_its_old_start() {
    let answered = "
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: On its way
    ";
    insta::assert_snapshot!(turns(&format!("{answered}
        09:20 brand removes c2
    ")), @"maria c1 from 09:00: waits, answer taken back 1x");
    insta::assert_snapshot!(turns(&format!("{answered}
        09:20 brand removes c2
        09:25 brand says c3 > c1: It is on its way
    ")), @"maria c1 from 09:00: answered 09:25 by c3, answer taken back 1x");
    insta::assert_snapshot!(turns(&format!("{answered}
        09:20 brand hides c2
        09:30 brand shows c2
    ")), @"maria c1 from 09:00: answered 09:10 by c2");
}

#[test]
fn the_same_words_again_within_a_minute_join_unless_the_first_were_taken_back() {
    insta::assert_snapshot!(turns("
        09:00:00 maria says m1 private: Hello?
        09:00:20 maria says m2 private: Hello?
        09:00:30 brand says m3 private: Hello!
        09:00:40 maria says m4 private: Hello?
    "), @r"
    maria m1,m2 from 09:00: answered 09:00 by m3
    ");
    insta::assert_snapshot!(turns("
        09:00:00 maria says m1 private: Hello?
        09:00:30 brand says m2 private: Hello!
        09:01:00 maria says m3 private: Hello?
    "), @r"
    maria m1 from 09:00: answered 09:00 by m2
    again maria m3 from 09:01: waits
    ");
    // Taken back and sent once more: somebody waits.
    insta::assert_snapshot!(turns("
        09:00:00 maria says m1 private: Where is it?
        09:00:10 maria removes m1 private
        09:00:20 maria says m2 private: Where is it?
    "), @r"
    maria m1 from 09:00: withdrawn 09:00
    again maria m2 from 09:00: waits
    ");
}

#[test]
fn a_turn_that_expired_does_not_swallow_the_next_question() {
    let said = story(
        "
        09:00 maria says m1 private: Thanks!
        +45 09:00 maria says m2 private: Where is my parcel?
        ",
    );
    let history = fold_said(&said, at("+45 10:00"));
    assert_eq!(told(&history), "maria m1 from 09:00: expired\nmaria m2 from 09:00: waits");
}

#[test]
fn a_name_that_is_part_of_another_or_that_two_bear_mentions_nobody() {
    insta::assert_snapshot!(turns("
        09:00 ann says c1: Where is my parcel?
        09:01 ann-keller says c2 > c1: And mine?
        09:02 annabel says c3 > c1: And mine?
        09:10 brand says c4 > c0: Dear Ann-keller, on its way
    "), @r"
    ann c1 from 09:00: waits
    ann-keller c2 from 09:01: answered 09:10 by c4
    annabel c3 from 09:02: waits
    ");
}

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
    for fact in &mut said {
        fact.event.text = None;
        fact.event.permalink = None;
        fact.event.author = Some(Author { id: Some("maria".to_owned()), ..Author::default() });
    }
    assert_eq!(fold_said(&said, at("10:00")).to_blank, []);
    let answer = story("09:10 brand says c2 > c1: Dear Maria\n09:20 brand removes c2");
    assert_eq!(fold_said(&answer, at("10:00")).to_blank, [], "whom it named is still needed");
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
    for fact in &mut said {
        let author = Some(Author { id: Some("maria".to_owned()), ..Author::default() });
        fact.event = Event { text: None, author, permalink: None, ..fact.event.clone() };
    }
    assert_eq!(fold_said(&said, at("10:00")).to_blank, [], "nothing tells of her any more");
}

#[test]
fn a_private_message_answers_in_public_what_was_asked_within_a_week() {
    insta::assert_snapshot!(turns("
        08:50 brand says m1 private x: We have news
        09:00 maria says p1 x: Where is my parcel?
    "), @"maria p1 from 09:00: waits");
    let told = |days: u32| {
        let story = story(&format!(
            "09:00 maria says p1 x: Where is it?\n+{days} 08:59 brand says m1 private x: News"
        ));
        told(&fold_said(&story, at("+9 10:00")))
    };
    assert_eq!(told(7), "maria p1 from 09:00: answered 08:59 by m1");
    assert_eq!(told(8), "maria p1 from 09:00: waits");
}

#[test]
fn a_private_answer_on_x_ends_what_was_asked_in_public() {
    insta::assert_snapshot!(turns("
        09:00 maria says p1 x: Where is my parcel?
        09:10 brand says m1 private x: On its way
    "), @"maria p1 from 09:00: answered 09:10 by m1");
}

#[test]
fn parents_in_a_circle_end() {
    insta::assert_snapshot!(turns("
        09:00 maria says c1 > c2: Where is my parcel?
        09:10 brand says c2 > c1: On its way
    "), @"maria c1 from 09:10: answered 09:10 by c2");
}

#[test]
fn a_promise_waits_beside_what_the_customer_says_and_a_further_part_belongs_to_it() {
    let promised = "
        09:00 maria says c1: Where is my parcel?
        09:10 brand says c2 > c1: We'll look into it and get back to you
    ";
    insta::assert_snapshot!(turns(&format!("{promised}
        09:11 brand says c3 > c1: 2/2 Thank you for waiting
    ")), @r"
    maria c1 from 09:00: answered 09:10 by c2
    promised maria c1 from 09:10: waits
    ");
    insta::assert_snapshot!(turns(&format!("{promised}
        09:30 maria says c3 > c1: When?
        09:40 brand says c4 > c1: It arrives at noon
    ")), @r"
    maria c1 from 09:00: answered 09:10 by c2
    promised maria c1 from 09:10: answered 09:40 by c4
    again maria c3 from 09:30: answered 09:40 by c4
    ");
    insta::assert_snapshot!(turns(&format!("{promised}
        09:30 brand removes c2
    ")), @"maria c1 from 09:00: waits, answer taken back 1x");
}

#[test]
fn a_message_without_words_joins_an_answer_unless_that_asked_something() {
    let answered = |says: &str| {
        turns(&format!(
            "
            09:00 maria says m1 private: Where is it?
            09:10 brand says m2 private: {says}
            09:20 maria says m3 private: 👍
        "
        ))
    };
    assert_eq!(answered("On its way"), "maria m1 from 09:00: answered 09:10 by m2");
    insta::assert_snapshot!(answered("Is this the one?"), @r"
    maria m1 from 09:00: answered 09:10 by m2
    again maria m3 from 09:20: waits
    ");
    insta::assert_snapshot!(turns("09:00 maria says m1 private: 😡😡"), @"maria m1 from 09:00: waits");
}

#[test]
fn what_is_found_to_be_no_matter_opens_nothing_until_somebody_says_otherwise() {
    insta::assert_snapshot!(turns("
        09:00 maria says m1 private class=spam: Buy followers
        09:10 maria says m2 private class=thanks: Thanks a lot
    "), @"");
    let found =
        facts("09:00 maria says m1 private class=spam: Buy me a new parcel\n11:00 dana calls m1 class=upset");
    let history = folded(&found, at("12:00"));
    assert_eq!(told(&history), "upset maria m1 from 09:00: waits");
    assert_eq!(history.turns[0].not_before, Some(at("11:00")), "nobody is told of the past");
    insta::assert_snapshot!(turns("
        09:00 maria says m1 private: Buy followers
        09:10 dana calls m1 class=spam
    "), @"maria m1 from 09:00: dismissed 09:10 by dana: spam");
}

#[test]
fn what_people_do_ends_a_turn_or_leaves_it() {
    let asked = "09:00 maria says m1 private: Where is it?\n";
    // what was done, what comes of it
    let table = [
        ("09:10 dana dismisses m1: a joke", "dismissed 09:10 by dana: a joke"),
        ("09:10 dana resolves m1: by phone", "settled 09:10 by dana: by phone"),
        ("09:10 dana answered m1", "settled 09:10 by dana: answered"),
        ("09:10 dana answered m1 at=09:05", "answered 09:05 by word of mouth"),
        ("09:10 dana answered m1 at=08:55", "waits"), // before it was asked
        ("09:10 dana replied m1 as=m2", "answered 09:10 by m2"),
        ("09:10 dana replied m1 as=m2\n09:09 brand says m2 private: There", "answered 09:09 by m2"),
        // The echo says neither whom it answers nor that a person wrote it: it is the same answer.
        ("09:10 dana replied m1 as=c9\n09:10 brand says c9 got=09:21: Here", "answered 09:10 by c9"),
        ("09:10 dana replied m1 as=c9\n09:12 bot says c9: Here", "answered 09:10 by c9"),
        (
            "09:10 dana replied m1 as=c9\n09:11 brand says c9: Here\n09:20 brand removes c9",
            "waits, answer taken back 1x",
        ),
        (
            "09:10 dana replied m1 as=m2\n09:11 brand says m2 private: Here\n09:20 brand removes m2",
            "waits, answer taken back 1x",
        ),
        ("09:10 dana acks m1", "waits"),
        ("09:10 dana dismisses m9: of another turn", "waits"),
        ("08:50 dana dismisses m1: before it was asked", "waits"),
    ];
    for (done, end) in table {
        assert_eq!(turns(&format!("{asked}{done}")), format!("maria m1 from 09:00: {end}"), "{done}");
    }
    // Whoever wrote after that answer still waits.
    insta::assert_snapshot!(turns(&format!("{asked}
        09:20 maria says m2 private: Hello?
        09:30 dana answered m1 at=09:10
    ")), @r"
    maria m1 from 09:00: answered 09:10 by word of mouth
    again maria m2 from 09:20: waits
    ");
}

#[test]
fn what_people_did_stays_done_when_the_removal_of_the_opener_is_told_late() {
    let asked = "09:00 maria says c1: Where is it?\n09:05 maria says c2 > c1: Hello";
    let removed = "09:35 maria removes c1 got=09:50";
    let seen = turns(&format!("{asked}\n09:40 dana dismisses c1: joking\n{removed}"));
    assert_eq!(seen, "maria c2 from 09:05: dismissed 09:40 by dana: joking");
    let history = folded(&facts(&format!("{asked}\n{removed}\n09:40 dana acks c1")), at("10:00"));
    assert_eq!(history.turns[0].rests.len(), 1);
    assert_eq!(history.turns[0].id, TurnId::of("c2"));
}

#[test]
fn a_notice_is_about_the_turn_it_names_however_late_an_answer_split_what_waited() {
    let asked = "09:00 maria says c1: Where is it?\n09:20 maria says c2 > c1: And the other?";
    let split = folded(&facts(&format!("{asked}\n09:10 brand says c3 > c1: Here")), at("12:00"));
    let removed = folded(&facts(&format!("{asked}\n09:30 maria removes c1")), at("12:00"));
    let gone = folded(&facts("09:20 maria says c2: And the other?"), at("12:00"));
    // the history, the turn that the notice names, its objects, the turn it is about, why
    let table = [
        (&split, "c1", "c1 c2", Some("c1"), "its name"),
        (&split, "c2", "c2", Some("c2"), "its name"),
        (&split, "c2", "c1 c2", Some("c2"), "its name before what it lists"),
        (&removed, "c1", "c1 c2", Some("c2"), "the name it had"),
        (&gone, "c1", "c1 c2", Some("c2"), "what is left of what waited"),
        (&gone, "c1", "c1", None, "nothing is left"),
    ];
    for (history, named, objects, turn, why) in table {
        let notice = notice(named, &objects.split(' ').collect::<Vec<_>>());
        let found = history.turn_of(&notice).map(|turn| turn.id.clone());
        assert_eq!(found, turn.map(TurnId::of), "{why}: {named}, {objects}");
    }
}

#[test]
fn one_answer_that_promises_two_people_makes_two_promises_of_different_names() {
    let history = folded(
        &facts(
            "
            09:00 maria says c1: Where is it?
            09:01 paul says c2 > c1: Mine too?
            09:05 brand says c3 > c1 @paul: We will look into it and get back to you
            ",
        ),
        at("12:00"),
    );
    let promises: Vec<&Turn> = history.turns.iter().filter(|turn| !turn.is_response()).collect();
    let [one, two] = promises.as_slice() else { panic!("two promises") };
    assert_ne!(one.id, two.id);
    let about = |turn: &Turn| {
        let mut notice = notice("c3", &["c3"]);
        notice.key.turn = turn.id.clone();
        notice
    };
    for promise in [one, two] {
        assert_eq!(history.turn_of(&about(promise)).map(|turn| &turn.id), Some(&promise.id));
    }
    assert!(!one.holds(&about(two)), "each has notices of its own");
    assert_eq!(one.expires_at(), at("+30 09:05"));
}

#[test]
fn what_wakes_the_ladder_does_not_stretch_an_ack_that_was_over() {
    let configs = configs(&[CONFIG]);
    // what was done, until when nobody is told
    let table = [
        ("13:00 kim passes c1 to=lee", "10:00"), // an ack at 09:05 lasts until it is due
        ("09:30 kim passes c1 to=lee", "09:30"),
        ("09:30 kim passes c1 to=lee\n09:40 kim resumes c1", "09:30"),
        ("09:30 maria says c2 > c1 class=threat: I will sue you", "09:30"),
    ];
    for (done, until) in table {
        let lines = format!("09:00 maria says c1: Where is it?\n09:05 dana acks c1\n{done}");
        let history = folded(&facts(&lines), at("14:00"));
        let run = run(&history.turns[0], &BrandId::from("acme"), &configs, at("14:00")).unwrap();
        assert_eq!(run.holds, [Stretch { from: at("09:05"), to: at(until) }], "{done}");
    }
}

#[test]
fn a_reply_through_us_that_promises_makes_one_promise() {
    insta::assert_snapshot!(turns("
        09:00 maria says m1 private: Where is it?
        09:10 dana replied m1 as=m2
        09:15 brand says m2 private: We will look into it and get back to you
    "), @r"
    maria m1 from 09:00: answered 09:10 by m2
    promised maria m1 from 09:10: waits
    ");
}

#[test]
fn what_a_person_took_for_advertising_waits_again_once_somebody_knows_better() {
    let spam = "09:00 maria says m1 private: Where is it?\n09:10 dana calls m1 class=spam";
    let question = "09:40 kim calls m1 class=question";
    // what came besides, the turns
    let table = [
        ("", "maria m1 from 09:00: waits"),
        ("09:20 maria says m2 private: Hello?", "maria m1,m2 from 09:00: waits"),
        ("09:20 brand says m2 private: There", "maria m1 from 09:00: answered 09:20 by m2"),
        ("09:20 maria removes m1", "maria m1 from 09:00: withdrawn 09:20"),
        (
            "09:20 maria says m2 private: Hello?\n09:30 dana dismisses m2: a joke",
            "maria m1,m2 from 09:00: waits",
        ),
        ("09:50 dana calls m1 class=spam", "maria m1 from 09:00: dismissed 09:50 by dana: spam"),
        ("09:40 lee calls m1 class=upset", "upset maria m1 from 09:00: waits"),
    ];
    for (besides, expected) in table {
        let history = folded(&facts(&format!("{spam}\n{question}\n{besides}")), at("12:00"));
        assert_eq!(told(&history), expected, "{besides}");
        assert_eq!(history.turns[0].not_before, Some(at("09:40")), "{besides}");
    }
    // Another turn that somebody dismissed for a reason stays so.
    let dismissed = format!("09:00 maria says m1 private: Hm\n09:10 dana dismisses m1: spam\n{question}");
    assert_eq!(turns(&dismissed), "maria m1 from 09:00: dismissed 09:10 by dana: spam");
}

#[test]
fn only_what_was_ended_as_no_matter_may_still_be_called_one() {
    let configs = configs(&[CONFIG]);
    let config = configs.current().unwrap();
    let refused = |lines: &str, class: Class, now: &str| {
        let history = folded(&facts(&format!("09:00 maria says c1: Hm\n{lines}")), at(now));
        let brand = &config.brands[&BrandId::from("acme")];
        let act = Act::Class { class };
        refusal(&act, &PersonId::from("dana"), &history.turns[0], brand, config, at(now))
    };
    let spam = "09:10 dana calls c1 class=spam";
    assert_eq!(refused(spam, Class::Question, "09:20"), None);
    assert_eq!(refused(spam, Class::Upset, "+29 09:20"), None);
    let ended = Some(Refusal::Ended(at("09:10")));
    assert_eq!(refused(spam, Class::Question, "+30 09:00"), ended, "nobody would be told any more");
    assert_eq!(refused(spam, Class::Thanks, "09:20"), ended);
    assert_eq!(refused("09:10 dana dismisses c1: a joke", Class::Upset, "09:20"), ended);
    assert_eq!(refused("", Class::Question, "09:20"), Some(Refusal::NothingToChange), "it is one");
}

/// Returns a notice about the turn that `opener` opened.
fn notice(opener: &str, objects: &[&str]) -> Notice {
    let then = at("09:30");
    Notice {
        key: NoticeKey {
            conversation: ConversationId::from("CONVERSATION"),
            date: date(then),
            turn: TurnId::of(opener),
            step: Step { round: 0, index: 0, repeat: 0 },
            purpose: Purpose::Step,
            person: PersonId::from("dana"),
            channel: Channel::Email,
        },
        brand: BrandId::from("acme"),
        objects: objects.iter().map(|object| (*object).to_owned()).collect(),
        role: "owner".to_owned(),
        recipients: Vec::new(),
        skipped: Vec::new(),
        step_at: then,
        send_after: then,
        claimed_at: then,
        config_version: 1,
        class: Class::Question,
        style: Style::Single,
        held: Vec::new(),
        capped: false,
        sent: None,
        dropped: None,
    }
}

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
        prop_assert_eq!(a.turns, b.turns);
        prop_assert_eq!(a.kept, b.kept);
    }
}
