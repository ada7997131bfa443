//! The one table: conditions, versions, and reads that take one page after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::decide::{Authored, Listing};
use domain::event::{Event, Verb};
use domain::fact::{Notice, NoticeKey, Said};
use domain::head::Head;
use domain::id::{BrandId, ConversationId, PersonId};
use domain::triage::Gist;
use flow::ports::{Cursor, Listed, PersonState, Put, Saved, Stored};
use jiff::Timestamp;
use jiff::civil::Date;

mod fact;
mod page;
mod write;

pub(crate) use fact::facts_of;
pub use fact::{Fact, Mark};
use fact::{Key, event_key, notice_key};
pub use page::Page;
pub use write::{Write, Written};

/// The form of items that code bears before a deployment; after it, one more.
pub(crate) const FORM: u16 = 1;

/// An entry of an index that a write changed: what it is about, and where it stands from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which entry.
    pub entry: Entry,
    /// Where it stands; absent if it is gone.
    pub to: Option<At>,
}

/// Where an entry stands in an index, and what the index tells of it besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Its moment.
    pub moment: Timestamp,
    /// The push that a head was planned by.
    pub planned_by: Option<Timestamp>,
}

impl From<Timestamp> for At {
    fn from(moment: Timestamp) -> At {
        At { moment, planned_by: None }
    }
}

/// What an entry of an index is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// A head that waits for a moment.
    Due(ConversationId),
    /// A notice to send.
    Out(NoticeKey),
    /// A conversation of a brand in which somebody waits.
    Open(BrandId, ConversationId),
}

/// What the table holds.
#[derive(Clone, Debug, Default)]
pub struct Table {
    by_name: HashMap<ConversationId, usize>,
    conversations: Vec<Conversation>,
    objects: BTreeMap<(Listing, BrandId), Object>,
    authors: BTreeMap<ConversationId, BTreeSet<(Date, ConversationId)>>,
    people: HashMap<PersonId, PersonState>,
    mails: HashMap<String, Vec<NoticeKey>>,
    cursor: Option<Cursor>,
    /// Bodies kept raw, counted.
    pub raw: u32,
}

/// What stands under an object's name.
#[derive(Clone, Debug, Default)]
struct Object {
    conversations: BTreeSet<ConversationId>,
    removal: Option<(u16, Said)>,
}

/// One partition: the facts in the order of their keys, and the head.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// The facts, each with the form it was written in, in the order of their keys.
    pub items: Vec<(u16, Fact)>,
    /// The head with the form it was written in.
    pub head: Option<(u16, Head)>,
    /// How often a head was saved or thrown away.
    version: u64,
    /// When it is listed as due.
    due: Option<Timestamp>,
    /// Since when it is listed as one in which somebody waits.
    open: Option<(BrandId, At)>,
}

/// Returns the whole milliseconds of an instant.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).expect("what is left of an instant is one")
}

impl Conversation {
    fn new(id: ConversationId) -> Conversation {
        Conversation { id, items: Vec::new(), head: None, version: 0, due: None, open: None }
    }

    fn place(&self, key: Key<'_>) -> Result<usize, usize> {
        self.items.binary_search_by(|(_, fact)| fact.key().cmp(&key))
    }

    fn put(&mut self, form: u16, fact: Fact) -> Put {
        match self.place(fact.key()) {
            Ok(_) => Put::Known,
            Err(place) => {
                self.items.insert(place, (form, fact));
                Put::New
            }
        }
    }

    fn notice(&mut self, key: &NoticeKey) -> Option<&mut Notice> {
        let place = self.place(notice_key(key)).ok()?;
        match &mut self.items[place].1 {
            Fact::Notice(notice) => Some(notice),
            Fact::Said(_) | Fact::Acted(_) => None,
        }
    }

    /// Returns every notice.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.items.iter().filter_map(|(_, fact)| match fact {
            Fact::Notice(notice) => Some(notice),
            Fact::Said(_) | Fact::Acted(_) => None,
        })
    }
}

