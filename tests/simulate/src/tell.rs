//! Tells a history line by line, so that a person can see what went wrong in it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use domain::fact::NoticeKey;

use crate::history::Script;
use crate::letters::Letters;
use crate::log::Violation;
use crate::reference::reference;
use crate::story::name;
use crate::time::{Ms, words};
use crate::verify::verify;
use crate::world::World;
use crate::world::table::Fact;
use crate::world::trace::{Is, Line, Trace, key};

/// So many columns are used.
const WIDTH: usize = 140;
/// Before the words of a line stand a time and who does it.
const INDENT: usize = 26;

/// Returns what happens in a history, what should have, and which invariants do not hold in it.
#[must_use]
pub fn tell(script: &Script) -> String {
    let mut world = script.run(true, Some(Trace::default()));
    let lines = world.trace.take().map(|trace| trace.lines).unwrap_or_default();
    let violations = verify(&mut world).violations;
    let mut told = String::new();
    write(&mut told, &world, &lines, &violations).expect("a string takes whatever is written");
    // Names of conversations are digests, which nobody can read.
    for conversation in world.table.conversations() {
        let said = conversation.items.iter().find_map(|(_, fact)| match fact {
            Fact::Said(said) => Some(name(&said.event.object)),
            Fact::Acted(_) | Fact::Notice(_) => None,
        });
        if let Some(object) = said {
            told = told.replace(conversation.id.as_str(), &format!("{object}'s conversation"));
        }
    }
    broken(&told)
}

fn write(out: &mut String, world: &World, lines: &[Line], violations: &[Violation]) -> fmt::Result {
    story(out, world, &worth_telling(lines))?;
    writeln!(out, "\nWhat should have left, and when it did:")?;
    for (due, told) in mails(world) {
        writeln!(out, "{:>12}  {told}", words(due))?;
    }
    writeln!(out)?;
    for Violation { invariant, words, .. } in violations {
        writeln!(out, "I{invariant} ({}): {words}", meaning(*invariant))?;
    }
    if violations.is_empty() {
        writeln!(out, "Every invariant holds.")?;
    }
    Ok(())
}

/// Leaves out the runs that did nothing, and tells in one line what one run reads while nothing happens but reads, and
/// a run that nothing disturbed.
fn worth_telling(lines: &[Line]) -> Vec<Line> {
    in_one_line(&with_reads_together(lines))
}

fn with_reads_together(lines: &[Line]) -> Vec<Line> {
    let mut has_done: BTreeMap<usize, bool> = BTreeMap::new();
    for line in lines {
        if let Some(who) = line.who {
            *has_done.entry(who).or_default() |= matches!(line.is, Is::Do | Is::Wrong | Is::Chance);
        }
    }
    let mut worth: Vec<Line> = Vec::new();
    // Where the reads since the last other line begin.
    let mut reads = 0;
    for line in lines {
        if line.words.is_empty() || line.who.is_some_and(|who| !has_done[&who]) {
            continue;
        }
        if line.is != Is::Read {
            worth.push(line.clone());
            reads = worth.len();
            continue;
        }
        match worth[reads..].iter_mut().find(|before| before.who == line.who) {
            Some(before) if before.words.ends_with(&line.words) => {}
            Some(before) => before.words = format!("{}, {}", before.words, line.words),
            None => worth.push(line.clone()),
        }
    }
    worth
}

fn in_one_line(lines: &[Line]) -> Vec<Line> {
    let mut worth = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|line| line.who == first.who).count();
        let (run, others) = rest.split_at(length);
        let is_all = lines.iter().filter(|line| line.who == first.who).count() == length;
        let is_usual = run.iter().all(|line| !matches!(line.is, Is::Wrong | Is::Chance | Is::Input));
        if first.who.is_some() && is_all && is_usual {
            // What was read does not matter where nobody else did anything.
            let does = run.iter().filter(|line| line.is != Is::Read).map(|line| line.words.as_str());
            worth.push(Line { is: Is::Do, words: does.collect::<Vec<_>>().join("; "), ..first.clone() });
        } else {
            worth.extend_from_slice(run);
        }
        rest = others;
    }
    worth
}

/// Writes the lines; runs of functions are numbered as they begin.
fn story(out: &mut String, world: &World, lines: &[Line]) -> fmt::Result {
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines {
        let who = line.who.map_or(String::new(), |who| {
            let next = numbers.len() + 1;
            format!("{} {}", world.invocations[who].function.name(), numbers.entry(who).or_insert(next))
        });
        let told = match line.is {
            Is::Chance => format!("({})", line.words),
            Is::Read => format!("is {}", line.words),
            Is::Input | Is::Begin | Is::Do | Is::Wrong | Is::End => line.words.clone(),
        };
        writeln!(out, "{:>12}  {who:<10}  {told}", words(line.at))?;
    }
    Ok(())
}

