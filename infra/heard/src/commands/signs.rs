//! What platforms sign beside the body: which flags of `sign` and `verify` mean something.

use domain::id::Platform;

use super::input;

/// Whether the signature covers a time, which is held against the clock.
pub(super) fn the_time(platform: Platform) -> bool {
    match platform {
        Platform::Tiktok | Platform::Google | Platform::Generic => true,
        Platform::Facebook
        | Platform::Instagram
        | Platform::X
        | Platform::Linkedin
        | Platform::Whatsapp
        | Platform::Threads
        | Platform::Telegram
        | Platform::Youtube => false,
    }
}

/// Whether the signature covers the message's id.
pub(super) fn an_id(platform: Platform) -> bool {
    platform == Platform::Generic
}

/// Whether a private key signs, so that public ones are needed to check it.
pub(super) fn with_a_private_key(platform: Platform) -> bool {
    platform == Platform::Google
}

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