impl Table {
    /// Returns every conversation.
    #[must_use]
    pub fn conversations(&self) -> &[Conversation] {
        &self.conversations
    }

    /// Returns a conversation; absent if nothing was ever stored of it.
    #[must_use]
    pub fn conversation(&self, id: &ConversationId) -> Option<&Conversation> {
        self.by_name.get(id).map(|place| &self.conversations[*place])
    }

    /// Returns whose notices a mail of that name tells.
    #[must_use]
    pub fn mail(&self, name: &str) -> &[NoticeKey] {
        self.mails.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the sweep's cursor.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    fn entry(&mut self, id: &ConversationId) -> &mut Conversation {
        let next = self.conversations.len();
        let place = *self.by_name.entry(id.clone()).or_insert(next);
        if place == next {
            self.conversations.push(Conversation::new(id.clone()));
        }
        &mut self.conversations[place]
    }

    /// Does one write of code of that form, and says which entries of indexes it moved.
    ///
    /// The second time of the same write finds the first, as on the real table.
    pub fn write(&mut self, write: Write, form: u16, moved: &mut Vec<Moved>) -> Written {
        match write {
            Write::Said(id, said) => Written::Put(self.entry(&id).put(form, Fact::Said(said))),
            Write::Acted(id, action) => Written::Put(self.entry(&id).put(form, Fact::Acted(action))),
            Write::Claim(notice) => {
                let (key, at) = (notice.key.clone(), notice.send_after.max(notice.claimed_at));
                let put = self.entry(&key.conversation).put(form, Fact::Notice(*notice));
                if put == Put::New {
                    moved.push(Moved { entry: Entry::Out(key), to: Some(at.into()) });
                }
                Written::Put(put)
            }
            Write::List(listing, brand, id) => {
                let object = self.objects.entry((listing, brand)).or_default();
                Written::Put(if object.conversations.insert(id) { Put::New } else { Put::Known })
            }
            Write::Author(Authored { dialogue, date }, id) => {
                let authored = self.authors.entry(dialogue).or_default();
                Written::Put(if authored.insert((date, id)) { Put::New } else { Put::Known })
            }
            Write::Removal(said) => {
                let listing = Listing::of(&said.event);
                let object = self.objects.entry((listing, said.brand.clone())).or_default();
                if object.removal.is_some() {
                    return Written::Put(Put::Known);
                }
                object.removal = Some((form, said));
                Written::Put(Put::New)
            }
            Write::Raw => {
                self.raw += 1;
                Written::Put(Put::New)
            }
            Write::Blank(id, event) => Written::Saved(self.blank(&id, &event)),
            Write::Sent(key, sent) => self.mark(&key, moved, |notice| {
                notice.sent.get_or_insert(sent);
                Saved::Done
            }),
            Write::Dropped(key, dropped) => self.mark(&key, moved, |notice| {
                if !notice.is_pending() {
                    return Saved::Lost;
                }
                notice.dropped = Some(dropped);
                Saved::Done
            }),
            Write::Failed(key, failed) => self.mark(&key, moved, |notice| {
                if notice.failed.is_some() {
                    return Saved::Lost;
                }
                notice.failed = Some(failed);
                Saved::Done
            }),
            Write::Postpone(key, from, until) => self.mark(&key, moved, |notice| {
                if !notice.is_pending() || notice.send_after != from {
                    return Saved::Lost;
                }
                notice.send_after = until;
                Saved::Done
            }),
            Write::Head(head) => Written::Saved(self.save_head(*head, form, moved)),
            Write::Wake(id, at) => {
                let conversation = self.entry(&id);
                conversation.version += 1;
                conversation.head = None;
                conversation.due = Some(at);
                moved.push(Moved { entry: Entry::Due(id), to: Some(at.into()) });
                Written::Saved(Saved::Done)
            }
            Write::Person(person, state) => {
                let stored = self.people.entry(person).or_default();
                if stored.version != state.version {
                    return Written::Saved(Saved::Lost);
                }
                let unreachable = stored.unreachable.take();
                *stored = PersonState { version: state.version + 1, unreachable, ..state };
                Written::Saved(Saved::Done)
            }
            Write::Unreachable(person, unreachable) => {
                self.people.entry(person).or_default().unreachable = Some(unreachable);
                Written::Saved(Saved::Done)
            }
            Write::Mail(name, keys) => {
                self.mails.insert(name, keys);
                Written::Put(Put::New)
            }
            Write::Cursor(cursor) => Written::Saved(self.move_cursor(cursor)),
            Write::Follow(followed) => match &mut self.cursor {
                Some(stored) => {
                    stored.followed = Some(followed);
                    Written::Saved(Saved::Done)
                }
                None => Written::Saved(Saved::Lost),
            },
        }
    }

