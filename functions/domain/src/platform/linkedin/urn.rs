//! LinkedIn's names of things, of which a comment has two spellings.

use super::super::json::{Flaw, ID_LIMIT};

/// Returns the one spelling in which a name is kept: a comment's with the whole name of what it stands under.
///
/// `urn:li:comment:(activity:1,2)` and `urn:li:comment:(urn:li:activity:1,2)` are one comment. What is no such name
/// stays as it is.
///
/// # Errors
///
/// [`Flaw`] if the whole name is longer than an id may be.
pub(super) fn canonical(urn: &str) -> Result<String, Flaw> {
    let urn = match urn.strip_prefix("urn:li:comment:(") {
        Some(rest) if !rest.starts_with("urn:") => format!("urn:li:comment:(urn:li:{rest}"),
        _ => urn.to_owned(),
    };
    if urn.len() > ID_LIMIT { Err(Flaw::broken("", "id is too long")) } else { Ok(urn) }
}

/// Whether it names a comment.
pub(super) fn is_comment(urn: &str) -> bool {
    urn.starts_with("urn:li:comment:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_has_one_name() {
        let whole = "urn:li:comment:(urn:li:activity:7380,777)";
        // as it came, as it is kept
        let table = [
            (whole, whole),
            ("urn:li:comment:(activity:7380,777)", whole),
            ("urn:li:comment:(ugcPost:7380,777)", "urn:li:comment:(urn:li:ugcPost:7380,777)"),
            ("urn:li:share:7380", "urn:li:share:7380"),
            ("urn:li:comment:", "urn:li:comment:"),
            ("", ""),
        ];
        for (came, kept) in table {
            assert_eq!(canonical(came).as_deref(), Ok(kept));
            assert_eq!(canonical(kept).as_deref(), Ok(kept), "a second time");
        }
        // Whole it is seven bytes longer.
        let of = |length: usize| format!("urn:li:comment:({}", "a".repeat(length - 16));
        assert!(canonical(&of(ID_LIMIT - 7)).is_ok());
        assert_eq!(canonical(&of(ID_LIMIT)), Err(Flaw::broken("", "id is too long")));
        assert!(is_comment(whole) && !is_comment("urn:li:activity:7380"));
    }
}
