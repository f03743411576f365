//! What every decision asks of the queue, counted as people come and go: an answer takes no longer when thousands wait.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use amparo_protocol::id::{ConversationId, SiteKey};
use amparo_protocol::language::Language;

use super::{Place, Visitor};
use crate::buckets::Bucket;

#[derive(Default)]
pub struct Counted {
    behind_others: usize,
    /// When they joined, by what decides to whom they are offered; none is empty.
    joined: BTreeMap<(Language, SiteKey), BTreeSet<(u64, ConversationId)>>,
    crowds: HashMap<Bucket, usize>,
}

impl Counted {
    pub fn comes(&mut self, place: &Place, visitor: Visitor) {
        self.behind_others += usize::from(place.behind_others);
        let group = self.joined.entry((visitor.language, visitor.site)).or_default();
        group.insert((place.joined_at_ms, place.conversation));
        if let Some(bucket) = visitor.bucket {
            *self.crowds.entry(bucket).or_default() += 1;
        }
    }

    /// As she came: the same place and visitor.
    pub fn goes(&mut self, place: &Place, visitor: Visitor) {
        self.behind_others -= usize::from(place.behind_others);
        let key = (visitor.language, visitor.site);
        if let Some(group) = self.joined.get_mut(&key) {
            group.remove(&(place.joined_at_ms, place.conversation));
            if group.is_empty() {
                self.joined.remove(&key);
            }
        }
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
        let groups = self.joined.iter().filter(|((other, _), _)| *other == language);
        let of_each =
            groups.filter_map(|(_, group)| group.first().map(|(joined_at_ms, _)| (group.len(), *joined_at_ms)));
        of_each.reduce(|(count, since_ms), (more, other_ms)| (count + more, since_ms.min(other_ms)))
    }

    /// The languages and sites of those who wait.
    pub fn groups(&self) -> impl Iterator<Item = (Language, SiteKey)> {
        self.joined.keys().copied()
    }

    /// How many wait who come from there.
    pub fn waiting_from(&self, bucket: Bucket) -> usize {
        self.crowds.get(&bucket).copied().unwrap_or_default()
    }
}
