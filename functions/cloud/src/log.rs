//! What functions print about themselves: at which level, whose records, and what is said of a panic.
//!
//! No level shows what somebody wrote. Our own crates keep to that by what they hand over; the SDK and the
//! Lambda runtime do not: below `INFO` they print requests, answers and events whole. So the level that is
//! set holds for our crates, and everybody else stays at `INFO` at most.

use std::any::Any;
use std::panic::PanicHookInfo;

use lambda_runtime::tracing::subscriber::filter::{LevelFilter, Targets};
use lambda_runtime::tracing::subscriber::{fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};

use crate::config;

/// The crates whose records hold ids, numbers and reasons only.
const OURS: [&str; 3] = ["cloud", "domain", "flow"];

/// Starts the log, in the form and at the level that Lambda's logging configuration sets.
///
/// Once, before anything can fail. Panics are logged from here on, without what was formatted into them.
pub fn start() {
    let records = fmt::layer().with_target(false).without_time();
    let targets = targets(level(config::optional("AWS_LAMBDA_LOG_LEVEL").as_deref()));
    let form = config::optional("AWS_LAMBDA_LOG_FORMAT").unwrap_or_default();
    if form.eq_ignore_ascii_case("json") {
        registry().with(records.json()).with(targets).init();
    } else {
        registry().with(records).with(targets).init();
    }
    std::panic::set_hook(Box::new(panicked));
}

/// Reads a level of Lambda's; `INFO` if it is none.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn level(name: Option<&str>) -> LevelFilter {
    match name.map(str::to_ascii_uppercase).as_deref() {
        Some("TRACE") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR" | "FATAL") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}

fn targets(level: LevelFilter) -> Targets {
    let others = level.min(LevelFilter::INFO);
    Targets::new().with_default(others).with_targets(OURS.map(|name| (name, level)))
}

/// Logs where the code gave up.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, said = said(panic.payload()), "panicked");
}

/// Returns what a panic said if that stands in the source as it is: with something formatted into it, it may
/// quote what somebody wrote.
fn said(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("not shown: something was formatted into it")
}

#[cfg(test)]
mod tests {
    use lambda_runtime::tracing::Level;

    use super::*;

    #[test]
    fn a_panic_never_quotes_what_was_formatted_into_it() {
        let text = "Where is my parcel?";
        let panicked = |code: fn(&str)| std::panic::catch_unwind(|| code(text)).unwrap_err();
        assert_eq!(said(&*panicked(|_| panic!("the ladder is empty"))), "the ladder is empty");
        for code in [|text: &str| panic!("{text}"), |text: &str| drop(text[99..].to_owned())] {
            assert!(said(&*panicked(code)).starts_with("not shown"));
        }
    }

    #[test]
    fn the_level_is_for_our_crates_and_others_never_say_more_than_info() {
        // level set, ours at it, others at DEBUG, others at INFO
        let table = [
            (Some("TRACE"), Level::TRACE, false, true),
            (Some("debug"), Level::DEBUG, false, true),
            (Some("INFO"), Level::INFO, false, true),
            (Some("WARN"), Level::WARN, false, false),
            (Some("FATAL"), Level::ERROR, false, false),
            (Some("LOUD"), Level::INFO, false, true),
            (None, Level::INFO, false, true),
        ];
        for (set, ours, debug, info) in table {
            let targets = targets(level(set));
            assert!(targets.would_enable("flow::receive", &ours), "{set:?}");
            for other in ["aws_smithy_runtime::client", "lambda_runtime::layers", "hyper_util"] {
                assert_eq!(targets.would_enable(other, &Level::DEBUG), debug, "{set:?} {other}");
                assert_eq!(targets.would_enable(other, &Level::INFO), info, "{set:?} {other}");
            }
        }
    }
}
