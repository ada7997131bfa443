//! Sums in German: each of its words once.

use super::*;
use crate::language::{Language, Reader};

#[test]
fn deadlines_in_german() {
    let named = calendar("Europe/Berlin", mon_fri("09:00-18:00"), &[("2026-04-30", "")]).with_holidays([
        ("2026-05-01".parse().unwrap(), Some("Maifeiertag".to_owned())),
        ("2026-05-08".parse().unwrap(), None),
    ]);
    let winter: Vec<_> = (24..=31).map(|day| (format!("2026-12-{day}"), "")).collect();
    let winter: Vec<_> = winter.iter().map(|(date, hours)| (date.as_str(), *hours)).collect();
    let winter = calendar("Europe/Berlin", mon_fri("09:00-18:00"), &winter);
    let odd = calendar(
        "Europe/Berlin",
        mon_fri("09:00-18:00"),
        &[("2026-12-24", "09:00-12:00"), ("2026-12-26", "10:00-12:00"), ("2026-12-29", "10:30-18:00")],
    );
    let lunch = calendar("Europe/Berlin", mon_fri("09:00-12:00 14:00-18:00"), &[("2026-03-31", "")]);
    let closed = calendar("Europe/Berlin", daily(""), &[]);
    // calendar, start (local), span, words
    #[rustfmt::skip]
    let table = [
        (&named, "2026-04-29T17:40", "60m", "gefragt Mi 17:40 · 20 min bis Schluss · Do 30. Apr. geschlossen · Fr 1. Mai Feiertag (Maifeiertag) · 40 min ab Mo 09:00 = Mo 09:40"),
        (&named, "2026-05-07T17:40", "60m", "gefragt Do 17:40 · 20 min bis Schluss · Fr 8. Mai Feiertag · 40 min ab Mo 09:00 = Mo 09:40"),
        (&winter, "2026-12-23T17:40", "60m", "gefragt Mi 17:40 · 20 min bis Schluss · an 6 Tagen geschlossen, Do 24. Dez. bis Do 31. Dez. · 40 min ab Fr 1. Jan. 09:00 = Fr 1. Jan. 09:40"),
        (&odd, "2026-12-24T14:00", "60m", "gefragt Do 14:00, geschlossen (Do 24. Dez. verkürzt) · 60 min ab Fr 09:00 = Fr 10:00"),
        (&odd, "2026-12-25T17:40", "60m", "gefragt Fr 17:40 · 20 min bis Schluss · 40 min ab Sa 10:00 (Sa 26. Dez. Sonderöffnung) = Sa 10:40"),
        (&odd, "2026-12-29T09:40", "60m", "gefragt Di 09:40, geschlossen (Di 29. Dez. andere Zeiten) · 60 min ab 10:30 = Di 11:30"),
        (&lunch, "2026-03-25T11:40", "60m", "gefragt Mi 11:40 · 20 min bis Schluss 12:00 · 40 min ab 14:00 = Mi 14:40"),
        (&lunch, "2026-03-25T09:00", "40h", "gefragt Mi 09:00 · 3 h bis Schluss 12:00 · 4 h ab 14:00 bis Schluss 18:00 · 3 h ab Do 09:00 bis Schluss 12:00 · … 28 h in 8 Abschnitten … · Di 31. März geschlossen · 2 h ab Do 2. Apr. 14:00 = Do 2. Apr. 16:00"),
        (&lunch, "2026-03-25T02:00", "0s", "gefragt Mi 02:00 · sofort = Mi 02:00"),
        (&lunch, "2026-03-25T02:00", "60m elapsed", "gefragt Mi 02:00 · 60 min rund um die Uhr = Mi 03:00"),
        (&closed, "2026-03-25T09:00", "60m", "gefragt Mi 09:00 · 60 min rund um die Uhr, da der Kalender nie öffnet = Mi 10:00"),
    ];
    for (calendar, start, span, expected) in table {
        let deadline = due(Some(calendar), local(calendar.zone(), start), span.parse().unwrap());
        let reader = Reader { language: Language::German, zone: calendar.zone() };
        assert_eq!(
            in_words(&deadline, "gefragt", Some(calendar), reader, []),
            expected,
            "{span} from {start}"
        );
    }
}

#[test]
fn pauses_in_german() {
    let office = calendar("Europe/Berlin", mon_fri("09:00-18:00"), &[]);
    let zone = office.zone();
    // pauses (local, each with its reason), words
    #[rustfmt::skip]
    let table = [
        (&[("09:30", "10:20", "Recht")][..], "gefragt Do 10:00 · angehalten bis 10:20 (Recht) · 60 min = Do 11:20"),
        (&[("10:10", "10:20", "")], "gefragt Do 10:00 · 10 min · angehalten 10:10–10:20 · 50 min = Do 11:10"),
        (&[("10:10", "10:11", ""), ("10:11", "10:12", ""), ("10:12", "10:13", ""), ("10:13", "10:14", "")],
            "gefragt Do 10:00 · 10 min · 4-mal angehalten, 10:10–10:14 · 50 min = Do 11:04"),
    ];
    for (pauses, expected) in table {
        let at = |time: &str| local(zone, &format!("2026-04-30T{time}"));
        let pauses: Vec<(Stretch, &str)> =
            pauses.iter().map(|(from, to, why)| (Stretch { from: at(from), to: at(to) }, *why)).collect();
        let clock = Clock::new(Some(&office), pauses.iter().map(|(pause, _)| *pause));
        let deadline = clock.due(at("10:00"), "60m".parse().unwrap());
        let reader = Reader { language: Language::German, zone };
        assert_eq!(in_words(&deadline, "gefragt", Some(&office), reader, pauses), expected);
    }
}
