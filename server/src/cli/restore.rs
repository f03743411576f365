//! `amparo restore`: a backup becomes a new data folder. Nothing that is there is touched.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;

use super::setup::say;
use super::{Stop, ask, backup as backup_command, prepare};
use crate::backup::lock::{self, Key};
use crate::backup::{self, BackupError, Held};
use crate::config::Config;
use crate::store::StoreError;

#[derive(Args)]
pub struct Choice {
    /// The backup
    file: PathBuf,
    /// File that holds the passphrase; without it and without --key-file the terminal asks
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    passphrase_file: Option<PathBuf>,
    /// File that holds the secret key
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

pub async fn run(config: Config, choice: Choice) -> Result<(), Stop> {
    refuse_what_is_there(&config.data)?;
    let file = File::open(&choice.file)
        .map_err(|error| Stop::Data(format!("{} cannot be read: {error}", choice.file.display())))?;
    let source = key_of(&choice)?.reader(file).map_err(|error| wrong_key(&choice.file, &error))?;
    let was_there = config.data.exists();
    prepare::data_folder(&config.data)?;
    match backup::read(&config.database, &config.data, source).await {
        Ok(held) => {
            tell(&config, held);
            Ok(())
        }
        Err(error) => {
            clear(&config.data, was_there)?;
            Err(refused(&error))
        }
    }
}

fn refuse_what_is_there(data: &Path) -> Result<(), Stop> {
    let holds_something = std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if data.is_file() || holds_something {
        return Err(Stop::Data(format!(
            "{} is there already and holds something; name a new folder with --data",
            data.display()
        )));
    }
    Ok(())
}

fn key_of(choice: &Choice) -> Result<Key, Stop> {
    if let Some(path) = &choice.key_file {
        let told = |error| Stop::Data(format!("the key file {} cannot be read: {error}", path.display()));
        let text = zeroize::Zeroizing::new(std::fs::read_to_string(path).map_err(told)?);
        let key = lock::secret_key(&text).map(Key::Secret);
        return key.ok_or_else(|| Stop::Usage(format!("{} holds no secret key", path.display())));
    }
    if let Some(path) = &choice.passphrase_file {
        return backup_command::passphrase_in(path).map(Key::Passphrase);
    }
    let typed = ask::hidden("Passphrase of the backup")?;
    lock::passphrase(&typed).map(Key::Passphrase).ok_or_else(backup_command::too_short)
}

fn wrong_key(file: &Path, error: &age::DecryptError) -> Stop {
    use age::DecryptError::{DecryptionFailed, KeyDecryptionFailed, NoMatchingKeys};
    let why = match error {
        DecryptionFailed | KeyDecryptionFailed | NoMatchingKeys => "it was made for another passphrase or key",
        _ => "it is not a whole backup",
    };
    Stop::Data(format!("{} does not open: {why}", file.display()))
}

fn refused(error: &BackupError) -> Stop {
    match error {
        BackupError::Store(StoreError::Newer) => {
            Stop::Newer("the backup was made by a newer version of Amparo; restore it with that version".to_owned())
        }
        BackupError::Store(StoreError::NotNew) => Stop::Data("the database holds something already".to_owned()),
        other => Stop::Data(format!("nothing was restored: {other}")),
    }
}

/// A refused backup leaves what was there before: nothing, or an empty folder.
fn clear(data: &Path, was_there: bool) -> Result<(), Stop> {
    std::fs::remove_dir_all(data).map_err(prepare::failed)?;
    if was_there { prepare::data_folder(data) } else { Ok(()) }
}

fn tell(config: &Config, held: Held) {
    say(&format!("{}: {} rows and {} files", config.data.display(), held.rows, held.files));
    say("Everybody signs in again with the same password and code. Pinned tags go on working.");
}
