//! `[policy.NAME.CLASS]`: targets, ladders, and whom they reach.

use insta::assert_snapshot;

use super::super::*;
use super::{EXAMPLE, GOOD, config, with};

#[test]
fn the_example_is_the_policy_that_is_built_in() {
    let built_in = Policy::social_60_with_duty();
    let brand = config(EXAMPLE).brands.into_values().next().unwrap();
    for class in Class::ALL {
        assert_eq!(said(brand.policy.rules(class)), said(built_in.rules(class)), "{class}");
    }
}

#[test]
fn classes_without_rules_use_those_of_questions() {
    let text = GOOD
        .replace("quick.question", "quick.upset")
        .replace("owner = \"dana\"", "owner = \"dana\"\nlead = [\"dana\"]\nmanager = [\"dana\"]");
    let config = config(&text);
    let policy = &config.policies["quick"];
    assert_eq!(policy.rules(Class::Upset).steps.len(), 1);
    assert_eq!(policy.rules(Class::Praise), Policy::social_60().rules(Class::Question));
    let left_out = text.replace("policy = \"quick\"\n", "");
    let config = self::config(&left_out);
    let brand = config.brands.values().next().unwrap();
    assert_eq!(*brand.policy, Policy::social_60());
}

/// The rules in one line: the targets, then the steps.
fn said(rules: &Rules) -> String {
    let Targets { first_response, next_response, follow_up } = rules.targets;
    let step = |Rung { at, to, style }: &Rung| {
        let offset = Span { length: at.offset, unit: at.unit };
        let at = match (at.anchor, at.offset.is_zero()) {
            (Anchor::Start, _) => offset.to_string(),
            (Anchor::Due, true) => "due".to_owned(),
            (Anchor::Due, false) => format!("due+{offset}"),
        };
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        format!("{at} {} {}", to.join("+"), style.name())
    };
    let steps: Vec<String> = rules.steps.iter().map(step).collect();
    format!("{first_response}, then {next_response}, promised {follow_up}: {}", steps.join(", "))
}

/// A brand with all roles; each line of a class stands in a table of its own.
fn complete(lines: &[&str]) -> String {
    let roles = "owner = \"dana\"\nlead = [\"dana\"]\nmanager = [\"dana\"]";
    let text = GOOD.replace("owner = \"dana\"", roles);
    let (text, _) = text.split_once("[policy").unwrap();
    let tables = lines.iter().map(|line| {
        let (class, said) = line.split_once(' ').unwrap_or((line, ""));
        format!("[policy.quick.{class}]\n{said}\n")
    });
    format!("{text}{}", tables.collect::<String>())
}

#[test]
fn what_a_class_leaves_out_is_that_of_the_built_in_policy() {
    let own = |line: &str| {
        let config = config(&complete(&[line]));
        let class = line.split(' ').next().unwrap().parse().unwrap();
        said(config.policies["quick"].rules(class))
    };
    // nothing is said
    assert_snapshot!(own("threat"), @"30m, then 30m, promised 24h: 0m owner+lead single, due lead+backup single, due+30m manager single, due+1h manager single");
    assert_snapshot!(own("upset"), @"1h, then 1h, promised 24h: 20m owner single, 40m owner single, due lead single, due+30m lead+backup single, due+1h manager batch");
    assert_snapshot!(own("question"), @"1h, then 1h, promised 24h: 30m owner single, 45m owner single, due lead single, due+1h manager digest");
    assert_snapshot!(own("mention"), @"4h, then 4h, promised 24h: 3h owner single, due owner single");
    assert_snapshot!(own("praise"), @"8h, then 8h, promised 24h:");
    // a class that the built-in policy does not know is like a question
    assert_eq!(own("offensive"), own("question"));
    // only the ladder
    assert_snapshot!(own("mention ladder = [{ at = \"due\", to = \"lead\" }]"), @"4h, then 4h, promised 24h: due lead single");
    assert_snapshot!(own("upset ladder = []"), @"1h, then 1h, promised 24h:");
    // only the target: warnings are shares of it, and all steps count its time
    assert_snapshot!(own("question target = \"2h elapsed\""), @"2h elapsed, then 2h elapsed, promised 24h: 1h elapsed owner single, 90m elapsed owner single, due lead single, due+1h elapsed manager digest");
    assert_snapshot!(own("upset target = \"10s\""), @"10s, then 10s, promised 24h: 3s owner single, 6s owner single, due lead single, due+30m lead+backup single, due+1h manager batch");
    // only another
    assert_snapshot!(own("question next_response = \"45m\""), @"1h, then 45m, promised 24h: 30m owner single, 45m owner single, due lead single, due+1h manager digest");
    assert_snapshot!(own("question follow_up = \"8h\""), @"1h, then 1h, promised 8h: 30m owner single, 45m owner single, due lead single, due+1h manager digest");
}

