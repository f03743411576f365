//! Asks for a passphrase on the terminal, without showing what is typed.
//!
//! Never: from standard input, where a script might have put something else.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::Stop;

/// What somebody types after this question.
pub fn hidden(question: &str) -> Result<Zeroizing<String>, Stop> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let mut terminal = terminal.map_err(|_| {
        Stop::Usage("there is no terminal to ask for the passphrase: name a file with --passphrase-file".to_owned())
    })?;
    write!(terminal, "{question}: ").map_err(failed)?;
    let typed = without_echo(&terminal)?;
    writeln!(terminal).map_err(failed)?;
    Ok(typed)
}

fn without_echo(terminal: &File) -> Result<Zeroizing<String>, Stop> {
    let before = tcgetattr(terminal).map_err(failed)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(terminal, OptionalActions::Flush, &silent).map_err(failed)?;
    let mut typed = Zeroizing::new(String::new());
    let read = BufReader::new(terminal).read_line(&mut typed);
    tcsetattr(terminal, OptionalActions::Flush, &before).map_err(failed)?;
    read.map_err(failed)?;
    Ok(typed)
}

fn failed(error: impl std::fmt::Display) -> Stop {
    Stop::Failed(format!("the terminal cannot be used: {error}"))
}
