//! The connections over `/api/poll`, where WebSockets are blocked: which there are, and each as its session sees it.
//!
//! Never: more than so many, or one that is named by anything but its own random id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConnectionId;
use amparo_protocol::wire::{ServerMsg, encode};
use bytes::Bytes;
use tokio::time::{Duration, timeout};

use super::connection::{self, Carrier, End};
use super::mailbox::{Lost, Mailbox};
use crate::app::App;
use crate::buckets::Whence;
use crate::store::login::Login;

const POLLS_MAX: usize = 1_000;
/// How long a refused connection has to ask for the reason.
const FAREWELL: Duration = Duration::from_secs(2);

/// The open ones, by id.
#[derive(Default)]
pub struct Polls {
    mailboxes: Mutex<HashMap<ConnectionId, Arc<Mailbox>>>,
}

impl Polls {
    pub fn mailbox(&self, id: ConnectionId) -> Option<Arc<Mailbox>> {
        self.mailboxes().get(&id).cloned()
    }

    pub fn count(&self) -> usize {
        self.mailboxes().len()
    }

    fn mailboxes(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Mailbox>>> {
        self.mailboxes.lock().expect("no holder of this lock panics")
    }
}

/// Opens a connection, unless a request that was repeated has opened it meanwhile. `login` is the member's, already
/// checked; widgets have none.
pub fn open(
    app: &App,
    login: Option<Login>,
    whence: Option<Whence>,
    id: ConnectionId,
) -> Result<Arc<Mailbox>, ErrorCode> {
    let mut mailboxes = app.polls.mailboxes();
    if let Some(mailbox) = mailboxes.get(&id) {
        return Ok(mailbox.clone());
    }
    if mailboxes.len() >= POLLS_MAX {
        return Err(ErrorCode::TooManyAttempts);
    }
    let mailbox = Arc::new(Mailbox::new(app.clock.clone()));
    mailboxes.insert(id, mailbox.clone());
    let poll = Poll { polls: app.polls.clone(), id, mailbox: mailbox.clone(), unflushed: Vec::new() };
    app.tasks.spawn(connection::run(app.clone(), login, whence, poll));
    Ok(mailbox)
}

/// The session's end of a connection.
struct Poll {
    polls: Arc<Polls>,
    id: ConnectionId,
    mailbox: Arc<Mailbox>,
    unflushed: Vec<Bytes>,
}

impl Carrier for Poll {
    async fn receive(&mut self) -> Result<Option<Bytes>, End> {
        loop {
            match self.mailbox.take() {
                Some(message) => return Ok(Some(message)),
                None => self.mailbox.changed().await.map_err(|Lost| End::Closed)?,
            }
        }
    }

    async fn feed(&mut self, frame: Bytes) -> Result<(), End> {
        self.unflushed.push(frame);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), End> {
        while !self.mailbox.say(&mut self.unflushed) {
            self.mailbox.changed().await.map_err(|Lost| End::Closed)?;
        }
        Ok(())
    }

    async fn farewell(mut self, code: ErrorCode) {
        self.unflushed.push(Bytes::from(encode(&ServerMsg::Refused { code })));
        self.mailbox.close(std::mem::take(&mut self.unflushed));
        // A browser that does not ask finds nothing when it comes back.
        let _unasked = timeout(FAREWELL, self.mailbox.told()).await;
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.polls.mailboxes().remove(&self.id);
        self.mailbox.close(Vec::new());
    }
}
