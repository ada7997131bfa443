//! What goes wrong in one history: drawn from its seed, and switched off a quarter of an hour before the end.

use fastrand::Rng;

use crate::call::{Call, Function};
use crate::story::theme::Theme;
use crate::time::{MINUTE, Ms, SECOND};

mod aim;

use aim::Target;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A function dies between two calls.
    Crash,
    /// A call times out; nothing happened.
    RequestLost,
    /// A call times out; what it asked for happened.
    AnswerLost,
    /// A call times out; what it asked for happens later, when its caller has long gone on.
    EffectLate,
    /// A service asks everybody to slow down for a while.
    Throttled,
    /// A call takes seconds.
    Slow,
    /// A message on a queue never comes.
    MessageLost,
    /// A message on a queue comes twice.
    MessageDoubled,
    /// A message on a queue comes late, behind others.
    MessageLate,
    /// The table's stream stands still for a while.
    StreamLate,
    /// A sweep does not happen.
    SweepMissed,
    /// A sweep comes late.
    SweepLate,
    /// A sweep happens twice.
    SweepDoubled,
    /// The machines' clocks are up to five seconds apart.
    Clocks,
    /// The indexes lag behind the table by up to two minutes.
    IndexLate,
    /// The mailer asks to wait.
    MailerWaits,
    /// The mailer refuses a mail.
    MailerRefuses,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 17] = [
        Kind::Crash,
        Kind::RequestLost,
        Kind::AnswerLost,
        Kind::EffectLate,
        Kind::Throttled,
        Kind::Slow,
        Kind::MessageLost,
        Kind::MessageDoubled,
        Kind::MessageLate,
        Kind::StreamLate,
        Kind::SweepMissed,
        Kind::SweepLate,
        Kind::SweepDoubled,
        Kind::Clocks,
        Kind::IndexLate,
        Kind::MailerWaits,
        Kind::MailerRefuses,
    ];

    /// Returns the kind in words, as it stands in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Crash => "a function crashes",
            Kind::RequestLost => "a call times out, not done",
            Kind::AnswerLost => "a call times out, done",
            Kind::EffectLate => "a call times out, done later",
            Kind::Throttled => "a service throttles",
            Kind::Slow => "a call takes seconds",
            Kind::MessageLost => "a message is lost",
            Kind::MessageDoubled => "a message is doubled",
            Kind::MessageLate => "a message is late",
            Kind::StreamLate => "the stream stands still",
            Kind::SweepMissed => "a sweep is missed",
            Kind::SweepLate => "a sweep is late",
            Kind::SweepDoubled => "a sweep is doubled",
            Kind::Clocks => "clocks up to 5 s apart",
            Kind::IndexLate => "indexes lag up to 2 min",
            Kind::MailerWaits => "the mailer throttles",
            Kind::MailerRefuses => "the mailer refuses",
        }
    }

    /// Whether it can go wrong with a call.
    #[must_use]
    pub fn fits(self, call: Call) -> bool {
        match self {
            Kind::Crash => true,
            Kind::RequestLost | Kind::Throttled | Kind::Slow => call != Call::End,
            Kind::AnswerLost | Kind::EffectLate => call.is_write(),
            Kind::MailerWaits | Kind::MailerRefuses => call == Call::SendMail,
            _ => false,
        }
    }

    /// Draws what goes wrong where one thing does: the more often, the more places there are where it can.
    fn draw(rng: &mut Rng) -> Kind {
        match rng.u32(0..100) {
            0..24 => Kind::Crash,
            24..34 => Kind::RequestLost,
            34..42 => Kind::AnswerLost,
            42..50 => Kind::EffectLate,
            50..56 => Kind::Throttled,
            56..63 => Kind::Slow,
            _ => Kind::ALL[rng.usize(Kind::MessageLost as usize..Kind::ALL.len())],
        }
    }
}

/// How much goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// Nothing.
    Calm,
    /// One thing, once.
    One(Kind),
    /// Everything, again and again.
    Storm,
    /// Everything, again and again, but only where the first brand is concerned.
    Neighbour,
}

impl Trouble {
    /// Returns how much goes wrong, in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Trouble::Calm => "nothing goes wrong".to_owned(),
            Trouble::One(kind) => format!("one thing goes wrong: {}", kind.name()),
            Trouble::Storm => "everything goes wrong, again and again".to_owned(),
            Trouble::Neighbour => "everything goes wrong, but for the first brand only".to_owned(),
        }
    }
}

