//! A mail of each kind, played from stories as the functions would write it.

use super::unreachable;
use crate::decide::{decide, tellings};
use crate::fact::{Cause, Facts, Purpose, Sent};
use crate::history::History;
use crate::id::{Account, BrandId, Platform};
use crate::mail::*;
use crate::run::run;
use crate::story::{CONFIG, at, configs, facts, folded};
use crate::versions::Configs;

/// A configuration on which stories are played.
pub(super) struct Play {
    pub(super) config: String,
    pub(super) pace: Pace,
}

/// A mail with what it shows.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) language: Language,
    pub(super) mail: Mail,
}

/// A conversation at some moment.
pub(super) struct Played {
    pub(super) conversation: ConversationId,
    pub(super) facts: Facts,
    pub(super) history: History,
    /// What is to be told now.
    pub(super) pending: Vec<Notice>,
}

impl Play {
    /// A brand without hours, whose people read `language`.
    pub(super) fn new(language: Language) -> Play {
        let people = format!("language = \"{language}\"\nemail = ");
        Play { config: CONFIG.replace("email = ", &people), pace: Pace::default() }
    }

    /// A brand in Paris, whose people live by its clocks.
    pub(super) fn in_paris(language: Language) -> Play {
        let mut play = Play::new(language);
        play.config = play
            .config
            .replace("email = ", "zone = \"Europe/Paris\"\nemail = ")
            .replace("policy = \"hour\"", "policy = \"hour\"\ncalendar = \"shop\"")
            + "[calendar.shop]\nzone = \"Europe/Paris\"\nweek = { mon-fri = [\"09:00-18:00\"] }\n";
        play
    }

    /// Returns the last mail of a story that is decided on at these moments, and nothing in between.
    pub(super) fn told(&self, lines: &str, moments: &[&str]) -> Mail {
        self.written(&[facts(lines)], moments, None)
    }

    /// Returns the mail that tells `person` of several conversations at the last of the moments.
    pub(super) fn together(&self, stories: &[&str], moments: &[&str], person: &str) -> Mail {
        let stories: Vec<Facts> = stories.iter().map(|lines| facts(lines)).collect();
        self.written(&stories, moments, Some(person))
    }

    /// Returns the mail about all stories at the last moment, to `person` or to whoever is told last.
    pub(super) fn written(&self, stories: &[Facts], moments: &[&str], person: Option<&str>) -> Mail {
        let configs = configs(&[&self.config]);
        let named = (0_u8..).zip(stories);
        let played: Vec<Played> =
            named.map(|(nth, facts)| played(nth, facts, &configs, moments, person)).collect();
        self.mail(&played, at(moments.last().unwrap()))
    }

    /// Returns the mail at `now` about all that is to be told.
    pub(super) fn mail(&self, played: &[Played], now: Timestamp) -> Mail {
        let configs = configs(&[&self.config]);
        let tellings = played.iter().flat_map(|played| {
            let (tellings, untold) = tellings(&played.history, &played.facts, played.pending.clone());
            assert_eq!(untold, []);
            tellings.into_iter().map(move |telling| (played, telling))
        });
        let tellings: Vec<_> = tellings.collect();
        let runs: Vec<_> = tellings
            .iter()
            .map(|(_, telling)| run(telling.turn, &telling.notices[0].brand, &configs, now).unwrap())
            .collect();
        let letters: Vec<Letter<'_>> = tellings
            .iter()
            .zip(&runs)
            .map(|((played, telling), run)| Letter {
                conversation: &played.conversation,
                turn: telling.turn,
                turns: &played.history.turns,
                run,
                notices: &telling.notices,
                told: &telling.told,
                person: &run.config.people[&telling.notices[0].key.person],
                now,
            })
            .collect();
        Bundle { letters: &letters, pace: self.pace }.write()
    }
}

/// Plays one story: at each moment what is known by then is decided on, and what may leave is sent; at the last moment
/// what is for `person` waits for its mail. Without a person everything leaves at once, but for what was claimed last.
fn played(nth: u8, all: &Facts, configs: &Configs, moments: &[&str], person: Option<&str>) -> Played {
    let conversation = ConversationId(format!("{}BCDEFGHIJKLMNOPQRSTUVWXYZ", char::from(b'A' + nth % 26)));
    let mut notices: Vec<Notice> = Vec::new();
    let mut pending = Vec::new();
    let last = at(moments.last().unwrap());
    for now in moments.iter().map(|moment| at(moment)) {
        let known = known(all, &notices, now);
        let history = folded(&known, now);
        let plan = decide(&conversation, None, &known, &history, configs, now);
        notices.extend(plan.into_iter().flat_map(|plan| plan.claim));
        pending = match person {
            Some(person) => {
                let is_theirs = |notice: &&Notice| notice.key.person.as_str() == person;
                let is_due = |notice: &&Notice| notice.is_pending() && notice.send_after <= now;
                notices.iter().filter(is_theirs).filter(is_due).cloned().collect()
            }
            None => notices.last().filter(|notice| notice.is_pending()).cloned().into_iter().collect(),
        };
        for notice in notices.iter_mut().filter(|notice| notice.is_pending()) {
            let waits = now == last && pending.contains(notice);
            if !waits && (person.is_none() || notice.send_after <= now) {
                notice.sent = Some(Sent { at: now, mail: format!("mail {nth} {now}") });
            }
        }
    }
    let facts = known(all, &notices, last);
    Played { history: folded(&facts, last), conversation, facts, pending }
}

