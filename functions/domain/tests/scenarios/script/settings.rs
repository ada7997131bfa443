//! The configuration as sentences: `the shop is open mon-fri 09:00-18:00 in Europe/Paris`.
//!
//! Each sentence changes the TOML that a story begins with; what it comes to is read by the product.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use toml::{Table, Value};

use super::when;

/// The brand, its people, and what is promised, before a story says otherwise.
const DEFAULT: &str = concat!(
    r#"
    [brand.acme]
    name = "Acme"
    accounts = ["facebook:acme", "instagram:acme", "x:acme", "x:acme-help"]
    automation = ["facebook:acme-bot", "instagram:acme-bot", "x:acme-bot"]
    calendar = "shop"
    owner = "dana"
    backup = "lee"
    lead = ["kim"]
    manager = ["ash"]

    [calendar.shop]
    zone = "Europe/Paris"
    week = { mon-fri = ["09:00-18:00"] }

"#,
    include_str!("../../people.toml"),
);

/// A configuration under construction.
#[derive(Clone)]
pub(crate) struct Settings {
    table: Table,
    /// By whose clocks the story is told.
    pub(crate) zone: TimeZone,
}

impl Settings {
    pub(crate) fn new() -> Settings {
        let table = DEFAULT.parse().expect("the default is TOML");
        Settings { table, zone: zone("Europe/Paris").expect("Paris is bundled") }
    }

    /// Returns the configuration as TOML, in the zone of the story.
    pub(crate) fn text(&self) -> String {
        let mut table = self.table.clone();
        let zone = Value::from(self.zone.iana_name().unwrap_or("UTC"));
        for (_, person) in section(&mut table, &["person"]).iter_mut() {
            if let Some(person) = person.as_table_mut() {
                person.entry("zone").or_insert(zone.clone());
            }
        }
        table.to_string()
    }

    /// Returns who speaks for a brand: its accounts, then its machines, without the platforms.
    pub(crate) fn voices(&self) -> [BTreeSet<String>; 2] {
        let brands = self.table.get("brand").and_then(Value::as_table).into_iter().flatten();
        let brands: Vec<&Value> = brands.map(|(_, brand)| brand).collect();
        ["accounts", "automation"].map(|key| {
            let lists = brands.iter().filter_map(|brand| brand.get(key)?.as_array());
            let names = lists.flatten().filter_map(|name| name.as_str()?.split_once(':'));
            names.map(|(_, name)| name.to_owned()).collect()
        })
    }

    /// Returns everybody who works for a brand.
    pub(crate) fn people(&self) -> BTreeSet<String> {
        let people = self.table.get("person").and_then(Value::as_table);
        people.into_iter().flat_map(Table::keys).cloned().collect()
    }

    /// Lays TOML over what is there: tables are joined, everything else is replaced.
    pub(crate) fn lay_over(&mut self, text: &str) -> Result<(), String> {
        let over: Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        join(&mut self.table, over);
        Ok(())
    }

    /// Changes what one sentence says; `false` if it is no such sentence.
    pub(crate) fn say(&mut self, sentence: &str, today: Option<Date>) -> Result<bool, String> {
        if let Some(rest) = sentence.strip_prefix("the shop is ") {
            return self.shop(rest, today).map(|()| true);
        }
        if let Some(roles) = sentence.strip_prefix("the ") {
            return self.role(roles).map(|()| true);
        }
        if let Some(role) = sentence.strip_prefix("there is no ") {
            return self.nobody(role).map(|()| true);
        }
        if let Some((class, rest)) = sentence.split_once(" is due after ") {
            let class = class.trim_start_matches("a ").trim_start_matches("an ");
            return self.promise(class, rest).map(|()| true);
        }
        if let Some(rest) = sentence.strip_prefix("nobody is told from ") {
            return self.maintenance(rest, today).map(|()| true);
        }
        if let Some(time) = sentence.strip_prefix("a case opens again within ") {
            section(&mut self.table, &["brand", "acme"]).insert("reopen".to_owned(), time.into());
            return Ok(true);
        }
        if let Some((people, from)) = sentence.split_once(" are on duty in turns from ") {
            return self.rota(people, from, today).map(|()| true);
        }
        let (person, rest) = sentence.split_once(' ').unwrap_or((sentence, ""));
        match rest {
            "leaves" => self.leaves(person).map(|()| true),
            _ if rest.starts_with("is away ") => self.away(person, rest, today).map(|()| true),
            _ if rest.starts_with("works ") => {
                self.works(person, rest.trim_start_matches("works ")).map(|()| true)
            }
            _ => Ok(false),
        }
    }

