//! What is asked next, by chance; and all that can be asked at the end.

use flow::ports::List;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use simulate::world::table::Table;

use super::calls::Call;
use super::universe::{
    BRANDS, CONVERSATIONS, DAYS, HeadIs, MAILS, MOMENT_COUNT, NOTICE_COUNT, NoticeIs, OBJECTS, PEOPLE,
    SaidIs, VERBS, VERSIONS, conversation, notice_key, number, person,
};

/// Returns a call to make when the table holds that and the others were made before.
pub(super) fn call(table: &Table, before: &[Call]) -> BoxedStrategy<Call> {
    prop_oneof![
        4 => said(before),
        10 => notices(table),
        4 => heads(table),
        3 => people(table),
        3 => objects(),
        3 => sweeps(),
        4 => read(),
    ]
    .boxed()
}

/// Returns calls that only read, which together read everything: all facts, and all of both lists.
pub(super) fn reads() -> Vec<Call> {
    let mut reads = vec![Call::Cursor];
    for conversation in 0..CONVERSATIONS.len() {
        reads.push(Call::Head { conversation });
        reads.push(Call::Facts { conversation, since: 0 });
        reads.push(Call::Authored { dialogue: conversation, since: 0 });
    }
    reads.extend((0..NOTICE_COUNT).map(|notice| Call::Notice { notice }));
    reads.extend((0..PEOPLE.len()).map(|person| Call::Person { person }));
    reads.extend((0..MAILS.len()).map(|mail| Call::Mail { mail }));
    for brand in 0..BRANDS.len() {
        reads.push(Call::Waiting { brand });
        reads.extend((0..OBJECTS.len()).map(|object| Call::Listed { object, brand }));
    }
    let until = MOMENT_COUNT - 1;
    reads.extend((0..PEOPLE.len()).map(|person| Call::Outstanding { person, until }));
    reads.extend([List::Due, List::Out].map(|list| Call::Todo { list, until }));
    reads
}

/// Any call that only reads, a part of what there is too.
fn read() -> impl Strategy<Value = Call> {
    let facts = (0..CONVERSATIONS.len(), 0..DAYS.len());
    let todo = (select(vec![List::Due, List::Out]), moments());
    prop_oneof![
        2 => select(reads()),
        1 => facts.prop_map(|(conversation, since)| Call::Facts { conversation, since }),
        1 => (0..CONVERSATIONS.len(), 0..DAYS.len())
            .prop_map(|(dialogue, since)| Call::Authored { dialogue, since }),
        1 => todo.prop_map(|(list, until)| Call::Todo { list, until }),
        1 => (0..PEOPLE.len(), moments())
            .prop_map(|(person, until)| Call::Outstanding { person, until }),
    ]
}

fn moments() -> std::ops::Range<usize> {
    0..MOMENT_COUNT
}

prop_compose! {
    fn said_is()(
        object in 0..OBJECTS.len(), brand in 0..BRANDS.len(), verb in 0..VERBS.len(),
        version in 0..VERSIONS.len(), at in moments(), take: bool,
    ) -> SaidIs {
        SaidIs { object, brand, verb, version, at, take }
    }
}

/// What is said, once more in other words, and blanked.
fn said(before: &[Call]) -> BoxedStrategy<Call> {
    let new = || (0..CONVERSATIONS.len(), said_is());
    let put = new().prop_map(|(conversation, said)| Call::PutSaid { conversation, said });
    let known: Vec<(usize, SaidIs)> = before
        .iter()
        .filter_map(|call| match call {
            Call::PutSaid { conversation, said } => Some((*conversation, *said)),
            _ => None,
        })
        .collect();
    let blank = |(conversation, said)| Call::Blank { conversation, said };
    if known.is_empty() {
        return prop_oneof![6 => put, 1 => new().prop_map(blank)].boxed();
    }
    let again = (select(known.clone()), any::<bool>()).prop_map(|((conversation, said), take)| {
        Call::PutSaid { conversation, said: SaidIs { take, ..said } }
    });
    prop_oneof![3 => put, 1 => again, 2 => select(known).prop_map(blank)].boxed()
}

