//! Thousands who wait are cut off at once by a power cut and come back, with some pairs who talk: nobody is lost, everybody
//! is at her place, in time, and all that is said arrives. `bench-storm AMPARO [COUNT] [PAIRS]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;

use amparo_bench::machine;
use amparo_bench::storm::{BACK_WITHIN, Storm};
use tokio::task::LocalSet;

/// Open files beside those who wait.
const OTHER_FILES: usize = 500;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(amparo) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench-storm AMPARO [COUNT] [PAIRS]");
        std::process::exit(2);
    };
    let mut number = |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (count, pairs) = (number(5_000), number(8));
    if machine::allow_many_files() < count + OTHER_FILES {
        eprintln!("{count} connections are more than this machine allows: raise the limit of open files (ulimit -n)");
        std::process::exit(2);
    }
    let storm = LocalSet::new().run_until(Storm::strike(&amparo, count, pairs)).await;
    println!(
        "{count} who wait: the relay serves again after {} ms, all are back after {:.1} s; {} lost, {} not at their place",
        storm.start.as_millis(),
        storm.took.as_secs_f64(),
        storm.lost,
        storm.moved
    );
    let again =
        storm.talk_again.map_or("not in time".to_owned(), |after| format!("after {:.1} s", after.as_secs_f64()));
    println!("{pairs} pairs talk again {again}; {} messages compared, {} wrong", storm.messages, storm.wrong.len());
    let wrong = wrong(storm);
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    std::process::exit(i32::from(!wrong.is_empty()));
}

fn wrong(storm: Storm) -> Vec<String> {
    let mut wrong = storm.wrong;
    let mut expect = |holds: bool, otherwise: &str| {
        if !holds {
            wrong.push(otherwise.to_owned());
        }
    };
    expect(storm.lost == 0 && storm.took <= BACK_WITHIN, "not everybody who waited was back in time");
    expect(storm.moved == 0, "not everybody is at her place");
    expect(storm.talk_again.is_some(), "not everybody who talked was back in time");
    wrong
}