#[test]
fn what_is_left_out_is_in_order_with_what_is_said() {
    let own = |line: &str| super::problems(&complete(&[line]));
    assert_snapshot!(own("question ladder = [{ at = \"61m\", to = \"owner\" }, { at = \"due\", to = \"lead\" }]"), @"17:41: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times");
    assert_snapshot!(own("question next_response = \"44m\""), @r#"17:17: policy.quick.question.next_response: the built-in ladder warns later than that; write a longer one, or a ladder such as [{ at = "due", to = "lead" }]"#);
}

#[test]
fn with_somebody_on_duty_a_threat_counts_day_and_night() {
    let rota =
        "[rota.week]\nzone = \"UTC\"\nhand_over = \"mon 09:00\"\npeople = [\"dana\"]\nfrom = 2026-01-05\n";
    let own = |lines: &[&str]| {
        let text = complete(lines).replace("owner = \"dana\"", "owner = \"dana\"\nduty = \"week\"");
        let config = config(&format!("{text}{rota}"));
        let policy = &config.brands.values().next().unwrap().policy;
        assert_eq!(policy.rules(Class::Upset), config.policies["quick"].rules(Class::Upset), "the same");
        said(policy.rules(Class::Threat))
    };
    assert_snapshot!(own(&["threat"]), @"30m elapsed, then 30m elapsed, promised 24h: 0m elapsed duty+owner+lead single, due duty+lead+backup single, due+30m elapsed manager single, due+1h elapsed manager single");
    assert_snapshot!(own(&["threat target = \"20m\""]), @"20m, then 20m, promised 24h: 0m duty+owner+lead single, due duty+lead+backup single, due+30m manager single, due+1h manager single");
    assert_snapshot!(own(&["threat ladder = [{ at = \"due\", to = \"owner\" }]"]), @"30m elapsed, then 30m elapsed, promised 24h: due owner single");
    assert_eq!(said(Policy::social_60_with_duty().rules(Class::Threat)), own(&["threat"]));
    // one policy for two brands, of which one has somebody on duty
    let two = complete(&["threat"]).replace("policy = \"quick\"\n", "");
    let two = format!(
        "{two}{rota}[brand.night]\naccounts = [\"x:1\"]\nduty = \"week\"\nowner = \"dana\"\nlead = [\"dana\"]\nmanager = [\"dana\"]\n"
    );
    let policies: Vec<Policy> =
        config(&two).brands.into_values().map(|brand| Policy::clone(&brand.policy)).collect();
    assert_eq!(policies, [Policy::social_60(), Policy::social_60_with_duty()]);
}

#[test]
fn steps_say_when() {
    use Anchor::{Due, Start};
    // text, anchor, minutes, unit
    let table = [
        ("due", Due, 0, Unit::Open),
        ("0s", Start, 0, Unit::Open),
        ("20m", Start, 20, Unit::Open),
        ("1h elapsed", Start, 60, Unit::Elapsed),
        ("due+30m", Due, 30, Unit::Open),
        ("due+2h elapsed", Due, 120, Unit::Elapsed),
    ];
    for (text, anchor, minutes, unit) in table {
        let config = config(&GOOD.replace("\"due\"", &format!("{text:?}")));
        let at = config.policies["quick"].rules(Class::Question).steps[0].at;
        assert_eq!(at, At { anchor, offset: SignedDuration::from_mins(minutes), unit }, "{text}");
    }
}

#[test]
fn a_class_has_three_targets() {
    // what is written, first response, next response, follow-up
    #[rustfmt::skip]
    let table = [
        ("target = \"60m\"", "60m", "60m", "24h"),
        ("target = \"45m\"\nnext_response = \"2h elapsed\"", "45m", "2h elapsed", "24h"),
        ("target = \"45m\"\nfollow_up = \"8h\"", "45m", "45m", "8h"),
    ];
    for (written, first_response, next_response, follow_up) in table {
        let config = config(&GOOD.replace("target = \"60m\"", written));
        let [first_response, next_response, follow_up] =
            [first_response, next_response, follow_up].map(|span| span.parse().unwrap());
        let targets = Targets { first_response, next_response, follow_up };
        assert_eq!(config.policies["quick"].rules(Class::Question).targets, targets, "{written}");
    }
    assert_snapshot!(with("target = \"60m\"", "target = \"60m\"\nnext_response = 5\nfollow_up = \"0h\""), @r#"
    16:17: policy.quick.question.next_response: a number instead of text; write "60m"
    17:13: policy.quick.question.follow_up: an answer cannot take no time; write "60m"
    "#);
}

#[test]
fn times_of_a_ladder() {
    assert_snapshot!(with("\"60m\"", "\"0m\""), @r#"15:10: policy.quick.question.target: an answer cannot take no time; write "60m""#);
    assert_snapshot!(with("\"60m\"", "\"-5m\""), @r#"15:10: policy.quick.question.target: "-5m" is not a time to answer in; write "60m", "45s", "2h" or "60m elapsed""#);
    assert_snapshot!(with("\"60m\"", "\"an hour\""), @r#"15:10: policy.quick.question.target: "an hour" is not a time to answer in; write "60m", "45s", "2h" or "60m elapsed""#);
    assert_snapshot!(with("\"60m\"", "\"99999999999h\""), @r#"15:10: policy.quick.question.target: "99999999999h" is longer than 400 days; write at most "9600h""#);
    assert_snapshot!(with("\"due\"", "\"due+99999999999999999999m\""), @r#"16:18: policy.quick.question.ladder[0].at: "due+99999999999999999999m" is longer than 400 days; write at most "9600h""#);
    assert_snapshot!(with("\"due\"", "\"due-15m\""), @r#"16:18: policy.quick.question.ladder[0].at: "due-15m" counts back; write the time from the start, such as "45m""#);
    assert_snapshot!(with("\"due\"", "\"soon\""), @r#"16:18: policy.quick.question.ladder[0].at: "soon" is not a time of a step; write "20m", "due" or "due+30m", perhaps with " elapsed" behind it"#);
    assert_snapshot!(with("{ at = \"due\"", "{ at = \"due+1h\", to = \"owner\" }, { at = \"due\""), @"16:44: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times");
    // also between the two ways to say a time
    assert_snapshot!(with("{ at = \"due\"", "{ at = \"61m\", to = \"owner\" }, { at = \"due\""), @"16:41: policy.quick.question.ladder[1]: the step is earlier than the one before it; write the steps in the order of their times");
    // where the two targets would order the steps in two ways
    assert_snapshot!(with("ladder = [{ at", "next_response = \"20m\"\nladder = [{ at = \"30m\", to = \"owner\" }, { at"), @"17:41: policy.quick.question.ladder[1]: with next_response the step is earlier than the one before it; write steps that are in order with both targets");
    assert_snapshot!(with("[{ at", &format!("[{}{{ at", "{ at = \"1m\", to = \"owner\" }, ".repeat(50))), @"16:10: policy.quick.question.ladder: 51 steps; write at most 50");
}

#[test]
fn steps_that_reach_nobody() {
    assert_snapshot!(with("to = \"owner\"", "to = []"), @r#"16:30: policy.quick.question.ladder[0].to: the step tells nobody; write "owner""#);
    assert_snapshot!(with("to = \"owner\"", "to = [\"owner\", \"owner\"]"), @r#"16:40: policy.quick.question.ladder[0].to[1]: "owner" stands twice; write everybody once"#);
    assert_snapshot!(with("owner = \"dana\"", ""), @r#"1:1: brand.acme: the brand has nobody who could be told; write owner = "dana", lead = ["dana"], manager = ["dana"]"#);
    assert_snapshot!(with("to = \"owner\"", "to = [\"lead\", \"backup\"]"), @r#"1:1: brand.acme: policy quick tells the lead about question, and the brand has none; write lead = ["dana"]"#);
    // also of the policy that is built in
    assert_snapshot!(with("policy = \"quick\"\n", ""), @r#"
    1:1: brand.acme: policy social-60 tells the lead about question, and the brand has none; write lead = ["dana"]
    1:1: brand.acme: policy social-60 tells the manager about question, and the brand has none; write manager = ["dana"]
    "#);
}
