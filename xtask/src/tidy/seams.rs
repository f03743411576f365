//! What may be used in one place only, so that it can be replaced or checked there.

use super::rust_tokens::{lines_naming, lines_of};
use super::sources::{Finding, Source, Sources};

/// The crates that ship; tools and tests may do as they like.
const SHIPPED: [&str; 6] = ["protocol/src/", "client/src/", "ui/src/", "widget/src/", "console/src/", "server/src/"];
const BROWSER: [&str; 4] = ["client/src/", "ui/src/", "widget/src/", "console/src/"];

pub fn places(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.rust().filter(|source| source.is_below(&SHIPPED)) {
        let mut only_in = |lines: Vec<usize>, places: &[&str], what: &str| {
            if !source.is_below(places) {
                findings.extend(
                    lines
                        .into_iter()
                        .map(|line| Finding::at(source, line, format!("{what} belongs to {}", places.join(", ")))),
                );
            }
        };
        for call in ["query", "query_as", "query_scalar", "raw_sql"] {
            only_in(lines_naming(&source.tokens, &["sqlx"], call), &["server/src/store/"], "SQL");
        }
        only_in(lines_naming(&source.tokens, &["std"], "env"), &["server/src/config.rs"], "the process's environment");
        if source.is_below(&["server/src/"]) {
            only_in(lines_of(&source.tokens, &["WebSocket"]), &["server/src/relay/transport/"], "the WebSocket");
        }
        if source.is_below(&["server/src/relay/"]) {
            only_in(lines_of(&source.tokens, &["select", "!"]), &["server/src/relay/transport/"], "select!");
        }
        if source.is_below(&BROWSER) {
            for name in ["WebSocket", "XmlHttpRequest", "EventSource"] {
                only_in(lines_of(&source.tokens, &[name]), &["ui/src/transport/"], "the network");
            }
        }
    }
    findings
}

/// The files that hold the machine's clock, randomness and task set; everything else is handed them.
const SOURCES_OF_EFFECTS: [&str; 7] = [
    "server/src/clock.rs",
    "server/src/random.rs",
    "server/src/app.rs",
    "server/src/main.rs",
    "ui/src/clock.rs",
    "ui/src/random.rs",
    // A worker shares nothing with the page that started it, so it has its own.
    "console/src/worker.rs",
];

const EFFECTS: [(&[&str], &str); 9] = [
    (&["SystemTime", "::", "now"], "the clock"),
    (&["Instant", "::", "now"], "the clock"),
    (&["Date", "::", "now"], "the clock"),
    (&["Date", "::", "new_0"], "the clock"),
    (&["Math", "::", "random"], "randomness"),
    (&["OsRng"], "randomness"),
    (&["SysRng"], "randomness"),
    (&["getrandom", "::"], "randomness"),
    (&["tokio", "::", "spawn"], "spawning"),
];

pub fn effects(sources: &Sources) -> Vec<Finding> {
    let handed = |source: &&Source| source.is_below(&SHIPPED) && !source.is_below(&SOURCES_OF_EFFECTS);
    sources.rust().filter(handed).flat_map(taken_effects).collect()
}

fn taken_effects(source: &Source) -> Vec<Finding> {
    let taken = EFFECTS.iter().flat_map(|(sequence, what)| {
        let lines = lines_of(&source.tokens, sequence);
        lines.into_iter().map(move |line| Finding::at(source, line, format!("{what} is handed in, not taken")))
    });
    taken.collect()
}
