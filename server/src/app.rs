//! What every part of the relay is handed: clock, randomness, store, settings, tasks, and the relay's own handle.
//!
//! Never: a global. Time, randomness and spawning come from here and nowhere else, so that tests decide about them.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::buckets::Buckets;
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::demo::Demo;
use crate::http::attempts::Attempts;
use crate::http::preview::kept::Previews;
use crate::passkey::Passkeys;
use crate::password::Passwords;
use crate::random::Random;
use crate::relay::Relay;
use crate::relay::transport::poll::Polls;
use crate::store::{Store, StoreError};

/// Cheap to clone: every field is a handle.
#[derive(Clone)]
pub struct App {
    pub clock: Clock,
    pub random: Random,
    pub store: Store,
    pub config: Arc<Config>,
    pub tasks: Tasks,
    pub relay: Relay,
    /// Connections where WebSockets are blocked.
    pub polls: Arc<Polls>,
    pub assets: Assets,
    /// Who does too much.
    pub buckets: Arc<Buckets>,
    pub passwords: Arc<Passwords>,
    pub passkeys: Arc<Passkeys>,
    /// Sign-ins and registrations between their two requests.
    pub attempts: Arc<Attempts>,
    /// Held by whoever looks at a site's pages: one at a time.
    pub looking: Arc<Semaphore>,
    /// Sites as an administrator would have them.
    pub previews: Arc<Previews>,
    pub started_at: Time,
    /// Only in the demonstration.
    pub demo: Option<Arc<Demo>>,
}

/// What the relay's loops need; [`App`] adds the relay's handle to it.
#[derive(Clone)]
pub struct Services {
    pub clock: Clock,
    pub random: Random,
    pub store: Store,
    pub config: Arc<Config>,
    pub tasks: Tasks,
}

impl App {
    /// Starts the relay's owner task, and with it everything that runs beside the requests.
    pub async fn start(services: Services, demo: Option<Demo>) -> Result<Self, StoreError> {
        let passwords = Passwords::load(&services.store, &services.random, services.clock.now()).await?;
        let relay = Relay::start(&services);
        let Services { clock, random, store, config, tasks } = services;
        Ok(Self {
            started_at: clock.now(),
            clock,
            random,
            store,
            assets: Assets::new(&config.data),
            passkeys: Arc::new(Passkeys::new(&config.public_url)),
            config,
            tasks,
            relay,
            polls: Arc::default(),
            buckets: Arc::default(),
            passwords: Arc::new(passwords),
            attempts: Arc::new(Attempts::default()),
            looking: Arc::new(Semaphore::new(1)),
            previews: Arc::default(),
            demo: demo.map(Arc::new),
        })
    }
}

/// Spawned tasks, counted, with the token that ends them.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    pub stop: CancellationToken,
}

impl Tasks {
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(task);
    }

    pub fn running(&self) -> usize {
        self.tracker.len()
    }

    /// Asks every task to end and waits for all of them.
    pub async fn finish(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}
