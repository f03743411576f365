//! What every decision asks of the queue, counted as people come and go: an answer takes no longer when thousands wait.

use std::collections::{BTreeSet, HashMap};

use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;

use super::{Place, Visitor};
use crate::buckets::Bucket;

#[derive(Default)]
pub struct Counted {
    behind_others: usize,
    /// When they joined, for every language.
    joined: [BTreeSet<(u64, ConversationId)>; Language::COUNT],
    crowds: HashMap<Bucket, usize>,
}

impl Counted {
    pub fn comes(&mut self, place: &Place, visitor: Visitor) {
        self.behind_others += usize::from(place.behind_others);
        self.joined[visitor.language as usize].insert((place.joined_at_ms, place.conversation));
        if let Some(bucket) = visitor.bucket {
            *self.crowds.entry(bucket).or_default() += 1;
        }
    }

    /// As she came: the same place and visitor.
    pub fn goes(&mut self, place: &Place, visitor: Visitor) {
        self.behind_others -= usize::from(place.behind_others);
        self.joined[visitor.language as usize].remove(&(place.joined_at_ms, place.conversation));
        if let Some(bucket) = visitor.bucket
            && let Some(crowd) = self.crowds.get_mut(&bucket)
        {
            *crowd -= 1;
            if *crowd == 0 {
                self.crowds.remove(&bucket);
            }
        }
    }

    pub fn behind_others(&self) -> usize {
        self.behind_others
    }

    /// How many wait in this language, and since when the longest.
    pub fn waiting_in(&self, language: Language) -> Option<(usize, u64)> {
        let joined = &self.joined[language as usize];
        joined.first().map(|(joined_at_ms, _)| (joined.len(), *joined_at_ms))
    }

    /// How many wait who come from there.
    pub fn waiting_from(&self, bucket: Bucket) -> usize {
        self.crowds.get(&bucket).copied().unwrap_or_default()
    }
}
