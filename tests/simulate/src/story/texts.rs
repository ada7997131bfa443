//! What people say. No text holds what JSON would have to escape.

/// What customers ask.
pub(super) const QUESTIONS: [&str; 8] = [
    "Where is my parcel?",
    "My order is incomplete, what now?",
    "Are you open on Sunday?",
    "I was charged twice!",
    "Nobody answers the telephone, hello?",
    "Can I still change my address?",
    "The new lamp broke after one day",
    "Wo bleibt meine Bestellung?",
];

/// What they say while they wait, or once they were answered.
pub(super) const MORE: [&str; 6] = [
    "Anybody there?",
    "Still waiting…",
    "And what about the second parcel?",
    "That did not help, it is still broken",
    "How long will that take?",
    "Where is my parcel?",
];

/// What another customer says in the same thread.
pub(super) const JOINED: [&str; 4] = [
    "Same here, I am waiting for mine too",
    "Mine is lost as well, where is it?",
    "👍",
    "You can track it on their page",
];

/// What says that nothing more is wanted.
pub(super) const THANKS: [&str; 2] = ["Thank you!", "👍"];

/// What a text is changed to.
pub(super) const EDITED: [&str; 3] =
    ["Where is my parcel? It is number 4711", "Solved, no answer needed", "I was charged twice!!"];

/// What the brand answers.
pub(super) const ANSWERS: [&str; 4] = [
    "It is on its way.",
    "Sorry for that, the refund was sent.",
    "Yes, we are open from nine to five.",
    "That is done, it was our mistake.",
];

/// What promises that another answer will come.
pub(super) const PROMISES: [&str; 2] =
    ["We are looking into it and will get back to you.", "We will check and let you know."];

/// What asks the customer to write in private.
pub(super) const REQUESTS: [&str; 2] =
    ["Please send us a DM with your order number.", "Please message us the details."];

/// What the brand says to everybody.
pub(super) const STATEMENTS: [&str; 2] = ["The shop is closed on Monday.", "A fine day to everybody."];

/// What a machine says at once.
pub(super) const RECEIPT: &str = "This is a machine: we got your message.";

#[cfg(test)]
mod tests {
    use domain::triage::{Answer, answer, is_wordless};

    use super::*;

    #[test]
    fn texts_are_what_they_are_for() {
        let is_plain = |text: &&str| answer(text) == Answer::Plain;
        assert!(ANSWERS.iter().chain(&STATEMENTS).chain([&RECEIPT]).all(is_plain));
        assert!(PROMISES.iter().all(|text| matches!(answer(text), Answer::Holding { .. })));
        assert!(REQUESTS.iter().all(|text| matches!(answer(text), Answer::AsksPrivate { .. })));
        assert!(QUESTIONS.iter().chain(&MORE).chain(&EDITED).all(|text| !is_wordless(Some(text))));
    }

    #[test]
    fn texts_stand_in_json_as_they_are() {
        let lists: [&[&str]; 9] =
            [&QUESTIONS, &MORE, &JOINED, &THANKS, &EDITED, &ANSWERS, &PROMISES, &REQUESTS, &STATEMENTS];
        for text in lists.into_iter().flatten().chain([&RECEIPT]) {
            assert!(!text.contains(['"', '\\', '&', '<', '>']) && !text.contains(char::is_control), "{text}");
        }
    }
}
