//! Visitors and counselors who talk in pairs, each with a real browser's program, and whether all they say arrives.
//!
//! Begun in a `LocalSet`.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::browser::{CounselorsBrowser, VisitorsBrowser};
use crate::house::House;

const LOOK: Duration = Duration::from_millis(100);

pub struct Talks {
    visitors: Vec<VisitorsBrowser>,
    counselors: Vec<CounselorsBrowser>,
    /// Whether the browsers write.
    speaks: Rc<Cell<bool>>,
}

impl Talks {
    /// With the first of the house's counselors.
    pub fn begin(house: &Rc<House>, pairs: usize, port: u16) -> Self {
        let speaks = Rc::new(Cell::new(true));
        let counselor = |number| CounselorsBrowser::open(house.clone(), number, port, speaks.clone());
        let visitor = |number| VisitorsBrowser::open(house.clone(), number, port, speaks.clone());
        let counselors = (0..pairs).map(counselor).collect();
        let visitors = (0..pairs).map(visitor).collect();
        Self { visitors, counselors, speaks }
    }

    pub fn count(&self) -> usize {
        self.visitors.len()
    }

    /// How long it takes until everybody is connected and talks.
    pub async fn until_all_talk(&self, at_most: Duration) -> Option<Duration> {
        let started = Instant::now();
        let all_talk = || {
            self.visitors.iter().all(VisitorsBrowser::is_talking)
                && self.counselors.iter().all(CounselorsBrowser::is_talking)
        };
        while !all_talk() {
            if started.elapsed() >= at_most {
                return None;
            }
            sleep(LOOK).await;
        }
        Some(started.elapsed())
    }

    /// Nobody writes any more; answers what is wrong when the last words had time to arrive.
    pub async fn end(&self, at_most: Duration) -> Vec<String> {
        self.speaks.set(false);
        let started = Instant::now();
        let mut wrong = self.compare();
        while !wrong.is_empty() && started.elapsed() < at_most {
            sleep(LOOK).await;
            wrong = self.compare();
        }
        wrong
    }

    /// What the visitors have read.
    pub fn count_read(&self) -> usize {
        self.visitors.iter().map(|visitor| visitor.reads().len()).sum()
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
