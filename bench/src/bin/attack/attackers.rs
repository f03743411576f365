//! The attackers at work, and whether they did enough to be called that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_bench::flood::{self, Flooded};
use amparo_bench::house::House;
use amparo_bench::meter::Meter;
use amparo_bench::pair::Pair;
use amparo_bench::relay::Amparo;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::opens::{self, Opened};
use crate::{ATTACKER, Asked, others, silent};

/// Of the connections that were asked for.
const HELD_MIN_PERCENT: u64 = 80;
/// What the relay's limits leave one address, with some room: passes at once and in the course of time, and messages a second
/// of one visitor, who has 32 KB/s and writes messages of 4 KB.
const ENTERED_AT_ONCE_MIN: u64 = 40;
const ENTERED_EACH_SECS: u64 = 4;
const FLOOD_MIN_PER_SEC: u64 = 4;

/// On a thread of their own, so that those who are measured do not wait for them.
pub struct Attackers {
    thread: Runtime,
    tasks: Vec<JoinHandle<String>>,
    held: Arc<AtomicU64>,
    opened: Arc<Opened>,
    flooded: Arc<Flooded>,
}

impl Attackers {
    pub fn begin(asked: &Asked, relay: &Amparo, house: &Arc<House>, pair: Pair) -> Self {
        let thread = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let thread = thread.expect("the system has one more thread");
        let (held, opened, flooded) = <(Arc<AtomicU64>, Arc<Opened>, Arc<Flooded>)>::default();
        let mut tasks = Vec::new();
        if asked.wants("silent") {
            tasks.push(thread.spawn(silent::keep_silent(relay.port, asked.silent, held.clone())));
        }
        if asked.wants("opens") {
            let opens = opens::open_without_end(house.clone(), relay.socket(), ATTACKER, opened.clone());
            tasks.push(thread.spawn(opens));
        }
        if asked.wants("floods") {
            let cookie = house.counselors[others::COUNT].cookie.clone();
            let from = flood::From { url: relay.socket(), address: ATTACKER, cookie };
            tasks.push(thread.spawn(flood::flood(pair, from, flooded.clone())));
        }
        Self { thread, tasks, held, opened, flooded }
    }

    /// Says what they did; answers what was too little.
    pub async fn end(self, asked: &Asked, relay: &Meter) -> Vec<String> {
        let mut wrong = Vec::new();
        if asked.wants("silent") {
            wrong.extend(self.was_silent(asked.silent, relay.descriptors()));
        }
        if asked.wants("opens") {
            wrong.extend(self.has_opened(asked.secs));
        }
        if asked.wants("floods") {
            wrong.extend(self.has_flooded(asked.secs));
        }
        for task in self.tasks {
            if task.is_finished() {
                let why = task.await.unwrap_or_else(|error| error.to_string());
                wrong.push(format!("an attacker has given up: {why}"));
            }
        }
        self.thread.shutdown_background();
        wrong
    }

    fn was_silent(&self, count: u64, descriptors: u64) -> Option<String> {
        let held = read(&self.held);
        println!(
            "silence: {held} of {count} connections held at the end; the relay has {descriptors} descriptors open"
        );
        let is_enough = held.min(descriptors) * 100 >= count * HELD_MIN_PERCENT;
        (!is_enough).then(|| "too few silent connections were held".to_owned())
    }

    fn has_opened(&self, secs: u64) -> Option<String> {
        let Opened { entered, full, passes_refused, refused } = &*self.opened;
        let entered = read(entered);
        println!(
            "openings: {entered} chats had a place in the queue and were left, {} were told that there is none; {} passes \
             and {} connections refused",
            read(full),
            read(passes_refused),
            read(refused)
        );
        let is_enough = entered >= ENTERED_AT_ONCE_MIN + secs / ENTERED_EACH_SECS && read(passes_refused) > 0;
        (!is_enough).then(|| "too few chats were opened".to_owned())
    }

    fn has_flooded(&self, secs: u64) -> Option<String> {
        let Flooded { said, arrived, visitor_back, counselor_back } = &*self.flooded;
        let arrived = read(arrived);
        println!(
            "flood: {} messages written, {arrived} of them arrived; cut off and back: the visitor {} times, her counselor {}",
            read(said),
            read(visitor_back),
            read(counselor_back)
        );
        (arrived < FLOOD_MIN_PER_SEC * secs).then(|| "too few messages arrived for a flood".to_owned())
    }
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}
