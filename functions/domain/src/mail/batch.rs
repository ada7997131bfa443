//! Several cases in one mail.

use super::{Letter, Mail};

/// Writes one mail of several letters to one person.
pub(super) fn batch(letters: &[Letter<'_>]) -> Mail {
    let mails: Vec<Mail> = letters.iter().map(Letter::write).collect();
    let subject = format!("{} matters", mails.len());
    let joined = |part: fn(&Mail) -> &str| mails.iter().map(part).collect::<Vec<_>>().join("\n");
    let (text, html) = (joined(|mail| &mail.text), joined(|mail| &mail.html));
    let Mail { to, headers, .. } = mails.into_iter().next().unwrap_or_default();
    Mail { to, subject, text, html, headers }
}
