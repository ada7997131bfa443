//! Whom mail does not reach: they are passed over, and the administrators hear of it.

use jiff::Timestamp;

use super::fire::{ADMIN, unused};
use crate::fact::{Channel, Failed, Notice, NoticeKey, Purpose, Recipient, address};
use crate::id::{PersonId, Step};
use crate::ladder::{self, Manner};
use crate::policy::{Config, Style};

/// Returns who may be reached as far as `notices` tell: everybody but whose mail failed at the address that they have
/// today, and who has no webhook. A corrected address counts at once.
pub fn reachable<'a>(notices: &'a [&'a Notice], config: &'a Config) -> impl Fn(&PersonId) -> bool + 'a {
    move |person| {
        let theirs = notices.iter().filter(|notice| notice.key.person == *person);
        let mut failed = theirs.filter_map(|notice| notice.failed.as_ref()).peekable();
        let Some(known) = config.people.get(person).filter(|_| failed.peek().is_some()) else { return true };
        let today = known.email.as_deref().map(address);
        known.webhook.is_some() || failed.all(|failed| Some(&failed.address) != today.as_ref())
    }
}

/// Tells each administrator once of each mail of a turn that failed, whether somebody still waits or not: who was not
/// reached today is not reached tomorrow either. What failed because that was known before is no news.
pub(super) fn reports(config: &Config, mine: &[&Notice], now: Timestamp) -> Vec<Notice> {
    let mut claim: Vec<Notice> = Vec::new();
    let is_reachable = reachable(mine, config);
    let news = |notice: &&'_ Notice| Some(notice.failed.clone()?).filter(|failed| !failed.known);
    let mut failures: Vec<(&Notice, Failed)> =
        mine.iter().filter_map(|notice| Some((*notice, news(notice)?))).collect();
    failures.sort_by(|(one, a), (other, b)| (a.at, &one.key).cmp(&(b.at, &other.key)));
    for (notice, failed) in failures {
        for admin in config.admin.iter().filter(|admin| **admin != notice.key.person && is_reachable(admin)) {
            let Some(reader) = config.people.get(admin) else { continue };
            let reports = mine.iter().copied().chain(&claim);
            let reports: Vec<&Notice> =
                reports.filter(|other| other.key.purpose == Purpose::Unreachable).collect();
            // By who and when, not by its number: of two failures the earlier may come to light later.
            let is_of_this = |other: &&&Notice| {
                let about = other.recipients.first().map(|recipient| &recipient.person);
                other.step_at == failed.at && about == Some(&notice.key.person)
            };
            if reports.iter().filter(is_of_this).any(|other| other.key.person == *admin) {
                continue;
            }
            // Two checks at the same time name it alike.
            let known = reports.iter().find(is_of_this).map(|other| other.key.step);
            let step = known.unwrap_or_else(|| unused(&reports, Step { repeat: 0, ..notice.key.step }));
            let send_after = ladder::send_after(failed.at, failed.at, reader, REPORT);
            let about = |person: &PersonId, role: &str| {
                let (person, role) = (person.clone(), role.to_owned());
                Recipient { person, role, channel: Channel::Email, send_after }
            };
            claim.push(Notice {
                key: NoticeKey {
                    step,
                    purpose: Purpose::Unreachable,
                    person: admin.clone(),
                    ..notice.key.clone()
                },
                role: ADMIN.to_owned(),
                // Whom it is about, and whom it is for.
                recipients: vec![about(&notice.key.person, &notice.role), about(admin, ADMIN)],
                skipped: Vec::new(),
                held: Vec::new(),
                step_at: failed.at,
                send_after,
                claimed_at: now,
                style: REPORT.style,
                capped: false,
                sent: None,
                dropped: None,
                failed: None,
                ..notice.clone()
            });
        }
    }
    claim
}

/// The ladder has moved on already; this may wait for the administrator's hours.
const REPORT: Manner = Manner { style: Style::Batch, is_severe: false };
