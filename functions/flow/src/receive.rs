//! webhook → fact: a platform's request becomes facts in the table.
//!
//! Order: size limit → raw bytes → signature → parse → keep what belongs to a configured account that this
//! secret may speak for → put each fact if absent → 200. Nothing is parsed before it is believed. What may
//! succeed later is answered 500, so that the platform repeats; what never will is kept raw and answered
//! 200, because a platform switches off whoever keeps refusing.

use std::cell::Cell;

use domain::event::Event;
use domain::fact::Said;
use domain::id::{BrandId, HashKey, Platform};
use domain::platform::{AppSecret, Item, Keys, Parsed, Protocol, Rejected, Unreadable};
use domain::policy::Config;
use domain::versions;
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::caught::unless_panicked;
use crate::ports::{About, Fault, Metric, Put, Raw, Settings, Table, Telemetry, Vault, chain};
use crate::secrets::{Secrets, Speaker};

/// Larger bodies are refused; the largest a platform documents is 3 MB.
pub const BODY_LIMIT: usize = 3 * 1024 * 1024;
/// So many facts are put at the same time.
const PUTS_AT_ONCE: usize = 16;

/// A request as the API in front saw it.
#[derive(Debug)]
pub struct Request {
    /// Upper-case method.
    pub method: String,
    /// Path without the query, such as `/hook/facebook`.
    pub path: String,
    /// The query as it came, undecoded.
    pub raw_query: String,
    /// Header names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The exact bytes; `None` if the transport could not represent them, so that no signature can hold.
    pub body: Option<Vec<u8>>,
    /// When the API took the request.
    pub received_at: Timestamp,
}

/// What the platform reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// MIME type of the body.
    pub content_type: &'static str,
    /// Empty except for challenges.
    pub body: String,
}

impl Response {
    fn empty(status: u16) -> Response {
        Response { status, content_type: "text/plain", body: String::new() }
    }
}

/// Answers one request.
///
/// The second delivery of a body puts the same facts under the same keys, finds them known, and is answered
/// 200 like the first.
pub async fn receive<W>(world: &W, request: Request) -> Response
where
    W: Settings + Table + Telemetry + Vault,
{
    let Some(to) = Address::of(&request.path) else {
        return Response::empty(404);
    };
    let outcome = match request.method.as_str() {
        "GET" => handshake(world, to.protocol, &request).await,
        "POST" => deliver(world, to, &request).await,
        _ => return Response::empty(405),
    };
    outcome.unwrap_or_else(|fault| {
        let platform = to.protocol.platform();
        tracing::error!(%platform, error = chain(&fault), "webhook answered 500; the platform repeats");
        Response::empty(500)
    })
}

/// What a path addresses.
#[derive(Clone, Copy)]
struct Address<'a> {
    protocol: Protocol,
    /// The account that a delivery is for, where its body does not say.
    account: Option<&'a str>,
}

impl Address<'_> {
    /// Returns what `path` addresses; a platform whose protocol is not built has no address.
    fn of(path: &str) -> Option<Address<'_>> {
        let path = path.strip_prefix("/hook/")?;
        let (name, account) = match path.split_once('/') {
            Some((name, account)) => (name, Some(account)),
            None => (path, None),
        };
        let protocol = Protocol::of(name.parse().ok()?)?;
        let fits = match account {
            Some(account) => protocol.scheme().in_path && !account.is_empty() && !account.contains('/'),
            None => !protocol.scheme().in_path,
        };
        fits.then_some(Address { protocol, account })
    }
}

async fn handshake<W: Telemetry + Vault>(
    world: &W,
    protocol: Protocol,
    request: &Request,
) -> Result<Response, Fault> {
    let platform = protocol.platform();
    let secrets = world.secrets().await?;
    let tokens: Vec<&str> = secrets.tokens(platform).collect();
    let apps: Vec<AppSecret<'_>> = secrets.apps(platform).collect();
    let keys = Keys { tokens: &tokens, secrets: &apps };
    let answer = protocol.handshake(&keys, &request.raw_query);
    if answer.status != 200 {
        world.count(Metric::WebhookRejected, About::platform(platform));
        tracing::warn!(%platform, status = answer.status, "handshake refused");
    }
    Ok(Response { status: answer.status, content_type: answer.content_type, body: answer.body })
}

