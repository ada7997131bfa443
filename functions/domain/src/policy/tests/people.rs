//! `[person.NAME]`: addresses, languages, days away.

use insta::assert_snapshot;

use super::super::*;
use super::{EXAMPLE, GOOD, config, with};
use crate::fact::Channel;

#[test]
fn people_are_away_by_the_dates_of_their_own_zone() {
    let config = config(EXAMPLE);
    let dana = &config.people[&PersonId::from("dana")];
    // instant, away: Paris is two hours ahead of UTC
    let table = [
        ("2026-08-02T21:59:59Z", false),
        ("2026-08-02T22:00:00Z", true), // the first day begins
        ("2026-08-21T21:59:59Z", true), // the last day is included
        ("2026-08-21T22:00:00Z", false),
        ("2026-09-14T12:00:00Z", true), // one day
    ];
    for (at, away) in table {
        assert_eq!(dana.is_away(at.parse().unwrap()), away, "{at}");
    }
}

#[test]
fn people() {
    assert_snapshot!(with("dana@acme.example", "dana at acme"), @r#"12:9: person.dana.email: "dana at acme" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("dana@acme.example", "Dana <dana@acme.example>"), @r#"12:9: person.dana.email: "Dana <dana@acme.example>" is not an e-mail address; write an address such as "dana@acme.example""#);
    assert_snapshot!(with("email = ", "away = [\"2026-08-21..2026-08-03\", \"August\", \"2026-08-03..\"]\nlanguage = \"English\"\nemail = "), @r#"
    12:9: person.dana.away[0]: 2026-08-03 is before 2026-08-21; write "2026-08-03..2026-08-21"
    12:35: person.dana.away[1]: "August" are not dates; write "2026-08-03..2026-08-21", or one date
    12:45: person.dana.away[2]: "2026-08-03.." are not dates; write "2026-08-03..2026-08-21", or one date
    13:12: person.dana.language: unknown language "English"; write "en" or "de"
    "#);
}

#[test]
fn webhooks() {
    let hook = |value: &str| with("email = \"dana@acme.example\"", &format!("webhook = {value}"));
    assert_snapshot!(hook("\"https://hooks.acme.example\""), @r#"12:11: person.dana.webhook: text instead of a table; write { url = "https://hooks.acme.example/heard", secret = "pager" }"#);
    assert_snapshot!(hook("{}"), @r#"
    12:11: person.dana.webhook: `secret` is missing; write secret = "pager"
    12:11: person.dana.webhook: `url` is missing; write url = "https://hooks.acme.example/heard"
    "#);
    assert_snapshot!(hook("{ url = \"http://hooks.acme.example\", secret = \"pager\" }"), @r#"12:19: person.dana.webhook.url: the address does not begin with https://; write an address such as "https://hooks.acme.example/heard""#);
    assert_snapshot!(hook("{ url = \"https://10.0.0.1/\", secret = \"pager\" }"), @r#"12:19: person.dana.webhook.url: the address is not of the public internet; write one that everybody can reach, such as "https://hooks.acme.example/heard""#);
    assert_snapshot!(hook("{ url = \"https://dana:pw@acme.example/\", secret = \"whsec_abc+/=\" }"), @r#"
    12:19: person.dana.webhook.url: the address has a name or password before its host; write it without, such as "https://hooks.acme.example/heard", and what signs into the secrets
    12:61: person.dana.webhook.secret: not the id of a secret; write the id of a [[secret]] of kind "hook", such as "pager", never the secret
    "#);
    assert_snapshot!(hook("{ url = \"https://hooks.acme.example/\", format = \"slak\" }"), @r#"12:59: person.dana.webhook.format: unknown format "slak"; write "slack""#);
    assert_snapshot!(hook("{ url = \"https://hooks.acme.example/\", format = \"smoke\", key = 1 }"), @r#"
    12:59: person.dana.webhook.format: unknown format "smoke"; write one of standard, slack, teams, pagerduty
    12:68: person.dana.webhook.key: unknown key "key"; write one of url, format, secret
    "#);
    assert_snapshot!(hook("{ url = \"https://hooks.acme.example/\", format = \"pagerduty\" }"), @r#"12:11: person.dana.webhook: `secret` is missing; write secret = "pager""#);
    // a broken webhook is no reason to ask for an address as well
    assert_snapshot!(with("email = \"dana@acme.example\"", "webhook = { url = 1 }"), @r#"
    12:11: person.dana.webhook: `secret` is missing; write secret = "pager"
    12:19: person.dana.webhook.url: a number instead of text; write "https://hooks.acme.example/heard"
    "#);
}

#[test]
fn who_has_a_webhook_is_told_there_and_of_threats_by_mail_too() {
    let person = |lines: &str| {
        let text = GOOD.replace("email = \"dana@acme.example\"", lines);
        config(&text).people[&PersonId::from("dana")].clone()
    };
    let mail = "email = \"dana@acme.example\"";
    let hook = "webhook = { url = \"https://hooks.acme.example/\", format = \"slack\" }";
    let both = format!("{mail}\n{hook}");
    let (email, webhook) = (Channel::Email, Channel::Webhook);
    // lines, channels of a question, channels of a threat
    let table = [
        (mail, vec![email], vec![email]),
        (hook, vec![webhook], vec![webhook]),
        (&both, vec![webhook], vec![webhook, email]),
    ];
    for (lines, question, threat) in table {
        let person = person(lines);
        assert_eq!(person.channels(Class::Question), question, "{lines}");
        assert_eq!(person.channels(Class::Threat), threat, "{lines}");
        // what a push took away is made up for by what is there
        for channel in Channel::ALL {
            let goes = person.webhook_for(channel).map_or(email, |_| webhook);
            let wanted = if threat.contains(&channel) { channel } else { threat[0] };
            assert_eq!(goes, wanted, "{lines} {channel:?}");
        }
    }
    assert!(!format!("{:?}", person(hook)).contains("hooks.acme"), "the address of a chat is secret");
}
