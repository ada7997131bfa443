//! A turn: a stretch in which one author waits for the brand.

use jiff::{SignedDuration, Timestamp};

use super::LONGEST_TURN;
use crate::calendar::Stretch;
use crate::event::{Event, Visibility};
use crate::fact::Reason;
use crate::id::{PersonId, TurnId};
use crate::policy::Class;
use crate::triage::Answer;

/// A private message that comes later than this after a public question is about something else.
pub(crate) const LONGEST_BRIDGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A stretch in which one author waits for the brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Named by the oldest object that waits; a promise by the answer that made it and whom it was made to.
    pub id: TurnId,
    /// The names it bore before, each with when its object was said: openers that were removed since.
    pub names: Vec<(TurnId, Timestamp)>,
    /// The first turn of the same case.
    pub case: TurnId,
    /// The author's case before this one, and when it ended; only with the first turn of a case.
    pub follows: Option<Past>,
    /// What is waited for.
    pub kind: TurnKind,
    /// Who waits, as the platform's id or handle; absent where the platform does not say.
    pub author: Option<String>,
    /// What sort of matter it is now.
    pub class: Class,
    /// What it was before, and until when; oldest first.
    pub classes_before: Vec<(Class, Timestamp)>,
    /// The objects that wait, oldest first; of an ended turn those that waited at its end, of a promise those
    /// that it answered.
    pub waiting: Vec<Waiting>,
    /// When the ladder was stopped for a while, in the order of the beginnings.
    pub rests: Vec<Rest>,
    /// When the clock was stopped, in the order of the beginnings.
    pub pauses: Vec<Pause>,
    /// Answers that were taken back, in the order they were given.
    pub returned: Vec<Returned>,
    /// Who is to answer in place of the brand's owner.
    pub passed_to: Option<(PersonId, Timestamp)>,
    /// Others who said something to the author meanwhile, oldest first: no answer, but worth a look.
    pub helped_by: Vec<Helper>,
    /// No step before this: it was not held for a matter to answer until then.
    pub not_before: Option<Timestamp>,
    /// What somebody took it for who ended it thereby; a person who knows better can say so.
    pub taken_for: Option<Class>,
    /// How the turn ended; absent while it is open.
    pub end: Option<End>,
}

/// What a turn waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnKind {
    /// The brand's first answer in a case.
    FirstResponse,
    /// A further answer in the same case.
    NextResponse,
    /// What the brand promised in an answer.
    FollowUp(Promise),
}

impl TurnKind {
    /// Returns the kind as it stands in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            TurnKind::FirstResponse => "first_response",
            TurnKind::NextResponse => "next_response",
            TurnKind::FollowUp(_) => "follow_up",
        }
    }
}

/// An answer that says that another will come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The brand's object.
    pub object: String,
    /// When it was said.
    pub at: Timestamp,
    /// The words that were taken for a promise.
    pub phrase: &'static str,
}

/// A case that ended before, of the same author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The hash of its author.
    pub author: String,
    /// Its first turn.
    pub case: TurnId,
    /// When its last turn ended.
    pub ended_at: Timestamp,
}

/// One object that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its first event, with the text as last edited.
    pub event: Event,
    /// What sort of matter it is by itself.
    pub class: Class,
    /// When it counts as said: never before the object it answers.
    pub at: Timestamp,
    /// When we first heard of it.
    pub received_at: Timestamp,
}

/// A time in which the ladder stands still and the clock does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Who brought it about.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when; absent for an ack, which lasts as long as the policy lets it.
    pub until: Option<Timestamp>,
    /// When somebody let the ladder go on; an ack may have ended by itself before that.
    pub woken_at: Option<Timestamp>,
    /// The person has it; else it was put off.
    pub is_ack: bool,
}

/// A time in which the clock stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Who stopped it.
    pub person: PersonId,
    /// From when until when.
    pub time: Stretch,
    /// Why.
    pub reason: String,
}

/// An answer that was taken back, or is shown to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The brand's object.
    pub object: String,
    /// When it had answered.
    pub answered_at: Timestamp,
    /// When that was over.
    pub at: Timestamp,
}

/// Somebody who is neither the author nor the brand, and said something to the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// The object.
    pub object: String,
    /// Who, as people call them; absent where the platform does not say.
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// It may be what the author wants to know; else it says nothing, or is about the speaker.
    pub may_help: bool,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The brand answered.
    Answered {
        /// When.
        at: Timestamp,
        /// When we heard of it.
        received_at: Timestamp,
        /// With which object; absent for an answer that somebody only told us of.
        object: Option<String>,
        /// Where it can be seen.
        permalink: Option<String>,
        /// What it says, as far as that matters.
        says: Answer,
    },
    /// The customer deleted everything that waited.
    Withdrawn {
        /// When the last of it went.
        at: Timestamp,
    },
    /// Somebody at the brand says that it needs no answer.
    Dismissed {
        /// When.
        at: Timestamp,
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// It was settled where Heard cannot see it: it counts for no figure.
    Excluded {
        /// When.
        at: Timestamp,
        /// Who says so.
        person: PersonId,
        /// How.
        reason: String,
    },
    /// It waited longer than anybody is told about.
    Expired {
        /// When that was.
        at: Timestamp,
    },
}

