//! The WordPress plugin inside real WordPress: how its code reads, its own tests under many versions of WordPress and of
//! PHP, and in a browser the whole way from the zip to the last trace.
//!
//! What cannot be had in the registries that this project uses: PHPStan and the package of the WordPress coding
//! standards. PHP_CodeSniffer's own sniffs stand in for the second as far as they reach (`plugin-wp/tests/phpcs.xml`).

mod php;
mod trees;

use std::process::Command;

use super::{Counts, Failed, runner};
use crate::command::{run, step};
use crate::dist::{self, Plugin};
use crate::{build, paths, setup};
use php::Php;
use trees::Tree;

/// The browser goes the whole way on the oldest and the newest; `wordpress-matrix` on all.
const BROWSER_VERSIONS: [&str; 2] = ["debian", "nightly"];

/// Every version of WordPress with Debian's PHP, every PHP with the newest WordPress, two browsers' journeys.
pub fn check() -> Result<Counts, Failed> {
    let binary = build::release()?;
    let plugin = dist::plugin()?;
    let trees = trees::all()?;
    reads_well()?;
    let mut counts = Counts::ONE;
    for tree in &trees {
        add(&mut counts, unit_tests(&Php::Debian, tree, &plugin))?;
    }
    let newest = trees.last().expect("there are trees");
    for php in php::others()? {
        add(&mut counts, unit_tests(&php, newest, &plugin))?;
    }
    let journeys = BROWSER_VERSIONS.map(|version| format!("wordpress::the_whole_way_on_{version}"));
    add(&mut counts, browser(&binary, &plugin, &[&journeys[..], &["wordpress::relays".to_owned()]].concat()))?;
    Ok(counts)
}

/// The browser's journey on every version.
pub fn matrix() -> Result<Counts, Failed> {
    let binary = build::release()?;
    let plugin = dist::plugin()?;
    trees::all()?;
    browser(&binary, &plugin, &["wordpress::".to_owned()])
}

/// A part that failed still counts, and so does all before it.
fn add(all: &mut Counts, part: Result<Counts, Failed>) -> Result<(), Failed> {
    let (more, sentence) = match part {
        Ok(counts) => (counts, None),
        Err(Failed { counts, sentence }) => (counts, Some(sentence)),
    };
    all.passed += more.passed;
    all.failed += more.failed;
    sentence.map_or(Ok(()), |sentence| Err(Failed { counts: *all, sentence }))
}

fn reads_well() -> Result<(), String> {
    let folder = paths::root().join("plugin-wp");
    step("plugin: code style");
    run(Command::new("phpcs").current_dir(&folder).args(["-q", "--standard=tests/phpcs.xml", "."]))
}

/// The plugin's own tests; in a network of websites those that need one.
fn unit_tests(php: &Php, tree: &Tree, plugin: &Plugin) -> Result<Counts, Failed> {
    step(&format!("WordPress {}, PHP {}", tree.version, php.version()?));
    let mut counts = Counts::default();
    for is_network in [false, true] {
        let database = tree.fresh_database(is_network)?;
        let mut command = php.phpunit()?;
        command
            .env("WORDPRESS_FOLDER", &tree.folder)
            .env("WORDPRESS_DATABASE", database.path())
            .env("WORDPRESS_PLUGINS", plugin.folder.parent().expect("the plugin lies in a folder"))
            .arg("-c")
            .arg(paths::root().join("plugin-wp/tests/phpunit.xml"));
        if is_network {
            command.env("WORDPRESS_MULTISITE", "1").args(["--group", "network"]);
        }
        let (mut found, is_success) = php::counted(&mut command)?;
        let sentence = format!("the plugin's tests failed on WordPress {}, PHP {}", tree.version, php.version()?);
        let holds = is_success && found.passed > 0;
        // PHP may end before PHPUnit has counted.
        found.failed = if holds { 0 } else { found.failed.max(1) };
        add(&mut counts, if holds { Ok(found) } else { Err(Failed { counts: found, sentence }) })?;
    }
    Ok(counts)
}

fn browser(binary: &std::path::Path, plugin: &Plugin, tests: &[String]) -> Result<Counts, Failed> {
    let axe = setup::npm_package("axe-core")?.join("axe.min.js");
    let environment = [
        ("TEST_BINARY", binary.display().to_string()),
        ("TEST_AXE", axe.display().to_string()),
        ("TEST_PLUGIN", plugin.zip.display().to_string()),
        ("TEST_WORDPRESS", trees::folder().display().to_string()),
    ];
    let mut arguments = vec!["-p", "amparo-tests", "--"];
    arguments.extend(tests.iter().map(String::as_str));
    runner::tests(&arguments, &environment.each_ref().map(|(name, value)| (*name, value.as_str())))
}
