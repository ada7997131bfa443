//! What people read in typical cases: who is told, and who is not.

use domain::policy::Class;

use super::{EXAMPLE, SMALL, asked, explained};
use crate::commands::explain::{Kind, text};

/// A brand that somebody is on duty for by day and night, whose calendar is closed at lunch.
pub(super) const ROTA: &str = r#"
[brand.acme]
accounts = ["x:1"]
calendar = "shop"
owner = "dana"
lead = ["kim", "lee"]
manager = ["kim"]
duty = "nights"
maintenance = ["2026-03-27T10:20/2026-03-27T13:00"]

[rota.nights]
zone = "Europe/Paris"
hand_over = "mon 09:00"
people = ["lee", "ash"]
from = "2026-01-05"

[calendar.shop]
zone = "Europe/Paris"
week = { mon-fri = ["09:00-12:00", "13:00-18:00"] }

[person.dana]
email = "dana@acme.example"

[person.kim]
email = "kim@acme.example"
hours = "shop"

[person.lee]
email = "lee@acme.example"

[person.ash]
email = "ash@acme.example"
hours = "shop"
"#;

/// Nobody but an owner, who is away in August.
pub(super) const ALONE: &str = r#"
[brand.alone]
accounts = ["x:1"]
policy = "one"
owner = "dana"

[person.dana]
email = "dana@alone.example"
away = ["2026-08-03..2026-08-21"]

[policy.one.question]
target = "60m"
ladder = [{ at = "30m", to = "owner" }, { at = "due", to = ["lead", "owner"] }]
"#;

/// A ladder that tells two people seven times within an hour.
pub(super) const MANY: &str = r#"
[brand.small]
accounts = ["x:1"]
policy = "quick"
owner = "dana"
lead = ["kim"]
manager = ["kim"]

[person.dana]
email = "dana@small.example"
away = ["2026-08-03..2026-08-21"]

[person.kim]
email = "kim@small.example"

[policy.quick.question]
target = "60m"
ladder = [{ at = "5m", to = ["owner", "lead"] }, { at = "13m", to = ["owner", "lead"] }, { at = "21m", to = ["owner", "lead"] }, { at = "29m", to = ["owner", "lead"] }, { at = "37m", to = ["owner", "lead"] }, { at = "45m", to = ["owner", "lead"] }, { at = "53m", to = ["owner", "lead"] }]
"#;

