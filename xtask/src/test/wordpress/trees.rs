//! Unpacked WordPress, one folder for each version below `target/tools/wordpress`: Debian's package, and the builds that
//! come with an npm package. Each runs on SQLite and is installed once; tests work on copies of that database.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use zip::ZipArchive;

use super::php::pinned;
use crate::command::{quiet, run, step};
use crate::{paths, stamp};

/// From the oldest to the newest, as the package calls them.
const BUILDS: [&str; 6] = ["6.2", "6.3", "6.4", "6.5", "beta", "nightly"];
const DEBIAN: &str = "debian";
/// WordPress itself, its translations, a classic and a block theme, and the libraries that it links to.
const DEBIAN_PACKAGES: [&str; 7] = [
    "wordpress",
    "wordpress-l10n",
    "wordpress-theme-twentytwentyone",
    "wordpress-theme-twentytwentythree",
    "libjs-cropper",
    "libjs-underscore",
    "php-getid3",
];
const CLASSIC_THEME: &str = "wp-content/themes/twentytwentyone";
const LANGUAGES: &str = "wp-content/languages";
const SQLITE: &str = "sqlite-database-integration-main";

pub struct Tree {
    /// As WordPress itself says it.
    pub version: String,
    pub folder: PathBuf,
}

pub fn folder() -> PathBuf {
    paths::target().join("tools/wordpress")
}

/// Every version, oldest first; what is missing is fetched.
pub fn all() -> Result<Vec<Tree>, String> {
    let marker = folder().join(format!("complete-{}", pinned().builds));
    if !marker.is_file() {
        let scratch = TempDir::new_in(made(folder())?).map_err(|error| error.to_string())?;
        unpack_debian(scratch.path())?;
        unpack_builds(scratch.path())?;
        fs::write(&marker, "").map_err(|error| format!("{}: {error}", marker.display()))?;
    }
    std::iter::once(DEBIAN).chain(BUILDS).map(|name| Tree::ready(&folder().join(name))).collect()
}

impl Tree {
    /// Puts our configuration in and installs it, unless that was done before.
    fn ready(folder: &Path) -> Result<Self, String> {
        let fixtures = paths::root().join("plugin-wp/tests/wordpress");
        stamp::write(&folder.join("wp-config.php"), &stamp::read(&fixtures.join("wp-config.php"))?)?;
        stamp::write(&folder.join("wp-content/db.php"), &stamp::read(&fixtures.join("db.php"))?)?;
        let tree = Self { version: version_of(folder)?, folder: folder.to_owned() };
        for is_network in [false, true] {
            let installed = tree.installed(is_network);
            let name = format!("wordpress-{}-{is_network}", folder.file_name().unwrap_or_default().to_string_lossy());
            stamp::unless_done(&name, std::slice::from_ref(&fixtures), &[installed.join(".ht.sqlite")], || {
                step(&format!("installing WordPress {} (once)", tree.version));
                // SQLite's file is made anew.
                let _ = fs::remove_dir_all(&installed);
                let mut php = Command::new("php");
                php.args(["-d", "display_errors=stderr"]).arg(fixtures.join("install.php")).arg(folder);
                php.env("WORDPRESS_DATABASE", made(installed.clone())?);
                quiet(if is_network { php.arg("network") } else { &mut php }).map(|_| ())
            })?;
        }
        Ok(tree)
    }

    fn installed(&self, is_network: bool) -> PathBuf {
        self.folder.join(if is_network { "installed-network" } else { "installed" })
    }

    /// A copy of the database as it was right after the installation.
    pub fn fresh_database(&self, is_network: bool) -> Result<TempDir, String> {
        let copy = TempDir::with_prefix("amparo-wordpress-").map_err(|error| error.to_string())?;
        let name = ".ht.sqlite";
        fs::copy(self.installed(is_network).join(name), copy.path().join(name)).map_err(|error| error.to_string())?;
        Ok(copy)
    }
}

