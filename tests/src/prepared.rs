//! An organisation that was set up once, through the console, and is copied for every story that begins after that.
//!
//! Setting up takes a browser ten seconds, and most stories are about something else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::counselor::Counselor;
use crate::deadline::until;
use crate::driver::{Engine, Settings};
use crate::process::target_folder;
use crate::relay;
use crate::traces::files_below;
use crate::world::World;

/// For which six digits are shown, and a second.
const CODE_LASTS: Duration = Duration::from_secs(31);

/// A relay's data folder, and what its administrator Ana wrote down.
pub struct Prepared {
    pub data: PathBuf,
    relay: String,
    tag: String,
    tag_pinned: String,
    pub totp_secret: String,
    pub recovery_code: String,
}

impl Prepared {
    /// By this release binary, in this language. The first test that asks makes it, others wait.
    pub async fn of(language: &'static str) -> Self {
        let folder = target_folder().join("tmp").join(format!("prepared-{}-{language}", relay::fingerprint()));
        fs::create_dir_all(&folder).expect("target/ can be written");
        let lock = File::create(folder.join("lock")).expect("target/ can be written");
        lock.lock().expect("a file on this machine can be locked");
        let written = folder.join("ana.json");
        if !written.is_file() {
            make(&folder, &written, language).await;
        }
        let text = fs::read_to_string(&written).expect("it has just been written");
        let notes: Value = serde_json::from_str(&text).expect("it was written as JSON");
        let note = |name: &str| notes[name].as_str().unwrap_or_default().to_owned();
        Self {
            data: folder.join("data"),
            relay: note("relay"),
            tag: note("tag"),
            tag_pinned: note("tag_pinned"),
            totp_secret: note("totp_secret"),
            recovery_code: note("recovery_code"),
        }
    }

    /// Both tags, as the relay at this origin prints them.
    pub fn tags(&self, origin: &str) -> (String, String) {
        (self.tag.replace(&self.relay, origin), self.tag_pinned.replace(&self.relay, origin))
    }
}

async fn make(folder: &Path, written: &Path, language: &'static str) {
    let mut world = World::start().await;
    let settings = Settings { language, ..Settings::of(Engine::Chromium) };
    let ana = Counselor::sets_up(&world, "Ana", settings).await;
    // The digits that she gave just now are not taken a second time.
    let given = ana.code();
    until("the next digits are shown", CODE_LASTS, async || match ana.code() {
        same if same == given => Err(same),
        _ => Ok(()),
    })
    .await;
    world.relay.loses_power();
    copy(&world.relay.data(), &folder.join("data"));
    let notes = json!({
        "relay": world.relay.origin(),
        "tag": ana.tag,
        "tag_pinned": ana.tag_pinned,
        "totp_secret": ana.totp_secret(),
        "recovery_code": ana.recovery_code(),
    });
    fs::write(written, notes.to_string()).expect("target/ can be written");
}

/// A folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let place = to.join(file.strip_prefix(from).expect("it lies below the folder"));
        fs::create_dir_all(place.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::copy(&file, &place).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
