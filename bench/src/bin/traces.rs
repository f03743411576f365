//! Looks for a visitor in all that the release binary leaves: in its memory while a conversation goes on and a minute after
//! its end; then in its data folder, its log at the finest level there is (`info`) and its counts, after a request that
//! failed within and a crash that wanted to write its memory down. `bench-traces AMPARO`; reading another program's memory needs root.
//!
//! Looked for: the sealed bytes of her messages, her browser's name, her address; on disk also her words, which never get
//! there, and the member's password.

#![expect(clippy::print_stdout, reason = "the findings are what it is run for")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use amparo_bench::{faults, house, line, pair, relay};

const MESSAGES: usize = 20;
/// The relay erases within a minute of the end.
const AFTER_THE_END: Duration = Duration::from_secs(65);
const BLOCK_BYTES: usize = 1 << 20;

/// What is looked for, and how it is called.
struct Trace {
    name: &'static str,
    bytes: Vec<u8>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(amparo) = std::env::args().nth(1) else {
        eprintln!("usage: bench-traces AMPARO");
        std::process::exit(2);
    };
    let scratch = std::env::temp_dir().join(format!("amparo-traces-{}", std::process::id()));
    fs::create_dir_all(&scratch).expect("the temporary folder can be written");
    let (log, metrics) = (scratch.join("log"), relay::free_port());
    let mut relay = relay::Amparo::start_logged(Path::new(&amparo), &log, metrics);
    let house = house::House::set_up(&relay, 1);
    let mut pair = pair::open_all(&relay, &house).await.remove(0);
    let mut traces = vec![
        Trace { name: "the browser's name", bytes: line::BROWSER.as_bytes().to_vec() },
        Trace { name: "the address", bytes: line::ADDRESS.as_bytes().to_vec() },
    ];
    for _ in 0..MESSAGES {
        let (_, sealed) = pair.exchange_sealed().await;
        // The middle of it: sealed, and different in every message.
        let bytes = sealed.as_bytes()[200..264].to_vec();
        traces.push(Trace { name: "a sealed message", bytes });
    }
    let during = found(relay.pid(), &traces);
    println!("during the conversation: {}", told(&during));
    pair.end().await;
    tokio::time::sleep(AFTER_THE_END).await;
    let after = found(relay.pid(), &traces);
    println!("{} s after its end: {}", AFTER_THE_END.as_secs(), told(&after));
    let fails = fails_within(&relay, &house);
    let counts = ureq::get(format!("http://127.0.0.1:{metrics}/metrics")).call();
    let counts = counts.map(|mut answer| answer.body_mut().read_to_string().unwrap_or_default()).unwrap_or_default();
    fs::write(scratch.join("metrics"), counts).expect("the temporary folder can be written");
    let dumps = crashes(&mut relay, &scratch);
    traces.push(Trace { name: "her words", bytes: pair::TEXT.as_bytes().to_vec() });
    traces.push(Trace { name: "a password", bytes: house::PASSWORD.as_bytes().to_vec() });
    let left = [relay.folder(), &scratch].map(|folder| found_in_files(folder, &traces)).concat();
    println!("on disk, in the log and in the counts, after {fails}: {}", told(&left));
    relay.stop();
    let _ = fs::remove_dir_all(&scratch);
    let is_seen = during.contains(&"a sealed message");
    if !is_seen {
        println!("the scan sees nothing, so it proves nothing");
    }
    println!("a crash wrote {dumps} files of memory");
    std::process::exit(i32::from(!is_seen || !after.is_empty() || !left.is_empty() || dumps > 0));
}

/// A request that the disk refuses.
fn fails_within(relay: &relay::Amparo, house: &house::House) -> &'static str {
    let Some(refusing) = faults::RefusedWrites::begin(relay.pid(), &relay.database_files()) else {
        return "no failure: there is no strace that may watch the relay";
    };
    let status = house.counts_a_reason();
    refusing.end();
    assert_eq!(status, 500, "a write that failed is told");
    "a failure within"
}

/// A crash on a machine that would write memory down; answers how many such files there are.
fn crashes(relay: &mut relay::Amparo, scratch: &Path) -> usize {
    if !faults::allow_core_dumps(relay.pid()) {
        println!("the relay's own limit on dumps stands: nobody here may raise it");
    }
    faults::signal(relay.pid(), "ABRT");
    relay.has_ended();
    let here = std::env::current_dir().unwrap_or_default();
    let dump = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("core");
    [&here, relay.folder(), scratch]
        .into_iter()
        .flat_map(|at| fs::read_dir(at).into_iter().flatten().flatten())
        .filter(|entry| dump(entry) && entry.path().is_file())
        .count()
}

/// Which of these lie in any file below a folder.
fn found_in_files(folder: &Path, traces: &[Trace]) -> Vec<&'static str> {
    let mut is_found = vec![false; traces.len()];
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let content = fs::read(entry.path()).unwrap_or_default();
            for (trace, is_found) in traces.iter().zip(is_found.iter_mut()) {
                *is_found |= holds(&content, &trace.bytes);
            }
        }
    }
    traces.iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|(trace, _)| trace.name).collect()
}

fn told(found: &[&str]) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

/// Which of these lie anywhere in the memory of the process, each as often as it is looked for.
fn found(pid: u32, traces: &[Trace]) -> Vec<&'static str> {
    let memory = File::open(format!("/proc/{pid}/mem")).expect("reading another program's memory needs root");
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("the relay runs");
    let mut is_found = vec![false; traces.len()];
    for (from, to) in maps.lines().filter_map(writable) {
        scan(&memory, from, to, traces, &mut is_found);
    }
    traces.iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|(trace, _)| trace.name).collect()
}

/// Where a writable region begins and ends.
fn writable(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let parsed = |text| u64::from_str_radix(text, 16).ok();
    words.next()?.starts_with("rw").then_some((parsed(from)?, parsed(to)?))
}

/// Blocks overlap by the longest trace.
fn scan(memory: &File, from: u64, to: u64, traces: &[Trace], is_found: &mut [bool]) {
    let longest = traces.iter().map(|trace| trace.bytes.len()).max().unwrap_or(0);
    let mut block = vec![0; BLOCK_BYTES + longest];
    let mut at = from;
    while at < to {
        let size = usize::try_from(to - at).unwrap_or(usize::MAX).min(block.len());
        // A page that was given back meanwhile holds nothing.
        let read = memory.read_at(&mut block[..size], at).unwrap_or(0);
        for (trace, is_found) in traces.iter().zip(is_found.iter_mut()) {
            *is_found |= holds(&block[..read], &trace.bytes);
        }
        at += BLOCK_BYTES as u64;
    }
}

fn holds(block: &[u8], bytes: &[u8]) -> bool {
    let first = bytes[0];
    block.iter().enumerate().any(|(at, byte)| *byte == first && block[at..].starts_with(bytes))
}
