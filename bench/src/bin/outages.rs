//! Power cuts: the release binary is killed again and again under real browsers' programs, which talk on over real
//! WebSockets. Afterwards nothing is missing, doubled or out of order on any screen.
//!
//! `bench-outages AMPARO [ROUNDS] [PAIRS]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use amparo_bench::browser::{CounselorsBrowser, VisitorsBrowser};
use amparo_bench::{house, relay};
use tokio::task::LocalSet;

/// From a cut to the next: some resume just before it, some in its midst.
const BETWEEN_MS: std::ops::Range<u64> = 500..5_000;
/// Design D2.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(2);
/// The last words of both sides arrive in this time, or are lost.
const CALM_WITHIN: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(amparo) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench-outages AMPARO [ROUNDS] [PAIRS]");
        std::process::exit(2);
    };
    let mut number = |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, pairs) = (number(25), number(8));
    let is_right = LocalSet::new().run_until(run(amparo, rounds, pairs)).await;
    std::process::exit(i32::from(!is_right));
}

async fn run(amparo: PathBuf, rounds: usize, pairs: usize) -> bool {
    let relay = relay::Amparo::start(&amparo);
    let house = Rc::new(house::House::set_up(&relay, pairs));
    let speaks = Rc::new(Cell::new(true));
    let port = relay.port;
    let counselors: Vec<_> =
        (0..pairs).map(|number| CounselorsBrowser::open(house.clone(), number, port, speaks.clone())).collect();
    let visitors: Vec<_> =
        (0..pairs).map(|number| VisitorsBrowser::open(house.clone(), number, port, speaks.clone())).collect();
    until_all_talk(&visitors).await;
    let (mut relay, slowest) = cuts(relay, amparo, rounds).await;
    speaks.set(false);
    let wrong = until_calm(&visitors, &counselors).await;
    relay.stop();
    println!("{} wrong; slowest start {} ms", wrong.len(), slowest.as_millis());
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    wrong.is_empty() && slowest <= ACCEPTS_WITHIN
}

/// Kills and starts; answers the slowest start. The browsers live on meanwhile, so the waiting is on another thread.
async fn cuts(mut relay: relay::Amparo, amparo: PathBuf, rounds: usize) -> (relay::Amparo, Duration) {
    let mut slowest = Duration::ZERO;
    for round in 1..=rounds {
        tokio::time::sleep(pause(round)).await;
        let binary = amparo.clone();
        let cut = move || {
            let took = relay.loses_power(&binary);
            (relay, took)
        };
        let took;
        (relay, took) = tokio::task::spawn_blocking(cut).await.expect("the relay starts again");
        slowest = slowest.max(took);
        if round.is_multiple_of(25) || round == rounds {
            println!("{round} of {rounds} power cuts; the slowest start took {} ms", slowest.as_millis());
        }
    }
    (relay, slowest)
}

/// What is still wrong when the last words have had their time.
async fn until_calm(visitors: &[VisitorsBrowser], counselors: &[CounselorsBrowser]) -> Vec<String> {
    let started = Instant::now();
    loop {
        let wrong = compare(visitors, counselors);
        if wrong.is_empty() || started.elapsed() > CALM_WITHIN {
            let messages = visitors.iter().map(|visitor| visitor.said().len()).sum::<usize>()
                + counselors.iter().map(|counselor| counselor.said().len()).sum::<usize>();
            let secs = started.elapsed().as_secs();
            println!("{messages} messages of {} pairs compared {secs} s after the last cut", visitors.len());
            return wrong;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
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
    for visitor in visitors {
        let said = visitor.said();
        let Some(at) = screens.iter().position(|screen| screen.last() == said.last()) else {
            wrong.push(format!("nobody has read the last of {} messages of {}", said.len(), visitor.name));
            continue;
        };
        if screens[at] != said {
            wrong.push(format!("{}: {} said, {} read", visitor.name, said.len(), screens[at].len()));
        }
        let answers = counselors[at].said();
        if visitor.reads() != answers {
            wrong.push(format!("{}: {} answered, {} read", visitor.name, answers.len(), visitor.reads().len()));
        }
    }
    wrong
}