async fn deliver<W>(world: &W, to: Address<'_>, request: &Request) -> Result<Response, Fault>
where
    W: Settings + Table + Telemetry + Vault,
{
    let protocol = to.protocol;
    let platform = protocol.platform();
    let about = About::platform(platform);
    let reject = |reason: Rejected| {
        world.count(Metric::WebhookRejected, about);
        tracing::warn!(%platform, %reason, "delivery refused");
        Response::empty(401)
    };
    let Some(body) = request.body.as_deref() else {
        return Ok(reject(Rejected::Mismatch));
    };
    if body.len() > BODY_LIMIT {
        world.count(Metric::WebhookRejected, about);
        tracing::warn!(%platform, size_bytes = body.len(), "delivery is too large");
        return Ok(Response::empty(413));
    }
    let speaker = match speaker(&*world.secrets().await?, protocol, body, request) {
        Ok(speaker) => speaker,
        // A secret that was rotated a moment ago. Anybody can send a wrong signature: if the secrets cannot
        // be read now, it stays wrong.
        Err(Rejected::Mismatch) => match world.secrets_anew().await {
            Ok(Some(secrets)) => match speaker(&secrets, protocol, body, request) {
                Ok(speaker) => speaker,
                Err(reason) => return Ok(reject(reason)),
            },
            Ok(None) | Err(_) => return Ok(reject(Rejected::Mismatch)),
        },
        Err(reason) => return Ok(reject(reason)),
    };
    tracing::debug!(%platform, secret = speaker.secret, "signature holds");
    for secret in &speaker.names {
        // Tells a rotation that is over from one that is not.
        world.count(Metric::SecretMatched, About { secret: Some(secret), ..about });
    }
    let delivery = Delivery { protocol, account: to.account, body, request, speaker };
    delivery.store(world).await?;
    Ok(Response::empty(200))
}

/// Returns whom the body speaks for, or why it is not believed.
fn speaker(
    secrets: &Secrets,
    protocol: Protocol,
    body: &[u8],
    request: &Request,
) -> Result<Speaker, Rejected> {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let reason = Cell::new(Rejected::NoSignature);
    let signed = |secret: &[u8]| match protocol.verify(secret, body, header, request.received_at) {
        Ok(()) => true,
        Err(rejected) => {
            reason.set(rejected);
            false
        }
    };
    secrets.speaker(protocol.platform(), signed).ok_or(reason.get())
}

/// A body that is believed, and whom it speaks for.
struct Delivery<'a> {
    protocol: Protocol,
    /// The account that the address names.
    account: Option<&'a str>,
    body: &'a [u8],
    request: &'a Request,
    speaker: Speaker,
}

impl Delivery<'_> {
    /// Keeps everything in the body that can be kept.
    async fn store<W>(mut self, world: &W) -> Result<(), Fault>
    where
        W: Settings + Table + Telemetry + Vault,
    {
        let (platform, received_at) = (self.protocol.platform(), self.request.received_at);
        let mut config = newest(world).await?;
        let mut parsed = self.parse(&config);
        if parsed
            .as_ref()
            .is_ok_and(|parsed| parsed.events().any(|event| self.brand(event, &config).is_none()))
            && self.refresh(world).await?
        {
            // An account that was configured, or given to this secret, a moment ago.
            config = newest(world).await?;
            parsed = self.parse(&config);
        }
        let secret = self.speaker.secret.clone();
        let raw = Raw { platform, secret: &secret, body: self.body, received_at };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(unreadable) => {
                tracing::warn!(%platform, error = chain(&unreadable), "signed body is not readable");
                return keep_raw(world, &raw).await;
            }
        };
        let secrets = world.secrets().await?;
        let mut said = Vec::new();
        let mut is_raw = false;
        for item in parsed.items {
            match item {
                Item::Event(event) => match self.brand(&event, &config) {
                    Some(brand) => {
                        said.push(Said::heard(brand.clone(), *event, received_at, secrets.key()));
                    }
                    None => foreign(world, platform, &event.account),
                },
                Item::Refused(refused) => {
                    world.count(Metric::ItemRefused, About::platform(platform));
                    let (pointer, reason) = (refused.pointer, refused.reason);
                    tracing::warn!(%platform, pointer, reason, "item refused");
                    is_raw = true;
                }
                Item::Unknown(unknown) => {
                    let (pointer, reason) = (unknown.pointer, unknown.reason);
                    tracing::info!(%platform, pointer, reason, "item unknown");
                    is_raw = true;
                }
            }
        }
        let outcome = put(world, &said, secrets.key()).await?;
        if is_raw || outcome == Stored::Partly {
            keep_raw(world, &raw).await?;
        }
        Ok(())
    }

    fn parse(&self, config: &Config) -> Result<Parsed, Unreadable> {
        let voices = config.voices(self.protocol.platform());
        let parse = || self.protocol.parse(self.body, self.account, self.request.received_at, &voices);
        // A body that breaks the code would break it every time the platform repeats it.
        unless_panicked(parse).unwrap_or_else(|panicked| {
            Err(Unreadable { expected: "a body that this code can read", source: panicked.into() })
        })
    }

    /// Returns the brand an event belongs to; `None` if it is nobody's here, or the signature proves nothing
    /// about its account.
    fn brand<'c>(&self, event: &Event, config: &'c Config) -> Option<&'c BrandId> {
        let account = event.account();
        let brand = config.brand_of(&account)?;
        self.speaker.may_speak_for(&account).then_some(&brand.id)
    }

    /// Reads secrets and configuration again, if that was not done a moment ago; whether either changed.
    async fn refresh<W: Settings + Vault>(&mut self, world: &W) -> Result<bool, Fault> {
        let secrets = world.secrets_anew().await?;
        let speaker =
            secrets.and_then(|secrets| speaker(&secrets, self.protocol, self.body, self.request).ok());
        let changed = world.pushes_anew().await?.is_some() || speaker.is_some();
        if let Some(speaker) = speaker {
            self.speaker = speaker;
        }
        Ok(changed)
    }
}

