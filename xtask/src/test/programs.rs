//! What the tests need from the system. Debian's packages are installed; elsewhere one line says what is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::postgres;
use crate::command::{quiet, run, step};

const WORDPRESS: &[&str] = &["wordpress", "wordpress-matrix"];
const CHROMIUM: &[&str] = &["browsers", "first-screen", "wordpress", "wordpress-matrix"];

/// (the steps that need it, what has to be there, Debian's package)
const NEEDED: [(&[&str], &[&str], &str); 21] = [
    (
        &["web", "browsers", "first-screen", "speed", "unit", "clippy", "wordpress", "wordpress-matrix"],
        &["cc"],
        "build-essential",
    ),
    (&["unit"], &["initdb"], "postgresql"),
    (&["unit"], &["setpriv"], "util-linux"),
    (&["unit"], &["systemd-analyze"], "systemd"),
    (CHROMIUM, &["chromium", "chromium-browser", "google-chrome"], "chromium"),
    (CHROMIUM, &["chromedriver"], "chromium-driver"),
    (&["browsers"], &["firefox-esr", "firefox"], "firefox-esr"),
    (&["browsers"], &["WebKitWebDriver"], "webkit2gtk-driver"),
    (&["browsers"], &["Xvfb"], "xvfb"),
    (&["browsers"], &["/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf"], "fonts-noto-core"),
    (&["python"], &["python3"], "python3"),
    (&["faults"], &["strace"], "strace"),
    (&["faults"], &["faketime"], "faketime"),
    (&["faults"], &["ip"], "iproute2"),
    (WORDPRESS, &["php"], "php-cli"),
    (WORDPRESS, &["phpunit"], "phpunit"),
    (WORDPRESS, &["phpcs"], "php-codesniffer"),
    (WORDPRESS, &["php:pdo_sqlite"], "php-sqlite3"),
    // Never connected: WordPress's Site Health asks it for its version.
    (WORDPRESS, &["php:mysqli"], "php-mysql"),
    (WORDPRESS, &["php:mbstring"], "php-mbstring"),
    (WORDPRESS, &["php:dom"], "php-xml"),
];

pub fn install_missing(steps: &[&str]) -> Result<(), String> {
    let needed = NEEDED.iter().filter(|(of, ..)| of.iter().any(|name| steps.contains(name)));
    let missing: Vec<&str> = needed
        .filter(|(_, programs, _)| !programs.iter().any(|name| is_there(name)))
        .map(|(.., package)| *package)
        .collect();
    let missing =
        if steps.contains(&"python") && !has_venv() { [missing, vec!["python3-venv"]].concat() } else { missing };
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let advice =
        format!("missing: {packages} (Debian's names); install them, on Debian with `sudo apt-get install {packages}`");
    let Some(mut apt) = apt() else { return Err(advice) };
    step(&format!("installing {packages} (once)"));
    quiet(apt.args(["apt-get", "update"]))?;
    let mut apt = self::apt().ok_or(advice)?;
    run(apt
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "-y", "--no-install-recommends"])
        .args(missing))
}

/// The beginning of a command line that may install packages without asking; `None` where there is none.
fn apt() -> Option<Command> {
    if !is_there("apt-get") {
        return None;
    }
    if rustix::process::geteuid().is_root() {
        return Some(Command::new("env"));
    }
    quiet(Command::new("sudo").args(["-n", "true"])).ok()?;
    let mut command = Command::new("sudo");
    command.args(["-n", "env"]);
    Some(command)
}

fn is_there(name: &str) -> bool {
    if let Some(extension) = name.strip_prefix("php:") {
        return quiet(Command::new("php").arg("-m")).is_ok_and(|listed| listed.lines().any(|line| line == extension));
    }
    Path::new(name).is_absolute() && Path::new(name).exists() || postgres::find(name).is_some() || in_sbin(name)
}

/// Not in everybody's PATH.
fn in_sbin(name: &str) -> bool {
    PathBuf::from("/usr/sbin").join(name).is_file()
}

fn has_venv() -> bool {
    quiet(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok()
}
