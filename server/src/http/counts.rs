//! Counts per day, language and channel, for those who run the line. Small ones are left out: they could be about one
//! person (requirement 73).

use amparo_protocol::desk::{COUNT_SHOWN_MIN, CountRow};
use amparo_protocol::settings::Date;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil;

use super::guard::Supervisor;
use crate::app::App;
use crate::error::ApiError;
use crate::store::counter::Counter;

/// A year and a day back.
const SHOWN_DAYS: i64 = 366;

/// `GET /api/counts`
pub async fn show(State(app): State<App>, _: Supervisor) -> Result<Json<Vec<CountRow>>, ApiError> {
    Ok(Json(rows(&app).await?))
}

/// `GET /api/counts.csv`: the same, for a spreadsheet.
pub async fn table(State(app): State<App>, _: Supervisor) -> Result<Response, ApiError> {
    let mut table = "day,language,channel,what,total\r\n".to_owned();
    for CountRow { day, language, channel, what, total } in rows(&app).await? {
        let Date { year, month, day } = day;
        table.push_str(&format!("{year:04}-{month:02}-{day:02},{language},{channel},{what},{total}\r\n"));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"counts.csv\""),
    ];
    Ok((headers, table).into_response())
}

async fn rows(app: &App) -> Result<Vec<CountRow>, ApiError> {
    let counters = app.store.counters(app.clock.now().unix_days() - SHOWN_DAYS).await?;
    let shown = counters.into_iter().filter(|counter| counter.total >= COUNT_SHOWN_MIN);
    Ok(shown.filter_map(row).collect())
}

/// `None` for a day beyond every calendar, which no clock of ours has counted.
fn row(counter: Counter) -> Option<CountRow> {
    let date = civil::date(1970, 1, 1).checked_add(counter.day.days()).ok()?;
    Some(CountRow {
        day: Date { year: date.year(), month: date.month(), day: date.day() },
        language: counter.language,
        channel: counter.channel,
        what: counter.reason,
        total: counter.total,
    })
}
