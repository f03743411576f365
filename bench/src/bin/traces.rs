//! Looks for a visitor in all that the release binary leaves: in its memory while a conversation goes on and a minute after
//! its end; then in its data folder, its log at the finest level there is (`info`) and its counts, after a request that
//! failed within and a crash that wanted to write its memory down. `bench-traces AMPARO`; reading another program's memory needs root.
//!
//! Looked for: the sealed bytes of her messages, her browser's name, her address, which a proxy names, as text and as the
//! bytes that a program makes of it; on disk also her words, which never get there, and the member's password. A second
//! visitor comes with an address of the long kind, whose bytes do not come about by chance.
//!
//! That an address would be seen is shown by a connection that is held open in the midst of its request: the one that it
//! comes from is there in bytes, the one that it names as text.

#![expect(clippy::print_stdout, reason = "the findings are what it is run for")]

use std::fs::{self, File};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use amparo_bench::{faults, house, line, pair, relay};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

const MESSAGES: usize = 20;
/// The relay erases within a minute of the end.
const AFTER_THE_END: Duration = Duration::from_secs(65);
const IS_READ: Duration = Duration::from_millis(300);
const BLOCK_BYTES: usize = 1 << 20;
const LONG_ADDRESS: &str = "2001:db8:5bd1:e995:7f4a:7c15:9e37:79b9";
const HELD_NAMED: &str = "2001:db8:c6a4:a793:8e2f:94d0:49bb:1331";
/// One of this machine's own, which every connection on it may come from.
const HELD_FROM: &str = "127.83.177.113";

const SEALED: &str = "a sealed message";

/// What is looked for, and how it is called.
struct Trace {
    name: String,
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
    let proxies = ["--trusted-proxies", "127.0.0.1,::1"];
    let mut relay = relay::Amparo::start_logged(Path::new(&amparo), &log, metrics, &proxies);
    let house = house::House::set_up(&relay, 2);
    let (mut traces, mut held) = (of_visitors(), of_held());
    for traces in [&mut traces, &mut held] {
        leave_out_chance(relay.pid(), traces);
    }
    let pairs = talk(&relay, &house, &mut traces).await;
    let during = found(relay.pid(), &traces);
    println!("during the conversation: {}", told(&during));
    let holding = hold_a_request(&relay).await;
    let of_held = found(relay.pid(), &held);
    println!("meanwhile of a connection that is held open: {}", told(&of_held));
    drop(holding);
    traces.extend(held);
    for pair in pairs {
        pair.end().await;
    }
    tokio::time::sleep(AFTER_THE_END).await;
    let after = found(relay.pid(), &traces);
    println!("{} s after its end: {}", AFTER_THE_END.as_secs(), told(&after));
    let fails = fails_within(&relay, &house);
    let counts = ureq::get(format!("http://127.0.0.1:{metrics}/metrics")).call();
    let counts = counts.map(|mut answer| answer.body_mut().read_to_string().unwrap_or_default()).unwrap_or_default();
    fs::write(scratch.join("metrics"), counts).expect("the temporary folder can be written");
    let dumps = crashes(&mut relay, &scratch);
    traces.push(Trace { name: "her words".to_owned(), bytes: pair::TEXT.as_bytes().to_vec() });
    traces.push(Trace { name: "a password".to_owned(), bytes: house::PASSWORD.as_bytes().to_vec() });
    let left = [relay.folder(), &scratch].map(|folder| found_in_files(folder, &traces)).concat();
    println!("on disk, in the log and in the counts, after {fails}: {}", told(&left));
    relay.stop();
    let _ = fs::remove_dir_all(&scratch);
    let is_held_seen = [as_text(HELD_NAMED), in_bytes(HELD_FROM)].iter().all(|name| of_held.contains(name));
    let is_seen = during.iter().any(|name| name == SEALED) && is_held_seen;
    if !is_seen {
        println!("the scan sees nothing, so it proves nothing");
    }
    println!("a crash wrote {dumps} files of memory");
    std::process::exit(i32::from(!is_seen || !after.is_empty() || !left.is_empty() || dumps > 0));
}

