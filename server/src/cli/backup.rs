//! `amparo backup`: everything that is kept, into one encrypted file, while the relay goes on.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::x25519;
use clap::Args;

use super::setup::say;
use super::{Stop, ask, prepare};
use crate::backup::lock::{self, Lock};
use crate::backup::{self, Held};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Database, Store};

#[derive(Args)]
pub struct Choice {
    /// The file to write; it must not be there yet
    #[arg(required_unless_present = "new_key_file")]
    file: Option<PathBuf>,
    /// Public key (age1…) to encrypt for, instead of a passphrase
    #[arg(long, value_name = "KEY", conflicts_with = "passphrase_file")]
    key: Option<x25519::Recipient>,
    /// File that holds the passphrase; without it and without --key the terminal asks
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Writes a new secret key to this file, prints its public half for --key, and makes no backup
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "key", "passphrase_file"])]
    new_key_file: Option<PathBuf>,
}

pub async fn run(config: Config, choice: Choice) -> Result<(), Stop> {
    if let Some(file) = &choice.new_key_file {
        return make_key(file);
    }
    let file = choice.file.clone().expect("clap requires the file where no key is made");
    let store = open(&config).await?;
    let held = write(&store, &config, &file, lock_of(choice)?).await;
    store.close().await;
    let held = held?;
    say(&format!("{}: {} rows and {} files, encrypted", file.display(), held.rows, held.files));
    Ok(())
}

/// What makes of a passphrase file a passphrase; also for `amparo restore`.
pub fn passphrase_in(file: &Path) -> Result<age::secrecy::SecretString, Stop> {
    let told = |error| Stop::Data(format!("the passphrase file {} cannot be read: {error}", file.display()));
    let text = zeroize::Zeroizing::new(std::fs::read_to_string(file).map_err(told)?);
    lock::passphrase(&text).ok_or_else(too_short)
}

pub fn too_short() -> Stop {
    Stop::Usage("the passphrase needs at least twelve characters; several words are best".to_owned())
}

fn make_key(path: &Path) -> Result<(), Stop> {
    let (secret, public) = lock::new_key_pair();
    let mut file = new_file(path)?;
    lock::write_key(&mut file, &secret, &public).map_err(|error| unwritable(path, &error))?;
    say(&format!("public key {public}"));
    say(&format!("The secret key lies in {}: move it away from this machine.", path.display()));
    Ok(())
}

async fn open(config: &Config) -> Result<Store, Stop> {
    if let Database::SqliteFile(path) = &config.database
        && !path.is_file()
    {
        return Err(Stop::Data(format!("there is no database at {}", path.display())));
    }
    prepare::told(Store::open_unchanged(&config.database).await)
}

fn lock_of(choice: Choice) -> Result<Lock, Stop> {
    match (choice.key, choice.passphrase_file) {
        (Some(key), _) => Ok(Lock::Public(key)),
        (None, Some(file)) => passphrase_in(&file).map(Lock::Passphrase),
        (None, None) => {
            let first = ask::hidden("Passphrase for this backup")?;
            let passphrase = lock::passphrase(&first).ok_or_else(too_short)?;
            if *ask::hidden("The same again")? != *first {
                return Err(Stop::Usage("the two passphrases differ".to_owned()));
            }
            Ok(Lock::Passphrase(passphrase))
        }
    }
}

/// A file that is there is whole: it gets its name last.
async fn write(store: &Store, config: &Config, path: &Path, lock: Lock) -> Result<Held, Stop> {
    if path.exists() {
        return Err(Stop::Data(format!("{} is there already; a backup overwrites nothing", path.display())));
    }
    let unfinished = PathBuf::from(format!("{}.unfinished", path.display()));
    let written = write_unfinished(store, config, &unfinished, lock).await;
    let named = written.and_then(|held| {
        std::fs::rename(&unfinished, path).map_err(|error| unwritable(path, &error))?;
        Ok(held)
    });
    if named.is_err() && unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(|error| unwritable(&unfinished, &error))?;
    }
    named
}

async fn write_unfinished(store: &Store, config: &Config, path: &Path, lock: Lock) -> Result<Held, Stop> {
    let mut sink = lock.writer(new_file(path)?).map_err(|error| unwritable(path, &error))?;
    let held = backup::write(store, &config.data, Clock::machine().now(), &mut sink).await;
    let held = held.map_err(|error| Stop::Data(format!("the backup could not be made: {error}")))?;
    let file = sink.finish().and_then(|buffer| Ok(buffer.into_inner()?));
    file.and_then(|file| file.sync_all()).map_err(|error| unwritable(path, &error))?;
    Ok(held)
}

/// Readable by its owner alone.
fn new_file(path: &Path) -> Result<File, Stop> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Data(format!("{} cannot be written: {error}", path.display()))
}
