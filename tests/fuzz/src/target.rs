//! The targets: which function is given an input, and what must hold of what it answers.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::event::{Event, TEXT_LIMIT};
use domain::platform::json::ID_LIMIT;
use domain::platform::{Item, Keys, Parsed, Proof, Protocol};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::corpus::{Corpus, RECEIVED, SECRET, SENDING};
use crate::input::Input;

/// One function of one platform, such as `parse-facebook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) what: What,
    pub(crate) protocol: Protocol,
}

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Parse,
    Verify,
    Handshake,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            What::Parse => "parse",
            What::Verify => "verify",
            What::Handshake => "handshake",
        };
        f.pad(&format!("{what}-{}", self.protocol.platform()))
    }
}

/// What an input came to, as a number: equal for inputs that came to the same.
pub(crate) type Outcome = u64;

impl Target {
    /// Returns every target: handshakes only where the platform asks something.
    pub(crate) fn all() -> Vec<Target> {
        let of = |what| Protocol::ALL.map(|protocol| Target { what, protocol });
        let mut all = [of(What::Parse), of(What::Verify), of(What::Handshake)].concat();
        let asks = |protocol: Protocol| protocol.scheme().handshake != Proof::Nothing;
        all.retain(|target| target.what != What::Handshake || asks(target.protocol));
        all
    }

    /// Returns the target of that name.
    pub(crate) fn parse(name: &str) -> Result<Target, String> {
        let all = Target::all();
        let found = all.iter().find(|target| target.to_string() == name).copied();
        let names = || all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| format!("no such target; write one of {}", names()))
    }

    /// Gives the target an input; what that came to, or what does not hold.
    pub(crate) fn check(self, corpus: &Corpus, input: &Input) -> Result<Outcome, String> {
        match self.what {
            What::Parse => parse(self.protocol, corpus, &input.body),
            What::Verify => verify(self.protocol, input),
            What::Handshake => handshake(self.protocol, &input.query),
        }
    }
}

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

fn parse(protocol: Protocol, corpus: &Corpus, body: &[u8]) -> Result<Outcome, String> {
    let read = |body: &[u8]| protocol.parse(body, corpus.account, RECEIVED, &corpus.voices).ok();
    let (parsed, again) = (read(body), read(body));
    ensure(parsed == again, || "read twice, it says different things".to_owned())?;
    let Some(parsed) = parsed else { return Ok(0) };
    parsed.events().try_for_each(sound)?;
    if let Ok(document) = serde_json::from_slice::<Value>(body) {
        parsed.items.iter().try_for_each(|item| has_a_place(item, &document))?;
        stand_alone(protocol, &document, &parsed, &read)?;
    }
    Ok(shape(&parsed))
}

/// What no event may be.
fn sound(event: &Event) -> Result<(), String> {
    let line = serde_json::to_string(event).map_err(|error| error.to_string())?;
    let back: Event = serde_json::from_str(&line).map_err(|error| format!("{error}: {line}"))?;
    ensure(back == *event, || format!("written and read again, it is another: {line}"))?;
    let earliest = Timestamp::constant(1_262_304_000, 0); // 2010
    let latest = RECEIVED + SignedDuration::from_mins(2);
    ensure((earliest..=latest).contains(&event.occurred_at), || format!("a time out of the world: {line}"))?;
    let author = event.author.as_ref().and_then(|author| author.id.as_ref());
    let ids = [Some(&event.account), Some(&event.object), event.thread.as_ref(), event.parent.as_ref()];
    let ids = ids.into_iter().chain([event.counterpart.as_ref(), author]).flatten().chain(&event.mentions);
    for id in ids {
        ensure((1..=ID_LIMIT).contains(&id.len()), || format!("an id without end or beginning: {line}"))?;
    }
    let text = event.text.as_ref().map_or(1, String::len);
    ensure((1..=TEXT_LIMIT).contains(&text), || format!("a text without end or beginning: {line}"))?;
    ensure(event.mentions.len() <= 64 && event.attachments.len() <= 64, || {
        format!("a list without end: {line}")
    })
}

/// What is refused stands somewhere in the body, or is said to be missing there.
fn has_a_place(item: &Item, body: &Value) -> Result<(), String> {
    let (Item::Refused(flaw) | Item::Unknown(flaw)) = item else { return Ok(()) };
    let around = flaw.pointer.rsplit_once('/').map_or("", |(around, _)| around);
    let is_there = match flaw.reason {
        "missing" => body.pointer(around).is_some(),
        _ => body.pointer(&flaw.pointer).is_some(),
    };
    ensure(is_there, || format!("refused where nothing is: {flaw}"))
}

/// The lists of the platforms' bodies whose elements say each for itself what they say.
fn lists(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Facebook | Protocol::Instagram | Protocol::Whatsapp => &["entry"],
        Protocol::Generic => &["data"],
        Protocol::Linkedin => &["notifications"],
        Protocol::Threads => &["values"],
        Protocol::X => &["tweet_create_events", "tweet_delete_events", "direct_message_events"],
        Protocol::Telegram => &[],
    }
}

