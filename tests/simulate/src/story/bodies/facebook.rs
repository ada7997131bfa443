//! Bodies of Facebook: comments under a post of the page, and what is said in Messenger.

use std::fmt;

use super::{Flaw, flawed, list};
use crate::story::deed::{By, Deed, Does, List, page_post};
use crate::story::people::{BRANDS, Customer, MACHINE};
use crate::time::instant;

/// A body about one page.
pub(super) struct Body<'a> {
    pub(super) brand: usize,
    pub(super) list: List,
    pub(super) deeds: &'a [Deed],
    pub(super) flaw: Option<Flaw>,
}

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = BRANDS[self.brand].page;
        let sent = instant(self.deeds.iter().map(|deed| deed.at).max().unwrap_or_default());
        write!(f, r#"{{"object":"page","entry":[{{"id":"{page}","time":"#)?;
        match self.list {
            List::Feed => {
                write!(f, r#"{},"changes":["#, sent.as_second())?;
                flawed(
                    f,
                    self.flaw,
                    r#"{"field":"feed","value":{"item":"comment","verb":"add","message":"?"}}"#,
                    r#"{"field":"feed","value":{"item":"weather","verb":"add","weather_id":"1"}}"#,
                )?;
                list(f, self.deeds, change)?;
            }
            List::Messaging | List::Posts | List::Removals | List::Directs => {
                write!(f, r#"{},"messaging":["#, sent.as_millisecond())?;
                flawed(
                    f,
                    self.flaw,
                    r#"{"sender":{"id":"6"},"message":{"text":"?"}}"#,
                    r#"{"sender":{"id":"6"},"weather":{"sun":true}}"#,
                )?;
                list(f, self.deeds, update)?;
            }
        }
        f.write_str("]}]}")
    }
}

/// Writes one element of `changes`.
fn change(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    let (brand, object) = (&BRANDS[deed.brand], deed.object);
    let verb = match deed.does {
        Does::Say { .. } => "add",
        Does::Edit { .. } => "edited",
        Does::Remove => "remove",
        Does::Hide => "hide",
        Does::Show => "unhide",
    };
    let post = page_post(deed.brand);
    write!(
        f,
        r#"{{"field":"feed","value":{{"item":"comment","verb":"{verb}","comment_id":"{}""#,
        object.id()
    )?;
    match deed.under {
        Some(under) => write!(f, r#","post_id":"{post}","parent_id":"{}""#, under.id())?,
        None => write!(f, r#","post_id":"{post}","parent_id":"{post}""#)?,
    }
    match (deed.by, deed.with) {
        (By::Customer, Some(who)) => write!(f, r#","from":{}"#, person(who))?,
        // Facebook leaves out who gave it no permission.
        (By::Customer, None) => {}
        (By::Brand | By::Machine, _) => {
            write!(f, r#","from":{{"id":"{}","name":"{}"}}"#, brand.page, brand.name)?;
        }
    }
    let seconds = instant(deed.at).as_second();
    match &deed.does {
        Does::Say { to, text } => {
            write!(f, r#","message":"{text}","created_time":{seconds}"#)?;
            if !to.is_empty() {
                f.write_str(r#","message_tags":["#)?;
                list(f, to, |f, who| write!(f, "{}", person(*who)))?;
                f.write_str("]")?;
            }
        }
        Does::Edit { text, .. } => write!(f, r#","message":"{text}","created_time":{seconds}"#)?,
        // Only the delivery says when.
        Does::Remove | Does::Hide | Does::Show => {}
    }
    f.write_str("}}")
}

fn person(who: Customer) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, r#"{{"id":"{}","name":"{}"}}"#, who.on_facebook(), who.shown()))
}

/// Writes one element of `messaging`.
fn update(f: &mut fmt::Formatter<'_>, deed: &Deed) -> fmt::Result {
    let page = BRANDS[deed.brand].page;
    let person = deed.with.expect("a dialogue is with somebody").on_facebook();
    match deed.by {
        By::Customer => write!(f, r#"{{"sender":{{"id":"{person}"}},"recipient":{{"id":"{page}"}}"#)?,
        By::Brand | By::Machine => {
            write!(f, r#"{{"sender":{{"id":"{page}"}},"recipient":{{"id":"{person}"}}"#)?;
        }
    }
    write!(f, r#","timestamp":{},"#, instant(deed.at).as_millisecond())?;
    let id = deed.object.id();
    match &deed.does {
        Does::Say { text, .. } => write!(f, r#""message":{{"mid":"{id}","text":"{text}""#)?,
        Does::Edit { new, text } => {
            write!(f, r#""message_edit":{{"mid":"{id}","text":"{text}","num_edit":{}"#, new.number)?;
        }
        Does::Remove | Does::Hide | Does::Show => write!(f, r#""message":{{"mid":"{id}","is_deleted":true"#)?,
    }
    match deed.by {
        By::Customer => {}
        By::Brand => f.write_str(r#","is_echo":true"#)?,
        By::Machine => write!(f, r#","is_echo":true,"app_id":{MACHINE}"#)?,
    }
    f.write_str("}}")
}
