//! Visitors and counselors who talk in pairs, each with a real browser's program, and whether all they say arrives.
//!
//! Begun in a `LocalSet`.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::browser::{CounselorsBrowser, Pace, VisitorsBrowser};
use crate::house::House;

/// From one look at the screens to the next.
pub const LOOK: Duration = Duration::from_millis(100);
/// From one text to the next, where nothing else is said.
pub const PACE: Duration = Duration::from_millis(700);

pub struct Talks {
    visitors: Vec<VisitorsBrowser>,
    counselors: Vec<CounselorsBrowser>,
    pace: Pace,
}

impl Talks {
    /// With the first of the house's counselors.
    pub fn begin(house: &Rc<House>, pairs: usize, port: u16) -> Self {
        let pace = Rc::new(Cell::new(Some(PACE)));
        let counselor = |number| CounselorsBrowser::open(house.clone(), number, port, pace.clone());
        let visitor = |number| VisitorsBrowser::open(house.clone(), number, port, pace.clone());
        let counselors = (0..pairs).map(counselor).collect();
        let visitors = (0..pairs).map(visitor).collect();
        Self { visitors, counselors, pace }
    }

    pub fn count(&self) -> usize {
        self.visitors.len()
    }

    /// So long it is from now on from one text of each browser to its next.
    pub fn write_every(&self, pace: Duration) {
        self.pace.set(Some(pace));
    }

    /// How long it takes until everybody is connected and talks.
    pub async fn until_all_talk(&self, at_most: Duration) -> Option<Duration> {
        until(at_most, || self.all_talk()).await
    }

    /// How long it takes from now until everybody talks and has read something new.
    pub async fn until_all_read(&self, at_most: Duration) -> Option<Duration> {
        let before = self.counts_read();
        let has_read = || self.counts_read().iter().zip(&before).all(|(now, before)| now > before);
        until(at_most, || self.all_talk() && has_read()).await
    }

    fn all_talk(&self) -> bool {
        self.count_talking() == self.count_browsers()
    }

    /// Browsers that show a conversation and an open connection.
    pub fn count_talking(&self) -> usize {
        self.visitors.iter().filter(|visitor| visitor.is_talking()).count()
            + self.counselors.iter().filter(|counselor| counselor.is_talking()).count()
    }

    pub fn count_browsers(&self) -> usize {
        self.visitors.len() + self.counselors.len()
    }

    /// Nobody writes any more; answers what is wrong when the last words had time to arrive.
    pub async fn end(&self, at_most: Duration) -> Vec<String> {
        self.pace.set(None);
        let started = Instant::now();
        let mut wrong = self.compare();
        while !wrong.is_empty() && started.elapsed() < at_most {
            sleep(LOOK).await;
            wrong = self.compare();
        }
        wrong
    }

    /// What everybody has read of the other side.
    pub fn count_read(&self) -> usize {
        self.counts_read().iter().sum()
    }

    /// Of each browser.
    fn counts_read(&self) -> Vec<usize> {
        let visitors = self.visitors.iter().map(|visitor| visitor.reads().len());
        visitors.chain(self.counselors.iter().map(|counselor| counselor.reads().len())).collect()
    }

    pub fn count_said(&self) -> usize {
        let said: usize = self.visitors.iter().map(|visitor| visitor.said().len()).sum();
        let answered: usize = self.counselors.iter().map(|counselor| counselor.said().len()).sum();
        said + answered
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
}

/// How long it takes until that holds.
pub async fn until(at_most: Duration, holds: impl Fn() -> bool) -> Option<Duration> {
    let started = Instant::now();
    while !holds() {
        if started.elapsed() >= at_most {
            return None;
        }
        sleep(LOOK).await;
    }
    Some(started.elapsed())
}
