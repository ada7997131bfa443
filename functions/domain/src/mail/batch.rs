//! Several cases in one mail: numbers first, a few cases shown, every other counted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::view::{Card, Group, Kind, Table, Tone, View};
use super::{Letter, Mail, Pace, case, headers, ladder, note, subject, times, unreachable};
use crate::event::Visibility;
use crate::fact::{Notice, Purpose};
use crate::id::BrandId;
use crate::language::{Language, say};
use crate::policy::{Class, Person, Style};

/// So many cases are shown; the rest is counted.
const CASES: usize = 5;
/// So many lines of one sort, and so many brands, are shown.
pub(super) const LINES: usize = 10;
/// Longest quote of a case, in characters.
const QUOTE_LIMIT: usize = 140;
/// So long after somebody's hours began a mail still comes at their opening.
const AT_OPENING: SignedDuration = SignedDuration::from_mins(15);

/// Writes one mail of several letters to one person; of none, one that says nothing and should not be asked for.
pub(super) fn write(letters: &[Letter<'_>], pace: Pace) -> Mail {
    let Some(Letter { person, now, .. }) = letters.first() else { return Mail::default() };
    let (kind, mut view) = view(letters, person, *now);
    view.footer.extend(pace.in_words(person, *now));
    view.write(kind, person, headers::of_day(letters, person, *now))
}

fn view(letters: &[Letter<'_>], person: &Person, now: Timestamp) -> (Kind, View) {
    let (language, reader) = (person.language, person.reader());
    let mut asking: Vec<&Letter<'_>> = letters.iter().filter(|letter| letter.asks()).collect();
    asking.sort_by_key(|letter| letter.turn.start());
    let opened_at = opened_at(&asking, person, now);
    let numbers = Numbers::of(&asking);
    let kind = if opened_at.is_some() { Kind::CarryOver } else { Kind::Batch };
    let brands = brands(letters);
    let mut view = if asking.is_empty() {
        of_notes(letters, language, &brands)
    } else {
        of_cases(&asking, &numbers, language, &brands, opened_at.is_some())
    };
    if let Some(oldest) = asking.first() {
        let (who, platform) = (case::who(oldest), oldest.platform());
        let (_, _, status) = case::standing(oldest);
        view.preheader = say!(language, "batch.preheader", who = who, platform = platform, status = status);
        view.figures = figures(&numbers, language);
        view.table = table(&asking, language);
        let shown = shown(&asking);
        view.rest = rest(&asking, &shown, language);
        view.groups = groups(&shown, opened_at);
    } else {
        view.preheader = letters.first().map_or_else(String::new, note::headline);
    }
    unreachable::sections(letters, &mut view);
    for purpose in [Purpose::Correction, Purpose::Taken, Purpose::Clear] {
        let of_purpose = |letter: &&Letter<'_>| !letter.asks() && letter.purpose() == purpose;
        let all: Vec<&Letter<'_>> = letters.iter().filter(of_purpose).collect();
        let mut lines: Vec<String> = all.iter().take(LINES).map(|letter| note::headline(letter)).collect();
        let more = all.len().saturating_sub(LINES);
        lines.extend((more > 0).then(|| say!(language, "batch.more_lines", count = more)));
        view.section(
            match purpose {
                Purpose::Correction => say!(language, "section.corrections"),
                Purpose::Taken => say!(language, "section.taken"),
                Purpose::Clear
                | Purpose::Step
                | Purpose::Removed
                | Purpose::Passed
                | Purpose::Unreachable => {
                    say!(language, "section.clear")
                }
            },
            lines,
        );
    }
    view.section(say!(language, "section.why"), reasons(letters, language));
    let (day, time) = (reader.zone.to_datetime(now).date(), times::to_the_second(now, reader));
    view.footer = vec![say!(language, "footer.batch", day = day, count = letters.len(), time = time)];
    (kind, view)
}

/// When the reader's hours began, if all of this came before and the mail leaves at that opening.
fn opened_at(asking: &[&Letter<'_>], person: &Person, now: Timestamp) -> Option<Timestamp> {
    let since = now.checked_sub(AT_OPENING).ok()?;
    let open = person.hours.as_ref()?.open_from(since).next()?;
    let is_new = since < open.from && open.from <= now && now < open.to;
    let mut notices = asking.iter().flat_map(|letter| letter.notices);
    (is_new && !asking.is_empty() && notices.all(|notice| notice.step_at < open.from)).then_some(open.from)
}

/// How many wait, and how it stands with them.
struct Numbers {
    all: usize,
    over: usize,
    /// How long the first of them waits.
    oldest: SignedDuration,
    /// How much time is left to the first deadline that is still to come.
    next: Option<SignedDuration>,
}

impl Numbers {
    fn of(asking: &[&Letter<'_>]) -> Numbers {
        let left = || asking.iter().map(|letter| letter.left());
        Numbers {
            all: asking.len(),
            over: left().filter(|left| !left.is_positive()).count(),
            oldest: asking.iter().map(|letter| letter.waited()).max().unwrap_or_default(),
            next: left().filter(SignedDuration::is_positive).min(),
        }
    }
}

/// Returns what a mail about people who wait begins with.
fn of_cases(
    asking: &[&Letter<'_>],
    numbers: &Numbers,
    language: Language,
    brands: &[String],
    is_carry_over: bool,
) -> View {
    let Numbers { all, over, oldest, next } = *numbers;
    let length = times::rough(language, oldest);
    let brands = subject::brands(language, brands);
    let (what, what_over) = (things(asking, all, language), things(asking, over, language));
    let (tone, status, headline) = if is_carry_over {
        let headline = say!(language, "carry.headline", what = what, oldest = length);
        (Tone::Over, say!(language, "status.carry"), headline)
    } else if over == all {
        let headline = say!(language, "batch.all_over", what = what, oldest = length);
        (Tone::Over, say!(language, "status.all_over"), headline)
    } else if over > 0 {
        let headline = say!(language, "batch.some_over", what = what, over = over, oldest = length);
        (Tone::Over, say!(language, "status.some_over", count = over), headline)
    } else {
        let next = times::rough(language, next.unwrap_or_default());
        let headline = say!(language, "batch.none_over", what = what, next = next);
        (Tone::Soon, say!(language, "status.left", length = next), headline)
    };
    let subject = subject::fitted(&brands, |brands| {
        if is_carry_over {
            say!(language, "carry.subject", what = what, brands = brands, oldest = length)
        } else if over > 0 {
            say!(language, "batch.subject_over", what = what_over, brands = brands, oldest = length)
        } else {
            say!(language, "batch.subject_soon", what = what, brands = brands)
        }
    });
    View::new(language, subject, tone, status, headline)
}

/// Returns what a mail begins with that asks for nothing.
fn of_notes(letters: &[Letter<'_>], language: Language, brands: &[String]) -> View {
    let what = cases(language, letters.len());
    let are_all = |purpose| letters.iter().all(|letter| letter.purpose() == purpose);
    let names = unreachable::names(letters);
    let (tone, status) = if names.is_some() {
        (Tone::Soon, say!(language, "status.unreachable"))
    } else if are_all(Purpose::Clear) {
        (Tone::Calm, say!(language, "status.clear"))
    } else if are_all(Purpose::Correction) {
        (Tone::Note, say!(language, "status.correction"))
    } else if are_all(Purpose::Taken) {
        (Tone::Note, say!(language, "status.taken"))
    } else {
        (Tone::Note, say!(language, "status.nothing_to_do"))
    };
    let brands = subject::brands(language, brands);
    let subject = subject::fitted(&brands, |brands| {
        say!(language, "batch.subject_notes", status = status, what = what, brands = brands)
    });
    let headline = match names {
        Some(names) => say!(language, "unreachable.headline", names = names),
        None => say!(language, "batch.notes", what = what),
    };
    View::new(language, subject, tone, status, headline)
}

/// Counts what waits by what it is: posts, messages, or both.
fn things(asking: &[&Letter<'_>], count: usize, language: Language) -> String {
    let visibility = |letter: &&&Letter<'_>| letter.turn.opener().event.visibility;
    let is_private = |letter: &&&Letter<'_>| visibility(letter) == Visibility::Private;
    let private = asking.iter().filter(is_private).count();
    match (private, count) {
        (0, 1) => say!(language, "count.post"),
        (0, _) => say!(language, "count.posts", count = count),
        (private, 1) if private == asking.len() => say!(language, "count.message"),
        (private, _) if private == asking.len() => say!(language, "count.messages", count = count),
        (_, count) => cases(language, count),
    }
}

fn cases(language: Language, count: usize) -> String {
    if count == 1 { say!(language, "count.case") } else { say!(language, "count.cases", count = count) }
}

/// The names of the brands, that of the oldest case first.
fn brands(letters: &[Letter<'_>]) -> Vec<String> {
    let mut oldest: Vec<&Letter<'_>> = letters.iter().collect();
    oldest.sort_by_key(|letter| (!letter.asks(), letter.turn.start()));
    let mut seen = BTreeSet::new();
    oldest.retain(|letter| seen.insert(letter.run.brand.id.clone()));
    oldest.iter().map(|letter| letter.brand()).collect()
}

fn figures(numbers: &Numbers, language: Language) -> Vec<(String, String)> {
    let Numbers { all, over, oldest, .. } = *numbers;
    vec![
        (over.to_string(), say!(language, "figure.over")),
        ((all - over).to_string(), say!(language, "figure.in_time")),
        (times::rough(language, oldest), say!(language, "figure.oldest")),
    ]
}

/// The numbers of each brand, if there are several.
fn table(asking: &[&Letter<'_>], language: Language) -> Option<Table> {
    let by_brand = by_brand(asking);
    if by_brand.len() < 2 {
        return None;
    }
    let row = |name: String, letters: &[&Letter<'_>]| {
        let Numbers { all, over, oldest, .. } = Numbers::of(letters);
        (name, vec![over.to_string(), (all - over).to_string(), times::rough(language, oldest)])
    };
    let mut rows: Vec<_> =
        by_brand.iter().take(LINES).map(|letters| row(letters[0].brand(), letters)).collect();
    if by_brand.len() > LINES {
        let more: Vec<&Letter<'_>> = by_brand[LINES..].iter().flatten().copied().collect();
        rows.push(row(say!(language, "table.more", count = by_brand.len() - LINES), &more));
    }
    let heads = [
        say!(language, "table.brand"),
        say!(language, "figure.over"),
        say!(language, "figure.in_time"),
        say!(language, "figure.oldest"),
    ];
    Some(Table { heads: heads.into(), rows })
}

/// The cases of each brand, that with the oldest case first.
fn by_brand<'a, 'l>(asking: &[&'a Letter<'l>]) -> Vec<Vec<&'a Letter<'l>>> {
    let mut brands: BTreeMap<&BrandId, Vec<&'a Letter<'l>>> = BTreeMap::new();
    for letter in asking {
        brands.entry(&letter.run.brand.id).or_default().push(letter);
    }
    let mut brands: Vec<_> = brands.into_values().collect();
    brands.sort_by_key(|letters| letters.first().map(|letter| letter.turn.start()));
    brands
}

/// The cases that are shown, oldest first: no threat is only counted as long as there is room for it.
fn shown<'a, 'l>(asking: &[&'a Letter<'l>]) -> Vec<&'a Letter<'l>> {
    let mut shown: Vec<&'a Letter<'l>> = asking.to_vec();
    shown.sort_by_key(|letter| (letter.turn.class != Class::Threat, letter.turn.start()));
    shown.truncate(CASES);
    shown.sort_by_key(|letter| letter.turn.start());
    shown
}

/// Counts what is not shown.
fn rest(asking: &[&Letter<'_>], shown: &[&Letter<'_>], language: Language) -> Option<String> {
    let (all, seen) = (Numbers::of(asking), Numbers::of(shown));
    let (rest, over) = (all.all - seen.all, all.over - seen.over);
    match (over, rest - over) {
        (0, 0) => None,
        (over, 0) => Some(say!(language, "batch.rest_over", count = over)),
        (0, in_time) => Some(say!(language, "batch.rest_in_time", count = in_time)),
        (over, in_time) => Some(say!(language, "batch.rest", count = rest, over = over, in_time = in_time)),
    }
}

fn groups(shown: &[&Letter<'_>], opened_at: Option<Timestamp>) -> Vec<Group> {
    let by_brand = by_brand(shown);
    let several = by_brand.len() > 1;
    let group = |letters: &Vec<&Letter<'_>>| {
        let language = letters[0].language();
        let heading = if several { letters[0].brand() } else { say!(language, "section.oldest_first") };
        Group { heading, cards: letters.iter().map(|letter| card(letter, opened_at)).collect() }
    };
    by_brand.iter().map(group).collect()
}

fn card(letter: &Letter<'_>, opened_at: Option<Timestamp>) -> Card {
    let Letter { turn, person, .. } = *letter;
    let language = letter.language();
    let (who, platform, reference) =
        (case::who(letter), letter.platform(), subject::reference(letter.conversation));
    let (_, tone, status) = case::standing(letter);
    let status = match turn.class {
        Class::Threat | Class::Upset => format!("{} · {status}", case::class(language, turn.class)),
        Class::Question
        | Class::Praise
        | Class::Mention
        | Class::Offensive
        | Class::Spam
        | Class::Thanks
        | Class::Other => status,
    };
    let began = times::instant(turn.start(), person.reader());
    let waited = times::rough(language, letter.waited());
    let mut lines = vec![say!(language, "card.waits", length = waited, time = began)];
    if turn.opener().event.visibility == Visibility::Private {
        lines.push(say!(language, "case.private"));
    }
    lines.extend(opened_at.and_then(|opened_at| woke(letter, opened_at)));
    lines.extend(ladder::next(letter).first().map(|next| say!(language, "card.next", next = next)));
    let action = case::action(letter);
    Card {
        title: say!(language, "card.title", who = who, platform = platform, reference = reference),
        tone,
        status,
        quote: case::quote(language, &turn.opener().event, QUOTE_LIMIT),
        lines,
        action: Some(action).filter(|action| action.link.is_some()),
    }
}

/// Says whom a severe case was told to before the reader's hours began.
fn woke(letter: &Letter<'_>, opened_at: Timestamp) -> Option<String> {
    let sent_at = |notice: &Notice| notice.sent.as_ref().filter(|_| notice.is_told()).map(|sent| sent.at);
    let told = letter.told.iter().filter(|notice| sent_at(notice).is_some_and(|at| at < opened_at));
    let first = told.filter(|_| letter.turn.class == Class::Threat).min_by_key(|notice| sent_at(notice))?;
    let (language, name) = (letter.language(), ladder::name(letter, &first.key.person));
    let time = times::instant(sent_at(first)?, letter.person.reader());
    Some(say!(language, "card.woke", name = name, time = time))
}

/// Why the reader gets this: in which roles, of which brands.
fn reasons(letters: &[Letter<'_>], language: Language) -> Vec<String> {
    let mut roles: BTreeMap<(String, String), usize> = BTreeMap::new();
    for letter in letters {
        let role = letter.notices.first().map_or("", |notice| notice.role.as_str());
        *roles.entry((letter.brand(), ladder::role(language, role))).or_default() += 1;
    }
    let more = roles.len().saturating_sub(LINES);
    let mut lines: Vec<String> = roles
        .iter()
        .take(LINES)
        .map(|((brand, role), count)| {
            say!(language, "why.batch", role = role, brand = brand, what = cases(language, *count))
        })
        .collect();
    lines.extend((more > 0).then(|| say!(language, "batch.more_lines", count = more)));
    let is_listed = |letter: &Letter<'_>| letter.notices.iter().all(|notice| notice.style == Style::Digest);
    lines.extend(letters.iter().all(is_listed).then(|| say!(language, "why.list")));
    lines
}
