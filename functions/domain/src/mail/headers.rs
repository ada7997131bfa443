//! Header fields: threads, rules of mailboxes, and that no machine should answer.

use data_encoding::BASE64;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Letter, subject};
use crate::fact::Notice;
use crate::language::Reader;
use crate::policy::{Class, Person};

/// So many cases are named in a header field; a mailer takes 995 characters of each.
const NAMED: usize = 20;
/// What a thread's index begins with for Outlook: a byte that is always so, and the first five of the time of the
/// thread's first mail. All of ours have the same, 2026-01-01, so that nothing but the name tells threads apart.
const THREADS_BEGIN: [u8; 6] = [0x01, 0x01, 0xDC, 0x7A, 0xB1, 0x92];

/// Returns the fields of a mail about one case.
pub(super) fn of_case(letter: &Letter<'_>) -> Vec<(String, String)> {
    let reference = subject::reference(letter.conversation);
    let root = format!("case.{}.{}", letter.conversation, letter.person.id);
    fields(&root, &reference, std::slice::from_ref(letter))
}

/// Returns the fields of a mail about somebody who is not reached: a matter of its own, which no answer ends.
pub(super) fn of_report(letter: &Letter<'_>) -> Vec<(String, String)> {
    let reference = subject::reference(letter.conversation);
    let root = format!("unreachable.{}.{}", letter.conversation, letter.person.id);
    fields(&root, &format!("Heard {reference}"), std::slice::from_ref(letter))
}

/// Returns the fields of a mail about several cases, which stands in one thread with the others of the day.
pub(super) fn of_day(letters: &[Letter<'_>], person: &Person, now: Timestamp) -> Vec<(String, String)> {
    let Reader { zone, .. } = person.reader();
    let day = zone.to_datetime(now).date();
    fields(&format!("day.{day}.{}", person.id), &format!("Heard {day}"), letters)
}

/// Returns the fields of a mail about an account.
pub(super) fn of_account(root: &str, reference: &str) -> Vec<(String, String)> {
    fields(root, reference, &[])
}

fn fields(root: &str, topic: &str, letters: &[Letter<'_>]) -> Vec<(String, String)> {
    let notices = || letters.iter().flat_map(|letter| letter.notices);
    let cases = letters.iter().map(|letter| subject::reference(letter.conversation));
    let is_threat = |letter: &Letter<'_>| letter.asks() && letter.turn.class == Class::Threat;
    let id = format!("<{root}@heard.invalid>");
    let mut fields = vec![
        // One invented root per case and person keeps their mails in one thread, whatever ids SES gives.
        ("References", id.clone()),
        ("In-Reply-To", id),
        // By these Outlook does the same, which looks at the others only in mail of its own.
        ("Thread-Topic", topic.to_owned()),
        ("Thread-Index", thread_index(root)),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
    ];
    if letters.iter().any(is_threat) {
        fields.push(("Importance", "high".to_owned()));
    }
    // For rules of a mailbox, which may keep an all clear out of the way of who waits.
    let named = [
        ("X-Case", list(cases)),
        ("X-Step", list(notices().map(|notice: &Notice| notice.key.step.to_string()))),
        ("X-Class", list(letters.iter().map(|letter| letter.turn.class.name().to_owned()))),
        ("X-Purpose", list(notices().map(|notice| notice.key.purpose.name().to_owned()))),
    ];
    fields.extend(named.into_iter().filter(|(_, list)| !list.is_empty()));
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Each once, in the order of appearance; what is too much is counted.
fn list(values: impl Iterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    let more = once.len().saturating_sub(NAMED);
    once.truncate(NAMED);
    let more = (more > 0).then(|| format!("+{more}"));
    once.into_iter().chain(more).collect::<Vec<_>>().join(", ")
}

/// The 22 bytes that name a thread to Outlook: a time and 16 bytes that are the thread's own.
///
/// **Source:** MS-OXOMSG 2.2.1.3, `PidTagConversationIndex`.
fn thread_index(root: &str) -> String {
    let own = Sha256::digest(root.as_bytes());
    BASE64.encode(&[&THREADS_BEGIN[..], &own[..16]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_s_index_has_22_bytes_and_is_its_own() {
        let [one, other] = ["case.A.dana", "case.A.lee"].map(thread_index);
        assert_eq!(BASE64.decode(one.as_bytes()).unwrap().len(), 22);
        assert_eq!(one[..8], other[..8]);
        assert_ne!(one, other);
        assert_eq!(one, thread_index("case.A.dana"));
    }

    #[test]
    fn a_list_names_each_once_and_has_an_end() {
        let numbers = |count: usize| (0..count).map(|number| (number % 30).to_string());
        assert_eq!(list(["a", "b", "a"].map(str::to_owned).into_iter()), "a, b");
        assert_eq!(list(numbers(19)).matches(", ").count(), 18);
        assert!(list(numbers(500)).ends_with("19, +10"), "{}", list(numbers(500)));
    }
}
