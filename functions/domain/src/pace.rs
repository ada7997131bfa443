//! How often one person is written to: what comes shortly after a mail waits for the next, and comes together.
//!
//! A mail takes along everything that may leave by then, so that nothing waits for longer than one window. What is
//! severe neither waits nor makes others wait.

use jiff::{SignedDuration, Timestamp};

use crate::clock::later;
use crate::fact::{Channel, Notice};
use crate::policy::{Class, Style};

/// What was claimed this long before a mail was known to whoever wrote it. That it is not in there went wrong on the
/// way, and it does not wait once more.
pub const KNOWN_BY: SignedDuration = SignedDuration::from_mins(2);
/// The time over which mails are counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The longest window there may be.
pub const LONGEST: SignedDuration = HOUR;

/// How mails to one person are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// For how long after a mail the next one waits, for who answers and who leads.
    pub window: SignedDuration,
    /// The same for managers and administrators, and for what the ladder calls a batch.
    pub manager_window: SignedDuration,
    /// After so many mails within an hour the longer of the two windows holds for everything.
    pub an_hour: usize,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing {
            window: SignedDuration::from_mins(2),
            manager_window: SignedDuration::from_mins(15),
            an_hour: 6,
        }
    }
}

impl Pacing {
    /// Nobody waits: every matter has a mail of its own, at its own time.
    pub const NONE: Pacing =
        Pacing { window: SignedDuration::ZERO, manager_window: SignedDuration::ZERO, an_hour: usize::MAX };

    /// Whether several matters are told in one mail: not where nobody waits for anything.
    #[must_use]
    pub fn joins(&self) -> bool {
        !self.window.max(self.manager_window).is_zero()
    }

    /// Returns until when `notice` waits to be told with others; absent if it may leave at `now`.
    ///
    /// `mails` are the times of the latest mails to the person that were not severe, oldest first.
    #[must_use]
    pub fn waits_until(&self, notice: &Notice, mails: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let last = *mails.last()?;
        let was_known = later(notice.claimed_at, KNOWN_BY) <= last && notice.send_after <= last;
        if goes_alone(notice) || was_known {
            return None;
        }
        let until = later(last, self.window_of(notice, mails, last));
        (until > now).then_some(until)
    }

    /// Whether so many mails left within the hour before `at` that all wait for the longer window.
    #[must_use]
    pub fn is_crowded(&self, mails: &[Timestamp], at: Timestamp) -> bool {
        mails.iter().filter(|mail| at.duration_since(**mail) < HOUR).count() >= self.an_hour
    }

    /// Returns for how long `notice` waits after a mail at `last`, the latest of `mails`.
    #[must_use]
    pub fn window_of(&self, notice: &Notice, mails: &[Timestamp], last: Timestamp) -> SignedDuration {
        let longer = self.window.max(self.manager_window);
        let is_patient = matches!(notice.role.as_str(), "manager" | "admin") || notice.style != Style::Single;
        match (self.is_crowded(mails, last), is_patient) {
            (true, _) => longer,
            (false, true) => self.manager_window,
            (false, false) => self.window,
        }
    }

    /// Takes a mail at `at` into `mails`, and forgets those that no longer count.
    pub fn note(&self, mails: &mut Vec<Timestamp>, at: Timestamp) {
        mails.push(at);
        mails.sort_unstable();
        let kept = self.an_hour.clamp(1, MOST_AN_HOUR);
        mails.drain(..mails.len().saturating_sub(kept));
    }
}

/// No more mails an hour than this can be allowed: so many times are kept of each person.
pub const MOST_AN_HOUR: usize = 60;

/// Whether `notice` is sent by itself and at once, whatever else the person is told: somebody threatens to go public, and
/// waits; or it goes to a webhook, which has room for everything.
#[must_use]
pub fn goes_alone(notice: &Notice) -> bool {
    let is_severe =
        notice.class == Class::Threat && notice.key.purpose.asks() && notice.style != Style::Digest;
    is_severe || notice.key.channel == Channel::Webhook
}

/// Returns before when `notice` was not to be sent, windows left aside.
#[must_use]
pub fn may_leave_at(notice: &Notice) -> Timestamp {
    let ours = notice.recipients.iter().find(|recipient| recipient.person == notice.key.person);
    ours.map_or(notice.send_after, |recipient| recipient.send_after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::decide;
    use crate::fact::Facts;
    use crate::id::ConversationId;
    use crate::story::{CONFIG, at, configs, folded, story};

    /// Returns what is claimed at `now` for a question asked at 09:00.
    fn claimed(now: &str) -> Vec<Notice> {
        let configs = configs(&[CONFIG]);
        let facts = Facts { said: story("09:00 maria says c1: Where is it?"), ..Facts::default() };
        let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        let history = folded(&facts, at(now));
        decide(&conversation, None, &facts, &history, &configs, at(now)).unwrap().claim
    }

    fn times(words: &str) -> Vec<Timestamp> {
        words.split_whitespace().map(at).collect()
    }

    #[test]
    fn what_comes_shortly_after_a_mail_waits_for_the_window() {
        let rep = claimed("09:30").remove(0);
        let mut manager = claimed("11:00").pop().unwrap();
        assert_eq!((rep.role.as_str(), manager.role.as_str()), ("owner", "manager"));
        manager.claimed_at = rep.claimed_at;
        manager.send_after = rep.send_after;
        let batch = Notice { style: Style::Batch, ..rep.clone() };
        let severe = Notice { class: Class::Threat, style: Style::Batch, ..rep.clone() };
        // mails before, now, until when: a rep, a manager, a batch to a rep
        let table = [
            ("", "09:30", [None, None, None]),
            ("09:29", "09:30", [Some("09:31"), Some("09:44"), Some("09:44")]),
            ("09:29", "09:31", [None, Some("09:44"), Some("09:44")]),
            ("09:14 09:28", "09:30", [None, Some("09:43"), Some("09:43")]),
            ("09:15", "09:30", [None, None, None]),
            // Six within an hour, and then no longer.
            ("08:40 08:50 09:00 09:10 09:20 09:28", "09:30", [Some("09:43"), Some("09:43"), Some("09:43")]),
            ("08:20 08:50 09:00 09:10 09:20 09:28", "09:30", [None, Some("09:43"), Some("09:43")]),
            // It was known two minutes before the mail that left without it.
            ("09:32", "09:33", [None, None, None]),
            ("09:31:59", "09:33", [Some("09:33:59"), Some("09:46:59"), Some("09:46:59")]),
        ];
        for (mails, now, expected) in table {
            let pacing = Pacing::default();
            let until = [&rep, &manager, &batch]
                .map(|notice| pacing.waits_until(notice, &times(mails), at(now)).map(|at| at.to_string()));
            assert_eq!(
                until,
                expected.map(|expected| expected.map(|words| at(words).to_string())),
                "{mails} {now}"
            );
            assert_eq!(pacing.waits_until(&severe, &times(mails), at(now)), None);
            assert_eq!(Pacing::NONE.waits_until(&rep, &times(mails), at(now)), None);
        }
    }

    #[test]
    fn no_more_times_are_kept_than_count() {
        let mut mails = Vec::new();
        for minute in 10..40 {
            Pacing::default().note(&mut mails, at(&format!("09:{minute}")));
        }
        assert_eq!(mails, times("09:34 09:35 09:36 09:37 09:38 09:39"));
        Pacing::NONE.note(&mut mails, at("09:33"));
        assert_eq!(mails.len(), 7, "a clock that runs behind loses nothing: {mails:?}");
        assert!(mails.is_sorted());
    }
}
