//! A throw-away PostgreSQL: the one that `cargo xtask test` has started, or one of this process, in a temporary
//! folder, on a unix socket, run by an unprivileged user, gone when the tests end.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor};

const MISSING: &str = "PostgreSQL is missing: install it (Debian: apt-get install postgresql), or run cargo xtask test";
/// Stops the server and removes its folder once the tests' end of the pipe is closed, however they end.
const KEEPER: &str = r#""$1" -D "$2" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 >"$2/log" 2>&1 &
    server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$2""#;

static SERVER: OnceLock<Server> = OnceLock::new();
static SCHEMAS: AtomicU32 = AtomicU32::new(0);

struct Server {
    url: String,
    /// Open as long as the tests run.
    _keeper: Option<ChildStdin>,
}

/// The address of a fresh schema.
pub async fn fresh() -> String {
    let server = SERVER.get_or_init(Server::find);
    let schema = format!("test_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    sqlx::any::install_default_drivers();
    let mut connection = server.connection().await;
    connection.execute(AssertSqlSafe(format!("create schema {schema}"))).await.unwrap();
    let joint = if server.url.contains('?') { '&' } else { '?' };
    format!("{}{joint}options[search_path]={schema}", server.url)
}

impl Server {
    fn find() -> Self {
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) => Self { url, _keeper: None },
            Err(_) => Self::start(),
        }
    }

    fn start() -> Self {
        let programs = programs().expect(MISSING);
        let owner = unprivileged();
        let folder = std::env::temp_dir().join(format!("amparo-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        if let Some((account, group)) = owner {
            chown(&folder, Some(account), Some(group)).unwrap();
        }
        let made = as_owner(Command::new(programs.join("initdb")), owner)
            .args(["--username=amparo", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&folder)
            .output()
            .expect(MISSING);
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let mut keeper = as_owner(Command::new("sh"), owner);
        keeper.args(["-c", KEEPER, "keeper"]).arg(programs.join("postgres")).arg(&folder).stdin(Stdio::piped());
        let keeper = keeper.spawn().unwrap().stdin;
        Self { url: format!("postgres://amparo@localhost/postgres?host={}", folder.display()), _keeper: keeper }
    }

    /// The server needs a moment after its start.
    async fn connection(&self) -> sqlx::AnyConnection {
        for _ in 0..200 {
            match sqlx::AnyConnection::connect(&self.url).await {
                Ok(connection) => return connection,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("the throw-away PostgreSQL did not start within ten seconds");
    }
}

/// The newest installed version's programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.retain(|programs| programs.join("initdb").is_file());
    versions.sort();
    versions.pop()
}

/// PostgreSQL refuses to run as root: then it is the user `postgres`, which its package makes.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return None;
    }
    let accounts = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let account = accounts.lines().find(|line| line.starts_with("postgres:")).expect(MISSING);
    let mut fields = account.split(':').skip(2).map(|field| field.parse().unwrap());
    Some((fields.next().unwrap(), fields.next().unwrap()))
}

fn as_owner(mut command: Command, owner: Option<(u32, u32)>) -> Command {
    if let Some((account, group)) = owner {
        command.uid(account).gid(group).current_dir("/");
    }
    command
}
