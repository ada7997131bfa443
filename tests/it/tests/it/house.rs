//! What the house promises about itself: who may know whom.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flow::metric::Metric;
use heard::files;
use heard::local::template::{Place, Template};

use crate::command_line::root;

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn template() -> Template {
    Template::read(&files::template(), &Place::default()).unwrap()
}

/// The crates of the functions in the template.
fn functions() -> BTreeSet<String> {
    template().functions.into_iter().map(|function| function.binary).collect()
}

/// Every crate below `functions/`.
fn crates() -> BTreeSet<String> {
    let folders = fs::read_dir(root().join("functions")).unwrap().map(|entry| entry.unwrap().path());
    let crates = folders.filter(|folder| folder.join("Cargo.toml").is_file());
    crates.map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Every source file below `functions/CRATE/src`, with its text.
fn sources(name: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("functions").join(name).join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = read(&path);
                sources.push((path, text));
            }
        }
    }
    sources.sort();
    sources
}

/// The names of the crates that `functions/CRATE` is built from.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = read(&root().join("functions").join(name).join("Cargo.toml"));
    let manifest: toml::Table = manifest.parse().unwrap();
    let named = |section: &str| manifest.get(section).and_then(toml::Value::as_table).into_iter().flatten();
    named("dependencies").chain(named("dev-dependencies")).map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_domain_is_built_from_nothing_that_opens_a_socket_or_reads_a_clock() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "tree",
        "--package",
        "domain",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--offline",
        "--locked",
    ]);
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains("jiff") && crates.contains("serde_json"), "{crates:?}");
    for unwanted in ["tokio", "hyper", "mio", "socket2", "getrandom", "rand", "reqwest", "async-trait"] {
        assert!(!crates.contains(unwanted), "{unwanted} in {crates:?}");
    }
    let aws: Vec<_> = crates.iter().filter(|name| name.starts_with("aws")).collect();
    assert!(aws.is_empty(), "{aws:?}");
}

#[test]
fn nothing_brings_aws_lc() {
    let lock: toml::Table = read(&root().join("Cargo.lock")).parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let names = packages.iter().map(|package| package["name"].as_str().unwrap());
    let unwanted: Vec<_> = names.filter(|name| name.starts_with("aws-lc")).collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
}

#[test]
fn no_function_depends_on_another() {
    let functions = functions();
    for name in &functions {
        let others: Vec<_> = dependencies(name).intersection(&functions).cloned().collect();
        assert!(others.is_empty(), "{name} depends on {others:?}");
    }
    for library in crates().difference(&functions) {
        let users: Vec<_> = dependencies(library).intersection(&functions).cloned().collect();
        assert!(users.is_empty(), "{library} depends on {users:?}");
    }
}

#[test]
fn flow_stands_on_domain_and_on_nothing_of_aws() {
    let ours: BTreeSet<_> = dependencies("flow").intersection(&crates()).cloned().collect();
    assert_eq!(ours, BTreeSet::from(["domain".to_owned()]));
    assert!(dependencies("domain").is_disjoint(&crates()));
}

#[test]
fn only_cloud_names_the_sdks() {
    for name in crates().into_iter().filter(|name| name != "cloud") {
        for (path, text) in sources(&name) {
            assert!(!text.contains("aws_sdk_"), "{}", path.display());
        }
        let sdks: Vec<_> = dependencies(&name).into_iter().filter(|name| name.starts_with("aws-")).collect();
        assert!(sdks.is_empty(), "{name} depends on {sdks:?}");
    }
}

#[test]
fn a_main_is_start_up_and_one_call() {
    for name in functions() {
        let text = read(&root().join("functions").join(&name).join("src/main.rs"));
        assert!(text.lines().count() <= 30, "{name} has {} lines", text.lines().count());
        assert!(text.starts_with("//! ") && text.lines().next().unwrap().contains('→'), "{name}: its arrow");
        assert_eq!(sources(&name).len(), 1, "{name} is one file");
    }
}

