//! `/chat`: the direct link for websites without the tag. A plain page that says who to call, and with scripts the
//! chat; sandboxed, so that it shares nothing with the console.
//!
//! The page is complete without scripts. `chat.js` reads the `amparo-…` meta tags and takes `#amparo-chat` over.

mod page;
mod words;

use amparo_protocol::id::{SiteKey, to_base64};
use amparo_protocol::settings::LineSettings;
use amparo_protocol::wire::{LineState, Opening};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use self::page::Page;
use self::words::Words;
use super::headers::{NO_PERMISSIONS, PERMISSIONS_POLICY};
use super::whence::From;
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;
use crate::relay::hours::Schedule;
use crate::relay::spoken::spoken;
use crate::store::site::Site;

#[derive(Deserialize)]
pub struct Asked {
    /// Which site's numbers; the first one's where it is left out.
    site: Option<String>,
    /// The language's tag; the browser's where it is left out.
    lang: Option<String>,
}

/// `GET /chat`
pub async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    from: From,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let words = Words::of(asked.lang.as_deref(), &headers);
    let (Some(site), Some(organisation)) = (asked_site(&app, &asked).await?, app.store.organisation().await?) else {
        return Ok((StatusCode::NOT_FOUND, Html(page::unknown(words))).into_response());
    };
    let line = app.store.setting::<LineSettings>().await?.value;
    let schedule = Schedule::new(line.clone());
    // The page stands for hours in a tab: it says the hours, not whether somebody is there now.
    let unsaid = Opening { state: LineState::Reconnecting, opens_unix_secs: None };
    let spoken = spoken(Some(&site.settings), &line, &schedule, words.language, unsaid, app.clock.now().unix_secs());
    let page = Page {
        words,
        site_key: site.key.to_text(),
        site: &site.settings,
        line: &line,
        spoken: &spoken,
        organisation: &organisation.name,
        org_key: organisation.org_key.to_text(),
        pass: pass(&app, from, site.key).await,
        nonce: to_base64(&app.random.bytes::<16>()),
        relay: &app.config.public_url,
        version: app.assets.version(),
    };
    let policies =
        [(header::CONTENT_SECURITY_POLICY, page.policy()), (PERMISSIONS_POLICY.clone(), NO_PERMISSIONS.to_owned())];
    Ok((policies, Html(page.html())).into_response())
}

/// Empty for who asks too often: the page shows its numbers all the same.
async fn pass(app: &App, from: From, site: SiteKey) -> String {
    match from.may(app, Doing::Pass) {
        Ok(()) => app.relay.issue_pass(site).await.to_text(),
        Err(_) => String::new(),
    }
}

async fn asked_site(app: &App, asked: &Asked) -> Result<Option<Site>, ApiError> {
    match &asked.site {
        Some(key) => match SiteKey::from_text(key) {
            Some(key) => Ok(app.store.site(key).await?),
            None => Ok(None),
        },
        None => Ok(app.store.sites().await?.into_iter().next()),
    }
}
