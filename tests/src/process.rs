//! Processes as the operating system sees them: free ports, a browser's whole tree, signals.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}

/// The first of these programs that PATH knows.
pub fn program(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    found.unwrap_or_else(|| panic!("none of {names:?} is installed; `cargo xtask test` installs it on Debian"))
}

/// Where build output and everything else of a test run lies.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from)
}

/// Sends a signal to every process that descends from `root`, children first, `root` itself excluded.
pub fn signal_descendants(root: u32, signal: Signal) {
    for pid in descendants(root).into_iter().rev() {
        // A process that has just ended is what the caller wants anyway.
        let _ = kill_process(pid, signal);
    }
}

/// Memory of every process below `root` that shows pages in Chromium; what several share counts in part
/// (`Pss` of `/proc/PID/smaps_rollup`).
pub fn renderers_bytes(root: u32) -> u64 {
    let read = |pid: &Pid, file: &str| fs::read(format!("/proc/{}/{file}", pid.as_raw_nonzero())).unwrap_or_default();
    let shows_pages = |pid: &Pid| {
        let line = String::from_utf8_lossy(&read(pid, "cmdline")).into_owned();
        line.contains("--type=renderer") && !line.contains("--top-chrome-webui")
    };
    let kilobytes = |pid: &Pid| -> Option<u64> {
        let text = String::from_utf8_lossy(&read(pid, "smaps_rollup")).into_owned();
        text.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix(" kB")?.parse().ok()
    };
    descendants(root).iter().filter(|pid| shows_pages(pid)).filter_map(kilobytes).sum::<u64>() * 1024
}

/// Parents before children.
fn descendants(root: u32) -> Vec<Pid> {
    let pairs = parents();
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(pairs.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found[1..].iter().filter_map(|pid| Pid::from_raw(i32::try_from(*pid).ok()?)).collect()
}

/// (process, its parent) for every process of this machine.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, parent(pid)?))).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may hold anything, so fields are counted from its end.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
