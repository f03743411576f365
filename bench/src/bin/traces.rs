//! Looks for a visitor in the memory of the release binary: while a conversation goes on, and a minute after its end.
//! `bench-traces AMPARO`; reading another program's memory needs root.
//!
//! Looked for: the sealed bytes of her messages, her browser's name, her address. The words themselves never get there.

#![expect(clippy::print_stdout, reason = "the findings are what it is run for")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use amparo_bench::{house, pair, relay};

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
    let mut relay = relay::Amparo::start(Path::new(&amparo));
    let house = house::House::set_up(&relay, 1);
    let mut pair = pair::open_all(&relay, &house).await.remove(0);
    let mut traces = vec![
        Trace { name: "the browser's name", bytes: pair::BROWSER.as_bytes().to_vec() },
        Trace { name: "the address", bytes: pair::ADDRESS.as_bytes().to_vec() },
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
    relay.stop();
    let is_seen = during.contains(&"a sealed message");
    if !is_seen {
        println!("the scan sees nothing, so it proves nothing");
    }
    std::process::exit(i32::from(!is_seen || !after.is_empty()));
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
