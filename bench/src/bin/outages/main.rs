//! What can go wrong with the relay and on the way to it: the release binary is killed again and again, frozen, without
//! disk, descriptors, memory or network, while real browsers' programs talk on over real WebSockets. Afterwards nothing is
//! missing, doubled or out of order on any screen.
//!
//! `bench-outages AMPARO [ROUNDS] [PAIRS]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

mod connections;
mod link;
mod memory;
mod server;

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use amparo_bench::browser::{CounselorsBrowser, Pace, VisitorsBrowser};
use amparo_bench::chaos::{self, Proxy};
use amparo_bench::{house, relay};
use tokio::task::LocalSet;
use tokio::time::sleep;

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
const LOOK: Duration = Duration::from_millis(100);
/// From one text to the next.
const PACE: Duration = Duration::from_millis(700);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(amparo) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bench-outages AMPARO [ROUNDS] [PAIRS]");
        std::process::exit(2);
    };
    let mut number = |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, pairs) = (number(25), number(8));
    let story = async { Outages::begin(amparo, pairs).await.run(rounds).await };
    let wrong = LocalSet::new().run_until(story).await;
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    println!("{} wrong", wrong.len());
    std::process::exit(i32::from(!wrong.is_empty()));
}

struct Outages {
    amparo: PathBuf,
    relay: relay::Amparo,
    house: Rc<house::House>,
    visitors: Vec<VisitorsBrowser>,
    counselors: Vec<CounselorsBrowser>,
    /// Lies between every browser and the relay.
    proxy: Proxy,
    pace: Pace,
    wrong: Vec<String>,
}

impl Outages {
    /// Everybody talks.
    async fn begin(amparo: PathBuf, pairs: usize) -> Self {
        let relay = relay::Amparo::start(&amparo);
        let house = Rc::new(house::House::set_up(&relay, pairs));
        let proxy = Proxy::start(relay.address());
        let pace = Rc::new(Cell::new(Some(PACE)));
        let counselor = |number| CounselorsBrowser::open(house.clone(), number, proxy.port, pace.clone());
        let visitor = |number| VisitorsBrowser::open(house.clone(), number, proxy.port, pace.clone());
        let counselors = (0..pairs).map(counselor).collect();
        let visitors = (0..pairs).map(visitor).collect();
        let mut outages = Self { amparo, relay, house, visitors, counselors, proxy, pace, wrong: Vec::new() };
        let took = outages.until_all_talk(Duration::from_secs(90)).await;
        outages.expect(took.is_some(), "not everybody is served in the beginning");
        outages
    }

    async fn run(mut self, rounds: usize) -> Vec<String> {
        self.power_cuts(rounds).await;
        self.freeze().await;
        self.disk_refuses().await;
        self.no_descriptor_left().await;
        self.clock_is_set().await;
        self.bad_connections(rounds).await;
        self.memory_is_short().await;
        self.link_is_down().await;
        self.pace.set(None);
        let started = Instant::now();
        let mut wrong = self.compare();
        while !wrong.is_empty() && started.elapsed() < CALM {
            sleep(LOOK).await;
            wrong = self.compare();
        }
        let said: usize = self.visitors.iter().map(|visitor| visitor.said().len()).sum();
        let answered: usize = self.counselors.iter().map(|counselor| counselor.said().len()).sum();
        println!("{} messages of {} pairs compared", said + answered, self.visitors.len());
        self.relay.stop();
        self.wrong.extend(wrong);
        self.wrong
    }

    /// How many texts each screen shows of the other side.
    fn count_read(&self) -> Vec<usize> {
        let visitors = self.visitors.iter().map(|visitor| visitor.reads().len());
        visitors.chain(self.counselors.iter().map(|counselor| counselor.reads().len())).collect()
    }

    /// How long it takes from now until everybody talks and has read something new.
    async fn until_all_read(&self, at_most: Duration) -> Option<Duration> {
        let before = self.count_read();
        let has_read = || self.count_read().iter().zip(&before).all(|(now, before)| now > before);
        until(at_most, || self.all_talk() && has_read()).await
    }

    /// How long it takes until everybody is connected and talks.
    async fn until_all_talk(&self, at_most: Duration) -> Option<Duration> {
        until(at_most, || self.all_talk()).await
    }

    fn all_talk(&self) -> bool {
        self.count_talking() == self.visitors.len() + self.counselors.len()
    }

    fn count_talking(&self) -> usize {
        self.visitors.iter().filter(|visitor| visitor.is_talking()).count()
            + self.counselors.iter().filter(|counselor| counselor.is_talking()).count()
    }

    /// Every visitor's texts are on exactly one counselor's screen, whole and in order, and the other way round.
    fn compare(&self) -> Vec<String> {
        let screens: Vec<Vec<String>> = self.counselors.iter().map(CounselorsBrowser::reads).collect();
        let mut wrong = Vec::new();
        for visitor in &self.visitors {
            let said = visitor.said();
            let readers = (0..screens.len()).filter(|at| screens[*at].last().is_some_and(|text| said.contains(text)));
            let [at] = readers.collect::<Vec<_>>()[..] else {
                wrong.push(format!("not one counselor reads {}", visitor.name));
                continue;
            };
            if screens[at] != said {
                wrong.push(format!("{}: {} said, {} read", visitor.name, said.len(), screens[at].len()));
            }
            let (answers, read) = (self.counselors[at].said(), visitor.reads());
            if read != answers {
                wrong.push(format!("{}: {} answered, {} read", visitor.name, answers.len(), read.len()));
            }
        }
        wrong
    }

    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.wrong.push(otherwise.to_owned());
        }
    }
}

/// How long it takes until that holds.
async fn until(at_most: Duration, holds: impl Fn() -> bool) -> Option<Duration> {
    let started = Instant::now();
    while !holds() {
        if started.elapsed() >= at_most {
            return None;
        }
        sleep(LOOK).await;
    }
    Some(started.elapsed())
}

fn pause(round: usize) -> Duration {
    Duration::from_millis(chaos::spread(round as u64, BETWEEN_MS))
}

fn shown(took: Option<Duration>) -> String {
    took.map_or("never".to_owned(), |took| format!("after {} ms", took.as_millis()))
}
