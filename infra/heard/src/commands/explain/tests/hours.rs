//! What people read where hours, holidays and clocks that change decide.

use domain::policy::Class;

use super::cases::ROTA;
use super::{EXAMPLE, SMALL, asked};

/// The example, with other hours of the brand.
fn at_the(calendar: &str) -> String {
    EXAMPLE.replace("calendar = \"shop\" ", &format!("calendar = \"{calendar}\" "))
}

#[test]
fn a_message_of_the_evening_waits_for_the_morning() {
    let text = asked(EXAMPLE, Class::Question, "2026-03-24T21:30");
    let expected = "\
brand   Acme · question · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Tue 24 Mar 2026 21:30 CET
due     Wed 25 Mar 2026 10:00 CET
sum     asked Tue 21:30, closed · 60 min from Wed 09:00 = Wed 10:00

1  Wed 09:30  dana as owner
   30 min of open time after the question

2  Wed 09:45  dana as owner
   45 min of open time after the question

3  Wed 10:00  kim as lead
   when the time to answer is over

4  Wed 11:00  ash as manager, in the daily list of Thu 08:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Fri 08:30,
Mon 08:30 (twice), Tue 31 Mar 08:30, Wed 1 Apr 08:30.
Then it stands in the daily list of kim from Thu 2 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn a_friday_that_is_a_holiday_is_passed_over() {
    let text = asked(EXAMPLE, Class::Question, "2026-04-30T17:40");
    let expected = "\
brand   Acme · question · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Thu 30 Apr 2026 17:40 CEST
due     Sat 2 May 2026 09:40 CEST
sum     asked Thu 17:40 · 20 min until close · Fri 1 May (May Day) holiday ·
        40 min from Sat 09:00 = Sat 09:40

1  Sat 09:10  dana as owner
   30 min of open time after the question

2  Sat 09:25  dana as owner
   45 min of open time after the question

3  Sat 09:40  kim as lead
   when the time to answer is over
   the mail to kim waits for their hours: Mon 08:30

4  Sat 10:40  ash as manager, in the daily list of Mon 08:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Tue 08:30,
Wed 08:30, Thu 7 May 08:30, Mon 11 May 08:30 (twice).
Then it stands in the daily list of kim from Tue 12 May 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn half_a_day_is_called_so() {
    let text = asked(EXAMPLE, Class::Upset, "2026-12-24T11:45");
    let expected = "\
brand   Acme · upset · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Thu 24 Dec 2026 11:45 CET
due     Sat 26 Dec 2026 09:45 CET
sum     asked Thu 11:45 · 15 min until close (Thu 24 Dec half day) ·
        Fri 25 Dec closed · 45 min from Sat 09:00 = Sat 09:45

1  Sat 09:05  dana as owner
   20 min of open time after the question

2  Sat 09:25  dana as owner
   40 min of open time after the question

3  Sat 09:45  kim as lead
   when the time to answer is over
   the mail to kim waits for their hours: Mon 08:30

4  Sat 10:15  kim as lead, lee as backup
   30 min of open time after the time to answer was over
   the mail to kim waits for their hours: Mon 08:30

5  Sat 10:45  ash as manager, in a mail with others
   60 min of open time after the time to answer was over
   the mail to ash waits for their hours: Mon 08:30

Then ash as manager again at each opening, in a mail with others: Mon 09:00,
Tue 09:00, Wed 09:00, Thu 31 Dec 09:00, Fri 1 Jan 09:00.
Then it stands in the daily list of kim from Mon 4 Jan 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn hours_that_end_for_lunch_go_on_after_it() {
    let text = asked(&at_the("office"), Class::Question, "2026-03-25T11:40");
    let expected = "\
brand   Acme · question · calendar office, Europe/Paris
target  first answer within 60 min of open time from Wed 25 Mar 2026 11:40 CET
due     Wed 25 Mar 2026 13:40 CET
sum     asked Wed 11:40 · 20 min until close 12:00 ·
        40 min from 13:00 = Wed 13:40

1  Wed 13:10  dana as owner
   30 min of open time after the question

2  Wed 13:25  dana as owner
   45 min of open time after the question

3  Wed 13:40  kim as lead
   when the time to answer is over

4  Wed 14:40  ash as manager, in the daily list of Thu 08:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Fri 08:30,
Mon 08:30, Tue 08:30, Wed 1 Apr 08:30, Thu 2 Apr 08:30.
Then it stands in the daily list of kim from Fri 3 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn a_weekend_in_which_the_clocks_change_is_no_longer_for_it() {
    let text = asked(&at_the("office"), Class::Question, "2026-03-27T17:15");
    let expected = "\
brand   Acme · question · calendar office, Europe/Paris
target  first answer within 60 min of open time from Fri 27 Mar 2026 17:15 CET
due     Mon 30 Mar 2026 09:15 CEST
sum     asked Fri 17:15 · 15 min until close 17:30 ·
        45 min from Mon 08:30 = Mon 09:15

1  Mon 08:45  dana as owner
   30 min of open time after the question
   the mail to dana waits for their hours: Mon 09:00

2  Mon 09:00  dana as owner
   45 min of open time after the question

3  Mon 09:15  kim as lead
   when the time to answer is over

4  Mon 10:15  ash as manager, in the daily list of Tue 08:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Wed 08:30,
Thu 08:30, Fri 3 Apr 08:30, Mon 6 Apr 08:30, Tue 7 Apr 08:30.
Then it stands in the daily list of kim from Wed 8 Apr 08:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn a_night_on_which_the_clocks_go_forward_is_shorter() {
    let text = asked(&at_the("night-desk"), Class::Question, "2026-03-08T01:45");
    let expected = "\
brand   Acme · question · calendar night-desk, America/New_York
target  first answer within 60 min of open time from Sun 8 Mar 2026 01:45 EST
due     Sun 8 Mar 2026 03:45 EDT
sum     asked Sun 01:45 (UTC-5) · 60 min = Sun 03:45 (UTC-4)

1  Sun 03:15  dana as owner
   30 min of open time after the question
   the mail to dana waits for their hours: Mon 04:00

2  Sun 03:30  dana as owner
   45 min of open time after the question
   the mail to dana waits for their hours: Mon 04:00

3  Sun 03:45  kim as lead
   when the time to answer is over
   the mail to kim waits for their hours: Mon 03:30

4  Sun 04:45  ash as manager, in the daily list of Mon 03:30
   60 min of open time after the time to answer was over

Then ash as manager again at each opening, in the daily list: Tue 03:30,
Wed 03:30, Thu 03:30, Fri 03:30, Mon 16 Mar 03:30.
Then it stands in the daily list of kim from Mon 16 Mar 03:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn an_hour_that_comes_twice_says_which() {
    let text = asked(&at_the("night-desk"), Class::Upset, "2026-11-01T01:30");
    let expected = "\
brand   Acme · upset · calendar night-desk, America/New_York
target  first answer within 60 min of open time from Sun 1 Nov 2026 01:30 EDT
due     Sun 1 Nov 2026 01:30 EST
sum     asked Sun 01:30 (UTC-4) · 60 min = Sun 01:30 (UTC-5)

1  Sun 01:50 (UTC-4)  dana as owner
   20 min of open time after the question
   the mail to dana waits for their hours: Mon 03:00

2  Sun 01:10 (UTC-5)  dana as owner
   40 min of open time after the question
   the mail to dana waits for their hours: Mon 03:00

3  Sun 01:30 (UTC-5)  kim as lead
   when the time to answer is over
   the mail to kim waits for their hours: Mon 02:30

4  Sun 02:00  kim as lead, lee as backup
   30 min of open time after the time to answer was over
   the mail to kim waits for their hours: Mon 02:30

5  Sun 02:30  ash as manager, in a mail with others
   60 min of open time after the time to answer was over
   the mail to ash waits for their hours: Mon 02:30

Then ash as manager again at each opening, in a mail with others: Sun 22:00
(mail Mon 02:30), Mon 22:00 (mail Tue 02:30), Tue 22:00 (mail Wed 02:30),
Wed 22:00 (mail Thu 02:30), Thu 22:00 (mail Fri 02:30).
Then it stands in the daily list of kim from Mon 9 Nov 02:30 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn by_day_and_night_all_time_counts() {
    let text = asked(SMALL, Class::Question, "2026-03-25T10:00");
    let expected = "\
brand   small · question · day and night, UTC
target  first answer within 1 min from Wed 25 Mar 2026 10:00 UTC
due     Wed 25 Mar 2026 10:01 UTC
sum     asked Wed 10:00 · 1 min day and night = Wed 10:01

1  Wed 10:00:30  dana as owner
   30 s after the question

2  Wed 10:01  kim as lead
   when the time to answer is over

3  Wed 10:31  kim as manager
   30 s after the time to answer was over; not sooner than 30 min after the mail
   before

4  Wed 11:01  kim as manager, in a mail with others
   60 min after the time to answer was over

Then kim as manager again every 24 h, in a mail with others: Thu 11:01,
Fri 11:01, Sat 11:01, Sun 11:01, Mon 11:01.
Then it stands in the daily list of kim from Wed 1 Apr 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}

#[test]
fn what_falls_into_maintenance_waits_for_its_end() {
    let text = asked(ROTA, Class::Upset, "2026-03-27T09:40");
    let expected = "\
brand   acme · upset · calendar shop, Europe/Paris
target  first answer within 60 min of open time from Fri 27 Mar 2026 09:40 CET
due     Fri 27 Mar 2026 10:40 CET
sum     asked Fri 09:40 · 60 min = Fri 10:40
quiet   Fri 10:20 to 13:00, maintenance: nobody is told

1  Fri 10:00  dana as owner
   20 min of open time after the question

2  held back by maintenance; step 5 stands for it
   40 min of open time after the question; put off by maintenance, Fri 10:20 to
   13:00

3  held back by maintenance; step 5 stands for it
   when the time to answer is over; put off by maintenance, Fri 10:20 to 13:00

4  held back by maintenance; step 5 stands for it
   30 min of open time after the time to answer was over; put off by
   maintenance, Fri 10:20 to 13:00

5  Fri 13:00  kim as manager, in a mail with others
   60 min of open time after the time to answer was over; put off by
   maintenance, Fri 10:20 to 13:00

Then kim as manager again at each opening, in a mail with others: Mon 09:00,
Tue 09:00, Wed 09:00, Thu 09:00, Fri 3 Apr 09:00.
Then it stands in the daily list of kim from Tue 7 Apr 09:00 on, until somebody
answers or 30 days are over.
";
    assert_eq!(text, expected);
}
