//! A network of the relay's own, with one link to this machine that can be taken down: what is sent then is lost, and
//! nobody is told.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

/// One at a time on a machine: what an earlier run has left behind is found by its name.
const NAME: &str = "amparo-bench";
const NEAR_END: &str = "amparo-bench0";
const FAR_END: &str = "amparo-bench1";
const NEAR_ADDRESS: &str = "10.213.77.1/30";
const FAR_ADDRESS: &str = "10.213.77.2/30";

/// It goes when this is dropped.
pub struct Namespace(());

impl Namespace {
    /// Where whoever is begun in it listens.
    pub const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 213, 77, 2));

    /// The reason where none may be made.
    pub fn joined() -> Result<Self, String> {
        remove();
        ip(&["netns", "add", NAME])?;
        let namespace = Self(());
        ip(&["link", "add", NEAR_END, "type", "veth", "peer", "name", FAR_END, "netns", NAME])?;
        ip(&["address", "add", NEAR_ADDRESS, "dev", NEAR_END])?;
        ip(&["-netns", NAME, "address", "add", FAR_ADDRESS, "dev", FAR_END])?;
        ip(&["-netns", NAME, "link", "set", "lo", "up"])?;
        ip(&["link", "set", NEAR_END, "up"])?;
        namespace.link("up")?;
        Ok(namespace)
    }

    /// `up` or `down`: at the relay's end, so that whoever sends from here finds no fault.
    pub fn link(&self, state: &str) -> Result<(), String> {
        ip(&["-netns", NAME, "link", "set", FAR_END, state])
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

/// The link lives until the last process in the namespace has ended, so it is removed first.
fn remove() {
    let _ = ip(&["link", "delete", NEAR_END]);
    let _ = ip(&["netns", "delete", NAME]);
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.map_err(|error| format!("there is no iproute2: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(said.trim().to_owned()) }
}
