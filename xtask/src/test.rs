//! `cargo xtask test`: everything, from formatting to real browsers. Steps can be named to run only those.
//!
//! It installs what it needs on Debian and says in one line what is missing elsewhere. Nothing it starts outlives it.

#![expect(clippy::print_stdout, reason = "progress and results are what the developer reads")]

mod checks;
mod debian;
pub mod faults;
mod fuzzing;
mod postgres;
pub mod programs;
mod python;
pub mod runner;
pub mod sizes;
mod speed;
mod suites;
mod supply;
mod wasm;
mod wordpress;

use std::thread::{self, JoinHandle};
use std::time::Instant;

/// What a step found out: a whole check counts as one.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl Counts {
    /// Of a check that holds or not.
    pub const ONE: Self = Self { passed: 1, failed: 0 };
}

/// A failed step says why in one sentence; what it counted until then still counts.
pub struct Failed {
    pub counts: Counts,
    pub sentence: String,
}

impl From<String> for Failed {
    fn from(sentence: String) -> Self {
        Self { counts: Counts { passed: 0, failed: 1 }, sentence }
    }
}

type Outcome = Result<Counts, Failed>;

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Outcome,
}

/// The cheap and the telling ones first.
const STEPS: [Step; 15] = [
    Step { name: "format", what: "formatting", run: checks::format },
    Step { name: "tidy", what: "the repository's own rules", run: checks::tidy },
    Step { name: "web", what: "browser apps and loader", run: checks::web },
    Step { name: "sizes", what: "what a visitor downloads", run: sizes::check },
    Step { name: "loader", what: "the script behind the tag", run: checks::loader },
    Step { name: "clippy", what: "lints", run: checks::clippy },
    Step { name: "unit", what: "unit, property and API tests, on SQLite and PostgreSQL", run: suites::unit },
    Step { name: "wasm", what: "cryptography as WebAssembly and as JavaScript", run: wasm::vectors },
    Step { name: "python", what: "cryptography against an independent implementation", run: python::cross_check },
    Step { name: "speed", what: "what a message costs, beside a bare relay", run: speed::check },
    Step {
        name: "cuts",
        what: "the release binary killed under load, and searched for a visitor's traces",
        run: faults::cuts,
    },
    Step { name: "browsers", what: "real browsers, the release binary", run: suites::browsers },
    Step { name: "first-screen", what: "how long a visitor waits on a bad line", run: speed::first_screen },
    Step { name: "wordpress", what: "the plugin in real WordPress", run: wordpress::check },
    Step { name: "fuzz", what: "random bytes for every parser, a few seconds each", run: fuzzing::short },
];

/// Only by name: what takes longer than it tells on most days.
const EXTRA: [Step; 3] = [
    Step {
        name: "faults",
        what: "the release binary killed, frozen, attacked, and searched for traces",
        run: faults::check,
    },
    Step { name: "wordpress-matrix", what: "the plugin in every WordPress, in a browser", run: wordpress::matrix },
    Step { name: "supply", what: "licences and sources of the dependencies, bill of materials", run: supply::check },
];

/// Runs from the start on, beside the steps before it: the optimiser's last pass over a browser app leaves a core idle.
const BESIDE: &str = "clippy";

pub fn run(arguments: &[String]) -> Result<(), String> {
    let all: Vec<&Step> = STEPS.iter().chain(&EXTRA).collect();
    let names: Vec<&str> = all.iter().map(|step| step.name).collect();
    if let Some(unknown) = arguments.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("there is no step {unknown}; the steps are {}", names.join(", ")));
    }
    let is_named = |step: &&Step| arguments.iter().any(|name| name == step.name);
    let chosen: Vec<&Step> =
        if arguments.is_empty() { STEPS.iter().collect() } else { all.into_iter().filter(is_named).collect() };
    programs::install_missing(&chosen.iter().map(|step| step.name).collect::<Vec<_>>())?;
    let mut beside = begin_beside(&chosen);
    let mut done = Vec::new();
    for (at, step) in chosen.iter().enumerate() {
        println!("\n[{}/{}] {}: {}", at + 1, chosen.len(), step.name, step.what);
        let started = Instant::now();
        let begun = beside.take_if(|_| step.name == BESIDE);
        let outcome = begun.map_or_else(step.run, |begun| begun.join().expect("a step answers and does not panic"));
        if let Err(Failed { sentence, .. }) = &outcome {
            println!("{}: {sentence}", step.name);
        }
        done.push((step.name, started.elapsed().as_secs_f32(), outcome));
    }
    summary(&done)
}

fn begin_beside(chosen: &[&Step]) -> Option<JoinHandle<Outcome>> {
    let is_alone = chosen.first().is_none_or(|step| step.name == BESIDE);
    let step = chosen.iter().find(|step| step.name == BESIDE).filter(|_| !is_alone)?;
    Some(thread::spawn(step.run))
}

/// A table of the steps, and the two numbers alone on the last line.
fn summary(steps: &[(&str, f32, Outcome)]) -> Result<(), String> {
    println!();
    let mut total = Counts::default();
    for (name, secs, outcome) in steps {
        let (counts, verdict) = match outcome {
            Ok(counts) => (*counts, "ok".to_owned()),
            Err(Failed { counts, sentence }) => {
                (*counts, format!("FAILED: {}", sentence.lines().next().unwrap_or_default()))
            }
        };
        println!("{name:<10}{secs:>7.1} s{:>6} passed{:>5} failed   {verdict}", counts.passed, counts.failed);
        total.passed += counts.passed;
        total.failed += counts.failed;
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    let broken = steps.iter().filter(|(.., outcome)| outcome.is_err()).count();
    if broken == 0 { Ok(()) } else { Err(format!("{broken} of {} steps failed", steps.len())) }
}
