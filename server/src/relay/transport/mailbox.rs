//! Where a browser's requests to `/api/poll` and its session meet: what came and what goes, numbered, under one lock.
//!
//! A request waits until there is something to say. Of several only the newest waits on: the older ones are answered at
//! once, empty, so that a browser that has something to say sends another request and ends with one.
//!
//! Never: a look into a message, or more of them than one browser may have waiting.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::{POLL_BATCH_BYTES, POLL_HOLD_SECS, POLL_LEASE_SECS};
use amparo_protocol::poll::{Batch, Exchange, PollAnswer};
use bytes::Bytes;
use tokio::sync::Notify;

use crate::clock::{Clock, Time};

/// A request that broke, as a closed tab's does, shows the same as a broken socket; another one may still be on its way.
const BROKEN_SECS: u64 = 3;
/// Of either direction. What the browser sends beyond it is not taken, and comes again.
const WAITING_MAX_BYTES: usize = POLL_BATCH_BYTES;

pub struct Mailbox {
    clock: Clock,
    state: Mutex<State>,
    /// For the session's task: something came, or went, or the last request has ended.
    for_session: Notify,
    /// For the requests that wait: there is something to say, or a newer request.
    for_requests: Notify,
}

struct State {
    exchange: Exchange,
    /// From the browser, for the session.
    received: VecDeque<Bytes>,
    received_bytes: usize,
    /// The number of the newest request, and how many wait.
    newest: u64,
    waiting: usize,
    /// While none waits: when the connection counts as lost.
    until: Time,
    /// Nothing more will be said, and the browser was told so.
    is_over: bool,
    is_told: bool,
}

/// Nobody asks any more.
pub struct Lost;

impl Mailbox {
    pub fn new(clock: Clock) -> Self {
        let state = State {
            exchange: Exchange::default(),
            received: VecDeque::new(),
            received_bytes: 0,
            newest: 0,
            waiting: 0,
            until: clock.now().plus_secs(POLL_LEASE_SECS),
            is_over: false,
            is_told: false,
        };
        Self { clock, state: Mutex::new(state), for_session: Notify::new(), for_requests: Notify::new() }
    }

    /// A request of the browser: takes in what it brings, and answers when there is something to say.
    pub async fn answer(&self, batch: Batch) -> Result<PollAnswer, ErrorCode> {
        let mut request = Request::begin(self, batch)?;
        let until = self.clock.now().plus_secs(POLL_HOLD_SECS);
        loop {
            let mut changed = pin!(self.for_requests.notified());
            // Registered before the state is read: a change in between is not missed.
            changed.as_mut().enable();
            if let Some(answer) = request.answer_now() {
                return Ok(answer);
            }
            tokio::select! {
                () = changed => {}
                () = self.clock.sleep_until(until) => return Ok(request.answer_empty()),
            }
        }
    }

    /// The next message for the session.
    pub fn take(&self) -> Option<Bytes> {
        let mut state = self.state();
        let message = state.received.pop_front()?;
        state.received_bytes -= message.len();
        Some(message)
    }

    /// Says all of this to the browser; `false`, and nothing of it, while too much waits for it already.
    pub fn say(&self, frames: &mut Vec<Bytes>) -> bool {
        let mut state = self.state();
        if state.exchange.unseen_bytes() >= WAITING_MAX_BYTES {
            return false;
        }
        frames.drain(..).for_each(|frame| state.exchange.say(frame.into()));
        self.for_requests.notify_waiters();
        true
    }

    /// These are the last words, however much waits.
    pub fn close(&self, frames: Vec<Bytes>) {
        let mut state = self.state();
        frames.into_iter().for_each(|frame| state.exchange.say(frame.into()));
        state.is_over = true;
        self.for_requests.notify_waiters();
    }

    /// Returns when `take` or `say` may give another answer than before.
    pub async fn changed(&self) -> Result<(), Lost> {
        let until = self.state().lost_at();
        if self.clock.now() >= until {
            return Err(Lost);
        }
        tokio::select! {
            () = self.for_session.notified() => {}
            () = self.clock.sleep_until(until) => {}
        }
        Ok(())
    }

    /// Returns when an answer has said that it is over.
    pub async fn told(&self) {
        while !self.state().is_told {
            self.for_session.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of a mailbox's lock panics")
    }
}

impl State {
    fn lost_at(&self) -> Time {
        if self.waiting == 0 { self.until } else { Time(i64::MAX) }
    }

