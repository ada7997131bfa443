//! The mail about an account from which nothing comes any more: an empty list looks like success.

use jiff::Timestamp;

use super::clean::own;
use super::view::{Kind, Section, Tone, View};
use super::{Mail, NAME_LIMIT, headers, platform, subject, times};
use crate::id::{Account, digest};
use crate::language::{Language, say};
use crate::policy::{Brand, Person};

/// What the mail about an account that may have gone deaf is written from.
#[derive(Clone, Debug)]
pub struct Deaf<'a> {
    /// The account.
    pub account: &'a Account,
    /// Whose it is.
    pub brand: &'a Brand,
    /// When something good was last heard from it; absent if never.
    pub since: Option<Timestamp>,
    /// What is wrong.
    pub reason: Deafness,
    /// Who is told.
    pub person: &'a Person,
    /// The present instant.
    pub now: Timestamp,
}

/// Why an account may be deaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deafness {
    /// Nothing came for so many hours in which the brand was open.
    Silent {
        /// Whole opening hours.
        hours: u32,
    },
    /// What comes is signed with another secret than ours.
    BadSignatures {
        /// How many deliveries were refused.
        count: u32,
    },
    /// The platform asked who we are, and got no good answer.
    HandshakeFailed,
    /// The platform's leave to tell us ends.
    TokenExpires {
        /// When.
        at: Timestamp,
    },
}

impl Deaf<'_> {
    /// Writes the mail. The same input is the same mail, and all mails about an account to a person have one subject.
    #[must_use]
    pub fn write(&self) -> Mail {
        let Deaf { account, person, .. } = self;
        let reference = format!("A-{}", &digest(&account.to_string())[..6]);
        let root = format!("deaf.{}.{}", digest(&account.to_string()), person.id);
        self.view(&reference).write(Kind::Deaf, person, headers::of_account(&root, &reference))
    }

    fn view(&self, reference: &str) -> View {
        let Deaf { account, brand, since, reason, person, now } = *self;
        let (language, reader) = (person.language, person.reader());
        let time = |at| times::instant(at, reader);
        let brand = own(&brand.name, NAME_LIMIT);
        let platform = platform(language, account.platform);
        let subject = subject::fitted(&brand, |brand| {
            say!(language, "deaf.subject", platform = platform, brand = brand, reference = reference)
        });
        let (tone, status) = match reason {
            Deafness::Silent { .. } => (Tone::Over, say!(language, "status.silent")),
            Deafness::BadSignatures { .. } => (Tone::Over, say!(language, "status.refused")),
            Deafness::HandshakeFailed => (Tone::Over, say!(language, "status.unwelcome")),
            Deafness::TokenExpires { .. } => (Tone::Soon, say!(language, "status.expires")),
        };
        let headline = match reason {
            Deafness::Silent { hours: 1 } => {
                say!(language, "deaf.silent_hour", brand = brand, platform = platform)
            }
            Deafness::Silent { hours } => {
                say!(language, "deaf.silent", brand = brand, platform = platform, hours = hours)
            }
            Deafness::BadSignatures { count } => {
                say!(language, "deaf.signatures", brand = brand, platform = platform, count = count)
            }
            Deafness::HandshakeFailed => say!(language, "deaf.handshake", brand = brand, platform = platform),
            Deafness::TokenExpires { at } => {
                say!(language, "deaf.token", brand = brand, platform = platform, time = time(at))
            }
        };
        let mut view = View::new(language, subject, tone, status, headline);
        view.preheader = say!(language, "deaf.preheader", platform = platform);
        view.lines = vec![match reason {
            Deafness::Silent { .. } | Deafness::BadSignatures { .. } | Deafness::HandshakeFailed => {
                say!(language, "deaf.means")
            }
            Deafness::TokenExpires { .. } => say!(language, "deaf.means_later"),
        }];
        view.sections.push(Section {
            heading: say!(language, "section.to_do"),
            lines: (1..)
                .zip(steps(language, reason, &platform))
                .map(|(nth, step)| format!("{nth}. {step}"))
                .collect(),
        });
        let last = match since {
            Some(since) => {
                let age = times::rough(language, now.duration_since(since));
                say!(language, "deaf.since", time = time(since), age = age)
            }
            None => say!(language, "deaf.never"),
        };
        view.facts = vec![
            (say!(language, "fact.account"), format!("{brand} ({})", own(&account.to_string(), 80))),
            (say!(language, "fact.last_heard"), last),
        ];
        view.section(say!(language, "section.why"), vec![say!(language, "why.deaf", brand = brand)]);
        let written = times::to_the_second(now, reader);
        view.footer = vec![say!(language, "footer.note", reference = reference, time = written)];
        view
    }
}

/// What to look at, in this order.
fn steps(language: Language, reason: Deafness, platform: &str) -> Vec<String> {
    match reason {
        Deafness::Silent { .. } => vec![
            say!(language, "deaf.step_write", platform = platform),
            say!(language, "deaf.step_subscription", platform = platform),
            say!(language, "deaf.step_answer", platform = platform),
        ],
        Deafness::BadSignatures { .. } => vec![
            say!(language, "deaf.step_secret", platform = platform),
            say!(language, "deaf.step_answer", platform = platform),
        ],
        Deafness::HandshakeFailed => vec![
            say!(language, "deaf.step_secret", platform = platform),
            say!(language, "deaf.step_subscription", platform = platform),
        ],
        Deafness::TokenExpires { .. } => vec![
            say!(language, "deaf.step_token", platform = platform),
            say!(language, "deaf.step_write", platform = platform),
        ],
    }
}
