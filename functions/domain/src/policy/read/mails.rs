//! `[mails]`: how mails to one person are spaced.

use jiff::SignedDuration;

use crate::clock::{BadSpan, length_of};
use crate::document::{Node, Problems, Table, quoted};
use crate::pace::{LONGEST, MOST_AN_HOUR, Pacing};

const WINDOW: &str = "\"2m\"";
const MANAGER_WINDOW: &str = "\"15m\"";

/// Reads the table; what it leaves out is as by default. `None` means a problem.
pub(super) fn read(problems: &mut Problems, root: &Table) -> Option<Pacing> {
    let usual = Pacing::default();
    let Some(node) = root.get("mails") else { return Some(usual) };
    let table = node.table(problems, "[mails]")?;
    table.only(problems, &["window", "manager_window", "an_hour"]);
    let mut length = |name: &str, example: &str, usual: SignedDuration| {
        table.get(name).map_or(Some(usual), |node| window(problems, node, example))
    };
    let window = length("window", WINDOW, usual.window);
    let manager_window = length("manager_window", MANAGER_WINDOW, usual.manager_window);
    let an_hour = match table.get("an_hour") {
        Some(node) => {
            let most = i64::try_from(MOST_AN_HOUR).unwrap_or(i64::MAX);
            node.whole_number(problems, 1..=most, "6").and_then(|number| usize::try_from(number).ok())
        }
        None => Some(usual.an_hour),
    };
    Some(Pacing { window: window?, manager_window: manager_window?, an_hour: an_hour? })
}

fn window(problems: &mut Problems, node: &Node, example: &str) -> Option<SignedDuration> {
    let text = node.text(problems, example)?;
    match length_of(text) {
        Ok(length) if length <= LONGEST => Some(length),
        Ok(_) | Err(BadSpan::TooLong) => {
            let problem = format!("{} is longer than an hour", quoted(text));
            problems.report(&node.place, problem, "write at most \"60m\"");
            None
        }
        Err(BadSpan::Form) => {
            let problem = format!("{} is not a time between two mails", quoted(text));
            problems.report(&node.place, problem, format!("write {example}, or \"0m\" for none"));
            None
        }
    }
}
