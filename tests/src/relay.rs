//! The relay as an NGO runs it: the release binary, a data folder, a port. It can lose its power and be started again.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use tempfile::TempDir;

use crate::deadline::{PATIENCE, until};
use crate::http;
use crate::prepared::copy;
use crate::process::{free_port, target_folder};

pub struct Relay {
    folder: TempDir,
    pub port: u16,
    /// What browsers connect to: its own, or that of a proxy before it.
    public_port: u16,
    process: Option<Child>,
}

impl Relay {
    pub async fn start() -> Self {
        let port = free_port();
        Self::start_behind(port, port).await
    }

    /// Browsers reach it at another port than the one where it listens.
    pub async fn start_behind(public_port: u16, port: u16) -> Self {
        Self::start_on(None, public_port, port).await
    }

    /// On a copy of what another relay of this version has kept.
    pub async fn start_as(data: &Path) -> Self {
        let port = free_port();
        Self::start_on(Some(data), port, port).await
    }

    async fn start_on(data: Option<&Path>, public_port: u16, port: u16) -> Self {
        let folder = TempDir::with_prefix("amparo-relay-").expect("the temporary folder can be written");
        let mut relay = Self { folder, port, public_port, process: None };
        if let Some(data) = data {
            copy(data, &relay.data());
        }
        relay.start_again().await;
        relay
    }

    /// Starts on the same data folder and port, and waits until it serves. Answers how long that took.
    pub async fn start_again(&mut self) -> Duration {
        assert!(self.process.is_none(), "the relay runs already");
        let started = Instant::now();
        let mut command = amparo();
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data"]).arg(self.data());
        command.args(["--public-url", &self.origin()]);
        command.stdout(self.log_file()).stderr(self.log_file());
        self.process = Some(command.spawn().expect("the relay's binary runs"));
        let healthy = format!("{}/healthz", self.origin());
        until("the relay serves", PATIENCE, async || match http::get(&healthy).await {
            Ok(answer) if answer.status == 200 => Ok(()),
            Ok(answer) => Err(format!("status {}", answer.status)),
            Err(error) => Err(format!("{error}; its log: {}", self.log())),
        })
        .await;
        started.elapsed()
    }

    /// `kill -9`.
    pub fn loses_power(&mut self) {
        let mut process = self.process.take().expect("the relay runs");
        process.kill().expect("it is our child");
        process.wait().expect("it was not waited for before");
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Everything that it wrote to its output, over all starts.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Under which the console is opened: browsers accept `__Host-` cookies on this name without TLS.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.public_port)
    }

    /// The one-time address from its output.
    pub async fn setup_link(&self) -> String {
        until("the relay prints the set-up address", PATIENCE, async || {
            let log = self.log();
            let link = log.lines().find_map(|line| line.trim().strip_prefix("set-up "));
            link.map(|link| link.trim().to_owned()).ok_or(log.clone())
        })
        .await
    }

    /// The one-time address that `amparo setup --again` prints beside the running relay.
    pub fn setup_link_again(&self) -> String {
        let (data, origin) = (self.data(), self.origin());
        let data = data.to_str().expect("temporary folders have plain names");
        let arguments = ["setup", "--again", "--data", data, "--public-url", &origin];
        let ended = amparo_ends(self.folder.path(), &arguments, &[]);
        let link = ended.output.lines().find_map(|line| line.strip_prefix("set-up "));
        link.unwrap_or_else(|| panic!("no address: {}", ended.output)).trim().to_owned()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("output.log")
    }

    fn log_file(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.log_path()).expect("the temporary folder can be written")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the relay's output:\n{}", self.log());
        }
        if self.process.is_some() {
            self.loses_power();
        }
    }
}

/// Tells one release binary from another.
pub fn fingerprint() -> String {
    let file = fs::metadata(binary()).expect("the release binary is there");
    let changed = file.modified().expect("files here have a time").duration_since(UNIX_EPOCH);
    format!("{}-{}", file.len(), changed.expect("it was built after 1970").as_millis())
}

fn binary() -> PathBuf {
    let binary = std::env::var_os("TEST_BINARY").map_or_else(|| target_folder().join("release/amparo"), PathBuf::from);
    assert!(binary.is_file(), "{} is missing; `cargo xtask test` builds it", binary.display());
    binary
}

/// The release binary with nothing of this machine's environment that could configure it.
pub fn amparo() -> Command {
    let mut command = Command::new(binary());
    let own = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AMPARO_"));
    for (name, _) in own {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What a short-lived call said and how it ended.
pub struct Ended {
    pub status: ExitStatus,
    pub output: String,
}

/// Runs the binary to its end; panics when it does not end by itself.
pub fn amparo_ends(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = amparo();
    command.current_dir(folder).args(arguments).envs(environment.iter().copied());
    let output = folder.join("ended.log");
    let file = File::create(&output).expect("the temporary folder can be written");
    command.stdout(file.try_clone().expect("an open file can be cloned")).stderr(file);
    let mut process = command.spawn().expect("the relay's binary runs");
    let started = Instant::now();
    loop {
        if let Some(status) = process.try_wait().expect("it is our child") {
            return Ended { status, output: fs::read_to_string(&output).unwrap_or_default() };
        }
        if started.elapsed() > PATIENCE {
            process.kill().expect("it is our child");
            panic!("amparo {arguments:?} goes on: {}", fs::read_to_string(&output).unwrap_or_default());
        }
        std::thread::yield_now();
    }
}