    /// The cursor's instants are numbers in the table: whole milliseconds.
    fn move_cursor(&mut self, cursor: Cursor) -> Saved {
        let (until, swept_at) = (whole(cursor.until), whole(cursor.swept_at));
        if self.cursor.is_some_and(|stored| stored.until >= until) {
            return Saved::Lost;
        }
        let followed = self.cursor.and_then(|stored| stored.followed);
        self.cursor = Some(Cursor { until, swept_at, followed });
        Saved::Done
    }

    fn mark(
        &mut self,
        key: &NoticeKey,
        moved: &mut Vec<Moved>,
        change: impl FnOnce(&mut Notice) -> Saved,
    ) -> Written {
        let place = self.by_name.get(&key.conversation).copied();
        let Some(notice) = place.and_then(|place| self.conversations[place].notice(key)) else {
            return Written::Saved(Saved::Lost);
        };
        let saved = change(notice);
        if saved == Saved::Done {
            let to = notice.is_pending().then(|| notice.send_after.into());
            moved.push(Moved { entry: Entry::Out(key.clone()), to });
        }
        Written::Saved(saved)
    }

    /// Puts a fact in the place of the one of its name, on no condition; returns which entry of an index that moves.
    /// Nothing that works does this.
    pub(crate) fn overwrite(&mut self, id: &ConversationId, fact: Fact) -> Option<Moved> {
        let conversation = self.entry(id);
        let place = conversation.place(fact.key()).ok()?;
        let moved = match &fact {
            Fact::Notice(notice) => {
                let to = notice.is_pending().then(|| notice.send_after.into());
                Some(Moved { entry: Entry::Out(notice.key.clone()), to })
            }
            Fact::Said(_) | Fact::Acted(_) => None,
        };
        conversation.items[place].1 = fact;
        moved
    }

    fn blank(&mut self, id: &ConversationId, event: &Event) -> Saved {
        let conversation = self.entry(id);
        let Ok(place) = conversation.place(event_key(event)) else { return Saved::Lost };
        if let Fact::Said(said) = &mut conversation.items[place].1 {
            // As on the real table: what the caller read of the text, whatever stands there by now.
            let gist = event.text.as_deref().map(Gist::of).or(said.gist);
            said.blank();
            said.gist = gist;
        }
        Saved::Done
    }

    fn save_head(&mut self, head: Head, form: u16, moved: &mut Vec<Moved>) -> Saved {
        let conversation = self.entry(&head.conversation);
        if conversation.version != head.version {
            return Saved::Lost;
        }
        if conversation.due != head.next_at {
            moved
                .push(Moved { entry: Entry::Due(head.conversation.clone()), to: head.next_at.map(At::from) });
        }
        let planned_by = head.planned_by;
        let at = head.open.first().map(|open| At { moment: open.start, planned_by });
        let open = at.map(|at| (head.brand.clone(), at));
        if conversation.open != open {
            let entry = |brand: &BrandId| Entry::Open(brand.clone(), head.conversation.clone());
            if let Some((brand, _)) = conversation.open.as_ref().filter(|(brand, _)| *brand != head.brand) {
                moved.push(Moved { entry: entry(brand), to: None });
            }
            moved.push(Moved { entry: entry(&head.brand), to: at });
        }
        conversation.version += 1;
        (conversation.due, conversation.open) = (head.next_at, open);
        conversation.head = Some((form, Head { version: head.version + 1, ..head }));
        Saved::Done
    }

