//! The calls that flows make of the table, and what is answered.
//!
//! A call names by number what of the [universe](super::universe) it is about, so that the few calls which show a
//! difference can be read in one line each.

use domain::decide::Authored;
use domain::fact::{Cause, Dropped, Facts, Failed, Notice, NoticeKey, Reason, Sent};
use domain::id::ConversationId;
use flow::ports::{
    Cursor, Failing, Fault, Followed, List, Listed, PersonState, Put, SHARDS, Saved, Stored, Table, Todo,
    Unreachable, Waiting,
};

use super::universe::{
    DAYS, HeadIs, MAILS, NoticeIs, SaidIs, brand, conversation, listing, moment, notice_key, person,
};

/// One call.
#[derive(Clone, Debug)]
pub(super) enum Call {
    PutSaid { conversation: usize, said: SaidIs },
    List { object: usize, brand: usize, conversation: usize },
    PutAuthor { dialogue: usize, day: usize, conversation: usize },
    PutRemoval { removal: SaidIs },
    Blank { conversation: usize, said: SaidIs },
    Claim { notice: NoticeIs },
    MarkSent { notice: usize, at: usize },
    MarkDropped { notice: usize, at: usize },
    MarkFailed { notice: usize, at: usize, known: bool },
    Postpone { notice: usize, from: usize, until: usize },
    SaveHead { head: HeadIs },
    Wake { conversation: usize, at: usize },
    SavePerson { person: usize, version: u64, leased_until: Option<usize>, mails: Vec<usize> },
    MarkUnreachable { person: usize, since: usize },
    PutMail { mail: usize, notices: Vec<usize> },
    MoveCursor { until: usize, swept_at: usize },
    Follow { pushed_at: usize, is_over: bool },
    Listed { object: usize, brand: usize },
    Authored { dialogue: usize, since: usize },
    Head { conversation: usize },
    Facts { conversation: usize, since: usize },
    Notice { notice: usize },
    Person { person: usize },
    Mail { mail: usize },
    Todo { list: List, until: usize },
    Outstanding { person: usize, until: usize },
    Cursor,
    Waiting { brand: usize },
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    Done,
    Put(Put),
    Saved(Saved),
    Listed(Box<Listed>),
    /// In the order of their last dates; within one, of their names, as both tables have it.
    Authored(Vec<ConversationId>),
    Head(Box<Stored>),
    /// In the order of their text: the port promises none.
    Facts(Facts),
    Notice(Option<Box<Notice>>),
    Person(PersonState),
    Mail(Vec<NoticeKey>),
    /// Shard by shard; entries of one moment in the order of their text, because the port promises none.
    Todo(Vec<Vec<Todo>>),
    /// In the order of their names: of one moment the port promises none.
    Outstanding(Vec<NoticeKey>),
    Cursor(Option<Cursor>),
    Waiting(Vec<Waiting>),
}

/// Makes a call, which must not fail.
pub(super) async fn answer(table: &impl Table, call: &Call) -> Answer {
    made(table, call).await.unwrap_or_else(|fault| panic!("{call:?}: {fault:?}"))
}

fn failed(at: usize, known: bool) -> Failed {
    Failed { at: moment(at), cause: Cause::Bounced, address: "somewhere".to_owned(), known }
}

fn unreachable(since: usize) -> Unreachable {
    Unreachable { address: "somewhere".to_owned(), cause: Cause::Complained, since: moment(since) }
}

