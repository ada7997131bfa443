//! delivery report → fact, as in the function `feedback`: mark what the mail told, remember the person, check.

use std::collections::BTreeSet;

use domain::fact::{Cause, Failed, address};
use domain::id::{ConversationId, PersonId};

use super::World;
use crate::script::Wrong;

impl World<'_> {
    /// The last mail to somebody does not reach them.
    pub(super) fn fail(&mut self, line: usize, person: &str, cause: Cause) -> Result<&'static str, Wrong> {
        let person = PersonId::from(person);
        let theirs = self.sent.iter().rev().map(|(_, notices)| notices);
        let last =
            theirs.into_iter().find(|notices| notices.iter().all(|notice| notice.key.person == person));
        let Some(last) = last.cloned() else {
            return Err(Wrong::new(line, format!("{person} got no mail before")));
        };
        let known = self.config().people.get(&person).and_then(|known| known.email.as_deref());
        let Some(address) = known.map(address) else {
            return Err(Wrong::new(line, format!("{person} has no address any more")));
        };
        let failed = Failed { at: self.now, cause, address: address.clone(), known: false };
        let mut conversations: BTreeSet<ConversationId> = BTreeSet::new();
        for notice in last {
            let conversation = self.table.conversations.get_mut(&notice.key.conversation);
            let conversation = conversation.expect("what was sent is about a conversation");
            let notice = conversation.notice(&notice.key).expect("what was sent was claimed");
            notice.failed.get_or_insert(failed.clone());
            conversations.insert(notice.key.conversation.clone());
        }
        if cause.is_of_address() {
            self.unreachable.insert(person, address);
        }
        for id in &conversations {
            self.check(id, None);
        }
        Ok("whoever is next is told")
    }
}