/// What a call meets. As a number, 0 is that it goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// It goes well.
    Well,
    /// The function dies before it.
    CrashBefore,
    /// The function dies right after it.
    CrashAfter,
    /// It is refused for now.
    Throttled,
    /// It times out; nothing happened.
    RequestLost,
    /// It times out; it happened.
    AnswerLost,
    /// It times out; it happens so many ms later.
    EffectLate(u32),
    /// It takes so many ms longer.
    Slow(u32),
    /// Only the first so many of what it sends are taken, and it fails.
    InPart(u32),
    /// The mailer asks to wait.
    Waits,
    /// The mailer refuses.
    Refused,
}

impl Trip {
    /// Whether what is asked for is done, be the answer lost or not.
    #[must_use]
    pub fn takes_effect(self) -> bool {
        match self {
            Trip::Well
            | Trip::Slow(_)
            | Trip::CrashBefore
            | Trip::CrashAfter
            | Trip::AnswerLost
            | Trip::EffectLate(_) => true,
            Trip::Throttled | Trip::Waits | Trip::Refused | Trip::RequestLost | Trip::InPart(_) => false,
        }
    }

    fn code(self) -> u32 {
        match self {
            Trip::Well => 0,
            Trip::CrashBefore => 1,
            Trip::CrashAfter => 2,
            Trip::Throttled => 3,
            Trip::RequestLost => 4,
            Trip::AnswerLost => 5,
            Trip::EffectLate(ms) => 6 | ms << 4,
            Trip::Slow(ms) => 7 | ms << 4,
            Trip::InPart(sent) => 8 | sent << 4,
            Trip::Waits => 9,
            Trip::Refused => 10,
        }
    }

    /// Reads a choice back.
    #[must_use]
    pub fn of(code: u32) -> Trip {
        let amount = code >> 4;
        match code & 15 {
            1 => Trip::CrashBefore,
            2 => Trip::CrashAfter,
            3 => Trip::Throttled,
            4 => Trip::RequestLost,
            5 => Trip::AnswerLost,
            6 => Trip::EffectLate(amount),
            7 => Trip::Slow(amount),
            8 => Trip::InPart(amount),
            9 => Trip::Waits,
            10 => Trip::Refused,
            _ => Trip::Well,
        }
    }
}

/// The plan of trouble of one history.
#[derive(Clone, Debug)]
pub struct Faults {
    /// How much goes wrong.
    pub trouble: Trouble,
    /// From then on nothing goes wrong any more.
    pub until: Ms,
    /// How often, of ten thousand chances, each kind strikes in a storm.
    rates: [u32; Kind::ALL.len()],
    /// Where it strikes for certain: the one thing at its call, a storm at several.
    targets: [Option<Target>; AIMED_AT],
    /// How many chances the one thing spares, where it does not strike at a call.
    spared: u32,
    /// The one thing is over.
    is_over: bool,
    /// Until when each service throttles.
    throttled: [Ms; 3],
}

/// Whom a chance concerns.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// What is called; the end of a function is a call too.
    pub call: Call,
    /// By whom.
    pub function: Function,
    /// Whether the first brand is concerned.
    pub is_first_brand: bool,
    /// When.
    pub now: Ms,
}

impl Faults {
    /// Draws the plan of a history about `theme` that is left alone from `until` on.
    #[must_use]
    pub fn draw(rng: &mut Rng, theme: Theme, until: Ms) -> Faults {
        let trouble = match rng.u32(0..100) {
            0..8 => Trouble::Calm,
            8..50 => Trouble::One(Kind::draw(rng)),
            50..92 => Trouble::Storm,
            _ => Trouble::Neighbour,
        };
        let (mut rates, mut targets) = ([0; Kind::ALL.len()], [None; AIMED_AT]);
        match trouble {
            Trouble::Calm => {}
            Trouble::One(kind) => {
                let is_of_calls = Call::ALL.iter().any(|call| kind.fits(*call));
                targets[0] = is_of_calls.then(|| Target::once(kind, theme, rng));
            }
            Trouble::Storm | Trouble::Neighbour => {
                for rate in &mut rates {
                    // Some kinds are left out of each storm, others rage.
                    *rate = [0, 0, 30, 100, 300][rng.usize(0..5)];
                }
                for pair in targets.as_chunks_mut().0 {
                    *pair = Target::often(theme, rng);
                }
            }
        }
        // Mostly the first chance, sometimes a later one.
        let spared = rng.u32(..).leading_zeros().min(12) * rng.u32(0..3);
        Faults { trouble, until, rates, targets, spared, is_over: false, throttled: [Ms::MIN; 3] }
    }