/// What became of the facts of a body.
#[derive(PartialEq, Eq)]
enum Stored {
    /// Each is in the table.
    All,
    /// The table will never take some of them.
    Partly,
}

/// Puts each fact into every conversation it belongs to, so many facts at a time.
async fn put<W: Table + Telemetry>(world: &W, said: &[Said], key: &HashKey) -> Result<Stored, Fault> {
    let mut puts = stream::iter(said)
        .map(async |said| (said, put_one(world, said, key).await))
        .buffer_unordered(PUTS_AT_ONCE);
    let (mut outcome, mut failed) = (Stored::All, None);
    while let Some((said, put)) = puts.next().await {
        let platform = said.event.platform;
        match put {
            Ok(Put::New) => {
                world.count(
                    Metric::EventStored,
                    About { brand: Some(&said.brand), ..About::platform(platform) },
                );
            }
            Ok(Put::Known) => tracing::debug!(%platform, "event was known"),
            Err(fault) if fault.is_transient => failed = Some(fault),
            Err(fault) => {
                // The rest of the body must not suffer for it.
                tracing::error!(%platform, error = chain(&fault), "event cannot be stored; body kept raw");
                outcome = Stored::Partly;
            }
        }
    }
    failed.map_or(Ok(outcome), Err)
}

/// Puts a fact into every conversation it belongs to; new if it was new to the first.
///
/// Of two deliveries at once each may be the first in some of them; only one is in the first, so it counts once.
async fn put_one<W: Table>(world: &W, said: &Said, key: &HashKey) -> Result<Put, Fault> {
    let conversations = said.event.conversations(&said.brand, key);
    if conversations.is_empty() {
        // It does not say where it belongs; the table's stream sees to that.
        return world.put_removal(said).await;
    }
    let mut first = None;
    for conversation in &conversations {
        let put = world.put_said(conversation, said).await?;
        first = first.or(Some(put));
    }
    if let Some((conversation, told)) = said.bridged(key) {
        world.put_said(&conversation, &told).await?;
    }
    Ok(first.unwrap_or(Put::Known))
}

fn foreign<W: Telemetry>(world: &W, platform: Platform, account: &str) {
    world.count(Metric::ForeignAccount, About::platform(platform));
    tracing::warn!(%platform, account, "account is not configured, or this secret may not speak for it");
}

async fn keep_raw<W: Table + Telemetry>(world: &W, raw: &Raw<'_>) -> Result<(), Fault> {
    world.put_raw(raw).await?;
    world.count(Metric::BodyKeptRaw, About::platform(raw.platform));
    Ok(())
}

/// Returns the newest configuration. Without one nothing can be kept, and nothing may be lost: the platform
/// repeats until there is one.
async fn newest<W: Settings>(world: &W) -> Result<std::sync::Arc<Config>, Fault> {
    let newest = versions::current(&world.pushes().await?).ok_or_else(|| Fault {
        doing: "looking for a configuration".to_owned(),
        is_transient: true,
        source: "none was pushed yet; run `heard config push`".into(),
    })?;
    world.config(newest).await
}
