//! Little memory for the relay, and too little.

use std::time::{Duration, Instant};

use amparo_bench::faults::Memory;
use amparo_bench::talks::{LOOK, PACE};
use tokio::time::sleep;

use super::{CALM, Outages, RESUMES_WITHIN, shown};

/// Enough for a relay that serves few.
const LIMIT_BYTES: u64 = 32 * 1024 * 1024;
const ALLOCATES_WITHIN: Duration = Duration::from_secs(30);
const HASTE: Duration = Duration::from_millis(200);

impl Outages {
    pub async fn memory_is_short(&mut self) {
        let Some(memory) = Memory::limited(LIMIT_BYTES) else {
            return println!("little memory: skipped, no memory cgroup may be made here");
        };
        self.relay.loses_power_as(memory.around(&self.amparo));
        let took = self.talks.until_all_read(CALM).await;
        let most = memory.most_used_bytes().map_or("unknown".to_owned(), |bytes| bytes.to_string());
        println!("{LIMIT_BYTES} bytes of memory: all are back {}; most used: {most}", shown(took));
        let is_soon = took.is_some_and(|took| took <= RESUMES_WITHIN);
        self.expect(is_soon, "not everybody was back within twelve seconds with little memory");
        self.memory_is_too_little(&memory).await;
        self.relay.loses_power(&self.amparo);
        let took = self.talks.until_all_read(CALM).await;
        self.expect(took.is_some(), "not everybody was back after the memory was enough again");
    }

    /// The kernel kills, and whoever watches over the relay starts it again.
    async fn memory_is_too_little(&mut self, memory: &Memory) {
        memory.leaves_nothing(LIMIT_BYTES);
        let was_killed = self.until_killed().await;
        memory.limits(LIMIT_BYTES);
        let started = self.relay.loses_power_as(memory.around(&self.amparo));
        let took = self.talks.until_all_read(CALM).await;
        println!(
            "no memory left: killed by the kernel: {was_killed}; started again within {} ms, all are back {}",
            started.as_millis(),
            shown(took)
        );
        self.expect(was_killed, "the limit of memory was not reached: nothing was tried");
        let is_soon = took.is_some_and(|took| took <= RESUMES_WITHIN);
        self.expect(is_soon, "not everybody was back within twelve seconds after the kernel had killed the relay");
    }

    /// What is said takes memory, for a while.
    async fn until_killed(&mut self) -> bool {
        let began = Instant::now();
        self.talks.write_every(HASTE);
        while !self.relay.was_killed() && began.elapsed() < ALLOCATES_WITHIN {
            sleep(LOOK).await;
        }
        self.talks.write_every(PACE);
        self.relay.was_killed()
    }
}
