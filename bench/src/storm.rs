//! A power cut while thousands wait and others talk: who is back, how soon, and at which place.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::crowd::{Desk, Waiting};
use crate::house::House;
use crate::relay::Amparo;
use crate::talks::Talks;

/// Requirement of the issue that this answers.
pub const BACK_WITHIN: Duration = Duration::from_secs(35);
/// By then everybody has been told her place once more.
const TOLD_WITHIN: Duration = Duration::from_secs(30);
/// Before the storm, and the last words after it.
const CALM: Duration = Duration::from_secs(45);
const LOOK: Duration = Duration::from_millis(100);

/// What a storm has left.
pub struct Storm {
    /// From the cut until the relay serves again.
    pub start: Duration,
    /// From the cut until the last of those who wait is back.
    pub took: Duration,
    /// Of those who wait.
    pub lost: usize,
    pub moved: usize,
    /// From the cut until all pairs talk again; `None` when they do not in time.
    pub talk_again: Option<Duration>,
    /// Messages of the pairs, and what is wrong with them.
    pub messages: usize,
    pub wrong: Vec<String>,
}

impl Storm {
    /// So many wait, and so many pairs talk on. Pairs need a `LocalSet`.
    pub async fn strike(amparo: &Path, waiting: usize, pairs: usize) -> Self {
        let mut relay = Amparo::start(amparo);
        let house = Rc::new(House::set_up(&relay, pairs + 1));
        house.lets_wait(u32::try_from(waiting + pairs).expect("few enough"));
        let talks = Talks::begin(&house, pairs, relay.port);
        let began = talks.until_all_talk(CALM).await;
        let _desk = Desk::open(&relay, &house, &house.counselors[pairs]).await;
        let mut crowd = Waiting::default();
        crowd.grows_to(waiting, &relay, &house).await;
        crowd.until_all_have_a_place().await;
        let before = crowd.told();
        crowd.are_cut();
        let cut = Instant::now();
        let start = relay.loses_power(amparo);
        while crowd.count_back() < waiting && cut.elapsed() < BACK_WITHIN {
            sleep(LOOK).await;
        }
        let (took, back) = (cut.elapsed(), crowd.count_back());
        let talk = talks.until_all_talk(BACK_WITHIN.saturating_sub(cut.elapsed())).await;
        let talk_again = began.and(talk).map(|_| cut.elapsed());
        let told = Instant::now();
        while crowd.told() != before && told.elapsed() < TOLD_WITHIN {
            sleep(LOOK).await;
        }
        let after = crowd.told();
        let moved = before.iter().filter(|(id, place)| after.get(id) != Some(place)).count();
        let wrong = talks.end(CALM).await;
        relay.stop();
        Self { start, took, lost: waiting - back, moved, talk_again, messages: talks.count_said(), wrong }
    }
}
