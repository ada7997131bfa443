//! The configurations of the installation: what is pushed in the middle of a history differs from what it began
//! with.

use std::sync::{Arc, LazyLock};

use domain::clock::Clock;
use domain::ladder;
use domain::policy::{Brand, Class, Config};

use crate::time::{self, Ms};

/// One version of the configuration.
#[derive(Debug)]
pub struct Version {
    /// The text that is pushed.
    pub text: String,
    /// The same as it is read.
    pub config: Arc<Config>,
}

/// Returns every version; the first is the one that a history begins with.
#[must_use]
pub fn configs() -> &'static [Version] {
    static VERSIONS: LazyLock<Vec<Version>> = LazyLock::new(|| CHANGES.iter().map(version).collect());
    &VERSIONS
}

/// Returns when the ladder tells people of a matter of `class` asked at `asked` that runs on version `config`,
/// earliest first.
pub(super) fn steps(config: usize, brand: usize, class: Class, asked: Ms) -> impl Iterator<Item = Ms> {
    let brand = brand_of(config, brand);
    let rules = brand.policy.rules(class);
    let clock = Clock::steady(brand.calendar.as_deref());
    let (start, target) = (time::instant(asked), rules.targets.first_response);
    let timed = ladder::times(&rules.steps, &clock, start, target, clock.due_at(start, target), start);
    timed.into_iter().map(|step| time::ms(step.at))
}

/// Returns until when the brand has to keep what it promised at `at` in answer to a question.
pub(super) fn promised(config: usize, brand: usize, at: Ms) -> Ms {
    let brand = brand_of(config, brand);
    let target = brand.policy.rules(Class::Question).targets.follow_up;
    time::ms(Clock::steady(brand.calendar.as_deref()).due_at(time::instant(at), target))
}

fn brand_of(config: usize, brand: usize) -> &'static Brand {
    configs()[config].config.brands.values().nth(brand).expect("every version has all brands")
}

/// What a version replaces in the first.
type Change = &'static [(&'static str, &'static str)];

