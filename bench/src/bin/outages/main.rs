//! What can go wrong with the relay and on the way to it: the release binary is killed again and again, frozen, without
//! disk, descriptors, memory or network, while real browsers' programs talk on over real WebSockets. Afterwards nothing is
//! missing, doubled or out of order on any screen.
//!
//! `bench-outages AMPARO [ROUNDS] [PAIRS] [cuts]`; with `cuts` it is killed and nothing else.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

mod connections;
mod link;
mod memory;
mod server;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use amparo_bench::chaos::{self, Proxy};
use amparo_bench::talks::Talks;
use amparo_bench::{house, relay};
use tokio::task::LocalSet;

/// From a cut to the next: some resume just before it, some in its midst.
const BETWEEN_MS: std::ops::Range<u64> = 300..2_300;
/// After so many cuts everybody may come back, and it is measured how long that takes.
const STRETCH: usize = 25;
/// Design D2.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(2);
const RESUMES_WITHIN: Duration = Duration::from_secs(12);
/// The last words of both sides arrive in this time.
const CALM: Duration = Duration::from_secs(45);
const ALIVE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(amparo) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench-outages AMPARO [ROUNDS] [PAIRS] [cuts]");
        std::process::exit(2);
    };
    let mut number = |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, pairs) = (number(25), number(8));
    let only_cuts = arguments.next().as_deref() == Some("cuts");
    let story = async { Outages::begin(amparo, pairs).await.run(rounds, only_cuts).await };
    let wrong = LocalSet::new().run_until(story).await;
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    println!("{} wrong", wrong.len());
    std::process::exit(i32::from(!wrong.is_empty()));
}

struct Outages {
    amparo: PathBuf,
    relay: relay::Amparo,
    house: Rc<house::House>,
    talks: Talks,
    /// Lies between every browser and the relay.
    proxy: Proxy,
    wrong: Vec<String>,
}

impl Outages {
    /// Everybody talks.
    async fn begin(amparo: PathBuf, pairs: usize) -> Self {
        let relay = relay::Amparo::start(&amparo);
        let house = Rc::new(house::House::set_up(&relay, pairs));
        let proxy = Proxy::start(relay.address());
        let talks = Talks::begin(&house, pairs, proxy.port);
        let took = talks.until_all_talk(Duration::from_secs(90)).await;
        let mut outages = Self { amparo, relay, house, talks, proxy, wrong: Vec::new() };
        outages.expect(took.is_some(), "not everybody is served in the beginning");
        outages
    }

    async fn run(mut self, rounds: usize, only_cuts: bool) -> Vec<String> {
        self.power_cuts(rounds).await;
        if !only_cuts {
            self.other_faults(rounds).await;
        }
        let wrong = self.talks.end(CALM).await;
        println!("{} messages of {} pairs compared", self.talks.count_said(), self.talks.count());
        self.relay.stop();
        self.wrong.extend(wrong);
        self.wrong
    }

    async fn other_faults(&mut self, rounds: usize) {
        self.freeze().await;
        self.disk_refuses().await;
        self.no_descriptor_left().await;
        self.clock_is_set().await;
        self.bad_connections(rounds).await;
        self.memory_is_short().await;
        self.link_is_down().await;
    }

    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.wrong.push(otherwise.to_owned());
        }
    }
}

fn pause(round: usize) -> Duration {
    Duration::from_millis(chaos::spread(round as u64, BETWEEN_MS))
}

fn shown(took: Option<Duration>) -> String {
    took.map_or("never".to_owned(), |took| format!("after {} ms", took.as_millis()))
}
