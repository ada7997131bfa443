//! Bodies of the Account Activity API of X: posts, their removals and direct messages.

use std::fmt;

use super::{Flaw, flawed, list};
use crate::story::deed::{By, Deed, Does, List};
use crate::story::people::{BRANDS, Customer};
use crate::time::instant;

/// A body for one account.
pub(super) struct Body<'a> {
    pub(super) brand: usize,
    pub(super) list: List,
    pub(super) deeds: &'a [Deed],
    pub(super) flaw: Option<Flaw>,
}

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{{"for_user_id":"{}""#, BRANDS[self.brand].x)?;
        if self.flaw == Some(Flaw::Unknown) {
            f.write_str(r#","spaces_events":[{"id":"1"}]"#)?;
        }
        let broken = self.flaw.filter(|flaw| *flaw == Flaw::Broken);
        match self.list {
            List::Removals => {
                f.write_str(r#","tweet_delete_events":["#)?;
                flawed(f, broken, r#"{"status":{"user_id":"42"}}"#, "")?;
                list(f, self.deeds, removal)?;
                f.write_str("]}")
            }
            List::Directs => {
                f.write_str(r#","direct_message_events":["#)?;
                flawed(f, broken, r#"{"type":"message_create","id":"1"}"#, "")?;
                list(f, self.deeds, message)?;
                f.write_str(r#"],"users":{"#)?;
                let is_first = |(place, deed): &(usize, &Deed)| {
                    self.deeds[..*place].iter().all(|before| before.with != deed.with)
                };
                list(f, self.deeds.iter().enumerate().filter(is_first), |f, (_, deed)| user(f, deed))?;
                f.write_str("}}")
            }
            List::Posts | List::Feed | List::Messaging => {
                f.write_str(r#","tweet_create_events":["#)?;
                flawed(f, broken, r#"{"id_str":"1","text":"?"}"#, "")?;
                list(f, self.deeds, post)?;
                f.write_str("]}")
            }
        }
    }
}

/// Writes one element of `tweet_create_events`.
fn post(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    let brand = &BRANDS[deed.brand];
    let first = deed.object.id();
    let (to, text, edit) = match &deed.does {
        Does::Say { to, text } => (&to[..], *text, None),
        Does::Edit { new, text } => (&[][..], *text, Some(new.id())),
        Does::Remove | Does::Hide | Does::Show => (&[][..], "", None),
    };
    write!(f, r#"{{"id_str":"{}","text":""#, edit.as_ref().unwrap_or(&first))?;
    match deed.by {
        By::Customer => write!(f, r#"@{} {text}""#, brand.id)?,
        By::Brand | By::Machine => {
            deed.with.iter().chain(to).try_for_each(|who| write!(f, "@{} ", who.name()))?;
            write!(f, r#"{text}""#)?;
        }
    }
    if let Some(under) = deed.under {
        write!(f, r#","in_reply_to_status_id_str":"{}""#, under.id())?;
        match (deed.by, deed.with) {
            (By::Brand | By::Machine, Some(who)) => {
                write!(f, r#","in_reply_to_user_id_str":"{}""#, who.on_x())?;
            }
            (By::Customer, _) | (_, None) => write!(f, r#","in_reply_to_user_id_str":"{}""#, brand.x)?,
        }
    }
    match (deed.by, deed.with) {
        (By::Customer, Some(who)) => write!(f, r#","user":{}"#, profile(who))?,
        _ => write!(
            f,
            r#","user":{{"id_str":"{}","name":"{}","screen_name":"{}"}}"#,
            brand.x, brand.name, brand.id
        )?,
    }
    f.write_str(r#","entities":{"user_mentions":["#)?;
    match deed.by {
        By::Customer => write!(f, r#"{{"id_str":"{}","screen_name":"{}"}}"#, brand.x, brand.id)?,
        By::Brand | By::Machine => list(f, deed.with.iter().chain(to), |f, who| {
            write!(f, r#"{{"id_str":"{}","screen_name":"{}"}}"#, who.on_x(), who.name())
        })?,
    }
    write!(f, r#"]}},"timestamp_ms":"{}""#, instant(deed.at).as_millisecond())?;
    if let Some(new) = edit {
        write!(
            f,
            r#","edit_history":{{"initial_tweet_id":"{first}","edit_tweet_ids":["{first}","{new}"]}}"#
        )?;
    }
    f.write_str("}")
}

fn profile(who: Customer) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        write!(f, r#"{{"id_str":"{}","name":"{}","screen_name":"{}"}}"#, who.on_x(), who.shown(), who.name())
    })
}

/// Writes one element of `tweet_delete_events`: it names only the author.
fn removal(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    write!(f, r#"{{"status":{{"id":"{}","user_id":""#, deed.object.id())?;
    match (deed.by, deed.with) {
        (By::Customer, Some(who)) => write!(f, "{}", who.on_x())?,
        _ => f.write_str(BRANDS[deed.brand].x)?,
    }
    write!(f, r#""}},"timestamp_ms":"{}"}}"#, instant(deed.at).as_millisecond())
}

/// Writes one element of `direct_message_events`.
fn message(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    let (brand, person) = (BRANDS[deed.brand].x, deed.with.expect("a dialogue is with somebody").on_x());
    let text = match deed.does {
        Does::Say { text, .. } | Does::Edit { text, .. } => text,
        Does::Remove | Does::Hide | Does::Show => "",
    };
    let at = instant(deed.at).as_millisecond();
    let id = deed.object.id();
    write!(
        f,
        r#"{{"type":"message_create","id":"{id}","created_timestamp":"{at}","message_create":{{"target":"#
    )?;
    match deed.by {
        By::Customer => write!(f, r#"{{"recipient_id":"{brand}"}},"sender_id":"{person}""#)?,
        By::Brand | By::Machine => write!(f, r#"{{"recipient_id":"{person}"}},"sender_id":"{brand}""#)?,
    }
    write!(f, r#","message_data":{{"text":"{text}"}}}}}}"#)
}

/// Writes who the customer of a message is, by their id.
fn user(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    let who = deed.with.expect("a dialogue is with somebody");
    write!(
        f,
        r#""{id}":{{"id":"{id}","name":"{}","screen_name":"{}"}}"#,
        who.shown(),
        who.name(),
        id = who.on_x()
    )
}
