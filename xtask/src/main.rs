//! `cargo xtask COMMAND`: everything a developer does with the repository beyond `cargo build`.
//!
//! Never part of the product; nothing here ends up in the relay or in a browser.

mod apps;
mod bench;
mod build;
mod command;
mod deliver;
mod demo;
mod dist;
mod fuzz;
mod mutants;
mod names;
mod paths;
mod plain_data;
mod reproducible;
mod sbom;
mod setup;
mod shrink;
mod soak;
mod stamp;
mod test;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = arguments.first().map_or("help", String::as_str);
    let done = match command {
        "bench" => bench::run_bench(&arguments[1..]),
        "bench-document" => bench::run_document(&arguments[1..]),
        "build" => build::run_build(&arguments[1..]),
        "web" => build::web(),
        "demo" => demo::run_demo(&arguments[1..]),
        "dist" => dist::run_dist(&arguments[1..]),
        "fuzz" => fuzz::run_fuzz(&arguments[1..]),
        "mutants" => mutants::run_mutants(&arguments[1..]),
        "reproducible" => reproducible::run_reproducible(&arguments[1..]),
        "sbom" => sbom::run_sbom(&arguments[1..]),
        "soak" => soak::run_soak(&arguments[1..]),
        "setup" => setup::run_all(&arguments[1..]),
        "test" => test::run(&arguments[1..]),
        "tidy" => tidy::run(&arguments[1..]),
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

const HELP: &str =
    "cargo xtask demo    builds everything, then a relay, a website and two consoles to try, all on this machine
cargo xtask bench   measures the relay and the widget, and writes docs/benchmarks.md
cargo xtask build   builds everything: the relay lies in target/release/amparo
cargo xtask web     builds only what browsers are sent, below target/dist
cargo xtask dist    builds the WordPress plugin: target/plugin/amparo.zip
cargo xtask setup   installs the tools that the others would install when they need them
cargo xtask test    everything: formatting, lints, tests, real browsers
cargo xtask tidy    the rules of the repository that the compiler does not check
cargo xtask soak    [PERCENT] [PART…]: the long tests, with docs/soak-report.md; seeds FROM COUNT tells stories of the simulation
cargo xtask fuzz    [SECONDS] [TARGET…]: random bytes for every parser, on a nightly compiler
cargo xtask mutants [SHARD/SHARDS]: breaks the browsers' programs in one place at a time; a test must notice (hours)
cargo xtask sbom    what the relay is made of: target/amparo.cdx.json
cargo xtask reproducible   builds two clean clones in different folders and compares every byte (long)";
