//! What is counted: one name per business fact, and the one list of them all.
//!
//! The code counts by it, the alarms of the template and the table in `functions/README.md` are held against
//! it by a test.

use domain::id::{BrandId, Platform};

/// Names of what is measured, as they stand in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A new event was stored.
    EventStored,
    /// A delivery was refused: bad signature, bad verify token, too large.
    WebhookRejected,
    /// A signature held: which secret is still in use, and whether anything is signed by a previous one.
    SecretMatched,
    /// A valid signature spoke for an account it may not speak for.
    ForeignAccount,
    /// An item inside a readable body was broken.
    ItemRefused,
    /// A signed body was kept raw because something in it was not understood.
    BodyKeptRaw,
    /// A notice was claimed: somebody is going to be told.
    NoticeClaimed,
    /// A mail went out.
    MailSent,
    /// The mailer takes no more mails for a moment.
    MailerThrottled,
    /// The mailer takes no more mails today.
    MailerQuota,
    /// All sending is paused, by somebody or by the provider.
    MailerPaused,
    /// A mail turned out not to reach its reader, or was not sent because that was known.
    MailFailed,
    /// A mail is late, or came back for a while only.
    MailDelayed,
    /// A delivery report asked for nothing, or spoke of a mail that nothing is known of.
    ReportIgnored,
    /// A person's webhook took a request.
    WebhookTold,
    /// A person's webhook has taken nothing for five minutes; counted once.
    WebhookFailing,
    /// A notice had nothing left to tell.
    NoticeDropped,
    /// A step was due and nobody could be told.
    NobodyReachable,
    /// A stored fact could not be read and was passed over.
    FactUnreadable,
    /// How late the oldest entry of the lists of what is to do is, at every sweep.
    OldestOverdue,
}

/// What a metric is summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The brand.
    Brand,
    /// The platform.
    Platform,
    /// A secret by its id, with `:previous` behind it if its previous value matched; never a value.
    Secret,
}

/// In what a metric is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How often something happened.
    Count,
    /// Whole milliseconds.
    Milliseconds,
}

/// What a count is about; a metric takes from it what its dimensions want.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The brand.
    pub brand: Option<&'a BrandId>,
    /// The platform.
    pub platform: Option<Platform>,
    /// The name of a secret.
    pub secret: Option<&'a str>,
}

impl Metric {
    /// Every metric, in the order in which a fact comes by them.
    pub const ALL: [Metric; 20] = [
        Metric::EventStored,
        Metric::WebhookRejected,
        Metric::SecretMatched,
        Metric::ForeignAccount,
        Metric::ItemRefused,
        Metric::BodyKeptRaw,
        Metric::NoticeClaimed,
        Metric::MailSent,
        Metric::MailerThrottled,
        Metric::MailerQuota,
        Metric::MailerPaused,
        Metric::MailFailed,
        Metric::MailDelayed,
        Metric::ReportIgnored,
        Metric::WebhookTold,
        Metric::WebhookFailing,
        Metric::NoticeDropped,
        Metric::NobodyReachable,
        Metric::FactUnreadable,
        Metric::OldestOverdue,
    ];

    /// Returns the name under which CloudWatch keeps it. Never changed: alarms and people's graphs speak of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Metric::EventStored => "EventStored",
            Metric::WebhookRejected => "WebhookRejected",
            Metric::SecretMatched => "SecretMatched",
            Metric::ForeignAccount => "ForeignAccount",
            Metric::ItemRefused => "ItemRefused",
            Metric::BodyKeptRaw => "BodyKeptRaw",
            Metric::NoticeClaimed => "NoticeClaimed",
            Metric::MailSent => "MailSent",
            Metric::MailerThrottled => "MailerThrottled",
            Metric::MailerQuota => "MailerQuota",
            Metric::MailerPaused => "MailerPaused",
            Metric::MailFailed => "MailFailed",
            Metric::MailDelayed => "MailDelayed",
            Metric::ReportIgnored => "ReportIgnored",
            Metric::WebhookTold => "WebhookTold",
            Metric::WebhookFailing => "WebhookFailing",
            Metric::NoticeDropped => "NoticeDropped",
            Metric::NobodyReachable => "NobodyReachable",
            Metric::FactUnreadable => "FactUnreadable",
            Metric::OldestOverdue => "OldestOverdue",
        }
    }

    /// Returns what it is summed by: at most two, since every combination is a metric that is paid for.
    #[must_use]
    pub fn dimensions(self) -> &'static [Dimension] {
        match self {
            Metric::EventStored => &[Dimension::Brand, Dimension::Platform],
            Metric::SecretMatched => &[Dimension::Platform, Dimension::Secret],
            Metric::WebhookRejected | Metric::ForeignAccount | Metric::ItemRefused | Metric::BodyKeptRaw => {
                &[Dimension::Platform]
            }
            Metric::NoticeClaimed
            | Metric::MailSent
            | Metric::WebhookTold
            | Metric::NoticeDropped
            | Metric::NobodyReachable => &[Dimension::Brand],
            Metric::MailerThrottled
            | Metric::MailerQuota
            | Metric::MailerPaused
            | Metric::MailFailed
            | Metric::MailDelayed
            | Metric::ReportIgnored
            | Metric::WebhookFailing
            | Metric::FactUnreadable
            | Metric::OldestOverdue => &[],
        }
    }

    /// Returns in what it is measured.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Metric::OldestOverdue => Unit::Milliseconds,
            Metric::EventStored
            | Metric::WebhookRejected
            | Metric::SecretMatched
            | Metric::ForeignAccount
            | Metric::ItemRefused
            | Metric::BodyKeptRaw
            | Metric::NoticeClaimed
            | Metric::MailSent
            | Metric::MailerThrottled
            | Metric::MailerQuota
            | Metric::MailerPaused
            | Metric::MailFailed
            | Metric::MailDelayed
            | Metric::ReportIgnored
            | Metric::WebhookTold
            | Metric::WebhookFailing
            | Metric::NoticeDropped
            | Metric::NobodyReachable
            | Metric::FactUnreadable => Unit::Count,
        }
    }
}

impl Dimension {
    /// Returns its name in the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Brand => "Brand",
            Dimension::Platform => "Platform",
            Dimension::Secret => "Secret",
        }
    }
}

impl Unit {
    /// Returns CloudWatch's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Unit::Count => "Count",
            Unit::Milliseconds => "Milliseconds",
        }
    }
}

impl<'a> About<'a> {
    /// Returns what is about a platform only.
    #[must_use]
    pub fn platform(platform: Platform) -> About<'a> {
        About { platform: Some(platform), ..About::default() }
    }

    /// Returns what is about a brand only.
    #[must_use]
    pub fn brand(brand: &'a BrandId) -> About<'a> {
        About { brand: Some(brand), ..About::default() }
    }

    /// Returns the value of a dimension; absent where nothing was said about it.
    #[must_use]
    pub fn value(&self, dimension: Dimension) -> Option<String> {
        match dimension {
            Dimension::Brand => self.brand.map(ToString::to_string),
            Dimension::Platform => self.platform.map(|platform| platform.to_string()),
            Dimension::Secret => self.secret.map(str::to_owned),
        }
    }
}
