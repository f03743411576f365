//! The two programs under load, as processes on loopback with folders of their own.

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::faults::Memory;

/// The release binary on an empty data folder.
pub struct Amparo {
    child: Child,
    folder: PathBuf,
    host: IpAddr,
    pub port: u16,
    pub start_time: Duration,
    pub setup_token: String,
}

impl Amparo {
    pub fn start(binary: &Path) -> Self {
        Self::start_with(binary, &[])
    }

    /// With more arguments than the folder and the port.
    pub fn start_with(binary: &Path, more: &[&str]) -> Self {
        Self::begin(Command::new(binary), more)
    }

    /// With no more memory than that.
    pub fn start_in(memory: &Memory, binary: &Path) -> Self {
        Self::begin(memory.around(binary), &[])
    }

    /// Says all that it can, into this file, and its counts at that port of loopback.
    pub fn start_logged(binary: &Path, log: &Path, metrics: u16, more: &[&str]) -> Self {
        let mut command = Command::new(binary);
        let log = std::fs::File::create(log).expect("the temporary folder can be written");
        command.stderr(log).env("AMPARO_LOG_LEVEL", "info").env("AMPARO_METRICS", format!("127.0.0.1:{metrics}"));
        Self::begin(command, more)
    }

    /// All that lies on its disk.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn begin(command: Command, more: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("amparo-bench-{}", std::process::id()));
        let (host, port) = (IpAddr::from(Ipv4Addr::LOCALHOST), free_port());
        let (mut child, start_time) = serve(command, SocketAddr::new(host, port), &folder, more);
        let setup_token = first_line_with(&mut child, "#setup=");
        Self { child, folder, host, port, start_time, setup_token }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// `kill -9` and a new start on the same folder; answers how long that took.
    pub fn loses_power(&mut self, binary: &Path) -> Duration {
        self.loses_power_as(Command::new(binary))
    }

    /// The same, and what starts is this: the binary with something around it.
    pub fn loses_power_as(&mut self, command: Command) -> Duration {
        end(&mut self.child);
        let (child, start_time) = serve(command, self.address(), &self.folder, &[]);
        self.child = child;
        start_time
    }

    /// The same, and from then on it listens there.
    pub fn moves_to(&mut self, host: IpAddr, command: Command) {
        self.host = host;
        self.loses_power_as(command);
    }

    /// Whether the kernel has killed it, as it does for want of memory.
    pub fn was_killed(&mut self) -> bool {
        const SIGKILL: i32 = 9;
        self.child.try_wait().is_ok_and(|ended| ended.and_then(|status| status.signal()) == Some(SIGKILL))
    }

    /// Waits until it has ended by itself.
    pub fn has_ended(&mut self) {
        let _ = self.child.wait();
    }

    /// What SQLite writes to.
    pub fn database_files(&self) -> Vec<PathBuf> {
        ["amparo.db", "amparo.db-wal", "amparo.db-shm"].map(|name| self.folder.join(name)).into()
    }

    pub fn http(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Where browsers connect.
    pub fn socket(&self) -> String {
        format!("ws://localhost:{}/ws", self.port)
    }

    pub fn stop(&mut self) {
        end(&mut self.child);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The bare relay of `src/bin/reference.rs`.
pub struct Reference {
    child: Child,
    pub address: String,
}

impl Reference {
    pub fn start(binary: &Path) -> Self {
        let mut child = Command::new(binary).stdout(Stdio::piped()).spawn().expect("the reference starts");
        let address = first_line_with(&mut child, "127.0.0.1:");
        Self { child, address: format!("127.0.0.1:{address}") }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stop(&mut self) {
        end(&mut self.child);
    }
}

/// Starts the relay and waits until it answers.
fn serve(mut command: Command, listen: SocketAddr, folder: &Path, more: &[&str]) -> (Child, Duration) {
    let began = Instant::now();
    command.arg("serve").args(["--listen", &listen.to_string()]).arg("--data").arg(folder).args(more);
    let child = command.stdout(Stdio::piped()).spawn().expect("the relay's binary starts");
    wait_until_healthy(listen);
    (child, began.elapsed())
}

/// What follows `mark` in the first line that has it.
fn first_line_with(child: &mut Child, mark: &str) -> String {
    let output = BufReader::new(child.stdout.take().expect("standard output was piped"));
    let mut lines = output.lines().map_while(Result::ok);
    let found = lines.find_map(|line| line.split_once(mark).map(|(_, rest)| rest.trim().to_owned()));
    // The rest is read too, so that the program never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    found.expect("the program prints its address before it closes its output")
}

fn wait_until_healthy(address: SocketAddr) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while ureq::get(format!("http://{address}/healthz")).call().is_err() {
        assert!(Instant::now() < deadline, "the relay did not serve within ten seconds");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
