//! Ladders that lead to nobody.

use jiff::Timestamp;

use super::super::Named;
use crate::document::{Problems, Table};
use crate::ladder::candidates;
use crate::policy::{Brand, Person, Role};

/// Reports every role that a step of the brand's ladders goes to, where the step would reach nobody.
pub(super) fn report(problems: &mut Problems, brand: &Brand, table: &Table, people: &Named<Person>) {
    let somebody = people.keys().next().copied().unwrap_or("dana");
    let steps = || {
        brand.policy.all_rules().flat_map(|(class, rules)| rules.steps.iter().map(move |step| (class, step)))
    };
    // A rota has somebody at any instant.
    let is_filled = |role: &Role| candidates(role, brand, Timestamp::UNIX_EPOCH).next().is_some();
    let named = steps().any(|(_, step)| step.to.iter().any(|role| matches!(role, Role::Named(_))));
    if !named && !Role::OF_A_BRAND.iter().any(is_filled) {
        let fix =
            format!("write owner = \"{somebody}\", lead = [\"{somebody}\"], manager = [\"{somebody}\"]");
        problems.report_unless_broken(&table.place, "the brand has nobody who could be told", fix);
        return;
    }
    let mut reported: Vec<&Role> = Vec::new();
    for (class, step) in steps() {
        if step.to.iter().any(is_filled) {
            continue;
        }
        let Some(role) = step.to.first().filter(|role| !reported.contains(role)) else { continue };
        reported.push(role);
        let policy = &brand.policy.name;
        let problem = format!("policy {policy} tells the {role} about {class}, and the brand has none");
        let fix = match role {
            Role::Owner | Role::Backup => format!("write {role} = \"{somebody}\""),
            Role::Duty => "write duty = \"NAME\" of a [rota.NAME]".to_owned(),
            Role::Lead | Role::Manager | Role::Named(_) => format!("write {role} = [\"{somebody}\"]"),
        };
        problems.report_unless_broken(&table.place, problem, fix);
    }
}