    /// Whether `kind` strikes at a chance other than a call.
    pub fn strikes(&mut self, kind: Kind, is_first_brand: bool, now: Ms, rng: &mut Rng) -> bool {
        if now >= self.until {
            return false;
        }
        match self.trouble {
            Trouble::Calm => false,
            Trouble::One(other) => {
                if other != kind || self.is_over {
                    return false;
                }
                if self.spared > 0 {
                    self.spared -= 1;
                    return false;
                }
                self.is_over = true;
                true
            }
            Trouble::Neighbour if !is_first_brand => false,
            // Brands share the shards of the stream.
            Trouble::Neighbour if kind == Kind::StreamLate => false,
            Trouble::Storm | Trouble::Neighbour => {
                // There are few sweeps beside so many calls and messages.
                let often = if matches!(kind, Kind::SweepMissed | Kind::SweepLate | Kind::SweepDoubled) {
                    3
                } else {
                    1
                };
                rng.u32(0..10_000) < often * self.rates[kind as usize]
            }
        }
    }

    /// Whether `kind` is there all the time rather than striking now and then.
    #[must_use]
    pub fn reigns(&self, kind: Kind) -> bool {
        match self.trouble {
            Trouble::Calm | Trouble::Neighbour => false,
            Trouble::One(other) => other == kind,
            Trouble::Storm => self.rates[kind as usize] > 0,
        }
    }

    /// Returns what a call meets, as a number.
    pub fn trip(&mut self, chance: Chance, rng: &mut Rng) -> u32 {
        let Chance { call, is_first_brand, now, .. } = chance;
        if now >= self.until || self.trouble == Trouble::Calm {
            return 0;
        }
        if self.trouble == Trouble::Neighbour && !is_first_brand {
            return 0;
        }
        let service = call.service();
        if let Some(service) = service
            && self.throttled[service as usize] > now
            && rng.u32(0..10) < 8
        {
            return Trip::Throttled.code();
        }
        let Some(kind) = self.strikes_at(chance, rng) else { return 0 };
        let trip = match kind {
            Kind::Crash if call == Call::End || rng.bool() => Trip::CrashBefore,
            Kind::Crash => Trip::CrashAfter,
            Kind::RequestLost if call.sends_several() && rng.bool() => Trip::InPart(rng.u32(1..4)),
            Kind::RequestLost => Trip::RequestLost,
            Kind::AnswerLost => Trip::AnswerLost,
            Kind::EffectLate => Trip::EffectLate(rng.u32(100..20_000)),
            Kind::Slow => Trip::Slow(rng.u32(500..8000)),
            Kind::MailerWaits => Trip::Waits,
            Kind::MailerRefuses => Trip::Refused,
            _ => {
                // Only the first brand's own calls meet it, whatever the service.
                let burst = rng.i64(SECOND..30 * SECOND);
                if let Some(service) = service {
                    self.throttled[service as usize] = now + burst;
                }
                Trip::Throttled
            }
        };
        trip.code()
    }

    /// Returns what goes wrong with a call, if anything does.
    fn strikes_at(&mut self, chance: Chance, rng: &mut Rng) -> Option<Kind> {
        let Chance { function, call, .. } = chance;
        let aimed = self.targets.iter_mut().flatten().find_map(|target| target.strikes(function, call));
        if aimed.is_some() || !matches!(self.trouble, Trouble::Storm | Trouble::Neighbour) {
            return aimed;
        }
        // A sweep reads a shard of a list more often than anybody does anything else.
        if call == Call::Todo && rng.u32(0..4) > 0 {
            return None;
        }
        let mut fitting = Kind::ALL.into_iter().filter(|kind| kind.fits(call));
        fitting.find(|kind| rng.u32(0..10_000) < self.rates[*kind as usize])
    }

    /// Draws by how much the clock of a machine is off: half of what two may be apart.
    #[must_use]
    pub fn skew(&self, rng: &mut Rng) -> u32 {
        if self.reigns(Kind::Clocks) { rng.u32(0..5000) } else { rng.u32(0..50) }
    }

    /// Draws how long an index lags, in ms.
    #[must_use]
    pub fn index_lag(&self, now: Ms, rng: &mut Rng) -> u32 {
        if !self.reigns(Kind::IndexLate) || now >= self.until {
            return rng.u32(0..200);
        }
        match rng.u32(0..4) {
            0 => rng.u32(0..120_000),
            1 => rng.u32(0..20_000),
            _ => rng.u32(0..1000),
        }
    }
}

/// So many places are aimed at, two by two.
const AIMED_AT: usize = 16;
/// How long the world is left alone at the end.
pub const QUIET: Ms = 15 * MINUTE;