    /// `open mon-fri 09:00-18:00 in Europe/Paris`, `open day and night`, `open on Sat 28 Mar 2026 10:00-14:00`,
    /// `closed on Fri 1 May 2026: May Day`
    fn shop(&mut self, rest: &str, today: Option<Date>) -> Result<(), String> {
        if let Some(rest) = rest.strip_prefix("closed on ") {
            let (rest, name) = rest.split_once(": ").map_or((rest, None), |(rest, name)| (rest, Some(name)));
            let (date, left) = on(rest, today)?;
            nothing_left(&left)?;
            let Some(name) = name else {
                section(&mut self.table, &["calendar", "shop", "days"])
                    .insert(date, Value::Array(Vec::new()));
                return Ok(());
            };
            section(&mut self.table, &["holidays", "shop", "days"]).insert(date, name.into());
            section(&mut self.table, &["calendar", "shop"]).insert("holidays".to_owned(), list(["shop"]));
            return Ok(());
        }
        if let Some(rest) = rest.strip_prefix("open on ") {
            let (date, hours) = on(rest, today)?;
            section(&mut self.table, &["calendar", "shop", "days"]).insert(date, list(hours));
            return Ok(());
        }
        let rest = rest.strip_prefix("open ").ok_or("the shop is open …, or closed on …")?;
        let (hours, zone) = in_zone(rest)?;
        self.zone = zone.unwrap_or(self.zone.clone());
        if hours == "day and night" {
            section(&mut self.table, &["brand", "acme"]).remove("calendar");
            section(&mut self.table, &["calendar"]).remove("shop");
            return Ok(());
        }
        section(&mut self.table, &["brand", "acme"]).insert("calendar".to_owned(), "shop".into());
        let zone = self.zone.clone();
        self.calendar("shop", hours, &zone)
    }

    /// `mon-fri 09:00-12:00 14:00-18:00, sat 10:00-14:00`
    fn calendar(&mut self, name: &str, hours: &str, zone: &TimeZone) -> Result<(), String> {
        let days = hours.split(", ").map(|days| {
            let (days, hours) = days.split_once(' ').ok_or("hours go as in mon-fri 09:00-18:00")?;
            Ok((days.to_owned(), list(hours.split_whitespace())))
        });
        let week: Table = days.collect::<Result<_, String>>()?;
        let calendar = section(&mut self.table, &["calendar", name]);
        calendar.insert("week".to_owned(), week.into());
        calendar.insert("zone".to_owned(), zone.iana_name().unwrap_or("UTC").into());
        Ok(())
    }

    /// `owner is lee`, `leads are kim, ash`
    fn role(&mut self, roles: &str) -> Result<(), String> {
        let (role, people) = roles
            .split_once(" is ")
            .or_else(|| roles.split_once(" are "))
            .ok_or("the owner is …, the leads are …")?;
        let people: Vec<&str> = people.split(", ").collect();
        let (role, value) = match (role, people.as_slice()) {
            ("owner" | "backup", [one]) => (role, Value::from(*one)),
            ("lead" | "leads", _) => ("lead", list(people)),
            ("manager" | "managers", _) => ("manager", list(people)),
            _ => {
                return Err("the owner is one person, so is the backup; the leads and managers are several"
                    .to_owned());
            }
        };
        section(&mut self.table, &["brand", "acme"]).insert(role.to_owned(), value);
        Ok(())
    }

    fn nobody(&mut self, role: &str) -> Result<(), String> {
        let gone = match role {
            "admin" => self.table.remove("admin"),
            role => section(&mut self.table, &["brand", "acme"]).remove(role),
        };
        gone.map(drop).ok_or(format!("there is no {role} before, either"))
    }

