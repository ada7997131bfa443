//! Ids that nobody has to guess and nothing else has.

use std::hash::{BuildHasher, RandomState};

/// A fresh UUID (version 4 by its looks), as SQS, SES and Lambda name things.
///
/// The randomness is that of the standard library's hash maps: enough for names, never for secrets.
pub(crate) fn uuid() -> String {
    let (high, low) = (RandomState::new().hash_one(1), RandomState::new().hash_one(2));
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_looks_like_one_and_is_new() {
        let (one, other) = (super::uuid(), super::uuid());
        assert_ne!(one, other);
        assert_eq!(one.len(), 36);
        assert_eq!((&one[14..15], one.matches('-').count()), ("4", 4), "{one}");
    }
}
