//! `amparo-sim [FROM] [COUNT]`: tells the stories of so many seeds, each in every way there is, and says how many went well.
//! A seed that did not is printed and told again by `amparo-sim SEED 1`.

#![expect(clippy::print_stdout, reason = "progress and the report are what it is run for")]

use std::process::ExitCode;

use amparo_sim::{Told, tell, tell_crowded, tell_for_minors, tell_together};

/// Two counselors; three who hand over and help; the same for minors; eight who accept at once.
const WAYS: [fn(u64) -> Result<Told, String>; 4] = [tell, tell_together, tell_for_minors, tell_crowded];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(Some(default), |text| text.parse().ok());
    let (Some(from), Some(count)) = (number(0), number(1000)) else {
        eprintln!("usage: amparo-sim [FROM] [COUNT]");
        return ExitCode::from(2);
    };
    let (mut all, mut wrong) = (Told::default(), Vec::new());
    for seed in from..from + count {
        for tell in WAYS {
            match tell(seed) {
                Ok(told) => {
                    all.messages += told.messages;
                    all.kills += told.kills;
                    all.breaks += told.breaks;
                    all.asked += told.asked;
                }
                Err(sentence) => {
                    println!("{sentence}");
                    wrong.push(seed);
                }
            }
        }
        let done = seed - from + 1;
        if done.is_multiple_of(500) || done == count {
            println!("{done} of {count} seeds, {} wrong", wrong.len());
        }
    }
    println!(
        "{} messages, {} kills, {} broken lines, {} presses of colleagues",
        all.messages, all.kills, all.breaks, all.asked
    );
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
