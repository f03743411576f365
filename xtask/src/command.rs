//! Running other programs, with one sentence when one fails.

use std::process::{Command, Output, Stdio};

/// Runs a program whose progress the developer wants to see.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed", name(command))) }
}

/// Runs a program that is only interesting when it fails; answers what it wrote to stdout.
pub fn quiet(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed:\n{}", name(command), text(&output)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program that answers on stdout and tells its progress on stderr.
pub fn answered(command: &mut Command) -> Result<String, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let output = command.spawn().and_then(std::process::Child::wait_with_output);
    let output = output.map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed", name(command)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// One line of progress.
#[expect(clippy::print_stdout, reason = "this is what the developer reads")]
pub fn step(what: &str) {
    println!("· {what}");
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} does not start: {error}", name(command))
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
