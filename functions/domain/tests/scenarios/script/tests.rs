//! What a story may say, and what it is told when it says something else.

use domain::action::Act;

use super::*;

const BEGIN: &str = "# 1 A title\n\nWed 25 Mar 2026\n10:00  maria asks c1: Where is it?\n";

/// What is wrong with a story that goes on with `line`.
fn wrong(line: &str) -> String {
    let text = format!("{BEGIN}{line}\n12:00  end\n");
    read(&text).map(drop).expect_err(line).to_string()
}

/// The lines of a story, as they are understood.
fn understood(lines: &str) -> String {
    let script = read(&format!("{BEGIN}{lines}\n12:00  end\n")).unwrap_or_else(|wrong| panic!("{wrong}"));
    let clock = |at: Timestamp| script.zone.to_datetime(at).strftime("%a %H:%M").to_string();
    let line = |line: &Line| match &line.what {
        What::Said(speech) => {
            let Speech { verb, object, kind, thread, parent, counterpart, mentions, arrives, .. } = &**speech;
            let arrives: Vec<String> = arrives.iter().map(|at| clock(*at)).collect();
            format!(
                "{verb:?} {kind:?} {object} thread {thread:?} parent {parent:?} with {counterpart:?} mentions {mentions:?} arrives {arrives:?}"
            )
        }
        What::Did(Action { person, object, act }) => {
            let act = match act {
                Act::Snooze { until } => format!("Snooze until {}", clock(*until)),
                Act::Pause { until, reason } => format!("Pause until {:?}: {reason}", until.map(clock)),
                Act::Answered { at, link } => format!("Answered at {:?}: {link:?}", at.map(clock)),
                Act::Dismiss { reason } | Act::Resolve { reason } => format!("done: {reason}"),
                Act::Pass { to } => format!("Pass to {to}"),
                Act::Class { class } => format!("Class {class}"),
                Act::Reply { object } => format!("Reply {object}"),
                Act::Ack | Act::Resume => format!("{act:?}"),
            };
            format!("{person} {object:?} {act}")
        }
        What::Failed { person, cause } => format!("mail to {person} failed: {cause:?}"),
        What::Pushed { apply_to_open, .. } => format!("pushed, also for open turns: {apply_to_open}"),
    };
    script.lines[1..].iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_people_say_and_where_it_belongs() {
    insta::assert_snapshot!(understood(
        "10:01  acme answers c2 to c1 mentioning paul and ann: There [arrives 10:05 and Thu 26 Mar 09:00]
10:02  acme posts p1: New shop!
10:03  maria asks c3 to p1: Where?
10:04  acme answers c4 to p1: Everybody: there
10:05  paul asks x1 on X: @acme hello?
10:06  acme answers x2 to x1: Hello!
10:07  paul edits x1 as x3: @acme hello??
10:08  acme writes m1 to maria in private: Hello
10:09  maria answers m2 to m1: Hello
10:10  maria deletes m2"
    ), @r#"
    Add Comment c2 thread Some("c1") parent Some("c1") with None mentions ["paul", "ann"] arrives ["Wed 10:05", "Thu 09:00"]
    Add Post p1 thread Some("p1") parent None with None mentions [] arrives ["Wed 10:02"]
    Add Comment c3 thread Some("c3") parent Some("p1") with None mentions [] arrives ["Wed 10:03"]
    Add Comment c4 thread Some("p1") parent Some("p1") with None mentions [] arrives ["Wed 10:04"]
    Add Mention x1 thread Some("x1") parent None with Some("paul") mentions [] arrives ["Wed 10:05"]
    Add Comment x2 thread None parent Some("x1") with Some("paul") mentions ["paul"] arrives ["Wed 10:06"]
    Edit Mention x1 thread Some("x1") parent None with Some("paul") mentions [] arrives ["Wed 10:07"]
    Add Message m1 thread None parent None with Some("maria") mentions [] arrives ["Wed 10:08"]
    Add Message m2 thread None parent Some("m1") with Some("maria") mentions [] arrives ["Wed 10:09"]
    Remove Message m2 thread None parent Some("m1") with Some("maria") mentions [] arrives ["Wed 10:10"]
    "#);
}

#[test]
fn what_the_brand_s_people_do() {
    insta::assert_snapshot!(understood(
        "10:01  dana has it
10:01  dana has c1
10:02  kim snoozes until 11:00
10:03  kim snoozes c1 until Thu 26 Mar 2026 09:00
10:04  kim pauses until 11:00: waiting for the customer
10:05  kim pauses it: waiting for the customer
10:06  kim resumes
10:07  kim dismisses c1: spam
10:08  dana passes c1 to lee
10:09  dana has answered
10:10  dana has answered c1 at 10:05: https://x.example/1
10:11  kim resolves: by phone
10:12  kim calls it a threat
10:12  dana replies c9 to c1: On its way
10:13  from now on, lee leaves; the owner is kim; there is no lead
10:14  from now on and for who waits, the shop is open day and night"
    ), @r#"
    dana None Ack
    dana Some("c1") Ack
    kim None Snooze until Wed 11:00
    kim Some("c1") Snooze until Thu 09:00
    kim None Pause until Some("Wed 11:00"): waiting for the customer
    kim None Pause until None: waiting for the customer
    kim None Resume
    kim Some("c1") done: spam
    dana Some("c1") Pass to lee
    dana None Answered at None: None
    dana Some("c1") Answered at Some("Wed 10:05"): Some("https://x.example/1")
    kim None done: by phone
    kim None Class threat
    dana Some("c1") Reply c9
    pushed, also for open turns: false
    pushed, also for open turns: true
    "#);
}

#[test]
fn a_line_that_cannot_be_read_says_where_and_why() {
    // line, problem
    let table = [
        ("10:05  maria shouts c2: Hello!", "5: nobody knows what is meant by \"shouts\""),
        ("10:05  maria", "5: who does what?"),
        (
            "10:05  maria asks what: Hello?",
            "5: what is not a name of something said; it ends with a digit, as c1 does",
        ),
        ("10:05  maria asks c1: Hello?", "5: c1 was said before; give this another name"),
        ("10:05  acme answers c3 to c2: There", "5: nobody said c2 before"),
        (
            "10:05  acme answers c3 to maria: There",
            "5: what is public is said to something, such as c1, or mentions somebody",
        ),
        ("10:05  acme writes m1 in private: Hello", "5: in private to whom?"),
        ("10:05  maria asks c2 on Fax: Hello?", "5: unknown platform \"fax\""),
        ("10:05  maria asks c2 loudly: Hello?", "5: nobody knows what is meant by \"loudly\""),
        ("10:05  maria deletes c7", "5: nobody said c7 before"),
        (
            "10:05  maria asks c2: Hello? [arrives]",
            "5: a time such as 11:00 or Thu 26 Mar 2026 11:00 is missing",
        ),
        ("10:05  maria asks c2: Hello? [arrives 10:04]", "5: nothing arrives before it is said"),
        ("10:05  maria asks c2: Hello? [arives 10:06]", "5: nobody knows what is meant by [arives 10:06]"),
        ("10:05  paul has it", "5: nobody of the brand is called paul"),
        ("10:05  kim snoozes", "5: until when?"),
        ("10:05  kim pauses", "5: why? Write the reason behind a colon"),
        ("10:05  dana passes it to paul", "5: nobody of the brand is called paul"),
        ("10:05  dana replies to c1", "5: the name of the reply is missing, such as c9"),
        ("10:05  maria asks c2: Hello? [class nonsense]", "5: unknown class \"nonsense\""),
        ("10:05  kim calls it nonsense", "5: unknown class \"nonsense\""),
        ("10:05  dana has c9", "5: nobody said c9 before"),
        ("10:05  dana has it now", "5: nobody knows what is meant by \"now\""),
        ("9:59  maria asks c2: Hello?", "5: 9:59 is not a time; write it as 09:20 or 09:20:30"),
        (
            "09:59  maria asks c2: Hello?",
            "5: this is earlier than the line before; use [arrives …] for what comes late",
        ),
        ("10:05 (UTC+2)  maria asks c2: Hello?", "5: the clocks do not have that offset then"),
        ("Thu 25 Mar 2026", "5: it is a Wed on that date, not a Thu"),
        ("Tue 24 Mar 2026", "5: this day is not after the one before"),
        (
            "Sun 29 Mar 2026\n02:30  maria asks c2: Hello?",
            "6: the clocks never show 02:30 that day: they jump",
        ),
        (
            "Sun 25 Oct 2026\n02:30  maria asks c2: Hello?",
            "6: the clocks show 02:30 twice that day: write the offset, as in 01:30 (UTC-4)",
        ),
        ("the shop is open day and night", "5: a time such as 09:20 is missing in front"),
        ("10:05  from now on, the shop is nice", "5: the shop is open …, or closed on …"),
        ("10:05  from now on, paul leaves", "5: nobody is called paul"),
        ("10:05  from now on, settings", "5: the settings stand below, indented, as in a configuration file"),
        ("10:05  from now on, settings\n  owner", "5: key with no value, expected `=`"),
        ("10:05  maria asks c2: Hello?\n  more", "5: only settings have indented lines"),
        ("10:05  end\n10:06  maria asks c2: Hello?", "6: the story is over: nothing comes after its end"),
    ];
    for (line, problem) in table {
        assert_eq!(wrong(line), problem, "{line}");
    }
    for (text, problem) in [
        ("Maria asks", "1: the first line is a title: # 14 A question at night"),
        (
            "# 1 A\nWed 25 Mar 2026\n10:00  maria asks c1: Hi?",
            "3: the story does not end; its last line is a time and the word end",
        ),
        ("# 1 A\n10:00  end", "2: a day such as Wed 25 Mar 2026 stands before the first time"),
        ("# 1 A\nthe shop is open daily in Paris", "2: there is no zone Paris"),
    ] {
        assert_eq!(read(text).map(drop).unwrap_err().to_string(), problem);
    }
}
