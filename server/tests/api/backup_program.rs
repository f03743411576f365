//! `amparo backup` and `amparo restore` as somebody at a terminal uses them, beside a running relay.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::app::{Sqlite, TestApp};

const PASSPHRASE: &str = "seven quiet lanterns";

/// A relay with an organisation, and a folder beside it.
struct Place {
    app: TestApp,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let (app, _, _ana) = TestApp::set_up(Sqlite).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        Self { app, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn amparo(&self, data: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
        command.env_clear().current_dir(self.folder.path()).args(arguments).arg("--data").arg(data);
        command.output().unwrap()
    }

    fn backs_up(&self, arguments: &[&str]) -> Output {
        self.amparo(self.app.data(), &[&["backup"], arguments].concat())
    }

    fn restores(&self, name: &str, arguments: &[&str]) -> Output {
        self.amparo(&self.path(name), &[&["restore"], arguments].concat())
    }
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// One sentence that says this, and the exit code.
#[track_caller]
fn refused(output: &Output, code: i32, sentence: &str) {
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains(sentence) && told.lines().count() == 1, "{told}");
}

fn holds(path: &Path, words: &[u8]) -> bool {
    std::fs::read(path).unwrap().windows(words.len()).any(|window| window == words)
}

#[tokio::test]
async fn a_backup_for_a_passphrase_comes_back_only_with_it_and_into_a_new_folder() {
    let place = Place::new().await;
    done(&place.backs_up(&["one.age", "--passphrase-file", "passphrase"]));
    let file = place.path("one.age");
    assert!(holds(&file, b"age-encryption.org/v1") && !holds(&file, b"ana"), "it is an age file");
    refused(&place.backs_up(&["one.age", "--passphrase-file", "passphrase"]), 3, "overwrites nothing");

    std::fs::write(place.path("wrong"), "seven quiet candles").unwrap();
    refused(&place.restores("new", &["one.age", "--passphrase-file", "wrong"]), 3, "does not open");
    assert!(!place.path("new").exists(), "nothing was made");
    done(&place.restores("new", &["one.age", "--passphrase-file", "passphrase"]));
    assert!(holds(&place.path("new/amparo.db"), b"ana the kind"));
    refused(&place.restores("new", &["one.age", "--passphrase-file", "passphrase"]), 3, "is there already");
}

#[tokio::test]
async fn a_server_that_knows_only_the_public_key_cannot_open_its_backups() {
    let place = Place::new().await;
    let told = done(&place.backs_up(&["--new-key-file", "secret.key"]));
    let public = told.lines().find_map(|line| line.strip_prefix("public key ")).unwrap();
    assert!(public.starts_with("age1"), "{told}");
    done(&place.backs_up(&["one.age", "--key", public]));
    assert!(!holds(&place.path("one.age"), b"ana"));
    refused(&place.restores("new", &["one.age", "--passphrase-file", "passphrase"]), 3, "does not open");
    done(&place.restores("new", &["one.age", "--key-file", "secret.key"]));
    refused(&place.backs_up(&["--new-key-file", "secret.key"]), 3, "cannot be written");
}

#[tokio::test]
async fn a_cut_or_changed_backup_leaves_nothing_behind() {
    let place = Place::new().await;
    done(&place.backs_up(&["one.age", "--passphrase-file", "passphrase"]));
    let whole = std::fs::read(place.path("one.age")).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() - 30] ^= 1;
    std::fs::create_dir(place.path("empty")).unwrap();
    for bytes in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &whole[..10], &changed[..], b""] {
        std::fs::write(place.path("bad.age"), bytes).unwrap();
        let output = place.restores("empty", &["bad.age", "--passphrase-file", "passphrase"]);
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read_dir(place.path("empty")).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn what_cannot_be_backed_up_is_told_in_a_sentence() {
    let place = Place::new().await;
    std::fs::write(place.path("short"), "secret").unwrap();
    refused(&place.backs_up(&["one.age", "--passphrase-file", "short"]), 2, "twelve characters");
    refused(&place.backs_up(&["one.age", "--passphrase-file", "missing"]), 3, "cannot be read");
    refused(&place.backs_up(&["no/where.age", "--passphrase-file", "passphrase"]), 3, "cannot be written");
    refused(&place.backs_up(&["one.age", "--key", "age1nonsense"]), 2, "invalid value");
    refused(&place.backs_up(&[]), 2, "not provided");
    let nowhere = place.amparo(&place.path("nowhere"), &["backup", "one.age", "--passphrase-file", "passphrase"]);
    refused(&nowhere, 3, "there is no database");
    assert!(!place.path("nowhere").exists() && !place.path("one.age").exists());
}
