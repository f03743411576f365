//! The files that browsers get: embedded in this program, and those of former versions from the data folder.
//!
//! A version's files never change once they were served; a tag may be pinned to them (design D4).

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use amparo_protocol::id::to_base64;
use base64ct::{Base64, Encoding};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256, Sha384};

use crate::clock::Time;

/// In the data folder: a folder per version.
pub const KEPT_FOLDER: &str = "public";
const LOADER: &str = "public/embed.js";
/// Holds the unix seconds of the version's last start.
const LAST_START_FILE: &str = "last-start.txt";
const KEPT_SECS: u64 = 365 * 24 * 60 * 60;

#[derive(RustEmbed)]
#[folder = "../target/dist/"]
struct Dist;

/// The embedded files and where former versions lie.
#[derive(Clone)]
pub struct Assets {
    version: String,
    loader_integrity: String,
    kept: PathBuf,
}

/// One file with its type, and compressed where the browser takes that.
pub struct File {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
    pub is_brotli: bool,
    /// Names the bytes.
    pub tag: String,
}

impl Assets {
    pub fn new(data: &Path) -> Self {
        let version = Dist::get("version.txt").map(|file| String::from_utf8_lossy(&file.data).trim().to_owned());
        let loader = Dist::get(LOADER).map(|file| file.data).unwrap_or_default();
        Self {
            version: version.filter(|version| is_plain_name(version)).unwrap_or_else(|| "none".to_owned()),
            loader_integrity: integrity(&loader),
            kept: data.join(KEPT_FOLDER),
        }
    }

    /// Names the embedded files by their content.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// `integrity` of the embedded loader, for a pinned tag.
    pub fn loader_integrity(&self) -> &str {
        &self.loader_integrity
    }

    /// `integrity` of the loader of this or a former version.
    pub fn integrity_of(&self, version: &str) -> Option<String> {
        if version == self.version {
            return Some(self.loader_integrity.clone());
        }
        Some(integrity(&self.public(version, "embed.js", false)?.bytes))
    }

    /// Copies this version's public files into the data folder and erases what was not started for a year.
    pub fn keep(&self, now: Time) -> io::Result<()> {
        let folder = self.kept.join(&self.version);
        std::fs::create_dir_all(&folder)?;
        for path in Dist::iter() {
            if let Some(name) = path.strip_prefix("public/").filter(|name| is_plain_name(name))
                && let Some(file) = Dist::get(&path)
            {
                std::fs::write(folder.join(name), &file.data)?;
            }
        }
        std::fs::write(folder.join(LAST_START_FILE), now.unix_secs().to_string())?;
        self.erase_old(now)
    }

    /// A public file of this or a former version.
    pub fn public(&self, version: &str, name: &str, takes_brotli: bool) -> Option<File> {
        if !is_plain_name(version) || !is_plain_name(name) {
            return None;
        }
        if version == self.version {
            return embedded(&format!("public/{name}"), takes_brotli);
        }
        let folder = self.kept.join(version);
        let content_type = content_type(name)?;
        let read = |name: &str| std::fs::read(folder.join(name)).ok();
        let file = |bytes: Vec<u8>, is_brotli| File {
            tag: tag(Sha256::digest(&bytes).into()),
            bytes: Cow::Owned(bytes),
            content_type,
            is_brotli,
        };
        match takes_brotli.then(|| read(&format!("{name}.br"))).flatten() {
            Some(bytes) => Some(file(bytes, true)),
            None => Some(file(read(name)?, false)),
        }
    }

    /// A file of the console.
    pub fn console(&self, name: &str, takes_brotli: bool) -> Option<File> {
        if is_plain_name(name) { embedded(&format!("console/{name}"), takes_brotli) } else { None }
    }

    fn erase_old(&self, now: Time) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.kept)? {
            let folder = entry?.path();
            let last_start = std::fs::read_to_string(folder.join(LAST_START_FILE)).ok();
            let last_start: Option<u64> = last_start.and_then(|text| text.trim().parse().ok());
            if last_start.is_some_and(|secs| secs + KEPT_SECS < now.unix_secs()) {
                std::fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }
}

fn embedded(path: &str, takes_brotli: bool) -> Option<File> {
    let content_type = content_type(path)?;
    let file = |file: EmbeddedFile, is_brotli| File {
        tag: tag(file.metadata.sha256_hash()),
        bytes: file.data,
        content_type,
        is_brotli,
    };
    match takes_brotli.then(|| Dist::get(&format!("{path}.br"))).flatten() {
        Some(compressed) => Some(file(compressed, true)),
        None => Some(file(Dist::get(path)?, false)),
    }
}

fn integrity(loader: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(loader)))
}

fn tag(sha256: [u8; 32]) -> String {
    format!("\"{}\"", to_base64(&sha256[..12]))
}

/// Letters, digits, dots, dashes and underscores, not beginning with a dot: no path leads out of a folder.
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

/// `None` for a kind of file that is not served.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wav" => "audio/wav",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_former_versions_files_are_served_from_the_data_folder_for_a_year() {
        let data = tempfile::tempdir().unwrap();
        let assets = Assets::new(data.path());
        let former = data.path().join("public/0.0.9-aa");
        std::fs::create_dir_all(&former).unwrap();
        std::fs::write(former.join("embed.js"), "former").unwrap();
        std::fs::write(former.join("embed.js.br"), "packed").unwrap();
        std::fs::write(former.join(LAST_START_FILE), "1000").unwrap();

        assets.keep(Time(1_000_000).plus_secs(KEPT_SECS)).unwrap();
        let plain = assets.public("0.0.9-aa", "embed.js", false).unwrap();
        assert_eq!((&*plain.bytes, plain.is_brotli), (&b"former"[..], false));
        assert_eq!(&*assets.public("0.0.9-aa", "embed.js", true).unwrap().bytes, b"packed");

        assets.keep(Time(1_001_000).plus_secs(KEPT_SECS)).unwrap();
        assert!(assets.public("0.0.9-aa", "embed.js", false).is_none());
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("amparo.txt"), "secret").unwrap();
        let assets = Assets::new(data.path());
        assets.keep(Time(0)).unwrap();
        for (version, name) in
            [("..", "amparo.txt"), (".", "amparo.txt"), ("a/..", "amparo.txt"), ("x", "../amparo.txt")]
        {
            assert!(assets.public(version, name, false).is_none(), "{version} {name}");
        }
    }
}
