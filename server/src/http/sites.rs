//! Sites, as administrators see and change them, with the tag to copy.

use amparo_protocol::api::SiteRow;
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::finding::{CheckRequest, PageCheck};
use amparo_protocol::id::SiteKey;
use amparo_protocol::settings::SiteSettings;
use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::check;
use super::guard::Administrator;
use super::trail;
use crate::app::App;
use crate::error::ApiError;
use crate::inspect::page::{self, Expected};
use crate::inspect::reach::Reach;
use crate::store::organisation::Organisation;
use crate::store::site::Site;
use crate::tag::Tag;

/// `GET /api/sites`
pub async fn list(State(app): State<App>, _: Administrator) -> Result<Json<Vec<SiteRow>>, ApiError> {
    let organisation = organisation(&app).await?;
    let sites = app.store.sites().await?;
    Ok(Json(sites.into_iter().map(|site| row(&app, &organisation, site)).collect()))
}

/// `POST /api/sites`: a new site, or with its key a change.
pub async fn save(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Body(settings): Body<SiteSettings>,
) -> Result<Json<SiteRow>, ApiError> {
    let organisation = organisation(&app).await?;
    let site = match settings.key {
        Some(key) => {
            let site = check::site::site(settings, key)?;
            if !app.store.change_site(&site).await? {
                return Err(ErrorCode::NotFound.into());
            }
            site
        }
        None => {
            let site = check::site::site(settings, SiteKey(app.random.bytes()))?;
            app.store.add_site(&site, app.clock.now()).await?;
            site
        }
    };
    app.relay.settings_changed();
    trail::record(&app, administrator.id, TrailEvent::SiteChanged).await?;
    Ok(Json(row(&app, &organisation, site)))
}

/// `POST /api/sites/check`: looks at the first page of each of the site's allowed addresses, and at nothing else.
/// One look at a time, so that pressing again and again costs nobody anything.
pub async fn check_pages(
    State(app): State<App>,
    _: Administrator,
    Body(CheckRequest { site: key }): Body<CheckRequest>,
) -> Result<Json<Vec<PageCheck>>, ApiError> {
    let site = app.store.site(key).await?.ok_or(ErrorCode::NotFound)?;
    let organisation = organisation(&app).await?;
    let _one = app.looking.try_acquire().map_err(|_| ErrorCode::TooManyAttempts)?;
    let expected = Expected {
        relay: &app.config.public_url,
        org_key: Some(organisation.org_key),
        sites: &app.store.sites().await?,
        site: Some(key),
        assets: &app.assets,
    };
    let reach = if app.config.is_for_this_machine() { Reach::SameHostOnly } else { Reach::PublicOnly };
    let expected = &expected;
    let pages = site.settings.origins.into_iter().map(|address| async move {
        let findings = page::check(&address, reach, expected).await;
        PageCheck { address, findings }
    });
    // Side by side: twenty addresses that do not answer take no longer than one.
    Ok(Json(futures_util::future::join_all(pages).await))
}

async fn organisation(app: &App) -> Result<Organisation, ApiError> {
    Ok(app.store.organisation().await?.ok_or(ErrorCode::NotFound)?)
}

fn row(app: &App, organisation: &Organisation, site: Site) -> SiteRow {
    let relay = &app.config.public_url;
    let tag = Tag { relay, org_key: organisation.org_key, site: &site, assets: &app.assets };
    let (plain, pinned) = (tag.plain(), tag.pinned());
    SiteRow { key: site.key, relay: relay.clone(), tag: plain, tag_pinned: pinned, settings: site.settings.clone() }
}