#[expect(clippy::too_many_lines, reason = "one arm for each call")]
async fn made(table: &impl Table, call: &Call) -> Result<Answer, Fault> {
    Ok(match call {
        Call::PutSaid { conversation: id, said } => {
            Answer::Put(table.put_said(&conversation(*id), &said.said()).await?)
        }
        Call::List { object, brand: whose, conversation: id } => {
            table.list(&listing(*object), &brand(*whose), &conversation(*id)).await?;
            Answer::Done
        }
        Call::PutAuthor { dialogue, day, conversation: id } => {
            let authored = Authored { dialogue: conversation(*dialogue), date: DAYS[*day] };
            table.put_author(&authored, &conversation(*id)).await?;
            Answer::Done
        }
        Call::PutRemoval { removal } => Answer::Put(table.put_removal(&removal.said()).await?),
        Call::Blank { conversation: id, said } => {
            table.blank(&conversation(*id), &said.said().event).await?;
            Answer::Done
        }
        Call::Claim { notice } => Answer::Put(table.claim(&notice.notice()).await?),
        Call::MarkSent { notice, at } => {
            let sent = Sent { at: moment(*at), mail: MAILS[0].to_owned() };
            table.mark_sent(&notice_key(*notice), &sent).await?;
            Answer::Done
        }
        Call::MarkDropped { notice, at } => {
            let dropped = Dropped { at: moment(*at), reason: Reason::Answered };
            table.mark_dropped(&notice_key(*notice), &dropped).await?;
            Answer::Done
        }
        Call::MarkFailed { notice, at, known } => {
            Answer::Saved(table.mark_failed(&notice_key(*notice), &failed(*at, *known)).await?)
        }
        Call::Postpone { notice, from, until } => {
            Answer::Saved(table.postpone(&notice_key(*notice), moment(*from), moment(*until)).await?)
        }
        Call::SaveHead { head } => Answer::Saved(table.save_head(&head.head()).await?),
        Call::Wake { conversation: id, at } => {
            table.wake(&conversation(*id), moment(*at)).await?;
            Answer::Done
        }
        Call::SavePerson { person: who, version, leased_until, mails } => {
            let state = PersonState {
                version: *version,
                leased_until: leased_until.map(moment),
                mails: mails.iter().copied().map(moment).collect(),
                // What the caller believes of it is not what the table holds of it.
                unreachable: None,
                // Not drawn by itself: both or neither, and both values of the word.
                failing: leased_until.zip(mails.first().copied()).map(|(since, again_at)| Failing {
                    since: moment(since),
                    again_at: moment(again_at),
                    is_reported: since < again_at,
                }),
            };
            Answer::Saved(table.save_person(&person(*who), &state).await?)
        }
        Call::MarkUnreachable { person: who, since } => {
            table.mark_unreachable(&person(*who), &unreachable(*since)).await?;
            Answer::Done
        }
        Call::PutMail { mail, notices } => {
            let notices: Vec<_> = notices.iter().map(|notice| notice_key(*notice)).collect();
            table.put_mail(MAILS[*mail], &notices, moment(0)).await?;
            Answer::Done
        }
        Call::MoveCursor { until, swept_at } => {
            // What the caller believes of a push is not what the table holds of it.
            let followed = Followed { pushed_at: moment(0), first_at: moment(0), is_over: false };
            let cursor =
                Cursor { until: moment(*until), swept_at: moment(*swept_at), followed: Some(followed) };
            Answer::Saved(table.move_cursor(&cursor).await?)
        }
        Call::Follow { pushed_at, is_over } => {
            let followed = Followed { pushed_at: moment(*pushed_at), first_at: moment(1), is_over: *is_over };
            table.follow(&followed).await?;
            Answer::Done
        }
        Call::Listed { object, brand: whose } => {
            Answer::Listed(Box::new(table.listed(&listing(*object), &brand(*whose)).await?))
        }
        Call::Authored { dialogue, since } => {
            Answer::Authored(table.authored(&conversation(*dialogue), DAYS[*since]).await?)
        }
        Call::Head { conversation: id } => Answer::Head(Box::new(table.head(&conversation(*id)).await?)),
        Call::Facts { conversation: id, since } => {
            let mut facts = table.facts(&conversation(*id), DAYS[*since]).await?;
            facts.said.sort_by_cached_key(|said| format!("{said:?}"));
            facts.notices.sort_by_cached_key(|notice| format!("{notice:?}"));
            Answer::Facts(facts)
        }
        Call::Notice { notice } => Answer::Notice(table.notice(&notice_key(*notice)).await?.map(Box::new)),
        Call::Person { person: who } => Answer::Person(table.person(&person(*who)).await?),
        Call::Mail { mail } => Answer::Mail(table.mail(MAILS[*mail]).await?),
        Call::Todo { list, until } => {
            let mut shards = Vec::new();
            for shard in 0..SHARDS {
                let mut entries = table.todo(*list, shard, moment(*until)).await?;
                assert!(entries.is_sorted_by_key(|todo| todo.at), "earliest first: {entries:?}");
                entries.sort_by_cached_key(|todo| (todo.at, format!("{todo:?}")));
                shards.push(entries);
            }
            Answer::Todo(shards)
        }
        Call::Outstanding { person: who, until } => {
            let mut keys = table.outstanding(&person(*who), moment(*until)).await?;
            keys.sort();
            Answer::Outstanding(keys)
        }
        Call::Cursor => Answer::Cursor(table.cursor().await?),
        Call::Waiting { brand: whose } => Answer::Waiting(table.waiting(&brand(*whose)).await?),
    })
}
