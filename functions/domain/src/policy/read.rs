//! From text to a configuration.

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use toml::de::DeTable;

use super::defaults::Outline;
use super::{Config, Examined, Person, SIZE_LIMIT};
use crate::document::{Findings, Key, Node, Place, Problems, Table, nearest, quoted, report_unknown_key};
use crate::id::{BrandId, PersonId};

mod brand;
mod calendar;
mod holidays;
mod mails;
mod person;
mod rota;
mod rules;

/// What can stand at the top of the file, and what is planned to.
const TOP: [&str; 8] = ["brand", "calendar", "holidays", "person", "rota", "admin", "mails", "policy"];
const PLANNED: [&str; 1] = ["words"];

/// Everything of one kind that the text names: absent inside if its own problems were reported.
type Named<'t, T> = BTreeMap<&'t str, Option<T>>;

/// Reads the whole text.
pub(super) fn config(text: &str) -> Examined {
    let mut problems = Problems::new(text);
    let top = Place::new(0, "");
    let config = if text.len() > SIZE_LIMIT {
        let problem = format!("{} bytes are more than {SIZE_LIMIT}", text.len());
        problems.report(&top, problem, "write fewer brands into one file");
        None
    } else {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            problems.report_syntax(error);
        }
        read(&mut problems, &Table::new(top, root.get_ref()))
    };
    let Findings { problems, doubts } = problems.into_findings();
    Examined { config: config.filter(|_| problems.is_empty()).ok_or(problems), doubts }
}

fn read(problems: &mut Problems, root: &Table) -> Option<Config> {
    for (key, _) in &root.entries {
        if PLANNED.contains(&key.name) {
            let problem = format!("[{}] is planned, but this version cannot use it", key.name);
            problems.report(&key.place, problem, format!("write only {} tables", TOP.join(", ")));
        } else if !TOP.contains(&key.name) {
            report_unknown_key(problems, key, &TOP, "table");
        }
    }
    let mut zones = Zones::default();
    let holidays = section(problems, root, "holidays", |problems, _, table| holidays::read(problems, table));
    let calendars = section(problems, root, "calendar", |problems, _, table| {
        calendar::read(problems, &mut zones, &holidays, table)
    });
    let people = section(problems, root, "person", |problems, key, table| {
        person::read(problems, &mut zones, &calendars, key, table)
    });
    let rotas = section(problems, root, "rota", |problems, _, table| {
        rota::read(problems, &mut zones, &people, table)
    });
    let policies = section(problems, root, "policy", |problems, key, table| {
        rules::read_policy(problems, &people, key, table)
    });
    let built_in = Outline::built_in();
    let mut claims = Vec::new();
    let brands = section(problems, root, "brand", |problems, key, table| {
        let named = brand::Known {
            calendars: &calendars,
            people: &people,
            rotas: &rotas,
            policies: &policies,
            built_in: &built_in,
        };
        brand::read(problems, &named, &mut claims, key, table)
    });
    if brands.is_empty() {
        let example = "write [brand.acme] with accounts = [\"facebook:100200300400\"] and owner = \"dana\"";
        problems.report_unless_broken(&root.place, "there is no brand", example);
    }
    let accounts = brand::claimed(problems, claims);
    let admin = admin(problems, root, &people);
    let pacing = mails::read(problems, root);
    complete(holidays, str::to_owned)?;
    complete(rotas, str::to_owned)?;
    let policies = complete(policies, str::to_owned)?.into_iter();
    Some(Config {
        brands: complete(brands, |name| BrandId(name.to_owned()))?,
        people: complete(people, |name| PersonId(name.to_owned()))?,
        calendars: complete(calendars, str::to_owned)?,
        policies: policies.map(|(name, outline)| (name, outline.policy(false))).collect(),
        admin: admin?,
        pacing: pacing?,
        accounts,
    })
}

