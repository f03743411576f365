//! A network of the relay's own, and a way there that can be broken in its middle: what is sent then is lost, and neither
//! end is told.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

const NAME: &str = "amparo-bench";
/// This machine and the relay's network, each with a cable to a switch between them. `ip` takes each line.
const PREPARATION: [&str; 15] = [
    "netns add amparo-bench",
    "netns add amparo-bench-way",
    "link add amparo-bench0 address 02:00:00:00:77:01 type veth peer name near netns amparo-bench-way",
    "-netns amparo-bench link add relay address 02:00:00:00:77:02 type veth peer name far netns amparo-bench-way",
    "-netns amparo-bench-way link add switch type bridge",
    "-netns amparo-bench-way link set near master switch up",
    "-netns amparo-bench-way link set far master switch up",
    "-netns amparo-bench-way link set switch up",
    "address add 10.213.77.1/30 dev amparo-bench0",
    "-netns amparo-bench address add 10.213.77.2/30 dev relay",
    "link set amparo-bench0 up",
    "-netns amparo-bench link set relay up",
    "-netns amparo-bench link set lo up",
    // Nobody has to ask who is there: unanswered, that would tell the ends.
    "neighbour add 10.213.77.2 lladdr 02:00:00:00:77:02 dev amparo-bench0 nud permanent",
    "-netns amparo-bench neighbour add 10.213.77.1 lladdr 02:00:00:00:77:01 dev relay nud permanent",
];
/// The cable outlives its namespaces while a process is in one, so it is removed first.
const REMOVAL: [&str; 3] = ["link delete amparo-bench0", "netns delete amparo-bench-way", "netns delete amparo-bench"];

/// One at a time on a machine: what an earlier run has left behind is found by its name. It goes when this is dropped.
pub struct Namespace(());

impl Namespace {
    /// Where whoever is begun in it listens.
    pub const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 213, 77, 2));

    /// The reason where none may be made.
    pub fn joined() -> Result<Self, String> {
        remove();
        let namespace = Self(());
        PREPARATION.iter().try_for_each(|line| ip(line))?;
        Ok(namespace)
    }

    /// Breaks the way there, or mends it.
    pub fn breaks(&self, is_broken: bool) -> Result<(), String> {
        ip(&format!("-netns amparo-bench-way link set switch {}", if is_broken { "down" } else { "up" }))
    }

    /// The same program in this network.
    pub fn around(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", NAME]).arg(program);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        remove();
    }
}

/// What is not there is removed already.
fn remove() {
    for line in REMOVAL {
        let _ = ip(line);
    }
}

fn ip(line: &str) -> Result<(), String> {
    let output = Command::new("ip").args(line.split(' ')).output();
    let output = output.map_err(|error| format!("there is no iproute2: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(said.trim().to_owned()) }
}
