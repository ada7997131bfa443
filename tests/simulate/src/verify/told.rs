//! Who was told, held against who was to be told.

use domain::fact::{Notice, NoticeKey};

use super::{Late, Mails, PROMISED, Seen, ahead, bound_of};
use crate::fault::Trouble;
use crate::log::Accepted;
use crate::reference::Reference;
use crate::time::{Ms, SECOND, ms, words};
use crate::world::World;
use crate::world::table::Conversation;

/// By how much an index lags behind the table at most.
const INDEX_LAG: Ms = 120 * SECOND;
/// What happened so long before the end is over by then.
const LATELY: Ms = 5 * SECOND;
/// How long a mail takes, for whoever waits in line for the same person.
const TURN: Ms = 300;

/// What was told of one conversation, and what was to be told.
pub(super) struct Told<'a> {
    world: &'a World,
    conversation: &'a Conversation,
    reference: &'a Reference,
    accepted: &'a Mails<'a>,
    /// Since when who was told by right is not who should have been.
    pub(super) parted: Option<Ms>,
}

impl<'a> Told<'a> {
    pub(super) fn new(
        world: &'a World,
        conversation: &'a Conversation,
        reference: &'a Reference,
        accepted: &'a Mails<'a>,
    ) -> Told<'a> {
        let parted = parted_at(world, reference, accepted);
        Told { world, conversation, reference, accepted, parted }
    }

    /// I2, I3: who had to be told was told, and in time.
    pub(super) fn in_time(&self, seen: &mut Seen) {
        let Told { world, conversation, reference, accepted, parted } = *self;
        let is_first_brand = world.is_first_brand(&conversation.id);
        for (due, expected) in &reference.told {
            let bound = bound_of(world, &expected.key);
            let same = |notice: &&Notice| {
                let (key, wanted) = (&notice.key, &expected.key);
                let is_step = key.step.index == wanted.step.index
                    || notice.skipped.contains(&wanted.step.index)
                    || notice.held.contains(&wanted.step.index);
                let is_turn = key.turn == wanted.turn
                    || notice.objects.iter().any(|object| expected.objects.contains(object));
                key.purpose == wanted.purpose && is_step && is_turn
            };
            // Who is given up is as good as told: whoever is next is to be told from then on.
            let left = |notice: &Notice| {
                let mails = accepted.get(&notice.key).into_iter().flatten().map(|mail| mail.at);
                mails.chain(given_up_at(world, notice)).filter(|at| *at >= due - ahead(world)).min()
            };
            // By a clock that is ahead, or by a configuration that was just replaced: what becomes known until the step is
            // due can put off what is told already.
            let left_ahead = |notice: &Notice| {
                let mut mails = accepted.get(&notice.key).into_iter().flatten();
                let step_at = ms(notice.step_at);
                mails.any(|mail| {
                    mail.at < step_at || (mail.at < *due && is_news(world, reference, step_at, mail.at))
                })
            };
            let exact = conversation.notices().find(|notice| notice.key == expected.key).and_then(left);
            let first = exact.or_else(|| conversation.notices().filter(same).filter_map(left).min());
            match (first, bound) {
                (Some(at), _) => {
                    // One mail to a person leaves after the other.
                    let line = self.in_line(expected, *due, at) * TURN;
                    let bound = bound.map(|bound| bound + line);
                    // News may put a step off; that it is told then is right, and not late. Nor is who comes later because
                    // of whom others were told instead.
                    let is_loose = bound.is_none() || has_failed(world, conversation, at);
                    let is_other = is_loose && parted.is_some_and(|parted| parted < *due);
                    let just_failed = self.just_failed(expected, at);
                    let from = due - bound.unwrap_or(PROMISED);
                    let is_replanned = self.is_replanned(expected, *due, bound.unwrap_or(PROMISED));
                    if exact.is_none()
                        || is_other
                        || just_failed
                        || is_replanned
                        || reference.has_news(from, at)
                    {
                        continue;
                    }
                    seen.lateness.push(Late { is_first_brand, by: (at - due).max(0) });
                    if bound.is_some_and(|bound| at - due > bound) {
                        let words =
                            format!("{}, due at {}, left at {}", name(expected), words(*due), words(at));
                        seen.violate(3, at, words);
                    }
                }
                (None, Some(bound))
                    if due + bound < world.ends_at()
                        && !is_overtaken(reference, expected, *due, bound)
                        && parted.is_none_or(|parted| parted > *due)
                        && !self.is_told_instead(expected)
                        && !self.is_failing(expected, *due, bound)
                        && !conversation.notices().filter(same).any(left_ahead) =>
                {
                    let words = format!("{}, due at {}, told nobody", name(expected), words(*due));
                    seen.violate(2, *due, words);
                }
                // Too near the end, or overtaken by what became known: the last look tells whether it is missing.
                (None, _) => {}
            }
        }
    }

    /// I4, I5: nobody is told after the answer, nor early, nor of what was never to be told.
    pub(super) fn not_for_nothing(&self, seen: &mut Seen) {
        let Told { world, conversation, reference, accepted, parted } = *self;
        for notice in conversation.notices() {
            let Some(mails) = accepted.get(&notice.key) else { continue };
            // What is told about the same step of the same turn, in whichever round: news that come with it can put it
            // off or bring it forward.
            let same = |other: &Notice| {
                let (one, two) = (&notice.key, &other.key);
                one.purpose.asks() == two.purpose.asks()
                    && one.step.index == two.step.index
                    && (one.turn == two.turn
                        || notice.objects.iter().any(|object| other.objects.contains(object)))
            };
            let told = conversation
                .notices()
                .filter(|other| same(other) && accepted.contains_key(&other.key))
                .count();
            let expected: Vec<&(Ms, Notice)> =
                reference.told.iter().filter(|(_, other)| same(other)).collect();
            let due = expected.iter().filter(|(_, other)| other.key == notice.key).map(|(due, _)| *due).min();
            let parted = parted.is_some_and(|at| at <= ms(notice.step_at));
            for mail in mails {
                if notice.key.purpose.asks()
                    && !reference.waited(notice, mail.facts_at(&notice.key.conversation))
                {
                    let words = format!(
                        "{} left at {}, though nobody waited any more at {}",
                        name(notice),
                        words(mail.at),
                        words(mail.facts_at(&notice.key.conversation))
                    );
                    seen.violate(4, mail.at, words);
                }
                match due {
                    // A step that nobody is left for hands its time on to the next one, which says so.
                    Some(due)
                        if mail.at < due - ahead(world)
                            && notice.skipped.is_empty()
                            && !(parted && has_failed(world, conversation, mail.at))
                            && !is_news(world, reference, mail.at, due) =>
                    {
                        let words =
                            format!("{}, due at {}, left at {}", name(notice), words(due), words(mail.at));
                        seen.violate(5, mail.at, words);
                    }
                    // The last step may lie behind the end by the true time, and before it by a clock that is ahead.
                    None if told > expected.len()
                        && ms(notice.step_at) <= world.ends_at()
                        && !parted
                        && !self.is_unmarked(notice)
                        && !failed_in_a_storm(world, conversation, mail.at)
                        && !self.is_beside_another(mail)
                        && !is_news(world, reference, ms(notice.step_at), mail.at + ahead(world))
                        && !self.is_renamed(notice, &same) =>
                    {
                        seen.violate(
                            5,
                            mail.at,
                            format!("{} left at {} for nothing", name(notice), words(mail.at)),
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether the same person was told something by right that the reference does not tell: a push came in the moment of a
    /// step, and whom that step told, the next need not tell.
    fn is_told_instead(&self, expected: &Notice) -> bool {
        let Told { world, conversation, reference, accepted, .. } = *self;
        let is_extra = |notice: &&Notice| {
            let is_theirs = notice.key.person == expected.key.person && notice.step_at <= expected.step_at;
            is_theirs && reference.told.iter().all(|(_, other)| other.key != notice.key)
        };
        conversation.notices().filter(is_extra).any(|notice| {
            let mut mails = accepted.get(&notice.key).into_iter().flatten();
            mails.any(|mail| is_news(world, reference, ms(notice.step_at), mail.at + ahead(world)))
        })
    }

    /// Whether a notice has another time than expected, by news that came in the moment in which it was decided on.
    fn is_replanned(&self, expected: &Notice, due: Ms, bound: Ms) -> bool {
        let known = self.conversation.notices().find(|notice| notice.key == expected.key);
        known.is_some_and(|known| known.step_at != expected.step_at)
            && is_overtaken(self.reference, expected, due, bound)
    }

    /// Whether it turned out at about the same time that mail does not reach whom it is for: who decides that knowing both
    /// passes them over at once.
    fn is_failing(&self, expected: &Notice, due: Ms, bound: Ms) -> bool {
        let mut failures = self.world.log.failures.iter();
        // It may wait for a window, or its reader's hours, after it was decided on.
        let decided = ms(expected.claimed_at).min(due);
        failures.any(|(at, key, _)| {
            let is_theirs =
                key.person == expected.key.person && key.conversation == expected.key.conversation;
            is_theirs && (decided - bound..=due + bound).contains(at)
        })
    }

    /// Whether a notice that was given up at `at` was claimed in the moment in which its reader turned out not to be
    /// reached: it then waits for the window after the mail that failed, and is found to be for nobody when that ends.
    fn just_failed(&self, expected: &Notice, at: Ms) -> bool {
        let Some(notice) = self.conversation.notices().find(|notice| notice.key == expected.key) else {
            return false;
        };
        let claimed = ms(notice.claimed_at);
        let mut failures = self.world.log.failures.iter();
        let known = failures.find(|(_, key, failed)| key.person == notice.key.person && !failed.known);
        given_up_at(self.world, notice) == Some(at)
            && !self.accepted.contains_key(&notice.key)
            && known.is_some_and(|(known, ..)| (claimed - INDEX_LAG..=claimed + PROMISED).contains(known))
    }

    /// Whether the same step was told amid news about a turn of another name, or by another version of the
    /// configuration: of which it is to count then, depends on what was known.
    fn is_renamed(&self, notice: &Notice, same: &dyn Fn(&Notice) -> bool) -> bool {
        let Told { world, conversation, reference, accepted, .. } = *self;
        let is_another = |other: &Notice| {
            other.key.turn != notice.key.turn || other.config_version != notice.config_version
        };
        let mut others = conversation.notices().filter(|other| same(other) && is_another(other));
        others.any(|other| {
            let mut mails = accepted.get(&other.key).into_iter().flatten();
            mails.any(|mail| is_news(world, reference, ms(other.step_at), mail.at + ahead(world)))
        })
    }

    /// Whether the same person was told something before that nobody knows of: who sent it died before marking it.
    fn is_unmarked(&self, notice: &Notice) -> bool {
        let Told { conversation, accepted, .. } = *self;
        let is_lost = |other: &&Notice| other.sent.is_none() && accepted.contains_key(&other.key);
        conversation.notices().filter(is_lost).any(|other| other.key.person == notice.key.person)
    }

    /// Whether a mail tells something that was to be told: one line more in it disturbs nobody.
    fn is_beside_another(&self, mail: &Accepted) -> bool {
        mail.keys.iter().any(|key| self.reference.told.iter().any(|(_, expected)| expected.key == *key))
    }

    /// Returns how many mails to the same person left in that time.
    fn in_line(&self, notice: &Notice, from: Ms, to: Ms) -> Ms {
        let person = &notice.key.person;
        let theirs = |mail: &&Accepted| {
            (from..to).contains(&mail.at) && mail.keys.iter().any(|key| key.person == *person)
        };
        Ms::try_from(self.world.log.accepted.iter().filter(theirs).count()).unwrap_or(Ms::MAX)
    }
}

/// Whether so much goes wrong that a step can come any time after somebody turned out not to be reached: who else was
/// told lately, and is passed over for it, depends on when.
pub(crate) fn failed_in_a_storm(world: &World, conversation: &Conversation, until: Ms) -> bool {
    let is_storm = matches!(world.faults.trouble, Trouble::Storm | Trouble::Neighbour);
    is_storm && has_failed(world, conversation, until) || has_failed_lately(world, conversation)
}

/// Whether that turned out a moment before the end: what follows from it is still under way.
pub(crate) fn has_failed_lately(world: &World, conversation: &Conversation) -> bool {
    let mut failures = world.log.failures.iter();
    failures.any(|(at, key, _)| key.conversation == conversation.id && *at >= world.ends_at() - LATELY)
}

/// Whether it turned out until then that mail did not reach somebody: whom that leads to depends on whom else was told.
fn has_failed(world: &World, conversation: &Conversation, until: Ms) -> bool {
    let mut failures = world.log.failures.iter();
    failures.any(|(at, key, _)| key.conversation == conversation.id && *at <= until)
}

/// Returns when a notice was given up because its reader was known to be unreachable.
fn given_up_at(world: &World, notice: &Notice) -> Option<Ms> {
    let mut failures =
        world.log.failures.iter().filter(|(_, key, failed)| failed.known && *key == notice.key);
    failures.next().map(|(at, ..)| *at)
}

/// Whether something became known just when a notice was decided on, or was to leave.
fn is_overtaken(reference: &Reference, notice: &Notice, due: Ms, bound: Ms) -> bool {
    let decided = ms(notice.claimed_at);
    reference.has_news(due - bound, due + bound) || reference.has_news(decided - bound, decided + bound)
}

/// Returns since when who was told by right is not who should have been: news came in the moment of a step, and the
/// one decided before them, the other after; or it turned out that mail does not reach them by what nobody need have sent.
fn parted_at(world: &World, reference: &Reference, accepted: &Mails<'_>) -> Option<Ms> {
    let missing = reference.told.iter().filter(|(_, notice)| !accepted.contains_key(&notice.key));
    let is_overtaken = |(due, notice): &&(Ms, Notice)| {
        is_news(world, reference, *due, due + PROMISED) || is_overtaken(reference, notice, *due, PROMISED)
    };
    let is_known = |(due, notice): &&(Ms, Notice)| {
        let mut failures = world.log.failures.iter();
        failures.any(|(at, key, _)| {
            let is_theirs = key.person == notice.key.person && at <= due;
            is_theirs && reference.told.iter().all(|(_, told)| told.key != *key)
        })
    };
    missing.filter(|missing| is_overtaken(missing) || is_known(missing)).map(|(due, _)| *due).next()
}

/// Whether what became known shortly before `from` or until `to` may explain that somebody decided otherwise. In a
/// storm it can come at any time, so there it is anything but what the conversation began with.
fn is_news(world: &World, reference: &Reference, from: Ms, to: Ms) -> bool {
    match world.faults.trouble {
        Trouble::Calm | Trouble::One(_) => reference.has_news(from - PROMISED, to),
        Trouble::Storm | Trouble::Neighbour => world.pushes.len() > 1 || reference.has_later_news(to),
    }
}

/// Returns what a notice tells whom, in words.
fn name(notice: &Notice) -> String {
    let NoticeKey { conversation, step, purpose, person, .. } = &notice.key;
    format!("{} of step {step} to {person} about {conversation}", purpose.name())
}
