//! What a server can do to the relay: the release binary is killed again and again, frozen, its disk refuses every write,
//! it has no file descriptor left; while real browsers' programs talk on over real WebSockets. Afterwards nothing is
//! missing, doubled or out of order on any screen.
//!
//! `bench-outages AMPARO [ROUNDS] [PAIRS]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use amparo_bench::talks::Talks;
use amparo_bench::{faults, house, relay};
use tokio::task::LocalSet;
use tokio::time::sleep;

/// From a cut to the next: some resume just before it, some in its midst.
const BETWEEN_MS: std::ops::Range<u64> = 300..2_300;
/// After so many cuts everybody may come back, and it is measured how long that takes.
const CUTS_AT_A_STRETCH: usize = 25;
/// Design D2.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(2);
const RESUMES_WITHIN: Duration = Duration::from_secs(12);
/// The last words of both sides arrive in this time.
const CALM: Duration = Duration::from_secs(45);
const CLOCK_SHOWS: Duration = Duration::from_secs(20);
const ALIVE: Duration = Duration::from_secs(5);
const HANGS_UP: Duration = Duration::from_secs(1);
const FROZEN: Duration = Duration::from_secs(3);

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
    talks: Talks,
    wrong: Vec<String>,
}

impl Outages {
    /// Everybody talks.
    async fn begin(amparo: PathBuf, pairs: usize) -> Self {
        let relay = relay::Amparo::start(&amparo);
        let house = Rc::new(house::House::set_up(&relay, pairs));
        let talks = Talks::begin(&house, pairs, relay.port);
        let took = talks.until_all_talk(Duration::from_secs(90)).await;
        let mut outages = Self { amparo, relay, house, talks, wrong: Vec::new() };
        outages.expect(took.is_some(), "not everybody is served in the beginning");
        outages
    }

    async fn run(mut self, rounds: usize) -> Vec<String> {
        self.power_cuts(rounds).await;
        self.freeze().await;
        self.disk_refuses().await;
        self.no_descriptor_left().await;
        self.clock_is_set().await;
        let wrong = self.talks.end(CALM).await;
        println!("{} messages of {} pairs compared", self.talks.count_said(), self.talks.count());
        self.relay.stop();
        self.wrong.extend(wrong);
        self.wrong
    }

    async fn power_cuts(&mut self, rounds: usize) {
        let (mut slowest_start, mut slowest_resume) = (Duration::ZERO, Duration::ZERO);
        for round in 1..=rounds {
            sleep(pause(round)).await;
            slowest_start = slowest_start.max(self.relay.loses_power(&self.amparo));
            if round.is_multiple_of(CUTS_AT_A_STRETCH) || round == rounds {
                let took = self.talks.until_all_talk(CALM).await.unwrap_or(CALM);
                slowest_resume = slowest_resume.max(took);
                println!(
                    "{round} of {rounds} power cuts; accepts connections after {} ms, all are back after {} ms",
                    slowest_start.as_millis(),
                    slowest_resume.as_millis()
                );
            }
        }
        self.expect(slowest_start <= ACCEPTS_WITHIN, "a start took longer than two seconds");
        self.expect(slowest_resume <= RESUMES_WITHIN, "not everybody was back within twelve seconds");
    }

    /// A machine that stands still and goes on.
    async fn freeze(&mut self) {
        faults::signal(self.relay.pid(), "STOP");
        sleep(FROZEN).await;
        faults::signal(self.relay.pid(), "CONT");
        let took = self.talks.until_all_talk(RESUMES_WITHIN).await;
        println!("frozen for {} s; all are back: {}", FROZEN.as_secs(), took.is_some());
        self.expect(took.is_some(), "not everybody was back after the relay stood still");
    }

    /// A full disk harms nobody who talks; what had to be written is refused, and works again later.
    async fn disk_refuses(&mut self) {
        let Some(refusing) = faults::RefusedWrites::begin(self.relay.pid(), &self.relay.database_files()) else {
            return println!("a full disk: skipped, there is no strace that may watch the relay");
        };
        let refused = self.house.counts_a_reason();
        let took = self.talks.until_all_talk(Duration::from_secs(1)).await;
        refusing.end();
        let works_again = self.house.counts_a_reason();
        println!("no write succeeds: told {refused}; everybody talks: {}; afterwards {works_again}", took.is_some());
        self.expect(refused == 500, "a write that failed is not told");
        self.expect(took.is_some(), "a full disk interrupts conversations");
        self.expect(works_again == 204, "the relay does not write again when it could");
    }

    /// Who is connected talks on; who comes is served when there is a descriptor again.
    async fn no_descriptor_left(&mut self) {
        // What was asked a moment ago has hung up: its descriptor would be free again.
        sleep(HANGS_UP).await;
        let limit = faults::limit_descriptors(self.relay.pid());
        let is_open = self.house.is_healthy();
        let took = self.talks.until_all_talk(Duration::from_secs(1)).await;
        faults::restore_descriptors(self.relay.pid(), &limit);
        sleep(Duration::from_millis(500)).await;
        let is_open_again = self.house.is_healthy();
        println!(
            "no descriptor left: new ones served: {is_open}; everybody talks: {}; afterwards: {is_open_again}",
            took.is_some()
        );
        self.expect(!is_open, "the limit of descriptors was not reached: nothing was tried");
        self.expect(took.is_some(), "conversations are interrupted when there is no descriptor left");
        self.expect(is_open_again, "nobody is served after there were no descriptors");
    }

    /// Ahead, a little back, far back: conversations go on.
    async fn clock_is_set(&mut self) {
        let Some(clock) = faults::ShiftedClock::new() else {
            return println!("a clock that is set: skipped, Debian's package faketime is not there");
        };
        self.relay.loses_power_under(&clock, &self.amparo);
        let began = self.talks.until_all_talk(CALM).await;
        self.expect(began.is_some(), "not everybody was back under the clock that can be set");
        for shift in [600, 597, 0] {
            clock.shifts(shift);
            // What this does to anybody shows within two heartbeats.
            sleep(CLOCK_SHOWS).await;
            let before = self.talks.count_read();
            let took = self.talks.until_all_talk(RESUMES_WITHIN).await;
            sleep(ALIVE).await;
            let is_alive = self.talks.count_read() > before;
            println!("the clock is {shift} s ahead: all talk: {}; messages arrive: {is_alive}", took.is_some());
            self.expect(took.is_some() && is_alive, "a clock that was set stops conversations");
        }
    }

    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.wrong.push(otherwise.to_owned());
        }
    }
}

/// Not random, so that two runs are alike; spread, so that every moment is hit.
fn pause(round: usize) -> Duration {
    let span = BETWEEN_MS.end - BETWEEN_MS.start;
    Duration::from_millis(BETWEEN_MS.start + (round as u64).wrapping_mul(2_654_435_761) % span)
}
