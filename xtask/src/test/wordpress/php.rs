//! The versions of PHP: Debian's, and the others as WebAssembly from npm, which read this machine's files as they are.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

use super::super::{Counts, Failed};
use crate::command::{quiet, step};
use crate::{paths, setup};

/// From the oldest that the plugin runs on to the newest.
const VERSIONS: [&str; 7] = ["7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "8.5"];
const PHPUNIT: &str = "/usr/bin/phpunit";

#[derive(Deserialize)]
struct Tools {
    wordpress: Pinned,
}

/// What `tools.toml` says of this step.
#[derive(Deserialize)]
pub struct Pinned {
    pub builds: String,
    php: String,
}

pub fn pinned() -> &'static Pinned {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    let parse = || toml::from_str(include_str!("../../../tools.toml")).expect("xtask/tools.toml is checked in");
    &TOOLS.get_or_init(parse).wordpress
}

pub enum Php {
    Debian,
    Wasm { program: PathBuf, version: &'static str },
}

impl Php {
    pub fn version(&self) -> Result<String, String> {
        match self {
            Self::Debian => quiet(Command::new("php").args(["-r", "echo PHP_VERSION;"])),
            Self::Wasm { version, .. } => Ok((*version).to_owned()),
        }
    }

    /// The beginning of a command line that runs a PHP file.
    fn command(&self) -> Command {
        match self {
            Self::Debian => Command::new("php"),
            Self::Wasm { program, version } => {
                let mut command = Command::new("node");
                command.env("PHP", version).arg(program).args(["-d", "include_path=.:/usr/share/php"]);
                command
            }
        }
    }

    pub fn phpunit(&self) -> Result<Command, String> {
        let mut command = self.command();
        command.current_dir(paths::root()).arg(PHPUNIT);
        Ok(command)
    }
}

/// All but Debian's, installed first where they are missing.
pub fn others() -> Result<Vec<Php>, String> {
    let prefix = paths::target().join("tools/php-wasm");
    let program = prefix.join("node_modules/@php-wasm/cli/php-wasm.js");
    let marker = prefix.join(&pinned().php);
    if !marker.is_file() {
        setup::node()?;
        let package = format!("@php-wasm/cli@{}", pinned().php);
        step(&format!("installing {package} (once)"));
        let options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"];
        quiet(Command::new("npm").args(options).arg(&prefix).arg(package))?;
        std::fs::write(&marker, "").map_err(|error| format!("{}: {error}", marker.display()))?;
    }
    Ok(VERSIONS.map(|version| Php::Wasm { program: program.clone(), version }).into())
}

/// Runs PHPUnit and reads its last words. Old libraries grumble about a new PHP on stderr, which is shown only when the
/// tests fail.
pub fn counted(command: &mut Command) -> Result<(Counts, bool), Failed> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let counts = counts_in(&said);
    let is_success = output.status.success() && counts.failed == 0;
    if !is_success {
        println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok((counts, is_success))
}

/// `OK (214 tests, 769 assertions)`, or `Tests: 214, Assertions: 768, Errors: 1, Failures: 1.`
fn counts_in(said: &str) -> Counts {
    let number_before = |line: &str, word: &str| -> Option<usize> {
        let before = line.split(word).next()?;
        before.rsplit(|mark: char| !mark.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
    };
    let number_after = |line: &str, word: &str| -> usize {
        let after = line.split_once(word).map_or("", |(_, after)| after);
        after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    };
    let last = said.lines().rev().find(|line| line.starts_with("OK (") || line.starts_with("Tests: "));
    match last {
        Some(line) if line.starts_with("OK (") => {
            Counts { passed: number_before(line, " test").unwrap_or(0), failed: 0 }
        }
        Some(line) => {
            let failed = ["Errors: ", "Failures: ", "Risky: "].map(|word| number_after(line, word)).iter().sum();
            Counts { passed: number_after(line, "Tests: ").saturating_sub(failed), failed }
        }
        None => Counts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_phpunit_are_read() {
        let of = |said| {
            let Counts { passed, failed } = counts_in(said);
            (passed, failed)
        };
        assert_eq!(of("....\n\nOK (214 tests, 769 assertions)\n"), (214, 0));
        assert_eq!(of("OK (1 test, 7 assertions)"), (1, 0));
        assert_eq!(of("FAILURES!\nTests: 214, Assertions: 768, Errors: 1, Failures: 2."), (211, 3));
        assert_eq!(of("PHP Fatal error: no"), (0, 0));
    }
}
