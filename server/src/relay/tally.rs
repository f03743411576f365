//! What the line counts, until it is written: one task at a time adds all that has come together meanwhile. A visitor who
//! enters and leaves without end makes numbers larger and no longer queue for the store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use amparo_protocol::language::Language;

use super::loading;
use crate::app::Services;

/// Of a day and a language, how often each word came.
type Sums = BTreeMap<(i64, Language, &'static str), u64>;

#[derive(Default)]
pub struct Tally {
    unwritten: Mutex<Unwritten>,
}

#[derive(Default)]
struct Unwritten {
    sums: Sums,
    is_writing: bool,
}

impl Tally {
    pub fn add(self: &Arc<Self>, services: &Services, language: Language, word: &'static str) {
        let day = services.clock.now().unix_days();
        let mut unwritten = self.lock();
        *unwritten.sums.entry((day, language, word)).or_default() += 1;
        if !std::mem::replace(&mut unwritten.is_writing, true) {
            let (tally, own) = (self.clone(), services.clone());
            services.tasks.spawn(async move { tally.write(&own).await });
        }
    }

    async fn write(&self, services: &Services) {
        while let Some(sums) = self.take() {
            for ((day, language, word), times) in sums {
                loading::count(services, day, language, word, times).await;
            }
        }
    }

    /// `None`: there is nothing, and the next that comes begins anew.
    fn take(&self) -> Option<Sums> {
        let mut unwritten = self.lock();
        unwritten.is_writing = !unwritten.sums.is_empty();
        unwritten.is_writing.then(|| std::mem::take(&mut unwritten.sums))
    }

    fn lock(&self) -> MutexGuard<'_, Unwritten> {
        self.unwritten.lock().expect("no holder of this lock panics")
    }
}