    /// `Wed 25 Mar 2026 22:00 to Thu 26 Mar 06:00`
    fn maintenance(&mut self, rest: &str, today: Option<Date>) -> Result<(), String> {
        let form = "nobody is told from Wed 25 Mar 2026 22:00 to Thu 26 Mar 06:00";
        let mut words = rest.split_whitespace().peekable();
        let first = when::date(&mut words, today)?.or(today).ok_or(form)?;
        let (from, _) = when::time(&mut words)?.ok_or(form)?;
        words.next_if_eq(&"to").ok_or(form)?;
        let last = when::date(&mut words, Some(first))?.unwrap_or(first);
        let (to, _) = when::time(&mut words)?.ok_or(form)?;
        nothing_left(&words.collect::<Vec<_>>())?;
        let wall = |date: Date, time| date.to_datetime(time).strftime("%Y-%m-%dT%H:%M").to_string();
        let brand = section(&mut self.table, &["brand", "acme"]);
        let windows = brand.entry("maintenance").or_insert(Value::Array(Vec::new()));
        windows.as_array_mut().ok_or(form)?.push(format!("{}/{}", wall(first, from), wall(last, to)).into());
        Ok(())
    }

    /// Each a week: `dana and lee`, `Mon 23 Mar 2026 09:00`
    fn rota(&mut self, people: &str, from: &str, today: Option<Date>) -> Result<(), String> {
        let form = "dana and lee are on duty in turns from Mon 23 Mar 2026 09:00";
        let mut words = from.split_whitespace().peekable();
        let first = when::date(&mut words, today)?.ok_or(form)?;
        let (time, _) = when::time(&mut words)?.ok_or(form)?;
        nothing_left(&words.collect::<Vec<_>>())?;
        let zone = self.zone.iana_name().unwrap_or("UTC").to_owned();
        let rota = section(&mut self.table, &["rota", "week"]);
        rota.insert("zone".to_owned(), zone.into());
        rota.insert("people".to_owned(), list(people.split(" and ")));
        rota.insert("from".to_owned(), first.to_string().into());
        let day = first.strftime("%a").to_string().to_lowercase();
        rota.insert("hand_over".to_owned(), format!("{day} {}", time.strftime("%H:%M")).into());
        section(&mut self.table, &["brand", "acme"]).insert("duty".to_owned(), "week".into());
        Ok(())
    }

    /// `60m, later 120m: owner at 30m, lead and backup at due, manager at due+60m as batch`
    fn promise(&mut self, class: &str, rest: &str) -> Result<(), String> {
        let form = "a question is due after 60m: owner at 30m, lead and backup at due, manager at due+60m";
        let (target, ladder) = rest.split_once(": ").ok_or(form)?;
        let step = |step: &str| {
            let (step, style) = step.split_once(" as ").map_or((step, None), |(s, style)| (s, Some(style)));
            let (to, at) = step.split_once(" at ").ok_or(form)?;
            let mut rung = Table::new();
            rung.insert("at".to_owned(), at.into());
            rung.insert("to".to_owned(), list(to.split(" and ")));
            rung.extend(style.map(|style| ("style".to_owned(), style.into())));
            Ok(Value::from(rung))
        };
        let ladder = match ladder {
            "nobody is told" => Ok(Vec::new()),
            steps => steps.split(", ").map(step).collect::<Result<_, &str>>(),
        };
        let (target, next) =
            target.split_once(", later ").map_or((target, None), |(t, next)| (t, Some(next)));
        let policy = section(&mut self.table, &["policy", "own", class]);
        policy.extend(next.map(|next| ("next_response".to_owned(), next.into())));
        policy.insert("target".to_owned(), target.into());
        policy.insert("ladder".to_owned(), Value::Array(ladder?));
        section(&mut self.table, &["brand", "acme"]).insert("policy".to_owned(), "own".into());
        Ok(())
    }

    fn known(&self, person: &str) -> Result<(), String> {
        let is_known = self.people().contains(person);
        if is_known { Ok(()) } else { Err(format!("nobody is called {person}")) }
    }

