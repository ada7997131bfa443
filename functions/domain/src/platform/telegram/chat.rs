//! Where a message stands, who wrote it, and for whom.

use super::super::json::{self, Flaw, Object};
use super::Bot;
use crate::event::{Author, Kind, Side, Visibility};

/// The chat that a message stands in.
pub(super) struct Chat<'a> {
    id: String,
    fields: &'a Object,
    place: Place,
    /// The connection to the account that the bot reads along for; absent where the bot itself was written to.
    connection: Option<String>,
    /// The person of a private dialogue who is not the brand.
    pub(super) counterpart: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Two write to each other: a person and the bot, an account that lets the bot read along, or a channel.
    Dialogue,
    Group,
    Channel,
}

impl<'a> Chat<'a> {
    /// Reads the chat of `message`, or of what else has one.
    pub(super) fn of(message: &'a Object) -> Result<Chat<'a>, Flaw> {
        let fields = json::need("chat", json::member(message, "chat")?)?;
        let under = |flaw: Flaw| flaw.under("/chat");
        let id = json::id(fields, "id").and_then(|id| json::need("id", id)).map_err(under)?;
        let kind = json::text(fields, "type").and_then(|kind| json::need("type", kind)).map_err(under)?;
        let connection = json::id(message, "business_connection_id")?;
        let (place, counterpart) = match (kind, writer_to_channel(message)?) {
            ("private", _) => (Place::Dialogue, Some(id.clone())),
            ("supergroup", Some(writer)) => (Place::Dialogue, Some(writer)),
            ("group" | "supergroup", _) => (Place::Group, None),
            ("channel", _) => (Place::Channel, None),
            _ => return Err(Flaw::unknown("/chat/type", "unknown type of chat")),
        };
        Ok(Chat { id, fields, place, connection, counterpart })
    }

    /// Returns the name of the message `id` here. Messages are counted in every chat, and in the chats of an account
    /// apart from those of the bot with the same person.
    pub(super) fn object(&self, id: &str) -> Result<String, Flaw> {
        match &self.connection {
            Some(connection) => object_name(&[connection, &self.id, id]),
            None => object_name(&[&self.id, id]),
        }
    }

    pub(super) fn visibility(&self) -> Visibility {
        match self.place {
            Place::Dialogue => Visibility::Private,
            Place::Group | Place::Channel => Visibility::Public,
        }
    }

    pub(super) fn kind(&self, message: &Object) -> Result<Kind, Flaw> {
        Ok(match self.place {
            Place::Dialogue => Kind::Message,
            Place::Channel => Kind::Post,
            Place::Group if is_post(message)? => Kind::Post,
            Place::Group => Kind::Comment,
        })
    }

    /// Returns who wrote it: a person, or the channel or group in whose name somebody wrote.
    pub(super) fn author(&self, message: &Object) -> Result<Option<Author>, Flaw> {
        if let Some(chat) = json::member(message, "sender_chat")? {
            let id = json::id(chat, "id").map_err(|flaw| flaw.under("/sender_chat"))?;
            return Ok(author(id, json::name(chat, "title"), chat));
        }
        if let Some(user) = json::member(message, "from")? {
            let id = json::id(user, "id").map_err(|flaw| flaw.under("/from"))?;
            return Ok(author(id, full_name(user), user));
        }
        Ok(match self.place {
            Place::Dialogue => author(self.counterpart.clone(), full_name(self.fields), self.fields),
            // Channels say for themselves what nobody signs.
            Place::Channel => author(Some(self.id.clone()), json::name(self.fields, "title"), self.fields),
            Place::Group => None,
        })
    }

    /// Returns who speaks.
    ///
    /// In a dialogue whoever is not the person speaks for the brand: the bot, the owner of the account that lets it read
    /// along, or the administrators of a channel that is written to. A channel's posts are its owner's, who made the bot
    /// an administrator: nobody else's bot can read them. In a group the configured accounts speak for the brand.
    ///
    /// What is sent while the owner is away, on a schedule or by the connected bot where that counts as automation, is
    /// a machine's.
    pub(super) fn side(
        &self,
        bot: &Bot<'_>,
        message: &Object,
        author: Option<&Author>,
    ) -> Result<Side, Flaw> {
        let author = author.and_then(|author| author.id.as_deref());
        let through = json::member(message, "sender_business_bot")?;
        let app = through.map(|through| json::id(through, "id")).transpose();
        let app = app.map_err(|flaw| flaw.under("/sender_business_bot"))?.flatten();
        let is_brand = match self.place {
            Place::Dialogue => {
                through.is_some() || (author.is_some() && author != self.counterpart.as_deref())
            }
            Place::Channel => true,
            Place::Group => is_post(message)?,
        };
        let side = bot.voices.side(bot.account, author, app.as_deref());
        Ok(match side {
            // The account of the bot stands for whoever speaks for the brand without being configured.
            Side::Customer if is_brand => {
                let side = bot.voices.side(bot.account, Some(bot.account), app.as_deref());
                if json::flag(message, "is_from_offline")? { Side::Automation } else { side }
            }
            Side::Brand if json::flag(message, "is_from_offline")? => Side::Automation,
            side => side,
        })
    }

    /// Returns what the thread hangs on: in a group the group, or the topic in it. Members often answer without tying
    /// their words to those they answer, and in a thread of its own such an answer would find nothing.
    pub(super) fn thread(&self, message: &Object, object: &str) -> Result<Option<String>, Flaw> {
        match self.place {
            Place::Dialogue => Ok(None),
            Place::Channel => Ok(Some(object.to_owned())),
            Place::Group => match topic(message)? {
                Some(topic) => self.object(&topic).map(Some),
                None => Ok(Some(self.id.clone())),
            },
        }
    }

    /// Returns what the message answers. All that stands in a topic names its beginning, which is no answer.
    pub(super) fn parent(&self, message: &Object) -> Result<Option<String>, Flaw> {
        let Some(above) = json::member(message, "reply_to_message")? else { return Ok(None) };
        let id = json::id(above, "message_id").map_err(|flaw| flaw.under("/reply_to_message"))?;
        let Some(id) = id.filter(|id| !topic(message).is_ok_and(|topic| topic.as_ref() == Some(id))) else {
            return Ok(None);
        };
        self.object(&id).map(Some)
    }

    /// Returns where a person can see the message `id`: everybody, or the members of a group that has no public name.
    pub(super) fn permalink(&self, id: &str) -> Option<String> {
        if self.place == Place::Dialogue {
            return None;
        }
        let is_plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let name = json::name(self.fields, "username");
        let place = match name.filter(|name| is_plain(name)) {
            Some(name) => name,
            None => format!("c/{}", self.id.strip_prefix("-100").filter(|id| is_plain(id))?),
        };
        is_plain(id).then(|| format!("https://t.me/{place}/{id}"))
    }
}

/// Returns the parts as one name.
pub(super) fn object_name(parts: &[&str]) -> Result<String, Flaw> {
    let name = parts.join(":");
    if name.len() > json::ID_LIMIT { Err(Flaw::broken("", "id is too long")) } else { Ok(name) }
}

/// Returns who writes to a channel in private, if that is where it stands: Telegram calls it a group, in which everybody
/// has a topic.
fn writer_to_channel(message: &Object) -> Result<Option<String>, Flaw> {
    let Some(topic) = json::member(message, "direct_messages_topic")? else { return Ok(None) };
    let under = |flaw: Flaw| flaw.under("/direct_messages_topic");
    let user = match json::member(topic, "user").map_err(under)? {
        Some(user) => json::id(user, "id").map_err(|flaw| under(flaw.under("/user")))?,
        None => None,
    };
    Ok(match user {
        Some(user) => Some(user),
        None => json::id(topic, "topic_id").map_err(under)?,
    })
}

/// Whether a channel's post was passed on to the group where it is talked about.
fn is_post(message: &Object) -> Result<bool, Flaw> {
    json::flag(message, "is_automatic_forward")
}

fn topic(message: &Object) -> Result<Option<String>, Flaw> {
    if json::flag(message, "is_topic_message")? { json::id(message, "message_thread_id") } else { Ok(None) }
}

fn full_name(user: &Object) -> Option<String> {
    let names = [json::name(user, "first_name"), json::name(user, "last_name")];
    Some(names.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

fn author(id: Option<String>, name: Option<String>, of: &Object) -> Option<Author> {
    let author = Author { id, name, handle: json::name(of, "username"), followers: None };
    Some(author).filter(|author| *author != Author::default())
}
