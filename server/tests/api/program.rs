//! The program itself: it starts, ends in order, and refuses in one sentence.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn amparo(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
    command.env_clear().arg("serve").args(["--listen", "127.0.0.1:0", "--data"]).arg(data);
    command
}

/// Its one sentence and its exit code.
fn refusal(output: &Output) -> (String, i32) {
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(!told.contains("panicked"), "{told}");
    (told, output.status.code().unwrap())
}

/// Waits for a line on stdout that begins so.
fn line(child: &mut Child, beginning: &str) -> String {
    let output = BufReader::new(child.stdout.as_mut().unwrap());
    output.lines().map(Result::unwrap).find(|line| line.starts_with(beginning)).expect("the program ended")
}

#[test]
fn an_unknown_option_variable_or_key_refuses_to_start() {
    let data = tempfile::tempdir().unwrap();
    let (told, code) = refusal(&amparo(data.path()).arg("--lissten").output().unwrap());
    assert_eq!((told.as_str(), code), ("amparo: unexpected argument '--lissten' found; see amparo --help", 2));
    let (told, code) = refusal(&amparo(data.path()).env("AMPARO_LISSTEN", "x").output().unwrap());
    assert!(told.contains("AMPARO_LISSTEN") && code == 2, "{told}");
    std::fs::write(data.path().join("amparo.toml"), "lissten = 'x'").unwrap();
    let (told, code) = refusal(&amparo(data.path()).output().unwrap());
    assert!(told.contains("unknown field `lissten`") && code == 2, "{told}");
}

#[test]
fn a_port_in_use_is_told() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
    let command = command.env_clear().args(["serve", "--listen", &address, "--data"]).arg(data.path());
    let (told, code) = refusal(&command.output().unwrap());
    assert!(told.contains(&format!("another program listens on {address}")) && code == 5, "{told}");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (told, code) = refusal(&amparo(&file.join("data")).output().unwrap());
    assert!(told.contains("cannot be written") && code == 3, "{told}");
}

#[tokio::test]
async fn a_newer_database_is_told() {
    use sqlx::Connection;
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("amparo.db");
    let database = amparo_server::store::Database::SqliteFile(path.clone());
    amparo_server::store::Store::open(&database).await.unwrap().close().await;
    let mut connection = sqlx::AnyConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("update _sqlx_migrations set version = 9999 where version = 1").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let (told, code) = refusal(&amparo(data.path()).output().unwrap());
    assert!(told.contains("newer version") && code == 4, "{told}");
}

#[test]
fn the_relay_prints_its_set_up_address_and_ends_in_order() {
    let data = tempfile::tempdir().unwrap();
    let mut relay = amparo(data.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let address = line(&mut relay, "set-up ");
    assert!(address.contains("/console/#setup="), "{address}");
    terminate(&relay);
    assert!(relay.wait().unwrap().success());
    let mut told = String::new();
    relay.stderr.unwrap().read_to_string(&mut told).unwrap();
    let token = address.split_once("#setup=").unwrap().1;
    assert!(!told.contains(token) && !told.contains("panicked"), "{told}");
}

#[test]
fn the_demonstration_prints_what_to_open() {
    let data = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_amparo"))
        .env_clear()
        .args(["demo", "--port", "0", "--site-port", "0", "--data"])
        .arg(data.path().join("never made"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.by_ref().take_while(|line| line != "ready").collect();
    assert!(told[0].starts_with("site http://127.0.0.1:"), "{told:?}");
    assert!(told[1].starts_with("console Ana http://localhost:") && told[1].contains("/console/#demo="), "{told:?}");
    assert!(told[2].starts_with("console Omar http://localhost:"), "{told:?}");
    terminate(&demo);
    assert!(demo.wait().unwrap().success());
    assert!(!data.path().join("never made").exists());
}

#[test]
fn the_doctor_says_what_is_missing() {
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
    let output = command.env_clear().args(["doctor", "--data"]).arg(data.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("not set up yet"), "{told}");
    assert_eq!(output.status.code(), Some(1));
}

fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}