#[test]
fn a_step_that_reaches_nobody_lets_the_next_one_fire_at_once() {
    let text = asked(SMALL, Class::Question, "2026-08-05T10:00");
    let expected = "\
brand   small · question · day and night, UTC
target  first answer within 1 min from Wed 5 Aug 2026 10:00 UTC
due     Wed 5 Aug 2026 10:01 UTC
sum     asked Wed 10:00 · 1 min day and night = Wed 10:01

1  Wed 10:00:30  nobody
   30 s after the question
   nobody can be told: dana is away

2  Wed 10:00:30  kim as lead
   now, because step 1 reaches nobody; else when the time to answer is over

3  Wed 10:30:30  kim as manager
   30 s after the time to answer was over; not sooner than 30 min after the mail
   before

4  Wed 11:01  kim as manager, in a mail with others
   60 min after the time to answer was over

Then kim as manager again every 24 h, in a mail with others: Thu 11:01,
Fri 11:01, Sat 11:01, Sun 11:01, Mon 11:01.
Then it stands in the daily list of kim from Wed 12 Aug 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn who_is_away_is_passed_over() {
    let text = asked(EXAMPLE, Class::Question, "2026-08-05T10:00");
    let expected = "\
brand   Acme · question · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Wed 5 Aug 2026 10:00 CEST
due     Wed 5 Aug 2026 11:00 CEST
sum     asked Wed 10:00 · 60 min = Wed 11:00

1  Wed 10:30  lee as owner
   30 min of open time after the question
   as owner: dana is away

2  Wed 10:45  lee as owner
   45 min of open time after the question
   as owner: dana is away

3  Wed 11:00  kim as lead
   when the time to answer is over

4  Wed 12:00  ash as manager, in the daily list of Thu 08:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Fri 08:30,
Mon 08:30 (twice), Tue 08:30, Wed 12 Aug 08:30.
Then it stands in the daily list of kim from Thu 13 Aug 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn a_threat_does_not_wait_for_anybodys_hours() {
    let text = asked(ROTA, Class::Threat, "2026-03-26T22:00");
    let expected = "\
brand   acme · threat · calendar shop, Europe/Paris
target  first answer within 30 min, day and night,
        from Thu 26 Mar 2026 22:00 CET
due     Thu 26 Mar 2026 22:30 CET
sum     asked Thu 22:00 · 30 min day and night = Thu 22:30
quiet   Fri 10:20 to 13:00, maintenance: nobody is told

1  Thu 22:00  ash on duty, dana as owner, kim as lead
   at once
   outside the hours of ash and kim, but a threat does not wait

2  Thu 22:30  ash on duty, kim as lead
   when the time to answer is over
   outside the hours of ash and kim, but a threat does not wait
   the brand has no backup

3  Thu 23:00  kim as manager
   30 min after the time to answer was over
   outside the hours of kim, but a threat does not wait

4  Thu 23:30  kim as manager
   60 min after the time to answer was over
   outside the hours of kim, but a threat does not wait

Then kim as manager again at each opening: Fri 09:00, Mon 09:00, Tue 09:00,
Wed 09:00, Thu 2 Apr 09:00.
Then it stands in the daily list of kim from Mon 6 Apr 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn what_was_heard_of_late_does_not_fire_in_one_go() {
    let text = explained(
        EXAMPLE,
        (Class::Question, Kind::FirstResponse),
        ("2026-03-27T10:00", Some("2026-03-27T12:30")),
        text::render,
    );
    let expected = "\
brand   Acme · question · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Fri 27 Mar 2026 10:00 CET
heard   Fri 27 Mar 2026 12:30 CET, 2 h 30 min later, when it was over due: the
        first step comes at once, no other within 15 min
due     Fri 27 Mar 2026 11:00 CET
sum     asked Fri 10:00 · 60 min = Fri 11:00

1  Fri 12:30  dana as owner
   30 min of open time after the question: Fri 10:30, before Heard knew of the
   message
   the mail to dana leaves Fri 12:32, in case the answer is on its way too

2  Fri 12:45  dana as owner
   45 min of open time after the question: Fri 10:45, put off until 15 min after
   Heard knew of the message

3  Fri 12:45  kim as lead
   when the time to answer is over: Fri 11:00, put off until 15 min after Heard
   knew of the message
   the mail to kim waits for their hours: Fri 13:00

4  Fri 12:45  ash as manager, in the daily list of Mon 08:30
   60 min of open time after the time to answer was over: Fri 12:00, put off
   until 15 min after Heard knew of the message

Then ash as manager again at each opening, in the daily list: Mon 08:30,
Tue 08:30, Wed 08:30, Thu 08:30, Fri 3 Apr 08:30.
Then it stands in the daily list of kim from Mon 6 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn what_was_heard_of_in_time_catches_up() {
    let text = explained(
        EXAMPLE,
        (Class::Upset, Kind::NextResponse),
        ("2026-03-27T10:00", Some("2026-03-27T10:25")),
        text::render,
    );
    let expected = "\
brand   Acme · upset · calendar shop, Europe/Paris
target  next answer within 60 min of open time from Fri 27 Mar 2026 10:00 CET
heard   Fri 27 Mar 2026 10:25 CET, 25 min later
due     Fri 27 Mar 2026 11:00 CET
sum     asked Fri 10:00 · 60 min = Fri 11:00

1  Fri 10:25  dana as owner
   20 min of open time after the question: Fri 10:20, before Heard knew of the
   message

2  Fri 10:40  dana as owner
   40 min of open time after the question

3  Fri 11:00  kim as lead
   when the time to answer is over

4  Fri 11:30  kim as lead, lee as backup
   30 min of open time after the time to answer was over
   the mail to lee waits for their hours: Sat 03:00

5  Fri 12:00  ash as manager, in a mail with others
   60 min of open time after the time to answer was over
   the mail to ash waits for their hours: Fri 13:00

Then ash as manager again at each opening, in a mail with others: Sat 09:00
(mail Mon 08:30), Mon 09:00, Tue 09:00, Wed 09:00, Thu 09:00.
Then it stands in the daily list of kim from Mon 6 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn a_promise_stands_in_the_list_of_whoever_made_it() {
    let text =
        explained(EXAMPLE, (Class::Question, Kind::FollowUp), ("2026-03-27T17:45", None), text::render);
    let expected = "\
brand   Acme · question · calendar shop, Europe/Paris
target  what was promised within 24 h of open time
        from Fri 27 Mar 2026 17:45 CET
due     Wed 1 Apr 2026 10:45 CEST
sum     promised Fri 17:45 · 15 min until close ·
        4 h from Sat 09:00 until close · 9 h from Mon 09:00 until close ·
        9 h from Tue 09:00 until close · 105 min from Wed 09:00 = Wed 10:45

1  Wed 10:45  dana as owner, in the daily list of Thu 09:00
   when the promise is due

Then dana as owner again at each opening, in the daily list: Fri 3 Apr 09:00,
Sat 4 Apr 09:00, Mon 6 Apr 09:00, Tue 7 Apr 09:00, Wed 8 Apr 09:00.
Then nobody any more; the promise stays open.
";
    assert_eq!(text, expected);
}

#[test]
fn a_mention_is_nobodys_alarm() {
    let text = asked(EXAMPLE, Class::Mention, "2026-03-25T16:00");
    let expected = "\
brand   Acme · mention · calendar shop, Europe/Paris
target  first answer within 4 h of open time from Wed 25 Mar 2026 16:00 CET
due     Thu 26 Mar 2026 11:00 CET
sum     asked Wed 16:00 · 2 h until close · 2 h from Thu 09:00 = Thu 11:00

1  Thu 10:00  dana as owner
   3 h of open time after the question

2  Thu 11:00  dana as owner
   when the time to answer is over

Then dana as owner again at each opening: Fri 09:00, Sat 09:00, Mon 09:00,
Tue 09:00, Wed 1 Apr 09:00.
Then it stands in the daily list of kim from Fri 3 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn praise_is_told_to_nobody() {
    let text = asked(EXAMPLE, Class::Praise, "2026-03-27T17:45");
    let expected = "\
brand   Acme · praise · calendar shop, Europe/Paris
target  first answer within 8 h of open time from Fri 27 Mar 2026 17:45 CET
due     Mon 30 Mar 2026 12:45 CEST
sum     asked Fri 17:45 · 15 min until close · 4 h from Sat 09:00 until close ·
        3 h 45 min from Mon 09:00 = Mon 12:45

Nobody is told: the policy has no ladder for the class praise.
";
    assert_eq!(text, expected);
}

#[test]
fn spam_opens_no_turn() {
    let text = asked(EXAMPLE, Class::Spam, "2026-03-27T17:45");
    let expected = "\
brand   Acme · spam · calendar shop, Europe/Paris
asked   Fri 27 Mar 2026 17:45 CET

Nobody is told: a message of the class spam needs no answer. It opens no turn
and has no deadline. Should somebody at the brand say that it is another matter,
its time counts from when it was written.
";
    assert_eq!(text, expected);
}

#[test]
fn a_turn_without_an_end_is_not_mailed_about_without_an_end() {
    let text = asked(MANY, Class::Question, "2026-03-25T10:00");
    let expected = "\
brand   small · question · day and night, UTC
target  first answer within 60 min from Wed 25 Mar 2026 10:00 UTC
due     Wed 25 Mar 2026 11:00 UTC
sum     asked Wed 10:00 · 60 min day and night = Wed 11:00

1  Wed 10:05  dana as owner, kim as lead
   5 min after the question

2  Wed 10:13  dana as owner, kim as lead
   13 min after the question

3  Wed 10:21  dana as owner, kim as lead
   21 min after the question

4  Wed 10:29  dana as owner, kim as lead
   29 min after the question

5  Wed 10:37  dana as owner, kim as lead
   37 min after the question

6  Wed 10:45  dana as owner, kim as lead
   45 min after the question

7  Wed 10:53  dana as owner, kim as lead, in the daily list of Thu 09:00
   53 min after the question
   only in the daily list, because 12 mails about this case were sent before

Then dana as owner, kim as lead again every 24 h, in the daily list: Fri 09:00,
Sat 09:00, Sun 09:00, Mon 09:00, Tue 09:00.
Then it stands in the daily list of kim from Wed 1 Apr 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn where_nobody_is_left_heard_keeps_looking() {
    let text = asked(ALONE, Class::Question, "2026-08-05T10:00");
    let expected = "\
brand   alone · question · day and night, UTC
target  first answer within 60 min from Wed 5 Aug 2026 10:00 UTC
due     Wed 5 Aug 2026 11:00 UTC
sum     asked Wed 10:00 · 60 min day and night = Wed 11:00

1  Wed 10:30  nobody
   30 min after the question
   nobody can be told: dana is away

2  Wed 10:30  nobody
   when the time to answer is over
   nobody can be told: the brand has no lead, dana is away

Then Heard looks every few minutes for somebody to tell, and counts that as
NobodyReachable.
";
    assert_eq!(text, expected);
}

#[test]
fn where_nobody_is_left_the_administrators_are_told() {
    let text = asked(
        &format!("{ALONE}\n[person.ash]\nemail = \"ash@alone.example\"\n[admin]\nto = [\"ash\"]\n"),
        Class::Question,
        "2026-08-05T10:00",
    );
    let expected = "\
brand   alone · question · day and night, UTC
target  first answer within 60 min from Wed 5 Aug 2026 10:00 UTC
due     Wed 5 Aug 2026 11:00 UTC
sum     asked Wed 10:00 · 60 min day and night = Wed 11:00

1  Wed 10:30  nobody
   30 min after the question
   nobody can be told: dana is away

2  Wed 10:30  ash as administrator
   now, because step 1 reaches nobody; else when the time to answer is over; to
   the administrators, because nobody can be told: the brand has no lead, dana
   is away

Then ash as administrator again every 24 h: Thu 11:00, Fri 11:00, Sat 11:00,
Sun 11:00, Mon 11:00.
Then it stands in the daily list of ash from Wed 12 Aug 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}
