//! The calls that functions make, and the functions that make them.

/// What runs when something calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// Takes what platforms deliver.
    Webhook,
    /// Decides, for the table's stream or a message.
    Check,
    /// Writes to people.
    Mail,
    /// Looks every minute what is to do.
    Sweep,
    /// Takes what becomes of mails.
    Feedback,
}

impl Function {
    /// Every function.
    pub const ALL: [Function; 5] =
        [Function::Webhook, Function::Check, Function::Mail, Function::Sweep, Function::Feedback];

    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Function::Webhook => "webhook",
            Function::Check => "check",
            Function::Mail => "mail",
            Function::Sweep => "sweep",
            Function::Feedback => "feedback",
        }
    }

    /// Returns the calls that it makes, its end among them.
    #[must_use]
    pub fn calls(self) -> &'static [Call] {
        match self {
            Function::Webhook => {
                &[Call::PutSaid, Call::PutRemoval, Call::PutRaw, Call::Pushes, Call::Config, Call::End]
            }
            Function::Check => &[
                Call::Pushes,
                Call::Config,
                Call::Head,
                Call::Facts,
                Call::MarkDropped,
                Call::Claim,
                Call::SendMails,
                Call::SendChecks,
                Call::SendSpread,
                Call::Wake,
                Call::Blank,
                Call::List,
                Call::Listed,
                Call::PutAuthor,
                Call::Authored,
                Call::PutSaid,
                Call::SaveHead,
                Call::End,
            ],
            Function::Mail => &[
                Call::Pushes,
                Call::Config,
                Call::Person,
                Call::SavePerson,
                Call::Notice,
                Call::Outstanding,
                Call::Head,
                Call::Facts,
                Call::MarkDropped,
                Call::MarkFailed,
                Call::Wake,
                Call::Postpone,
                Call::PutMail,
                Call::SendMail,
                Call::MarkSent,
                Call::SendMails,
                Call::SendChecks,
                Call::End,
            ],
            Function::Sweep => &[
                Call::Cursor,
                Call::Todo,
                Call::SendChecks,
                Call::SendMails,
                Call::MoveCursor,
                Call::Pushes,
                Call::Waiting,
                Call::Follow,
                Call::End,
            ],
            Function::Feedback => &[
                Call::Mail,
                Call::Person,
                Call::MarkFailed,
                Call::MarkUnreachable,
                Call::Outstanding,
                Call::Wake,
                Call::SendChecks,
                Call::End,
            ],
        }
    }

    /// Returns after how many ms the function is ended from outside.
    #[must_use]
    pub fn limit(self) -> i64 {
        match self {
            Function::Webhook | Function::Mail | Function::Feedback => 10_000,
            Function::Check => 5000,
            Function::Sweep => 30_000,
        }
    }
}

/// What throttles as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The table.
    Table,
    /// Both queues.
    Queues,
    /// The way out to people.
    Mailer,
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $words:literal, $is_write:literal;)*) => {
        /// One call of a function, and its end, which its caller may not hear of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Call {
            $($(#[$doc])* $name,)*
        }

        impl Call {
            /// Every call.
            pub const ALL: &[Call] = &[$(Call::$name),*];

            /// Returns what the call is for, after "while".
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Call::$name => $words,)* }
            }

            /// Whether the call changes something.
            #[must_use]
            pub fn is_write(self) -> bool {
                match self { $(Call::$name => $is_write,)* }
            }
        }
    };
}

calls! {
    /// Puts a fact.
    PutSaid = "storing an event", true;
    /// Lists a conversation under an object.
    List = "listing a conversation", true;
    /// Keeps a removal.
    PutRemoval = "keeping a removal", true;
    /// Reads what stands under an object.
    Listed = "reading an object's conversations", false;
    /// Lists a conversation under an author.
    PutAuthor = "listing an author", true;
    /// Reads an author's conversations.
    Authored = "reading an author's conversations", false;
    /// Keeps a body.
    PutRaw = "keeping a body raw", true;
    /// Reads a head.
    Head = "reading a head", false;
    /// Reads one page of facts.
    Facts = "reading facts", false;
    /// Blanks an event.
    Blank = "blanking an event", true;
    /// Claims a notice.
    Claim = "claiming a notice", true;
    /// Reads a notice.
    Notice = "reading a notice", false;
    /// Reads what else a person is to be told.
    Outstanding = "reading what else to tell", false;
    /// Marks a notice sent.
    MarkSent = "marking a notice sent", true;
    /// Marks a notice dropped.
    MarkDropped = "marking a notice dropped", true;
    /// Marks a notice failed.
    MarkFailed = "marking a notice failed", true;
    /// Postpones a notice.
    Postpone = "postponing a notice", true;
    /// Saves a head.
    SaveHead = "saving a head", true;
    /// Lists a conversation as due.
    Wake = "listing a conversation as due", true;
    /// Reads a person's state.
    Person = "reading a person", false;
    /// Takes or gives back a lease.
    SavePerson = "leasing a person", true;
    /// Marks a person unreachable.
    MarkUnreachable = "marking a person unreachable", true;
    /// Reads what a mail told.
    Mail = "reading what a mail told", false;
    /// Names a mail.
    PutMail = "naming a mail", true;
    /// Reads one shard of a list.
    Todo = "reading what is to do", false;
    /// Reads the cursor.
    Cursor = "reading the cursor", false;
    /// Moves the cursor.
    MoveCursor = "moving the cursor", true;
    /// Remembers a push.
    Follow = "remembering a push", true;
    /// Reads who waits.
    Waiting = "reading who waits", false;
    /// Reads the pushes.
    Pushes = "reading the pushes", false;
    /// Reads a version of the configuration.
    Config = "reading a version", false;
    /// Asks for checks.
    SendChecks = "asking for checks", true;
    /// Asks for a removal to be told of.
    SendSpread = "asking for a removal to be told of", true;
    /// Asks for mails.
    SendMails = "asking for mails", true;
    /// Sends a mail.
    SendMail = "sending a mail", true;
    /// Tells its caller how it went.
    End = "telling how it went", false;
}

impl Call {
    /// Returns the service that it goes to.
    #[must_use]
    pub fn service(self) -> Option<Service> {
        match self {
            Call::SendChecks | Call::SendSpread | Call::SendMails => Some(Service::Queues),
            Call::SendMail => Some(Service::Mailer),
            Call::End => None,
            _ => Some(Service::Table),
        }
    }

    /// Whether it can be taken in part.
    #[must_use]
    pub fn sends_several(self) -> bool {
        matches!(self, Call::SendChecks | Call::SendMails)
    }
}