fn of_visitors() -> Vec<Trace> {
    let mut traces = vec![Trace { name: "the browser's name".to_owned(), bytes: line::BROWSER.as_bytes().to_vec() }];
    traces.extend([line::ADDRESS, LONG_ADDRESS].into_iter().flat_map(of_address));
    traces
}

fn of_held() -> Vec<Trace> {
    [HELD_NAMED, HELD_FROM].into_iter().flat_map(of_address).collect()
}

fn as_text(address: &str) -> String {
    format!("{address} as text")
}

fn in_bytes(address: &str) -> String {
    format!("{address} in bytes")
}

/// As text; as bytes in the two orders that machines have; and the half that is a household's, where that is less.
fn of_address(text: &str) -> Vec<Trace> {
    let bytes = match text.parse().expect("an address") {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let household = bytes[..bytes.len().min(8)].to_vec();
    let reversed = bytes.iter().rev().copied().collect();
    vec![
        Trace { name: as_text(text), bytes: text.as_bytes().to_vec() },
        Trace { name: in_bytes(text), bytes: household },
        Trace { name: in_bytes(text), bytes: reversed },
    ]
}

/// Four bytes may lie in any memory before anybody came: those prove nothing.
fn leave_out_chance(pid: u32, traces: &mut Vec<Trace>) {
    let before = traces.len();
    traces.retain(|trace| found(pid, std::slice::from_ref(trace)).is_empty());
    if traces.len() < before {
        println!("not looked for, as it was there before anybody came: {} of {before}", before - traces.len());
    }
}

/// One visitor with either kind of address; what is sealed is looked for from then on.
async fn talk(relay: &relay::Amparo, house: &house::House, traces: &mut Vec<Trace>) -> Vec<pair::Pair> {
    let mut pairs = Vec::new();
    for (counselor, address) in house.counselors.iter().zip([line::ADDRESS, LONG_ADDRESS]) {
        let mut pair = pair::open(relay, house, counselor, address).await;
        for _ in 0..MESSAGES {
            let (_, sealed) = pair.exchange_sealed().await;
            // The middle of it: sealed, and different in every message.
            let bytes = sealed.as_bytes()[200..264].to_vec();
            traces.push(Trace { name: SEALED.to_owned(), bytes });
        }
        pairs.push(pair);
    }
    pairs
}

/// All of its header but the last line.
async fn hold_a_request(relay: &relay::Amparo) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("the system has one more socket");
    socket.bind(SocketAddr::new(HELD_FROM.parse().expect("an address"), 0)).expect("an address of this machine");
    let to = SocketAddr::from(([127, 0, 0, 1], relay.port));
    let mut stream = socket.connect(to).await.expect("the relay accepts the connection");
    let request = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {HELD_NAMED}\r\n");
    stream.write_all(request.as_bytes()).await.expect("the relay reads");
    tokio::time::sleep(IS_READ).await;
    stream
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
fn found_in_files(folder: &Path, traces: &[Trace]) -> Vec<String> {
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
    traces.iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|(trace, _)| trace.name.clone()).collect()
}

/// Each once, with how many there are of it.
fn told(found: &[String]) -> String {
    let mut names: Vec<&str> = found.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let count = |name: &str| found.iter().filter(|other| *other == name).count();
    let told: Vec<String> = names.into_iter().map(|name| format!("{name} ({})", count(name))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

/// Which of these lie anywhere in the memory of the process, each once.
fn found(pid: u32, traces: &[Trace]) -> Vec<String> {
    let memory = File::open(format!("/proc/{pid}/mem")).expect("reading another program's memory needs root");
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("the relay runs");
    let mut is_found = vec![false; traces.len()];
    for (from, to) in maps.lines().filter_map(writable) {
        scan(&memory, from, to, traces, &mut is_found);
    }
    traces.iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|(trace, _)| trace.name.clone()).collect()
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
