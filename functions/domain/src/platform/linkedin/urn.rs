//! LinkedIn's names of things, of which a comment has two spellings.

/// Returns the one spelling in which a name is kept: a comment's with the whole name of what it stands under.
///
/// `urn:li:comment:(activity:1,2)` and `urn:li:comment:(urn:li:activity:1,2)` are one comment. What is no such name
/// stays as it is.
pub(super) fn canonical(urn: &str) -> String {
    match urn.strip_prefix("urn:li:comment:(") {
        Some(rest) if !rest.starts_with("urn:") => format!("urn:li:comment:(urn:li:{rest}"),
        _ => urn.to_owned(),
    }
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
            assert_eq!(canonical(came), kept);
            assert_eq!(canonical(kept), kept, "a second time");
        }
        assert!(is_comment(whole) && !is_comment("urn:li:activity:7380"));
    }
}