    /// Out of everything: roles, administrators, the list of people.
    fn leaves(&mut self, person: &str) -> Result<(), String> {
        self.known(person)?;
        section(&mut self.table, &["person"]).remove(person);
        let brands =
            section(&mut self.table, &["brand"]).iter_mut().filter_map(|(_, brand)| brand.as_table_mut());
        for brand in brands {
            brand.retain(|_, value| value.as_str() != Some(person));
            for list in brand.iter_mut().filter_map(|(_, value)| value.as_array_mut()) {
                list.retain(|name| name.as_str() != Some(person));
            }
        }
        if let Some(admins) = section(&mut self.table, &["admin"]).get_mut("to").and_then(Value::as_array_mut)
        {
            admins.retain(|name| name.as_str() != Some(person));
        }
        let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        self.table.retain(|name, value| name != "admin" || !value.get("to").is_none_or(is_empty));
        Ok(())
    }

    /// `is away on Wed 25 Mar 2026`, `is away from Mon 3 Aug 2026 to Fri 21 Aug 2026`
    fn away(&mut self, person: &str, rest: &str, today: Option<Date>) -> Result<(), String> {
        let form = "is away on Wed 25 Mar 2026, or from Mon 3 Aug 2026 to Fri 21 Aug 2026";
        self.known(person)?;
        let mut words = rest.split_whitespace().skip(2).collect::<Vec<_>>().into_iter();
        let kind = words.next();
        let text: Vec<&str> = words.collect();
        let text = text.join(" ");
        let mut words = text.split_whitespace().peekable();
        let first = when::date(&mut words, today)?.ok_or(form)?;
        let last = match (kind, words.next()) {
            (Some("on"), None) => first,
            (Some("from"), Some("to")) => when::date(&mut words, Some(first))?.ok_or(form)?,
            _ => return Err(form.to_owned()),
        };
        nothing_left(&words.collect::<Vec<_>>())?;
        let away =
            section(&mut self.table, &["person", person]).entry("away").or_insert(Value::Array(Vec::new()));
        away.as_array_mut().ok_or(form)?.push(format!("{first}..{last}").into());
        Ok(())
    }

    /// `mon-fri 08:00-16:00`: when mail may reach the person.
    fn works(&mut self, person: &str, hours: &str) -> Result<(), String> {
        self.known(person)?;
        let name = format!("{person}-hours");
        let (hours, zone) = in_zone(hours)?;
        self.calendar(&name, hours, &zone.unwrap_or(self.zone.clone()))?;
        section(&mut self.table, &["person", person]).insert("hours".to_owned(), name.into());
        Ok(())
    }
}

/// Reads the date in front, and leaves the words behind it.
fn on(rest: &str, today: Option<Date>) -> Result<(String, Vec<&str>), String> {
    let mut words = rest.split_whitespace().peekable();
    let date = when::date(&mut words, today)?.ok_or("a date such as Fri 1 May 2026 is missing")?;
    Ok((date.to_string(), words.collect()))
}

/// Takes ` in Europe/Paris` off the end.
fn in_zone(hours: &str) -> Result<(&str, Option<TimeZone>), String> {
    match hours.rsplit_once(" in ") {
        Some((hours, name)) => Ok((hours, Some(zone(name)?))),
        None => Ok((hours, None)),
    }
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| format!("there is no zone {name}"))
}

fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::Array(texts.into_iter().map(Value::from).collect())
}

fn nothing_left(words: &[&str]) -> Result<(), String> {
    if words.is_empty() {
        Ok(())
    } else {
        Err(format!("nobody knows what is meant by {:?}", words.join(" ")))
    }
}

/// Returns the table at `path`, made where it is missing.
fn section<'t>(table: &'t mut Table, path: &[&str]) -> &'t mut Table {
    path.iter().fold(table, |table, name| {
        let inner = table.entry(*name).or_insert_with(|| Table::new().into());
        if !inner.is_table() {
            *inner = Table::new().into();
        }
        inner.as_table_mut().expect("it was made a table")
    })
}

fn join(table: &mut Table, over: Table) {
    for (name, value) in over {
        match (table.get_mut(&name), value) {
            (Some(Value::Table(inner)), Value::Table(over)) => join(inner, over),
            (_, value) => drop(table.insert(name, value)),
        }
    }
}
