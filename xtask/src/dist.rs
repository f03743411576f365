//! `cargo xtask dist`: the WordPress plugin, as WordPress takes it.
//!
//! Below `target/plugin`: `amparo/` is the plugin with the widget's files in it, `amparo.zip` the same to install through
//! the administration's screens, `directory/` the layout of WordPress's plugin directory (`trunk/` and `assets/`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::command::step;
use crate::{build, paths, stamp};

const NAME: &str = "amparo";
/// What stays in the repository: the tests, what the directory shows beside the plugin, and the page for developers.
const NOT_SHIPPED: [&str; 3] = ["tests/", "directory/", "README.md"];
/// The page `/chat` is the relay's own.
const NOT_OF_THE_TAG: &str = "chat.js";
/// PHP takes no larger upload unless somebody has changed its settings.
const ZIP_MOST_BYTES: u64 = 2_000_000;

/// Every file by its path below the plugin's folder.
type Files = BTreeMap<String, Vec<u8>>;

/// What is built, and where it lies.
pub struct Plugin {
    pub folder: PathBuf,
    pub zip: PathBuf,
}

pub fn run_dist(_arguments: &[String]) -> Result<(), String> {
    build::web()?;
    plugin().map(|_| ())
}

/// The plugin around the widget's files that `build::web` has made.
pub fn plugin() -> Result<Plugin, String> {
    let root = paths::target().join("plugin");
    let built = Plugin { folder: root.join(NAME), zip: root.join(format!("{NAME}.zip")) };
    let files = files()?;
    write_folder(&built.folder, &files)?;
    write_folder(&root.join("directory/trunk"), &files)?;
    write_folder(&root.join("directory/assets"), &folder_files(&source().join("directory"), &[])?)?;
    let size = write_zip(&built.zip, &files)?;
    step(&format!("{}: {} files, {size} bytes", built.zip.display(), files.len()));
    if size > ZIP_MOST_BYTES {
        return Err(format!("the zip has {size} bytes; with PHP's usual settings a website takes {ZIP_MOST_BYTES}"));
    }
    Ok(built)
}

fn source() -> PathBuf {
    paths::root().join("plugin-wp")
}

/// The plugin's own files, and the widget's in a folder that is named after their version.
fn files() -> Result<Files, String> {
    let mut files = folder_files(&source(), &NOT_SHIPPED)?;
    let version = String::from_utf8_lossy(&stamp::read(&paths::dist().join("version.txt"))?).trim().to_owned();
    for (name, content) in folder_files(&paths::dist().join("public"), &[])? {
        if !name.ends_with(".br") && name != NOT_OF_THE_TAG {
            files.insert(format!("widget/{version}/{name}"), content);
        }
    }
    same_version(&files)?;
    Ok(files)
}

/// The plugin says its version in three places, and it is the program's.
fn same_version(files: &Files) -> Result<(), String> {
    let version = env!("CARGO_PKG_VERSION");
    let places = [
        ("amparo.php", format!("* Version:           {version}\n")),
        ("amparo.php", format!("const AMPARO_VERSION = '{version}';")),
        ("readme.txt", format!("Stable tag: {version}\n")),
    ];
    for (name, line) in places {
        let text = files.get(name).map(|content| String::from_utf8_lossy(content)).unwrap_or_default();
        if !text.contains(&line) {
            return Err(format!("plugin-wp/{name} does not say `{}`", line.trim()));
        }
    }
    Ok(())
}

/// All files below a folder by their path in it, but for those whose path begins like this.
fn folder_files(folder: &Path, but: &[&str]) -> Result<Files, String> {
    let mut files = Files::new();
    for file in stamp::files(&[folder.to_owned()])? {
        let name = file.strip_prefix(folder).expect("it lies in the folder").to_string_lossy().replace('\\', "/");
        if !but.iter().any(|skipped| name.starts_with(skipped)) {
            files.insert(name, stamp::read(&file)?);
        }
    }
    Ok(files)
}

/// Exactly these files: what lay there before goes.
fn write_folder(folder: &Path, files: &Files) -> Result<(), String> {
    if folder.is_dir() {
        for former in stamp::files(&[folder.to_owned()])? {
            let name = former.strip_prefix(folder).expect("it lies in the folder").to_string_lossy().into_owned();
            if !files.contains_key(&name) {
                fs::remove_file(&former).map_err(|error| format!("{}: {error}", former.display()))?;
            }
        }
    }
    files.iter().try_for_each(|(name, content)| stamp::write(&folder.join(name), content))
}

/// Packs them below one folder, as WordPress wants it; the same files give the same bytes. Answers the size.
fn write_zip(path: &Path, files: &Files) -> Result<u64, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path).map_err(|error| problem(&error))?));
    // Without a time of its own each file gets 1980, on every machine.
    let options = SimpleFileOptions::default().compression_level(Some(9)).unix_permissions(0o644);
    for (name, content) in files {
        zip.start_file(format!("{NAME}/{name}"), options).map_err(|error| problem(&error))?;
        zip.write_all(content).map_err(|error| problem(&error))?;
    }
    let mut file = zip.finish().map_err(|error| problem(&error))?;
    file.flush().map_err(|error| problem(&error))?;
    Ok(fs::metadata(path).map_err(|error| problem(&error))?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_version_is_found() {
        let version = env!("CARGO_PKG_VERSION");
        let php = format!("/**\n * Version:           {version}\n */\nconst AMPARO_VERSION = '{version}';");
        let mut files = Files::new();
        files.insert("amparo.php".to_owned(), php.into_bytes());
        files.insert("readme.txt".to_owned(), b"Stable tag: 0.0.0\n".to_vec());
        assert_eq!(same_version(&files), Err(format!("plugin-wp/readme.txt does not say `Stable tag: {version}`")));
        files.insert("readme.txt".to_owned(), format!("Stable tag: {version}\n").into_bytes());
        assert_eq!(same_version(&files), Ok(()));
    }
}
