//! For what a visitor waits, on bad lines and a slow device, in both deliveries; and what the chat costs the page that
//! carries it. Prints one JSON object: `waits full` all of docs/benchmarks.md, `waits short` one visit in each delivery on
//! the worst line.

#![expect(clippy::print_stdout, reason = "the JSON is what it is run for")]

use std::time::{Duration, Instant};

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::slow_line::{EDGE, MOBILE, Quality, SlowLine};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::{World, no_webassembly};
use serde_json::{Value, json};

/// As an old phone against this machine.
const SLOW_DOWN: u32 = 4;
const TRIES: usize = 3;
const MESSAGES: usize = 500;
/// A slow machine under a slow-down; how long it took is what is printed.
const LONGEST: Duration = PATIENCE.saturating_mul(4);

const DELIVERIES: [&str; 2] = ["WebAssembly", JAVASCRIPT];
/// To a page whose content policy forbids WebAssembly.
const JAVASCRIPT: &str = "JavaScript";
const LINES: [(&str, Quality); 2] = [("400 kbit/s, 400 ms", EDGE), ("1.6 Mbit/s, 150 ms", MOBILE)];

/// What the page itself notices: tasks of over 50 ms, and whatever moves.
const OBSERVERS: &str = "<script>
self.blocked = 0; self.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((task) => { self.blocked += task.duration - 50; }))
  .observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((shift) => { self.shifted += shift.value; }))
  .observe({ type: 'layout-shift', buffered: true });
</script>";

/// What the observers saw, and the files that came down the line.
const PAGE: &str = "return [self.blocked, self.shifted,
  performance.getEntriesByType('resource').map((file) => file.name.split('/').pop())]";

#[tokio::main]
async fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let measured = match mode.as_str() {
        "short" => short().await,
        "full" => full().await,
        _ => {
            eprintln!("usage: waits short|full");
            std::process::exit(2);
        }
    };
    println!("{measured}");
}

async fn short() -> Value {
    let mut visits = Vec::new();
    for delivery in DELIVERIES {
        let (line, quality) = LINES[0];
        visits.push(json!({ "delivery": delivery, "line": line, "tries": [visit(delivery, quality).await] }));
    }
    json!({ "slow_down": SLOW_DOWN, "visits": visits })
}

async fn full() -> Value {
    let mut visits = Vec::new();
    for delivery in DELIVERIES {
        for (line, quality) in LINES {
            eprintln!("· {delivery}, {line}");
            let mut tries = Vec::new();
            for _ in 0..TRIES {
                tries.push(visit(delivery, quality).await);
            }
            visits.push(json!({ "delivery": delivery, "line": line, "tries": tries }));
        }
    }
    let mut memory = Vec::new();
    for delivery in DELIVERIES {
        eprintln!("· {delivery}, {MESSAGES} messages");
        memory.push(json!({ "delivery": delivery, "bytes": long_conversation(delivery).await }));
    }
    json!({ "slow_down": SLOW_DOWN, "visits": visits, "messages": MESSAGES, "memory": memory })
}

/// Somebody who was never here before: from the page to the first message.
async fn visit(delivery: &str, quality: Quality) -> Value {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    ana.is_available().await;
    let line = SlowLine::before(&world.relay.origin(), quality).await;
    let tag = ana.tag.replace(&world.relay.origin(), &line.origin());
    world.host.carries(&tag, &head(delivery, &line.origin()));
    let visitor = slow_visitor().await;
    let began = Instant::now();
    visitor.browser.goto(&world.host.origin()).await;
    visitor.page().find_within("launcher", LONGEST).await;
    let launcher = began.elapsed();
    let pressed = Instant::now();
    visitor.page().press("launcher").await;
    visitor.frame().sees_attribute("screen", "data-screen", &["before"], LONGEST).await;
    let open = pressed.elapsed();
    visitor.reads_available(LONGEST).await;
    let available = pressed.elapsed();
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    let sent = says_first(&visitor, &ana).await;
    let page = visitor.page().script(PAGE, vec![]).await.expect("the page answers");
    let program = if delivery == JAVASCRIPT { "widget-plain.js" } else { "widget.wasm" };
    let came = page[2].as_array().into_iter().flatten().any(|file| file == program);
    assert!(came, "{delivery}, and these came: {}", page[2]);
    json!({
        "launcher_ms": launcher.as_millis(),
        "open_ms": open.as_millis(),
        "available_ms": available.as_millis(),
        "first_message_ms": sent.as_millis(),
        "page_blocked_ms": page[0],
        "page_shifted": page[1],
    })
}

fn head(delivery: &str, relay: &str) -> String {
    let policy = if delivery == JAVASCRIPT { no_webassembly(relay) } else { String::new() };
    policy + OBSERVERS
}

async fn slow_visitor() -> Visitor {
    let browser = amparo_tests::browser::Browser::start("visitor", Settings::of(Engine::ChromiumInOneProcess)).await;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW_DOWN })).await;
    Visitor { browser }
}

/// From the press to the counselor's screen.
async fn says_first(visitor: &Visitor, ana: &Counselor) -> Duration {
    visitor.frame().write("composer-text", "Is somebody there?").await;
    let pressed = Instant::now();
    visitor.frame().press("send").await;
    ana.talk().sees("Is somebody there?").await;
    pressed.elapsed()
}

/// Memory of the visitor's tab, before and after many messages.
async fn long_conversation(delivery: &str) -> Value {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    ana.is_available().await;
    world.host.carries(&ana.tag, &head(delivery, &world.relay.origin()));
    let visitor = world.visitor_in_the_queue(Settings::of(Engine::ChromiumInOneProcess)).await;
    ana.accepts().await;
    visitor.is_talking().await;
    let before = tab_bytes(&visitor).await;
    for number in 0..MESSAGES {
        ana.desk().write("composer-text", &format!("message {number}")).await;
        ana.desk().press("send").await;
    }
    visitor.talk().sees_within(&format!("message {}", MESSAGES - 1), 3 * PATIENCE).await;
    json!({ "before": before, "after": tab_bytes(&visitor).await })
}

/// After what nobody needs any more was thrown away.
async fn tab_bytes(visitor: &Visitor) -> u64 {
    visitor.browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    visitor.browser.driver.pages_bytes()
}
