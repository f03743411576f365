//! What happens between browsers and relay: connections that end in the middle of a message, that carry nothing more, or
//! little at a time.

use std::time::{Duration, Instant};

use amparo_bench::chaos::Behaviour;
use amparo_bench::talks::{PACE, until};
use tokio::time::sleep;

use super::{CALM, Outages, RESUMES_WITHIN, STRETCH, pause, shown};

const ROUNDS_MAX: usize = 200;
const HALF_OPEN: Duration = Duration::from_secs(35);
/// Two heartbeats that do not come, and some seconds for the way.
const NOTICED_WITHIN: Duration = Duration::from_secs(25);
/// A text takes seconds one byte at a time.
const TRICKLING_PACE: Duration = Duration::from_secs(3);
const TALKS: Duration = Duration::from_secs(25);

impl Outages {
    pub async fn bad_connections(&mut self, rounds: usize) {
        let rounds = rounds.min(ROUNDS_MAX);
        self.break_connections(Behaviour::Cut, rounds).await;
        self.break_connections(Behaviour::Reset, rounds).await;
        self.half_open().await;
        self.slow(Behaviour::Trickle, TRICKLING_PACE).await;
        self.slow(Behaviour::Narrow, PACE).await;
    }

    async fn break_connections(&mut self, how: Behaviour, rounds: usize) {
        let (opened, mut slowest) = (self.proxy.opened(), Duration::ZERO);
        for round in 1..=rounds {
            self.proxy.behaves(how);
            sleep(pause(round)).await;
            if round.is_multiple_of(STRETCH) || round == rounds {
                self.proxy.behaves(Behaviour::Whole);
                slowest = slowest.max(self.talks.until_all_read(CALM).await.unwrap_or(CALM));
            }
        }
        let opened = self.proxy.opened() - opened;
        println!(
            "{how:?}: {rounds} rounds, {opened} connections opened anew; all are back after {} ms",
            slowest.as_millis()
        );
        self.expect(opened > rounds, "connections were not broken: nothing was tried");
        self.expect(slowest <= RESUMES_WITHIN, "not everybody was back within twelve seconds of broken connections");
    }

    /// Only the silence shows it.
    async fn half_open(&mut self) {
        let began = Instant::now();
        self.proxy.behaves(Behaviour::HalfOpen);
        let noticed = until(NOTICED_WITHIN, || self.talks.count_talking() == 0).await;
        sleep(HALF_OPEN.saturating_sub(began.elapsed())).await;
        self.proxy.behaves(Behaviour::Whole);
        let took = self.talks.until_all_read(CALM).await;
        println!(
            "HalfOpen: for {} s, all have noticed {}; all are back {}",
            HALF_OPEN.as_secs(),
            shown(noticed),
            shown(took)
        );
        self.expect(noticed.is_some(), "a browser takes a connection for open that carries nothing");
        let is_soon = took.is_some_and(|took| took <= RESUMES_WITHIN);
        self.expect(is_soon, "not everybody was back within twelve seconds of half-open connections");
    }

    /// Everybody comes back over such a connection too.
    async fn slow(&mut self, how: Behaviour, pace: Duration) {
        let (opened, browsers) = (self.proxy.opened(), self.talks.count_browsers());
        self.proxy.behaves(Behaviour::Cut);
        until(CALM, || self.proxy.opened() - opened >= browsers).await;
        self.talks.write_every(pace);
        self.proxy.behaves(how);
        let took = self.talks.until_all_read(CALM).await;
        let opened = self.proxy.opened();
        sleep(TALKS).await;
        let reads_on = self.talks.until_all_read(CALM).await;
        let opened = self.proxy.opened() - opened;
        println!(
            "{how:?}: all are back {}; {} s later something new is read {}, {opened} connections opened anew",
            shown(took),
            TALKS.as_secs(),
            shown(reads_on)
        );
        let is_soon = took.is_some_and(|took| took <= RESUMES_WITHIN);
        self.expect(is_soon, "not everybody was back within twelve seconds over a slow connection");
        self.expect(reads_on.is_some(), "a slow connection stops conversations");
        self.expect(opened == 0, "a slow connection was given up");
        self.proxy.behaves(Behaviour::Whole);
        self.talks.write_every(PACE);
    }
}