    /// `None` for a batch that cannot follow the ones before it.
    fn hear(&mut self, mut batch: Batch) -> Option<()> {
        if self.received_bytes >= WAITING_MAX_BYTES || self.is_over {
            batch.messages.clear();
        }
        for message in self.exchange.hear(batch)? {
            self.received_bytes += message.len();
            self.received.push_back(Bytes::from(message));
        }
        Some(())
    }
}

/// One request while it waits. Dropped without an answer, it broke.
struct Request<'a> {
    mailbox: &'a Mailbox,
    number: u64,
    is_answered: bool,
}

impl<'a> Request<'a> {
    fn begin(mailbox: &'a Mailbox, batch: Batch) -> Result<Self, ErrorCode> {
        let mut state = mailbox.state();
        state.hear(batch).ok_or(ErrorCode::Malformed)?;
        state.newest += 1;
        state.waiting += 1;
        mailbox.for_requests.notify_waiters();
        mailbox.for_session.notify_one();
        Ok(Self { mailbox, number: state.newest, is_answered: false })
    }

    /// `None` while there is nothing to say and no newer request.
    fn answer_now(&mut self) -> Option<PollAnswer> {
        let mut state = self.mailbox.state();
        let is_newest = state.newest == self.number;
        if is_newest && !state.is_over && state.exchange.unseen_bytes() == 0 {
            return None;
        }
        self.is_answered = true;
        let batch = if is_newest { state.exchange.batch() } else { state.exchange.empty_batch() };
        let is_over = state.is_over && batch.first + batch.messages.len() as u32 > state.exchange.said();
        state.is_told |= is_over;
        Some(PollAnswer { is_over, batch })
    }

    fn answer_empty(&mut self) -> PollAnswer {
        self.is_answered = true;
        PollAnswer { is_over: false, batch: self.mailbox.state().exchange.empty_batch() }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        let mut state = self.mailbox.state();
        state.waiting -= 1;
        let lease_secs = if self.is_answered { POLL_LEASE_SECS } else { BROKEN_SECS };
        state.until = self.mailbox.clock.now().plus_secs(lease_secs);
        self.mailbox.for_session.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use amparo_protocol::sealed::Sealed;
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_request_without_news_is_answered_empty_when_its_time_is_up() {
        let clock = Clock::manual(Time(0));
        let mailbox = Mailbox::new(clock.clone());
        let request = mailbox.answer(Batch { seen: 0, first: 1, messages: Vec::new() });
        let time = async {
            clock.advance(Duration::from_secs(POLL_HOLD_SECS));
            assert_eq!(mailbox.state().waiting, 1, "it has waited until now");
        };
        let (answer, ()) = tokio::join!(request, time);
        assert_eq!(answer, Ok(PollAnswer { is_over: false, batch: Exchange::default().batch() }));
    }

    #[tokio::test]
    async fn of_two_requests_the_older_is_answered_at_once_and_empty() {
        let mailbox = Mailbox::new(Clock::manual(Time(0)));
        let mut browser = Exchange::default();
        browser.say(vec![1]);
        let mut older = pin!(mailbox.answer(browser.batch()));
        assert!(older.as_mut().now_or_never().is_none(), "it waits");
        browser.say(vec![2]);
        let mut newer = pin!(mailbox.answer(browser.batch()));
        assert!(newer.as_mut().now_or_never().is_none(), "it waits in the older one's place");
        let empty = Batch { seen: 2, first: 1, messages: Vec::new() };
        assert_eq!(older.now_or_never(), Some(Ok(PollAnswer { is_over: false, batch: empty })));
        assert!(mailbox.say(&mut vec![Bytes::from_static(b"news")]));
        let news = newer.await.map(|answer| answer.batch.messages);
        assert_eq!(news, Ok(vec![Sealed(b"news".to_vec())]));
        assert_eq!(
            [mailbox.take(), mailbox.take(), mailbox.take()],
            [Some(vec![1].into()), Some(vec![2].into()), None]
        );
    }

    #[test]
    fn what_goes_beyond_the_bound_is_not_taken_and_not_said() {
        let mailbox = Mailbox::new(Clock::manual(Time(0)));
        let large = || vec![0; WAITING_MAX_BYTES / 4];
        let mut browser = Exchange::default();
        (0..12).for_each(|_| browser.say(large()));
        for taken in [3, 6, 6] {
            assert!(mailbox.answer(browser.batch()).now_or_never().is_none(), "it waits");
            let heard = mailbox.state().exchange.empty_batch();
            assert_eq!(heard.seen, taken);
            browser.hear(heard).into_iter().for_each(drop);
        }
        let mut frames = vec![Bytes::from(large()); 4];
        assert!(mailbox.say(&mut frames) && frames.is_empty());
        frames.push(Bytes::from_static(b"more"));
        assert!(!mailbox.say(&mut frames), "the browser takes nothing");
        assert_eq!(frames.len(), 1);
    }
}
