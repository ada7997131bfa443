//! `heard explain`: until when a message must be answered, who is told when, and why.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use domain::event::{Event, Kind, Side, TimeFrom, Verb, Visibility};
use domain::history::{Turn, TurnKind, Waiting};
use domain::id::{Account, BrandId, PersonId};
use domain::ladder::{self, Choice, Manner, Obstacle, Told};
use domain::policy::{At, Brand, Class, Style};
use domain::run::{self, Planned, Run, Source};
use domain::versions::Configs;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::config_check;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
mod text;

/// Explain a deadline: the sum, then each step of the ladder with the time, the people and the reason
///
/// The message is taken to arrive when it is written, and everybody to be reachable by mail.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard explain --config infra/config/example.toml --account facebook:100200300400 --at 2026-03-27T17:45
  heard explain --config infra/config/example.toml --account x:2244994945 --at 2026-03-27T16:45Z --class upset --json")]
pub(crate) struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The brand's account that the message is written to
    #[arg(long, value_name = "PLATFORM:ID")]
    account: Account,
    /// When it is written: an instant such as 2026-03-25T16:30:00Z or 2026-03-25T17:30+01:00, or a time
    /// without an offset such as 2026-03-25T17:30, by the clocks of the brand's calendar (UTC without one).
    /// Of a time that these clocks show twice, it is the first.
    #[arg(long, value_name = "TIME")]
    at: When,
    /// What sort of matter it is: threat, upset, question, praise, mention, offensive, spam, thanks, other.
    #[arg(long, value_name = "CLASS", default_value_t = Class::Question)]
    class: Class,
    /// Print one JSON document. `config_version` is null: a file has none. A step for several roles names
    /// them in one `role`, joined with `+`.
    #[arg(long)]
    json: bool,
}

/// A time as people write it.
#[derive(Clone, Copy, Debug)]
enum When {
    /// With an offset or zone.
    Instant(Timestamp),
    /// By a wall clock.
    Local(DateTime),
}

/// Text that is no time.
#[derive(Debug, thiserror::Error)]
#[error("not a time such as 2026-03-25T16:30:00Z or 2026-03-25T17:30")]
struct BadTime;

impl FromStr for When {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<When, BadTime> {
        let instant = text.parse().map(When::Instant).ok();
        instant.or_else(|| text.parse().map(When::Local).ok()).ok_or(BadTime)
    }
}

/// Runs the command.
///
/// # Errors
///
/// The configuration cannot be read, the account is no brand's, or stdout cannot be written.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { config: file, account, at, class, json } = args;
    let config = match config_check::load(&file)?.config {
        Ok(config) => config,
        Err(problems) => {
            config_check::print(&file, &problems);
            return Ok(ExitCode::FAILURE);
        }
    };
    let configs = Configs::only(config);
    let brand = configs.current().and_then(|config| config.brand_of(&account));
    let brand = brand.with_context(|| format!("{account} belongs to no brand"))?;
    let zone = brand.calendar.as_ref().map_or(TimeZone::UTC, |calendar| calendar.zone().clone());
    let start = match at {
        When::Instant(at) => at,
        When::Local(wall) => zone.to_timestamp(wall).map_err(|error| anyhow!("{wall}: {error}"))?,
    };
    let explanation = explain(&configs, brand, zone, class, start);
    let mut stdout = io::stdout().lock();
    if json {
        serde_json::to_writer(&mut stdout, &explanation.document()).context("writing to stdout")?;
        writeln!(stdout).context("writing to stdout")?;
    } else {
        write!(stdout, "{}", text::render(&explanation)).context("writing to stdout")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything there is to say about one message.
struct Explanation<'a> {
    brand: &'a Brand,
    /// Whose clocks the text shows.
    zone: TimeZone,
    class: Class,
    run: Run<'a>,
    steps: Vec<Step>,
}

/// A step of the ladder as it would fire.
struct Step {
    planned: Planned,
    /// When the policy has it.
    rung: At,
    at: Timestamp,
    /// The step before reached nobody, so that this one did not wait for its own time.
    early: bool,
    /// Nobody of the ladder is left at its end, so that the administrators are told.
    admin: bool,
    choices: Vec<Choice>,
    /// Who is told, and when the mail may leave.
    mails: Vec<Mail>,
}

/// A mail of a step.
#[derive(Serialize)]
struct Mail {
    person: PersonId,
    at: Timestamp,
}

