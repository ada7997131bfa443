//! What Lambda and the template hand a function, read once at start-up.

/// A variable that should be set and is not; seen at start-up only, never at the first customer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {name} is not set; Lambda or the template sets it for every function")]
pub struct Unset {
    /// Its name.
    pub name: &'static str,
}

/// Reads a variable that Lambda or the template sets.
///
/// # Errors
///
/// [`Unset`] if it is missing, empty or not UTF-8.
pub fn variable(name: &'static str) -> Result<String, Unset> {
    optional(name).ok_or(Unset { name })
}

/// Reads a variable that may be missing; an empty one is.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
