//! Four customers on four platforms, one brand: what they say and when.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::platform::{Protocol, Sending};
use flow::secrets::Secrets;
use jiff::Timestamp;

mod bodies;

/// How many mails each must lead to, by the ladder of the demo's configuration: steps of the ladder, and all
/// clears to those told who do not answer themselves.
pub(super) const MAILS: [(&str, Mails); 4] = [
    ("Jörg Muster", Mails { steps: 3, clears: 2 }),
    ("Ann Keller", Mails { steps: 0, clears: 0 }),
    ("Paul Renard", Mails { steps: 1, clears: 0 }),
    ("Mila Beispiel", Mails { steps: 1, clears: 0 }),
];

/// Mails about one customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mails {
    /// That say that somebody waits.
    pub(super) steps: usize,
    /// That say that somebody was answered.
    pub(super) clears: usize,
}

/// One webhook of the story.
pub(super) struct Act {
    /// When, since the story began.
    pub(super) after: Duration,
    /// The customer it is about.
    pub(super) who: &'static str,
    /// Where.
    pub(super) protocol: Protocol,
    /// By what way, in words.
    pub(super) how: &'static str,
    pub(super) deed: Deed,
    /// The body, as the platform would send it now.
    pub(super) body: fn(Timestamp) -> String,
}

/// What happens to the customer.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    Asks,
    AsksAgain,
    IsAnswered,
}

impl Act {
    /// Returns the headers with which the platform sends `body`, signed with the first of its apps' secrets: on X that
    /// is the client secret, which has a header of its own.
    pub(super) fn signature(
        &self,
        secrets: &Secrets,
        body: &str,
        at: Timestamp,
    ) -> Result<Vec<(&'static str, String)>> {
        let platform = self.protocol.platform();
        let secret = secrets.apps(platform).next().with_context(|| format!("no secret for {platform}"))?;
        let (secret, body) = (secret.value, body.as_bytes());
        Ok(match self.protocol.scheme().oauth2 {
            Some(sign) => vec![sign(secret, body)],
            None => self.protocol.sign(secret, body, &Sending { id: "msg_demo", at })?,
        })
    }
}

/// Returns all acts in their order.
pub(super) fn acts() -> Vec<Act> {
    let act = |protocol, after, who, how, deed, body| Act {
        after: Duration::from_secs(after),
        who,
        protocol,
        how,
        deed,
        body,
    };
    let (facebook, instagram) = (Protocol::Facebook, Protocol::Instagram);
    let (x, whatsapp) = (Protocol::X, Protocol::Whatsapp);
    vec![
        act(facebook, 0, "Jörg Muster", "a comment on Facebook", Deed::Asks, bodies::jörg),
        act(instagram, 2, "Ann Keller", "a comment on Instagram", Deed::Asks, |now| {
            bodies::under_photo(now, "17900000000000111", None, "Do you open on Sundays?")
        }),
        act(
            facebook,
            4,
            "Jörg Muster",
            "Facebook delivers the same comment again",
            Deed::AsksAgain,
            bodies::jörg,
        ),
        act(instagram, 7, "Ann Keller", "from a phone, in Instagram's own app", Deed::IsAnswered, |now| {
            let answer = "@ann.keller Yes: ten to four.";
            bodies::under_photo(now, "17900000000000112", Some("17900000000000111"), answer)
        }),
        act(x, 9, "Paul Renard", "a post on X", Deed::Asks, |now| {
            bodies::post(now, "1976200000000000113", None, "@acme is the blue one back in stock?")
        }),
        act(whatsapp, 13, "Mila Beispiel", "a message on WhatsApp", Deed::Asks, |now| {
            bodies::message(now, "wamid.113", false, "Can I still change my address?")
        }),
        act(x, 22, "Paul Renard", "in X's own app", Deed::IsAnswered, |now| {
            let question = Some("1976200000000000113");
            bodies::post(now, "1976200000000000114", question, "@paul It is, since this morning.")
        }),
        act(whatsapp, 27, "Mila Beispiel", "from the shop's telephone", Deed::IsAnswered, |now| {
            bodies::message(now, "wamid.114", true, "You can, Mila: it leaves at noon.")
        }),
        act(facebook, 37, "Jörg Muster", "in the page's inbox", Deed::IsAnswered, |now| {
            let answer = "Sorry, Jörg! It is on its way again.";
            bodies::comment(now, "115", Some("555666777_110"), answer)
        }),
    ]
}