    /// Reads a head. One of another form is worth its version only.
    #[must_use]
    pub fn head(&self, id: &ConversationId, form: u16) -> Stored {
        let Some(conversation) = self.conversation(id) else { return Stored::default() };
        let ours = conversation.head.as_ref().filter(|(written, _)| *written == form);
        Stored { version: conversation.version, head: ours.map(|(_, head)| head.clone()) }
    }

    /// Returns how many facts a page could hold at most.
    #[must_use]
    pub fn size(&self, id: &ConversationId) -> usize {
        self.conversation(id).map_or(0, |conversation| conversation.items.len())
    }

    /// Reads one notice.
    #[must_use]
    pub fn notice(&self, key: &NoticeKey) -> Option<&Notice> {
        let conversation = self.conversation(&key.conversation)?;
        let place = conversation.place(notice_key(key)).ok()?;
        match &conversation.items[place].1 {
            Fact::Notice(notice) => Some(notice),
            Fact::Said(_) | Fact::Acted(_) => None,
        }
    }

    /// Reads a person's state.
    #[must_use]
    pub fn person(&self, person: &PersonId) -> PersonState {
        self.people.get(person).cloned().unwrap_or_default()
    }

    /// Reads what one brand has under an object; `None` if newer code wrote the removal.
    #[must_use]
    pub fn listed(&self, listing: &Listing, brand: &BrandId, form: u16) -> Option<Listed> {
        let Some(object) = self.objects.get(&(listing.clone(), brand.clone())) else {
            return Some(Listed::default());
        };
        if object.removal.as_ref().is_some_and(|(written, _)| *written > form) {
            return None;
        }
        Some(Listed {
            conversations: object.conversations.iter().cloned().collect(),
            removal: object.removal.as_ref().map(|(_, removal)| removal.clone()),
        })
    }

    /// Reads in which conversations the reader of a dialogue asked since a date, each once, by the last of its dates.
    #[must_use]
    pub fn authored(&self, dialogue: &ConversationId, since: Date) -> Vec<ConversationId> {
        let mut last: BTreeMap<&ConversationId, Date> = BTreeMap::new();
        let authored = self.authors.get(dialogue).into_iter().flatten();
        last.extend(authored.filter(|(date, _)| *date >= since).map(|(date, id)| (id, *date)));
        let mut ids: Vec<&ConversationId> = last.keys().copied().collect();
        ids.sort_by_key(|id| (last[id], *id));
        ids.into_iter().cloned().collect()
    }

    /// Returns the removals that are kept under their objects.
    pub fn removals(&self) -> impl Iterator<Item = &Said> {
        self.objects.values().filter_map(|object| object.removal.as_ref()).map(|(_, removal)| removal)
    }

    /// Whether that happened to that object, as far as any conversation of the brand, or the object itself, knows.
    #[must_use]
    pub fn knows(&self, brand: &BrandId, object: &str, verb: Verb) -> bool {
        let is_it =
            |said: &Said| said.event.object == object && said.event.verb == verb && said.brand == *brand;
        let stored = self.conversations.iter().flat_map(|conversation| &conversation.items);
        let mut said = stored.filter_map(|(_, fact)| match fact {
            Fact::Said(said) => Some(said),
            Fact::Acted(_) | Fact::Notice(_) => None,
        });
        let removals = self.objects.values().filter_map(|object| object.removal.as_ref());
        said.any(is_it) || removals.into_iter().any(|(_, said)| is_it(said))
    }
}
