//! What happens to the relay's machine: power cuts, standing still, a full disk, no descriptor left, a clock that is set.

use std::time::Duration;

use amparo_bench::faults;
use tokio::time::sleep;

use super::{ACCEPTS_WITHIN, ALIVE, CALM, Outages, RESUMES_WITHIN, STRETCH, pause};

const CLOCK_SHOWS: Duration = Duration::from_secs(20);
const HANGS_UP: Duration = Duration::from_secs(1);
const FROZEN: Duration = Duration::from_secs(3);

impl Outages {
    pub async fn power_cuts(&mut self, rounds: usize) {
        let (mut slowest_start, mut slowest_resume) = (Duration::ZERO, Duration::ZERO);
        for round in 1..=rounds {
            sleep(pause(round)).await;
            slowest_start = slowest_start.max(self.relay.loses_power(&self.amparo));
            if round.is_multiple_of(STRETCH) || round == rounds {
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
    pub async fn freeze(&mut self) {
        faults::signal(self.relay.pid(), "STOP");
        sleep(FROZEN).await;
        faults::signal(self.relay.pid(), "CONT");
        let took = self.talks.until_all_talk(RESUMES_WITHIN).await;
        println!("frozen for {} s; all are back: {}", FROZEN.as_secs(), took.is_some());
        self.expect(took.is_some(), "not everybody was back after the relay stood still");
    }

    /// A full disk harms nobody who talks; what had to be written is refused, and works again later.
    pub async fn disk_refuses(&mut self) {
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
    pub async fn no_descriptor_left(&mut self) {
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
    pub async fn clock_is_set(&mut self) {
        let Some(clock) = faults::ShiftedClock::new() else {
            return println!("a clock that is set: skipped, Debian's package faketime is not there");
        };
        self.relay.loses_power_as(clock.around(&self.amparo));
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
}
