//! Flags of `sign` and `verify` that change nothing, because the platform proves itself without them.

use domain::id::Platform;

use super::input;

/// Says on stderr that a flag changes nothing. One script may serve all platforms, with the same flags.
pub(super) fn note(flag: &str, is_idle: bool, platform: Platform, why: &str) {
    if is_idle {
        eprintln!("note: {platform} {why}: {flag} changes nothing");
    }
}

/// Refuses a flag that would change nothing: whoever gave it believes something that is not so.
///
/// # Errors
///
/// The flag `is_idle`; that is wrong use of the command line.
pub(super) fn refuse(flag: &str, is_idle: bool, platform: Platform, why: &str) -> anyhow::Result<()> {
    if is_idle {
        return Err(input::wrong_use(format!("{platform} {why}: {flag} means nothing for it")));
    }
    Ok(())
}
