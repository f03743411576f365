//! `amparo serve`.

use std::time::Duration;

use super::{Stop, prepare, setup};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::{http, serve, sweeper};

/// How often it is looked whether the machine's clock was set back.
const LOOK: Duration = Duration::from_secs(5);

#[derive(PartialEq, Eq)]
enum Ended {
    /// By a signal.
    Asked,
    /// Whatever was due is minutes away by the new time. Beginning anew costs nobody a word: it is what happens after a
    /// power cut.
    ClockSetBack,
}

pub async fn run(config: Config) -> Result<(), Stop> {
    prepare::data_folder(&config.data)?;
    while serve_once(config.clone()).await? == Ended::ClockSetBack {}
    Ok(())
}

async fn serve_once(config: Config) -> Result<Ended, Stop> {
    let services = prepare::services(config).await?;
    let listener = prepare::listener(services.config.listen).await?;
    let metrics = match services.config.metrics {
        Some(address) => Some(prepare::listener(address).await?),
        None => None,
    };
    let app = App::start(services, None).await.map_err(prepare::failed)?;
    stop_on_signal(&app)?;
    app.assets
        .keep(app.clock.now())
        .map_err(|error| Stop::Data(format!("the program's files cannot be copied into the data folder: {error}")))?;
    if app.store.organisation().await.map_err(prepare::failed)?.is_none() {
        setup::print_address(&app.store, &app.config, &app.clock, &app.random).await?;
    }
    sweeper::start(&app);
    if let Some(listener) = metrics {
        let (router, served) = (http::metrics::router(app.clone()), app.clone());
        app.tasks.spawn(async move { serve(&served, listener, router).await });
    }
    tracing::info!("the relay accepts connections");
    let (router, served) = (http::router(app.clone()), app.clone());
    // On a thread whose stack is cleared, which the main one's is not.
    app.tasks.spawn(async move { serve(&served, listener, router).await });
    let ended = tokio::select! {
        () = app.tasks.stop.cancelled() => Ended::Asked,
        () = is_set_back(&app.clock) => Ended::ClockSetBack,
    };
    if ended == Ended::ClockSetBack {
        tracing::error!("the machine's clock was set back: the relay begins anew");
    }
    app.tasks.finish().await;
    app.store.close().await;
    Ok(ended)
}

async fn is_set_back(clock: &Clock) {
    while !clock.was_set_back() {
        tokio::time::sleep(LOOK).await;
    }
}

/// SIGTERM and Ctrl-C end the relay in order, from this call on.
pub fn stop_on_signal(app: &App) -> Result<(), Stop> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(prepare::failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(prepare::failed)?;
    let stop = app.tasks.stop.clone();
    app.tasks.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => stop.cancel(),
            _ = interrupt.recv() => stop.cancel(),
            () = stop.cancelled() => {}
        }
    });
    Ok(())
}
