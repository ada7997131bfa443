//! Tokens that both sides know: compared, never signed with.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Compares in a time that depends on neither content, and on the length of `theirs` only. An empty token of ours is
/// nobody's: it would match an empty header or parameter.
pub(super) fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let theirs = mac(ours, theirs).finalize().into_bytes();
    !ours.is_empty() && mac(ours, ours).verify_slice(&theirs).is_ok()
}

fn mac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_to_its_last_byte() {
        // ours, theirs, whether they are the same
        let table = [
            ("token", "token", true),
            ("token", "tokem", false),
            ("token", "Token", false),
            ("token", "token ", false),
            ("token", "toke", false),
            ("token", "", false),
            ("", "token", false),
            ("", "", false),
        ];
        for (ours, theirs, is_same) in table {
            assert_eq!(same(ours.as_bytes(), theirs.as_bytes()), is_same, "{ours:?} {theirs:?}");
        }
    }
}