/// Claims, and what becomes of a notice: mostly of one that was claimed, and put off from the moment that it has.
fn notices(table: &Table) -> BoxedStrategy<Call> {
    let stored: Vec<Option<usize>> = (0..NOTICE_COUNT)
        .map(|notice| table.notice(&notice_key(notice)).map(|notice| number(notice.send_after)))
        .collect();
    let claimed: Vec<usize> = (0..NOTICE_COUNT).filter(|notice| stored[*notice].is_some()).collect();
    let whichever = (0..NOTICE_COUNT).boxed();
    let one = if claimed.is_empty() {
        whichever
    } else {
        prop_oneof![4 => select(claimed), 1 => whichever].boxed()
    };
    let claim = (0..NOTICE_COUNT, moments(), any::<bool>())
        .prop_map(|(notice, send_after, take)| Call::Claim { notice: NoticeIs { notice, send_after, take } });
    let put_off = (one.clone(), moments(), moments(), prop::bool::weighted(0.7));
    let put_off = put_off.prop_map(move |(notice, from, until, is_right)| {
        let from = stored[notice].filter(|_| is_right).unwrap_or(from);
        Call::Postpone { notice, from, until }
    });
    let mark = (one, moments());
    prop_oneof![
        3 => claim,
        3 => put_off,
        2 => mark.clone().prop_map(|(notice, at)| Call::MarkSent { notice, at }),
        2 => mark.clone().prop_map(|(notice, at)| Call::MarkDropped { notice, at }),
        2 => (mark, any::<bool>()).prop_map(|((notice, at), known)| Call::MarkFailed { notice, at, known }),
        1 => mails(),
    ]
    .boxed()
}

fn mails() -> impl Strategy<Value = Call> {
    let notices = vec(0..NOTICE_COUNT, 0..3);
    (0..MAILS.len(), notices).prop_map(|(mail, notices)| Call::PutMail { mail, notices })
}

/// A version to name when saving: mostly the one that is stored.
fn version(stored: u64) -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(stored), 1 => 0..4_u64]
}

fn heads(table: &Table) -> BoxedStrategy<Call> {
    let versions: Vec<u64> =
        (0..CONVERSATIONS.len()).map(|number| table.head(&conversation(number), 0).version).collect();
    let head = (0..CONVERSATIONS.len()).prop_flat_map(move |conversation| {
        let times = (option::of(moments()), option::of(moments()), option::of(moments()));
        (
            Just(conversation),
            version(versions[conversation]),
            0..BRANDS.len(),
            times,
            prop::bool::weighted(0.1),
        )
    });
    let save = head.prop_map(|(conversation, version, brand, (next_at, open, planned_by), is_newer)| {
        Call::SaveHead { head: HeadIs { conversation, brand, version, next_at, open, planned_by, is_newer } }
    });
    let wake =
        (0..CONVERSATIONS.len(), moments()).prop_map(|(conversation, at)| Call::Wake { conversation, at });
    prop_oneof![4 => save, 1 => wake].boxed()
}

fn people(table: &Table) -> BoxedStrategy<Call> {
    let versions: Vec<u64> = (0..PEOPLE.len()).map(|number| table.person(&person(number)).version).collect();
    let state = (0..PEOPLE.len()).prop_flat_map(move |person| {
        (Just(person), version(versions[person]), option::of(moments()), vec(moments(), 0..4))
    });
    let save = state.prop_map(|(person, version, leased_until, mails)| Call::SavePerson {
        person,
        version,
        leased_until,
        mails,
    });
    let unreachable = (0..PEOPLE.len(), moments());
    let unreachable = unreachable.prop_map(|(person, since)| Call::MarkUnreachable { person, since });
    prop_oneof![3 => save, 1 => unreachable].boxed()
}

/// Conversations listed under what they hold, and removals kept there.
fn objects() -> impl Strategy<Value = Call> {
    let list = (0..OBJECTS.len(), 0..BRANDS.len(), 0..CONVERSATIONS.len());
    let author = (0..CONVERSATIONS.len(), 1..DAYS.len(), 0..CONVERSATIONS.len());
    prop_oneof![
        2 => list.prop_map(|(object, brand, conversation)| Call::List { object, brand, conversation }),
        2 => author.prop_map(|(dialogue, day, conversation)| Call::PutAuthor { dialogue, day, conversation }),
        1 => said_is().prop_map(|removal| Call::PutRemoval { removal }),
    ]
}

/// The cursor, and how far a push was followed.
fn sweeps() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => (moments(), moments()).prop_map(|(until, swept_at)| Call::MoveCursor { until, swept_at }),
        1 => (moments(), any::<bool>()).prop_map(|(pushed_at, is_over)| Call::Follow { pushed_at, is_over }),
    ]
}
