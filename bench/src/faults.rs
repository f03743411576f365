//! What can go wrong with a process from outside: signals, writes that fail, limits that are reached.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// All that SQLite writes with.
const WRITES: &str = "write,pwrite64,fsync,fdatasync,ftruncate";
const ATTACHED_WITHIN: Duration = Duration::from_secs(5);

pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &pid.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the relay takes a signal");
}

/// Every write to a file fails as on a full disk, for as long as this lives.
pub struct RefusedWrites {
    strace: Child,
}

impl RefusedWrites {
    /// `None` where there is no `strace`, or it may not watch.
    pub fn begin(pid: u32, files: &[PathBuf]) -> Option<Self> {
        let only = files.iter().flat_map(|file| ["--trace-path".into(), file.clone()]);
        let mut strace = Command::new("strace")
            .args(only)
            .args(["--follow-forks", "--quiet=attach,exit", "--output=/dev/null", "--trace", WRITES])
            .args(["--inject", &format!("{WRITES}:error=ENOSPC"), "--attach", &pid.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let began = Instant::now();
        while !threads_are_watched(pid) {
            if strace.try_wait().is_ok_and(|ended| ended.is_some()) || began.elapsed() > ATTACHED_WITHIN {
                let _ = strace.kill();
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { strace })
    }

    pub fn end(mut self) {
        signal(self.strace.id(), "INT");
        let _ = self.strace.wait();
    }
}

fn threads_are_watched(pid: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
    })
}

/// The clock of a program that is begun under it, ahead or behind by seconds that change while it runs.
pub struct ShiftedClock {
    shift: PathBuf,
    library: PathBuf,
}

impl ShiftedClock {
    /// `None` where Debian's package `faketime` is not there.
    pub fn new() -> Option<Self> {
        let library =
            PathBuf::from(format!("/usr/lib/{}-linux-gnu/faketime/libfaketimeMT.so.1", std::env::consts::ARCH));
        let shift = std::env::temp_dir().join(format!("amparo-bench-{}-clock", std::process::id()));
        let clock = Self { shift, library };
        clock.shifts(0);
        clock.library.exists().then_some(clock)
    }

    pub fn shifts(&self, secs: i64) {
        std::fs::write(&self.shift, format!("{secs:+}\n")).expect("the temporary folder can be written");
    }

    pub fn around(&self, program: &std::path::Path) -> Command {
        let mut command = Command::new(program);
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.shift);
        // What is measured between two moments goes on as ever, as on a machine whose clock is set.
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}

impl Drop for ShiftedClock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.shift);
    }
}

/// No more descriptors than are open; answers what the limit was.
pub fn limit_descriptors(pid: u32) -> String {
    // The next one opened gets the lowest number that is free, which may lie between others.
    let open: Vec<u64> = std::fs::read_dir(PathBuf::from(format!("/proc/{pid}/fd"))).map_or(Vec::new(), |open| {
        open.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    });
    let open = (0..).find(|number| !open.contains(number)).expect("numbers do not end");
    let former = limits(pid, &["--noheadings", "--raw", "--output", "SOFT", "--nofile"]);
    limits(pid, &[&format!("--nofile={open}:")]);
    former.trim().to_owned()
}

/// As on a machine that writes down whatever crashes; `false` where the limit that the relay has set cannot be raised.
pub fn allow_core_dumps(pid: u32) -> bool {
    let raised = Command::new("prlimit").args(["--pid", &pid.to_string(), "--core=unlimited:unlimited"]).output();
    raised.is_ok_and(|output| output.status.success())
}

pub fn restore_descriptors(pid: u32, soft: &str) {
    limits(pid, &[&format!("--nofile={soft}:")]);
}

fn limits(pid: u32, arguments: &[&str]) -> String {
    let output = Command::new("prlimit").args(["--pid", &pid.to_string()]).args(arguments).output();
    let output = output.expect("util-linux has prlimit");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A memory cgroup of our own: what is started in it never has more, page cache included. It goes when this is dropped.
pub struct Memory {
    group: PathBuf,
    limit: &'static str,
    most_used: &'static str,
}

const LIMIT_STEP_BYTES: u64 = 256 * 1024;

/// Where the two kinds of cgroups lie, what limits, and what remembers the most that was used.
const MEMORY_GROUPS: [(&str, &str, &str); 2] = [
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
    ("/sys/fs/cgroup", "memory.max", "memory.peak"),
];

impl Memory {
    /// `None` where no group may be made.
    pub fn limited(bytes: u64) -> Option<Self> {
        MEMORY_GROUPS.iter().find_map(|(root, limit, most_used)| {
            let group = PathBuf::from(root).join(format!("amparo-bench-{}", std::process::id()));
            std::fs::create_dir(&group).ok()?;
            let memory = Self { group, limit, most_used };
            memory.limits(bytes).then_some(memory)
        })
    }

    /// Another limit. One kind of cgroup refuses less than what cannot be given back; the other kills for it.
    pub fn limits(&self, bytes: u64) -> bool {
        std::fs::write(self.group.join(self.limit), bytes.to_string()).is_ok()
    }

    /// As little as it goes, from so many bytes down: whatever more is needed from now on kills.
    pub fn leaves_nothing(&self, bytes: u64) {
        let mut tried = (1..).map(|step| bytes.saturating_sub(step * LIMIT_STEP_BYTES));
        while tried.next().is_some_and(|bytes| bytes > 0 && self.limits(bytes)) {}
    }

    pub fn most_used_bytes(&self) -> Option<u64> {
        std::fs::read_to_string(self.group.join(self.most_used)).ok()?.trim().parse().ok()
    }

    /// The same program, begun by a shell that steps into the group first.
    pub fn around(&self, program: &std::path::Path) -> Command {
        let mut command = Command::new("sh");
        let steps_in = "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"";
        command.args(["-c", steps_in]).arg(&self.group).arg(program);
        command
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.group);
    }
}