#[test]
fn every_function_has_its_crate_and_every_variable_it_reads() {
    let mut variables = BTreeSet::new();
    for (_, text) in sources("cloud") {
        for (at, call) in text.match_indices("variable(\"") {
            variables.extend(text[at + call.len()..].split('"').next().map(str::to_owned));
        }
    }
    assert!(variables.contains("TABLE"), "{variables:?}");
    variables.retain(|name| !name.starts_with("AWS_")); // Lambda sets these
    let template = template();
    assert!(!template.functions.is_empty());
    for function in &template.functions {
        let manifest = root().join("functions").join(&function.binary).join("Cargo.toml");
        assert!(manifest.is_file(), "{} has no crate {}", function.id, manifest.display());
        for variable in &variables {
            assert!(function.environment.contains_key(variable), "{} lacks {variable}", function.id);
        }
    }
    let named: BTreeSet<_> = template.functions.iter().map(|function| function.binary.clone()).collect();
    let starts: BTreeSet<_> = crates()
        .into_iter()
        .filter(|name| root().join("functions").join(name).join("src/main.rs").is_file())
        .collect();
    assert_eq!(starts, named, "every crate that starts is a function, and every function one of them");
}

/// What stands below each `#[cfg(test)]`: modules that lie in other files, by their paths without `.rs`, and the line
/// from which on the file itself is for tests.
fn tests_of(path: &Path, text: &str) -> (Vec<PathBuf>, usize) {
    let lines: Vec<_> = text.lines().collect();
    // `x.rs` declares what lies in `x/`; `lib.rs` and `main.rs` what lies beside them.
    let stem = path.with_extension("");
    let beside = matches!(stem.file_name().and_then(|name| name.to_str()), Some("lib" | "main"));
    let (mut files, mut end) = (Vec::new(), lines.len());
    for (at, pair) in lines.windows(2).enumerate().filter(|(_, pair)| pair[0] == "#[cfg(test)]") {
        let declared = pair[1].trim_start_matches("pub(crate) ").strip_prefix("mod ");
        match declared.map(|rest| rest.strip_suffix(';')) {
            Some(Some(name)) => files.push(if beside { stem.with_file_name(name) } else { stem.join(name) }),
            Some(None) => end = end.min(at),
            None => {}
        }
    }
    (files, end)
}

#[test]
fn nothing_outside_tests_unwraps() {
    let mut looked_at = 0;
    for name in crates() {
        let sources = sources(&name);
        let tests: Vec<_> = sources.iter().flat_map(|(path, text)| tests_of(path, text).0).collect();
        for (path, text) in &sources {
            // A module of tests, or one within it.
            if path.with_extension("").ancestors().any(|place| tests.iter().any(|tests| tests == place)) {
                continue;
            }
            let code = text.lines().take(tests_of(path, text).1);
            for (number, line) in (1..).zip(code).filter(|(_, line)| !line.trim_start().starts_with("//")) {
                assert!(!line.contains(".unwrap("), "{}:{number}: {line}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 1000, "{looked_at} lines");
}

/// The rows of the table of metrics in `functions/README.md`: name, unit, dimensions.
fn documented_metrics() -> Vec<(String, String, Vec<String>)> {
    let text = read(&root().join("functions/README.md"));
    let table = text.lines().skip_while(|line| !line.starts_with("*Metrics.*")).skip(1);
    let rows = table.skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, unit, dimensions] = cells[..] else { panic!("four columns: {row}") };
        let dimensions = dimensions.split(", ").filter(|name| *name != "–").map(str::to_owned).collect();
        (name.trim_matches('`').to_owned(), unit.to_owned(), dimensions)
    });
    rows.collect()
}

#[test]
fn every_metric_stands_in_the_table_and_nothing_else_does() {
    let row = |metric: Metric| {
        let dimensions: Vec<_> = metric.dimensions().iter().map(|one| one.name().to_owned()).collect();
        assert!(dimensions.len() <= 2, "every combination of {} is paid for", metric.name());
        (metric.name().to_owned(), metric.unit().name().to_owned(), dimensions)
    };
    assert_eq!(documented_metrics(), Metric::ALL.map(row));
}

#[test]
fn alarms_of_our_metrics_name_some_that_exist() {
    let template = read(&files::template());
    let blocks = template.split("Type: AWS::CloudWatch::Alarm").skip(1);
    let field = |block: &str, name: &str| {
        let value = block.split_once(&format!(" {name}: "))?.1.lines().next()?;
        Some(value.trim().to_owned())
    };
    let ours = blocks.filter(|block| field(block, "Namespace").as_deref() == Some("Heard"));
    let watched: Vec<_> = ours.map(|block| field(block, "MetricName").unwrap()).collect();
    assert!(!watched.is_empty());
    for name in watched {
        let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name);
        // An alarm without dimensions watches the metric without any.
        assert!(metric.is_some_and(|metric| metric.dimensions().is_empty()), "{name}");
    }
}