/// Reads every `[KIND.NAME]` with `read_one`.
fn section<'t, T>(
    problems: &mut Problems,
    root: &Table<'t>,
    kind: &str,
    mut read_one: impl FnMut(&mut Problems, &Key<'t>, &Table<'t>) -> Option<T>,
) -> Named<'t, T> {
    let example = format!("[{kind}.NAME]");
    let table = root.get(kind).and_then(|node| node.table(problems, &example));
    let entries = table.into_iter().flat_map(|table| table.entries);
    let entries = entries.map(|(key, node)| {
        let legal = legal_name(problems, &key, kind);
        let table = node.table(problems, &example);
        let one = table.and_then(|table| read_one(problems, &key, &table));
        (key.name, one.filter(|_| legal))
    });
    entries.collect()
}

/// Names become parts of keys in a table and of addresses: they are short and plain.
fn legal_name(problems: &mut Problems, key: &Key, kind: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let role = kind == "person" && rules::ROLES.contains(&key.name);
    if role {
        let problem = format!("{} is the name of a role", quoted(key.name));
        problems.report(&key.place, problem, "write another name for the person");
    }
    let legal = (1..=64).contains(&key.name.len()) && key.name.chars().all(plain);
    if !legal {
        let problem = format!("{} is not a name", quoted(key.name));
        problems.report(&key.place, problem, "write 1 to 64 of the characters a-z, A-Z, 0-9, - and _");
    }
    legal && !role
}

fn admin(problems: &mut Problems, root: &Table, people: &Named<Person>) -> Option<Vec<PersonId>> {
    const EXAMPLE: &str = "[\"ash\"]";
    let Some(node) = root.get("admin") else { return Some(Vec::new()) };
    let table = node.table(problems, "[admin]")?;
    table.only(problems, &["to"]);
    let to = table.required(problems, "to", EXAMPLE)?;
    let admin = person::list(problems, people, to, EXAMPLE)?;
    if admin.is_empty() {
        problems.report(&to.place, "nobody is told when Heard is in trouble", format!("write {EXAMPLE}"));
    }
    Some(admin)
}

/// Returns what `name` stands for; reports that it stands for nothing.
fn lookup<'k, T>(
    problems: &mut Problems,
    known: &'k Named<T>,
    kind: &str,
    place: &Place,
    name: &str,
) -> Option<&'k T> {
    if let Some(found) = known.get(name) {
        return found.as_ref();
    }
    let fix = match nearest(name, known.keys().copied().take(MOST_COMPARED)) {
        Some(meant) => format!("write {}", quoted(meant)),
        None if (1..=5).contains(&known.len()) => {
            let names: Vec<String> = known.keys().map(|name| quoted(name)).collect();
            format!("write {}, or a new [{kind}.NAME]", names.join(" or "))
        }
        None => format!("write the NAME of a [{kind}.NAME]"),
    };
    problems.report_unless_broken(place, format!("unknown {kind} {}", quoted(name)), fix);
    None
}

/// Among how many names a slip of the pen is searched for: a hostile file would take minutes.
const MOST_COMPARED: usize = 200;

/// For how many names of zones a slip of the pen is searched for: there are 600 zones.
const MOST_SEARCHED: usize = 50;

/// The entries without their gaps; `None` if one has problems of its own.
fn complete<K: Ord, T>(named: Named<T>, key: impl Fn(&str) -> K) -> Option<BTreeMap<K, T>> {
    named.into_iter().map(|(name, one)| Some((key(name), one?))).collect()
}

/// The zones that the text names, each resolved once.
#[derive(Default)]
struct Zones(BTreeMap<String, Option<TimeZone>>);

impl Zones {
    /// Returns the IANA zone that `node` names; reports an unknown one.
    fn read(&mut self, problems: &mut Problems, node: &Node) -> Option<TimeZone> {
        let name = node.text(problems, "\"Europe/Paris\"")?;
        let database = TimeZoneDatabase::bundled();
        let resolve = || database.get(name).ok().filter(|zone| !zone.is_unknown());
        let zone = self.0.entry(name.to_owned()).or_insert_with(resolve).clone();
        if zone.is_none() {
            let searched = if self.0.len() <= MOST_SEARCHED { usize::MAX } else { 0 };
            let known: Vec<String> =
                database.available().take(searched).map(|name| name.to_string()).collect();
            let fix = match nearest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("write {meant:?}"),
                None => "write an IANA zone such as \"Europe/Paris\"".to_owned(),
            };
            problems.report(&node.place, format!("unknown zone {}", quoted(name)), fix);
        }
        zone
    }
}