/// What is known at some moment.
fn known(all: &Facts, notices: &[Notice], now: Timestamp) -> Facts {
    let mut known = all.clone();
    known.said.retain(|said| said.received_at <= now);
    known.actions.retain(|action| action.at <= now);
    known.notices = notices.to_vec();
    known
}

const QUESTION: &str = "16:40 maria says c1: Where is my parcel? I have been waiting for a week now.";

/// Returns a mail of each kind in each language, and of what differs within a kind.
pub(super) fn all() -> Vec<Sample> {
    Language::ALL.into_iter().flat_map(of_language).collect()
}

fn of_language(language: Language) -> Vec<Sample> {
    let (always, paris) = (Play::new(language), Play::in_paris(language));
    let question = "09:00 maria says c1: Where is my parcel?";
    let with = |lines: &str| format!("{question}\n{lines}");
    let sample = |name, mail| Sample { name, language, mail };
    vec![
        sample(
            "warning",
            paris.told(&format!("{QUESTION}\n16:50 maria says c2 > c1: Hello?"), &["+1 08:20"]),
        ),
        sample(
            "due",
            paris.told(
                &format!("{QUESTION}\n16:50 paul says c2 > c1: You can track it on their page."),
                &["+1 08:20", "+1 08:40", "+1 09:40"],
            ),
        ),
        sample("batch", batch(language)),
        sample("carry-over", carry_over(language)),
        sample(
            "correction",
            always.told(&with("09:20 brand says c2 > c1 got=10:07: On its way."), &["09:30", "10:07"]),
        ),
        sample("taken", always.told(&with("09:40 lee acks c1"), &["09:30", "09:40"])),
        sample(
            "clear",
            always.told(&with("10:41 brand says c2 > c1: On its way."), &["09:30", "10:00", "10:41"]),
        ),
        sample("deaf", deaf(language, Deafness::Silent { hours: 9 })),
        sample("unreachable", unreachable::report(&paris, Cause::Bounced)),
        sample("reminder", always.told(question, &["09:30", "10:00", "11:00", "+1 11:00"])),
        sample(
            "removed",
            always.told(
                &with("09:10 brand says c2 > c1: On its way.\n09:12 brand removes c2"),
                &["09:10", "09:12", "09:27"],
            ),
        ),
        sample("passed", always.told(&with("09:40 dana passes c1 to=lee"), &["09:30", "09:40"])),
        sample(
            "promise",
            always.told(
                &with("09:20 brand says c2 > c1: Sorry! We are looking into it."),
                &["09:20", "+1 09:20"],
            ),
        ),
        sample("capped", capped(language)),
        sample(
            "settled",
            always.told(
                &with("10:41 dana resolves c1: Called her; the parcel is there."),
                &["09:30", "10:00", "10:41"],
            ),
        ),
        sample(
            "threat",
            paris.told("15:40 maria says c1 class=threat: Answer today, or my lawyer will.", &["16:10"]),
        ),
        sample("private", always.told("09:00 maria says m1 private: My card is 4711", &["09:30"])),
        sample("notes", notes(language)),
        sample(
            "soon",
            always.together(&[question, "09:05 paul says d1: Open on Sunday?"], &["09:35"], "dana"),
        ),
        sample("refused", deaf(language, Deafness::BadSignatures { count: 12 })),
        sample("unwelcome", deaf(language, Deafness::HandshakeFailed)),
        sample("expires", deaf(language, Deafness::TokenExpires { at: at("+3 12:00") })),
    ]
}

