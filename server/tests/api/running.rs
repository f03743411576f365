//! The running program as the system sees it: how it stops, what it shows to whoever watches it, and that a crash
//! leaves no memory behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::wire::{ServerMsg, decode};
use futures_util::StreamExt;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    child: Child,
    address: String,
    metrics: String,
    _data: TempDir,
}

impl Running {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let (address, metrics) = (free_address(), free_address());
        let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
        command.env_clear().args(["serve", "--listen", &address, "--metrics", &metrics, "--data"]).arg(data.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let first = BufReader::new(child.stdout.as_mut().unwrap()).lines().next();
        assert!(first.unwrap().unwrap().starts_with("set-up "));
        let running = Self { child, address, metrics, _data: data };
        let started = Instant::now();
        while TcpStream::connect(&running.metrics).is_err() || TcpStream::connect(&running.address).is_err() {
            assert!(started.elapsed() < PATIENCE, "the relay listens");
            std::thread::yield_now();
        }
        running
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Most tests have ended it already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn a_relay_that_is_told_to_stop_says_so_to_everybody_and_ends_in_order() {
    let mut running = Running::start();
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(tokio_tungstenite::connect_async(format!("ws://{}/ws", running.address)).await.unwrap().0);
    }
    running.signal(Signal::TERM);
    let asked = Instant::now();
    for socket in &mut sockets {
        let mut said = Vec::new();
        while let Some(Ok(message)) = socket.next().await {
            said.push(message);
        }
        let refused = ServerMsg::Refused { code: ErrorCode::Restarting };
        assert!(matches!(&said[0], Message::Binary(bytes) if decode::<ServerMsg>(bytes) == Ok(refused)), "{said:?}");
        let closed = said.iter().any(|message| {
            matches!(message, Message::Close(Some(frame)) if u16::from(frame.code) == ErrorCode::Restarting.close_code())
        });
        assert!(closed, "{said:?}");
    }
    assert!(running.child.wait().unwrap().success());
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}

#[test]
fn metrics_are_an_allow_list_on_a_port_of_their_own() {
    let running = Running::start();
    let answer = get(&running.metrics, "/metrics");
    let names: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert_eq!(names, ["amparo_store_answers", "amparo_uptime_seconds", "amparo_resident_bytes"]);
    assert!(answer.contains("\namparo_store_answers 1\n"), "{answer}");
    assert!(!answer.contains('{'), "no labels: {answer}");
    assert!(get(&running.address, "/metrics").starts_with("HTTP/1.1 404"), "not where browsers come");
    assert!(get(&running.metrics, "/api/me").starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn metrics_count_people_from_five_on() {
    let running = Running::start();
    let mut sockets = Vec::new();
    for count in 1..=5 {
        sockets.push(tokio_tungstenite::connect_async(format!("ws://{}/ws", running.address)).await.unwrap());
        let shown = get(&running.metrics, "/metrics").contains("\namparo_connections ");
        assert!(count >= 5 || !shown, "{count}");
    }
    let started = Instant::now();
    while !get(&running.metrics, "/metrics").contains("\namparo_connections 5\n") {
        assert!(started.elapsed() < Duration::from_secs(4), "five are shown");
    }
}

/// Nobody can read a non-dumpable process's memory, and the kernel writes none of it: its files below `/proc` belong to
/// root, whoever it runs as.
#[test]
fn a_crash_writes_no_memory_and_no_other_process_reads_it() {
    let mut running = Running::start();
    let limits = std::fs::read_to_string(running.proc("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    if rustix::process::geteuid().is_root() {
        assert!(is_owned_by_root_although_run_by_another(), "the process is not dumpable");
    } else {
        assert_eq!(std::fs::metadata(running.proc("status")).unwrap().uid(), 0, "the process is not dumpable");
    }
    running.signal(Signal::ABORT);
    let status = running.child.wait().unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert!(!status.core_dumped(), "{status}");
}

/// As root everything belongs to root, so the program runs under another account for this.
fn is_owned_by_root_although_run_by_another() -> bool {
    const NOBODY: u32 = 65534;
    let data = TempDir::new_in(std::env::temp_dir()).unwrap();
    std::os::unix::fs::chown(data.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let program = data.path().join("amparo");
    std::fs::copy(Path::new(env!("CARGO_BIN_EXE_amparo")), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&program);
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(data.path());
    command.args(["serve", "--listen", &free_address(), "--data"]).arg(data.path().join("data"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let first = BufReader::new(child.stdout.take().unwrap()).lines().next();
    assert!(first.unwrap().unwrap().starts_with("set-up "));
    let owner = std::fs::metadata(format!("/proc/{}/status", child.id())).unwrap().uid();
    let runs_as = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(runs_as.contains(&format!("Uid:\t{NOBODY}")), "{runs_as}");
    owner == 0
}
