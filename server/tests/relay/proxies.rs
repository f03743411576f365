//! The shipped examples for nginx and Caddy, run as the unprivileged programs of Debian's packages: a conversation gets
//! through, the relay is told the address of whoever connects and not what they claim, and the proxy writes none.
//!
//! `cargo xtask test unit` names the programs in `TEST_NGINX` and `TEST_CADDY`; without them a test says that it was
//! skipped.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use amparo_protocol::id::DeviceId;
use amparo_protocol::wire::{ClientMsg, ServerMsg};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::connections::{Talking, talking};
use crate::support::person::message;
use crate::support::served::Served;
use crate::support::tab::Over;

/// Where a visitor comes from: found in nobody's file afterwards.
const VISITOR: Ipv4Addr = Ipv4Addr::new(127, 66, 77, 88);
const DEADLINE: Duration = Duration::from_secs(20);

enum Kind {
    Nginx,
    Caddy,
}

/// A proxy with the shipped example, but on loopback and without TLS.
struct Proxy {
    address: SocketAddr,
    folder: TempDir,
    child: Child,
}

impl Proxy {
    /// `None` without the program.
    async fn start(kind: &Kind, relay: SocketAddr) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().await;
        let mut command = match kind {
            Kind::Nginx => nginx(&program("TEST_NGINX")?, folder.path(), address, relay),
            Kind::Caddy => caddy(&program("TEST_CADDY")?, folder.path(), address, relay),
        };
        let output = fs::File::create(folder.path().join("output")).unwrap();
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let proxy = Self { address, child: command.spawn().unwrap(), folder };
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            let output = fs::read_to_string(proxy.folder.path().join("output")).unwrap();
            assert!(started.elapsed() < DEADLINE, "the proxy does not start: {output}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(proxy)
    }

    /// One request from the visitor's address; the answer's head.
    async fn asks(&self, request: &str) -> String {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((VISITOR, 0))).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _reset = timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("in time");
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn program(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: {variable} names no program");
    }
    found
}

async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name)).unwrap()
}

/// Around the example stands what Debian's nginx.conf has: an error log, and an access log for whoever forgets.
fn nginx(program: &Path, folder: &Path, address: SocketAddr, relay: SocketAddr) -> Command {
    let shipped = example("nginx.conf");
    let kept = shipped.lines().filter(|line| !line.trim_start().starts_with("ssl_") && !line.contains("[::]"));
    let server = kept.collect::<Vec<_>>().join("\n");
    let server = server
        .replace("listen 443 ssl;", &format!("listen {address};"))
        .replace("listen 80;", "listen 127.0.0.1:0;")
        .replace("127.0.0.1:8080", &relay.to_string());
    // The part that sends http on to https has no port of its own here.
    let server = without_redirect(&server);
    let at = folder.display();
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths: String = paths.iter().map(|name| format!("{name}_temp_path {at}/{name};\n")).collect();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log {at}/error.log;\nevents {{}}\n\
         http {{\naccess_log {at}/access.log;\n{paths}{server}\n}}\n"
    );
    fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
    command
}

fn without_redirect(text: &str) -> String {
    let from = text.find("server {").unwrap();
    let to = text[from..].find("\n}\n").unwrap() + from + 3;
    assert!(text[from..to].contains("return 301"));
    format!("{}{}", &text[..from], &text[to..])
}

fn caddy(program: &Path, folder: &Path, address: SocketAddr, relay: SocketAddr) -> Command {
    let config = example("Caddyfile")
        .replacen("{\n\tlog", "{\n\tadmin off\n\tlog", 1)
        .replace("www2.example.org {", &format!("http://:{} {{\n\tbind {}", address.port(), address.ip()))
        .replace("127.0.0.1:8080", &relay.to_string());
    fs::write(folder.join("Caddyfile"), config).unwrap();
    let mut command = Command::new(program);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
    command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

async fn a_conversation_gets_through(kind: Kind) {
    let mut served = Served::settled().await;
    let Some(proxy) = Proxy::start(&kind, served.address).await else { return };
    served.address = proxy.address;
    let Talking { mut visitor, mut counselor, conversation, .. } = talking(&served, Over::Socket, Over::Socket).await;
    for number in 1..=20 {
        let said = message(conversation, 1, DeviceId::default(), number);
        visitor.says(&ClientMsg::Send { conversation, message: said.clone() }).await;
        counselor.sees(|msg| *msg == ServerMsg::Deliver { conversation, message: said.clone() }).await;
    }
}

/// Also when the relay is away, and when the request is nonsense: that is when proxies like to write.
async fn the_address_is_passed_on_and_written_nowhere(kind: Kind) {
    let relay = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let Some(proxy) = Proxy::start(&kind, relay.local_addr().unwrap()).await else { return };
    let claimed = "GET /wanted HTTP/1.1\r\nHost: www2.example.org\r\nX-Forwarded-For: 203.0.113.9\r\n\
         User-Agent: canary-agent\r\nReferer: https://canary.example/page\r\nConnection: close\r\n\r\n";
    let told = async {
        let (mut stream, _) = relay.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let size = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").await.unwrap();
        String::from_utf8_lossy(&head[..size]).to_ascii_lowercase()
    };
    let (head, answer) = tokio::join!(told, proxy.asks(claimed));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(head.contains(&format!("x-forwarded-for: {VISITOR}\r\n")), "{head}");
    assert!(!head.contains("203.0.113.9"), "what was claimed is dropped: {head}");

    drop(relay);
    let answer = proxy.asks(claimed).await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    proxy.asks("GET /wanted HTTP/1.1\r\nHost: www2.example.org\r\nContent-Length: 99999999999\r\n\r\n").await;
    proxy.asks("NONSENSE\0\r\n\r\n").await;

    let traces = ["127.66.77.88", "203.0.113.9", "canary-agent", "canary.example", "/wanted"];
    for file in proxy.files() {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        for trace in traces {
            assert!(!text.contains(trace), "{trace} in {}: {text}", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_gets_through_nginx() {
    a_conversation_gets_through(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_gets_through_caddy() {
    a_conversation_gets_through(Kind::Caddy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_passes_the_address_on_and_writes_it_nowhere() {
    the_address_is_passed_on_and_written_nowhere(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_passes_the_address_on_and_writes_it_nowhere() {
    the_address_is_passed_on_and_written_nowhere(Kind::Caddy).await;
}

/// The promise of `deploy/amparo.service`: a score of 2.0 at most (0 is a locked box, 10 no lock at all).
#[test]
fn the_service_is_locked_up() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/amparo.service");
    let mut command = Command::new("systemd-analyze");
    let Ok(output) = command.args(["security", "--offline=true", "--threshold=20"]).arg(unit).output() else {
        eprintln!("skipped: systemd-analyze is not installed");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("Overall exposure level"), "{told}");
}