fn version_of(folder: &Path) -> Result<String, String> {
    let text = stamp::read(&folder.join("wp-includes/version.php"))?;
    let text = String::from_utf8_lossy(&text);
    let after = text.split_once("$wp_version = '").map(|(_, after)| after);
    after
        .and_then(|after| after.split_once('\''))
        .map(|(version, _)| version.to_owned())
        .ok_or_else(|| format!("{} does not say its version", folder.display()))
}

/// Debian's packages are fetched and unpacked, not installed: nothing of the system changes.
fn unpack_debian(scratch: &Path) -> Result<(), String> {
    step("fetching Debian's WordPress (once)");
    let unpacked = made(scratch.join("debian"))?;
    let download = || quiet(Command::new("apt-get").current_dir(scratch).arg("download").args(DEBIAN_PACKAGES));
    if download().is_err() {
        // The lists of packages are missing or old.
        quiet(Command::new("apt-get").arg("update"))?;
        download().map_err(|_| "WordPress 6.1 comes with Debian 12, which this is not".to_owned())?;
    }
    let packages = fs::read_dir(scratch).map_err(|error| error.to_string())?.flatten().map(|entry| entry.path());
    for package in packages.filter(|path| path.extension().is_some_and(|extension| extension == "deb")) {
        quiet(Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked))?;
    }
    let source = unpacked.join("usr/share/wordpress");
    // It leads to a file that only an installed package has.
    fs::remove_file(source.join(".htaccess")).map_err(|error| error.to_string())?;
    copy(&source, &folder().join(DEBIAN))
}

/// The zips hold the programs, the folder beside them the styles, scripts and pictures.
fn unpack_builds(scratch: &Path) -> Result<(), String> {
    let package = format!("@wp-playground/wordpress-builds@{}", pinned().builds);
    step(&format!("fetching {package} (once, 160 MB)"));
    quiet(Command::new("npm").current_dir(scratch).args(["pack", "--silent", &package]))?;
    let archive = format!("wp-playground-wordpress-builds-{}.tgz", pinned().builds);
    run(Command::new("tar").current_dir(scratch).args(["-xzf", &archive]))?;
    let package = scratch.join("package");
    let debian = folder().join(DEBIAN);
    for name in BUILDS {
        let tree = made(folder().join(name))?;
        unzip(&package.join(format!("src/wordpress/wp-{name}.zip")), &tree)?;
        copy(&package.join(format!("public/wp-{name}")), &tree)?;
        // It brings a finished database; ours is made by WordPress's own installation.
        fs::remove_dir_all(tree.join("wp-content/database")).map_err(|error| error.to_string())?;
        copy(&debian.join(CLASSIC_THEME), &tree.join(CLASSIC_THEME))?;
        copy(&debian.join(LANGUAGES), &tree.join(LANGUAGES))?;
    }
    let integration = package.join("src/sqlite-database-integration/sqlite-database-integration.zip");
    for name in BUILDS.iter().chain([&DEBIAN]) {
        unzip(&integration, &folder().join(name).join("wp-content"))?;
        let drop_in = folder().join(name).join("wp-content").join(SQLITE);
        if !drop_in.is_dir() {
            return Err(format!("the SQLite integration is not in {}", drop_in.display()));
        }
    }
    Ok(())
}

fn unzip(archive: &Path, into: &Path) -> Result<(), String> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", archive.display());
    let mut zip =
        ZipArchive::new(File::open(archive).map_err(|error| problem(&error))?).map_err(|error| problem(&error))?;
    zip.extract(into).map_err(|error| problem(&error))
}

/// What lies in a folder, links as the files they lead to.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    quiet(Command::new("cp").args(["-rL", "--no-preserve=mode"]).arg(from.join(".")).arg(made(to.to_owned())?))
        .map(|_| ())
}

fn made(folder: PathBuf) -> Result<PathBuf, String> {
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