/// What a manager of two brands gets: more cases than are shown, of several sorts.
fn batch(language: Language) -> Mail {
    let mut play = Play::in_paris(language);
    play.config += "[brand.bolt]\nname = \"Bolt Bikes\"\naccounts = [\"instagram:1\"]\npolicy = \"hour\"\nowner = \"lee\"
        lead = [\"ash\"]\nmanager = [\"ash\"]\n";
    play.pace.next_at = Some(at("11:30"));
    let stories = [
        ("acme", "08:06 maria says c1: Where is my parcel? I have been waiting for a week now."),
        ("acme", "08:20 paul says c1: Is the blue one back in stock?"),
        ("acme", "08:31 nora says c1 class=upset: This is the third time. Nobody answers, nobody cares!"),
        ("acme", "08:44 igor says m1 private: My order number is 4711"),
        ("acme", "08:52 lena says c1: Do you open on Sundays?"),
        ("bolt", "08:40 omar says c1: My brake squeaks since the service."),
        ("bolt", "09:10 ruth says c1: Can I bring it today?"),
        ("acme", "08:00 tom says c1: Which size?\n10:50 brand says c2 > c1: Medium."),
    ];
    let stories = stories.map(|(brand, lines)| of_brand(brand, lines));
    let moments = ["08:35", "08:50", "09:01", "09:14", "09:20", "09:30", "09:40", "09:50", "10:05", "11:15"];
    play.written(&stories, &moments, Some("ash"))
}

fn of_brand(brand: &str, lines: &str) -> Facts {
    let mut facts = facts(lines);
    for said in &mut facts.said {
        said.brand = BrandId::from(brand);
    }
    for action in &mut facts.actions {
        action.brand = BrandId::from(brand);
    }
    facts
}

/// What a lead gets at nine, when the brand is open day and night.
fn carry_over(language: Language) -> Mail {
    let mut play = Play::in_paris(language);
    play.config = play
        .config
        .replace("calendar = \"shop\"\n", "")
        .replace("[person.kim]", "[person.kim]\nhours = \"shop\"");
    let stories = [
        "18:30 maria says c1: Where is my parcel? I have been waiting for a week now.",
        "21:10 paul says c1: Is the blue one back in stock?",
        "21:40 nora says c1: Call me today, or the press will call you.\n22:50 dana calls c1 class=threat",
    ];
    let moments =
        ["18:30", "19:00", "19:30", "21:40", "22:10", "22:40", "23:10", "23:40", "+1 00:10", "+1 08:00"];
    play.together(&stories, &moments, "kim")
}

/// What asks for nothing, several at once.
fn notes(language: Language) -> Mail {
    let stories = [
        "09:00 maria says c1: Where is my parcel?\n10:41 brand says c2 > c1: On its way.",
        "09:05 paul says c1: Hello?\n09:20 brand says c2 > c1 got=10:41: Yes?",
        "09:10 nora says c1: Open on Sunday?\n10:30 dana acks c1",
    ];
    Play::new(language).together(&stories, &["09:30", "09:40", "10:00", "10:10", "10:41"], "kim")
}

fn capped(language: Language) -> Mail {
    let mut play = Play::new(language);
    let steps: Vec<String> =
        (1..=13).map(|step| format!("{{ at = \"{}m\", to = \"owner\" }}", step * 4)).collect();
    let (before, _) = play.config.split_once("ladder = [").unwrap();
    play.config = format!("{before}ladder = [{}]\n", steps.join(", "));
    let moments: Vec<String> = (1..=13).map(|step| format!("09:{:02}", step * 4)).collect();
    let moments: Vec<&str> = moments.iter().map(String::as_str).collect();
    play.told("09:00 maria says c1: Where is my parcel?", &moments)
}

fn deaf(language: Language, reason: Deafness) -> Mail {
    let configs = configs(&[&Play::in_paris(language).config]);
    let config = configs.current().unwrap();
    let account = Account { platform: Platform::Facebook, id: "page".to_owned() };
    let brand = &config.brands[&BrandId::from("acme")];
    let person = &config.people[&"ash".into()];
    Deaf { account: &account, brand, since: Some(at("07:12")), reason, person, now: at("+1 08:15") }.write()
}

#[test]
fn each_sample_is_of_the_kind_that_it_is_called() {
    let purpose = |mail: &Mail| {
        mail.headers.iter().find(|(name, _)| name == "X-Purpose").map(|(_, value)| value.clone())
    };
    for Sample { name, mail, .. } in all() {
        let expected = match name {
            "warning" | "due" | "carry-over" | "reminder" | "promise" | "capped" | "threat" | "private"
            | "soon" => Some(Purpose::Step.name()),
            "removed" => Some(Purpose::Removed.name()),
            "passed" => Some(Purpose::Passed.name()),
            "taken" => Some(Purpose::Taken.name()),
            "correction" => Some(Purpose::Correction.name()),
            "clear" | "settled" => Some(Purpose::Clear.name()),
            "batch" => Some("step, clear"),
            "unreachable" => Some(Purpose::Unreachable.name()),
            "notes" => Some("clear, correction, taken"),
            _ => None,
        };
        assert_eq!(purpose(&mail).as_deref(), expected, "{name}: {}", mail.text);
    }
}
