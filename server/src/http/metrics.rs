//! `/metrics`, for Prometheus on this machine: an allow-list of figures, on a port of its own that only this machine
//! reaches.
//!
//! Never: a label that names a member, site or conversation, or a count of people under five: whoever sees "one" and
//! watches one person knows enough.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;
use crate::log_safe::{LogSafe, Shown};

/// Smaller counts of people are left out.
const PEOPLE_MIN: usize = 5;

/// A figure, with the text that Prometheus shows for it.
struct Figure {
    name: &'static str,
    help: &'static str,
    value: Shown,
}

pub fn router(app: App) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

/// `GET /metrics`
async fn show(State(app): State<App>) -> impl IntoResponse {
    let mut text = String::new();
    for Figure { name, help, value } in figures(&app).await {
        text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"));
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

async fn figures(app: &App) -> Vec<Figure> {
    let answers = u64::from(app.store.ping().await.is_ok());
    let uptime = app.clock.now().since(app.started_at).as_secs();
    let mut figures = vec![
        figure("amparo_store_answers", "1 while the database does", &answers),
        figure("amparo_uptime_seconds", "Since the start of the relay", &uptime),
        figure("amparo_resident_bytes", "Memory in use", &resident_bytes()),
    ];
    let (connections, conversations) = (app.relay.session_count(), app.relay.conversation_count());
    if connections >= PEOPLE_MIN {
        figures.push(figure("amparo_connections", "Open WebSockets, if five or more", &connections));
    }
    if conversations >= PEOPLE_MIN {
        figures.push(figure("amparo_conversations", "Conversations in memory, if five or more", &conversations));
        figures.push(figure("amparo_kept_bytes", "Sealed bytes in memory for them", &app.relay.kept_bytes()));
    }
    figures
}

fn figure(name: &'static str, help: &'static str, value: &impl LogSafe) -> Figure {
    Figure { name, help, value: value.log_safe() }
}

/// The second number of `/proc/self/statm`, in pages.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<usize>().ok());
    pages.unwrap_or(0) * rustix::param::page_size()
}