/// Breaks lines that are too long, and sets what follows under where the words began.
fn broken(text: &str) -> String {
    let mut broken = String::new();
    for line in text.lines() {
        let mut width = 0;
        for (place, word) in line.split(' ').enumerate() {
            let length = word.chars().count();
            if width + 1 + length > WIDTH && place > 0 && !word.is_empty() {
                broken.push('\n');
                broken.push_str(&" ".repeat(INDENT));
                width = INDENT;
            } else if place > 0 {
                broken.push(' ');
                width += 1;
            }
            broken.push_str(word);
            width += length;
        }
        broken.push('\n');
    }
    broken
}

/// Returns every message that should have left and every one that did, in the order of the times at which they should
/// have, or else did.
fn mails(world: &World) -> Vec<(Ms, String)> {
    let mut left: BTreeMap<&NoticeKey, Vec<Ms>> = BTreeMap::new();
    for mail in &world.log.accepted {
        for key in &mail.keys {
            left.entry(key).or_default().push(mail.at);
        }
    }
    let mut told = Vec::new();
    let letters = Letters::of(world);
    for conversation in world.table.conversations() {
        for (due, notice) in reference(world, &letters, &conversation.id, world.ends_at()).told {
            let when = match left.remove(&notice.key) {
                None => "never left".to_owned(),
                Some(left) => format!("left at {}", times(&left)),
            };
            told.push((due, format!("{}: {when}", key(&notice.key))));
        }
    }
    for (notice, left) in left {
        told.push((left[0], format!("{}: left at {}, and should not have", key(notice), times(&left))));
    }
    told.sort();
    told
}

fn times(left: &[Ms]) -> String {
    left.iter().map(|at| words(*at)).collect::<Vec<_>>().join(" and ")
}

/// Returns what an invariant says.
fn meaning(invariant: u8) -> &'static str {
    match invariant {
        1 => "what was answered 200 is stored and counted once",
        2 => "who has to be told is told",
        3 => "in time",
        4 => "nobody is told of a step after an answer that was known",
        5 => "nobody is told early, or of what was never to be told",
        6 => "nobody is told twice, unless something went wrong between send and mark",
        7 => "facts come to the same in any order",
        8 => "when nobody waits any more, nothing is left in the lists",
        9 => "who waits stands in the lists",
        10 => "what goes wrong at one brand changes nothing for another",
        11 => "a quarter of an hour after the last fault nothing waits in the queues",
        13 => "nobody is written to twice within one window, but for what is severe",
        12 => "no function makes more calls than it is allowed",
        _ => "nothing like it ever happens",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_nothing_disturbs_is_told_in_one_line() {
        let line = |at, who, is, words: &str| Line { at, who: Some(who), is, words: words.to_owned() };
        let lines = [
            line(1, 7, Is::Begin, "begins"),
            line(2, 7, Is::Read, "reading a head"),
            line(3, 7, Is::Do, "claims"),
            line(3, 7, Is::Do, "saves"),
            line(4, 8, Is::Begin, "begins"),
            line(5, 8, Is::Read, "reading a head"),
            line(5, 9, Is::Begin, "begins"),
            line(6, 9, Is::Read, "reading a head"),
            line(6, 8, Is::Read, "reading facts"),
            line(7, 9, Is::Read, "reading facts"),
            line(7, 9, Is::Read, "reading facts"),
            line(8, 9, Is::Wrong, "crashes"),
            line(9, 8, Is::Do, "claims"),
            line(10, 5, Is::Begin, "finds nothing to do"),
        ];
        let told: Vec<String> = worth_telling(&lines)
            .iter()
            .map(|line| format!("{} {}", line.who.unwrap(), line.words))
            .collect();
        let wanted = [
            "7 begins; claims; saves",
            "8 begins",
            "8 reading a head",
            "9 begins",
            "9 reading a head, reading facts",
            "8 reading facts",
            "9 crashes",
            "8 claims",
        ];
        assert_eq!(told, wanted);
    }

    #[test]
    fn long_lines_are_broken_under_their_words() {
        let text = format!("  +0:00:00.000  check 7     {}end\n", "a word ".repeat(20));
        let lines: Vec<String> = broken(&text).lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert_eq!(lines[1].trim_start().len() + INDENT, lines[1].len());
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&lines.join(" ")), words(&text), "no word is lost");
    }

    #[test]
    fn a_history_is_told_the_same_drawn_noted_and_given() {
        for seed in 0..60 {
            let mut script = Script::draw(seed);
            let lines = |script: &Script, noted| {
                let mut world = script.run(noted, Some(Trace::default()));
                let mut lines = world.trace.take().unwrap().lines;
                // What chance chose is told where it is noted only.
                lines.retain(|line| line.is != Is::Chance);
                (lines, world.choices.into_notes())
            };
            let (drawn, _) = lines(&script, false);
            let (noted, chosen) = lines(&script, true);
            assert!(!drawn.is_empty(), "seed {seed}");
            assert_eq!(drawn, noted, "seed {seed}, noted");
            script.chosen = Some(chosen);
            assert_eq!(noted, lines(&script, true).0, "seed {seed}, given");
        }
    }
}
