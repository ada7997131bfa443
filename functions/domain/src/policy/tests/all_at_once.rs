//! A text with everything that people get wrong: one answer names it all.

use insta::assert_snapshot;

use super::problems;

const BAD: &str = r#"[brand.acme]
accounts = ["facebook:100", "x:1", "myspace:2", 3]
calender = "shop"
calendar = "shpo"
policy = "quick"
owner = "dina"
lead = ["dana", "leo"]
duty = "night"
reopen = "40 days"
maintenance = ["2026-11-29T06:00/2026-11-28T22:00"]

[brand.globex]
accounts = ["facebook:100"]
calendar = "shop"
policy = "slow"
owner = "dana"

[calendar.shop]
zone = "Europe/Pariss"
week = { mon-fri = ["9-18"], fri = ["09:00-12:00"] }
holidays = ["frnace"]

[calendar.never]
zone = "Europe/Paris"
week = {}

[holidays.france]
days = ["1 May", 2026-07-14]

[person.dana]
email = "dana at acme"
hours = "shop"
zone = "Mars/Olympus"
away = ["2026-08-21..2026-08-03"]

[rota.nights]
zone = "Europe/Paris"
hand_over = "mon 09:00"
people = ["dana", "nobody"]
from = 2026-01-06
weeks = 0

[policy.quick.question]
target = "60m"
next_response = "soon"
ladder = [
  { at = "due", to = "lead" },
  { at = "45m", to = "ower" },
  { at = "due-15m", to = "owner" },
  { at = "-5m", to = "owner", style = "pager" },
  { at = "due+2h", to = "manager" },
  { at = "due+1h", to = [] },
  { at = "due+30m" },
]

[policy.slow.upset]
target = "60m"
ladder = [{ at = "61m", to = "owner" }, { at = "due", to = "lead" }]

[policy.slow.qestion]
target = "0m"

[policies]

[admin]
to = ["boss"]
"#;

#[test]
fn every_problem_of_a_text_is_told_at_once() {
    assert_snapshot!(problems(BAD), @r#"
    2:36: brand.acme.accounts[2]: unknown platform "myspace"; write one of facebook, instagram, x, linkedin, whatsapp, threads, telegram, tiktok, youtube, google, generic
    2:49: brand.acme.accounts[3]: a number instead of text; write "facebook:100200300400"
    3:1: brand.acme.calender: unknown key "calender"; write calendar
    4:12: brand.acme.calendar: unknown calendar "shpo"; write "shop"
    6:9: brand.acme.owner: unknown person "dina"; write "dana"
    7:17: brand.acme.lead[1]: unknown person "leo"; write "dana", or a new [person.NAME]
    8:8: brand.acme.duty: unknown rota "night"; write "nights"
    9:10: brand.acme.reopen: "40 days" is not a time from the end of a case; write "72h", "30m" or "0h"; day and night count
    10:16: brand.acme.maintenance[0]: "2026-11-29T06:00/2026-11-28T22:00" ends before it begins; write the earlier time first
    13:13: brand.globex.accounts[0]: "facebook:100" belongs to brand acme already; write every account once
    19:8: calendar.shop.zone: unknown zone "Europe/Pariss"; write "Europe/Paris"
    20:10: calendar.shop.week.mon-fri: fri has hours by fri already; write every day once
    20:21: calendar.shop.week.mon-fri[0]: "9-18" are not opening hours; write "09:00-18:00"
    21:13: calendar.shop.holidays[0]: unknown holidays "frnace"; write "france"
    23:1: calendar.never: the calendar never opens; write week = { mon-fri = ["09:00-18:00"] }
    28:9: holidays.france.days[0]: "1 May" is not a date; write it as 2026-12-24
    31:9: person.dana.email: "dana at acme" is not an e-mail address; write an address such as "dana@acme.example"
    33:8: person.dana.zone: unknown zone "Mars/Olympus"; write an IANA zone such as "Europe/Paris"
    34:9: person.dana.away[0]: 2026-08-03 is before 2026-08-21; write "2026-08-03..2026-08-21"
    39:19: rota.nights.people[1]: unknown person "nobody"; write "dana", or a new [person.NAME]
    40:8: rota.nights.from: 2026-01-06 is a tue, and the hand-over on mon; write "2026-01-12"
    41:9: rota.nights.weeks: "0" is not from 1 to 52; write a number such as 2
    45:17: policy.quick.question.next_response: "soon" is not a time to answer in; write "60m", "45s", "2h" or "60m elapsed"
    48:3: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times
    48:22: policy.quick.question.ladder[1].to: unknown role "ower"; write "owner"
    49:10: policy.quick.question.ladder[2].at: "due-15m" counts back; write the time from the start, such as "45m"
    50:10: policy.quick.question.ladder[3].at: "-5m" counts back; write the time from the start, such as "45m"
    50:39: policy.quick.question.ladder[3].style: unknown style "pager"; write "single", "batch" or "digest"
    52:3: policy.quick.question.ladder[5]: the step is earlier than the one before it; write the steps in the order of their times
    52:25: policy.quick.question.ladder[5].to: the step tells nobody; write "owner"
    53:3: policy.quick.question.ladder[6]: `to` is missing; write to = "owner"
    53:3: policy.quick.question.ladder[6]: the step is earlier than the one before it; write the steps in the order of their times
    58:41: policy.slow.upset.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times
    60:14: policy.slow.qestion: unknown class "qestion"; write question
    61:10: policy.slow.qestion.target: an answer cannot take no time; write "60m"
    63:2: policies: unknown table "policies"; write one of brand, calendar, holidays, person, rota, admin, mails, policy
    66:7: admin.to[0]: unknown person "boss"; write "dana", or a new [person.NAME]
    "#);
}
