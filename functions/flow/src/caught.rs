//! Panics: a bug met in one conversation or body must not cost the others of its batch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;

use crate::ports::Fault;

/// The code panicked: a bug of ours. What it said is left out, since it may quote what a person wrote.
#[derive(Debug, thiserror::Error)]
#[error("the code panicked; the log names the line")]
pub(crate) struct Panicked;

impl From<Box<dyn Any + Send>> for Panicked {
    fn from(_: Box<dyn Any + Send>) -> Panicked {
        Panicked
    }
}

/// Does `work`; a panic in it becomes a failure that no repetition mends, and so ends as a dead letter.
///
/// Nothing of `work` is looked at after a panic: what it wrote before may be repeated like after a crash.
pub(crate) async fn caught<T>(
    doing: String,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    outcome.unwrap_or_else(|panic| {
        Err(Fault { doing, is_transient: false, source: Box::new(Panicked::from(panic)) })
    })
}

/// Returns what `work` came to, unless it panicked.
pub(crate) fn unless_panicked<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    Ok(catch_unwind(AssertUnwindSafe(work))?)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::ports::chain;

    #[test]
    fn a_panic_is_a_failure_that_quotes_nobody() {
        let text = "my number is 12345, ä";
        let cut = async { Ok::<_, Fault>(text[..text.len() - 1].len()) };
        let fault = caught("checking ABC".to_owned(), cut).now_or_never().unwrap().unwrap_err();
        assert_eq!(chain(&fault), "checking ABC: the code panicked; the log names the line");
        assert!(!fault.is_transient);
        assert!(unless_panicked(|| text[..text.len() - 1].len()).is_err());
    }

    #[test]
    fn what_does_not_panic_passes() {
        assert_eq!(caught(String::new(), async { Ok(7) }).now_or_never().unwrap().unwrap(), 7);
        assert_eq!(unless_panicked(|| 7).unwrap(), 7);
    }
}
