//! The program `amparo`: its commands, and how it says no. Every refusal is one sentence and an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use crate::config::{self, Config, ConfigError, Settings};
use crate::stack;

mod ask;
mod backup;
mod demo;
mod doctor;
pub mod panics;
mod prepare;
mod restore;
mod serve;
pub mod setup;

/// A chat relay for organisations that help victims of abuse. Keeps nothing of a conversation.
#[derive(Parser)]
#[command(name = "amparo", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the relay
    Serve,
    /// Runs a demonstration in memory, with a website on another port and one-time links; this machine only
    Demo(demo::Ports),
    /// Prints a new set-up address, for a relay that has an organisation too
    Setup(setup::Choice),
    /// Writes accounts, sites and settings into one encrypted file; the relay may go on meanwhile
    Backup(backup::Choice),
    /// Makes a new data folder of a backup
    Restore(restore::Choice),
    /// Checks the settings, this machine, the store, the relay's address and a website's page, and says what is wrong
    Doctor(doctor::Choice),
}

/// Why the program stops. The code is what a script may branch on.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Data(String),
    #[error("{0}")]
    Newer(String),
    #[error("{0}")]
    Address(String),
    #[error("{0}")]
    Failed(String),
}

impl Stop {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) | Self::Config(_) => 2,
            Self::Data(_) => 3,
            Self::Newer(_) => 4,
            Self::Address(_) => 5,
        }
    }
}

/// Runs the command that the arguments name, until it is done or a signal ends it.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    match parse(arguments).and_then(start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Answer::Shown) => ExitCode::SUCCESS,
        Err(Answer::Stop(stop)) => {
            eprintln!("amparo: {stop}");
            ExitCode::from(stop.exit_code())
        }
    }
}

/// Why nothing is run.
enum Answer {
    /// Help or version was printed.
    Shown,
    Stop(Stop),
}

impl<T: Into<Stop>> From<T> for Answer {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

fn parse(arguments: Vec<OsString>) -> Result<Arguments, Answer> {
    Arguments::try_parse_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nothing can be done where even help cannot be printed.
            let _ = error.print();
            Answer::Shown
        }
        _ => Answer::Stop(Stop::Usage(one_sentence(&error.to_string()))),
    })
}

/// The first line of what the parser says, with where to look.
fn one_sentence(error: &str) -> String {
    let first = error.lines().next().unwrap_or_default();
    format!("{}; see amparo --help", first.strip_prefix("error: ").unwrap_or(first))
}

fn start(arguments: Arguments) -> Result<(), Answer> {
    let config = Config::load(arguments.settings, &config::variables()).map_err(Stop::Config)?;
    forbid_core_dumps();
    start_log(&config);
    panics::say_only_where();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(stack::clear)
        .build()
        .map_err(|error| Stop::Failed(format!("the program's threads cannot be started: {error}")))?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve => serve::run(config).await,
            Command::Demo(ports) => demo::run(config, ports).await,
            Command::Setup(choice) => setup::run(config, choice).await,
            Command::Backup(choice) => backup::run(config, choice).await,
            Command::Restore(choice) => restore::run(config, choice).await,
            Command::Doctor(choice) => doctor::run(config, choice).await,
        }
    })?;
    Ok(())
}

/// A crash must not write the memory, and with it somebody's words, to disk.
fn forbid_core_dumps() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let forbidden = setrlimit(Resource::Core, none)
        // A program that collects core dumps takes no notice of the limit; and no other process may read this one.
        .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    if let Err(error) = forbidden {
        eprintln!("amparo: core dumps could not be switched off: {error}");
    }
}

/// To stderr, without colours. Only this program's own lines: other crates' may quote what they were given.
fn start_log(config: &Config) {
    let own = tracing_subscriber::filter::Targets::new()
        .with_target("amparo_server", LevelFilter::from_level(config.log_level.filter()));
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    tracing_subscriber::registry().with(own).with(lines).init();
}
