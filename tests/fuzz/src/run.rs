//! The loop: take an input, change it, try it, keep it if it came to something new.

use std::cell::RefCell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::change::change;
use crate::corpus::Corpus;
use crate::input::Input;
use crate::target::Outcome;

/// Most inputs that are kept to be changed further.
const MANY: usize = 4096;

/// Longest that one input may take: a hundred times what the longest bodies need.
const SLOW: Duration = Duration::from_secs(2);

/// What became of one target.
pub(crate) struct Tried {
    pub(crate) inputs: u64,
    /// How many different outcomes there were.
    pub(crate) outcomes: usize,
    pub(crate) broken: Option<Broken>,
}

/// An input that broke something, and what.
pub(crate) struct Broken {
    pub(crate) input: Input,
    pub(crate) why: String,
}

/// Gives a target an input; what that came to, or what does not hold.
pub(crate) type Check<'a> = &'a dyn Fn(&Input) -> Result<Outcome, String>;

thread_local! {
    /// What the last panic of this thread said.
    static PANICKED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Has panics remembered and not printed: they are reported with the input that caused them.
pub(crate) fn be_quiet() {
    set_hook(Box::new(|panic| PANICKED.with_borrow_mut(|last| *last = panic.to_string())));
}

/// Tries inputs until `time` is over or one breaks something; first those of the corpus as they are.
pub(crate) fn run(corpus: &Corpus, seed: u64, time: Duration, check: Check<'_>) -> Tried {
    let mut rng = Rng::with_seed(seed);
    let mut pool = corpus.inputs.clone();
    let mut known = HashSet::new();
    let mut tried = Tried { inputs: 0, outcomes: 0, broken: None };
    let began = Instant::now();
    loop {
        let first = usize::try_from(tried.inputs).ok().and_then(|number| corpus.inputs.get(number));
        if first.is_none() && began.elapsed() >= time {
            return tried;
        }
        let mut input = first.cloned().unwrap_or_else(|| pool[rng.usize(..pool.len())].clone());
        if first.is_none() {
            change(&mut input, corpus, &mut rng);
        }
        tried.inputs += 1;
        match try_one(&input, check) {
            Ok(outcome) if known.insert(outcome) => {
                tried.outcomes += 1;
                if pool.len() < MANY {
                    pool.push(input);
                }
            }
            Ok(_) => {}
            Err(why) => {
                tried.broken = Some(Broken { input, why });
                return tried;
            }
        }
    }
}

/// Tries one input.
pub(crate) fn try_one(input: &Input, check: Check<'_>) -> Result<Outcome, String> {
    let began = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| check(input)))
        .unwrap_or_else(|_| Err(PANICKED.with_borrow(|last| format!("it panicked: {last}"))))?;
    let took = began.elapsed();
    if took > SLOW { Err(format!("it took {took:?}")) } else { Ok(outcome) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    /// How long a test looks; the program is for looking longer.
    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn nothing_breaks_within_the_first_inputs() {
        for target in Target::all() {
            let corpus = Corpus::read(target).unwrap();
            let tried = run(&corpus, 1, SHORT, &|input| target.check(&corpus, input));
            let broken = tried.broken.map(|broken| broken.why);
            assert_eq!(broken, None, "{target}");
            assert!(tried.inputs >= corpus.inputs.len() as u64, "{target}");
        }
    }

    #[test]
    fn what_breaks_is_found_kept_and_broken_again() {
        be_quiet();
        let target = Target::parse("parse-facebook").unwrap();
        let corpus = Corpus::read(target).unwrap();
        // A parser that cannot read what no kept body has.
        let check = |input: &Input| -> Result<Outcome, String> {
            assert!(!input.body.windows(3).any(|bytes| bytes == b"[[{"), "nested");
            target.check(&corpus, input)
        };
        let broken = run(&corpus, 1, Duration::from_mins(1), &check).broken.unwrap();
        assert!(broken.why.contains("nested"), "{}", broken.why);
        let file = std::env::temp_dir().join(format!("heard-fuzz-{}.json", std::process::id()));
        broken.input.write(target, &file).unwrap();
        let kept = Input::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(kept, (target, broken.input));
        assert!(try_one(&kept.1, &check).is_err());
    }

    #[test]
    fn a_seed_tries_the_same_inputs() {
        let corpus = Corpus::read(Target::parse("parse-x").unwrap()).unwrap();
        let changed = |seed| {
            let mut rng = Rng::with_seed(seed);
            let mut input = corpus.inputs[0].clone();
            (0..50).for_each(|_| change(&mut input, &corpus, &mut rng));
            input
        };
        assert_eq!(changed(1), changed(1));
        assert_ne!(changed(1), changed(2));
    }
}