/// Lets the ladder run as if nobody ever answered.
fn explain<'a>(
    configs: &'a Configs,
    brand: &'a Brand,
    zone: TimeZone,
    class: Class,
    start: Timestamp,
) -> Explanation<'a> {
    let message = message(&brand.accounts[0], class, start);
    let turn = Turn::opened_by(message, None, TurnKind::FirstResponse);
    let run = run::run(&turn, &brand.id, configs, start).expect("the brand is one of this configuration");
    let mut told: Vec<Told> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    for planned in &run.steps {
        let Source::Step(rung) = planned.source else { continue };
        let fallen = steps.last().filter(|last| last.mails.is_empty() && last.at < planned.at);
        let (at, early) = fallen.map_or((planned.at, false), |last| (last.at, true));
        let choices = ladder::choose(&planned.to, brand, run.config, at, &told, &|_| true);
        let chosen = choices.iter().filter_map(|choice| Some((choice.person.clone()?, choice.role.clone())));
        told.extend(chosen.map(|(person, role)| Told { person, role, at }));
        let mut people: Vec<&PersonId> = choices.iter().filter_map(|choice| choice.person.as_ref()).collect();
        let last = steps.len() + 1 == run.length;
        let admin = people.is_empty() && last && !run.config.admin.is_empty();
        if admin {
            people.extend(&run.config.admin);
        }
        let manner = Manner { style: planned.style, is_severe: class == Class::Threat };
        let mails = people.into_iter().filter_map(|person| {
            let known = run.config.people.get(person)?;
            Some(Mail { person: person.clone(), at: ladder::send_after(at, start, known, manner) })
        });
        let mails = mails.collect();
        steps.push(Step { planned: planned.clone(), rung, at, early, admin, choices, mails });
    }
    Explanation { brand, zone, class, run, steps }
}

/// A message to `account`, as if it had come at once.
fn message(account: &Account, class: Class, at: Timestamp) -> Waiting {
    let event = Event {
        platform: account.platform,
        account: account.id.clone(),
        object: "message".to_owned(),
        verb: Verb::Add,
        version: "-".to_owned(),
        kind: Kind::Message,
        visibility: Visibility::Private,
        side: Side::Customer,
        author: None,
        counterpart: None,
        thread: None,
        parent: None,
        mentions: Vec::new(),
        text: None,
        attachments: Vec::new(),
        permalink: None,
        occurred_at: at,
        time_from: TimeFrom::Event,
    };
    Waiting { event, class, at, received_at: at }
}

impl Step {
    /// Why the step fires when it does, and why it tells whom it tells.
    fn why(&self, brand: &Brand) -> String {
        let mut why = ladder::why(self.rung, brand.calendar.as_deref());
        if self.early {
            why = format!("now, because the step before reaches nobody; else {why}");
        }
        if self.admin {
            why = format!("{why}; to the administrators, because {}", self.nobody());
        }
        why
    }

    /// Why the step reaches nobody, if it does.
    fn skipped(&self) -> Option<String> {
        self.mails.is_empty().then(|| self.nobody())
    }

    /// Why no role of the step has become a person.
    fn nobody(&self) -> String {
        let reasons = self.choices.iter().map(|choice| match choice.passed_over.as_slice() {
            [] => format!("the brand has no {}", choice.role),
            passed => passed_over(passed),
        });
        format!("nobody can be told: {}", reasons.collect::<Vec<_>>().join(", "))
    }
}

/// `dana is away, lee is told by this step already`
fn passed_over(passed: &[(PersonId, Obstacle)]) -> String {
    let said: Vec<String> = passed.iter().map(|(person, why)| format!("{person} is {why}")).collect();
    said.join(", ")
}

/// The document of `--json`.
#[derive(Serialize)]
struct Document<'a> {
    brand: &'a BrandId,
    calendar: Option<&'a str>,
    zone: &'a str,
    class: Class,
    start: Timestamp,
    due: Timestamp,
    target_seconds: i64,
    unit: &'static str,
    /// Only what was pushed has a version, and this was read from a file.
    config_version: Option<u64>,
    slices: Vec<SliceDocument>,
    steps: Vec<StepDocument<'a>>,
}

#[derive(Serialize)]
struct SliceDocument {
    from: Timestamp,
    to: Timestamp,
    #[serde(serialize_with = "seconds")]
    seconds: SignedDuration,
}

#[derive(Serialize)]
struct StepDocument<'a> {
    at: Timestamp,
    role: String,
    to: Vec<&'a PersonId>,
    style: Style,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    /// When each mail may leave: not before the hours of the person.
    mails: &'a [Mail],
}

impl Explanation<'_> {
    fn document(&self) -> Document<'_> {
        let slices = self.run.due.slices.iter().map(|slice| SliceDocument {
            from: slice.from,
            to: slice.to,
            seconds: slice.length(),
        });
        let steps = self.steps.iter().map(|step| StepDocument {
            at: step.at,
            role: step.planned.to.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"),
            to: step.mails.iter().map(|mail| &mail.person).collect(),
            style: step.planned.style,
            why: step.why(self.brand),
            skipped: step.skipped(),
            mails: &step.mails,
        });
        Document {
            brand: &self.brand.id,
            calendar: self.brand.calendar_name.as_deref(),
            zone: self.zone.iana_name().unwrap_or("UTC"),
            class: self.class,
            start: self.run.due.start,
            due: self.run.due.at,
            target_seconds: self.run.target.length.as_secs(),
            unit: self.run.target.unit.name(),
            config_version: None,
            slices: slices.collect(),
            steps: steps.collect(),
        }
    }
}

/// Whole seconds as a whole number.
fn seconds<S: Serializer>(length: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
    if length.subsec_nanos() == 0 {
        serializer.serialize_i64(length.as_secs())
    } else {
        serializer.serialize_f64(length.as_secs_f64())
    }
}
