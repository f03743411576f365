//! Runs cargo's tests with their output passed on line by line, and counts what they report.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;

use super::{Counts, Failed};

/// `arguments` select packages and tests; they are the same for both runners.
pub fn tests(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Counts, Failed> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(crate::paths::root());
    if has_nextest() {
        command.args(["nextest", "run", "--no-fail-fast", "--color", "never"]);
    } else {
        command.args(["test", "--no-fail-fast", "--color", "never"]);
    }
    command.args(arguments).envs(environment.iter().copied());
    let (counts, is_success) = counted(&mut command)?;
    match (is_success, counts.failed) {
        (true, 0) if counts.passed == 0 => Err(Failed { counts, sentence: "no test ran".to_owned() }),
        (true, 0) => Ok(counts),
        (_, 0) => Err(Failed {
            counts: Counts { failed: 1, ..counts },
            sentence: "the tests did not build or did not end well".to_owned(),
        }),
        (_, failed) => Err(Failed { counts, sentence: format!("{failed} tests failed") }),
    }
}

/// nextest runs every test in its own process and ends one that hangs; plain `cargo test` does where it is missing.
pub fn has_nextest() -> bool {
    Command::new(env!("CARGO")).args(["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}

/// Runs a command to its end; what it prints goes on to our own output.
pub fn counted(command: &mut Command) -> Result<(Counts, bool), Failed> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let output = child.stdout.take().expect("stdout is a pipe");
    let errors = child.stderr.take().expect("stderr is a pipe");
    let (left, right) = thread::scope(|scope| {
        let errors = scope.spawn(|| passed_on(errors));
        (passed_on(output), errors.join().expect("reading lines does not panic"))
    });
    let status = child.wait().map_err(|error| format!("{command:?}: {error}"))?;
    Ok((Counts { passed: left.passed + right.passed, failed: left.failed + right.failed }, status.success()))
}

fn passed_on(pipe: impl Read) -> Counts {
    let mut counts = Counts::default();
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        println!("{line}");
        let found = counts_in(&line);
        counts.passed += found.passed;
        counts.failed += found.failed;
    }
    counts
}

/// Of the line that ends a test binary (`test result: ok. 3 passed; 1 failed; …`) or a nextest run
/// (`Summary [ 1.2s] 4 tests run: 3 passed, 1 failed, 0 skipped`).
fn counts_in(line: &str) -> Counts {
    // Indented it is a quotation: nextest repeats what a failed test's own binary said.
    let is_end_of_binary = line.starts_with("test result:");
    let line = line.trim_start();
    // Node's, in either of its two manners.
    for mark in ["# ", "\u{2139} "] {
        let number = |what| line.strip_prefix(mark)?.strip_prefix(what)?.trim().parse().ok();
        if let Some(passed) = number("pass ") {
            return Counts { passed, failed: 0 };
        }
        if let Some(failed) = number("fail ") {
            return Counts { passed: 0, failed };
        }
    }
    let is_last = is_end_of_binary || (line.starts_with("Summary [") && line.contains("run:"));
    if !is_last {
        return Counts::default();
    }
    let words: Vec<&str> = line.split([' ', ',', ';', '(']).filter(|word| !word.is_empty()).collect();
    let before = |what: &str| {
        let pair = words.windows(2).find(|pair| pair[1] == what);
        pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
    };
    Counts { passed: before("passed"), failed: before("failed") + before("timed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_both_runners_are_read() {
        let of = |line| {
            let Counts { passed, failed } = counts_in(line);
            (passed, failed)
        };
        assert_eq!(of("test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out"), (3, 1));
        assert_eq!(
            of("     Summary [   0.511s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 0 skipped"),
            (7, 2)
        );
        assert_eq!(of("test a_result ... ok"), (0, 0));
        assert_eq!(of("    test result: FAILED. 0 passed; 1 failed; 0 ignored"), (0, 0));
        assert_eq!(of("# pass 18"), (18, 0));
        assert_eq!(of("\u{2139} fail 2"), (0, 2));
    }
}
