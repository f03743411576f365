//! Power cuts: the release binary is killed again and again under real browsers' programs, which talk on over real
//! WebSockets. Afterwards nothing is missing, doubled or out of order on any screen.
//!
//! `bench-outages AMPARO [ROUNDS] [PAIRS]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

#[path = "../browser.rs"]
mod browser;
#[path = "../house.rs"]
mod house;
#[path = "../relay.rs"]
mod relay;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use browser::{CounselorsBrowser, VisitorsBrowser};

/// From a cut to the next: some resume just before it, some in its midst.
const BETWEEN_MS: std::ops::Range<u64> = 500..9_000;
/// Design D2.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(2);
/// The last words of both sides arrive in this time.
const CALM: Duration = Duration::from_secs(45);

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(amparo) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench-outages AMPARO [ROUNDS] [PAIRS]");
        std::process::exit(2);
    };
    let mut number = |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, pairs) = (number(25), number(8));
    let mut relay = relay::Amparo::start(&amparo);
    let house = Arc::new(house::House::set_up(&relay, pairs));
    let speaks = Arc::new(AtomicBool::new(true));
    let port = relay.port;
    let counselors: Vec<_> =
        (0..pairs).map(|number| CounselorsBrowser::open(house.clone(), number, port, speaks.clone())).collect();
    let visitors: Vec<_> =
        (0..pairs).map(|number| VisitorsBrowser::open(house.clone(), number, port, speaks.clone())).collect();
    until_all_talk(&visitors).await;

    let mut slowest = Duration::ZERO;
    for round in 1..=rounds {
        tokio::time::sleep(pause(round)).await;
        let took = relay.loses_power(&amparo);
        slowest = slowest.max(took);
        if round.is_multiple_of(25) || round == rounds {
            println!("{round} of {rounds} power cuts; the slowest start took {} ms", slowest.as_millis());
        }
    }
    speaks.store(false, Ordering::Relaxed);
    tokio::time::sleep(CALM).await;
    let wrong = compare(&visitors, &counselors);
    relay.stop();
    let is_slow = slowest > ACCEPTS_WITHIN;
    println!("{} wrong; slowest start {} ms", wrong.len(), slowest.as_millis());
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    std::process::exit(i32::from(is_slow || !wrong.is_empty()));
}

/// Not random, so that two runs are alike; spread, so that every moment is hit.
fn pause(round: usize) -> Duration {
    let span = BETWEEN_MS.end - BETWEEN_MS.start;
    Duration::from_millis(BETWEEN_MS.start + (round as u64).wrapping_mul(2_654_435_761) % span)
}

async fn until_all_talk(visitors: &[VisitorsBrowser]) {
    let started = Instant::now();
    while !visitors.iter().all(VisitorsBrowser::is_talking) {
        assert!(started.elapsed() < Duration::from_secs(90), "everybody is served");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Every visitor's texts are on exactly one counselor's screen, whole and in order, and the other way round.
fn compare(visitors: &[VisitorsBrowser], counselors: &[CounselorsBrowser]) -> Vec<String> {
    let screens: Vec<Vec<String>> = counselors.iter().map(CounselorsBrowser::reads).collect();
    let mut wrong = Vec::new();
    let mut messages = 0;
    for visitor in visitors {
        let said = visitor.said();
        messages += said.len();
        let Some(at) = screens.iter().position(|screen| screen.last() == said.last()) else {
            wrong.push(format!("nobody has read the last of {} messages of {}", said.len(), visitor.name));
            continue;
        };
        if screens[at] != said {
            wrong.push(format!("{}: {} said, {} read", visitor.name, said.len(), screens[at].len()));
        }
        let answers = counselors[at].said();
        messages += answers.len();
        if visitor.reads() != answers {
            wrong.push(format!("{}: {} answered, {} read", visitor.name, answers.len(), visitor.reads().len()));
        }
    }
    println!("{messages} messages of {} pairs compared", visitors.len());
    wrong
}