fn version(change: &Change) -> Version {
    let mut text = FIRST.to_owned();
    for (old, new) in *change {
        assert_eq!(text.matches(old).count(), 1, "stands once in the first version: {old}");
        text = text.replace(old, new);
    }
    let config = Config::parse(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Version { text, config: Arc::new(config) }
}

const CHANGES: [Change; 9] = [
    &[],
    // Another ladder, with fewer steps and in batches, for threats too.
    &[
        (
            r#"ladder = [
  { at = "20m", to = "owner" },
  { at = "40m", to = "owner" },
  { at = "due", to = "lead" },
  { at = "due+30m", to = ["lead", "backup"] },
  { at = "due+60m", to = "manager" },
]"#,
            r#"ladder = [
  { at = "30m", to = ["owner", "backup"], style = "batch" },
  { at = "due", to = "lead" },
  { at = "due+15m", to = "manager", style = "batch" },
]"#,
        ),
        (r#"{ at = "due+30m", to = "manager" }"#, r#"{ at = "due+10m", to = ["manager", "backup"] }"#),
    ],
    // Less time for one brand, more for the other.
    &[
        (
            r#"target = "60m"
follow_up = "90m"
ladder = [
  { at = "20m", to = "owner" },
  { at = "40m", to = "owner" },"#,
            r#"target = "30m"
follow_up = "45m"
ladder = [
  { at = "10m", to = "owner" },
  { at = "20m", to = "owner" },"#,
        ),
        (r#"policy = "hour" # zeta"#, r#"policy = "two-hours""#),
        (
            "[admin]",
            r#"[policy.two-hours.question]
target = "2h"
next_response = "90m"
follow_up = "3h"
ladder = [{ at = "1h", to = "owner" }, { at = "due", to = ["lead", "manager"] }]

[admin]"#,
        ),
    ],
    // Who answers is away today, who leads has hours of their own.
    &[
        (r#"email = "dana@acme.example""#, "email = \"dana@acme.example\"\naway = [\"2026-03-25\"]"),
        (r#"email = "kim@acme.example""#, "email = \"kim@acme.example\"\nhours = \"own\""),
        (
            "[admin]",
            r#"[calendar.own]
zone = "Europe/Paris"
week = { mon-fri = ["07:30-11:15", "12:45-18:00"] }

[admin]"#,
        ),
    ],
    // Who answers has left, and somebody else came.
    &[
        (r#"owner = "dana""#, r#"owner = "robin""#),
        (
            r#"[person.dana]
name = "Dana Ortiz"
email = "dana@acme.example""#,
            r#"[person.robin]
name = "Robin Vale"
email = "robin@acme.example"
hours = "lunch""#,
        ),
        (
            "[admin]",
            r#"[calendar.lunch]
zone = "Europe/Paris"
week = { mon-fri = ["07:00-10:40", "11:00-18:00"] }

[admin]"#,
        ),
    ],
    // One brand closes and opens again in the middle of the history, the other opens late.
    &[
        (
            r#"automation = ["facebook:268278000000001"]"#,
            "automation = [\"facebook:268278000000001\"]\ncalendar = \"desk\"",
        ),
        (r#"policy = "hour" # zeta"#, "policy = \"hour\"\ncalendar = \"late\""),
        (
            "[admin]",
            r#"[calendar.desk]
zone = "Europe/Paris"
week = { mon-fri = ["07:00-10:00", "12:00-18:00"] }

[calendar.late]
zone = "Europe/Paris"
week = { mon-sun = ["11:30-22:00"] }

[admin]"#,
        ),
    ],
    // The same opening hours, and steps that count by night too.
    &[
        (
            r#"automation = ["facebook:268278000000001"]"#,
            "automation = [\"facebook:268278000000001\"]\ncalendar = \"desk\"",
        ),
        (r#"{ at = "40m", to = "owner" },"#, r#"{ at = "40m elapsed", to = "owner" },"#),
        (
            r#"{ at = "due+30m", to = ["lead", "backup"] },"#,
            r#"{ at = "due+30m elapsed", to = ["lead", "backup"] },"#,
        ),
        (
            "[admin]",
            r#"[calendar.desk]
zone = "Europe/Paris"
week = { mon-fri = ["08:00-11:00", "11:30-18:00"] }

[admin]"#,
        ),
    ],
    // Nobody is told for a while, and who answers for the lead reads many things in one mail.
    &[
        (
            r#"automation = ["facebook:268278000000001"]"#,
            r#"automation = ["facebook:268278000000001"]
maintenance = ["2026-03-25T09:30/2026-03-25T10:15", "2026-03-25T12:00/2026-03-25T12:20"]"#,
        ),
        (r#"{ at = "due+60m", to = "manager" },"#, r#"{ at = "due+60m", to = "manager", style = "batch" },"#),
    ],
    // Who leads has given up the webhook, and the manager has one and no address any more.
    &[
        ("\nwebhook = { url = \"https://hooks.acme.example/kim\", secret = \"pager\" }", ""),
        (
            r#"email = "ash@acme.example""#,
            r#"webhook = { url = "https://hooks.acme.example/ash", secret = "pager" }"#,
        ),
    ],
];

const FIRST: &str = r#"
[brand.acme]
name = "Acme"
accounts = ["facebook:100200300400", "x:2244994945"]
policy = "hour"
owner = "dana"
backup = "lee"
lead = ["kim"]
manager = ["ash"]
automation = ["facebook:268278000000001"]

[brand.zeta]
name = "Zeta"
accounts = ["facebook:500600700800", "x:2255005056"]
policy = "hour" # zeta
owner = "sam"
backup = "ines"
lead = ["noor"]
manager = ["vera"]

[person.dana]
name = "Dana Ortiz"
email = "dana@acme.example"

[person.lee]
name = "Lee Wong"
email = "lee@acme.example"

[person.kim]
name = "Kim Park"
email = "kim@acme.example"
webhook = { url = "https://hooks.acme.example/kim", secret = "pager" }

[person.ash]
name = "Ash Roy"
email = "ash@acme.example"

[person.sam]
name = "Sam Diallo"
email = "sam@zeta.example"

[person.ines]
name = "Ines Moreau"
email = "ines@zeta.example"

[person.noor]
name = "Noor Haddad"
email = "noor@zeta.example"

[person.vera]
name = "Vera Novak"
email = "vera@zeta.example"

[person.pat]
name = "Pat Quinn"
email = "pat@heard.example"

[admin]
to = ["pat"]

[policy.hour.question]
target = "60m"
follow_up = "90m"
ladder = [
  { at = "20m", to = "owner" },
  { at = "40m", to = "owner" },
  { at = "due", to = "lead" },
  { at = "due+30m", to = ["lead", "backup"] },
  { at = "due+60m", to = "manager" },
]

[policy.hour.threat]
target = "30m"
ladder = [
  { at = "0m", to = ["owner", "lead"] },
  { at = "due", to = ["lead", "backup"] },
  { at = "due+30m", to = "manager" },
]
"#;

#[cfg(test)]
mod tests {
    use super::super::people::{ADMIN, BRANDS};
    use super::*;
    use crate::time::{HOUR, MINUTE};

    #[test]
    fn every_version_is_of_the_same_installation() {
        for version in configs() {
            let config = &version.config;
            for (brand, known) in config.brands.values().zip(&BRANDS) {
                assert_eq!((brand.id.as_str(), brand.name.as_str()), (known.id, known.name));
                let accounts: Vec<_> = brand.accounts.iter().map(ToString::to_string).collect();
                assert_eq!(accounts, [format!("facebook:{}", known.page), format!("x:{}", known.x)]);
                let names = [known.answers[1], known.lead, known.manager, ADMIN];
                assert!(
                    names.iter().all(|name| config.people.contains_key(&(*name).into())),
                    "{}",
                    version.text
                );
            }
            assert_eq!(config.brands.len(), BRANDS.len());
        }
    }

    #[test]
    fn no_two_versions_are_the_same() {
        let versions = configs();
        for (number, version) in versions.iter().enumerate() {
            assert!(versions[..number].iter().all(|other| other.config != version.config), "{number}");
        }
    }

    #[test]
    fn steps_are_those_of_the_ladder_in_force() {
        let minutes = |config, brand, asked: Ms| {
            steps(config, brand, Class::Question, asked).map(|at| (at - asked) / MINUTE).collect::<Vec<_>>()
        };
        // version, brand, asked, minutes from the question to the steps
        let table: [(usize, usize, Ms, &[Ms]); 6] = [
            (0, 0, HOUR, &[20, 40, 60, 90, 120]),
            (1, 1, HOUR, &[30, 60, 75]),
            (2, 0, HOUR, &[10, 20, 30, 60, 90]),
            (2, 1, HOUR, &[60, 120]),
            (5, 0, 50 * MINUTE, &[140, 160, 180, 210, 240]), // closes ten minutes later, for two hours
            (5, 1, 0, &[170, 190, 210, 240, 270]),
        ];
        for (config, brand, asked, expected) in table {
            assert_eq!(minutes(config, brand, asked), expected, "version {config}, brand {brand}");
        }
        assert_eq!(steps(0, 0, Class::Threat, 0).collect::<Vec<_>>(), [0, 30 * MINUTE, HOUR]);
        assert_eq!(promised(0, 0, HOUR), HOUR + 90 * MINUTE);
        assert_eq!(promised(2, 1, HOUR), 4 * HOUR);
    }
}
