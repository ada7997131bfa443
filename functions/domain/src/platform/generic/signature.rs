//! Standard Webhooks' signatures: `v1` under a secret that both sides hold, `v1a` under a pair of keys.
//!
//! **Source:** <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::ops::RangeInclusive;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::super::{Rejected, Sending, Unusable};

/// The header that carries the message's id: the same whenever the message is sent again.
pub const ID: &str = "webhook-id";

/// The header that says when this attempt was made, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";

/// The header that carries the signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the time of sending may lie before or after that of receipt, both ends included.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The names of the three headers: those of the standard, and those of the library that it was made from.
const NAMES: [[&str; 3]; 2] = [[ID, TIMESTAMP, SIGNATURE], ["svix-id", "svix-timestamp", "svix-signature"]];

/// Longest message id, in bytes.
const ID_LIMIT: usize = 256;

/// Most signatures that are looked at: one for every key during a rotation is two or three.
const MANY: usize = 16;

/// How long a shared secret is, in bytes.
const SHARED: RangeInclusive<usize> = 24..=64;

/// What a secret is.
enum Key {
    /// Both sides hold it: signatures `v1`.
    Shared(Vec<u8>),
    /// The receiver's half of a pair: signatures `v1a`.
    Public(VerifyingKey),
    /// The sender's half, with which a body can be checked as well.
    Private(SigningKey),
}

/// Checks that the holder of `secret` sent `body`, exactly as it came; `header` finds a header's value.
///
/// `secret` is `whsec_` and base64 (the prefix may be missing), `whpk_` or `whsk_`; the public half is all that is
/// needed here. Any one of the signatures suffices, so that a sender can change its key. A kind of signature is only
/// ever held against a key of its own kind: nobody can sign `v1` with a public key.
///
/// # Errors
///
/// [`Rejected::NoSignature`] unless id, time and a signature came in the standard's form, [`Rejected::Untimely`] if the
/// time is more than [`TOLERANCE`] away from `received_at`, and [`Rejected::Mismatch`] if no signature is that of the
/// three.
pub fn verify<'h>(
    secret: &[u8],
    body: &[u8],
    header: impl Fn(&str) -> Option<&'h str>,
    received_at: Timestamp,
) -> Result<(), Rejected> {
    let named = NAMES.iter().find(|[.., signature]| header(signature).is_some());
    let [id, time, signatures] = named.ok_or(Rejected::NoSignature)?.map(&header);
    let id = id.filter(|id| is_id(id)).ok_or(Rejected::NoSignature)?;
    let time = time.ok_or(Rejected::NoSignature)?;
    let signatures: Vec<_> = signatures.unwrap_or_default().split(' ').filter_map(read).take(MANY).collect();
    let sent_at = seconds(time).ok_or(Rejected::NoSignature)?;
    if signatures.is_empty() {
        return Err(Rejected::NoSignature);
    }
    if sent_at.duration_since(received_at).abs() > TOLERANCE {
        return Err(Rejected::Untimely);
    }
    let key = key(secret).map_err(|_| Rejected::Mismatch)?;
    let message = message(id, time, body);
    let holds = |signature: &Signed| match (&key, signature) {
        (Key::Shared(secret), Signed::V1(claimed)) => mac(secret, &message).verify_slice(claimed).is_ok(),
        (Key::Public(key), Signed::V1a(claimed)) => key.verify_strict(&message, claimed).is_ok(),
        (Key::Private(key), Signed::V1a(claimed)) => {
            key.verifying_key().verify_strict(&message, claimed).is_ok()
        }
        (Key::Shared(_), Signed::V1a(_)) | (Key::Public(_) | Key::Private(_), Signed::V1(_)) => false,
    };
    if signatures.iter().any(holds) { Ok(()) } else { Err(Rejected::Mismatch) }
}

