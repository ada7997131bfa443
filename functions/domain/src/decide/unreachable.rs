//! Whom mail does not reach: they are passed over, and the administrators hear of it.

use jiff::Timestamp;

use super::fire::ADMIN;
use crate::fact::{Channel, Failed, Notice, NoticeKey, Purpose, Recipient, address};
use crate::id::{PersonId, Step, digest};
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
            let step = named_by(&notice.key.person, failed.at);
            let is_known = |other: &Notice| {
                let NoticeKey { purpose, person, step: other, .. } = &other.key;
                (*purpose, person, *other) == (Purpose::Unreachable, admin, step)
            };
            if mine.iter().any(|other| is_known(other)) || claim.iter().any(is_known) {
                continue;
            }
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

/// Returns the name of a report: made of whom it is about, and when. One mail can tell several notices, which fail
/// together and are marked one after the other: two checks that see some of the marks each must name it alike.
fn named_by(person: &PersonId, at: Timestamp) -> Step {
    let number = digest(&format!("{person}\n{at}"))
        .bytes()
        .fold(0_u32, |number, byte| number.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let [one, two, three, four] = number.to_be_bytes();
    Step { round: u16::from_be_bytes([one, two]), index: 0, repeat: u16::from_be_bytes([three, four]) }
}

/// The ladder has moved on already; this may wait for the administrator's hours.
const REPORT: Manner = Manner { style: Style::Batch, is_severe: false };
