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

mod acts;
mod edits;
mod order;