impl End {
    /// Returns when the turn ended.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            End::Answered { at, .. }
            | End::Withdrawn { at }
            | End::Dismissed { at, .. }
            | End::Excluded { at, .. }
            | End::Expired { at } => *at,
        }
    }

    /// Returns why a notice about the turn need not be sent any more.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            End::Answered { .. } => Reason::Answered,
            End::Withdrawn { .. } => Reason::Withdrawn,
            End::Dismissed { .. } | End::Excluded { .. } => Reason::Settled,
            End::Expired { .. } => Reason::Expired,
        }
    }
}

impl Turn {
    /// Returns the turn that a message opens: nothing has happened yet.
    #[must_use]
    pub fn opened_by(waiting: Waiting, author: Option<String>, kind: TurnKind) -> Turn {
        let id = TurnId::of(&waiting.event.object);
        Turn {
            case: id.clone(),
            id,
            names: Vec::new(),
            follows: None,
            kind,
            author,
            class: waiting.class,
            classes_before: Vec::new(),
            waiting: vec![waiting],
            rests: Vec::new(),
            pauses: Vec::new(),
            returned: Vec::new(),
            passed_to: None,
            helped_by: Vec::new(),
            not_before: None,
            taken_for: None,
            end: None,
        }
    }

    /// Returns the oldest object that waits.
    #[must_use]
    pub fn opener(&self) -> &Waiting {
        self.waiting.first().expect("a turn holds the object that opened it")
    }

    /// Returns since when the author waits: the time of the oldest unanswered object, or of the promise.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        match &self.kind {
            TurnKind::FirstResponse | TurnKind::NextResponse => self.opener().at,
            TurnKind::FollowUp(promise) => promise.at,
        }
    }

    /// Returns when we heard of the turn.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        match &self.kind {
            TurnKind::FirstResponse | TurnKind::NextResponse => self.opener().received_at,
            TurnKind::FollowUp(promise) => promise.at.max(self.opener().received_at),
        }
    }

    /// Returns when the turn ends as missed if nothing ends it before: [`LONGEST_TURN`] after its start.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.start() + LONGEST_TURN
    }

    /// Whether the author still waits.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether an answer is waited for, and not what an answer promised.
    #[must_use]
    pub fn is_response(&self) -> bool {
        match self.kind {
            TurnKind::FirstResponse | TurnKind::NextResponse => true,
            TurnKind::FollowUp(_) => false,
        }
    }

    /// Returns the names of the objects that notices about the turn go by, oldest first.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        let promise = match &self.kind {
            TurnKind::FirstResponse | TurnKind::NextResponse => None,
            TurnKind::FollowUp(promise) => Some(promise.object.as_str()),
        };
        let waiting = self.waiting.iter().filter(move |_| promise.is_none());
        promise.into_iter().chain(waiting.map(|waiting| waiting.event.object.as_str()))
    }

    /// Returns how often `person` said that they have it.
    #[must_use]
    pub fn acks_of(&self, person: &PersonId) -> usize {
        self.rests.iter().filter(|rest| rest.is_ack && rest.person == *person).count()
    }

    /// Whether `name` is the turn's own, now or before an opener was removed.
    pub(super) fn is_named(&self, name: &TurnId) -> bool {
        self.id == *name || self.names.iter().any(|(before, _)| before == name)
    }

    /// Whether this is what `name` stands for: its own name, or that of any object that waits.
    pub(super) fn is_called(&self, name: &TurnId) -> bool {
        self.is_named(name) || self.objects().any(|object| TurnId::of(object) == *name)
    }

    /// Whether a private message of the brand at `at` answers it: who asked in public must be whom it is to, and have
    /// asked lately.
    pub(super) fn is_answered_in_private(&self, message: &Event, at: Timestamp) -> bool {
        let asked = self.waiting.last().unwrap_or(self.opener());
        let reader = message.counterpart.as_deref();
        // On X, where a person may go unnamed, the conversation itself is with them.
        let is_theirs = self.author.as_deref() == reader || asked.event.counterpart.as_deref() == reader;
        asked.event.visibility == Visibility::Private
            || reader.is_some() && is_theirs && at.duration_since(asked.at) <= LONGEST_BRIDGE
    }
}