/// Returns the three headers with which the holder of `secret` sends `body`, under the standard's names.
///
/// # Errors
///
/// [`Unusable`] if `secret` is none, or the public half of a pair, which signs nothing; or if the message's id is none.
pub fn sign(
    secret: &[u8],
    body: &[u8],
    sending: &Sending<'_>,
) -> Result<Vec<(&'static str, String)>, Unusable> {
    if !is_id(sending.id) {
        return Err(Unusable(
            "a message's id has 1 to 256 visible ASCII characters, none of them a full stop",
        ));
    }
    let time = sending.at.as_second().to_string();
    let message = message(sending.id, &time, body);
    let signature = match key(secret)? {
        Key::Shared(secret) => {
            format!("v1,{}", BASE64.encode(&mac(&secret, &message).finalize().into_bytes()))
        }
        Key::Private(key) => format!("v1a,{}", BASE64.encode(&key.sign(&message).to_bytes())),
        Key::Public(_) => return Err(Unusable("a public key verifies and cannot sign")),
    };
    Ok(vec![(ID, sending.id.to_owned()), (TIMESTAMP, time), (SIGNATURE, signature)])
}

/// Checks that `secret` is one that [`verify`] can use.
///
/// # Errors
///
/// [`Unusable`] says what it should be.
pub fn usable(secret: &[u8]) -> Result<(), Unusable> {
    key(secret).map(|_| ())
}

/// One signature of the list.
enum Signed {
    V1([u8; 32]),
    V1a(Signature),
}

/// Reads one signature; absent if it is of no known kind. It has one spelling, so that no changed byte passes.
fn read(signature: &str) -> Option<Signed> {
    let (kind, digits) = signature.split_once(',')?;
    let bytes = BASE64.decode(digits.as_bytes()).ok()?;
    match kind {
        "v1" => bytes.try_into().ok().map(Signed::V1),
        "v1a" => Signature::from_slice(&bytes).ok().map(Signed::V1a),
        _ => None,
    }
}

fn key(secret: &[u8]) -> Result<Key, Unusable> {
    const PAIR: &str =
        "whpk_ and whsk_ stand before the base64 of a key of 32 bytes; whsk_ may hold both halves";
    if let Some(key) = secret.strip_prefix(b"whpk_") {
        let key = BASE64.decode(key).ok().and_then(|key| key.try_into().ok());
        let key = key.and_then(|key| VerifyingKey::from_bytes(&key).ok()).filter(|key| !key.is_weak());
        return key.map(Key::Public).ok_or(Unusable(PAIR));
    }
    if let Some(key) = secret.strip_prefix(b"whsk_") {
        let key = BASE64.decode(key).unwrap_or_default();
        let pair = match key.len() {
            32 => <[u8; 32]>::try_from(key).ok().map(|key| SigningKey::from_bytes(&key)),
            64 => <[u8; 64]>::try_from(key).ok().and_then(|pair| SigningKey::from_keypair_bytes(&pair).ok()),
            _ => None,
        };
        return pair.map(Key::Private).ok_or(Unusable(PAIR));
    }
    let shared = BASE64.decode(secret.strip_prefix(b"whsec_").unwrap_or(secret)).unwrap_or_default();
    if SHARED.contains(&shared.len()) {
        Ok(Key::Shared(shared))
    } else {
        Err(Unusable("whsec_ stands before the base64 of 24 to 64 bytes"))
    }
}

/// Whether the id says where it ends: a full stop stands behind it in what is signed.
fn is_id(id: &str) -> bool {
    (1..=ID_LIMIT).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

/// Reads a time as it is signed: digits alone, so that it has one spelling.
fn seconds(time: &str) -> Option<Timestamp> {
    let is_plain = (1..=12).contains(&time.len()) && time.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(time.parse().ok().filter(|_| is_plain)?).ok()
}

fn message(id: &str, time: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), time.as_bytes(), body].join(&b'.')
}

fn mac(secret: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests;
