//! What the operating system says of one process: CPU time, resident memory, what is open.

use std::fs;
use std::time::Duration;

/// Linux counts CPU time in hundredths of a second for every program (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);
const PAGE_BYTES: u64 = 4096;

pub struct Meter {
    pid: u32,
}

impl Meter {
    pub fn of(pid: u32) -> Self {
        Self { pid }
    }

    /// User and system time of all its threads so far.
    pub fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        // The name is in parentheses and may hold anything, so fields are counted from its end.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
        TICK * (ticks(11) + ticks(12))
    }

    /// Files and connections.
    pub fn descriptors(&self) -> u64 {
        fs::read_dir(format!("/proc/{}/fd", self.pid)).map_or(0, |open| open.count() as u64)
    }

    pub fn resident_bytes(&self) -> u64 {
        let pages = self.read("statm").split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
        pages.unwrap_or(0) * PAGE_BYTES
    }

    /// How often its threads began to run after they had waited.
    pub fn wake_ups(&self) -> u64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten().flatten();
        let waits = threads.filter_map(|thread| {
            let status = fs::read_to_string(thread.path().join("status")).ok()?;
            status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse::<u64>().ok()
        });
        waits.sum()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.pid)).unwrap_or_default()
    }
}
