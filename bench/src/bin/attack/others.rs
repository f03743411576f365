//! Everybody else, who writes as people do, and how long a message takes meanwhile.

use std::time::Duration;

use amparo_bench::house::House;
use amparo_bench::line::ADDRESS;
use amparo_bench::load::{self, Throughput};
use amparo_bench::meter::Meter;
use amparo_bench::pair::{self, Pair};
use amparo_bench::relay::Amparo;

use crate::ATTACKER;

pub const COUNT: usize = 4;
/// Requirement of the issue that this answers: nobody else waits longer for a message to arrive.
const P99_MAX_MS: f64 = 100.0;
/// Messages a second of each half.
const RATE: u32 = 40;

pub struct Others {
    elsewhere: Vec<Pair>,
    /// Behind the attacker's address, as in one shelter.
    neighbours: Vec<Pair>,
    meter: Meter,
}

impl Others {
    /// They take the first of the house's counselors.
    pub async fn open(relay: &Amparo, house: &House) -> Self {
        let (mut elsewhere, mut neighbours) = (Vec::new(), Vec::new());
        for (number, counselor) in house.counselors[..COUNT].iter().enumerate() {
            if number < COUNT / 2 {
                elsewhere.push(pair::open(relay, house, counselor, ADDRESS).await);
            } else {
                neighbours.push(pair::open(relay, house, counselor, ATTACKER).await);
            }
        }
        Self { elsewhere, neighbours, meter: Meter::of(relay.pid()) }
    }

    /// Says how long their messages take; answers whose took too long. Late ones count from when they were due.
    pub async fn exchange(&mut self, when: &str, how_long: Duration) -> Vec<String> {
        let [elsewhere, neighbours] = [&mut self.elsewhere, &mut self.neighbours].map(std::mem::take);
        let ((elsewhere, theirs), (neighbours, at_the_attackers)) = tokio::join!(
            load::at_rate(elsewhere, &self.meter, RATE, how_long),
            load::at_rate(neighbours, &self.meter, RATE, how_long),
        );
        (self.elsewhere, self.neighbours) = (elsewhere, neighbours);
        let all = [("elsewhere", theirs), ("behind the attacker's address", at_the_attackers)];
        all.iter().filter_map(|(whence, load)| told(when, whence, load)).collect()
    }
}

fn told(when: &str, whence: &str, load: &Throughput) -> Option<String> {
    let (p99, slowest) = (load.percentile_ms(0.99), load.percentile_ms(1.0));
    println!("{when}, {whence}: p99 {p99:.1} ms, slowest {slowest:.1} ms");
    (p99 > P99_MAX_MS).then(|| format!("{when}, {whence}: messages took too long"))
}
