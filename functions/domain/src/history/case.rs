//! A case: what one author and the brand have to do with each other, until it is quiet for long.

use jiff::Timestamp;

use super::{End, QUIET, Turn};
use crate::id::TurnId;
use crate::triage::Answer;

/// The turns of one case, as they stand at some instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// The name of its first turn.
    pub id: &'a TurnId,
    /// Its turns, oldest first; never empty.
    pub turns: Vec<&'a Turn>,
    /// How it stands.
    pub state: State,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The customer waits for an answer.
    Waiting,
    /// The customer waits, and the clock stands still until then.
    Paused {
        /// When it goes on at the latest.
        until: Timestamp,
    },
    /// The brand answered, and promised more.
    Promised,
    /// The brand answered.
    Answered,
    /// The brand answered and asked for a private message.
    AskedToWrite,
    /// Somebody at the brand settled it.
    Settled,
    /// The customer took everything back.
    Withdrawn,
    /// It waited for longer than anybody is told about.
    Expired,
    /// It has been quiet since then plus [`QUIET`].
    Closed {
        /// When it closed.
        at: Timestamp,
    },
}

impl<'a> Case<'a> {
    /// Returns the cases that `turns` belong to, as they stand at `now`, in the order of their first turns.
    #[must_use]
    pub fn of(turns: &'a [Turn], now: Timestamp) -> Vec<Case<'a>> {
        let mut cases: Vec<(&TurnId, Vec<&Turn>)> = Vec::new();
        for turn in turns {
            match cases.iter_mut().find(|(id, _)| **id == turn.case) {
                Some((_, turns)) => turns.push(turn),
                None => cases.push((&turn.case, vec![turn])),
            }
        }
        let case = |(id, turns): (&'a TurnId, Vec<&'a Turn>)| Case { id, state: state(&turns, now), turns };
        cases.into_iter().map(case).collect()
    }
}

fn state(turns: &[&Turn], now: Timestamp) -> State {
    if let Some(open) = turns.iter().find(|turn| turn.is_open() && turn.is_response()) {
        let pause = open.pauses.iter().find(|pause| pause.time.from <= now && now < pause.time.to);
        return pause.map_or(State::Waiting, |pause| State::Paused { until: pause.time.to });
    }
    if turns.iter().any(|turn| turn.is_open()) {
        return State::Promised;
    }
    let ended = turns.iter().filter_map(|turn| turn.end.as_ref());
    let last = ended.max_by_key(|end| end.at()).expect("a turn is open or has ended");
    let closes = last.at() + QUIET;
    match last {
        _ if closes <= now => State::Closed { at: closes },
        End::Answered { says: Answer::AsksPrivate { .. }, .. } => State::AskedToWrite,
        End::Answered { .. } => State::Answered,
        End::Dismissed { .. } | End::Excluded { .. } => State::Settled,
        End::Withdrawn { .. } => State::Withdrawn,
        End::Expired { .. } => State::Expired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Kept, REOPEN, fold};
    use crate::story::{at, facts, folded, told};

    fn states(lines: &str, now: &str) -> String {
        let history = folded(&facts(lines), at(now));
        let cases = Case::of(&history.turns, at(now));
        let line = |case: &Case<'_>| format!("{} turns, {:?}", case.turns.len(), case.state);
        cases.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_case_stands_as_its_turns_do() {
        let asked = "09:00 maria says c1: Where is it?";
        let answered = format!("{asked}\n09:10 brand says c2 > c1: On its way");
        // lines, at, state
        let table = [
            (asked.to_owned(), "09:05", "1 turns, Waiting"),
            (
                format!("{asked}\n09:01 kim pauses c1 until=10:00: legal"),
                "09:05",
                "1 turns, Paused { until: 2026-03-25T10:00:00Z }",
            ),
            (format!("{asked}\n09:01 kim pauses c1 until=10:00: legal"), "10:00", "1 turns, Waiting"),
            (answered.clone(), "09:20", "1 turns, Answered"),
            (answered.clone(), "+3 09:09", "1 turns, Answered"),
            (answered.clone(), "+3 09:10", "1 turns, Closed { at: 2026-03-28T09:10:00Z }"),
            (format!("{answered}\n09:20 maria says c3 > c1: When?"), "09:30", "2 turns, Waiting"),
            (
                format!("{asked}\n09:10 brand says c2 > c1: Please send us a DM"),
                "09:20",
                "1 turns, AskedToWrite",
            ),
            (
                format!("{asked}\n09:10 brand says c2 > c1: We'll get back to you"),
                "09:20",
                "2 turns, Promised",
            ),
            (format!("{asked}\n09:10 kim dismisses c1: not for us"), "09:20", "1 turns, Settled"),
            (format!("{asked}\n09:10 maria removes c1"), "09:20", "1 turns, Withdrawn"),
        ];
        for (lines, now, state) in table {
            assert_eq!(states(&lines, now), state, "{lines} at {now}");
        }
    }

    #[test]
    fn a_closed_case_is_opened_again_for_three_days_and_then_followed_by_another() {
        let later = |day: u32, time: &str| {
            let lines = format!(
                "09:00 maria says m1 private: Where is it?\n09:10 brand says m2 private: There\n+{day} {time} maria says m3 private: Not there"
            );
            folded(&facts(&lines), at("+19 10:00"))
        };
        insta::assert_snapshot!(told(&later(6, "09:10")), @r"
        maria m1 from 09:00: answered 09:10 by m2
        again maria m3 from 09:10: waits
        ");
        let history = later(6, "09:11");
        insta::assert_snapshot!(told(&history), @r"
        maria m1 from 09:00: answered 09:10 by m2
        maria m3 from 09:11: waits
        ");
        let [first, second] = history.turns.as_slice() else { panic!("two turns") };
        let follows = second.follows.as_ref().unwrap();
        assert_eq!((&follows.case, follows.ended_at), (&first.id, at("09:10")));
    }

    #[test]
    fn a_case_whose_facts_are_no_longer_read_is_still_followed() {
        let first = folded(
            &facts("09:00 maria says m1 private: Where is it?\n09:10 brand says m2 private: There"),
            at("+9 10:00"),
        );
        let next = facts("+19 09:00 maria says m3 private: Where is the other?");
        let history = fold(&next, &first.kept, REOPEN, at("+19 10:00"));
        assert_eq!(history.turns[0].follows.as_ref().unwrap().case, first.turns[0].id);
        assert_eq!(history.kept.past, first.kept.past, "until this one ends too");
        assert_eq!(fold(&next, &Kept::default(), REOPEN, at("+19 10:00")).turns[0].follows, None);
    }

    #[test]
    fn what_is_read_again_is_not_remembered_as_it_was() {
        // Without what it is said to, a heart is somebody's first contact.
        let heart = "09:05 paul says c2 > c1: ❤️\n09:10 brand says c3 > c2: Thank you";
        let before = folded(&facts(heart), at("+9 10:00"));
        assert_eq!(before.kept.past.len(), 1);
        let all = facts(&format!(
            "{heart}\n09:00 maria says c1: Where is it?\n11:00 paul says c5 > c1: Where is mine?"
        ));
        let [fresh, again] =
            [&Kept::default(), &before.kept].map(|kept| fold(&all, kept, REOPEN, at("+9 11:30")));
        assert_eq!(again.turns, fresh.turns);
        assert_eq!(again.kept, fresh.kept);
    }
}
