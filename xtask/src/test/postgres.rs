//! A PostgreSQL for the length of one step: own folder, unix socket only, an unprivileged account.
//!
//! Never touches a cluster of the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::command::quiet;

/// PostgreSQL refuses to run as root; Debian's package makes this account.
const ACCOUNT: &str = "postgres";
const NAME: &str = "amparo";
const START_WITHIN: Duration = Duration::from_secs(30);

pub struct Postgres {
    folder: PathBuf,
    process: Child,
    pub url: String,
}

impl Postgres {
    pub fn start() -> Result<Self, String> {
        // Not below target/: the path of a unix socket has at most 107 characters.
        let folder = std::env::temp_dir().join(format!("amparo-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        if is_root() {
            quiet(Command::new("chown").arg(ACCOUNT).arg(&folder))?;
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(|error| error.to_string())?;
        let data = folder.join("data");
        quiet(
            program("initdb")?
                .args(["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-U", NAME, "-D"])
                .arg(&data),
        )?;
        let mut server = program("postgres")?;
        server.arg("-D").arg(&data).arg("-k").arg(&folder);
        for setting in ["listen_addresses=", "fsync=off", "max_connections=200", "shared_buffers=32MB"] {
            server.args(["-c", setting]);
        }
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = server.spawn().map_err(|error| format!("PostgreSQL does not start: {error}"))?;
        let url = format!("postgres://{NAME}@localhost/{NAME}?host={}", folder.display());
        let postgres = Self { folder, process, url };
        postgres.waits_until_ready()?;
        Ok(postgres)
    }

    fn waits_until_ready(&self) -> Result<(), String> {
        let started = Instant::now();
        loop {
            match quiet(program("createdb")?.arg("-h").arg(&self.folder).args(["-U", NAME, NAME])) {
                Ok(_) => return Ok(()),
                Err(error) if started.elapsed() > START_WITHIN => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        // "Fast shutdown": open connections are cut, and all its processes end.
        if pid.is_none_or(|pid| kill_process(pid, Signal::INT).is_err()) || self.process.wait().is_err() {
            eprintln!("PostgreSQL in {} may still run", self.folder.display());
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// One of PostgreSQL's programs, under an account that may run it, ending with us.
fn program(name: &str) -> Result<Command, String> {
    let path = find(name).ok_or("PostgreSQL is missing: install the package postgresql")?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"]);
    }
    command.arg(path).current_dir("/");
    Ok(command)
}

/// Debian keeps them out of PATH, by version; the newest is taken.
pub fn find(name: &str) -> Option<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut folders: Vec<PathBuf> = debian.collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root() && Path::new("/etc/passwd").is_file()
}