/// Every element of the body's list says the same without its neighbours, be they broken or not.
fn stand_alone(
    protocol: Protocol,
    body: &Value,
    parsed: &Parsed,
    read: &impl Fn(&[u8]) -> Option<Parsed>,
) -> Result<(), String> {
    /// More elements would take longer than they tell.
    const MANY: usize = 12;
    let Some(fields) = body.as_object() else { return Ok(()) };
    let arrays = fields.iter().filter_map(|(name, value)| Some((name, value.as_array()?)));
    // Beside another list it would not be told whose events are whose.
    let [(name, list)] = arrays.collect::<Vec<_>>()[..] else { return Ok(()) };
    if !lists(protocol).contains(&name.as_str()) || !(2..=MANY).contains(&list.len()) {
        return Ok(());
    }
    let mut alone = Vec::new();
    for element in list {
        let mut fields = fields.clone();
        fields.insert(name.clone(), Value::Array(vec![element.clone()]));
        let parsed = read(Value::Object(fields).to_string().as_bytes());
        alone.extend(parsed.iter().flat_map(Parsed::events).cloned());
    }
    ensure(parsed.events().eq(&alone), || format!("the elements of {name} take from each other"))
}

/// Returns what was read, without the words.
fn shape(parsed: &Parsed) -> Outcome {
    let mut hasher = DefaultHasher::new();
    for item in &parsed.items {
        match item {
            Item::Event(event) => {
                (event.verb, event.kind as u8, event.side as u8, event.visibility as u8).hash(&mut hasher);
                let author = event.author.as_ref();
                [
                    author.is_some_and(|author| author.id.is_some()),
                    author.is_some_and(|author| author.name.is_some()),
                    event.counterpart.is_some(),
                    event.thread.as_ref() == Some(&event.object),
                    event.parent.is_some(),
                    event.mentions.is_empty(),
                    event.text.is_some(),
                    event.attachments.is_empty(),
                    event.permalink.is_some(),
                ]
                .hash(&mut hasher);
            }
            Item::Refused(flaw) | Item::Unknown(flaw) => {
                let place = flaw.pointer.chars().filter(|character| !character.is_ascii_digit());
                place.for_each(|character| character.hash(&mut hasher));
                flaw.reason.hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

/// Only what was signed is believed, under the signature that it was given.
fn verify(protocol: Protocol, input: &Input) -> Result<Outcome, String> {
    let header = |asked: &str| {
        let found = input.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
        found.map(|(_, value)| value.as_str())
    };
    let outcome = protocol.verify(SECRET, &input.body, header, RECEIVED);
    let signed = protocol.sign(SECRET, &input.signed, &SENDING).map_err(|error| error.to_string())?;
    let oauth2 = protocol.scheme().oauth2.map(|sign| sign(SECRET, &input.signed));
    let is_untouched = |(name, value): &(&str, String)| header(name) == Some(value.as_str());
    let is_right = input.body == input.signed
        && (signed.iter().all(is_untouched) || oauth2.as_ref().is_some_and(is_untouched));
    if is_right {
        // A newer header may stand beside it that is wrong, and decides.
        let is_alone = input.headers.len() == signed.len();
        ensure(outcome.is_ok() || !is_alone, || format!("what was signed is refused: {outcome:?}"))?;
    }
    if outcome.is_ok() {
        let is_the_body = input.body == input.signed || !signs_bodies(protocol);
        ensure(is_the_body, || "another body is believed".to_owned())?;
        let own =
            |value: &str| value.rsplit(['=', ',']).find(|part| part.len() > 20).unwrap_or(value).to_owned();
        let proofs = signed.iter().chain(&oauth2).map(|(_, value)| own(value));
        let is_there = |proof: String| input.headers.iter().any(|(_, value)| value.contains(&proof));
        ensure(proofs.into_iter().any(is_there), || "another signature is believed".to_owned())?;
    }
    Ok(outcome.map_or_else(|rejected| 1 + rejected as u64, |()| 0))
}

/// Whether the body is part of what is signed: Telegram's token is the same for all.
fn signs_bodies(protocol: Protocol) -> bool {
    let signature = |body: &[u8]| protocol.sign(SECRET, body, &SENDING).ok();
    signature(b"{}") != signature(b"[]")
}

/// Whatever is asked, nothing comes back that could be a page, or the signature of a body.
fn handshake(protocol: Protocol, query: &str) -> Result<Outcome, String> {
    let answer = protocol.handshake(&Keys { tokens: &["token"], secrets: &[SECRET.into()] }, query);
    ensure([200, 400, 403].contains(&answer.status), || format!("answered {}", answer.status))?;
    let is_page = answer.body.contains(['<', '>', '&', '\'']);
    ensure(!is_page, || format!("answered with a page: {}", answer.body))?;
    ensure(answer.status == 200 || answer.body.is_empty(), || "refused with words".to_owned())?;
    for body in ["{}", "[]", r#"{"object":"page"}"#] {
        for sender in Protocol::ALL {
            for (_, value) in sender.sign(SECRET, body.as_bytes(), &SENDING).into_iter().flatten() {
                let proof = value.rsplit(['=', ',']).next().unwrap_or_default();
                let is_told = proof.len() > 20 && answer.body.contains(proof);
                ensure(!is_told, || format!("signed {body} for {sender:?}"))?;
            }
        }
    }
    Ok(u64::from(answer.status))
}
