//! Which crate may know which. Cargo features do not keep a boundary, crates do.

use std::process::Command;

use serde_json::Value;

use super::sources::{Finding, Sources};

/// Own crates that each crate's shipped code may depend on.
const ALLOWED: [(&str, &[&str]); 6] = [
    ("amparo-protocol", &[]),
    ("amparo-client", &["amparo-protocol"]),
    ("amparo-ui", &["amparo-protocol", "amparo-client"]),
    ("amparo-widget", &["amparo-protocol", "amparo-client", "amparo-ui"]),
    ("amparo-console", &["amparo-protocol", "amparo-client", "amparo-ui"]),
    ("amparo-server", &["amparo-protocol"]),
];

/// What would break a written invariant of a crate: no async, clock, randomness, cryptography or browser in `protocol`;
/// no browser and no Leptos in `client`; no second copy of the browser's world in the server.
const FOREIGN: [(&str, &[&str]); 3] = [
    (
        "amparo-protocol",
        &["tokio", "futures-util", "getrandom", "rand_core", "sha2", "hpke", "ed25519-dalek", "web-sys", "js-sys"],
    ),
    ("amparo-client", &["tokio", "leptos", "web-sys", "js-sys", "getrandom", "axum", "sqlx"]),
    ("amparo-server", &["leptos", "web-sys", "js-sys", "hpke", "argon2"]),
];

pub fn edges(sources: &Sources) -> Vec<Finding> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&sources.root);
    let Ok(Ok(metadata)) = cargo.output().map(|output| serde_json::from_slice::<Value>(&output.stdout)) else {
        return vec![Finding::of("Cargo.toml", "cargo metadata gives no answer")];
    };
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    packages.iter().flat_map(wrong_edges).collect()
}

fn wrong_edges(package: &Value) -> Vec<Finding> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else { return Vec::new() };
    let foreign = FOREIGN.iter().find(|(crate_name, _)| *crate_name == name).map_or(&[][..], |(_, foreign)| foreign);
    let dependencies = package["dependencies"].as_array().cloned().unwrap_or_default();
    let shipped = dependencies.iter().filter(|dependency| dependency["kind"].as_str() != Some("dev"));
    let names = shipped.filter_map(|dependency| dependency["name"].as_str());
    let wrong = names.filter(|dependency| {
        let is_own = dependency.starts_with("amparo-") || *dependency == "xtask";
        (is_own && !allowed.contains(dependency)) || foreign.contains(dependency)
    });
    wrong.map(|dependency| Finding::of(name, format!("must not depend on {dependency}"))).collect()
}
