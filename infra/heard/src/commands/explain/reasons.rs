//! Why a step comes when it does, why it tells whom it tells, and why nobody.

use domain::calendar::Stretch;
use domain::clock::{duration_in_words, instant_in_words};
use domain::decide::MAILS_A_TURN;
use domain::id::PersonId;
use domain::ladder::{self, Choice, GRACE, Obstacle, TOLD_LATELY};
use domain::policy::{Anchor, At, Class, Style};
use domain::run::{Reminder, Source};
use jiff::Timestamp;

use super::play::{Explanation, Mail, Outcome, Step, Telling};

impl Explanation<'_> {
    /// Says when an instant is by the clocks of the brand, to somebody who knows when it was asked.
    pub(super) fn time(&self, at: Timestamp) -> String {
        instant_in_words(at, self.turn.start(), &self.zone)
    }

    /// `Sat 22:00 to Sun 06:00`, `Sat 22:00 to 23:00`
    pub(super) fn stretch(&self, Stretch { from, to }: Stretch) -> String {
        let [first, last] = [from, to].map(|at| self.zone.to_datetime(at).date());
        let to = self.time(to);
        // The day is said once: the hour is the first that has a colon behind it.
        let hour = to.find(':').filter(|_| first == last).map_or(0, |colon| colon - 2);
        format!("{} to {}", self.time(from), &to[hour..])
    }

    /// Why the step comes when it does, and why it tells whom it tells.
    pub(super) fn why(&self, step: &Step) -> String {
        let mut why = match step.source {
            Source::Step(at) => self.moment(at),
            Source::Reminder(Reminder::Opening(_)) => "nobody answered after the last step".to_owned(),
            Source::Reminder(Reminder::Daily) => "nobody has answered yet".to_owned(),
        };
        if let Some(hold) = self.held(step) {
            why = format!("{why}; put off by maintenance, {}", self.stretch(hold));
        } else if let Some(timed) = step.timed.filter(|timed| timed.asked < timed.at) {
            let asked = self.time(timed.asked);
            let late = if timed.at == self.turn.received_at() {
                "before Heard knew of the message".to_owned()
            } else {
                format!("put off until {} after Heard knew of the message", duration_in_words(GRACE))
            };
            why = format!("{why}: {asked}, {late}");
        }
        let Outcome::Told(telling) = &step.outcome else { return why };
        if !telling.skipped.is_empty() {
            let numbers: Vec<String> = telling.skipped.iter().map(|step| (step + 1).to_string()).collect();
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            let (steps, reach) = if numbers.len() == 1 { ("step", "reaches") } else { ("steps", "reach") };
            let now = if telling.again { "as soon as anybody can be told" } else { "now" };
            why = format!("{now}, because {steps} {} {reach} nobody; else {why}", and(&numbers));
        } else if telling.again {
            let lately = duration_in_words(TOLD_LATELY);
            why = format!("{why}; not sooner than {lately} after the mail before");
        }
        if telling.admin {
            why = format!("{why}; to the administrators, because {}", nobody(&step.choices));
        }
        why
    }

    /// Why the step tells nobody, if that is so.
    pub(super) fn skipped(&self, step: &Step) -> Option<String> {
        match &step.outcome {
            Outcome::Told(_) => None,
            Outcome::FallsThrough | Outcome::Unheard => Some(nobody(&step.choices)),
            Outcome::Held(by) if usize::from(*by) < self.run.length => {
                Some(format!("held back by maintenance; step {} stands for it", by + 1))
            }
            Outcome::Held(_) => Some("held back by maintenance; a reminder stands for it".to_owned()),
            Outcome::Known => Some(format!("{}: what comes next is a reminder", known(&step.choices))),
            Outcome::Expired => Some("a message that waited for 30 days counts as missed".to_owned()),
        }
    }

    /// The maintenance that the step would have fallen into.
    fn held(&self, step: &Step) -> Option<Stretch> {
        let timed = step.timed?;
        self.run.holds.iter().find(|hold| hold.from <= timed.at && timed.at < hold.to).copied()
    }

    /// `20 min of open time after the question`
    fn moment(&self, at: At) -> String {
        match (at.anchor, at.offset.is_zero(), self.turn.is_response()) {
            (Anchor::Due, true, false) => "when the promise is due".to_owned(),
            _ => ladder::why(at, self.brand.calendar.as_deref()),
        }
    }

    /// What else there is to say about mails: the cap, hours that are waited for, hours that are not.
    pub(super) fn remarks(&self, step: &Step, telling: &Telling) -> Vec<String> {
        let mut remarks = Vec::new();
        if telling.capped {
            remarks.push(format!(
                "only in the daily list, because {MAILS_A_TURN} mails about this case were sent before"
            ));
        }
        if step.style == Style::Digest {
            return remarks;
        }
        let mut outside = Vec::new();
        for Mail { person, at } in &telling.mails {
            let hours = self.run.config.people.get(person).and_then(|person| person.hours.as_deref());
            let away = hours.is_some_and(|hours| hours.next_opening(step.at) != Some(step.at));
            let time = self.time(*at);
            if *at > step.at && away && self.turn.class != Class::Threat {
                remarks.push(format!("the mail to {person} waits for their hours: {time}"));
            } else if *at > step.at {
                // What is caught up on may hold the answer too.
                remarks.push(format!(
                    "the mail to {person} leaves {time}, in case the answer is on its way too"
                ));
            } else if away {
                outside.push(person.as_str());
            }
        }
        if !outside.is_empty() {
            let class = self.turn.class;
            remarks.push(format!("outside the hours of {}, but a {class} does not wait", and(&outside)));
        }
        remarks
    }
}

/// Why no role of a step has become a person.
fn nobody(choices: &[Choice]) -> String {
    let reasons = choices.iter().map(|choice| match choice.passed_over.as_slice() {
        [] => format!("the brand has no {}", choice.role),
        passed => passed_over(passed),
    });
    format!("nobody can be told: {}", reasons.collect::<Vec<_>>().join(", "))
}

/// Who knows already that the time is over.
fn known(choices: &[Choice]) -> String {
    let told = choices.iter().flat_map(|choice| {
        let lately = choice.passed_over.iter().filter(|(_, why)| matches!(why, Obstacle::ToldLately(_)));
        choice.person.iter().chain(lately.map(|(person, _)| person)).map(PersonId::as_str)
    });
    let told: Vec<&str> = told.collect();
    format!("{} just heard that the time is over", and(&told))
}

/// `dana is away, lee is told by this step already`
pub(super) fn passed_over(passed: &[(PersonId, Obstacle)]) -> String {
    let said: Vec<String> = passed.iter().map(|(person, why)| format!("{person} is {why}")).collect();
    said.join(", ")
}

/// `dana, lee and kim`
pub(super) fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}
