//! Promises, what people do, and which turn a notice is about.

use super::*;

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
        renewed_at: None,
        style: Style::Single,
        held: Vec::new(),
        capped: false,
        sent: None,
        dropped: None,
        failed: None,
    }
}
